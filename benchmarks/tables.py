"""Reachability and paths in the Parquet files of ten million edges: DuckDB through `imidgraph.tables`, and NetworkX beside it.

Run it with: python benchmarks/tables.py [EDGES]
The nodes have degrees of a heavy tail. Each search runs in a process of its own, whose memory is measured. NetworkX needs the
graph in memory: what it takes to get there is measured too, on a tenth of the edges.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WIRED = """
COPY (
    SELECT 'edge-' || i AS id, 'imid:node-' || CAST(FLOOR({nodes} * POW(RANDOM(), 3)) AS BIGINT) AS subject,
    'imid:' || (['binds', 'degrades', 'increases', 'decreases'])[1 + i % 4] AS predicate,
    'imid:node-' || CAST(FLOOR({nodes} * POW(RANDOM(), 3)) AS BIGINT) AS object, FALSE AS negated FROM RANGE({edges}) AS t(i)
) TO '{folder}/graph_edges.parquet' (COMPRESSION zstd)
"""
NAMED = """
COPY (SELECT 'imid:node-' || i AS id, 'node ' || i AS label, 'Protein' AS category FROM RANGE({nodes}) AS t(i))
TO '{folder}/graph_nodes.parquet' (COMPRESSION zstd)
"""
START, END = 100_000, 1_000  # of few edges, and of some hundred


def in_tables(folder: str) -> None:
    """Search in DuckDB."""
    from imidgraph import tables

    with tables.open(f"{folder}/graph.parquet") as graph:
        begin = time.perf_counter()
        for hops in (1, 2, 3):
            start = time.perf_counter()
            found = graph.neighborhood(f"imid:node-{START}", hops, directed=True, limit=10_000_000)
            print(f"DuckDB    within {hops} hops   {len(found.rows):9,} nodes {time.perf_counter() - start:7.2f} s")
        start = time.perf_counter()
        ways = graph.paths(f"imid:node-{START}", f"imid:node-{END}", 3, directed=True, limit=100_000)
        print(f"DuckDB    paths of 3 hops {len(ways.rows):9,} paths {time.perf_counter() - start:7.2f} s")
        print(f"DuckDB    all of it       {'':15} {time.perf_counter() - begin:7.2f} s, {memory():.1f} GB at most")


def in_networkx(folder: str) -> None:
    """Search in NetworkX."""
    import duckdb
    import networkx

    start = time.perf_counter()
    graph = networkx.MultiDiGraph()
    graph.add_edges_from(duckdb.sql(f"SELECT subject, object, predicate FROM '{folder}/graph_edges.parquet'").fetchall())
    print(f"NetworkX  to memory       {graph.number_of_edges():9,} edges {time.perf_counter() - start:7.2f} s")
    start = time.perf_counter()
    found = networkx.single_source_shortest_path_length(graph, f"imid:node-{START}", 3)
    print(f"NetworkX  within 3 hops   {len(found):9,} nodes {time.perf_counter() - start:7.2f} s, {memory():.1f} GB at most")


def memory() -> float:
    """Give the most memory that this process had, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def main(edges: int) -> None:
    """Write the files, and search in them."""
    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        for name, size in (("whole", edges), ("tenth", edges // 10)):
            (Path(folder) / name).mkdir()
            for text in (WIRED, NAMED):
                duckdb.sql(text.format(edges=size, nodes=500_000, folder=f"{folder}/{name}"))
        for search, name in (("in_tables", "whole"), ("in_tables", "tenth"), ("in_networkx", "tenth")):
            print(f"{edges if name == 'whole' else edges // 10:,} edges", flush=True)
            subprocess.run([sys.executable, __file__, search, f"{folder}/{name}"], check=True)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        {"in_tables": in_tables, "in_networkx": in_networkx}[sys.argv[1]](sys.argv[2])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000)
