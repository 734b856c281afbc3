"""Cards: one entity, or several drugs side by side, on a page of Markdown with numbered footnotes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from imidgraph.knowledge.entities import Entity
from imidgraph.model import Frequency, Source, Statement
from imidgraph.prose.citations import LEGEND, NOT_ADVICE
from imidgraph.traversals.compare import Comparison

_SIGNS = re.compile(r"([\\`*_\[\]<>|#])")


def entity_card(entity: Entity, version: str | None) -> str:
    """Write a card about one entity.

    Parameters
    ----------
    entity : Entity
        The entity.
    version : str, optional
        The version of the graph.

    Examples
    --------
    >>> import imidgraph
    >>> kg = imidgraph.load()
    >>> entity_card(kg.entity("Revlimid"), kg.version).splitlines()[0]
    '# lenalidomide'
    """
    notes = _Footnotes()
    lines = [f"# {_plain(entity.label)}", "", f"{entity.category}, `{entity.curie}`. {_plain(entity.definition or '')}".rstrip()]
    for title, values in (("Also called", entity.synonyms), ("Identifiers", entity.identifiers)):
        if values:
            lines += ["", f"{title}: {', '.join(map(_plain, values))}"]
    for relation, items in _grouped(entity):
        lines += ["", f"## {_plain(relation)}", ""]
        lines += [line for item in items for line in _lines(item, entity, notes)]
    return "\n".join([*lines, *_footer(notes, version)])


def comparison_card(comparison: Comparison, version: str | None) -> str:
    """Write a card that sets drugs side by side: a table for each relation, then the trials that compare them.

    Parameters
    ----------
    comparison : Comparison
        The comparison.
    version : str, optional
        The version of the graph.

    Examples
    --------
    >>> import imidgraph
    >>> kg = imidgraph.load()
    >>> comparison_card(kg.compare("lenalidomide", "pomalidomide"), kg.version).splitlines()[0]
    '# lenalidomide and pomalidomide'
    """
    notes = _Footnotes()
    names = [_plain(drug.label) for drug in comparison.drugs]
    lines = [f"# {', '.join(names[:-1])} and {names[-1]}"]
    for aspect in comparison.aspects:
        lines += ["", f"## {_plain(aspect.predicate.label)}", "", f"| | {' | '.join(names)} |", "|" + " --- |" * (len(names) + 1)]
        for term in aspect.objects:
            cells = [_cell(items, notes) for items in aspect.about(term)]
            lines.append(f"| {_plain(term.label)} | {' | '.join(cells)} |")
    told = [
        ("said of both", comparison.between),
        ("one against the other in trials", [result for duel in comparison.trials for result in duel.results]),
        ("disputed or denied", comparison.disputes),
    ]
    for title, items in told:
        if items:
            lines += ["", f"## {title}", "", *(f"- {_plain(str(item))}{notes.cite(item)}" for item in items)]
    return "\n".join([*lines, *_footer(notes, version)])


class _Footnotes:
    """The sources that a card cites, numbered in the order in which it does."""

    def __init__(self) -> None:
        self._numbers: dict[Source, int] = {}

    def mark(self, source: Source) -> str:
        return f"[^{self._numbers.setdefault(source, len(self._numbers) + 1)}]"

    def places(self, item: Statement) -> str:
        """Cite each passage, with the place in its source and what speaks against trusting it."""
        doubts = {"copy": "\\*", "unconfirmed": " (unconfirmed)"}
        passages = [
            f"{'disputed by ' if evidence.stance == 'disputes' else ''}{_plain(evidence.locator or 'source')}"
            f"{doubts.get(evidence.verification or '', '')}{self.mark(evidence.source)}"
            for evidence in item.evidence
        ]
        return f": {'; '.join(dict.fromkeys(passages))}" if passages else ""

    def cite(self, item: Statement) -> str:
        return "".join(dict.fromkeys(self.mark(evidence.source) for evidence in item.evidence))

    def __iter__(self) -> Iterator[str]:
        return (f"[^{number}]: {_plain(source.citation)}" for source, number in self._numbers.items())


def _grouped(entity: Entity) -> Iterator[tuple[str, list[Statement]]]:
    groups: dict[str, list[Statement]] = {}
    for item in entity.as_subject:
        groups.setdefault(f"{'not: ' if item.negated else ''}{item.predicate.label}", []).append(item)
    for item in entity.as_object:
        groups.setdefault(f"... {'not: ' if item.negated else ''}{item.predicate.label} {entity.label}", []).append(item)
    yield from groups.items()


def _lines(item: Statement, entity: Entity, notes: _Footnotes) -> Iterator[str]:
    other = item.object if item.subject.iri == entity.iri else item.subject
    sentence = f"  \n  {_plain(item.statement)}" if item.statement else ""
    yield f"- **{_plain(other.label)}**{_details(item)}{notes.places(item)}{sentence}"
    for figure in item.evidence:
        if isinstance(figure, Frequency):
            people = _plain(figure.population or "population not stated")
            yield f"  - {_plain(figure.figure)}, {people}{notes.mark(figure.source)}"


def _cell(items: Iterable[Statement], notes: _Footnotes) -> str:
    return "<br>".join(f"{'yes' + _details(item)}{notes.cite(item)}" for item in items)


def _details(item: Statement) -> str:
    parts = [_plain(str(value)) for name, values in sorted(item.qualifiers.items()) if name != "boxedWarning" for value in values]
    if True in item.qualifiers.get("boxedWarning", ()):
        parts.insert(0, "BOXED WARNING")
    return f" ({', '.join(parts)})" if parts else ""


def _footer(notes: _Footnotes, version: str | None) -> list[str]:
    return [
        "",
        "---",
        "",
        f"imidgraph {version or ''}, CC BY 4.0. **{NOT_ADVICE}**",
        "",
        f"Sources ({_plain(LEGEND)}):",
        "",
        *notes,
        "",
    ]


def _plain(text: str) -> str:
    return _SIGNS.sub(r"\\\1", " ".join(text.split()))
