"""GEXF: nodes and edges with typed attributes, for Gephi."""

from __future__ import annotations

from collections.abc import Iterator

from imidgraph.formats.projection import Projection
from imidgraph.formats.records import Record, edge_records, flat, flat_types, node_records
from imidgraph.formats.xml import xml_text

_TYPES = {"boolean": "boolean", "integer": "long", "number": "double", "string": "string"}
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://gexf.net/1.3 http://gexf.net/1.3/gexf.xsd" version="1.3">
"""


def write_gexf(graph: Projection) -> Iterator[bytes]:
    """Write a graph in GEXF, each statement an edge of its own; lists and maps are flattened.

    Examples
    --------
    >>> import imidgraph
    >>> b'version="1.3"' in b"".join(write_gexf(imidgraph.load().projection))
    True
    """
    nodes, edges = flat_types(graph)
    node_keys = {name: str(number) for number, name in enumerate(nodes) if name not in {"id", "label"}}
    edge_keys = {name: str(number) for number, name in enumerate(edges) if name not in {"id", "subject", "object"}}
    yield f"{_HEAD}<meta><description>imidgraph {xml_text(graph.version)}</description></meta>\n".encode()
    yield b'<graph defaultedgetype="directed" mode="static">\n'
    yield (_declared("node", node_keys, nodes) + _declared("edge", edge_keys, edges) + "<nodes>\n").encode()
    for record in map(flat, node_records(graph)):
        name = f'id="{xml_text(record["id"])}" label="{xml_text(record["label"])}"'
        yield f"<node {name}>{_values(record, node_keys)}</node>\n".encode()
    yield b"</nodes>\n<edges>\n"
    for record in map(flat, edge_records(graph)):
        ends = f'source="{xml_text(record["subject"])}" target="{xml_text(record["object"])}"'
        relation = f'kind="{xml_text(record["predicate"])}" label="{xml_text(record["predicate"])}"'
        yield f'<edge id="{xml_text(record["id"])}" {ends} {relation}>{_values(record, edge_keys)}</edge>\n'.encode()
    yield b"</edges>\n</graph>\n</gexf>\n"


def _declared(what: str, keys: dict[str, str], types: dict[str, str]) -> str:
    declared = "".join(
        f'<attribute id="{key}" title="{xml_text(name)}" type="{_TYPES[types[name]]}"/>\n' for name, key in keys.items()
    )
    return f'<attributes class="{what}" mode="static">\n{declared}</attributes>\n'


def _values(record: Record, keys: dict[str, str]) -> str:
    values = "".join(
        f'<attvalue for="{keys[name]}" value="{xml_text(value)}"/>' for name, value in record.items() if name in keys
    )
    return f"<attvalues>{values}</attvalues>"
