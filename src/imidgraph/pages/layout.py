"""Layout: an answer on a terminal, in Markdown and in HTML: its outline or its table, what is open, and its sources."""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from imidgraph.answers import Answer
from imidgraph.pages import tables
from imidgraph.pages.lines import Line
from imidgraph.pages.markup import plain
from imidgraph.prose.citations import LEGEND, Notes, short, unread

if TYPE_CHECKING:
    from imidgraph.model import Source

_ENDED = re.compile(r"\.( \[[^\]]*\])?$")  # a sentence with its full stop, perhaps cited
_LEGEND = "* seen in a copy or a report; in full: --all"
_PARAGRAPH = 600  # characters that a card tells in one paragraph under a heading
_WIDTH = 100  # characters of a line that goes to a file or a pipe


def text(answer: Answer) -> str:
    """Lay an answer out for a terminal.

    Examples
    --------
    >>> import imidgraph
    >>> print(text(imidgraph.load().status("lenalidomide", "degrades", "GSPT1")))
    not curated
    Not curated here: lenalidomide degrades GSPT1. That does not mean that it is false.
    """
    lines, notes = _outlined(answer)
    if lines is None:
        return "\n".join([*([tables.text(answer)] if answer.rows else []), *answer.gaps])
    from imidgraph.knowledge.entities import Entity

    width = shutil.get_terminal_size((_WIDTH, 24)).columns
    is_brief = getattr(answer, "is_brief", False)
    told = [answer.title]
    for line in _folded(lines, isinstance(answer, Entity)) if is_brief else lines:
        if not is_brief and not line.depth and told[-1].startswith(" "):
            told.append("")
        told.append(_wrapped(line, width))
    gaps = [_wrapped(Line(0, gap, is_paragraph=True), width) for gap in answer.gaps]
    told += [*([""] if gaps and len(told) > 1 and not is_brief else []), *gaps]
    sources = _brief_sources(notes, width) if is_brief else notes.lines()
    return "\n".join([*told, *([""] if notes.cited and not is_brief else []), *sources, *_unread(answer, notes)])


def _marked(line: Line) -> str:
    if line.depth:
        return "  " * (line.depth - 1) + f"- {plain(line.text)}"
    return plain(line.text) if line.is_paragraph else f"## {plain(line.text).removesuffix(':')}"


def _brief_sources(notes: Notes, width: int) -> Iterator[str]:
    """List sources one behind the other, each by a short name; their full citations stand in the other layouts."""
    if notes.cited:
        alike: dict[tuple[str, object], list[str]] = {}
        for number, source in notes.cited.items():
            versions = None if source.category == "DrugLabel" else number
            alike.setdefault((short(source).removesuffix("."), versions), []).append(f"[{number}]")
        named = "; ".join(f"{' '.join(numbers)} {name}" for (name, _), numbers in alike.items())
        yield textwrap.fill(f"Sources ({_LEGEND}): {named}.", width, subsequent_indent="  ", break_on_hyphens=False)


def markdown(answer: Answer) -> str:
    """Lay an answer out as Markdown."""
    return _card(answer, "markdown") or "\n".join(_markdown(answer)) + "\n"


def _markdown(answer: Answer) -> Iterator[str]:
    lines, notes = _outlined(answer)
    yield f"# {plain(answer.title)}"
    if lines is None and answer.rows:
        yield from ("", tables.markdown(answer))
    before = Line(0, "")
    for line in lines or ():
        if not line.depth or not before.depth:
            yield ""
        yield _marked(line)
        before = line
    for gap in answer.gaps:
        yield from ("", plain(gap))
    if notes.cited:
        yield from ("", f"Sources ({plain(LEGEND)}):", "")
        yield from (f"{number}. {plain(source.citation)}" for number, source in notes.cited.items())
        yield from ("\n" + line for line in _unread(answer, notes))
    if answer.notice:
        yield from ("", "---", "", f"imidgraph {answer.graph_version or ''}, CC BY 4.0. **{answer.notice}**".replace(" ,", ","))


def html(answer: Answer) -> str:
    """Lay an answer out as HTML: static, without scripts or styles of its own."""
    return _card(answer, "html") or _html(answer)


