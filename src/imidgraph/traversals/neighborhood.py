"""Neighborhoods: the entities within some hops of one, and what joins them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import islice
from typing import Any

from imidgraph.answers import Drawable, Row
from imidgraph.knowledge.network import Network
from imidgraph.limits import MOST_NODES, Deadline, OutOfTime, whole
from imidgraph.model import Statement, Term
from imidgraph.traversals.edges import Edges

_SEARCHING = 0.7  # the share of the time that is for the search; the rest is for what joins the entities


@dataclass(frozen=True, repr=False)
class Neighborhood(Drawable):
    """The entities around one.

    Parameters
    ----------
    rings : tuple of tuple of Term
        The entities by their distance: first the center alone, then what is one hop away, and so on.
    joins : tuple of Statement
        What joins the entities: with one another too, not only with the center.
    """

    rings: tuple[tuple[Term, ...], ...]
    joins: tuple[Statement, ...]

    columns = ("distance", "entity", "label", "category")

    @property
    def center(self) -> Term:
        """The entity in the middle."""
        return self.rings[0][0]

    @property
    def nodes(self) -> tuple[Term, ...]:
        """All entities, the nearest first."""
        return tuple(term for ring in self.rings for term in ring)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """What joins the entities."""
        return self.joins

    @property
    def rows(self) -> list[Row]:
        """The entities, with their distance from the center."""
        return [(distance, term.curie, term.label, term.category) for distance, ring in enumerate(self.rings) for term in ring]

    @property
    def title(self) -> str:
        """The center."""
        return f"{len(self)} entities around {self.center}"

    def _document(self) -> dict[str, Any]:
        rings = [[term.curie for term in ring] for ring in self.rings]
        return {"rings": rings, "statements": [item.to_dict() for item in self.joins]}

    def __bool__(self) -> bool:
        """Tell whether there is anything around the center."""
        return len(self.rings) > 1

    def __len__(self) -> int:
        """Count the entities."""
        return len(self.nodes)


def neighborhood(
    edges: Edges, center: Term, deadline: Deadline, hops: int = 1, predicates: Iterable[str] = (), limit: int = MOST_NODES
) -> Neighborhood:
    """Find the entities within some hops of one, whichever way the relations lead.

    Parameters
    ----------
    edges : Edges
        The network, with the statements on its edges.
    center : Term
        The entity in the middle.
    deadline : Deadline
        When the search ends.
    hops : int
        How far to go.
    predicates : iterable of str
        The relations to follow, by any of their names; all between entities if empty.
    limit : int
        The most entities to take.

    Raises
    ------
    QueryError
        Where a limit makes no sense.
    """
    whole("hops", hops, 0)
    whole("limit", limit)
    network = edges.network
    followed = network.chosen(predicates)
    found: list[list[str]] = []
    joins: list[Statement] = []
    stopped = None
    try:
        for ring in rings(network, center.curie, hops, followed, deadline.part(_SEARCHING)):
            room = limit - sum(map(len, found))
            found.append(ring[:room])
            if len(ring) > room:
                stopped = f"cut at {limit} entities; there are more"
                break
    except OutOfTime:
        stopped = str(deadline)
    nodes = [node for ring in found for node in ring]
    terms = network.named(nodes, deadline)  # all names at once
    rest = iter(terms)
    stopped = stopped if len(terms) == len(nodes) else str(deadline)
    named = [tuple(sorted(islice(rest, len(ring)), key=lambda term: (term.category, term.label))) for ring in found]
    try:
        joins = _joins(edges, nodes[: len(terms)], followed, deadline)
    except OutOfTime:
        stopped = str(deadline)
    return Neighborhood(tuple(filter(None, named)), tuple(joins), places=network.vocabulary.places, limit=stopped)


def rings(network: Network, center: str, hops: int, followed: Set[str], deadline: Deadline) -> Iterator[list[str]]:
    """Give the CURIEs of the entities around one by their distance: first its own, then those one hop away, and so on."""
    seen, ring = {center}, [center]
    yield ring
    for _ in range(hops):
        deadline.check()
        network.fetch(ring, deadline)
        ring = sorted({other for node in deadline.each(ring) for other in network.neighbors(node, followed)} - seen)
        if not ring:
            return
        seen.update(ring)
        yield ring


def _joins(edges: Edges, nodes: Sequence[str], followed: Set[str], deadline: Deadline) -> list[Statement]:
    network, inside = edges.network, set(nodes)
    network.fetch(nodes, deadline)
    joined = ((one, inside & network.objects.get(one, {}).keys()) for one in deadline.each(sorted(inside)))
    pairs = [(one, other) for one, others in joined for other in sorted(others)]
    edges.load(pairs, deadline)
    found = (item for pair in pairs for item in edges.between(*pair))
    return [item for item in found if not item.negated and network.curie(item.predicate.iri) in followed]
