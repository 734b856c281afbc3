"""Sections: the statements about one thing in the parts of its card, in each what to tell first."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from imidgraph.knowledge import groups as forms
from imidgraph.knowledge.groups import Form, Group
from imidgraph.knowledge.lookups import StatementTable
from imidgraph.knowledge.populations import tallies
from imidgraph.model import Statement, Term

BOXED = "boxed warnings"
"""The section of what the boxed warning of a label names."""
OTHERS = "others"


@dataclass(frozen=True, repr=False)
class Section(StatementTable):
    """A part of a card.

    Parameters
    ----------
    items : tuple of Statement
        The statements.
    name : str
        Its name, such as ``approvals``.
    term : Term
        What the card is about.
    boxed : tuple of Statement
        What the boxed warning names, on the card of a drug: it is told first, and counted with the other effects.
    main : str
        The disease that a drug is approved for in most places.
    kinds : mapping of Term to sequence of Term
        The kinds of what the boxed warning names.

    Examples
    --------
    >>> import imidgraph
    >>> imidgraph.load().entity("Revlimid").section("boxed warnings").title
    'lenalidomide: boxed warnings'
    """

    name: str
    term: Term
    boxed: tuple[Statement, ...] = field(default=(), compare=False)
    main: str = field(default="", compare=False)
    kinds: Mapping[Term, Sequence[Term]] = field(default_factory=dict, compare=False)

    @property
    def title(self) -> str:
        """What it is about, and its name."""
        return f"{self.term.label}: {self.name}"

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Its statements by what they have in common, what to tell first in front; what no longer holds is left out."""
        today = datetime.date.today()
        found: dict[Any, list[Statement]] = {}
        for item in self.items:
            if item.holds_on(today):
                form = forms.form(item, self.term)
                found.setdefault((form, *form.shared(item, self.term)), []).append(item)
        alike = (
            Group(about, tuple(sorted(items, key=forms.certainty)), self.term, form, kinds=self.kinds)
            for (form, about, _), items in found.items()
        )
        merged = sorted(_merged(alike), key=self._importance)
        if any(group.form is forms.REQUIRED for group in merged):
            merged = sorted(_asked(merged), key=self._importance)
        return tuple(merged)

    @cached_property
    def leading(self) -> tuple[Group, ...]:
        """What a brief card tells of it."""
        return tuple(group for told, _ in self._parts for group in told)

    @cached_property
    def left(self) -> tuple[Group, ...]:
        """What a brief card only counts."""
        return tuple(group for _, left in self._parts for group in left)

    @cached_property
    def _parts(self) -> list[tuple[list[Group], list[Group]]]:
        alike: dict[Form, list[Group]] = {}
        for group in self.groups:
            alike.setdefault(group.form, []).append(group)
        return [self._counted(groups) if form is forms.SEEN else _divided(form, groups) for form, groups in alike.items()]

    def _counted(self, groups: Sequence[Group]) -> tuple[list[Group], list[Group]]:
        """Tell effects by the people in whom they were counted; where none was counted, tell them by name."""
        stated = [group for group in groups if not group.statements[0].negated]
        items = [item for group in stated for item in group.statements]
        told = tallies(self.term, (*items, *(item for item in self.boxed if item.category == "Risk")), self.main)
        if not told:
            return _divided(forms.SEEN_WITH, groups)
        named = {item.object for tally in told for item in tally.told}
        denied = [group for group in groups if group not in stated]
        return [*told, *denied], [group for group in stated if group.about not in named]

    def _importance(self, group: Group) -> tuple[Any, ...]:
        weight = (0, 0.0, 0.0) if group.figure is None else forms.weight(group.figure)
        is_minor = not group.form.is_counted and group.about not in {item.object for item in self.boxed}
        order = min(item.predicate.order for item in group.statements)
        return (
            order,
            is_minor,
            forms.rank(group),
            group.form is forms.REGIMENS,
            *(-part for part in weight),
            -len(group.statements),
        )

    def _document(self) -> dict[str, Any]:
        return {"section": self.name, "statements": [item.to_dict() for item in self]}


