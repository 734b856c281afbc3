"""Triples: the answer of a CONSTRUCT or DESCRIBE query as a table and as a network, with the names of things."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from starlette.requests import Request

from imidgraph.namespaces import IMID, compress
from imidgraph.pages.picture import Arrow, Node, Picture
from imidgraph.rdf import Literal, NamedNode, RdfFormat, Triple, parse
from imidgraph.server.answers import Answers
from imidgraph.server.explorer.addresses import address
from imidgraph.server.explorer.elements import edge, node, written
from imidgraph.server.negotiation import ROWS
from imidgraph.server.protocol import Operation
from imidgraph.server.tables import Cell, Choice, Shown

MOST_DRAWN = 60
"""Triples that a picture can hold and still be read."""
_LABELS = "SELECT ?thing ?label WHERE {{ VALUES ?thing {{ {} }} ?thing <http://www.w3.org/2000/01/rdf-schema#label> ?label }}"


def read(turtle: bytes) -> list[Triple]:
    """Read the triples of an answer, in their order."""
    return [quad.triple for quad in parse(turtle, format=RdfFormat.TURTLE)]


async def named(answers: Answers, request: Request, found: Iterable[Triple]) -> dict[str, str]:
    """Find the names of the things in some triples, by their IRIs."""
    things = sorted({str(term) for item in found for term in item if isinstance(term, NamedNode)})
    query = Operation(_LABELS.format(" ".join(things)))
    _, body = await answers.ask(request, query, ROWS[0], None, free=False)
    rows = json.loads(body)["results"]["bindings"]
    return {row["thing"]["value"]: row["label"]["value"] for row in rows}


def table(found: Sequence[Triple], names: Mapping[str, str], root: str, choice: Choice, given: Mapping[str, str]) -> Shown:
    """Give triples as the rows of a page."""
    rows = [[_cell(term, names, root) for term in (item.subject, item.predicate, item.object)] for item in found]
    return Shown(("subject", "predicate", "object"), rows, choice, given)


def _cell(term: object, names: Mapping[str, str], root: str) -> Cell:
    if isinstance(term, NamedNode):
        return Cell(_name(term.value, names), _link(term.value, root))
    return Cell(term.value if isinstance(term, Literal) else str(term))


def _link(iri: str, root: str) -> str:
    if iri.startswith(IMID):
        return address(iri, root)
    return iri if iri.startswith(("http://", "https://")) else ""


def _joins(found: Iterable[Triple]) -> list[tuple[str, str, str]]:
    """Give the triples that join two things, by their IRIs: a literal is no node."""
    return [
        (item.subject.value, item.predicate.value, item.object.value)
        for item in found
        if isinstance(item.subject, NamedNode) and isinstance(item.object, NamedNode)
    ]


def _things(joins: Iterable[tuple[str, str, str]]) -> list[str]:
    return list(dict.fromkeys(iri for one, _, other in joins for iri in (one, other)))


def elements(found: Iterable[Triple], names: Mapping[str, str], root: str) -> str:
    """Write triples as the elements of a network that a browser draws."""
    joins = _joins(found)
    nodes = [node(iri, _name(iri, names), "", _link(iri, root)) for iri in _things(joins)]
    edges = [edge(str(place), one, other, _name(relation, names)) for place, (one, relation, other) in enumerate(joins)]
    return written(nodes, edges)


def picture(found: Iterable[Triple], names: Mapping[str, str]) -> Picture | None:
    """Draw triples that join things; None where there are none, or more than a picture can hold."""
    joins = _joins(found)
    if not 0 < len(joins) <= MOST_DRAWN:
        return None
    nodes = tuple(Node(iri, _name(iri, names), "") for iri in _things(joins))
    arrows = tuple(Arrow(one, other, _name(relation, names)) for one, relation, other in joins)
    return Picture("The triples of the answer", nodes, arrows)


def _name(iri: str, names: Mapping[str, str]) -> str:
    return names.get(iri) or compress(iri)
