"""The brief card: what to know first about one thing, on one screen, and the names of the sections that hold the rest."""

from __future__ import annotations

from collections.abc import Iterator

from imidgraph.knowledge.entities import Entity
from imidgraph.pages.lines import Line
from imidgraph.prose import summary
from imidgraph.prose.citations import Notes
from imidgraph.words import begun

_MOST_REST = 4  # of what is not told, that are named
_MOST_SECTIONS = 6  # that are told; the others are named


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
        yield Line(0, entity.definition)
    if entity.synonyms:
        yield Line(0, f"Also called {summary.capped(entity.synonyms)}.")
    if entity.kinds:
        yield Line(0, f"Kinds, each with a card of its own: {_kinds(entity)}.")
    told = [section for section in entity.sections if section.groups]
    for section in told[:_MOST_SECTIONS]:
        yield Line(0, f"{begun(section.name)}:")
        for group in section.leading:
            yield Line(1, f"{section.line(group)}{notes.cite_evidence(group.passages)}")
        if rest := section.groups[len(section.leading) :]:
            yield Line(
                1, f"and {len(rest)} more: {summary.capped(dict.fromkeys(str(group.about) for group in rest), _MOST_REST)}"
            )
    if entity.sections:
        named = ", ".join(f"{section.name} ({len(section)})" for section in entity.sections)
        yield Line(0, f"All statements, by section: {named}.")


def _kinds(entity: Entity) -> str:
    boxed: dict[str, dict[str, None]] = {}
    for item in entity.of_kinds:
        if item.value("boxedWarning") is True:
            boxed.setdefault(item.object.iri, {})[str(item.subject)] = None
    kinds = sorted(entity.kinds, key=lambda kind: kind.iri not in boxed)
    return summary.capped(
        f"{kind} (boxed warning of {summary.capped(boxed[kind.iri])})" if kind.iri in boxed else str(kind) for kind in kinds
    )
