"""CX2: the format of Cytoscape and NDEx. Lists stay lists; the maps of evidence are JSON texts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from imidgraph.formats.columns import Column
from imidgraph.formats.jsongraph import json_items
from imidgraph.formats.projection import Projection
from imidgraph.formats.records import Record, edge_records, flatten, node_records, told_apart

_TYPES = {"boolean": "boolean", "integer": "long", "number": "double", "string": "string"}
_TEXT = {"d": "string"}
_NODE, _EDGE = frozenset({"name", "represents"}), frozenset({"interaction"})


def write_cx2(graph: Projection) -> Iterator[bytes]:
    """Write a graph in CX2, each statement an edge of its own.

    Examples
    --------
    >>> import imidgraph
    >>> json.loads(b"".join(write_cx2(imidgraph.load().projection)))[0]
    {'CXVersion': '2.0', 'hasFragments': False}
    """
    numbers = {node.id: number for number, node in enumerate(graph.nodes())}
    counts = {
        "attributeDeclarations": 1,
        "networkAttributes": 1,
        "nodes": len(numbers),
        "edges": sum(1 for _ in graph.edges()),
    }
    head: list[dict[str, Any]] = [
        {"CXVersion": "2.0", "hasFragments": False},
        {"metaData": [{"name": name, "elementCount": count} for name, count in counts.items() if count]},
        {"attributeDeclarations": [_declared(graph)]},
        {"networkAttributes": [{"name": "imidgraph", "version": graph.version}]},
    ]
    yield f"{json.dumps(head, ensure_ascii=False)[:-1]},\n".encode()
    if numbers:
        yield b'{"nodes": ['
        yield from json_items(_node(record, numbers) for record in node_records(graph))
        yield b"]},\n"
    if counts["edges"]:
        yield b'{"edges": ['
        yield from json_items(_edge(record, number, numbers) for number, record in enumerate(edge_records(graph)))
        yield b"]},\n"
    yield b'{"status": [{"success": true}]}]\n'


def _declared(graph: Projection) -> dict[str, Any]:
    nodes = {"represents": _TEXT, "name": _TEXT, "category": _TEXT} | told_apart(_types(graph.node_columns), _NODE)
    edges = {"id": _TEXT, "interaction": _TEXT, "category": _TEXT} | told_apart(_types(graph.edge_columns), _EDGE)
    if graph.evidence_columns:
        edges["evidence"] = _TEXT
    return {"networkAttributes": {"name": _TEXT, "version": _TEXT}, "nodes": nodes, "edges": edges}


def _types(columns: tuple[Column, ...]) -> dict[str, dict[str, str]]:
    return {column.name: {"d": f"list_of_{_TYPES[column.type]}" if column.plural else _TYPES[column.type]} for column in columns}


def _node(record: Record, numbers: dict[str, int]) -> dict[str, Any]:
    name = record.pop("id")
    return {"id": numbers[name], "v": {"represents": name, "name": record.pop("label")} | told_apart(record, _NODE)}


def _edge(record: Record, number: int, numbers: dict[str, int]) -> dict[str, Any]:
    ends = {"s": numbers[record.pop("subject")], "t": numbers[record.pop("object")]}
    if "evidence" in record:
        record["evidence"] = flatten(record["evidence"])
    own = {"id": record.pop("id"), "interaction": record.pop("predicate")}
    return {"id": number} | ends | {"v": own | told_apart(record, _EDGE)}
