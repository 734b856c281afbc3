"""Outlines: what an answer tells a person, as lines that stand below one another; each way to lay it out starts here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import singledispatch

from imidgraph.answers import Answer
from imidgraph.knowledge.entities import Entity
from imidgraph.knowledge.lookups import Statements, Status
from imidgraph.knowledge.sections import Section
from imidgraph.knowledge.stats import Stats
from imidgraph.limits import MOST_NAMED
from imidgraph.model import Statement, Term
from imidgraph.pages import tables
from imidgraph.pages.brief import brief, brief_comparison, brief_explanation, brief_reasons
from imidgraph.pages.card import grouped
from imidgraph.pages.lines import Line, Lines
from imidgraph.prose.citations import Notes
from imidgraph.prose.statement import details, occurrence, occurrences, sentence
from imidgraph.traversals.chains import Chain
from imidgraph.traversals.compare import Comparison
from imidgraph.traversals.explanation import Explanation
from imidgraph.traversals.paths import Paths
from imidgraph.traversals.similar import Similar
from imidgraph.traversals.why import Why
from imidgraph.traversals.without import Outcome, Without
from imidgraph.words import begun, counted, spaced

_MOST_CITED = 4  # sources of a reason
_MOST_CHAINS = 2  # that a loss cuts, of one effect
_MOST_STATED = 2  # statements on each drug of a class


@singledispatch
def outline(answer: Answer, notes: Notes) -> Lines | None:
    """Give the outline of an answer, or None where it is a table.

    Parameters
    ----------
    answer : Answer
        The answer.
    notes : Notes
        Where its sources get their numbers.
    """
    return None


def is_document(answer: Answer) -> bool:
    """Tell whether an answer is a text to read, and not a table.

    Examples
    --------
    >>> import imidgraph
    >>> kg = imidgraph.load()
    >>> is_document(kg.entity("lenalidomide")), is_document(kg.search("lenalidomide"))
    (True, False)
    """
    return outline.dispatch(type(answer)) is not outline.dispatch(object)


@outline.register
def _(answer: Explanation, notes: Notes) -> Lines:
    if answer.is_brief:
        yield from brief_explanation(answer, notes)
        return
    ends = answer.start, answer.end
    yield from _told("Stated:", answer.direct, notes, ends)
    yield from _told(f"Stated about {answer.parts}, not about {answer.wide} as a whole:", answer.of_kinds, notes, ends)
    yield from _told(f"About others, mentioning {answer.start}:", answer.mentions, notes, ends)
    for number, chain in enumerate(answer.chains, 1):
        verdict = answer.verdict(chain)
        yield Line(0, f"{number}. {chain}" + (f" ({verdict})" if verdict else ""))
        yield from _chain(chain, notes)


def _chain(chain: Chain, notes: Notes) -> Lines:
    for hop in chain.hops:
        yield Line(1, str(hop))
        told = hop.sentences if not hop.is_hierarchy else {}
        yield from (Line(2, f"{sentence}{notes.cite(items)}") for sentence, items in told.items())
    yield from (Line(1, f"seen: {sentence(item)}{notes.cite([item])}") for item in chain.observed)
    yield from (Line(1, f"also: {variant}") for variant in chain.variants)
    yield from (Line(1, f"open: {gap}") for gap in chain.gaps)


@outline.register
def _(answer: Why, notes: Notes) -> Lines:
    if answer.is_brief:
        yield from brief_reasons(answer, notes)
        return
    for side, reasons in answer.sides.items():
        if reasons:
            yield Line(0, f"{'for neither' if side == 'neither' else side}:")
        yield from (Line(1, f"{reason.kind}: {reason.text}{notes.cite(reason.statements, _MOST_CITED)}") for reason in reasons)


@outline.register
def _(answer: Without, notes: Notes) -> Lines:
    yield from _outcomes("lost:", answer.lost, notes)
    yield from _outcomes("weakened:", answer.weakened, notes)


def _outcomes(heading: str, outcomes: Sequence[Outcome], notes: Notes) -> Lines:
    if outcomes:
        yield Line(0, heading)
    for one in outcomes:
        yield Line(1, str(one))
        for chain in one.cut[:_MOST_CHAINS]:
            yield Line(2, f"{chain}{notes.cite(chain.statements, _MOST_CITED)}")
        if (left := len(one.cut) - _MOST_CHAINS) > 0:
            yield Line(2, f"and {counted(left, 'more chain')}")


@outline.register
def _(answer: Paths, notes: Notes) -> Lines:
    return (Line(1, str(path)) for path in answer)


@outline.register
def _(answer: Status, notes: Notes) -> Lines:
    yield Line(0, answer.sentence, is_paragraph=True)
    yield from (Line(1, f"{sentence(item)}{notes.cite([item])}") for item in answer.found)
    for each in answer.members:
        yield Line(1, f"{each.subject}: {each.word}")
        yield from (Line(2, f"{sentence(item)}{notes.cite([item])}") for item in each.statements[:_MOST_STATED])
        if (left := len(each.statements) - _MOST_STATED) > 0:
            yield Line(2, f"and {counted(left, 'more statement')}")
    yield from _told("Also stated of both:", answer.beside, notes)
    if not answer.narrower:
        return
    yield Line(0, f"Curated for kinds of {answer.object}:")
    first: dict[Term, Statement] = {}
    for item in answer.narrower:
        first.setdefault(item.object, item)
    yield from (Line(1, f"{kind}: {sentence(item)}{notes.cite([item])}") for kind, item in first.items())
    if left := len(answer.narrower) - len(first):
        yield Line(1, f"and {counted(left, 'more statement')}")


@outline.register
def _(answer: Comparison, notes: Notes) -> Lines:
    if answer.is_brief:
        yield from brief_comparison(answer, notes)
        return
    yield from _shared(answer)
    yield from _measured(answer, notes)
    yield from _told("about both:", answer.between, notes)
    if answer.trials:
        yield Line(0, "compared in trials:")
    for duel in answer.trials:
        yield Line(1, f"{duel.trial}: {duel.arms[0]} and {duel.arms[1]}{notes.cite(duel.design)}")
        yield from (Line(2, f"{sentence(item)}{notes.cite([item])}") for item in duel.results)
    yield from _told("disputed or denied:", answer.disputes, notes)


def _shared(answer: Comparison) -> Lines:
    for aspect in answer.aspects:
        yield Line(0, f"{aspect.predicate.label}:")
        if aspect.shared:
            yield Line(1, f"all: {_names(aspect.shared)}")
        for place, drug in enumerate(answer.drugs):
            if only := aspect.only(place):
                alone = "only" if len(answer.drugs) == 2 else "of the rest,"
                yield Line(1, f"{alone} {drug}: {_names(only)}")
    settings = {disease: places for disease, places in answer.settings.items() if any(places)}
    if settings:
        yield Line(0, "approved in the settings:")
    for disease, places in settings.items():
        for drug, named in zip(answer.drugs, places, strict=True):
            if named:
                yield Line(1, f"{disease}, {drug}: {_names(named)}")


def _measured(answer: Comparison, notes: Notes) -> Lines:
    if answer.frequencies:
        yield Line(0, "how often, each figure in its own population (do not subtract one from another):")
    for effect, groups in answer.frequencies.items():
        yield Line(1, str(effect))
        for drug, figures in zip(answer.drugs, groups, strict=True):
            yield from (Line(2, f"{drug}: {occurrence(figure)}{notes.cite_evidence([figure])}") for figure in figures)


@outline.register
def _(answer: Entity, notes: Notes) -> Lines:
    if answer.is_brief:
        yield from brief(answer, notes)
        return
    if answer.definition:
        yield Line(0, answer.definition)
    for name, values in (("also called", answer.synonyms), ("identifiers", answer.identifiers)):
        if values:
            yield Line(0, f"{name}: {', '.join(values)}")
    yield from _listed(answer, answer.statements, notes)


@outline.register
def _(answer: Stats, notes: Notes) -> Lines:
    counts: dict[str, dict[str, float]] = {}
    for count in answer:
        counts.setdefault(count.topic, {})[count.kind] = count.number
    for topic, numbers in counts.items():
        total = numbers.pop("all", None)
        yield Line(0, f"{begun(topic)}{'' if total is None else f' ({total})'}:")
        yield Line(1, ", ".join(f"{spaced(kind)} {number}" for kind, number in numbers.items()))


@outline.register
def _(answer: Section, notes: Notes) -> Lines:
    yield from _listed(answer.term, answer.items, notes)


@tables.table.register
def _(answer: Statements) -> tables.Table:
    return answer.columns[:-1], [row[:-1] for row in answer.rows]  # without the names of the statements


@tables.table.register
def _(answer: Similar) -> tables.Table:
    return answer.columns, [
        [item.entity.label, f"{item.score:.3f}", *(item.reasons(aspect, MOST_NAMED) for aspect in answer.aspects)]
        for item in answer
    ]


def _listed(term: Term, statements: Iterable[Statement], notes: Notes) -> Lines:
    for group in grouped(term, statements):
        yield Line(0, group.heading)
        for other, item in group.items:
            told, marks = details(item), " ".join(f"[{mark}]" for mark in notes.marks([item]))
            yield Line(1, other.label + (f" ({told})" if told else "") + (f"  {marks}" if marks else ""))
            for text, evidence in occurrences(item.evidence).items():
                yield Line(2, f"{text}{notes.cite_evidence(evidence)}")


def _told(heading: str, items: Iterable[Statement], notes: Notes, ends: Sequence[Term] = ()) -> Lines:
    """Tell statements under a heading; of what is not one of the ends it is said first of what they speak."""
    once = list(dict.fromkeys(items))
    if once:
        yield Line(0, heading)
    for item in once:
        about = ", ".join(term.label for term in (item.subject, item.object) if ends and term not in ends)
        yield Line(1, (f"{about}: " if about else "") + f"{sentence(item)}{notes.cite([item])}")


def _names(terms: Iterable[Term]) -> str:
    return ", ".join(term.label for term in terms)
