"""Statements: one relation between two things each, with its qualifiers and its evidence."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, ClassVar

from imidgraph.model.evidence import Evidence, Frequency, strength
from imidgraph.model.terms import Date, Relation, Source, Term, plain
from imidgraph.namespaces import compress
from imidgraph.words import begun, denied


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement, with its qualifiers and its evidence.

    Parameters
    ----------
    iri : str
        Its name.
    subject, object : Term
        What it relates.
    predicate : Relation
        How.
    category : str
        Its class, such as ``Risk``.
    negated : bool
        Whether it denies the relation.
    statement : str or None
        Itself in one sentence, where the graph has one.
    knowledge_level : str
        ``assertion``, ``observation`` or ``hypothesis``.
    agent_type : str or None
        Who made it, in Biolink's words.
    qualifiers : mapping of str to tuple
        Everything else that the graph says of it, by the short name of the property.
    evidence : tuple of Evidence
        The passages that support or dispute it.
    """

    _starts: ClassVar[tuple[str, ...]] = ("validFrom", "startDate")
    _ends: ClassVar[tuple[str, ...]] = ("validUntil", "endDate")

    iri: str
    subject: Term
    predicate: Relation
    object: Term
    category: str = "Association"
    negated: bool = False
    statement: str | None = None
    knowledge_level: str = "assertion"
    agent_type: str | None = None
    qualifiers: Mapping[str, tuple[Any, ...]] = field(default_factory=dict, hash=False)
    evidence: tuple[Evidence, ...] = field(default=(), hash=False)

    def _repr_html_(self) -> str:
        """Show the statement in a notebook: its sentence with its sources, static, without scripts."""
        cited = "".join(f"<li>{escape(source.citation)}</li>" for source in dict.fromkeys(item.source for item in self.evidence))
        return f"<p>{escape(str(self))}</p><ol>{cited}</ol>"

    @property
    def label(self) -> str:
        """The name of what the statement relates its subject to."""
        return self.object.label

    @property
    def curie(self) -> str:
        """The CURIE of the statement, by which it can be cited."""
        return compress(self.iri)

    @property
    def relation(self) -> str:
        """The name of its relation, denied where the statement denies it.

        Examples
        --------
        >>> ends = Term("", "lenalidomide"), Relation("", "is approved for"), Term("", "chronic lymphocytic leukemia")
        >>> Statement("", *ends, negated=True).relation
        'is not approved for'
        """
        return denied(self.predicate.label) if self.negated else self.predicate.label

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of its evidence, each once."""
        return tuple(dict.fromkeys(item.source for item in self.evidence))

    @property
    def strength(self) -> float:
        """How well its evidence bears it, from 0 to 1; see `strength`."""
        return strength(self.evidence)

    @property
    def disputed(self) -> bool:
        """Whether a source disputes it."""
        return any(item.disputes for item in self.evidence)

    def to_dict(self) -> dict[str, Any]:
        """Give the statement as a dictionary that can be written as JSON."""
        ends = {"subject": self.subject.curie, "predicate": self.predicate.curie, "object": self.object.curie}
        return {
            "id": self.curie,
            "category": self.category,
            **ends,
            "negated": self.negated,
            "knowledgeLevel": self.knowledge_level,
            "sentence": str(self),
            **{name: [plain(value) for value in values] for name, values in self.qualifiers.items()},
            "evidence": [item.to_dict() for item in self.evidence],
        }

    @property
    def combined_with(self) -> tuple[Term, ...]:
        """The drugs that are given together with the subject."""
        return self.qualifiers.get("inCombinationWith", ())

    @property
    def population(self) -> str | None:
        """The patients or cells for whom it holds."""
        return self.value("population")  # type: ignore[no-any-return]

    def value(self, name: str) -> Any:
        """Give the value of a qualifier by its local name, the first of several; None where it has none."""
        return next(iter(self.qualifiers.get(name, ())), None)

    def holds_on(self, day: datetime.date) -> bool:
        """Tell whether it holds on a day: not before it starts, nor after it ended or was superseded.

        A month or a year that ends it includes its last day; where nothing is said, it holds. An approval ends with its
        withdrawal; a harm does not end with that of the drug.

        Examples
        --------
        >>> ends = Term("", "thalidomide"), Relation("", "is approved for"), Term("", "insomnia")
        >>> old = Statement("", *ends, qualifiers={"validUntil": ("1961-11",)})
        >>> old.holds_on(datetime.date(1961, 11, 30)), old.holds_on(datetime.date(2026, 1, 1))
        (True, False)
        """
        text = day.isoformat()
        starts = [self.since] if self.since else []
        ends = [str(value) for name in self._ends for value in self.qualifiers.get(name, ())]
        if any(text[: len(start)] < start for start in starts) or any(text[: len(end)] > end for end in ends):
            return False
        return bool(ends) or "supersededBy" not in self.qualifiers

    @property
    def since(self) -> str:
        """The day, month or year from which it holds; nothing where none is given."""
        return max((str(value) for name in self._starts for value in self.qualifiers.get(name, ())), default="")

    def __str__(self) -> str:
        return self.statement or begun(f"{self.subject} {self.relation} {self.object}.")


class GenerationAssignment(Statement):
    """The generation that a source assigns a drug to."""

    __slots__ = ()


class MechanismOfAction(Statement):
    """One step by which the drugs of the class act."""

    __slots__ = ()


class Indication(Statement):
    """A disease that a drug is approved, studied or used for."""

    __slots__ = ()
    _starts: ClassVar[tuple[str, ...]] = (*Statement._starts, "approvalDate")
    _ends: ClassVar[tuple[str, ...]] = (*Statement._ends, "withdrawalDate")

    @property
    def approval_date(self) -> Date | None:
        """The day, month or year of the approval."""
        return self.value("approvalDate")  # type: ignore[no-any-return]

    @property
    def approval_type(self) -> str | None:
        """The kind of the approval: regular, accelerated or conditional."""
        return self.value("approvalType")  # type: ignore[no-any-return]

    @property
    def jurisdiction(self) -> Term | None:
        """Where the approval holds."""
        return self.value("jurisdiction")  # type: ignore[no-any-return]

    @property
    def setting(self) -> Term | None:
        """At which point in the course of the disease the drug is given."""
        return self.value("setting")  # type: ignore[no-any-return]


class Risk(Statement):
    """An adverse effect of a drug."""

    __slots__ = ()

    @property
    def boxed_warning(self) -> bool:
        """Whether the boxed warning of the US label names the risk."""
        return self.value("boxedWarning") is True

    @property
    def severity(self) -> str | None:
        """How severe the risk is."""
        return self.value("severity")  # type: ignore[no-any-return]

    @property
    def frequencies(self) -> tuple[Frequency, ...]:
        """How often the effect was seen, each figure with its population and source."""
        return tuple(item for item in self.evidence if isinstance(item, Frequency))


CATEGORIES: dict[str, type[Statement]] = {
    kind.__name__: kind for kind in (GenerationAssignment, Indication, MechanismOfAction, Risk)
}
