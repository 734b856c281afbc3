"""Explaining: how one entity affects another is found, as chains of steps with their evidence."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from itertools import product
from typing import Any

from imidgraph.errors import PathNotFound, QueryError
from imidgraph.knowledge.relations import BROADER
from imidgraph.limits import Deadline, OutOfTime
from imidgraph.model import Statement, Term
from imidgraph.namespaces import IMID, compress
from imidgraph.traversals.chains import Chain, Hop
from imidgraph.traversals.edges import Edges
from imidgraph.traversals.explanation import Explanation
from imidgraph.traversals.mechanisms import Mechanisms
from imidgraph.traversals.paths import Path, paths
from imidgraph.traversals.trials import kinds_of

_BINDS = compress(IMID + "binds")
_HOLDS = frozenset({compress(IMID + "hasComponent")})
_BROADER = compress(BROADER)
_LONGEST_WAY = 5  # hops from a drug to what a resistance mechanism changes
_LONGEST_DETOUR = 3  # hops between entities that no chain of causes joins
_FEWEST_WAYS = 50


def explain(edges: Edges, start: Term, end: Term, deadline: Deadline) -> Explanation:
    """Explain how one entity affects another.

    Parameters
    ----------
    edges : Edges
        The network, with the statements on its edges.
    start, end : Term
        The entities, in either order.
    deadline : Deadline
        When the search ends.

    Raises
    ------
    QueryError
        Where both ends are the same.
    """
    if start.iri == end.iri:
        raise QueryError(f"Start and end are the same entity ({start}). Name a different one.")
    if (start.category, end.category) in {("Disease", "Drug"), ("AdverseEffect", "Drug"), ("Drug", "ResistanceMechanism")}:
        start, end = end, start
    return _Explainer(edges, start, end, deadline).explanation()


class _Explainer:
    """Puts one explanation together."""

    def __init__(self, edges: Edges, start: Term, end: Term, deadline: Deadline) -> None:
        self._edges = edges
        self._network = edges.network
        self._start, self._end = start, end
        self._deadline = deadline
        self._limit: str | None = None

    def explanation(self) -> Explanation:
        """Find what the kinds of the two ends ask for."""
        chains: list[Chain] = []
        stated: list[Statement] = []
        kinds: tuple[Term, ...] = ()
        mentions: tuple[Statement, ...] = ()
        hierarchy: tuple[Statement, ...] = ()
        try:
            self._network.fetch([self._start.curie, self._end.curie], self._deadline)
            stated += self._stated()
            chains = self._chains()
            kinds = self._narrower(self._end)
            stated += self._stated_of(kinds)
            mentions = () if stated or chains else self._mentions(kinds)
            hierarchy = () if chains else self._hierarchy([item for item in stated if not item.negated], kinds)
        except OutOfTime:
            self._limit = self._limit or str(self._deadline)
        found = tuple(chains), kinds, mentions, hierarchy
        return Explanation(
            self._start, self._end, tuple(stated), *found, places=self._network.vocabulary.places, limit=self._limit
        )

    def _chains(self) -> list[Chain]:
        categories = self._start.category, self._end.category
        if categories == ("ResistanceMechanism", "Drug"):
            return self._resistance()
        if categories == ("Drug", "Drug"):
            return self._shared()
        kinds = self._network.vocabulary.kinds
        if categories[0] in kinds("CausalFactor") and categories[1] in kinds("CausalTarget"):
            return self._causes()
        return self._ways()

    def _stated(self) -> list[Statement]:
        stated = [*self._between(self._start, self._end), *self._between(self._end, self._start)]
        return sorted(stated, key=lambda item: (-item.strength, str(item)))

    def _narrower(self, term: Term) -> tuple[Term, ...]:
        kinds = kinds_of(self._edges, term, self._deadline) - {term.curie}
        return tuple(sorted(self._network.terms(kinds, self._deadline), key=str))

    def _stated_of(self, kinds: Sequence[Term]) -> list[Statement]:
        """Find what names a narrower kind of one end, or a drug of a regimen, with the other: first the best of each kind."""
        start, end = self._start.curie, self._end.curie
        drugs = self._joined(self._start, _HOLDS, backward=False) if self._start.category == "Regimen" else set()
        pairs = [
            *product((start, *sorted(drugs)), (end, *(kind.curie for kind in kinds))),
            *((kind.curie, end) for kind in self._narrower(self._start)),
        ]
        pairs.remove((start, end))
        both = [pair for one, other in pairs for pair in ((one, other), (other, one))]
        self._edges.load(both, self._deadline)
        ends = {self._start.iri, self._end.iri}
        found = [item for pair in both for item in self._edges.between(*pair) if item.iri]
        found.sort(key=lambda item: (item.negated, item.value("boxedWarning") is not True, -item.strength, str(item)))
        rank: Counter[frozenset[str]] = Counter()
        ranked: list[tuple[int, int, Statement]] = []
        for item in found:
            kind = frozenset({item.subject.iri, item.object.iri} - ends)
            ranked.append((rank[kind], len(ranked), item))
            rank[kind] += 1
        return [item for *_, item in sorted(ranked, key=lambda entry: entry[:2])]

    def _mentions(self, kinds: Sequence[Term]) -> tuple[Statement, ...]:
        """Find statements about the end or one of its kinds that mention the start, in words or as a qualifier."""
        word = re.compile(rf"\b{re.escape(self._start.label)}\b", re.IGNORECASE)
        nodes = {self._end.curie, *(kind.curie for kind in kinds)}
        around = {(one, node) for node in nodes for one in self._network.sources(node, self._network.joining)}
        self._edges.load(sorted(around), self._deadline)
        found = dict.fromkeys(
            item
            for pair in sorted(around)
            for item in self._edges.between(*pair)
            if word.search(str(item)) or any(self._start in values for values in item.qualifiers.values())
        )
        return tuple(sorted(found, key=lambda item: (item.negated, -item.strength, str(item))))

    def _causes(self) -> list[Chain]:
        """Follow the causes; those of a regimen start at its drugs."""
        if self._start.category != "Regimen":
            return self._mechanisms(self._start.curie, self._end.curie)
        chains = []
        for term, items in list(self._held()):
            first = Hop((self._start,), (term,), items[0].predicate.label, items)
            chains += [replace(chain, hops=(first, *chain.hops)) for chain in self._mechanisms(term.curie, self._end.curie)]
        return sorted(chains, key=lambda chain: (-round(chain.score, 2), str(chain)))

    def _held(self) -> Iterator[tuple[Term, tuple[Statement, ...]]]:
        for term in self._network.terms(sorted(self._joined(self._start, _HOLDS, backward=False)), self._deadline):
            yield term, self._joining(self._start, [term], _HOLDS, backward=False)

    def _mechanisms(self, start: str, end: str) -> list[Chain]:
        found, limit = Mechanisms(self._edges).chains(start, end, self._deadline)
        self._limit = self._limit or limit
        return found

    def _resistance(self) -> list[Chain]:
        """Follow a drug to what a resistance mechanism changes: there its way is cut."""
        drug, involves = self._end.curie, compress(IMID + "involves")
        changed = self._network.neighbors(self._start.curie, {involves}, directed=True)
        chains = []
        for node, term in zip(sorted(changed), self._network.terms(sorted(changed), self._deadline), strict=True):
            found = self._mechanisms(drug, node)
            hops = list(found[0].hops) if found else self._reaching(drug, node)
            items = tuple(item for item in self._between(self._start, term) if compress(item.predicate.iri) == involves)
            last = Hop((term,), (self._start,), items[0].predicate.label, items, backward=True)
            if hops:
                chains.append(Chain((*hops, last)))
        return sorted(chains, key=lambda chain: (len(chain.hops), -round(chain.score, 2), str(chain)))

    def _reaching(self, drug: str, node: str) -> list[Hop]:
        followed = self._network.steps | {_BINDS} | _HOLDS
        found = self._paths(drug, node, max_length=_LONGEST_WAY, limit=1, predicates=followed, directed=True)
        return _hops(found[0]) if found else []

    def _paths(self, start: str, end: str, **bounds: Any) -> Sequence[Path]:
        try:
            found = paths(self._edges, start, end, self._deadline, **bounds)
        except PathNotFound as error:
            self._limit = self._limit or error.limit
            return ()
        self._limit = self._limit or (found.limit if len(found) < bounds["limit"] else None)
        return found

    def _shared(self) -> list[Chain]:
        """Put together what two drugs have in common, one relation at a time."""
        shared: list[tuple[str, bool, list[str]]] = []
        traits = [relation for relation in self._network.relations.values() if relation.is_shared_trait]
        traits.sort(key=lambda relation: "mechanisms" not in relation.pillars)  # how they act first
        for relation, backward in product((trait.curie for trait in traits), (False, True)):
            one, other = (self._joined(end, {relation}, backward) for end in (self._start, self._end))
            if common := sorted(one & other):
                shared.append((relation, backward, common))
        self._network.terms({node for *_, common in shared for node in common}, self._deadline)
        pairs = (
            (node, end.curie) if backward else (end.curie, node)
            for _, backward, common in shared
            for node in common
            for end in (self._start, self._end)
        )
        self._edges.load(pairs, self._deadline)
        chains = []
        for relation, backward, common in shared:
            terms = tuple(sorted(self._network.terms(common, self._deadline), key=str))
            ahead, back = (self._joining(end, terms, {relation}, backward) for end in (self._start, self._end))
            label = self._network.relations[relation].label
            first = Hop((self._start,), terms, label, ahead, backward=backward)
            chains.append(Chain((first, Hop(terms, (self._end,), label, back, backward=not backward))))
        return chains

    def _joined(self, end: Term, relation: Set[str], backward: bool) -> set[str]:
        if backward:
            return self._network.sources(end.curie, relation)
        return self._network.neighbors(end.curie, relation, directed=True)

    def _ways(self) -> list[Chain]:
        """Where no causes lead, list the shortest ways of any kind, those through busy entities last."""
        found = self._paths(self._start.curie, self._end.curie, max_length=_LONGEST_DETOUR, limit=_FEWEST_WAYS)
        passed = {node for path in found for node in path.nodes[1:-1]}
        busy = dict.fromkeys(passed, 0)
        with contextlib.suppress(OutOfTime):
            self._network.fetch(passed, self._deadline)
            busy = {node: len(self._network.neighbors(node, self._network.joining)) for node in passed}
        chains = [(Chain(tuple(_hops(path))), path) for path in found if len(path) > 1]
        chains.sort(key=lambda item: (len(item[1]), sum(busy[node] for node in item[1].nodes[1:-1]), str(item[0])))
        return [chain for chain, _ in chains]

    def _hierarchy(self, stated: Sequence[Statement], kinds: Sequence[Term]) -> tuple[Statement, ...]:
        """Find what joins those that are named with the ends: a regimen with its drugs, a kind with what it is a kind of."""
        named = {term.curie for item in stated for term in (item.subject, item.object)} | {self._end.curie}
        objects = self._network.objects
        pairs = [
            (self._start.curie, part) for part in sorted(named) if _HOLDS & set(objects.get(self._start.curie, {}).get(part, ()))
        ]
        inside = {self._end.curie, *(kind.curie for kind in kinds)}
        climbed, waiting = set(), sorted(named & inside)
        while waiting:
            kind = waiting.pop()
            climbed.add(kind)
            for wider in sorted(objects.get(kind, {}).keys() & inside):
                pairs.append((kind, wider))
                waiting += [] if wider in climbed else [wider]  # and on, up to the end that was asked for
        self._edges.load(pairs, self._deadline)
        found = dict.fromkeys(item for pair in pairs for item in self._edges.between(*pair))
        return tuple(item for item in found if compress(item.predicate.iri) in {_BROADER, *_HOLDS} and not item.negated)

    def _between(self, one: Term, other: Term) -> tuple[Statement, ...]:
        return self._edges.between(one.curie, other.curie)

    def _joining(self, end: Term, terms: Sequence[Term], relation: Set[str], backward: bool) -> tuple[Statement, ...]:
        pairs = [(term.curie, end.curie) if backward else (end.curie, term.curie) for term in terms]
        self._edges.load(pairs, self._deadline)
        items = (item for pair in pairs for item in self._edges.between(*pair))
        return tuple(item for item in items if not item.negated and compress(item.predicate.iri) in relation)


def _hops(path: Path) -> list[Hop]:
    hops = []
    for step in path.steps:
        items, backward = (step.ahead, False) if step.ahead else (step.statements, True)
        label = ", ".join(dict.fromkeys(item.predicate.label for item in items))
        hops.append(Hop((step.start,), (step.end,), label, items, backward=backward))
    return hops