def sections(
    term: Term, statements: Iterable[Statement], kinds: Mapping[Term, Sequence[Term]] | None = None
) -> tuple[Section, ...]:
    """Put the statements about a thing into the sections of its card.

    Parameters
    ----------
    term : Term
        The thing.
    statements : iterable of Statement
        The statements, in the order of a card.
    kinds : mapping of Term to sequence of Term, optional
        The kinds of what the boxed warning names.
    """
    found: dict[str, list[Statement]] = {}
    places: dict[str, float] = {}
    statements = tuple(statements)
    for item in statements:
        is_object = item.object.iri == term.iri and item.subject.iri != term.iri
        name = (item.predicate.section_as_object if is_object else item.predicate.section) or OTHERS
        place = item.predicate.order
        if item.value("boxedWarning") is True:
            name, place = BOXED, -1
        found.setdefault(name, []).append(item)
        places[name] = min(place, places.get(name, place))
    boxed, main = tuple(found.get(BOXED, ())), _main(term, statements)
    names = sorted(found, key=lambda name: (places[name], name))
    return tuple(Section(tuple(found[name]), name, term, boxed, main, kinds or {}) for name in names)


def _main(term: Term, statements: Iterable[Statement]) -> str:
    """Give the disease that a drug is approved for in most places; nothing where it is approved for none."""
    places: Counter[str] = Counter()
    for item in statements:
        if item.category == "Indication" and item.subject.iri == term.iri and not item.negated:
            places[item.object.label] += len(item.qualifiers.get("jurisdiction", ()))
    return next((label for label, number in places.most_common(1) if number), "")


def _divided(form: Form, groups: Sequence[Group]) -> tuple[list[Group], list[Group]]:
    """Choose the groups to tell of one form, and those to count: what is denied is told, and never counted with the others."""
    denied = [group for group in groups if group.statements[0].negated]
    stated = [group for group in groups if group not in denied]
    counted = [group for group in stated if group.figure is not None] if form.is_counted else stated
    told = (stated if form.rest is None else counted)[: form.lines]
    left = [group for group in stated if group not in told]
    if form.rest is not None:
        bare = [group for group in left if group not in counted] if form.is_counted else left
        left = [group for group in left if group not in bare]
        told = [*told, *_together(form.rest, told, bare)]
    return [*told, *denied[: form.lines]], [*left, *denied[form.lines :]]


def _together(form: Form, told: Sequence[Group], groups: Sequence[Group]) -> Iterator[Group]:
    """Put groups into one line, without what other lines name."""
    named = {forms.measure(item) for group in told for item in group.statements}
    items = tuple(item for group in groups for item in group.statements if forms.measure(item) not in named)
    if items:
        yield Group(items[0].predicate, items, groups[0].term, form)


def _merged(groups: Iterable[Group]) -> Iterator[Group]:
    """Put effects together against which the same measures are taken."""
    alike: dict[frozenset[Any], list[Group]] = {}
    for group in groups:
        if group.form is forms.MEASURES:
            alike.setdefault(frozenset((item.subject, str(item)) for item in group.statements), []).append(group)
        else:
            yield group
    for first, *rest in alike.values():
        items = (*first.statements, *(item for group in rest for item in group.statements))
        yield replace(first, statements=items, others=tuple(group.about for group in rest))


def _asked(groups: Sequence[Group]) -> Iterator[Group]:
    """Put what a label requires to the first effect against which it is done, so that a measure is told once, with its schedule.

    What is done against no effect that is told goes with the last one.
    """
    taken: set[Statement] = set()
    for group in groups:
        if group.form is forms.MEASURES:
            done = {item.subject for item in group.statements}
            required = [item for each in groups if each.form is forms.REQUIRED for item in each.statements if item not in taken]
            mine = [item for item in required if item.object in done]
            taken.update(mine)
            yield replace(group, statements=_fullest((*group.statements, *mine)))
    for group in groups:
        if group.form is not forms.MEASURES and (items := tuple(item for item in group.statements if item not in taken)):
            yield replace(group, statements=items)


def _fullest(items: Sequence[Statement]) -> tuple[Statement, ...]:
    """Put the measures first of which most is stated, and those of labels before others."""
    known = Counter(forms.measure(item) for item in items if "jurisdiction" in item.qualifiers)
    return tuple(sorted(items, key=lambda item: -known[forms.measure(item)]))
