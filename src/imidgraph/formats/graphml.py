"""GraphML: nodes and edges with typed attributes, for yEd, igraph, NetworkX and Cytoscape."""

from __future__ import annotations

from collections.abc import Iterator

from imidgraph.formats.projection import Projection
from imidgraph.formats.records import Record, edge_records, flat, flat_types, node_records
from imidgraph.formats.xml import xml_text

_TYPES = {"boolean": "boolean", "integer": "long", "number": "double", "string": "string"}
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
<key id="version" for="graph" attr.name="version" attr.type="string"/>
"""


def write_graphml(graph: Projection) -> Iterator[bytes]:
    """Write a graph in GraphML, each statement an edge of its own; lists and maps are flattened.

    Examples
    --------
    >>> import imidgraph
    >>> b"".join(write_graphml(imidgraph.load().projection)).startswith(b"<?xml")
    True
    """
    nodes, edges = flat_types(graph)
    node_keys = {name: f"n{number}" for number, name in enumerate(nodes) if name != "id"}
    edge_keys = {name: f"e{number}" for number, name in enumerate(edges) if name not in {"id", "subject", "object"}}
    yield f"{_HEAD}{_keys('node', node_keys, nodes)}{_keys('edge', edge_keys, edges)}".encode()
    yield f'<graph id="G" edgedefault="directed">\n<data key="version">{xml_text(graph.version)}</data>\n'.encode()
    for record in map(flat, node_records(graph)):
        yield f'<node id="{xml_text(record["id"])}">{_data(record, node_keys)}</node>\n'.encode()
    for record in map(flat, edge_records(graph)):
        ends = f'source="{xml_text(record["subject"])}" target="{xml_text(record["object"])}"'
        yield f'<edge id="{xml_text(record["id"])}" {ends}>{_data(record, edge_keys)}</edge>\n'.encode()
    yield b"</graph>\n</graphml>\n"


def _keys(what: str, keys: dict[str, str], types: dict[str, str]) -> str:
    return "".join(
        f'<key id="{key}" for="{what}" attr.name="{xml_text(name)}" attr.type="{_TYPES[types[name]]}"/>\n'
        for name, key in keys.items()
    )


def _data(record: Record, keys: dict[str, str]) -> str:
    return "".join(f'<data key="{keys[name]}">{xml_text(value)}</data>' for name, value in record.items() if name in keys)
