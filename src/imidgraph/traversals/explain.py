"""Explanations: how one entity affects another, as chains of steps with their evidence, and what stays open."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import Any

from imidgraph.answers import Drawable, Row
from imidgraph.errors import PathNotFound, QueryError
from imidgraph.knowledge.relations import BROADER
from imidgraph.limits import MOST_TOLD, Deadline, OutOfTime
from imidgraph.model import Statement, Term
from imidgraph.namespaces import IMID, compress
from imidgraph.prose.citations import cited
from imidgraph.prose.statement import sentence
from imidgraph.traversals.chains import Chain, Hop
from imidgraph.traversals.edges import Edges
from imidgraph.traversals.mechanisms import Mechanisms
from imidgraph.traversals.paths import Path, paths
from imidgraph.traversals.trials import kinds_of
from imidgraph.words import listed

_BINDS = compress(IMID + "binds")
_HOLDS = frozenset({compress(IMID + "hasComponent")})
_BROADER = compress(BROADER)
_LONGEST_WAY = 5  # hops from a drug to what a resistance mechanism changes
_LONGEST_DETOUR = 3  # hops between entities that no chain of causes joins
_FEWEST_WAYS = 50


@dataclass(frozen=True, repr=False)
class Explanation(Drawable):
    """What the graph knows of how one entity affects another.

    Parameters
    ----------
    start, end : Term
        The entities.
    stated : tuple of Statement
        The statements that name both, then those that name a narrower kind of one of them.
    chains : tuple of Chain
        The chains of steps between them, the best supported first.
    kinds : tuple of Term
        The narrower kinds of the end.
    mentions : tuple of Statement
        Where nothing is stated and no chain leads: statements about the end that mention the start.
    hierarchy : tuple of Statement
        Where no chain leads: what joins those that are named with the ends, the drugs of a regimen and the kinds of the end.
    shown : int
        The number of chains that its text tells.
    is_brief : bool
        Whether its text gives a line to a step, or all sentences with what was seen and other ways.
    """

    start: Term
    end: Term
    stated: tuple[Statement, ...]
    chains: tuple[Chain, ...]
    kinds: tuple[Term, ...] = ()
    mentions: tuple[Statement, ...] = ()
    hierarchy: tuple[Statement, ...] = ()
    shown: int = field(default=MOST_TOLD, compare=False)
    is_brief: bool = field(default=True, compare=False, kw_only=True)

    columns = ("chain", "step", "from", "relation", "to", "sign", "statement", "sources", "score")

    def __bool__(self) -> bool:
        """Tell whether the graph knows anything of it."""
        return bool(self.stated or self.chains or self.mentions)

    @property
    def of_kinds(self) -> tuple[Statement, ...]:
        """The statements that name a narrower kind of an end, or a drug of a regimen: first the best of each kind."""
        ends = {self.start.iri, self.end.iri}
        return tuple(item for item in self.stated if {item.subject.iri, item.object.iri} != ends)

    def _gaps(self) -> Iterator[str]:
        if not self.chains and not any(item.predicate.is_step or item.predicate.curie == _BINDS for item in self.stated):
            no = "No chain of curated steps leads" if self.stated else "No statement and no chain of curated steps leads"
            kinds = " or one of its kinds" if self.kinds else ""
            yield f"{no} from {self.start} to {self.end}{kinds}. That does not mean that there is none."
        if self.limit:
            yield f"The search was {self.limit}."

    def verdict(self, chain: Chain) -> str:
        """Say in a few words what a chain does to the end.

        Examples
        --------
        >>> import imidgraph
        >>> explanation = imidgraph.load().explain("thalidomide", "birth defects")
        >>> explanation.verdict(explanation.chains[0])
        'can cause phocomelia'
        """
        reached = listed(chain.reached)
        good, bad = {
            "Disease": (f"works against {reached}", f"promotes {reached}"),
            "AdverseEffect": (f"protects against {reached}", f"can cause {reached}"),
        }.get(self.end.category, (f"lowers {reached}", f"raises {reached}"))
        return {-1: good, 1: bad, 0: "overall direction unclear"}.get(2 if chain.sign is None else chain.sign, "")

    def _document(self) -> dict[str, Any]:
        return {
            "start": self.start.curie,
            "end": self.end.curie,
            "stated": [item.to_dict() for item in self.stated],
            "chains": [chain.to_dict() | {"verdict": self.verdict(chain)} for chain in self.chains],
            "kinds": [term.curie for term in self.kinds],
            "mentions": [item.to_dict() for item in self.mentions],
        }

    @cached_property
    def rows(self) -> list[Row]:
        """The sentences of each step of each chain; statements outside the chains follow, with neither chain nor step."""
        return list(self._rows())

    def _rows(self) -> Iterator[Row]:
        for number, chain in enumerate(self.chains, 1):
            for place, hop in enumerate(chain.hops, 1):
                one, other = hop.ends_as_stated
                ends = listed(one), hop.relation, listed(other)
                for told, items in hop.sentences.items():
                    yield number, place, *ends, hop.sign, told, cited(items), round(chain.score, 2)
        for item in (*self.stated, *self.mentions):
            ends = item.subject.label, item.relation, item.object.label
            yield None, None, *ends, None, sentence(item), cited([item]), round(item.strength, 2)

    @property
    def title(self) -> str:
        """The ends."""
        return f"{self.start} and {self.end}"

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements that are told, then those of the chains."""
        found = [*self.stated, *self.mentions]
        for chain in self.chains:
            found += [item for hop in chain.hops if not hop.is_hierarchy for item in hop.statements]
            found += chain.observed
        return tuple(dict.fromkeys(found))

    def tell(self, shown: int) -> str:
        """Tell it in words, with so many chains."""
        return str(replace(self, shown=shown))

    def whole(self) -> Explanation:
        """Give the same explanation, shown with the sentences of its steps, what was seen and other ways."""
        return replace(self, is_brief=False)

    @property
    def direct(self) -> tuple[Statement, ...]:
        """The statements that name both ends."""
        kinds = set(self.of_kinds)
        return tuple(item for item in self.stated if item not in kinds)

    @property
    def parts(self) -> str:
        """What `of_kinds` names: the drugs of a regimen, or narrower kinds."""
        return "its drugs" if self.start.category == "Regimen" else "narrower kinds"

    @property
    def wide(self) -> str:
        """The end whose kinds or drugs are told, or both."""
        named = {term.iri for item in self.of_kinds for term in (item.subject, item.object)}
        return " and ".join(str(end) for end in (self.start, self.end) if end.iri not in named) or f"{self.start} and {self.end}"


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
