"""Tables: CSV for every program that reads tables, and the CSV of Neo4j's bulk import with its typed headers.

Neo4j is to be told ``--array-delimiter=U+001F``, at which lists are split, and ``--multiline-fields=true``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from imidgraph.formats.columns import Column
from imidgraph.formats.projection import Projection
from imidgraph.formats.records import (
    VERSION,
    Record,
    edge_records,
    evidence_records,
    flat,
    flat_types,
    flatten,
    node_records,
    plain_text,
    safe_names,
)

_NEO4J = {"boolean": "boolean", "integer": "long", "number": "double", "string": "string"}
_DELIMITER = "\x1f"  # Neo4j splits lists at it and knows no way to escape it; no text has this one
_QUOTED = re.compile('[",\n\r]')


def write_node_table(graph: Projection) -> Iterator[bytes]:
    """Write the nodes as CSV, a row each; lists are joined.

    Examples
    --------
    >>> import imidgraph
    >>> next(write_node_table(imidgraph.load().projection)).startswith(b"id,label,category,")
    True
    """
    nodes, _ = flat_types(graph)
    return _rows(graph, list(nodes), map(flat, node_records(graph)))


def write_edge_table(graph: Projection) -> Iterator[bytes]:
    """Write the edges as CSV, a row each, without their evidence; lists are joined.

    Examples
    --------
    >>> import imidgraph
    >>> next(write_edge_table(imidgraph.load().projection)).startswith(b"id,subject,predicate,object,category,")
    True
    """
    _, edges = flat_types(graph)
    return _rows(graph, [name for name in edges if name != "evidence"], map(flat, edge_records(graph, evidence=False)))


def write_evidence_table(graph: Projection) -> Iterator[bytes]:
    """Write the evidence as CSV, a row each, with the id of its edge; lists are joined.

    Examples
    --------
    >>> import imidgraph
    >>> next(write_evidence_table(imidgraph.load().projection)).startswith(b"id,edge,")
    True
    """
    return _rows(graph, evidence_names(graph), map(flat, evidence_records(graph)))


def evidence_names(graph: Projection) -> list[str]:
    """Give the columns of evidence: its id, its edge, then the others."""
    return ["id", "edge", *(column.name for column in graph.evidence_columns if column.name != "id")]


def write_neo4j_nodes(graph: Projection) -> Iterator[bytes]:
    """Write the nodes with the typed header of ``neo4j-admin database import``; lists stay lists.

    Examples
    --------
    >>> import imidgraph
    >>> next(write_neo4j_nodes(imidgraph.load().projection)).startswith(b"id:ID,:LABEL,label:string,")
    True
    """
    names = safe_names([column.name for column in graph.node_columns], ("id", "label", VERSION))
    header = ["id:ID", ":LABEL", "label:string", *_typed(graph.node_columns, names), f"{VERSION}:string"]
    rows = (
        [
            *(record["id"], _labels("Entity", record["category"]), record["label"]),
            *(*_cells(record, graph.node_columns), graph.version),
        ]
        for record in node_records(graph)
    )
    return _lines(header, rows)


def write_neo4j_edges(graph: Projection) -> Iterator[bytes]:
    """Write the edges with the typed header of ``neo4j-admin database import``; evidence is JSON.

    Examples
    --------
    >>> import imidgraph
    >>> next(write_neo4j_edges(imidgraph.load().projection)).startswith(b":START_ID,:END_ID,:TYPE,id:string,category:string,")
    True
    """
    names = safe_names([column.name for column in graph.edge_columns], ("id", "category", "evidence", VERSION))
    header = [
        ":START_ID",
        ":END_ID",
        ":TYPE",
        "id:string",
        "category:string",
        *_typed(graph.edge_columns, names),
        "evidence:string",
        f"{VERSION}:string",
    ]
    rows = (
        [
            *(record["subject"], record["object"], relation_type(record["predicate"]), record["id"], record["category"]),
            *_cells(record, graph.edge_columns),
            flatten(record.get("evidence")),
            graph.version,
        ]
        for record in edge_records(graph)
    )
    return _lines(header, rows)


def relation_type(predicate: str) -> str:
    """Give the type of a relationship in Neo4j: upper case and underscores.

    Examples
    --------
    >>> relation_type("imid:hasAdverseEffect"), relation_type("biolink:treats")
    ('HAS_ADVERSE_EFFECT', 'BIOLINK_TREATS')
    """
    name = predicate.removeprefix("imid:")
    words = re.sub("([a-z])([A-Z])", r"\1_\2", name).upper()
    return safe_names([words])[words]


def _labels(*names: str) -> str:
    return _DELIMITER.join(safe_names([name])[name] for name in names if name)


def _typed(columns: Iterable[Column], names: dict[str, str]) -> list[str]:
    return [f"{names[column.name]}:{_NEO4J[column.type]}{'[]' if column.plural else ''}" for column in columns]


def _cells(record: Record, columns: Iterable[Column]) -> list[Any]:
    return [_array(value) if isinstance(value, list) else value for value in (record.get(column.name) for column in columns)]


def _array(values: Iterable[Any]) -> str:
    return _DELIMITER.join(plain_text(value).replace(_DELIMITER, "\ufffd") for value in values)


def _rows(graph: Projection, names: list[str], records: Iterable[Record]) -> Iterator[bytes]:
    return _lines([*names, VERSION], ([*map(record.get, names), graph.version] for record in records))


def _lines(header: list[str], rows: Iterable[list[Any]]) -> Iterator[bytes]:
    yield (",".join(map(_cell, header)) + "\n").encode()
    for row in rows:
        yield (",".join(["" if value is None else _cell(value) for value in row]) + "\n").encode()


def _cell(value: Any) -> str:
    """Quote what needs it; an empty text is a pair of quotes, for what is absent is nothing."""
    text = value if type(value) is str else plain_text(value)
    return '"' + text.replace('"', '""') + '"' if not text or _QUOTED.search(text) else text
