"""Trials: those in which one drug stood against another, arm by arm, with what they measured."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from imidgraph.limits import Deadline
from imidgraph.model import Statement, Term
from imidgraph.namespaces import IMID, compress
from imidgraph.traversals.edges import Edges

_COMPONENT, _TESTS, _CONTROL, _ENROLS, _RESULT = (
    compress(IMID + name) for name in ("hasComponent", "tests", "comparesWith", "enrolls", "hasResultFor")
)
_BROADER = "skos:broader"


@dataclass(frozen=True)
class Duel:
    """A trial with one drug in one arm and another one in the other.

    Parameters
    ----------
    trial : Term
        The trial.
    arms : tuple of Term
        The arm of the first drug and that of the second: a drug or a regimen. Partner drugs can differ between them.
    tested : bool
        Whether the arm of the first drug is the experimental one.
    design : tuple of Statement
        The statements that say which arm is which.
    results : tuple of Statement
        What was measured in these arms. A source may print the ratio of the control arm to the tested one.
    better_when_higher : mapping of str to bool
        Whether a higher value is better, by the IRI of each endpoint for which the graph says it.
    """

    trial: Term
    arms: tuple[Term, Term]
    tested: bool
    design: tuple[Statement, ...]
    results: tuple[Statement, ...]
    better_when_higher: Mapping[str, bool] = field(default_factory=dict, compare=False)

    def outcome(self, result: Statement) -> int:
        """Tell whom a result favors: 1 the first drug, -1 the second, 0 where the difference can be chance.

        A hazard ratio with a confidence interval decides, else a difference of the values whose p value is below
        0.05, or 0.025 where it is one-sided. Where the source gives neither, or nobody says which value is better,
        nobody is favored.
        """
        better = self.better_when_higher.get(result.object.iri)
        low, high = (result.value(name) for name in ("hazardRatioLower", "hazardRatioUpper"))
        favored = 0
        if low is not None and high is not None:
            favored = 1 if high < 1 else -1 if low > 1 else 0
        elif _is_significant(result) and better is not None:
            ratio = result.value("hazardRatio")
            one, other = result.value("experimentalValue"), result.value("comparatorValue")
            if ratio is not None and better:
                favored = 1 if ratio < 1 else -1
            elif one is not None and other is not None and one != other:
                favored = 1 if (one > other) == better else -1
        return favored if _is(result, "experimentalArm", self.arms[0].curie) else -favored


def duels(edges: Edges, one: Term, other: Term, deadline: Deadline, disease: Term | None = None) -> list[Duel]:
    """Find the trials in which one drug stood against another.

    Parameters
    ----------
    edges : Edges
        The network, with the statements on its edges.
    one, other : Term
        Two drugs.
    deadline : Deadline
        When the search ends.
    disease : Term, optional
        The disease that the trials must have enrolled, or a kind of it.
    """
    network = edges.network
    first, second = carriers(edges, one), carriers(edges, other)
    mine, theirs = first - second, second - first
    network.fetch(mine | theirs, deadline)
    wanted = kinds_of(edges, disease, deadline) if disease is not None else set()
    found = []
    for tested, experimental, control in ((True, mine, theirs), (False, theirs, mine)):
        testing = {arm: network.sources(arm, {_TESTS}) for arm in experimental}
        controlled = {arm: network.sources(arm, {_CONTROL}) for arm in control}
        for arm in sorted(experimental):
            for against in sorted(control):
                trials = testing[arm] & controlled[against]
                network.fetch(trials, deadline)
                found += [
                    _duel(edges, trial, arm, against, tested, deadline)
                    for trial in sorted(trials)
                    if disease is None or network.neighbors(trial, {_ENROLS}, directed=True) & wanted
                ]
    return sorted(found, key=lambda duel: (duel.trial.label, not duel.tested))


def carriers(edges: Edges, drug: Term) -> set[str]:
    """Give the CURIEs of a drug and of the regimens that hold it."""
    return {drug.curie} | edges.network.sources(drug.curie, {_COMPONENT})


def kinds_of(edges: Edges, term: Term, deadline: Deadline) -> set[str]:
    """Give the CURIEs of an entity and of all its narrower kinds."""
    found: set[str] = set()
    frontier = {term.curie}
    while frontier:
        found |= frontier
        deadline.check()
        edges.network.fetch(frontier, deadline)
        frontier = {kind for node in frontier for kind in edges.network.sources(node, {_BROADER})} - found
    return found


def _duel(edges: Edges, trial: str, arm: str, against: str, tested: bool, deadline: Deadline) -> Duel:
    network = edges.network
    term, experimental, control = network.terms([trial, arm, against], deadline)
    endpoints = sorted(network.neighbors(trial, {_RESULT}, directed=True))
    edges.load([(trial, arm), (trial, against), *((trial, endpoint) for endpoint in endpoints)], deadline)
    results = (item for endpoint in endpoints for item in edges.between(trial, endpoint))
    design = (*_of(edges.between(trial, arm), _TESTS), *_of(edges.between(trial, against), _CONTROL))
    return Duel(
        term,
        (experimental, control) if tested else (control, experimental),
        tested,
        design,
        tuple(item for item in results if _stands_between(item, arm, against) or _stands_between(item, against, arm)),
        network.vocabulary.better_when_higher,
    )


def _of(items: Iterable[Statement], relation: str) -> tuple[Statement, ...]:
    return tuple(item for item in items if compress(item.predicate.iri) == relation and not item.negated)


def _is(result: Statement, qualifier: str, curie: str) -> bool:
    named = result.value(qualifier)
    return isinstance(named, Term) and named.curie == curie


def _stands_between(result: Statement, arm: str, against: str) -> bool:
    return _is(result, "experimentalArm", arm) and _is(result, "comparatorArm", against)


def _is_significant(result: Statement) -> bool:
    """Read a p value, such as ``<0.001`` or ``0.003``; one that is above a number tells nothing."""
    match = re.fullmatch(r"<?(0\.\d+)", result.value("pValue") or "")
    return match is not None and float(match[1]) < (0.025 if result.value("pSided") == "one-sided" else 0.05)
