"""A Cypher script: statements that make the graph in Neo4j, Memgraph or another server, run any number of times."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import Any

from imidgraph.formats.projection import Projection
from imidgraph.formats.records import Record, edge_records, flatten, node_records, safe_names
from imidgraph.formats.tables import relation_type

_BATCH = 200  # nodes or edges that one statement makes


def write_cypher(graph: Projection) -> Iterator[bytes]:
    """Write a graph as a Cypher script; lists stay lists, evidence is JSON.

    Examples
    --------
    >>> import imidgraph
    >>> b"MERGE (n:Entity {id: row.id}) SET n:Drug" in b"".join(write_cypher(imidgraph.load().projection))
    True
    """
    yield f"// imidgraph {json.dumps(graph.version)}\n".encode()
    yield b"CREATE CONSTRAINT entity_id IF NOT EXISTS FOR (n:Entity) REQUIRE n.id IS UNIQUE;\n"
    for category, records in groupby(node_records(graph), key=lambda record: record["category"]):
        label = f":{safe_names([category])[category]}, n" if category else ""
        for rows in _batches(records):
            yield f"UNWIND [{rows}] AS row MERGE (n:Entity {{id: row.id}}) SET n{label} += row.properties;\n".encode()
    for predicate, records in groupby(edge_records(graph), key=lambda record: record["predicate"]):
        for rows in _batches(map(_ends, records)):
            yield (
                f"UNWIND [{rows}] AS row MATCH (s:Entity {{id: row.subject}}), (o:Entity {{id: row.object}}) "
                f"MERGE (s)-[r:{relation_type(predicate)} {{id: row.id}}]->(o) SET r += row.properties;\n"
            ).encode()


def _ends(record: Record) -> Record:
    record.pop("predicate")
    return record


def _batches(records: Iterable[Record]) -> Iterator[str]:
    remaining = iter(records)
    while batch := list(islice(remaining, _BATCH)):
        yield ",\n".join(map(_row, batch))


def _row(record: Record) -> str:
    ends = {name: record.pop(name) for name in ("id", "subject", "object") if name in record}
    plain = {name: flatten(value) if name == "evidence" else value for name, value in record.items()}
    return _map(ends | {"properties": plain})


def _map(values: dict[str, Any]) -> str:
    return "{" + ", ".join(f"{_key(name)}: {_literal(value)}" for name, value in values.items()) + "}"


def _key(name: str) -> str:
    return name if name.isascii() and name.isalnum() and name[0].isalpha() else "`" + name.replace("`", "``") + "`"


def _literal(value: Any) -> str:
    if isinstance(value, dict):
        return _map(value)
    return json.dumps(value, ensure_ascii=False)  # its strings, numbers and lists are Cypher's
