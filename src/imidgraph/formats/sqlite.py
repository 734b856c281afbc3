"""SQLite: tables of nodes, edges and evidence, with keys and indexes; lists are joined."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from imidgraph.errors import ExportError
from imidgraph.formats.columns import Column
from imidgraph.formats.projection import Projection
from imidgraph.formats.records import Record, edge_records, evidence_records, flat, flat_types, node_records, safe_names
from imidgraph.formats.tables import evidence_names

_TYPES = {"boolean": "BOOLEAN", "integer": "INTEGER", "number": "REAL", "string": "TEXT"}
_KEYS = {
    "nodes": {"id": "PRIMARY KEY", "label": "NOT NULL"},
    "edges": {"id": "PRIMARY KEY", "subject": "NOT NULL REFERENCES nodes (id)", "object": "NOT NULL REFERENCES nodes (id)"},
    "evidence": {"edge": "NOT NULL REFERENCES edges (id)"},
}
_INDEXES = """
CREATE INDEX nodes_label ON nodes (label);
CREATE INDEX nodes_category ON nodes (category);
CREATE INDEX edges_subject ON edges (subject, predicate);
CREATE INDEX edges_object ON edges (object, predicate);
CREATE INDEX edges_predicate ON edges (predicate);
CREATE INDEX evidence_edge ON evidence (edge);
"""
_MOST = 2_000  # columns that SQLite takes, unless it was built for more
_PIECE = 1 << 20  # bytes that are read at once


def write_sqlite(graph: Projection) -> Iterator[bytes]:
    """Write a graph as an SQLite database.

    Examples
    --------
    >>> import imidgraph
    >>> next(write_sqlite(imidgraph.load().projection))[:15]
    b'SQLite format 3'
    """
    nodes, edges = flat_types(graph)
    edges.pop("evidence", None)
    evidence = dict.fromkeys(evidence_names(graph), "string") | _types(graph.evidence_columns)
    with tempfile.TemporaryDirectory(prefix="imidgraph-") as folder:
        path = Path(folder) / "graph.sqlite"
        try:
            with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
                connection.execute("PRAGMA journal_mode = OFF")
                connection.execute("PRAGMA synchronous = OFF")
                connection.execute("BEGIN")
                connection.execute("CREATE TABLE graph (version TEXT)")
                connection.execute("INSERT INTO graph VALUES (?)", (graph.version,))
                _fill(connection, "nodes", nodes, map(flat, node_records(graph)))
                _fill(connection, "edges", edges, map(flat, edge_records(graph, evidence=False)))
                _fill(connection, "evidence", evidence, map(flat, evidence_records(graph)))
                connection.execute("COMMIT")
                connection.executescript(_INDEXES)
        except sqlite3.OperationalError as error:
            full = error.sqlite_errorcode in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
            raise OSError(errno.ENOSPC if full else errno.EIO, str(error)) from error
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece


def _types(columns: tuple[Column, ...]) -> dict[str, str]:
    return {column.name: "string" if column.plural else column.type for column in columns}


def _fill(connection: sqlite3.Connection, table: str, types: dict[str, str], records: Iterable[Record]) -> None:
    if len(types) > _MOST:
        raise ExportError(
            f"A table of SQLite can have at most {_MOST} columns, and {table} has {len(types)}. Write Parquet or JSON."
        )
    names = safe_names(list(types))
    keys = _KEYS[table]
    columns = ", ".join(f'"{names[name]}" {_TYPES[kind]} {keys.get(name, "")}'.rstrip() for name, kind in types.items())
    connection.execute(f"CREATE TABLE {table} ({columns})")
    marks = ", ".join("?" * len(types))
    rows = ([record.get(name) for name in types] for record in records)
    connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 - the names are ours
