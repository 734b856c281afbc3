"""Comparisons: what the graph says about two or more drugs, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from imidgraph.lookup import Entity
from imidgraph.model import Association, Term

_ORDER = (
    "belongsTo",
    "inGeneration",
    "binds",
    "degrades",
    "approvedFor",
    "investigatedFor",
    "usedOffLabelFor",
    "hasAdverseEffect",
    "dispensedUnder",
)


@dataclass(frozen=True)
class Aspect:
    """One relation, with the statements that each drug has in it.

    Parameters
    ----------
    predicate : Term
        The relation.
    statements : tuple of tuple of Association
        The statements of each drug, in the order of the drugs.
    """

    predicate: Term
    statements: tuple[tuple[Association, ...], ...]

    @property
    def shared(self) -> tuple[Term, ...]:
        """What every drug is related to."""
        first, *others = (dict.fromkeys(item.object for item in items) for items in self.statements)
        return tuple(term for term in first if all(term in other for other in others))

    def only(self, position: int) -> tuple[Term, ...]:
        """Give what one drug, by position, is related to and not every other is."""
        return tuple(term for term in dict.fromkeys(item.object for item in self.statements[position]) if term not in self.shared)


@dataclass(frozen=True)
class Comparison:
    """Two or more drugs side by side, each difference with the statements behind it."""

    drugs: tuple[Entity, ...]
    aspects: tuple[Aspect, ...]

    def __str__(self) -> str:
        lines = []
        for aspect in self.aspects:
            lines.append(f"{aspect.predicate.label}:")
            if aspect.shared:
                lines.append(f"  all: {_names(aspect.shared)}")
            lines += [
                f"  only {drug.label}: {_names(aspect.only(position))}"
                for position, drug in enumerate(self.drugs)
                if aspect.only(position)
            ]
        return "\n".join(lines)


def compare(drugs: Sequence[Entity]) -> Comparison:
    """Compare drugs relation by relation.

    Parameters
    ----------
    drugs : sequence of Entity
        Two or more drugs.

    Examples
    --------
    >>> import imidgraph
    >>> kg = imidgraph.load()
    >>> comparison = kg.compare("lenalidomide", "pomalidomide")
    >>> [aspect.predicate.label for aspect in comparison.aspects if "CSNK1A1" in map(str, aspect.only(0))]
    ['degrades']
    """
    stated = [[item for item in drug.relationships if not item.negated] for drug in drugs]
    predicates = {item.predicate.iri.rpartition("/")[2]: item.predicate for items in stated for item in items}
    aspects = [
        Aspect(
            predicates[name],
            tuple(tuple(item for item in items if item.predicate == predicates[name]) for items in stated),
        )
        for name in _ORDER
        if name in predicates
    ]
    return Comparison(tuple(drugs), tuple(aspects))


def _names(terms: Sequence[Term]) -> str:
    return ", ".join(term.label for term in terms)