def _html(answer: Answer) -> str:
    lines, notes = _outlined(answer)
    parts = [f"<h3>{escape(answer.title)}</h3>"]
    parts.append(_nested(lines) if lines is not None else tables.html(answer) if answer.rows else "")
    parts += [f"<p>{escape(gap)}</p>" for gap in answer.gaps]
    if notes.cited:
        items = "".join(f'<li value="{number}">{_linked(source)}</li>' for number, source in notes.cited.items())
        parts.append(f"<p>Sources ({escape(LEGEND)}):</p><ol>{items}</ol>")
        parts += [f"<p>{escape(line)}</p>" for line in _unread(answer, notes)]
    if answer.notice:
        parts.append(f"<p><em>{escape(answer.notice)}</em></p>")
    return f"<article>{''.join(parts)}</article>"


def _card(answer: Answer, page: str) -> str | None:
    """Write the card of an entity or a comparison that is to be told whole; None for all else."""
    if answer.is_table or getattr(answer, "is_brief", True):
        return None
    from imidgraph.knowledge.entities import Entity
    from imidgraph.pages import html, markdown
    from imidgraph.traversals.compare import Comparison

    cards: Any = {"html": html, "markdown": markdown}[page]
    writers = {Entity: cards.entity_card, Comparison: cards.comparison_card}
    write: Callable[[Answer, str | None], str] | None = writers.get(type(answer))
    return write(answer, answer.graph_version) if write else None


def _outlined(answer: Answer) -> tuple[Sequence[Line] | None, Notes]:
    """Give the lines of an answer and the sources that they cite, each with its number in the answer."""
    notes = Notes(answer.sources)
    if answer.is_table:
        return None, notes
    from imidgraph.pages.outlines import outline  # it knows all other answers, which takes as long to import as all the rest

    lines = outline(answer, notes)
    return None if lines is None else list(lines), notes


def _unread(answer: Answer, notes: Notes) -> list[str]:
    """Say how much of the evidence of an answer that cites it no second reader has seen."""
    left = unread(answer.statements) if notes.cited else ""
    return [left] if left else []


def _folded(lines: Sequence[Line], runs_on: bool) -> Iterator[Line]:
    """Put what stands under a heading behind it where it is a single line; on a card, too, where it is short."""
    parts: list[list[Line]] = []
    for line in lines:
        if line.depth and parts:
            parts[-1].append(line)
        else:
            parts.append([line])
    for heading, *under in parts:
        is_short = runs_on and sum(len(line.text) for line in under) <= _PARAGRAPH
        if len(under) == 1 or (under and is_short):
            yield Line(0, f"{heading.text} {_run_on([line.text for line in under])}")
        else:
            yield from (heading, *under)


def _run_on(texts: Sequence[str]) -> str:
    """Put texts behind one another, those that begin like a sentence behind a full stop."""
    told = texts[0]
    for text in texts[1:]:
        between = "" if _ENDED.search(told) else "." if text[:1].isupper() else ";"
        told += f"{between} {text}"
    return told


def _wrapped(line: Line, width: int) -> str:
    first = "  " * line.depth
    return textwrap.fill(
        line.text, width, initial_indent=first, subsequent_indent=f"{first}  ", break_on_hyphens=False, break_long_words=False
    )


def _nested(lines: Sequence[Line]) -> str:
    """Write lines as headings and nested lists."""
    parts: list[str] = []
    depth = 0
    for line in lines:
        if not line.depth:
            tag = "p" if line.is_paragraph else "h4"
            parts.append("</li></ul>" * depth + f"<{tag}>{escape(line.text)}</{tag}>")
        elif line.depth > depth:
            parts.append("<ul><li>" * (line.depth - depth) + escape(line.text))
        else:
            parts.append("</li></ul>" * (depth - line.depth) + f"</li><li>{escape(line.text)}")
        depth = line.depth
    return "".join([*parts, "</li></ul>" * depth])


def _linked(source: Source) -> str:
    address = source.url or source.iri
    if not address.startswith(("http://", "https://")):
        return escape(source.citation)
    return f'<a href="{escape(address)}">{escape(source.citation)}</a>'
