"""Citations: the sources of sentences, in full behind each, or as numbered notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from imidgraph.answers import NOT_ADVICE as NOT_ADVICE
from imidgraph.model import Evidence, Source, Statement

_DOUBTS = ("source", "copy", "unconfirmed")
LEGEND = "* a copy or a report of it was read, not the source itself"


def cited(items: Iterable[Statement]) -> str:
    """Cite the evidence of some statements, each passage once."""
    return "; ".join(dict.fromkeys(evidence.reference for item in items for evidence in item.evidence))


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
    >>> notes.mark(Evidence("https://example.org/e", label, "section 5.1", verification="copy"))
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

    def mark(self, evidence: Evidence) -> str:
        """Give the number of a source, with the place in it and what speaks against trusting it."""
        number = self.number(evidence.source)
        dispute = "disputed by " if evidence.stance == "disputes" else ""
        doubt = {"copy": "*", "unconfirmed": " unconfirmed"}.get(evidence.verification or "", "")
        return f"{dispute}{number}{doubt}: {evidence.locator}" if evidence.locator else f"{dispute}{number}{doubt}"

    def number(self, source: Source) -> int:
        """Give the number of a source."""
        number = self._numbers.setdefault(source, len(self._numbers) + 1)
        self._used.add(number)
        return number

    def cite(self, items: Iterable[Statement]) -> str:
        """Give the numbers of the sources of some statements, in brackets; nothing where there is none."""
        best: dict[tuple[Source, bool], Evidence] = {}  # a source that was read in several ways counts by the best
        for evidence in (evidence for item in items for evidence in item.evidence):
            key = evidence.source, evidence.stance == "disputes"
            best[key] = min(best.get(key, evidence), evidence, key=lambda one: _DOUBTS.index(one.verification or "source"))
        marks = [self.mark(evidence).partition(":")[0] for evidence in best.values()]
        return f" [{', '.join(marks)}]" if marks else ""

    def lines(self) -> Iterator[str]:
        """Give the list of the sources that were cited, a line each."""
        if self._used:
            yield f"sources ({LEGEND})"
        yield from (f"  [{number}] {source.citation}" for number, source in self.cited.items())
