"""The brief card: what to know first about one thing, on one screen, and the names of the sections that hold the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from imidgraph.knowledge.entities import Entity
from imidgraph.knowledge.groups import Group
from imidgraph.knowledge.kinds import KINDS
from imidgraph.knowledge.sections import Section
from imidgraph.model import Relation, Statement, Term
from imidgraph.pages.lines import Line
from imidgraph.prose import summary
from imidgraph.prose.citations import Notes
from imidgraph.prose.statement import sentence
from imidgraph.traversals.compare import Aspect, Comparison
from imidgraph.traversals.explanation import Explanation
from imidgraph.traversals.why import Reason, Why
from imidgraph.words import begun, counted, listed

_MOST_NAMES = 4  # that it is also called by
_MOST_REST = 2  # of what is not told, that are named
_FEW = 5  # things that are left of a section from which on they are only counted
_MOST_SENTENCES = 2  # of a comparison, under one heading
_MOST_KINDS = 4  # statements about narrower kinds
_MOST_CITED = 3  # sources of a step or a reason
_MOST_OPEN = 2  # of what a chain leaves open
_MOST_REASONS = 3  # of one kind, for one side
_MOST_SECTIONS = 8  # that are told; the others are named


def brief(entity: Entity, notes: Notes) -> Iterator[Line]:
    """Give the lines of a brief card.

    Parameters
    ----------
    entity : Entity
        What it is about.
    notes : Notes
        Where its sources get their numbers.
    """
    if entity.definition:
        yield Line(0, entity.definition, is_paragraph=True)
    if entity.synonyms:
        yield Line(0, f"Also called {summary.capped(_known_first(entity), _MOST_NAMES)}.", is_paragraph=True)
    if entity.kinds:
        yield Line(0, f"{begun(KINDS)}:")
        yield from _grouped(entity.kind_groups, notes)
    told = [section for section in entity.sections if section.leading]
    for section in told[:_MOST_SECTIONS]:
        yield Line(0, f"{begun(section.name)}:")
        yield from _told(section, notes)
    if others := [section for section in entity.sections if section not in told[:_MOST_SECTIONS]]:
        sections = ", ".join(f"{section.name} ({len(section)})" for section in others)
        yield Line(0, f"More sections: {sections}.", is_paragraph=True)


def _known_first(entity: Entity) -> list[str]:
    """Give its other names, those first that most labels are about."""
    words = [set(source.label.lower().split()) for source in entity.sources if source.category == "DrugLabel"]
    return sorted(entity.synonyms, key=lambda name: -sum(name.lower() in found for found in words))


def brief_comparison(comparison: Comparison, notes: Notes) -> Iterator[Line]:
    """Give the lines of a brief comparison.

    Parameters
    ----------
    comparison : Comparison
        The comparison.
    notes : Notes
        Where its sources get their numbers.
    """
    for part in comparison.parts:
        apart = ", each in its own population (do not subtract one from another)" if part.is_counted else ""
        yield Line(0, f"{begun(part.name)}{apart}:")
        for contrast in part.contrasts:
            yield Line(1, f"{contrast.about}")
            for place, drug in enumerate(comparison.drugs):
                yield Line(2, f"{contrast.side(place, drug)}{notes.cite_evidence(contrast.passages(place))}")
        if part.left:
            yield Line(1, f"and {part.left} more")
    for aspect in comparison.aspects:
        if aspect.predicate.is_headline and not _licenses(aspect):
            yield Line(0, f"{begun(aspect.predicate.label)}:")
            yield from _sharing(comparison, aspect)
    yield from _sentences("About both:", comparison.between, notes)
    results = [result for duel in comparison.trials for result in duel.results[:1]]
    yield from _sentences("Compared in trials:", results, notes)
    yield from _sentences("Disputed or denied:", comparison.disputes, notes)


def brief_explanation(explanation: Explanation, notes: Notes) -> Iterator[Line]:
    """Give the lines of a brief explanation: what is stated of both ends, then its first chains with a line a step.

    Parameters
    ----------
    explanation : Explanation
        The explanation.
    notes : Notes
        Where its sources get their numbers.
    """
    for section in explanation.sections:
        yield Line(0, f"{begun(section.name)}:")
        yield from _told(section, notes)
    apart = f"Stated about {explanation.parts}, not about {explanation.wide} as a whole:"
    yield from _sentences(apart, explanation.of_kinds, notes, _MOST_KINDS, (explanation.start, explanation.end))
    yield from _sentences(f"About others, mentioning {explanation.start}:", explanation.mentions, notes)
    for number, chain in enumerate(explanation.chains[: explanation.shown], 1):
        verdict = explanation.verdict(chain)
        yield Line(0, f"{number}. {chain}" + (f" ({verdict})" if verdict else ""))
        for hop in chain.hops:
            cited = "" if hop.is_hierarchy else notes.cite(hop.statements, _MOST_CITED)
            yield Line(1, f"{hop}{cited}" + (" (a step of the hierarchy)" if hop.is_hierarchy else ""))
        if chain.gaps:
            left = len(chain.gaps) - _MOST_OPEN
            yield Line(1, f"open: {' '.join(chain.gaps[:_MOST_OPEN])}" + (f" And {left} more." if left > 0 else ""))
    if (left := len(explanation.chains) - explanation.shown) > 0:
        yield Line(0, f"and {counted(left, 'more chain')}", is_paragraph=True)


def brief_reasons(why: Why, notes: Notes) -> Iterator[Line]:
    """Give the lines of the reasons for one drug over another: the first of each kind, and licenses by place.

    Parameters
    ----------
    why : Why
        The reasons.
    notes : Notes
        Where its sources get their numbers.
    """
    for side, reasons in why.sides.items():
        if reasons:
            yield Line(0, f"{'for neither' if side == 'neither' else side}:")
        for kind in dict.fromkeys(reason.kind for reason in reasons):
            alike = [reason for reason in reasons if reason.kind == kind]
            if kind == "license":
                alike = [_licensed(alike, why)]
            for place, reason in enumerate(alike[:_MOST_REASONS], 1):
                left = len(alike) - _MOST_REASONS if place == _MOST_REASONS else 0
                yield Line(1, f"{kind}: {reason.text}{notes.cite(reason.statements, _MOST_CITED)}{_more(left)}")


def _licensed(reasons: Sequence[Reason], why: Why) -> Reason:
    """Tell in one sentence where one drug is approved in settings for which nothing of the other is curated."""
    drug, other = (why.drug, why.over) if reasons[0].favors == why.drug else (why.over, why.drug)
    items = tuple(item for reason in reasons for item in reason.statements)
    places = listed(list(dict.fromkeys(str(place) for item in items for place in item.qualifiers.get("jurisdiction", ()))))
    text = f"In some settings {drug} is approved for {why.disease} and no approval of {other} is curated: {places}."
    return replace(reasons[0], text=text, statements=items)


def _more(left: int) -> str:
    return f"; and {left} more" if left > 0 else ""


def _grouped(groups: Iterable[Group], notes: Notes) -> Iterator[Line]:
    yield from (Line(1, f"{group.line}{notes.cite_evidence(group.passages)}") for group in groups)


def _told(section: Section, notes: Notes) -> Iterator[Line]:
    """Tell a section, with what is left of it behind the last of its lines that deny nothing."""
    stated = [group for group in section.leading if not group.statements[0].negated] or list(section.leading)
    for group, line in zip(section.leading, _grouped(section.leading, notes), strict=True):
        yield Line(1, f"{line.text}{_left(section)}") if group is stated[-1] else line


def _left(section: Section) -> str:
    """Count and name what a section does not tell."""
    if not section.left:
        return ""
    told_of = {group.about for group in section.leading}
    things = [group.about for group in section.left if not isinstance(group.about, Relation)]
    named = dict.fromkeys(str(about) for about in things if about not in told_of)
    return f"; and {len(section.left)} more" + (f": {summary.capped(named, _MOST_REST)}" if 0 < len(named) < _FEW else "")


def _licenses(aspect: Aspect) -> bool:
    return any(item.category == "Indication" for items in aspect.statements for item in items)


def _sharing(comparison: Comparison, aspect: Aspect) -> Iterator[Line]:
    if aspect.shared:
        yield Line(1, f"all: {summary.capped(map(str, aspect.shared))}")
    for place, drug in enumerate(comparison.drugs):
        if only := aspect.only(place):
            alone = "only" if len(comparison.drugs) == 2 else "of the rest,"
            yield Line(1, f"{alone} {drug}, as far as curated: {summary.capped(map(str, only))}")


def _sentences(
    heading: str, items: Iterable[Statement], notes: Notes, most: int = _MOST_SENTENCES, ends: Sequence[Term] = ()
) -> Iterator[Line]:
    """Tell the first statements under a heading; of what is not one of the ends it is said first of what they speak."""
    every = list(dict.fromkeys(items))
    if every:
        yield Line(0, heading)
    for item in every[:most]:
        about = ", ".join(term.label for term in (item.subject, item.object) if ends and term not in ends)
        yield Line(1, (f"{about}: " if about else "") + f"{sentence(item)}{notes.cite([item])}")
    if len(every) > most:
        yield Line(1, f"and {len(every) - most} more")
