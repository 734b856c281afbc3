"""Comparisons: what the graph says about two or more drugs, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from typing import Any

from imidgraph.answers import Drawable, Row
from imidgraph.errors import QueryError
from imidgraph.limits import Deadline, OutOfTime
from imidgraph.model import Frequency, Relation, Risk, Source, Statement, Term
from imidgraph.namespaces import local_name
from imidgraph.prose.citations import cited
from imidgraph.prose.statement import occurrence, sentence
from imidgraph.traversals.contrast import Part, parts
from imidgraph.traversals.edges import Edges
from imidgraph.traversals.trials import Duel, duels
from imidgraph.words import listed


@dataclass(frozen=True)
class Aspect:
    """One relation, with the statements that each drug has in it.

    Parameters
    ----------
    predicate : Relation
        The relation.
    statements : tuple of tuple of Statement
        The statements of each drug, in the order of the drugs.
    """

    predicate: Relation
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


@dataclass(frozen=True, repr=False)
class Comparison(Drawable):
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
    is_brief : bool
        Whether it shows what is most telling, on one screen, or everything.
    """

    drugs: tuple[Term, ...]
    aspects: tuple[Aspect, ...]
    between: tuple[Statement, ...]
    trials: tuple[Duel, ...]
    disputes: tuple[Statement, ...]
    is_brief: bool = field(default=True, compare=False, kw_only=True)

    def aspect(self, name: str) -> Aspect | None:
        """Give the aspect of a relation by its local name, or None where no drug has it."""
        return next((item for item in self.aspects if local_name(item.predicate.iri) == name), None)

    @property
    def settings(self) -> dict[Term, tuple[tuple[Term, ...], ...]]:
        """The settings in which each drug is approved, under its own label or that of a partner, by disease."""
        licenses = [aspect for aspect in self.aspects if aspect.predicate.is_license]
        found: dict[Term, tuple[tuple[Term, ...], ...]] = {}
        for disease in dict.fromkeys(term for aspect in licenses for term in aspect.objects):
            held = [[item for aspect in licenses for item in aspect.about(disease)[place]] for place in range(len(self.drugs))]
            found[disease] = tuple(
                tuple(dict.fromkeys(setting for item in items for setting in item.qualifiers.get("setting", ())))
                for items in held
            )
        return found

    @property
    def frequencies(self) -> dict[Term, tuple[tuple[Frequency, ...], ...]]:
        """How often each adverse effect was seen under each drug.

        The figures come from different trials and populations: they stand side by side; do not subtract them
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

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Approvals and adverse effects side by side, what is most telling first."""
        places = range(len(self.drugs))
        return tuple(
            parts(self.drugs, [[item for aspect in self.aspects for item in aspect.statements[place]] for place in places])
        )

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of its evidence, each once: those of what is most telling first."""
        contrasts = (contrast for part in self.parts for contrast in part.contrasts)
        first = (item.source for each in contrasts for place in range(len(self.drugs)) for item in each.passages(place))
        return tuple(dict.fromkeys((*first, *super().sources)))

    def whole(self) -> Comparison:
        """Give the same comparison, shown with all that is said of the drugs."""
        return replace(self, is_brief=False)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns: one for each drug."""
        return ("relation", "entity", *(drug.label for drug in self.drugs))

    @cached_property
    def rows(self) -> list[Row]:
        """For each relation and entity, what is stated of each drug, with its sources."""
        return [
            (aspect.predicate.label, term.label, *map(_cell, aspect.about(term)))
            for aspect in self.aspects
            for term in aspect.objects
        ]

    @property
    def title(self) -> str:
        """The drugs."""
        return listed(self.drugs)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements about each drug, those that name two of them, and those of the trials."""
        alone = [item for aspect in self.aspects for items in aspect.statements for item in items]
        tried = [item for duel in self.trials for item in (*duel.design, *duel.results)]
        return tuple(dict.fromkeys([*alone, *self.between, *tried, *self.disputes]))

    def _document(self) -> dict[str, Any]:
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


def compare(edges: Edges, drugs: Sequence[Term], deadline: Deadline) -> Comparison:
    """Compare drugs relation by relation.

    Parameters
    ----------
    edges : Edges
        The network, with the statements on its edges.
    drugs : sequence of Term
        Two or more drugs.
    deadline : Deadline
        When the search ends.

    Raises
    ------
    QueryError
        Where one of them is not a drug, or all are the same.

    Examples
    --------
    >>> import imidgraph
    >>> comparison = imidgraph.load().compare("lenalidomide", "pomalidomide")
    >>> [aspect.predicate.label for aspect in comparison.aspects if "CSNK1A1" in map(str, aspect.only(0))]
    ['degrades']
    """
    drugs = tuple(dict.fromkeys(drugs))
    if len(drugs) < 2:
        raise QueryError("A comparison needs at least two different drugs.")
    for drug in drugs:
        if drug.category in edges.network.vocabulary.kinds("Condition") | edges.network.vocabulary.kinds("BiologicalEntity"):
            raise QueryError(f"{drug} is not a drug. Only drugs can be compared. Use explain for other entities.")
    pairs = [(one, other) for pair in combinations(drugs, 2) for one, other in (pair, pair[::-1])]
    everything: list[tuple[Statement, ...]] = []
    between: list[Statement] = []
    trials: list[Duel] = []
    limit = None
    try:
        edges.load_about((drug.curie for drug in drugs), deadline)
        edges.network.fetch((drug.curie for drug in drugs), deadline)
        everything = [edges.about(drug.curie) for drug in drugs]
        edges.load(((one.curie, other.curie) for one, other in pairs), deadline)
        between = [item for one, other in pairs for item in edges.between(one.curie, other.curie)]
        for one, other in combinations(drugs, 2):
            trials += duels(edges, one, other, deadline)
    except OutOfTime:
        limit = str(deadline)
    disputes = (item for items in everything for item in items if item.disputed or item.negated or _differs(item, items))
    return Comparison(
        drugs,
        tuple(_aspects(everything)),
        tuple(between),
        tuple(trials),
        tuple(disputes),
        places=edges.network.vocabulary.places,
        limit=limit,
    )


def _aspects(everything: Sequence[Sequence[Statement]]) -> Iterator[Aspect]:
    """Put the statements of the drugs together by their relations."""
    stated = [[item for item in items if not item.negated] for items in everything]
    found = dict.fromkeys(item.predicate for items in stated for item in items if not item.predicate.needs)
    for predicate in sorted(found, key=lambda predicate: (predicate.order, predicate.label)):
        yield Aspect(predicate, tuple(tuple(item for item in items if item.predicate == predicate) for items in stated))


def _differs(item: Statement, items: Sequence[Statement]) -> bool:
    """Tell whether sources differ on what can have one value only, such as the generation of a drug."""
    return item.predicate.is_single_valued and any(
        other.predicate == item.predicate and other.object != item.object for other in items
    )


def _cell(items: tuple[Statement, ...]) -> str:
    return " | ".join(f"{_details(item)} [{cited([item])}]" for item in items)


def _details(item: Statement) -> str:
    if isinstance(item, Risk) and item.frequencies:
        return "; ".join(map(occurrence, item.frequencies))
    return sentence(item)
