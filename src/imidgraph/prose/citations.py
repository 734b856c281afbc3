"""Citations: the sources of sentences, in full behind each, or as numbered notes."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from imidgraph.model import Evidence, Source, Statement
from imidgraph.prose.statement import doubt, doubts, occurrence, unsure
from imidgraph.words import counted

LEGEND = "* seen in a copy or a report, not in the source itself"
_SUBSTANCE = re.compile(r" \([^)]*\)[^,(]*(?=,)")  # behind the brand, with the form of the drug
_LABEL = re.compile(
    r",? (US|UK|EU|Canadian|Japanese) "
    r"(?:(?:prescribing information|product (?:information|monograph)|summary of product characteristics|package insert)\b"
    r"|package (leaflet)s?\b).*"
)
_ASIDE = re.compile(r" \([^)]*\)|–.*")
_INITIALS = re.compile(r"(?<=\w) [A-Z]{1,3}$")
_LONGEST = 34  # characters of a short name
_TRUST = ("source", "copy", "unconfirmed")


def reference(evidence: Evidence) -> str:
    """Give the source of a piece of evidence with the place in it, in one phrase, and what speaks against trusting it.

    Examples
    --------
    >>> label = Source("https://example.org/label", "Revlimid US label", "DrugLabel")
    >>> reference(Evidence("", label, "section 5.1", verification="copy"))
    'Revlimid US label, section 5.1 (seen in a copy)'
    """
    source = evidence.source
    parts = [source.curie if source.category == "Article" else source.label, str(evidence.locator or "")]
    said = "disputed by " if evidence.disputes else ""
    found = doubts(evidence)
    return said + ", ".join(part for part in parts if part) + (f" ({'; '.join(found)})" if found else "")


def passage(evidence: Evidence) -> str:
    """Give a piece of evidence in one phrase: the figure that it reports, if any, and its reference."""
    found = occurrence(evidence)
    return f"{found} [{reference(evidence)}]" if found else reference(evidence)


def short(source: Source) -> str:
    """Name a source in a few words: who wrote an article and when, the brand of a label whatever its version, else its title.

    Examples
    --------
    >>> short(Source("https://pubmed.ncbi.nlm.nih.gov/1", "On glue", "Article", None, "Nature", "Ito T", "2010-03-01"))
    'Ito 2010'
    >>> short(Source("", "REVLIMID (lenalidomide) capsules, US prescribing information", "DrugLabel"))
    'REVLIMID US label'
    """
    if source.category == "Article":
        who = _INITIALS.sub("", source.first_author) if source.first_author else source.journal
        return " ".join(filter(None, (who, str(source.published or "")[:4]))) or _cut(source.label)
    if source.category == "DrugLabel":
        named = _LABEL.sub(lambda found: f" {found[1]} {found[2] or 'label'}", _SUBSTANCE.sub("", source.label, count=1))
        return _cut(named)
    named = _ASIDE.sub("", source.label)
    return _cut(named if len(named) <= _LONGEST else named.rpartition(": ")[2])


def _cut(text: str) -> str:
    return textwrap.shorten(text, _LONGEST, placeholder=" ...") if " " in text else text


def cited(items: Iterable[Statement]) -> str:
    """Cite the evidence of some statements, each passage once."""
    return "; ".join(dict.fromkeys(reference(evidence) for item in items for evidence in item.evidence))


UNREAD = "not read twice"
"""What is said against evidence that no second reader has held against its source."""


def unread(items: Iterable[Statement]) -> str:
    """Say how much of the evidence of some statements no second reader has held against its source; nothing where all was."""
    every = {evidence.iri: evidence for item in items for evidence in item.evidence}
    left = sum(evidence.reading_date is None for evidence in every.values())
    return f"{left} of {counted(len(every), 'passage')} not yet checked by a second reader." if left else ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A citation of a numbered source.

    Parameters
    ----------
    number : int
        The number of the source.
    source : Source
        The source.
    disputes : bool
        Whether the source speaks against what it is cited for.
    sign : str
        What speaks against trusting it: a star where it was seen in a copy, the rest in words.
    place : str
        The place in the source.
    """

    number: int
    source: Source
    disputes: bool
    sign: str
    place: str

    @property
    def said(self) -> str:
        """What stands before the number."""
        return "disputed by " if self.disputes else ""

    def __str__(self) -> str:
        return f"{self.said}{self.number}{self.sign}" + (f": {self.place}" if self.place else "")


