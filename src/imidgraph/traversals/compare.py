"""Comparisons: what the graph says about two or more drugs, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

from imidgraph.errors import QueryError
from imidgraph.model import Frequency, Risk, Statement, Term
from imidgraph.namespaces import local_name
from imidgraph.prose.citations import Notes, cited
from imidgraph.traversals.chains import in_words
from imidgraph.traversals.paths import EdgeStatements
from imidgraph.traversals.trials import Duel, duels

NO_DRUGS = frozenset({"AdverseEffect", "BiologicalProcess", "CellType", "Disease", "Protein", "ProteinComplex"})
"""The categories of what cannot be compared as drugs."""

_ORDER = (
    "belongsTo",
    "inGeneration",
    "derivedFrom",
    "binds",
    "modulates",
    "degrades",
    "decreases",
    "increases",
    "approvedFor",
    "investigatedFor",
    "usedOffLabelFor",
    "hasAdverseEffect",
    "dispensedUnder",
    "interactsWith",
)


@dataclass(frozen=True)
class Aspect:
    """One relation, with the statements that each drug has in it.

    Parameters
    ----------
    predicate : Term
        The relation.
    statements : tuple of tuple of Statement
        The statements of each drug, in the order of the drugs.
    """

    predicate: Term
    statements: tuple[tuple[Statement, ...], ...]

    @cached_property
    def objects(self) -> tuple[Term, ...]:
        """What any of the drugs is related to: first what all share."""
        every = dict.fromkeys(item.object for items in self.statements for item in items)
        return tuple(sorted(every, key=lambda term: (-sum(map(bool, self.about(term))), term.label)))

    @cached_property
    def shared(self) -> tuple[Term, ...]:
        """What every drug is related to."""
        return tuple(term for term in self.objects if all(self.about(term)))

    def only(self, position: int) -> tuple[Term, ...]:
        """Give what one drug, by position, is related to and not every other is."""
        return tuple(term for term in self.objects if self.about(term)[position] and term not in self.shared)

    def about(self, term: Term) -> tuple[tuple[Statement, ...], ...]:
        """Give the statements of each drug about one entity."""
        return tuple(tuple(item for item in items if item.object == term) for items in self.statements)


@dataclass(frozen=True)
class Comparison:
    """Two or more drugs side by side, each difference with the statements behind it.

    Parameters
    ----------
    drugs : tuple of Term
        The drugs.
    aspects : tuple of Aspect
        The relations that any of them has.
    between : tuple of Statement
        The statements that name two of them, such as which one came from which, or does better in what.
    trials : tuple of Duel
        The trials in which one stood against another.
    disputes : tuple of Statement
        The statements about one of them that sources dispute or deny, and the assignments on which they differ.
    """

    drugs: tuple[Term, ...]
    aspects: tuple[Aspect, ...]
    between: tuple[Statement, ...]
    trials: tuple[Duel, ...]
    disputes: tuple[Statement, ...]

    def aspect(self, name: str) -> Aspect | None:
        """Give the aspect of a relation by its local name, or None where no drug has it."""
        return next((item for item in self.aspects if local_name(item.predicate.iri) == name), None)

    @property
    def settings(self) -> dict[Term, tuple[tuple[Term, ...], ...]]:
        """The settings in which each drug is approved, by disease."""
        approved = self.aspect("approvedFor")
        if approved is None:
            return {}
        return {
            disease: tuple(
                tuple(dict.fromkeys(setting for item in items for setting in item.qualifiers.get("setting", ())))
                for items in approved.about(disease)
            )
            for disease in approved.objects
        }

    @property
    def frequencies(self) -> dict[Term, tuple[tuple[Frequency, ...], ...]]:
        """How often each adverse effect was seen under each drug.

        The figures come from different trials and populations: they stand side by side, and none may be subtracted
        from another.
        """
        risks = self.aspect("hasAdverseEffect")
        if risks is None:
            return {}
        found = {
            effect: tuple(
                tuple(figure for item in items if isinstance(item, Risk) for figure in item.frequencies)
                for items in risks.about(effect)
            )
            for effect in risks.objects
        }
        return {effect: figures for effect, figures in found.items() if any(figures)}

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Give the comparison as rows: relation, entity, and for each drug what is stated, with its sources."""
        for aspect in self.aspects:
            for term in aspect.objects:
                yield aspect.predicate.label, term.label, *map(_cell, aspect.about(term))

    def to_dict(self) -> dict[str, Any]:
        """Give the comparison as a dictionary that can be written as JSON."""
        return {
            "drugs": [drug.curie for drug in self.drugs],
            "aspects": [
                {
                    "predicate": aspect.predicate.curie,
                    "shared": [term.curie for term in aspect.shared],
                    "only": [[term.curie for term in aspect.only(place)] for place in range(len(self.drugs))],
                    "statements": [[item.to_dict() for item in items] for items in aspect.statements],
                }
                for aspect in self.aspects
            ],
            "between": [item.to_dict() for item in self.between],
            "trials": [
                {
                    "trial": duel.trial.curie,
                    "arms": [arm.curie for arm in duel.arms],
                    "results": [item.to_dict() for item in duel.results],
                }
                for duel in self.trials
            ],
            "disputes": [item.to_dict() for item in self.disputes],
        }

    def __repr__(self) -> str:
        return f"<Comparison: {in_words(self.drugs)}>"

    def __str__(self) -> str:
        notes = Notes()
        return "\n".join([*self._lines(notes), "", *notes.lines()])

    def _lines(self, notes: Notes) -> Iterator[str]:
        yield f"{in_words(self.drugs)} ('only' as far as is curated)"
        for aspect in self.aspects:
            yield f"{aspect.predicate.label}:"
            if aspect.shared:
                yield f"  all: {_names(aspect.shared)}"
            for place, drug in enumerate(self.drugs):
                if aspect.only(place):
                    yield f"  only {drug.label}: {_names(aspect.only(place))}"
        if any(any(places) for places in self.settings.values()):
            yield "approved in the settings:"
            for disease, places in self.settings.items():
                for drug, settings in zip(self.drugs, places, strict=True):
                    if settings:
                        yield f"  {disease}, {drug}: {_names(settings)}"
        if self.frequencies:
            yield "how often, each figure in its own population (not to be subtracted from one another):"
            for effect, groups in self.frequencies.items():
                yield f"  {effect}"
                for drug, figures in zip(self.drugs, groups, strict=True):
                    yield from (f"    {drug}: {_figure(figure)} [{notes.number(figure.source)}]" for figure in figures)
        yield from _told("said of both:", self.between, notes)
        if self.trials:
            yield "one against the other in trials:"
            for duel in self.trials:
                yield f"  {duel.trial}: {duel.arms[0]} and {duel.arms[1]}{notes.cite(duel.design)}"
                yield from (f"    {item}{notes.cite([item])}" for item in duel.results)
        yield from _told("disputed or denied:", self.disputes, notes)


