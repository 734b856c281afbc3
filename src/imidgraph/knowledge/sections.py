"""Sections: the statements about one thing in the parts of its card, in each what to tell first."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from imidgraph.answers import Listing, Row
from imidgraph.knowledge.lookups import COLUMNS, statement_rows
from imidgraph.model import Evidence, Frequency, Relation, Statement, Term
from imidgraph.prose import summary
from imidgraph.prose.statement import sentence
from imidgraph.words import begun

_MOST = {"Dose": 4, "Risk": 5, "Indication": 5, "RiskMitigation": 4, "TrialResult": 4}  # lines that a brief card has of a section
_MOST_LINES = 3  # of any other
_MOST_CITED = 2  # sources of a line
_MOST_BOXED = 12  # names on the line of boxed warnings
BOXED = "boxed warnings"
OTHERS = "others"
_BY_OBJECT = {"Indication", "Risk", "RiskMitigation", "TrialResult"}  # told by what they are about
_GRAVE = ("fatal", "life-threatening", "serious", "severe")
_PRIMARY = ("DrugLabel", "RegisterEntry", "Article")
_GRADES = {None: 1, "any": 2}  # what a figure counts: the wider, the sooner told


@dataclass(frozen=True)
class Group:
    """Statements of a section that are told in one line.

    Parameters
    ----------
    about : Term
        What they have in common: the disease, the effect, or the relation.
    statements : tuple of Statement
        The statements, what to tell first in front.
    is_counted : bool
        Whether it is told with a figure.
    """

    about: Term
    statements: tuple[Statement, ...]
    is_counted: bool = True

    @cached_property
    def figures(self) -> tuple[Frequency, ...]:
        """The figures, what to tell first in front: any grade before one of some, percentages before bands, the highest."""
        every = (item for each in self.statements for item in each.evidence if self.is_counted and not item.disputes)
        known = (item for item in every if isinstance(item, Frequency) and (item.band != "unknown" or item.percent is not None))
        return tuple(sorted(known, key=_weight, reverse=True))

    @property
    def figure(self) -> Frequency | None:
        """The figure to tell first."""
        return next(iter(self.figures), None)

    @cached_property
    def passages(self) -> tuple[Evidence, ...]:
        """The evidence to cite first: of the figure, else of each statement the best that was read; a few sources."""
        if self.figure is not None and _weight(self.figure)[0] > 0:
            return (self.figure,)
        best = (min(item.evidence, key=_trust) for item in self.statements if item.evidence)
        return tuple({item.source: item for item in best}.values())[:_MOST_CITED]


@dataclass(frozen=True, repr=False)
class Section(Listing[Statement]):
    """A part of a card.

    Parameters
    ----------
    items : tuple of Statement
        The statements.
    name : str
        Its name, such as ``approvals``.
    term : Term
        What the card is about.

    Examples
    --------
    >>> import imidgraph
    >>> imidgraph.load().entity("Revlimid").section("boxed warnings").title
    'lenalidomide: boxed warnings'
    """

    name: str
    term: Term

    columns = COLUMNS

    @property
    def rows(self) -> list[Row]:
        """The statements: their ends, their qualifiers in words, their sources, and their names."""
        return list(statement_rows(self))

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements."""
        return self.items

    @property
    def title(self) -> str:
        """What it is about, and its name."""
        return f"{self.term.label}: {self.name}"

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Its statements by what they have in common, what to tell first in front; what no longer holds is left out."""
        today = datetime.date.today()
        found: dict[tuple[Term, object], list[Statement]] = {}
        for item in self.items:
            if item.holds_on(today):
                found.setdefault(self._shared(item), []).append(item)
        groups = [Group(about, tuple(sorted(items, key=_certainty)), self.name != BOXED) for (about, _), items in found.items()]
        return tuple(sorted(groups, key=_importance))

    @property
    def leading(self) -> tuple[Group, ...]:
        """What a brief card tells of it."""
        return self.groups[: _MOST.get(self[0].category, _MOST_LINES)]

    def _shared(self, item: Statement) -> tuple[Term, object]:
        """Give what a statement has in common with those that are told in one line with it."""
        is_subject = item.subject.iri == self.term.iri
        if self.name != BOXED and item.category in _BY_OBJECT and (is_subject or item.object.iri != self.term.iri):
            return item.object, ""
        if self.name != BOXED and item.category == "Risk":
            return item.subject, ""
        if item.category == "Dose" and not (is_subject and item.object.category != "PatientGroup"):
            return item.object if is_subject else item.subject, ""
        return item.predicate, (item.negated, is_subject, "" if is_subject else item.subject.category)

    def line(self, group: Group) -> str:
        """Tell a group of its statements in one line."""
        items = group.statements
        is_subject = items[0].subject.iri == self.term.iri
        match items[0].category:
            case "Risk" if self.name == BOXED:
                return begun(
                    summary.capped(dict.fromkeys(str(item.object if is_subject else item.subject) for item in items), 12)
                )
            case "Risk":
                return summary.effect(group.about, items, group.figure)
            case "Indication" if is_subject and "jurisdiction" in items[0].qualifiers:
                return summary.approval(group.about, items)
            case "Dose":
                return summary.doses(items, self.term)
            case "Requirement" if is_subject:
                return summary.required(items)
            case "Contraindication" if is_subject:
                return summary.contraindicated(items)
            case "RiskMitigation" if items[0].object.iri != self.term.iri:
                return summary.measures(group.about, items, lambda item: item.subject)
            case "TrialResult" | "ComparativeFinding":
                return sentence(items[0])
        return summary.related(items, self.term)

    def _document(self) -> dict[str, Any]:
        return {"section": self.name, "statements": [item.to_dict() for item in self]}


def sections(term: Term, statements: Iterable[Statement]) -> tuple[Section, ...]:
    """Put the statements about a thing into the sections of its card.

    Parameters
    ----------
    term : Term
        The thing.
    statements : iterable of Statement
        The statements, in the order of a card.
    """
    found: dict[str, list[Statement]] = {}
    places: dict[str, float] = {}
    for item in statements:
        is_object = item.object.iri == term.iri and item.subject.iri != term.iri
        name = (item.predicate.section_as_object if is_object else item.predicate.section) or OTHERS
        place = item.predicate.order
        if item.value("boxedWarning") is True:
            name, place = BOXED, -1
        found.setdefault(name, []).append(item)
        places[name] = min(place, places.get(name, place))
    return tuple(Section(tuple(found[name]), name, term) for name in sorted(found, key=lambda name: (places[name], name)))


def _importance(group: Group) -> tuple[Any, ...]:
    figure, first = group.figure, group.statements[0]
    weight = (0, 0.0, 0.0) if figure is None else _weight(figure)
    is_minor = _rank_of_dose(group) if first.category == "Dose" else 0
    return not first.predicate.is_headline, is_minor, *(-part for part in weight), -len(group.statements)


def _rank_of_dose(group: Group) -> int:
    """Put the doses by disease first, then other doses, then what to do when blood counts fall, then other rules."""
    if isinstance(group.about, Relation):
        return 0
    if any("doseAmount" in item.qualifiers for item in group.statements):
        return 1
    return 2 if "count" in str(group.statements[0].value("thresholdMeasure")) else 3


def _certainty(item: Statement) -> tuple[Any, ...]:
    """Put first what is graver, what holds in people, what is older, what more is known of, and things before proteins."""
    grave = _GRAVE.index(item.value("severity")) if item.value("severity") in _GRAVE else len(_GRAVE)
    human = any(each.system in {None, "human"} for each in item.evidence)
    is_protein = item.category == "Interaction" and item.object.category == "Protein"
    dates = sorted(map(str, item.qualifiers.get("approvalDate", ["9999"])))
    return item.predicate.order, grave, not human, item.disputed, is_protein, dates, -len(item.evidence)


def _weight(figure: Frequency) -> tuple[int, float, float]:
    """Rank a figure: percentages of any grade, then other percentages, then bands."""
    share = figure.percent if figure.percent is not None else figure.percent_upper
    if share is None:
        return 0, float({"very common": 2, "common": 1}.get(str(figure.band), 0)), 0.0
    return _GRADES.get(figure.grade, 0) + 1, float(share), float(figure.sample_size or 0)


def _trust(evidence: Evidence) -> tuple[bool, int, bool, str]:
    """Put the primary source first: label and register, then the paper, then the page that reports them."""
    kind = evidence.source.category
    rank = _PRIMARY.index(kind) if kind in _PRIMARY else len(_PRIMARY)
    return evidence.disputes, rank, evidence.verification != "source", evidence.iri
