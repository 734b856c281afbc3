"""Tables: traversals in SQL over the Parquet files that `imidgraph export imid.parquet` writes, for graphs beyond memory.

`open` is the door. The same SQL runs in DuckDB on one machine and in Apache Spark on a cluster; a module is an engine.
"""

from __future__ import annotations

from imidgraph.errors import QueryError
from imidgraph.tables.graph import Engine, TableGraph

__all__ = ["Engine", "TableGraph", "open"]

ENGINES = ("duckdb", "spark")


def open(path: str, engine: str = "duckdb", timeout: float = 600.0) -> TableGraph:
    """Open a graph that was exported as Parquet.

    Parameters
    ----------
    path : str
        The path that was given to the export, such as ``imid.parquet``; ``imid_nodes.parquet`` and ``imid_edges.parquet``
        are read. For Spark any address that the cluster can read.
    engine : str
        ``duckdb``, or ``spark`` for the Spark session that is active, or else a new one.
    timeout : float
        Seconds that a traversal may take.

    Raises
    ------
    QueryError
        Where there is no such engine.
    OntologyError
        Where the files are not there, or are not those of an export.
    MissingExtra
        Where the engine is not installed.

    Examples
    --------
    >>> import tempfile, imidgraph, imidgraph.tables
    >>> path = f"{tempfile.mkdtemp()}/imid.parquet"
    >>> files = imidgraph.load().write(path)
    >>> with imidgraph.tables.open(path) as graph:
    ...     [row[2] for row in graph.neighborhood("CSNK1A1", predicates=["degrades"]).rows][:2]
    ['CSNK1A1', 'lenalidomide']
    """
    if engine not in ENGINES:
        raise QueryError(f"Unknown engine {engine!r}. Choose from {', '.join(ENGINES)}.")
    if engine == "duckdb":
        from imidgraph.tables.duckdb import DuckDB

        return TableGraph(DuckDB(), path, timeout)
    from imidgraph.tables.spark import Spark

    return TableGraph(Spark(), path, timeout)