def compare(statements: EdgeStatements, drugs: Sequence[Term]) -> Comparison:
    """Compare drugs relation by relation.

    Parameters
    ----------
    statements : EdgeStatements
        The network, with the statements on its edges.
    drugs : sequence of Term
        Two or more drugs.

    Raises
    ------
    QueryError
        Where one of them is no drug.

    Examples
    --------
    >>> import imidgraph
    >>> comparison = imidgraph.load().compare("lenalidomide", "pomalidomide")
    >>> [aspect.predicate.label for aspect in comparison.aspects if "CSNK1A1" in map(str, aspect.only(0))]
    ['degrades']
    """
    for drug in drugs:
        if drug.category in NO_DRUGS:
            raise QueryError(f"{drug} is no drug. Drugs are compared with drugs; between others, ask for an explanation.")
    statements.load_about(drug.curie for drug in drugs)
    statements.network.fetch(drug.curie for drug in drugs)
    everything = [statements.about(drug.curie) for drug in drugs]
    stated = [[item for item in items if not item.negated] for items in everything]
    predicates = {local_name(item.predicate.iri): item.predicate for items in stated for item in items}
    aspects = tuple(
        Aspect(predicates[name], tuple(tuple(item for item in items if item.predicate == predicates[name]) for items in stated))
        for name in _ORDER
        if name in predicates
    )
    pairs = list(combinations(drugs, 2))
    statements.load((one.curie, other.curie) for pair in pairs for one, other in (pair, pair[::-1]))
    between = tuple(
        item for pair in pairs for one, other in (pair, pair[::-1]) for item in statements.between(one.curie, other.curie)
    )
    trials = tuple(duel for one, other in pairs for duel in duels(statements, one, other))
    disputes = tuple(item for items in everything for item in items if item.disputed or item.negated or _differs(item, items))
    return Comparison(tuple(drugs), aspects, between, trials, disputes)


def _differs(item: Statement, items: Sequence[Statement]) -> bool:
    """Tell whether sources differ on what can have one value only: the generation of a drug."""
    return item.category == "GenerationAssignment" and any(
        other.category == item.category and other.object != item.object for other in items
    )


def _cell(items: tuple[Statement, ...]) -> str:
    return " | ".join(f"{_details(item)} [{cited([item])}]" for item in items)


def _details(item: Statement) -> str:
    if isinstance(item, Risk) and item.frequencies:
        return "; ".join(map(_figure, item.frequencies))
    return str(item)


def _figure(figure: Frequency) -> str:
    return f"{figure.figure} ({figure.population})" if figure.population else figure.figure


def _told(heading: str, items: Sequence[Statement], notes: Notes) -> Iterator[str]:
    if items:
        yield heading
        yield from (f"  {item}{notes.cite([item])}" for item in dict.fromkeys(items))


def _names(terms: Sequence[Term]) -> str:
    return ", ".join(term.label for term in terms)
