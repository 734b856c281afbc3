"""Mechanisms: the chains of causal steps by which one entity acts on another.

A chain passes only proteins, complexes, processes and cells, along relations that say what goes up or down: never a
shared article, a class or another drug. Parallel steps are told together (IKZF1 and IKZF3 both raise IRF4 and MYC),
an effect that was seen in the drug's presence is told with the chain that explains it, and variants that begin and
end alike are one route.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise, product
from typing import Any

from imidgraph.knowledge.network import Network
from imidgraph.knowledge.relations import BROADER
from imidgraph.limits import Deadline, OutOfTime
from imidgraph.model import Statement
from imidgraph.namespaces import IMID, compress
from imidgraph.traversals.chains import Chain, Hop
from imidgraph.traversals.edges import Edges
from imidgraph.traversals.walks import Walker

MAX_LENGTH = 7
RECEPTOR = "imid:CRBN"  # `degrades` is defined as loss through cereblon
_BINDS, _DEGRADES, _BROADER = compress(IMID + "binds"), compress(IMID + "degrades"), compress(BROADER)
_MOST = 5000  # chains that one search takes up
_SEARCHING = 0.8  # the share of the time that is for the search; the rest is for the statements of what it found


@dataclass
class _Route:
    """A simple path of the search, read as causal steps, and the effects that it explains."""

    nodes: tuple[str, ...]
    relations: tuple[str, ...]
    signs: tuple[int, ...]
    observed: set[str] = field(default_factory=set)

    @property
    def sign(self) -> int:
        return math.prod(self.signs)


@dataclass(frozen=True)
class _Family:
    """Routes that are alike but for what stands in parallel at their places."""

    places: tuple[frozenset[str], ...]
    relations: tuple[str, ...]
    signs: tuple[int, ...]
    observed: frozenset[str]

    def __len__(self) -> int:
        return math.prod(map(len, self.places))

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Give the ends of every edge that the chain of this family can tell of."""
        (drug,) = self.places[0]
        for ones, others in pairwise(self.places):
            yield from product(sorted(ones), sorted(others))
        yield drug, RECEPTOR
        yield from ((RECEPTOR, target) for target in sorted(self.places[1]))
        yield from ((drug, effect) for effect in sorted(self.observed))

    @property
    def last_step(self) -> tuple[frozenset[str], ...]:
        """The ends of the last step that is no mere kind of something."""
        place = max((place for place, relation in enumerate(self.relations) if relation != _BROADER), default=0)
        return self.places[place : place + 2]


