"""Explanations: why one entity bears on another, as chains of steps with their evidence, and what stays open."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Any

from imidgraph.errors import PathNotFound, QueryError
from imidgraph.limits import MOST_TOLD, SECONDS, seconds
from imidgraph.model import Statement, Term
from imidgraph.namespaces import IMID, compress
from imidgraph.prose.citations import Notes, cited
from imidgraph.traversals.chains import Chain, Hop, counted, in_words
from imidgraph.traversals.mechanisms import RELATIONS, STEPS, Mechanisms
from imidgraph.traversals.paths import EdgeStatements, Path, find_paths
from imidgraph.traversals.trials import kinds_of
from imidgraph.traversals.walks import Deadline, OutOfTimeError

_CAUSES = STEPS | {"Drug", "Regimen"}
_EFFECTS = STEPS | {"AdverseEffect", "Disease"}
_SHARED = (
    "degrades",
    "binds",
    "modulates",
    "decreases",
    "increases",
    "approvedFor",
    "hasAdverseEffect",
    "confersResistanceTo",
    "dispensedUnder",
    "belongsTo",
)
_REACHING = RELATIONS | {compress(IMID + name) for name in ("binds", "hasComponent")}
_STEP = RELATIONS | {compress(IMID + "binds")}
_HOLDS = frozenset({compress(IMID + "hasComponent")})
_LONGEST_WAY = 5  # hops from a drug to what a resistance mechanism changes
_LONGEST_DETOUR = 3  # hops between entities that no chain of causes joins
_FEWEST_WAYS = 50


@dataclass(frozen=True)
class Explanation:
    """What the graph knows of how one entity bears on another.

    Parameters
    ----------
    start, end : Term
        The entities.
    stated : tuple of Statement
        The statements that name both, then those that name a narrower kind of one of them.
    chains : tuple of Chain
        The chains of steps between them, the best borne out first.
    bound : str or None
        Which bound ended the search early, in words.
    kinds : tuple of Term
        The narrower kinds of the end.
    mentions : tuple of Statement
        Where nothing is stated and no chain leads: statements about the end that mention the start.
    """

    start: Term
    end: Term
    stated: tuple[Statement, ...]
    chains: tuple[Chain, ...]
    bound: str | None = None
    kinds: tuple[Term, ...] = ()
    mentions: tuple[Statement, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether the graph knows anything of it."""
        return bool(self.stated or self.chains or self.mentions)

    @property
    def of_kinds(self) -> tuple[Statement, ...]:
        """The statements that name a narrower kind of an end, or a drug of a regimen: first the best of each kind."""
        ends = {self.start.iri, self.end.iri}
        return tuple(item for item in self.stated if {item.subject.iri, item.object.iri} != ends)

    @cached_property
    def gaps(self) -> tuple[str, ...]:
        """What stays open, in words."""
        found = []
        if not self.chains and not any(compress(item.predicate.iri) in _STEP for item in self.stated):
            no = "No chain of curated steps leads" if self.stated else "No statement and no chain of curated steps leads"
            kinds = " or one of its kinds" if self.kinds else ""
            found.append(f"{no} from {self.start} to {self.end}{kinds}. That does not mean that there is none.")
        if self.bound:
            found.append(f"The search was {self.bound}.")
        return tuple(found)

    def verdict(self, chain: Chain) -> str:
        """Say in a few words what a chain does to the end.

        Examples
        --------
        >>> import imidgraph
        >>> explanation = imidgraph.load().explain("thalidomide", "birth defects")
        >>> explanation.verdict(explanation.chains[0])
        'brings embryo-fetal toxicity about'
        """
        reached = in_words(chain.reached)
        good, bad = {
            "Disease": (f"works against {reached}", f"favors {reached}"),
            "AdverseEffect": (f"protects from {reached}", f"brings {reached} about"),
        }.get(self.end.category, (f"lowers {reached}", f"raises {reached}"))
        return {-1: good, 1: bad, 0: "net direction open"}.get(2 if chain.sign is None else chain.sign, "")

    def to_dict(self) -> dict[str, Any]:
        """Give the explanation as a dictionary that can be written as JSON."""
        return {
            "start": self.start.curie,
            "end": self.end.curie,
            "stated": [item.to_dict() for item in self.stated],
            "chains": [chain.to_dict() | {"verdict": self.verdict(chain)} for chain in self.chains],
            "kinds": [term.curie for term in self.kinds],
            "mentions": [item.to_dict() for item in self.mentions],
            "gaps": list(self.gaps),
            "bound": self.bound,
        }

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Give the explanation as rows of a table: chain, hop, from, relation, to, sign, statement, sources and score.

        EdgeStatements outside the chains follow with neither chain nor hop.
        """
        for number, chain in enumerate(self.chains, 1):
            for place, hop in enumerate(chain.hops, 1):
                ends = in_words(hop.starts), hop.relation, in_words(hop.ends)
                for sentence, items in hop.sentences.items():
                    yield number, place, *ends, hop.sign, sentence, cited(items), round(chain.score, 2)
        for item in (*self.stated, *self.mentions):
            ends = item.subject.label, f"{'not: ' if item.negated else ''}{item.predicate}", item.object.label
            yield None, None, *ends, None, str(item), cited([item]), round(item.strength, 2)

    def __repr__(self) -> str:
        return f"<Explanation: {self.start} and {self.end}, {len(self.stated)} statements, {len(self.chains)} chains>"

    def tell(self, shown: int = MOST_TOLD) -> str:
        """Tell the explanation in words, with so many chains, and number the sources of each sentence."""
        notes = Notes()
        return "\n".join([*self._lines(shown, notes), "", *notes.lines()])

    def __str__(self) -> str:
        return self.tell()

    def _lines(self, shown: int, notes: Notes) -> Iterator[str]:
        yield f"{self.start} and {self.end}"
        kinds = self.of_kinds
        ends = self.start, self.end
        yield from _listed("Stated:", [item for item in self.stated if item not in kinds], shown, notes, ends)
        yield from _listed(f"Stated of {self._parts}, not of {self._wide} as such:", kinds, 2 * shown, notes, ends)
        yield from _listed(f"Said of others, with mention of {self.start}:", self.mentions, shown, notes, ends)
        for number, chain in enumerate(self.chains[:shown], 1):
            verdict = self.verdict(chain)
            yield f"\n{number}. {chain}" + (f" ({verdict})" if verdict else "")
            for hop in chain.hops:
                yield f"   {hop}"
                told = hop.sentences if not hop.is_hierarchy else {}
                yield from (f"     {sentence}{notes.cite(items)}" for sentence, items in told.items())
            yield from (f"   seen: {item}{notes.cite([item])}" for item in chain.observed)
            yield from (f"   also: {variant}" for variant in chain.variants)
            yield from (f"   open: {gap}" for gap in chain.gaps)
        if len(self.chains) > shown:
            yield f"\nand {counted(len(self.chains) - shown, 'more chain')}"
        yield from (f"\nopen: {gap}" for gap in self.gaps)

    @property
    def _parts(self) -> str:
        return "its drugs" if self.start.category == "Regimen" else "narrower kinds"

    @property
    def _wide(self) -> str:
        """Name the end whose kinds are told, or both."""
        named = {term.iri for item in self.of_kinds for term in (item.subject, item.object)}
        return " and ".join(str(end) for end in (self.start, self.end) if end.iri not in named) or f"{self.start} and {self.end}"


def _listed(heading: str, items: Sequence[Statement], shown: int, notes: Notes, ends: Sequence[Term]) -> Iterator[str]:
    if items:
        yield heading
        for item in items[:shown]:
            about = ", ".join(term.label for term in (item.subject, item.object) if term not in ends)
            yield f"  {about}: {item}{notes.cite([item])}" if about else f"  {item}{notes.cite([item])}"
        if len(items) > shown:
            yield f"  and {counted(len(items) - shown, 'more statement')}"


def explain(statements: EdgeStatements, start: Term, end: Term, timeout: float = SECONDS) -> Explanation:
    """Explain how one entity bears on another.

    Parameters
    ----------
    statements : EdgeStatements
        The network, with the statements on its edges.
    start, end : Term
        The entities, in either order.
    timeout : float
        The most seconds to search.

    Raises
    ------
    QueryError
        Where both ends are the same.
    """
    if start.iri == end.iri:
        raise QueryError(f"Nothing is explained by itself, and both ends are {start}. Name another one.")
    if (start.category, end.category) in {("Disease", "Drug"), ("AdverseEffect", "Drug"), ("Drug", "ResistanceMechanism")}:
        start, end = end, start
    return Explainer(statements, start, end, Deadline(seconds(timeout))).explanation()


class Explainer:
    """Puts one explanation together."""

    def __init__(self, statements: EdgeStatements, start: Term, end: Term, proceed: Deadline) -> None:
        self._statements = statements
        self._network = statements.network
        self._start, self._end = start, end
        self._proceed = proceed
        self._bound: str | None = None

    def explanation(self) -> Explanation:
        """Find what the kinds of the two ends ask for."""
        self._network.fetch([self._start.curie, self._end.curie])
        categories = self._start.category, self._end.category
        if categories == ("ResistanceMechanism", "Drug"):
            chains = self._resistance()
        elif categories == ("Drug", "Drug"):
            chains = self._shared()
        elif categories[0] in _CAUSES and categories[1] in _EFFECTS:
            chains = self._causes()
        else:
            chains = self._ways()
        stated = self._stated()
        kinds: tuple[Term, ...] = ()
        mentions: tuple[Statement, ...] = ()
        try:
            kinds = self._narrower(self._end)
            stated += self._stated_of(kinds)
            mentions = () if stated or chains else self._mentions(kinds)
        except OutOfTimeError:
            self._bound = self._bound or str(self._proceed)
        return Explanation(self._start, self._end, tuple(stated), tuple(chains), self._bound, kinds, mentions)

    def _stated(self) -> list[Statement]:
        stated = [*self._between(self._start, self._end), *self._between(self._end, self._start)]
        return sorted(stated, key=lambda item: (-item.strength, str(item)))

    def _narrower(self, term: Term) -> tuple[Term, ...]:
        kinds = kinds_of(self._statements, term, self._proceed) - {term.curie}
        return tuple(sorted(self._network.terms(kinds, self._proceed), key=str))

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
        self._statements.load(both, self._proceed)
        ends = {self._start.iri, self._end.iri}
        found = [item for pair in both for item in self._statements.between(*pair) if item.iri]
        found.sort(key=lambda item: (item.negated, -item.strength, str(item)))
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
        self._statements.load(sorted(around), self._proceed)
        found = dict.fromkeys(
            item
            for pair in sorted(around)
            for item in self._statements.between(*pair)
            if word.search(str(item)) or any(self._start in values for values in item.qualifiers.values())
        )
        return tuple(sorted(found, key=lambda item: (item.negated, -item.strength, str(item))))

    def _causes(self) -> list[Chain]:
        """Follow the causes; those of a regimen start at its drugs."""
        if self._start.category != "Regimen":
            return self._mechanisms(self._start.curie, self._end.curie)
        chains = []
        for term, items in self._held():
            first = Hop((self._start,), (term,), items[0].predicate.label, items)
            chains += [replace(chain, hops=(first, *chain.hops)) for chain in self._mechanisms(term.curie, self._end.curie)]
        return sorted(chains, key=lambda chain: (-round(chain.score, 2), str(chain)))

    def _held(self) -> Iterator[tuple[Term, tuple[Statement, ...]]]:
        for term in self._network.terms(sorted(self._joined(self._start, _HOLDS, backward=False))):
            yield term, self._joining(self._start, [term], _HOLDS, backward=False)

    def _mechanisms(self, start: str, end: str) -> list[Chain]:
        found, bound = Mechanisms(self._statements).chains(start, end, self._proceed)
        self._bound = self._bound or bound
        return found

    def _resistance(self) -> list[Chain]:
        """Follow a drug to what a resistance mechanism changes: there its way is cut."""
        drug, involves = self._end.curie, compress(IMID + "involves")
        changed = self._network.neighbors(self._start.curie, {involves}, directed=True)
        chains = []
        for node, term in zip(sorted(changed), self._network.terms(sorted(changed)), strict=True):
            found = self._mechanisms(drug, node)
            hops = list(found[0].hops) if found else self._reaching(drug, node)
            items = tuple(item for item in self._between(self._start, term) if compress(item.predicate.iri) == involves)
            last = Hop((term,), (self._start,), items[0].predicate.label, items, backward=True)
            if hops:
                chains.append(Chain((*hops, last)))
        return sorted(chains, key=lambda chain: (len(chain.hops), -round(chain.score, 2), str(chain)))

    def _reaching(self, drug: str, node: str) -> list[Hop]:
        try:
            found = find_paths(self._statements, drug, node, max_length=_LONGEST_WAY, limit=1, relations=_REACHING, directed=True)
        except PathNotFound:
            return []
        return _hops(found[0])

    def _shared(self) -> list[Chain]:
        """Put together what two drugs have in common, one relation at a time."""
        shared: list[tuple[str, bool, list[str]]] = []
        for relation, backward in product((compress(IMID + name) for name in _SHARED), (False, True)):
            one, other = (self._joined(end, {relation}, backward) for end in (self._start, self._end))
            if common := sorted(one & other):
                shared.append((relation, backward, common))
        self._network.terms({node for *_, common in shared for node in common})
        self._statements.load(
            (node, end.curie) if backward else (end.curie, node)
            for _, backward, common in shared
            for node in common
            for end in (self._start, self._end)
        )
        chains = []
        for relation, backward, common in shared:
            terms = tuple(sorted(self._network.terms(common), key=str))
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
        try:
            left = self._proceed.left
            found = find_paths(
                self._statements,
                self._start.curie,
                self._end.curie,
                max_length=_LONGEST_DETOUR,
                limit=_FEWEST_WAYS,
                timeout=left,
            )
        except PathNotFound:
            return []
        self._bound = self._bound or found.bound
        busy = {node: len(self._network.neighbors(node, self._network.joining)) for path in found for node in path.nodes[1:-1]}
        chains = [(Chain(tuple(_hops(path))), path) for path in found.load() if len(path) > 1]
        chains.sort(key=lambda item: (len(item[1]), sum(busy[node] for node in item[1].nodes[1:-1]), str(item[0])))
        return [chain for chain, _ in chains]

    def _between(self, one: Term, other: Term) -> tuple[Statement, ...]:
        return self._statements.between(one.curie, other.curie)

    def _joining(self, end: Term, terms: Sequence[Term], relation: Set[str], backward: bool) -> tuple[Statement, ...]:
        pairs = [(term.curie, end.curie) if backward else (end.curie, term.curie) for term in terms]
        self._statements.load(pairs)
        items = (item for pair in pairs for item in self._statements.between(*pair))
        return tuple(item for item in items if not item.negated and compress(item.predicate.iri) in relation)


def _hops(path: Path) -> list[Hop]:
    hops = []
    for step in path.steps:
        items, backward = (step.ahead, False) if step.ahead else (step.statements, True)
        label = ", ".join(dict.fromkeys(item.predicate.label for item in items))
        hops.append(Hop((step.start,), (step.end,), label, items, backward=backward))
    return hops
