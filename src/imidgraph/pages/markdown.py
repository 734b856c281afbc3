"""Cards on a page of Markdown with numbered footnotes: one entity, or several drugs side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from imidgraph.knowledge.entities import Entity
from imidgraph.model import Evidence, Statement, Term
from imidgraph.pages.card import grouped
from imidgraph.pages.markup import plain
from imidgraph.prose import NOT_ADVICE
from imidgraph.prose.citations import LEGEND, Mark, Notes, unread
from imidgraph.prose.statement import details, occurrences, sentence
from imidgraph.traversals.compare import Comparison


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
    notes = Notes(entity.sources)
    lines = [
        f"# {plain(entity.label)}",
        "",
        f"{entity.category}, `{entity.curie}`. {plain(entity.definition or '')}".rstrip(),
    ]
    for title, values in (("Also called", entity.synonyms), ("Identifiers", entity.identifiers)):
        if values:
            lines += ["", f"{title}: {', '.join(map(plain, values))}"]
    for group in grouped(entity, entity.statements):
        lines += ["", f"## {plain(group.heading)}", ""]
        lines += [line for other, item in group.items for line in _lines(other, item, notes)]
    return "\n".join([*lines, *_footer(notes, entity.statements, version)])


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
    notes = Notes(comparison.sources)
    names = [plain(drug.label) for drug in comparison.drugs]
    lines = [f"# {', '.join(names[:-1])} and {names[-1]}"]
    for aspect in comparison.aspects:
        lines += ["", f"## {plain(aspect.predicate.label)}", ""]
        lines += [f"| | {' | '.join(names)} |", "|" + " --- |" * (len(names) + 1)]
        for term in aspect.objects:
            cells = [_cell(items, notes) for items in aspect.about(term)]
            lines.append(f"| {plain(term.label)} | {' | '.join(cells)} |")
    told = [
        ("about both", comparison.between),
        ("compared in trials", [result for duel in comparison.trials for result in duel.results]),
        ("disputed or denied", comparison.disputes),
    ]
    for title, items in told:
        if items:
            lines += ["", f"## {title}", "", *(f"- {plain(sentence(item))}{_cited(item.evidence, notes)}" for item in items)]
    every = [item for aspect in comparison.aspects for items in aspect.statements for item in items]
    return "\n".join([*lines, *_footer(notes, [*every, *(item for _, items in told for item in items)], version)])


def _lines(other: Term, item: Statement, notes: Notes) -> Iterator[str]:
    told = details(item)
    passages = "; ".join(map(_passage, notes.marks([item])))
    line = f"- **{plain(other.label)}**" + (f" ({plain(told)})" if told else "") + (f": {passages}" if passages else "")
    yield f"{line}  \n  {plain(sentence(item))}" if item.statement else line
    for text, evidence in occurrences(item.evidence).items():
        yield f"  - {plain(text)}{_cited(evidence, notes)}"


def _passage(mark: Mark) -> str:
    return f"{mark.said}{plain(mark.place or 'source')}{plain(mark.sign)}[^{mark.number}]"


def _cited(evidence: Iterable[Evidence], notes: Notes) -> str:
    return "".join(dict.fromkeys(f"[^{notes.number(item.source)}]" for item in evidence))


def _cell(items: Iterable[Statement], notes: Notes) -> str:
    cells = ((details(item), _cited(item.evidence, notes)) for item in items)
    return "<br>".join(f"yes ({plain(told)}){marks}" if told else f"yes{marks}" for told, marks in cells)


def _footer(notes: Notes, statements: Iterable[Statement], version: str | None) -> list[str]:
    left = unread(statements)
    return [
        "",
        "---",
        "",
        f"imidgraph {version or ''}, CC BY 4.0. **{NOT_ADVICE}**",
        "",
        f"Sources ({plain(LEGEND)}):",
        "",
        *(f"[^{number}]: {plain(source.citation)}" for number, source in notes.cited.items()),
        *(["", left] if left else []),
        "",
    ]