class Mechanisms:
    """Finds the causal chains of a network.

    Parameters
    ----------
    edges : Edges
        The network, with the statements on its edges.
    """

    def __init__(self, edges: Edges) -> None:
        self._edges = edges
        self._network: Network = edges.network

    def chains(self, start: str, end: str, deadline: Deadline, max_length: int = MAX_LENGTH) -> tuple[list[Chain], str | None]:
        """Find the chains from one entity to another, the best supported first.

        Parameters
        ----------
        start, end : str
            Their CURIEs.
        deadline : Deadline
            When the search ends.
        max_length : int
            The most hops of a chain, not counting those at its end that lead from a kind to what it is a kind of.

        Returns
        -------
        tuple of list of Chain and str or None
            The chains, and in words why the search stopped early.
        """
        return self.chains_of([(start, end)], deadline, max_length)[start, end]

    def chains_of(
        self, ends: Iterable[tuple[str, str]], deadline: Deadline, max_length: int = MAX_LENGTH
    ) -> dict[tuple[str, str], tuple[list[Chain], str | None]]:
        """Find the chains of many pairs of a start and an end; their statements are looked up together."""
        searching = deadline.part(_SEARCHING)
        found = {pair: self._search(*pair, max_length, searching) for pair in ends}
        with contextlib.suppress(OutOfTime):
            self._edges.load((ends for families, _ in found.values() for family in families for ends in family.pairs()), deadline)
        told: dict[tuple[str, str], tuple[list[Chain], str | None]] = {}
        for pair, (families, limit) in found.items():
            known = [family for family in families if all(self._edges.has(*ends) for ends in family.pairs())]
            told[pair] = self._told(known), limit if len(known) == len(families) else str(deadline)
        return told

    def _search(self, start: str, end: str, max_length: int, deadline: Deadline) -> tuple[list[_Family], str | None]:
        routes: list[_Route] = []
        limit = None
        try:
            for nodes in self._walk(start, end, max_length + self._depth(end, deadline), deadline):
                if len(routes) == _MOST:
                    limit = f"stopped at {_MOST} ways; there are more"
                    break
                causal = sum(_BROADER not in self._signs(one, other) for one, other in pairwise(nodes))
                if causal <= max_length and not self._turns_back(nodes):
                    routes.append(self._read(nodes))
        except OutOfTime:
            limit = str(deadline)
        return list(_families(_absorbed(routes))), limit

    def _told(self, families: Iterable[_Family]) -> list[Chain]:
        groups: dict[Any, list[tuple[int, Chain]]] = {}
        for family in families:
            (start,) = family.places[0]
            seen = self._stated([(start, effect) for effect in sorted(family.observed)], self._network.steps)
            chain = Chain(self._hops(family), seen)
            groups.setdefault((family.places[1], family.last_step, chain.sign), []).append((len(family), chain))
        chains = []
        for group in groups.values():
            (_, best), *others = sorted(group, key=lambda item: (-item[0], -item[1].score, str(item[1])))
            chains.append(replace(best, variants=tuple(chain for _, chain in others)))
        return sorted(chains, key=lambda one: (-round(one.score, 2), -len(one.sources), len(one.hops), str(one)))

    def _depth(self, end: str, deadline: Deadline) -> int:
        """Count the levels of narrower kinds below an entity."""
        seen, level, depth = {end}, {end}, -1
        while level:
            deadline.check()
            self._network.fetch(level, deadline)
            level = {kind for node in level for kind in self._network.sources(node, {_BROADER})} - seen
            seen |= level
            depth += 1
        return depth

    def _walk(self, start: str, end: str, max_length: int, deadline: Deadline) -> Iterator[tuple[str, ...]]:
        network, causal = self._network, self._network.steps
        passed = network.vocabulary.kinds("BiologicalEntity")
        wider = frozenset({_BROADER})

        @cache
        def category(node: str) -> str:
            return network.terms([node])[0].category

        def passable(node: str) -> bool:
            return node in (start, end) or category(node) in passed

        @cache
        def ahead(node: str) -> Set[str]:
            if node != start and not passable(node):
                return network.neighbors(node, wider, directed=True)
            found = network.neighbors(node, causal, directed=True)
            return {other for other in found if passable(other) or category(other) == category(end)}

        @cache
        def behind(node: str) -> Set[str]:
            causes, narrower = network.sources(node, causal), network.sources(node, wider)
            kinds = {other for other in narrower if not passable(other) and category(other) == category(end)}
            return kinds | {other for other in causes if passable(other)}

        def fetch(nodes: Set[str]) -> None:
            network.fetch(nodes, deadline)
            near = (network.neighbors(node, causal | wider) for node in nodes)
            network.terms(set(nodes).union(*near), deadline)

        return Walker(ahead, behind, fetch, deadline).paths(start, end, max_length)

    def _turns_back(self, nodes: tuple[str, ...]) -> bool:
        """Tell whether a route takes two steps of a feedback loop where one leads on: a to b to c, with b to a and a to c."""
        return any(
            self._signs(two, one) and self._signs(one, three)
            for one, two, three in zip(nodes[1:], nodes[2:], nodes[3:], strict=False)
        )

    def _read(self, nodes: tuple[str, ...]) -> _Route:
        steps = [self._signs(one, other) for one, other in pairwise(nodes)]
        relations = tuple(_DEGRADES if _DEGRADES in signs else next(iter(signs)) for signs in steps)
        agreed = [set(signs.values()) for signs in steps]
        return _Route(nodes, relations, tuple(signs.pop() if len(signs) == 1 else 0 for signs in agreed))

    def _signs(self, one: str, other: str) -> dict[str, int]:
        """Give the relations that a chain may follow from one node to another, with their signs."""
        joined = self._network.objects.get(one, {}).get(other, ())
        signs = {
            curie: self._network.relations[curie].sign for curie in joined if curie in self._network.steps or curie == _BROADER
        }
        return {curie: 1 if sign is None else sign for curie, sign in signs.items()}  # a kind goes up with what it is of

    def _hops(self, family: _Family) -> tuple[Hop, ...]:
        places, relations = family.places, family.relations
        terms = [tuple(sorted(self._network.terms(place), key=str)) for place in places]
        pairs = [list(product(sorted(ones), sorted(others))) for ones, others in pairwise(places)]
        (drug,) = places[0]
        hops = [
            Hop(ones, others, self._network.relations[relation].label, self._stated(ends, self._network.steps | {_BROADER}), sign)
            for (ones, others), ends, relation, sign in zip(pairwise(terms), pairs, relations, family.signs, strict=True)
        ]
        binding = self._stated([(drug, RECEPTOR)], {_BINDS})
        if relations[0] == _DEGRADES and binding:
            receptor = tuple(self._network.terms([RECEPTOR]))
            taken = self._stated([(RECEPTOR, target) for target in sorted(places[1])], {_BINDS})
            first = hops[0]
            through = replace(first, starts=receptor, statements=(*first.statements, *taken))
            hops[:1] = [Hop(first.starts, receptor, self._network.relations[_BINDS].label, binding), through]
        return tuple(hops)

    def _stated(self, pairs: Iterable[tuple[str, str]], relations: Set[str]) -> tuple[Statement, ...]:
        found = (item for pair in pairs for item in self._edges.between(*pair))
        return tuple(item for item in found if not item.negated and compress(item.predicate.iri) in relations)


def _absorbed(routes: Sequence[_Route]) -> list[_Route]:
    """Take out the routes that start with a seen effect which a longer route explains, and note the effect there."""
    seen = {route.nodes[1:]: route for route in routes if route.relations[0] != _DEGRADES}
    explained = set()
    for route in routes:
        for place in range(2, len(route.nodes) - 1):
            shorter = seen.get(route.nodes[place:])
            if shorter is not None and shorter.sign == route.sign:
                route.observed.add(route.nodes[place])
                explained.add(shorter.nodes)
    return [route for route in routes if route.nodes not in explained]


def _families(routes: Sequence[_Route]) -> Iterator[_Family]:
    """Put routes together that differ in one place only, the last place first."""
    alike: dict[Any, dict[tuple[frozenset[str], ...], set[str]]] = {}
    for route in routes:
        places = tuple(frozenset({node}) for node in route.nodes)
        alike.setdefault((route.relations, route.signs), {})[places] = route.observed
    for (relations, signs), families in alike.items():
        for place in range(len(relations) - 1, 0, -1):
            merged: dict[Any, tuple[set[str], set[str]]] = {}
            for places, observed in families.items():
                nodes, effects = merged.setdefault((places[:place], places[place + 1 :]), (set(), set()))
                nodes |= places[place]
                effects |= observed
            families = {(*head, frozenset(nodes), *tail): effects for (head, tail), (nodes, effects) in merged.items()}
        for places, observed in families.items():
            yield _Family(places, relations, signs, frozenset(observed))
