"""Facts: statements as a page shows them, with their figures, their doubts and their numbered sources."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from imidgraph.knowledge.entities import card_order
from imidgraph.model import Evidence, Statement, Term
from imidgraph.prose.citations import UNREAD, Mark, Notes
from imidgraph.prose.qualifiers import told
from imidgraph.prose.statement import doubt, occurrences, sentence

_MOST_UNFOLDED = 40


@dataclass(frozen=True)
class Fact:
    """One statement on a page.

    Parameters
    ----------
    statement : Statement
        The statement.
    about : Term or None
        What the page is about, if it is about one thing.
    notes : Notes
        Numbers the sources of the page.
    source : str
        The only source of which it tells, on the page of one.
    """

    statement: Statement
    about: Term | None
    notes: Notes
    source: str = ""

    @property
    def evidence(self) -> list[Evidence]:
        """What it rests on, as far as the page tells of it."""
        return [item for item in self.statement.evidence if self.source in {"", item.source.iri}]

    @property
    def others(self) -> int:
        """How many sources it has of which the page does not tell."""
        return len({item.source.iri for item in self.statement.evidence}) - len({item.source.iri for item in self.evidence})

    @property
    def sentence(self) -> str:
        """It in one sentence."""
        return sentence(self.statement)

    @property
    def other(self) -> Term:
        """What it relates the thing of the page to."""
        item = self.statement
        return item.subject if self.about is not None and item.subject.iri != self.about.iri else item.object

    @property
    def is_boxed(self) -> bool:
        """Whether it is a boxed warning."""
        return self.statement.value("boxedWarning") is True

    @property
    def is_current(self) -> bool:
        """Whether it holds today."""
        return self.statement.holds_on(datetime.date.today())

    @cached_property
    def figures(self) -> list[tuple[str, list[Mark]]]:
        """How often something happens, in words, each figure with its sources."""
        found = occurrences(self.evidence)
        return [(text, self._marks(items)) for text, items in found.items()]

    @cached_property
    def details(self) -> list[str]:
        """Its qualifiers in words."""
        return list(told(self.statement.qualifiers))

    @property
    def doubts(self) -> list[str]:
        """What speaks against trusting it, in words; that it is a hypothesis, its sentence says."""
        unread = all(item.reading_date is None for item in self.evidence) and bool(self.evidence)
        return [*doubt(self.statement), *([UNREAD] if unread else [])]

    @cached_property
    def marks(self) -> list[Mark]:
        """The passages that it rests on, each with the number of its source."""
        return self._marks(self.evidence)

    def _marks(self, items: Iterable[Evidence]) -> list[Mark]:
        return list(dict.fromkeys(map(self.notes.mark, items)))


def folded(told: Sequence[Fact], heading: Callable[[Fact], Any], place: Callable[[Any], int]) -> list[tuple[Any, list[Fact]]]:
    """Put many facts together by a heading, to be unfolded one by one; few stay together, without one.

    Parameters
    ----------
    told : sequence of Fact
        The facts.
    heading : callable
        Gives the heading of a fact.
    place : callable
        Gives the place of a heading among the others; what has the same place is put in the order of its name.
    """
    if len(told) <= _MOST_UNFOLDED:
        return [(None, list(told))]
    groups: dict[Any, list[Fact]] = {}
    for fact in told:
        groups.setdefault(heading(fact), []).append(fact)
    return sorted(groups.items(), key=lambda pair: (place(pair[0]), str(pair[0]).lower()))


def facts(statements: Iterable[Statement], notes: Notes, about: Term | None = None, source: str = "") -> Iterator[Fact]:
    """Put statements on a page, in the order of a card.

    Parameters
    ----------
    statements : iterable of Statement
        The statements.
    notes : Notes
        Numbers the sources of the page.
    about : Term, optional
        What the page is about.
    source : str, optional
        The only source to tell of.
    """
    once = dict.fromkeys(statements)
    ordered = once if about is None else sorted(once, key=lambda item: card_order(item, about.iri))
    return (Fact(item, about, notes, source) for item in ordered)