class Notes:
    """The numbered sources of a text.

    Parameters
    ----------
    sources : iterable of Source
        Sources in the order of their numbers; others are numbered in the order in which the text cites them.

    Attributes
    ----------
    cited : dict of int to Source
        The sources that the text cites, by their numbers.

    Examples
    --------
    >>> notes = Notes()
    >>> label = Source("https://example.org/label", "Revlimid US label", "DrugLabel", url="https://example.org/label")
    >>> str(notes.mark(Evidence("https://example.org/e", label, "section 5.1", verification="copy")))
    '1*: section 5.1'
    >>> list(notes.lines())[1:]
    ['  [1] Revlimid US label. https://example.org/label']
    """

    def __init__(self, sources: Iterable[Source] = ()) -> None:
        self._numbers = {source: number for number, source in enumerate(sources, 1)}
        self._used: set[int] = set()

    @property
    def cited(self) -> dict[int, Source]:
        """The sources that the text cites, by their numbers."""
        return {number: source for source, number in self._numbers.items() if number in self._used}

    def number(self, source: Source) -> int:
        """Give the number of a source."""
        number = self._numbers.setdefault(source, len(self._numbers) + 1)
        self._used.add(number)
        return number

    def mark(self, evidence: Evidence) -> Mark:
        """Cite a piece of evidence: the number of its source, the place in it and what speaks against trusting it."""
        source, place = evidence.source, str(evidence.locator or "")
        sign = "*" if evidence.verification == "copy" else "".join(f", {text}" for text in unsure(evidence))
        return Mark(self.number(source), source, evidence.disputes, sign, place)

    def marks(self, items: Iterable[Statement]) -> list[Mark]:
        """Cite each passage of some statements once."""
        return list(dict.fromkeys(self.mark(evidence) for item in items for evidence in item.evidence))

    def cite(self, items: Iterable[Statement], most: int | None = None) -> str:
        """Give the numbers of the sources of some statements, and what speaks against trusting all of these, in brackets.

        Of more than ``most`` sources, those that are trusted best are named, and the others counted.
        """
        stated = list(items)
        shared = [text for text in doubt(stated[0]) if all(text in doubt(item) for item in stated)] if stated else []
        numbers = self.cite_evidence((evidence for item in stated for evidence in item.evidence), most)
        remarks = "; ".join(text for text in shared if text != "disputed")  # that is told of each source
        return numbers[:-1] + f"; {remarks}]" if numbers and remarks else numbers

    def cite_evidence(self, items: Iterable[Evidence], most: int | None = None) -> str:
        """Give the numbers of the sources of some evidence, in brackets; nothing where there is none."""
        best: dict[tuple[Source, bool], Evidence] = {}  # a source that was read in several ways counts by the best
        for evidence in items:
            key = evidence.source, evidence.disputes
            best[key] = min(best.get(key, evidence), evidence, key=_trust)
        named = list(best.values())
        if most is not None and len(named) > most:
            named = sorted(named, key=lambda item: (not item.disputes, _trust(item)))[:most]
        marks = [f"{mark.said}{mark.number}{mark.sign}" for mark in map(self.mark, named)]
        marks += [f"{len(best) - len(named)} more"] if len(best) > len(named) else []
        between = "; " if any("," in mark for mark in marks) else ", "
        return f" [{between.join(marks)}]" if marks else ""

    def numbers(self, items: Iterable[Statement], most: int) -> str:
        """Give the numbers of the sources of some statements alone, in brackets, where what each says of it is told elsewhere."""
        signs: dict[int, set[str]] = {}
        for mark in self.marks(items):
            signs.setdefault(mark.number, set()).add(mark.sign)
        numbers = [f"{number}{'*' if found == {'*'} else ''}" for number, found in signs.items()]
        more = [f"{len(numbers) - most} more"] if len(numbers) > most else []
        return f"[{', '.join([*numbers[:most], *more])}]" if numbers else ""

    def lines(self) -> Iterator[str]:
        """Give the list of the sources that were cited, a line each."""
        if self._used:
            yield f"sources ({LEGEND})"
        yield from (f"  [{number}] {source.citation}" for number, source in self.cited.items())


def _trust(evidence: Evidence) -> tuple[bool, int]:
    """Rank a piece of evidence: the best trusted one first, and last what a second reader did not find right."""
    doubted = evidence.reading_outcome not in {None, "right"}
    return doubted, _TRUST.index(evidence.verification) if evidence.verification in _TRUST else 0
