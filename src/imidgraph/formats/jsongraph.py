"""JSON for graph programs: node-link JSON (NetworkX, D3) and Cytoscape.js JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from imidgraph.formats.projection import Projection
from imidgraph.formats.records import Record, edge_records, flatten, node_records, told_apart

_LINK = frozenset({"source", "target", "key"})
_NODE = frozenset({"name", "parent"})  # what Cytoscape.js has a meaning for
_encode = json.JSONEncoder(ensure_ascii=False).encode


def write_node_link(graph: Projection) -> Iterator[bytes]:
    """Write a graph as node-link JSON, which holds all of it: lists stay lists, evidence stays maps.

    Examples
    --------
    >>> import imidgraph, networkx
    >>> document = json.loads(b"".join(write_node_link(imidgraph.load().projection)))
    >>> networkx.node_link_graph(document, edges="edges").nodes["imid:lenalidomide"]["category"]
    'Drug'
    """
    head = json.dumps({"directed": True, "multigraph": True, "graph": {"version": graph.version}}, ensure_ascii=False)
    yield f'{head[:-1]}, "nodes": ['.encode()
    yield from json_items(node_records(graph))
    yield b'], "edges": ['
    yield from json_items(map(_link, edge_records(graph)))
    yield b"]}\n"


def write_cytoscape(graph: Projection) -> Iterator[bytes]:
    """Write a graph as Cytoscape.js JSON; lists stay lists, and the maps of evidence are JSON texts.

    Examples
    --------
    >>> import imidgraph
    >>> sorted(json.loads(b"".join(write_cytoscape(imidgraph.load().projection))))
    ['data', 'elements', 'format_version', 'generated_by']
    """
    head = {"format_version": "1.0", "generated_by": "imidgraph", "data": {"name": "imidgraph", "version": graph.version}}
    yield f'{json.dumps(head, ensure_ascii=False)[:-1]}, "elements": {{"nodes": ['.encode()
    yield from json_items({"data": _listed(_node(record))} for record in node_records(graph))
    yield b'], "edges": ['
    nodes = {node.id for node in graph.nodes()}  # no node and no edge may have the same id
    yield from json_items({"data": _listed(_edge(record, nodes))} for record in edge_records(graph))
    yield b"]}}\n"


def json_items(items: Iterable[Any]) -> Iterator[bytes]:
    """Write the items of a JSON list, one a line, without its brackets."""
    separator = "\n"
    for item in items:
        yield f"{separator}{_encode(item)}".encode()
        separator = ",\n"


def _link(record: Record) -> Record:
    ends = {"source": record.pop("subject"), "target": record.pop("object"), "key": record.pop("id")}
    return told_apart(record, _LINK) | ends


def _node(record: Record) -> Record:
    return {"id": record.pop("id"), "name": record["label"]} | told_apart(record, _NODE)


def _edge(record: Record, nodes: set[str]) -> Record:
    name = record.pop("id")
    ends = {"id": f"edge:{name}" if name in nodes else name, "source": record.pop("subject"), "target": record.pop("object")}
    return ends | told_apart(record, _LINK)


def _listed(record: Record) -> Record:
    """Keep lists of plain values; a map, or a list of maps, becomes text."""
    return {
        name: flatten(value) if isinstance(value, list) and value and isinstance(value[0], dict) else value
        for name, value in record.items()
    }
