"""Elements: a part of the network as a browser draws it with Cytoscape.js: nodes and edges, each with its page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from imidgraph.knowledge.relations import MIDDLE
from imidgraph.model import Statement, Term
from imidgraph.prose.statement import sentence
from imidgraph.server.explorer.addresses import address
from imidgraph.words import spaced

Element = dict[str, Any]


def node(name: str, label: str, kind: str = "", page: str = "", **more: Any) -> Element:
    """Give a node: its name, its label, its kind in words, and the address of its page."""
    return {"data": {"id": name, "label": label, "kind": kind, "page": page, **more}}


def edge(name: str, source: str, target: str, label: str, **more: Any) -> Element:
    """Give an edge from one node to another, with the name of the relation."""
    return {"data": {"id": f"e:{name}", "source": source, "target": target, "label": label, **more}}


def written(nodes: Iterable[Element], edges: Iterable[Element]) -> str:
    """Write elements as JSON."""
    return json.dumps({"elements": {"nodes": list(nodes), "edges": list(edges)}}, ensure_ascii=False)


def elements(
    terms: Iterable[Term], statements: Iterable[Statement], root: str, ends: Iterable[Term], places: Mapping[str, int]
) -> str:
    """Write entities and the statements that join them as elements: one edge for all statements of the same fact.

    Parameters
    ----------
    terms : iterable of Term
        The entities.
    statements : iterable of Statement
        The statements.
    root : str
        The path below which the server answers.
    ends : iterable of Term
        The entities that were asked for.
    places : mapping of str to int
        The places of the categories, from left to right.
    """
    asked = {term.iri for term in ends}
    nodes = [
        node(
            term.curie,
            term.label,
            spaced(term.category),
            address(term.iri, root),
            category=term.category,
            place=places.get(term.category, MIDDLE),
            end=term.iri in asked,
        )
        for term in dict.fromkeys(terms)
    ]
    facts: dict[tuple[Term, Term, Term], list[Statement]] = {}
    for item in statements:
        facts.setdefault((item.subject, item.predicate, item.object), []).append(item)
    edges = [
        edge(
            f"{subject.curie} {predicate.curie} {object.curie}",
            subject.curie,
            object.curie,
            predicate.label,
            sign=_sign(items),
            disputed=any(item.disputed for item in items),
            statements=[_told(item, root) for item in items],
        )
        for (subject, predicate, object), items in facts.items()
    ]
    return written(nodes, edges)


def _sign(items: Iterable[Statement]) -> int:
    return next((item.predicate.sign for item in items), None) or 0


def _told(item: Statement, root: str) -> Mapping[str, str]:
    return {"text": sentence(item), "page": address(item.iri, root)}
