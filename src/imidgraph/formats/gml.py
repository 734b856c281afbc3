"""GML: nodes and edges as nested keys, for igraph, NetworkX and many older programs.

GML numbers its nodes; the CURIE is the label, by which NetworkX finds it, and the name a person reads is ``name``. A key
holds only letters, digits and underscores; signs beyond ASCII are written as character references.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from imidgraph.formats.projection import Projection
from imidgraph.formats.records import Record, edge_records, flat, flat_types, node_records, plain_text, safe_names

_ESCAPED = re.compile(r"[^ !#-%\'-~]")
_ENTITIES = {'"': "&quot;", "&": "&amp;"}  # by their names, which igraph knows too
_MOST = 2**31 - 1  # what GML calls an integer


def write_gml(graph: Projection) -> Iterator[bytes]:
    """Write a graph in GML, each statement an edge of its own; lists and maps are flattened.

    Examples
    --------
    >>> import imidgraph
    >>> b"".join(write_gml(imidgraph.load().projection)).startswith(b'graph [')
    True
    """
    nodes, edges = flat_types(graph)
    node_names = safe_names(list(nodes), ("id", "label", "name", "graphics"))
    edge_names = safe_names(list(edges), ("id", "source", "target", "key", "graphics"))
    node_names |= {"id": "label", "label": "name"}
    edge_names |= {"id": "key"}
    numbers: dict[str, int] = {}
    yield f"graph [\n  directed 1\n  multigraph 1\n  version {_text(graph.version)}\n".encode()
    for number, record in enumerate(map(flat, node_records(graph))):
        numbers[record["id"]] = number
        yield f"  node [\n    id {number}\n{_lines(record, node_names)}  ]\n".encode()
    for record in map(flat, edge_records(graph)):
        ends = f"    source {numbers[record.pop('subject')]}\n    target {numbers[record.pop('object')]}\n"
        yield f"  edge [\n{ends}{_lines(record, edge_names)}  ]\n".encode()
    yield b"]\n"


def _lines(record: Record, names: dict[str, str]) -> str:
    return "".join(f"    {names[name]} {_value(value)}\n" for name, value in record.items())


def _value(value: Any) -> str:
    if isinstance(value, bool) or (isinstance(value, int) and abs(value) > _MOST):
        return _text(plain_text(value))
    if isinstance(value, float):
        text = repr(value).upper()
        return text if "." in text else text.replace("E", ".0E")
    return str(value) if isinstance(value, int) else _text(value)


def _text(text: str) -> str:
    return '"' + _ESCAPED.sub(lambda match: _ENTITIES.get(match[0]) or f"&#{ord(match[0])};", text) + '"'
