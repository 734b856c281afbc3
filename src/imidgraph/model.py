"""The values that lookups give: entities, associations, evidence and sources, frozen and typed."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from imidgraph.namespaces import compress

Date = datetime.date | str
"""A day, or a month or year as a string where a source says no more."""


def plain(value: Any) -> Any:
    """Turn a value into what JSON has: a string, a number or a boolean.

    Examples
    --------
    >>> plain(Decimal("22.5")), plain(datetime.date(2006, 6, 29)), plain(Term("https://w3id.org/imidgraph/US", "US"))
    (22.5, '2006-06-29', 'imid:US')
    """
    if isinstance(value, Term):
        return value.curie
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value if isinstance(value, bool | int | float) else str(getattr(value, "curie", value))


@dataclass(frozen=True)
class Term:
    """A thing with a name: an entity, a class or a relation.

    Parameters
    ----------
    iri : str
        Its IRI.
    label : str
        Its name.
    category : str
        The class that it belongs to, such as ``Drug``.
    """

    iri: str
    label: str
    category: str = ""

    @property
    def curie(self) -> str:
        """The CURIE of this thing.

        Examples
        --------
        >>> Term("https://w3id.org/imidgraph/IKZF1", "IKZF1", "Protein").curie
        'imid:IKZF1'
        """
        return compress(self.iri)

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True)
class Source(Term):
    """A document or record that statements rest on."""

    url: str | None = None
    journal: str | None = None
    first_author: str | None = None
    published: Date | None = None

    @property
    def citation(self) -> str:
        """The source in one line.

        Examples
        --------
        >>> Source("https://pubmed.ncbi.nlm.nih.gov/1", "On glue", "Article", None, "Nature", "Ito T", "2010").citation
        'Ito T. On glue. Nature, 2010. pubmed:1'
        """
        where = ", ".join(str(part) for part in (self.journal, self.published) if part)
        parts = [part for part in (self.first_author, self.label, where) if part]
        return ". ".join([*parts, self.url or self.curie])


@dataclass(frozen=True)
class Evidence:
    """A passage of a source that supports or disputes a statement."""

    iri: str
    source: Source
    locator: str | None = None
    stance: str = "supports"
    verification: str | None = None
    study_design: str | None = None
    sample_size: int | None = None
    population: str | None = None

    @property
    def reference(self) -> str:
        """Where it stands, in one phrase, with what speaks against trusting it.

        Examples
        --------
        >>> label = Source("https://example.org/label", "Revlimid US label", "DrugLabel")
        >>> Evidence("https://example.org/e", label, "section 5.1", verification="copy").reference
        'Revlimid US label, section 5.1 [seen in a copy]'
        """
        where = f", {self.locator}" if self.locator else ""
        doubt = {"copy": " [seen in a copy]", "unconfirmed": " [unconfirmed]"}.get(self.verification or "", "")
        dispute = "DISPUTES: " if self.stance == "disputes" else ""
        address = self.source.curie if self.source.category == "Article" else self.source.label
        return f"{dispute}{address}{where}{doubt}"

    def to_dict(self) -> dict[str, Any]:
        """Give what is known of it as a dictionary that can be written as JSON."""
        known = {item.name: getattr(self, item.name) for item in fields(self) if item.name not in {"iri", "source"}}
        given = {name: plain(value) for name, value in known.items() if value is not None}
        return {"source": self.source.curie, "citation": self.source.citation} | given


@dataclass(frozen=True)
class Frequency(Evidence):
    """A piece of evidence that reports how often something happened in a stated population."""

    percent: Decimal | None = None
    percent_lower: Decimal | None = None
    percent_upper: Decimal | None = None
    comparator_percent: Decimal | None = None
    comparator: str | None = None
    grade: str | None = None

    @property
    def figure(self) -> str:
        """The frequency in one phrase, with its grade and its comparison.

        Examples
        --------
        >>> label = Source("https://example.org/label", "Label")
        >>> Frequency("https://example.org/e", label, percent=Decimal("22.5"), comparator_percent=Decimal("4.9")).figure
        '22.5 % vs 4.9 %'
        """
        if self.percent is not None:
            here = f"{self.percent} %"
        else:
            here = f"{self.percent_lower or '?'} to {self.percent_upper or '?'} %"
        there = "" if self.comparator_percent is None else f" vs {self.comparator_percent} %"
        grade = self.grade or ""
        named = f"grade {grade}" if grade[:1].isdigit() else grade.replace("any", "any grade")
        return here + there + (f", {named}" if named else "")


_TRUST = {"source": 0.8, "copy": 0.6, "unconfirmed": 0.2}


def strength(evidence: Iterable[Evidence]) -> float:
    """Weigh pieces of evidence together, from 0 (none) towards 1: the chance that not all supporting sources err.

    A source that the curators read is trusted with 0.8, one that they saw in a copy with 0.6, an unconfirmed one with
    0.2; each counts once. The weight is halved where a source disputes. The numbers rank statements; they are no
    probabilities that were measured.

    Examples
    --------
    >>> label = Source("https://example.org/label", "Label")
    >>> round(strength([Evidence("https://example.org/e", label, verification="copy")]), 2)
    0.6
    """
    trust: dict[str, float] = {}
    disputed = False
    for item in evidence:
        disputed = disputed or item.stance == "disputes"
        if item.stance == "supports":
            trust[item.source.iri] = max(trust.get(item.source.iri, 0.0), _TRUST.get(item.verification or "", 0.5))
    return (1 - math.prod(1 - weight for weight in trust.values())) / (2 if disputed else 1)


@dataclass(frozen=True)
class Statement:
    """One statement, with its qualifiers and its evidence."""

    iri: str
    subject: Term
    predicate: Term
    object: Term
    category: str = "Association"
    negated: bool = False
    statement: str | None = None
    knowledge_level: str = "assertion"
    qualifiers: dict[str, tuple[Any, ...]] = field(default_factory=dict, hash=False)
    evidence: tuple[Evidence, ...] = ()

    @property
    def label(self) -> str:
        """The name of what the statement relates its subject to."""
        return self.object.label

    @property
    def curie(self) -> str:
        """The CURIE of the statement, by which it can be cited."""
        return compress(self.iri)

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
        return any(item.stance == "disputes" for item in self.evidence)

    def to_dict(self) -> dict[str, Any]:
        """Give the statement as a dictionary that can be written as JSON."""
        ends = {"subject": self.subject.curie, "predicate": self.predicate.curie, "object": self.object.curie}
        return {
            "id": self.curie,
            "category": self.category,
            **ends,
            "negated": self.negated,
            "statement": str(self),
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

    def __str__(self) -> str:
        return self.statement or f"{self.subject} {'not: ' if self.negated else ''}{self.predicate} {self.object}"


class GenerationAssignment(Statement):
    """To which generation a source counts a drug."""


class MechanismOfAction(Statement):
    """One step by which the drugs of the class act."""


class Indication(Statement):
    """For which disease a drug is approved, studied or used."""

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

    @property
    def boxed_warning(self) -> bool:
        """Whether the boxed warning of the US label names the risk."""
        return bool(self.value("boxedWarning"))

    @property
    def severity(self) -> str | None:
        """How grave the risk is."""
        return self.value("severity")  # type: ignore[no-any-return]

    @property
    def frequencies(self) -> tuple[Frequency, ...]:
        """How often the effect was seen, each figure with its population and source."""
        return tuple(item for item in self.evidence if isinstance(item, Frequency))


CATEGORIES: dict[str, type[Statement]] = {
    kind.__name__: kind for kind in (GenerationAssignment, Indication, MechanismOfAction, Risk)
}
