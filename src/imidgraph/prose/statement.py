"""How one statement is told: its sentence, its qualifiers, the figures of its evidence, and what speaks against trusting it.

Every page, table, picture and document says it with these words.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from imidgraph.model import Evidence, Frequency, Statement
from imidgraph.prose.qualifiers import number, span, told
from imidgraph.words import listed

_BANDS = {
    "very common": "1 in 10 or more",
    "common": "1 in 100 to 1 in 10",
    "uncommon": "1 in 1,000 to 1 in 100",
    "rare": "1 in 10,000 to 1 in 1,000",
    "very rare": "less than 1 in 10,000",
    "unknown": "cannot be estimated",
}
_GUESSED = {"hypothesis", "prediction"}  # the second is the word of Biolink
_SYSTEMS = {
    "cell line": "in a cell line",
    "mouse": "in mice",
    "rat": "in rats",
    "rabbit": "in rabbits",
    "monkey": "in monkeys",
    "chicken": "in chickens",
    "in vitro": "in vitro",
    "in silico": "in silico",
}


def sentence(statement: Statement) -> str:
    """Give a statement as a sentence: its own, or one made of its relation; a hypothesis is called one.

    Examples
    --------
    >>> from imidgraph.model import Relation, Term
    >>> ends = Term("", "lenalidomide"), Relation("", "is approved for"), Term("", "chronic lymphocytic leukemia")
    >>> sentence(Statement("", *ends, negated=True))
    'Lenalidomide is not approved for chronic lymphocytic leukemia.'
    >>> sentence(Statement("", *ends, statement="It may help.", knowledge_level="hypothesis"))
    'Hypothesis: It may help.'
    """
    return f"Hypothesis: {statement}" if statement.knowledge_level in _GUESSED else str(statement)


def details(statement: Statement) -> str:
    """Give the qualifiers of a statement in words, in one order, and what speaks against trusting it.

    Examples
    --------
    >>> from imidgraph.model import Relation, Risk, Term
    >>> ends = Term("", "thalidomide"), Relation("", "has adverse effect"), Term("", "embryo-fetal toxicity")
    >>> details(Risk("", *ends, qualifiers={"severity": ("fatal",), "boxedWarning": (True,)}))
    'boxed warning; fatal'
    """
    return "; ".join(remarks(statement))


def remarks(statement: Statement) -> list[str]:
    """Give the phrases of `details` one by one."""
    return [*told(statement.qualifiers), *doubt(statement)]


def figure(evidence: Evidence) -> str:
    """Give the frequency that a piece of evidence reports, with its comparison and grade; nothing where it reports none.

    Examples
    --------
    >>> from decimal import Decimal
    >>> from imidgraph.model import Source
    >>> label = Source("https://example.org/label", "Label")
    >>> comparison = {"comparator": "dexamethasone alone", "comparator_percent": Decimal("3.1"), "comparator_n": 318}
    >>> figure(Frequency("", label, sample_size=320, percent=Decimal("12.5"), grade="3-4", **comparison))
    '12.5 % of 320 (3.1 % of 318 with dexamethasone alone), grade 3 or 4'
    >>> figure(Frequency("", label, percent_upper=Decimal(59), grade="any")), figure(Frequency("", label, band="very common"))
    ('up to 59 %, any grade', 'very common (1 in 10 or more)')
    """
    if not isinstance(evidence, Frequency):
        return ""
    here, band = share(evidence), evidence.band
    if here and (evidence.comparator_percent is None or evidence.comparator_n is not None):
        here += _of(evidence.sample_size)  # else it may count both groups
    if band:
        here = f"{here}, {band}" if here else f"{band} ({_BANDS[band]})" if band in _BANDS else band
    return ", ".join(part for part in (here + _compared(evidence), graded(evidence.grade)) if part) if here else ""


def occurrence(evidence: Evidence) -> str:
    """Give the figure of a piece of evidence with the people or cells that it was counted in.

    Examples
    --------
    >>> from imidgraph.model import Source
    >>> occurrence(Frequency("", Source("", "Label"), percent=5, population="multiple myeloma"))
    '5 %: multiple myeloma'
    """
    found = figure(evidence)
    who = "; ".join(part for part in (evidence.arm, evidence.population) if part)
    return f"{found}: {who}" if found and who else found


def occurrences(items: Iterable[Evidence]) -> dict[str, list[Evidence]]:
    """Give the figures of several pieces of evidence, each once, with what reports it."""
    found: dict[str, list[Evidence]] = {}
    for item in items:
        if text := occurrence(item):
            found.setdefault(text, []).append(item)
    return found


def doubt(statement: Statement, day: datetime.date | None = None) -> list[str]:
    """Give what speaks against trusting a statement, in words: disputed, unconfirmed, not in humans, no longer current.

    What was seen in a copy only is told where its source is cited.

    Parameters
    ----------
    statement : Statement
        The statement.
    day : date, optional
        The day on which it is to hold; today if left out.

    Examples
    --------
    >>> from imidgraph.model import Relation, Source, Term
    >>> ends = Term("", "thalidomide"), Relation("", "decreases"), Term("", "SALL4")
    >>> mice = Evidence("", Source("", "Article"), system="mouse", verification="unconfirmed")
    >>> doubt(Statement("", *ends, evidence=(mice,)))
    ['unconfirmed', 'in mice']
    """
    return list(_doubts(statement, day or datetime.date.today()))


def _doubts(statement: Statement, day: datetime.date) -> Iterator[str]:
    supporting = [item for item in statement.evidence if not item.disputes]
    if statement.disputed:
        yield "disputed"
    if {item.verification for item in supporting} == {"unconfirmed"}:
        yield "unconfirmed"
    if "interim" in statement.qualifiers.get("analysis", ()) or "interim" in statement.qualifiers.get("comparisonBasis", ()):
        yield "interim analysis"
    if "indirect" in statement.qualifiers.get("comparisonBasis", ()):
        yield "indirect comparison"
    systems = dict.fromkeys(item.system for item in supporting)
    if systems and None not in systems and "human" not in systems:
        yield listed([elsewhere(system) for system in systems if system])
    if not statement.holds_on(day):
        yield "no longer current" if not _is_ahead(statement, day) else "not yet in force"


def doubts(evidence: Evidence) -> list[str]:
    """Give what speaks against trusting a piece of evidence, in words.

    Examples
    --------
    >>> from imidgraph.model import Source
    >>> doubts(Evidence("", Source("", "Label"), verification="copy", system="rabbit", reading_outcome="misleading"))
    ['seen in a copy', 'judged misleading by a second reader', 'in rabbits']
    """
    place = [elsewhere(evidence.system)] if evidence.system and evidence.system != "human" else []
    return [*unsure(evidence), *place]


def unsure(evidence: Evidence) -> list[str]:
    """Give what speaks against trusting that a source says it: a copy was seen, nothing was, a second reader disagrees."""
    read = {"copy": ["seen in a copy"], "unconfirmed": ["unconfirmed"]}.get(evidence.verification or "", [])
    judged = evidence.reading_outcome not in {None, "right"}
    return [*read, *([f"judged {evidence.reading_outcome} by a second reader"] if judged else [])]


def elsewhere(system: str) -> str:
    """Say in what something was seen that was not seen in people.

    Examples
    --------
    >>> elsewhere("human cells"), elsewhere("mouse")
    ('in human cells', 'in mice')
    """
    return _SYSTEMS.get(system, f"in {system}")


def _is_ahead(statement: Statement, day: datetime.date) -> bool:
    starts = [str(value) for name in ("validFrom", "startDate") for value in statement.qualifiers.get(name, ())]
    return any(day.isoformat()[: len(start)] < start for start in starts)


def share(evidence: Frequency) -> str:
    """Give the share of people that a figure reports; nothing where it only names a class of frequency."""
    if evidence.percent is not None:
        return f"{number(evidence.percent)} %"
    lower, upper = evidence.percent_lower, evidence.percent_upper
    words = {"at_least": "more than", "below": "less than"} if evidence.bound_excluded else {}
    return span(lower, None if upper == 100 and lower is not None else upper, " %", **words)


def _of(people: Any) -> str:
    return "" if people is None else f" of {people}"


def _compared(evidence: Frequency) -> str:
    if evidence.comparator_percent is None:
        return f" (compared with {evidence.comparator})" if evidence.comparator else ""
    percent = f"{number(evidence.comparator_percent)} %{_of(evidence.comparator_n)}"
    return f" ({percent} with {evidence.comparator})" if evidence.comparator else f" (against {percent})"


def graded(grade: Any) -> str:
    """Give the grades that a figure counts, in words.

    Examples
    --------
    >>> graded("any"), graded("3-4"), graded("3 or higher"), graded(None)
    ('any grade', 'grade 3 or 4', 'grade 3 or higher', '')
    """
    if grade is None:
        return ""
    text = str(grade)
    first, dash, last = text.partition("-")
    if dash and first.isdigit() and last.isdigit():
        text = f"{first} or {last}" if int(last) == int(first) + 1 else f"{first} to {last}"
    return f"grade {text}" if text[:1].isdigit() else f"{text} grade" if text in {"any", "high", "low"} else text
