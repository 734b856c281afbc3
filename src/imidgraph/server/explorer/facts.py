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
_LEVELS = {"hypothesis": "hypothesis", "prediction": "hypothesis"}


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
    """

    statement: Statement
    about: Term | None
    notes: Notes

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
        found = occurrences(self.statement.evidence)
        return [(text, self._marks(items)) for text, items in found.items()]

    @cached_property
    def details(self) -> list[str]:
        """Its qualifiers in words."""
        return list(told(self.statement.qualifiers))

    @property
    def doubts(self) -> list[str]:
        """What speaks against trusting it, in words."""
        level = _LEVELS.get(self.statement.knowledge_level)
        unread = all(item.reading_date is None for item in self.statement.evidence) and bool(self.statement.evidence)
        return [*doubt(self.statement), *([level] if level else []), *([UNREAD] if unread else [])]

    @cached_property
    def marks(self) -> list[Mark]:
        """The passages that it rests on, each with the number of its source."""
        return self._marks(self.statement.evidence)

    def _marks(self, items: Iterable[Evidence]) -> list[Mark]:
        return list(dict.fromkeys(map(self.notes.mark, items)))


def folded(told: Sequence[Fact], heading: Callable[[Fact], Any]) -> list[tuple[Any, list[Fact]]]:
    """Put many facts together by a heading, to be unfolded one by one; few stay together, without one.

    Parameters
    ----------
    told : sequence of Fact
        The facts.
    heading : callable
        Gives the heading of a fact.
    """
    if len(told) <= _MOST_UNFOLDED:
        return [(None, list(told))]
    groups: dict[Any, list[Fact]] = {}
    for fact in told:
        groups.setdefault(heading(fact), []).append(fact)
    return list(groups.items())


def facts(statements: Iterable[Statement], notes: Notes, about: Term | None = None) -> Iterator[Fact]:
    """Put statements on a page, in the order of a card.

    Parameters
    ----------
    statements : iterable of Statement
        The statements.
    notes : Notes
        Numbers the sources of the page.
    about : Term, optional
        What the page is about.
    """
    once = dict.fromkeys(statements)
    ordered = once if about is None else sorted(once, key=lambda item: card_order(item, about.iri))
    return (Fact(item, about, notes) for item in ordered)
