"""HTML: cards for notebooks and pages, without scripts, and the parts that the printable export is made of too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from html import escape

from imidgraph.knowledge.entities import Entity
from imidgraph.model import Evidence, Source, Statement, Term
from imidgraph.namespaces import expand
from imidgraph.pages.card import Group, grouped
from imidgraph.prose import NOT_ADVICE
from imidgraph.prose.citations import LEGEND, Notes, unread
from imidgraph.prose.statement import occurrences, remarks, sentence
from imidgraph.traversals.compare import Comparison

Address = Callable[[Source], str]
"""Where the number of a source leads."""


def entity_card(entity: Entity, version: str | None) -> str:
    """Write a card about one entity, as a part of a page.

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
    >>> entity_card(kg.entity("Revlimid"), kg.version).startswith("<article><h3>lenalidomide <small>")
    True
    """
    notes = Notes(entity.sources)
    kind = f"<small>{escape(entity.category)} <code>{escape(entity.curie)}</code></small>"
    lines = [f"<article><h3>{escape(entity.label)} {kind}</h3>\n"]
    lines += [paragraph(entity.definition)] if entity.definition else []
    lines += [paragraph(f"Also called: {', '.join(entity.synonyms)}")] if entity.synonyms else []
    links = ", ".join(linked(expand(name) or name, name) for name in entity.identifiers)
    lines += [f"<p>{links}</p>\n"] if links else []
    groups = grouped(entity, entity.statements)
    lines += definitions(groups, lambda term: escape(term.label), lambda item: told(item, notes, _address))
    return "".join([*lines, *_footer(notes, entity.statements, version), "</article>\n"])


def comparison_card(comparison: Comparison, version: str | None) -> str:
    """Write a card that sets drugs side by side, as a part of a page: a table for each relation, then what names both.

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
    >>> comparison_card(kg.compare("lenalidomide", "pomalidomide"), kg.version).count("<h3>")
    1
    """
    notes, every = Notes(comparison.sources), []
    lines = [f"<article><h3>{escape(' and '.join(drug.label for drug in comparison.drugs))}</h3>\n"]
    heads = "".join(f'<th scope="col">{escape(drug.label)}</th>' for drug in comparison.drugs)
    for aspect in comparison.aspects:
        lines.append(f"<h4>{escape(aspect.predicate.label)}</h4>\n<table><tr><td></td>{heads}</tr>\n")
        for term in aspect.objects:
            cells = "".join(f"<td>{'<br/>'.join(_cell(item, notes) for item in items)}</td>" for items in aspect.about(term))
            lines.append(f'<tr><th scope="row">{escape(term.label)}</th>{cells}</tr>\n')
            every += [item for items in aspect.about(term) for item in items]
        lines.append("</table>\n")
    results = [result for duel in comparison.trials for result in duel.results]
    for title, items in (
        ("about both", comparison.between),
        ("compared in trials", results),
        ("disputed or denied", comparison.disputes),
    ):
        entries = "".join(f"<li>{escape(sentence(item))} {cited(item.evidence, notes, _address)}</li>\n" for item in items)
        lines.append(f"<h4>{title}</h4>\n<ul>{entries}</ul>\n" if entries else "")
        every += items
    return "".join([*lines, *_footer(notes, every, version), "</article>\n"])


def definitions(groups: Iterable[Group], name: Callable[[Term], str], tell: Callable[[Statement], str]) -> Iterator[str]:
    """Write groups of statements as a list of definitions.

    Parameters
    ----------
    groups : iterable of Group
        The statements by relation.
    name : callable
        Writes the name of what a statement leads to, linked or not.
    tell : callable
        Tells the statement, as `told` does.
    """
    opened = False
    for group in groups:
        yield "" if opened else "<dl>\n"
        opened = True
        relation = escape(group.relation)
        heading = f'<span class="of">... {relation} {escape(group.about)}</span>' if group.about else relation
        yield f"<dt>{heading}</dt>\n"
        yield from (f'<dd class="short">{name(other)}{tell(item)}</dd>\n' for other, item in group.items)
    yield "</dl>\n" if opened else ""


def cited(evidence: Iterable[Evidence], notes: Notes, address: Address) -> str:
    """Write the numbers of the sources of some evidence, each with the place in it, as links."""
    marks = dict.fromkeys(map(notes.mark, evidence))
    return " ".join(
        f"[{mark.said}{linked(address(mark.source), str(mark.number))}{escape(mark.sign)}"
        f"{escape(f': {mark.place}' if mark.place else '')}]"
        for mark in marks
    )


def paragraph(text: str, kind: str = "") -> str:
    """Write a paragraph of plain text."""
    return f'<p class="{kind}">{escape(text)}</p>\n' if kind else f"<p>{escape(text)}</p>\n"


def linked(address: str, text: str) -> str:
    """Write a link; an address that a browser would run, and no page, is left out."""
    safe = address.startswith(("#", "http://", "https://"))
    return f'<a href="{escape(address)}">{escape(text)}</a>' if safe else escape(text)


def told(item: Statement, notes: Notes, address: Address) -> str:
    """Tell a statement: its sentence, the figures of its evidence, its qualifiers and the passages that back it.

    Parameters
    ----------
    item : Statement
        The statement.
    notes : Notes
        Numbers the sources.
    address : callable
        Gives where the number of a source leads.
    """
    said = [paragraph(sentence(item))] if item.statement else []
    for text, evidence in occurrences(item.evidence).items():
        said.append(f"<p>{escape(text)} {cited(evidence, notes, address)}</p>\n")
    around = " ".join(part for part in (_remarks(item), cited(item.evidence, notes, address)) if part)
    return "".join([*said, f'<p class="of">{around}</p>\n' if around else ""])


def _remarks(item: Statement) -> str:
    found = [escape(text) for text in remarks(item)]
    if item.value("boxedWarning") is True:
        found[0] = f'<strong class="warning">{found[0]}</strong>'
    return "; ".join(found)


def _cell(item: Statement, notes: Notes) -> str:
    around = _remarks(item)
    return f"yes{f' ({around})' if around else ''} {cited(item.evidence, notes, _address)}".rstrip()


def _address(source: Source) -> str:
    return source.url or source.iri


def _footer(notes: Notes, statements: Iterable[Statement], version: str | None) -> Iterator[str]:
    entries = "".join(f'<li value="{number}">{escape(source.citation)}</li>\n' for number, source in notes.cited.items())
    yield f"<h4>sources</h4>\n{paragraph(LEGEND)}<ol>\n{entries}</ol>\n" if entries else ""
    left = unread(statements)
    yield paragraph(left) if left else ""
    yield paragraph(f"imidgraph {version or ''}, CC BY 4.0. {NOT_ADVICE}")
