"""Neighborhoods: the entities within some hops of one, and what joins them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from imidgraph.limits import MOST_NODES, whole
from imidgraph.model import Statement, Term
from imidgraph.traversals.paths import EdgeStatements


@dataclass(frozen=True)
class Neighborhood:
    """The entities around one.

    Parameters
    ----------
    rings : tuple of tuple of Term
        The entities by their distance: first the center alone, then what is one hop away, and so on.
    bound : str or None
        Which bound cut entities off, in words.
    """

    rings: tuple[tuple[Term, ...], ...]
    bound: str | None
    _statements: EdgeStatements
    _relations: frozenset[str]

    @property
    def center(self) -> Term:
        """The entity in the middle."""
        return self.rings[0][0]

    @property
    def nodes(self) -> tuple[Term, ...]:
        """All entities, the nearest first."""
        return tuple(term for ring in self.rings for term in ring)

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """What joins the entities: with one another too, not only with the center."""
        network = self._statements.network
        inside = {term.curie for term in self.nodes}
        network.fetch(inside)
        pairs = [(one, other) for one in sorted(inside) for other in sorted(inside & network.objects.get(one, {}).keys())]
        self._statements.load(pairs)
        found = (item for pair in pairs for item in self._statements.between(*pair))
        return tuple(item for item in found if not item.negated and network.curie(item.predicate.iri) in self._relations)

    def rows(self) -> Iterator[tuple[int, str, str, str]]:
        """Give the entities as rows: distance, CURIE, label and category."""
        for distance, ring in enumerate(self.rings):
            for term in ring:
                yield distance, term.curie, term.label, term.category

    def to_dict(self) -> dict[str, Any]:
        """Give the neighborhood as a dictionary that can be written as JSON."""
        return {
            "rings": [[term.curie for term in ring] for ring in self.rings],
            "statements": [item.to_dict() for item in self.statements],
            "bound": self.bound,
        }

    def __repr__(self) -> str:
        return f"<Neighborhood: {len(self)} entities around {self.center}>"

    def __len__(self) -> int:
        """Count the entities."""
        return len(self.nodes)


def surround(
    statements: EdgeStatements, center: Term, hops: int = 1, relations: Iterable[str] = (), limit: int = MOST_NODES
) -> Neighborhood:
    """Find the entities within some hops of one, whichever way the relations lead.

    Parameters
    ----------
    statements : EdgeStatements
        The network, with the statements on its edges.
    center : Term
        The entity in the middle.
    hops : int
        How far to go.
    relations : iterable of str
        The CURIEs of the relations to follow; all between entities if empty.
    limit : int
        The most entities to take.

    Raises
    ------
    QueryError
        Where a bound makes no sense.
    """
    whole("hops", hops, 0)
    whole("limit", limit)
    network = statements.network
    followed = frozenset(relations) or network.joining
    rings, seen, bound = [[center.curie]], {center.curie}, None
    while len(rings) <= hops and rings[-1] and bound is None:
        network.fetch(rings[-1])
        ring = sorted({other for node in rings[-1] for other in network.neighbors(node, followed)} - seen)
        if len(seen) + len(ring) > limit:
            ring = ring[: limit - len(seen)]
            bound = f"cut at {limit} entities; there are more"
        seen |= set(ring)
        rings.append(ring)
    named = [tuple(sorted(network.terms(ring), key=lambda term: (term.category, term.label))) for ring in rings if ring]
    return Neighborhood(tuple(named), bound, statements, followed)
