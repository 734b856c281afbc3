"""Groups: the statements of a card that are told together in one line, and the forms that choose, name and word them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from imidgraph.model import Evidence, Frequency, Source, Statement, Term
from imidgraph.prose import dosing, summary

_PRIMARY = ("DrugLabel", "RegisterEntry", "Article")
_GRADES = {None: 1, "any": 2}  # what a figure counts: the wider, the sooner told
_CLASS = Term("", "class and generation")
_GRAVE = ("fatal", "life-threatening", "serious", "severe")


@dataclass(frozen=True)
class Form:
    """How statements of one kind are told on a brief card.

    Parameters
    ----------
    line : callable
        Words a group.
    shared : callable
        Gives what a statement has in common with those that are told in one line with it: a term, and what else.
    named : callable
        Gives what a line names for a statement; statements that name the same thing are told once.
    lines : int
        The most lines of a section.
    names : int
        The most things that a line names.
    is_counted : bool
        Whether a line is told with a figure.
    is_whole : bool
        Whether a line tells all statements of what it names, and not the first only.
    rest : Form, optional
        How all that the lines leave out is told in one more; where there is none, it is named and counted.
    """

    line: Callable[[Group], str]
    shared: Callable[[Statement, Term], tuple[Term, Any]]
    named: Callable[[Statement, Term], Any] = lambda item, term: other(item, term)
    lines: int = 4
    names: int = 6
    is_counted: bool = False
    is_whole: bool = False
    rest: Form | None = None


@dataclass(frozen=True)
class Group:
    """Statements that are told in one line.

    Parameters
    ----------
    about : Term
        What they have in common: the disease, the effect, or the relation.
    statements : tuple of Statement
        The statements, what to tell first in front.
    term : Term
        What the card is about.
    form : Form
        How they are told.
    others : tuple of Term
        What else they have in common, where the same is told of several things.
    kinds : mapping of Term to sequence of Term
        The kinds of what they are about, where one line tells wider and narrower things.
    """

    about: Term
    statements: tuple[Statement, ...]
    term: Term
    form: Form
    others: tuple[Term, ...] = ()
    kinds: Mapping[Term, Sequence[Term]] = field(default_factory=dict, compare=False)

    @cached_property
    def figures(self) -> tuple[Frequency, ...]:
        """The figures, what to tell first in front: any grade, percentages, of the most people, the highest."""
        every = (item for each in self.statements for item in each.evidence if self.form.is_counted and not item.disputes)
        known = (item for item in every if isinstance(item, Frequency) and (item.band != "unknown" or item.percent is not None))
        return tuple(sorted(known, key=_standing, reverse=True))

    @property
    def figure(self) -> Frequency | None:
        """The figure to tell first."""
        return next(iter(self.figures), None)

    @cached_property
    def told(self) -> tuple[Statement, ...]:
        """The statements that its line names: one of each thing, so many as a line has room for."""
        if self.figure is not None:
            return self.holding(self.figure)
        named: dict[Any, list[Statement]] = {}
        for item in self.statements:
            named.setdefault(self.form.named(item, self.term), []).append(item)
        kept = list(named.values())[: self.form.names]
        return tuple(item for items in kept for item in (items if self.form.is_whole else items[:1]))

    @cached_property
    def left(self) -> int:
        """How many things there are that its line has no room for."""
        return max(0, len({self.form.named(item, self.term) for item in self.statements}) - self.form.names)

    @cached_property
    def passages(self) -> tuple[Evidence, ...]:
        """The evidence to cite: of the figure, else the fewest sources that back all that the line tells."""
        if self.figure is not None and weight(self.figure)[0] > 0:
            return (self.figure,)
        return covering(self.told)

    @property
    def line(self) -> str:
        """The statements in one line."""
        return self.form.line(self)

    def holding(self, figure: Frequency) -> tuple[Statement, ...]:
        """Give the statement that a figure belongs to."""
        return tuple(item for item in self.statements if figure in item.evidence)[:1]


def covering(items: Iterable[Statement]) -> tuple[Evidence, ...]:
    """Choose evidence of the fewest sources that backs each of some statements, the most trusted of equals.

    Examples
    --------
    >>> import imidgraph
    >>> found = imidgraph.load().statements("lenalidomide", "degrades", "IKZF1")
    >>> [passage.source.curie for passage in covering(found)]
    ['imid:revlimid-us-label']
    """
    waiting = [item for item in items if item.evidence]
    chosen: list[Evidence] = []
    while waiting:
        backed: dict[Source, list[tuple[Statement, Evidence]]] = {}
        for item in waiting:
            for passage in _citable(item):
                backed.setdefault(passage.source, []).append((item, passage))
        best = min(backed.values(), key=_reach)
        chosen.append(min((passage for _, passage in best), key=trust))
        done = {item.iri for item, _ in best}
        waiting = [item for item in waiting if item.iri not in done]
    return tuple(chosen)


def _citable(item: Statement) -> list[Evidence]:
    """Give the evidence that supports a statement, if any does; that of a label where a boxed warning is told."""
    supporting = [passage for passage in item.evidence if not passage.disputes] or list(item.evidence)
    labels = [passage for passage in supporting if passage.source.category == "DrugLabel"]
    return labels if labels and item.value("boxedWarning") is True else supporting


def _reach(pairs: Iterable[tuple[Statement, Evidence]]) -> tuple[int, tuple[bool, int, bool, str]]:
    every = list(pairs)
    return -len({item.iri for item, _ in every}), min(trust(each) for _, each in every)


def weight(figure: Frequency) -> tuple[int, float, float]:
    """Rank a figure: percentages of any grade, then other percentages, then bands."""
    share = figure.percent if figure.percent is not None else figure.percent_upper
    if share is None:
        return 0, float({"very common": 2, "common": 1}.get(str(figure.band), 0)), 0.0
    return _GRADES.get(figure.grade, 0) + 1, float(share), float(figure.sample_size or 0)


def _standing(figure: Frequency) -> tuple[int, int, float]:
    rank, share, _ = weight(figure)
    return rank, figure.sample_size or 0, share


def trust(evidence: Evidence) -> tuple[bool, int, bool, str]:
    """Put the primary source first: label and register, then the paper, then the page that reports them."""
    kind = evidence.source.category
    rank = _PRIMARY.index(kind) if kind in _PRIMARY else len(_PRIMARY)
    return evidence.disputes, rank, evidence.verification != "source", evidence.iri


def certainty(item: Statement) -> tuple[Any, ...]:
    """Put first what is graver, what holds in people, what is older, what more is known of, and things before proteins."""
    grave = _GRAVE.index(item.value("severity")) if item.value("severity") in _GRAVE else len(_GRAVE)
    human = any(each.system in {None, "human"} for each in item.evidence)
    is_protein = item.category == "Interaction" and item.object.category == "Protein"
    is_main = "primary" not in str((item.value("analysis"), item.value("analysisDetail")))
    dates = sorted(map(str, item.qualifiers.get("approvalDate", ["9999"])))
    told = item.value("management") is None, item.value("population") is None
    return item.predicate.order, grave, not human, item.disputed, is_protein, is_main, dates, told, -len(item.evidence)


def other(item: Statement, term: Term) -> Term:
    """Give the end of a statement that a card is not about."""
    return item.subject if item.object.iri == term.iri and item.subject.iri != term.iri else item.object


def measure(item: Statement) -> Term:
    """Give what is to be done: the subject of a measure, the object of what a label requires."""
    return item.object if item.category == "Requirement" else item.subject


def rank(group: Group) -> int:
    """Put the doses by disease first, then those on dialysis, other doses, what to do when blood counts fall, other rules."""
    if group.form is not DOSED:
        return 0
    if group.about.label == "people on dialysis":
        return 1
    if any("doseAmount" in item.qualifiers for item in group.statements):
        return 2
    return 3 if "count" in str(group.statements[0].value("thresholdMeasure")) else 4


def form(item: Statement, term: Term) -> Form:
    """Choose the form in which a statement is told on the card of a thing.

    Examples
    --------
    >>> from imidgraph.model import Relation
    >>> drug, relation, protein = Term("", "lenalidomide", "Drug"), Relation("", "degrades"), Term("x:1", "IKZF1")
    >>> form(Statement("", drug, relation, protein), drug) is RELATED
    True
    """
    is_subject, is_object = item.subject.iri == term.iri, item.object.iri == term.iri
    match item.category:
        case "Risk":
            return WARNED if item.value("boxedWarning") is True else SEEN if is_subject else SEEN_WITH
        case "Indication" if "jurisdiction" in item.qualifiers:
            return APPROVED if is_subject or item.subject.category != "Regimen" else REGIMENS
        case "RiskMitigation":
            return TOLD if is_subject else AGAINST if is_object else MEASURES
        case "ProgramRequirement" if is_subject:
            return PROGRAMS
        case "Interaction":
            return MIXED
        case "ClassMembership" | "GenerationAssignment" | "Derivation" if is_subject:
            return JOINED
        case "RegimenComposition":
            return NAMED
        case "MechanismOfAction" if is_subject and term.category == "Drug":
            return ACTS
        case "Dose":
            return _dosed(item, term)
        case "Requirement" if is_subject:
            return REQUIRED
        case "Contraindication" if is_subject:
            return FORBIDDEN
        case "TrialResult":
            return RESULTS
        case "ComparativeFinding" | "LabelChange" | "ProgramRequirement" | "Contraindication":
            return TOLD
        case "TrialDesign" if is_subject and "population" in item.qualifiers:
            return TOLD
    return RELATED


def _dosed(item: Statement, term: Term) -> Form:
    if item.subject.iri == term.iri and item.object.category != "PatientGroup":
        return AMOUNTS
    return DOSED_BY_DRUG if term.category == "PatientGroup" else DOSED


def _alone(item: Statement, term: Term) -> tuple[Term, Any]:
    return other(item, term), item.negated


def _relation(item: Statement, term: Term) -> tuple[Term, Any]:
    is_subject = item.subject.iri == term.iri
    return item.predicate, (item.negated, is_subject, "" if is_subject else item.subject.category)


def _license(item: Statement, term: Term) -> Any:
    return item.qualifiers.get("jurisdiction")


def _measure(item: Statement, term: Term) -> Term:
    return measure(item)


def _itself(item: Statement, term: Term) -> Any:
    return item.iri


WARNED = Form(lambda group: summary.warned(group.told, group.term, group.kinds), _relation, names=12)
UNCOUNTED = Form(lambda group: summary.uncounted([other(item, group.term) for item in group.told], group.left), _relation)
SEEN = Form(
    lambda group: summary.effect(group.about, group.told, group.figure),
    _alone,
    lambda item, term: "",
    lines=5,
    is_counted=True,
)
SEEN_WITH = replace(SEEN, rest=UNCOUNTED)
APPROVED = Form(lambda group: summary.licensed(group.about, group.told), _alone, _license, lines=5, names=20)
REGIMENS = Form(
    lambda group: summary.related(group.told, group.term, group.left), _relation, lambda item, term: item.subject, names=8
)
ALSO = Form(lambda group: f"Also: {dosing.asked(group.told, group.left)}", _relation, _measure, names=2, is_whole=True)
MEASURES = Form(
    lambda group: dosing.measures((group.about, *group.others), group.told, group.left),
    lambda item, term: (item.object, ""),
    _measure,
    lines=3,
    names=5,
    is_whole=True,
    rest=ALSO,
)
AGAINST = Form(lambda group: summary.placed(group.told, group.left), _relation, lambda item, term: item.subject, names=6)
PROGRAMS = Form(lambda group: summary.programs(group.told), _relation)
MIXED = Form(
    lambda group: summary.mixed(group.told, group.term, group.left), lambda item, term: (item.predicate, item.negated), names=8
)
AMOUNTS = Form(lambda group: dosing.doses(group.told, group.term), _relation, _itself, names=40)
DOSED = Form(
    lambda group: dosing.doses(group.told, group.term), lambda item, term: (other(item, term), ""), _itself, lines=1, names=40
)
DOSED_BY_DRUG = replace(DOSED, lines=4)
REQUIRED = Form(lambda group: f"Requires {dosing.asked(group.told, group.left)}", _relation, _measure, names=6, is_whole=True)
FORBIDDEN = Form(lambda group: dosing.contraindicated(group.told), _relation, _itself, names=20)
RESULTS = Form(
    lambda group: summary.measured(group.told[0]),
    lambda item, term: (item.object if item.subject.iri == term.iri else item.subject, ""),
    lambda item, term: "",
    lines=3,
)
TOLD = Form(
    lambda group: summary.told(group.told[0]), lambda item, term: (other(item, term), str(item)), lambda item, term: "", lines=3
)
JOINED = Form(lambda group: summary.joined(group.told, group.term), lambda item, term: (_CLASS, item.negated), names=8)
RELATED = Form(lambda group: summary.related(group.told, group.term, group.left), _relation)
NAMED = Form(lambda group: summary.named([other(item, group.term) for item in group.told], group.left), _relation, names=8)
ACTS = replace(RELATED, lines=2, names=4)
