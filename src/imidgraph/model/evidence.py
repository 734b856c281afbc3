"""Evidence: the passages that support or dispute a statement, and how well they bear it together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from imidgraph.model.terms import Date, Source, plain


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage of a source that supports or disputes a statement.

    A property of the ontology gets an attribute here by one line; what has none is kept in `others`.

    Parameters
    ----------
    iri : str
        Its name.
    source : Source
        The document or record.
    locator : str, optional
        The place in it.
    stance : str
        ``supports`` or ``disputes``.
    verification : str, optional
        What the curators read: ``source``, ``copy`` or ``unconfirmed``.
    read : date or str, optional
        When they read it.
    study_design, study_detail : str, optional
        How the study was done.
    system : str, optional
        What was studied: ``human``, ``mouse``, ``cell line`` and others.
    sample_size : int, optional
        The people or samples in the arm or group that it speaks of.
    arm, population : str, optional
        Which arm, and which people or cells.
    reading_date, reading_outcome, reading_digest
        When a second reader held it against its source, with what outcome, and the digest of what was read.
    others : mapping of str to tuple
        What else the graph says of it, by the short name of the property.
    """

    iri: str
    source: Source
    locator: str | None = None
    stance: str = "supports"
    verification: str | None = None
    read: Date | None = None
    study_design: str | None = None
    study_detail: str | None = None
    system: str | None = None
    sample_size: int | None = None
    arm: str | None = None
    population: str | None = None
    reading_date: Date | None = None
    reading_outcome: str | None = None
    reading_digest: str | None = None
    others: Mapping[str, tuple[Any, ...]] = field(default_factory=dict, hash=False)

    @property
    def disputes(self) -> bool:
        """Whether the source speaks against the statement."""
        return self.stance == "disputes"

    def to_dict(self) -> dict[str, Any]:
        """Give what is known of it as a dictionary that can be written as JSON."""
        known = {item.name: getattr(self, item.name) for item in fields(self) if item.name not in _OWN}
        given = {name: plain(value) for name, value in known.items() if value is not None}
        others = {name: [plain(value) for value in values] for name, values in self.others.items()}
        return {"source": self.source.curie, "citation": self.source.citation} | given | others


@dataclass(frozen=True, slots=True)
class Frequency(Evidence):
    """A piece of evidence that reports how often something happened in a stated population.

    Parameters
    ----------
    percent, percent_lower, percent_upper : Decimal, optional
        The frequency, or its bounds.
    bound_excluded : bool, optional
        Whether the only bound is not part of the frequency, as in "less than 5 %".
    band : str, optional
        The class of frequency that a label states, such as ``very common``.
    grade : str, optional
        The grades of severity that count, such as ``any`` or ``3-4``.
    comparator : str, optional
        The group that it is compared with.
    comparator_percent, comparator_n
        The frequency in that group, and the people in it.
    """

    percent: Decimal | None = None
    percent_lower: Decimal | None = None
    percent_upper: Decimal | None = None
    bound_excluded: bool | None = None
    band: str | None = None
    grade: str | None = None
    comparator: str | None = None
    comparator_percent: Decimal | None = None
    comparator_n: int | None = None


def attributes(kind: type) -> dict[str, str]:
    """Give the attributes of evidence or of a statement that hold what a property says, by the name of the property.

    Examples
    --------
    >>> attributes(Frequency)["comparatorPercent"]
    'comparator_percent'
    """
    return {_camel(item.name): item.name for item in fields(kind) if item.name not in _OWN}


_OWN = {"iri", "source", "evidence", "category", "qualifiers", "others"}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


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
        disputed = disputed or item.disputes
        if item.stance == "supports":
            trust[item.source.iri] = max(trust.get(item.source.iri, 0.0), _TRUST.get(item.verification or "", 0.5))
    return (1 - math.prod(1 - weight for weight in trust.values())) / (2 if disputed else 1)
