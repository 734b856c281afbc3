r"""Nodes, edges and evidence as records: what JSON formats hold, and flattened, what the others hold.

The flattening rule, one for all formats that cannot hold a list or a map:

- what is absent is left out;
- a list is joined with ``|``; a ``|`` or ``\`` in a value gets a ``\`` before it;
- a map becomes JSON text, and so does a list of maps, such as the evidence of an edge.

In every format, an attribute has one type throughout the graph: boolean, whole number (within 2^53), number (what a
double holds exactly) or text, which a day is too. XML has no signs for control characters: they become U+FFFD.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from imidgraph.formats.columns import Column, Facts, casts
from imidgraph.formats.projection import Projection

Record = dict[str, Any]

_NESTED = (dict, list)
NODE_KEYS = ("id", "label", "category")
EDGE_KEYS = ("id", "subject", "predicate", "object", "category")
VERSION = "graphVersion"
"""The attribute that tells the version of the graph, in each row of a format that has no other place for it."""


def node_records(graph: Projection) -> Iterator[Record]:
    """Give each node as a map: its id, label and category, then its attributes.

    An attribute is a list throughout where any node has several values of it.
    """
    columns = casts(graph.node_columns)
    for node in graph.nodes():
        yield {"id": node.id, "label": node.label, "category": node.category} | _values(node.attributes, columns)


def edge_records(graph: Projection, evidence: bool = True) -> Iterator[Record]:
    """Give each edge as a map: its id, ends, relation and category, its qualifiers, and its evidence as a list of maps."""
    columns = casts(graph.edge_columns)
    parts = casts(graph.evidence_columns)
    for edge in graph.edges():
        record: Record = {
            "id": edge.id,
            "subject": edge.subject,
            "predicate": edge.predicate,
            "object": edge.object,
            "category": edge.category,
        }
        if edge.attributes:
            record |= _values(edge.attributes, columns)
        if evidence and edge.evidence:
            record["evidence"] = [_values(item, parts) for item in edge.evidence]
        yield record


def evidence_records(graph: Projection) -> Iterator[Record]:
    """Give each piece of evidence as a map, with the id of its edge."""
    parts = casts(graph.evidence_columns)
    for edge in graph.edges() if parts else ():
        for item in edge.evidence:
            yield {"id": item["id"][0], "edge": edge.id} | {
                key: value for key, value in _values(item, parts).items() if key != "id"
            }


def flatten(value: Any) -> Any:
    r"""Flatten a value by the rule above.

    Examples
    --------
    >>> flatten(["Revlimid", "a|b"]), flatten([{"source": "pubmed:1"}]), flatten(True)
    ('Revlimid|a\\|b', '[{"source": "pubmed:1"}]', True)
    """
    if type(value) not in _NESTED:
        return value
    if isinstance(value, dict) or any(isinstance(item, dict) for item in value):
        return json.dumps(value, ensure_ascii=False)
    return "|".join([plain_text(item).replace("\\", "\\\\").replace("|", "\\|") for item in value])


def flat(record: Mapping[str, Any]) -> Record:
    """Flatten each value of a record."""
    return {name: flatten(value) if type(value) in _NESTED else value for name, value in record.items()}


def plain_text(value: Any) -> str:
    """Give a value of a record as text.

    Examples
    --------
    >>> plain_text(True), plain_text(22.5)
    ('true', '22.5')
    """
    return str(value).lower() if isinstance(value, bool) else str(value)


def summary(graph: Projection) -> str:
    """Say in one line what flattening does to a graph; nothing where it does nothing."""
    lists = [column.name for column in (*graph.node_columns, *graph.edge_columns) if column.plural]
    parts = [f"lists joined with | in {', '.join(dict.fromkeys(lists))}"] if lists else []
    if graph.evidence_columns:
        parts.append("maps written as JSON in evidence")
    return f"Flattened: {'; '.join(parts)}." if parts else ""


def flat_types(graph: Projection) -> tuple[dict[str, str], dict[str, str]]:
    """Give the attributes of flattened nodes and edges with their types, those that every one has first.

    Returns
    -------
    tuple of dict
        For nodes and for edges, ``boolean``, ``integer``, ``number`` or ``string`` by the name of the attribute.
    """
    nodes = dict.fromkeys(NODE_KEYS, "string") | _flat_types(graph.node_columns)
    edges = dict.fromkeys(EDGE_KEYS, "string") | _flat_types(graph.edge_columns)
    return nodes, edges | ({"evidence": "string"} if graph.evidence_columns else {})


def _flat_types(columns: tuple[Column, ...]) -> dict[str, str]:
    return {column.name: "string" if column.plural else column.type for column in columns}


def safe_names(names: tuple[str, ...] | list[str], reserved: tuple[str, ...] = ()) -> dict[str, str]:
    """Give each name another one of letters, digits and underscores, different even where case does not matter.

    Examples
    --------
    >>> safe_names(["dcterms:source", "dcterms_source"])
    {'dcterms:source': 'dcterms_source', 'dcterms_source': 'dcterms_source_2'}
    """
    taken = {name.lower() for name in reserved}
    found = {}
    for name in names:
        plain = "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in name)
        plain = plain if plain[:1].isalpha() else f"x{plain}"
        safe, number = plain, 1
        while safe.lower() in taken:
            number += 1
            safe = f"{plain}_{number}"
        taken.add(safe.lower())
        found[name] = safe
    return found


def told_apart(record: Record, keys: frozenset[str]) -> Record:
    """Give those attributes of a record that a format has keys of the same name for the prefix of the graph.

    Examples
    --------
    >>> told_apart({"source": "leaflet", "percent": 5}, frozenset({"source", "target"}))
    {'imid:source': 'leaflet', 'percent': 5}
    """
    if keys.isdisjoint(record):
        return record
    return {f"imid:{name}" if name in keys else name: value for name, value in record.items()}


def _values(facts: Facts, cast: Mapping[str, Callable[..., Any]]) -> Record:
    return {name: cast[name](values) for name, values in facts.items()}
