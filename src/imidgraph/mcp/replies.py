"""Replies: what a tool gives, as data and as text that says the same, small enough to be read by a model."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from imidgraph.answers import Answer
from imidgraph.errors import QueryError
from imidgraph.mcp.items import Item, items
from imidgraph.model import Source
from imidgraph.prose import NOT_ADVICE
from imidgraph.prose.citations import UNREAD

MOST_BYTES = 8000
"""Bytes of a reply, its text and its data together, unless more is asked for."""
LARGEST = 64_000
"""Bytes of a reply that can be asked for."""
_SPARE = 120  # bytes of a reply that its items change: the cursor, the numbers, what the signs mean
_SIGNS = {"seen in a copy": "*", UNREAD: "†"}  # in texts: doubts that many passages share
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["answer", "items", "total", "left", "cursor", "gaps", "sources", "graph_version", "notice"],
    "properties": {
        "answer": {"type": "string", "description": "The answer in one line"},
        "items": {"type": "array", "items": {"type": "object"}, "description": "The parts of the answer, each with its sources"},
        "total": {"type": "integer", "description": "The number of items"},
        "left": {"type": "integer", "description": "The number of items after these"},
        "cursor": {"type": ["string", "null"], "description": "Send it back to get the next items; null at the end"},
        "gaps": {"type": "array", "items": {"type": "string"}, "description": "What is unanswered: not curated does not mean no"},
        "sources": {"type": "array", "items": {"type": "object"}, "description": "The sources that the items cite, by number"},
        "graph_version": {"type": ["string", "null"]},
        "notice": {"type": "string"},
    },
}
"""What the data of every reply looks like, as JSON Schema."""


@dataclass(frozen=True)
class Reply:
    """What a tool gives.

    Parameters
    ----------
    data : dict
        The reply as data, as `SCHEMA` says.
    text : str
        The same as text.
    """

    data: dict[str, Any]
    text: str


@dataclass(frozen=True)
class Prepared:
    """An answer in items, from which replies of any size are cut.

    Parameters
    ----------
    headline : str
        The answer in one line.
    items : tuple of dict
        Its items.
    sources : mapping of int to dict
        What its items cite, by number.
    gaps : tuple of str
        What it leaves open.
    graph_version : str or None
        The version of the graph that was asked.
    """

    headline: str
    items: tuple[Item, ...]
    sources: Mapping[int, Item]
    gaps: tuple[str, ...]
    graph_version: str | None

    def reply(self, cursor: str | None = None, most: int = MOST_BYTES) -> Reply:
        """Make a reply: as many of the items as fit, those after the cursor; one where none fits.

        Parameters
        ----------
        cursor : str, optional
            What the reply before gave.
        most : int
            Bytes of its text and data together.

        Raises
        ------
        QueryError
            Where the cursor is not one.
        """
        start = _start(cursor, len(self.items))
        end, seen = start, set[int]()
        room = most - _bytes(self._made(start, start)) - _SPARE
        for item in self.items[start:]:
            new = _numbers(item) - seen
            room -= _size(item, _line(item)) + sum(_size(self.sources[each], _cited(self.sources[each])) for each in new)
            if room < 0 and end > start:
                break
            seen |= new
            end += 1
        return self._made(start, end)

    def _made(self, start: int, end: int) -> Reply:
        shown, left = self.items[start:end], len(self.items) - end
        numbers = set[int]().union(*map(_numbers, shown))
        data = {
            "answer": self.headline,
            "items": list(shown),
            "total": len(self.items),
            "left": left,
            "cursor": str(end) if left else None,
            "gaps": list(self.gaps),
            "sources": [self.sources[number] for number in sorted(numbers)],
            "graph_version": self.graph_version,
            "notice": NOT_ADVICE,
        }
        return Reply(data, _text(data))


def prepare(answer: Answer, headline: str) -> Prepared:
    """Put an answer into items, its texts without control signs.

    Parameters
    ----------
    answer : Answer
        The answer.
    headline : str
        The answer in one line.
    """
    cited = tuple(answer.sources)
    numbers = {source: number for number, source in enumerate(cited, 1)}
    every = tuple(_clean(item) for item in items(answer, numbers))
    needed = set[int]().union(*map(_numbers, every))
    sources = {number: _clean(_described(source, number)) for source, number in numbers.items() if number in needed}
    return Prepared(_clean(headline), every, sources, tuple(_clean(answer.gaps)), answer.graph_version)


def _described(source: Source, number: int) -> Item:
    """Describe a source; its citation stands without the address, which stands beside it."""
    citation = source.citation.removesuffix(source.url or source.curie).rstrip()
    return {"number": number, "id": source.curie, "citation": citation, "url": source.url}


def _bytes(reply: Reply) -> int:
    return len(reply.text.encode()) + len(json.dumps(reply.data, ensure_ascii=False).encode())


def _size(item: Item, line: str) -> int:
    """Give the bytes that an item or a source takes, in the data and in the text."""
    return len(json.dumps(item, ensure_ascii=False).encode()) + len(line.encode()) + len(", - \n")


def _text(data: dict[str, Any]) -> str:
    lines = [
        data["answer"],
        *(f"- {_line(item)}" for item in data["items"]),
        *(f"Open: {gap}" for gap in data["gaps"] if gap not in data["answer"]),
    ]
    if data["left"]:
        lines.append(f"{data['left']} more; to get them, ask again with cursor {data['cursor']!r}.")
    lines += [_cited(source) for source in data["sources"]]
    doubts = {doubt for item in data["items"] for each in item.get("evidence", ()) for doubt in each.get("doubt", ())}
    lines += [f"{sign} {doubt}" for doubt, sign in _SIGNS.items() if doubt in doubts]
    return "\n".join([*lines, data["notice"]])


def _line(item: Item) -> str:
    doubts = f" ({'; '.join(item['doubt'])})" if "doubt" in item else ""
    if "steps" in item:
        steps = [f"{step['text']}{_marks(step['sources'], step.get('more_sources', 0))}" for step in item["steps"]]
        return " ".join([f"{item['chain']}:", *steps, *item["open"]])
    if "evidence" in item:
        figures = "; ".join(f"{each['figure']} ({each['in']}) [{_mark(each)}]" for each in item["evidence"] if "figure" in each)
        about = f"{item['narrower_kind']}: " if "narrower_kind" in item else ""
        told = f"{about}{item['text']}{doubts}{_marks(map(_mark, item['evidence']))}"
        return f"{told} {figures}" if figures else told
    if "text" in item and "sources" in item:
        about = "".join(f"{item[name]}: " for name in ("section", "about") if name in item)
        return f"{about}{item['text']}{doubts}{_marks(item['sources'], item.get('more_sources', 0))}"
    shown = (name for name in item if name != "sources" and f"{name}Label" not in item)  # what is named is shown by its name
    told = "; ".join(f"{name}: {', '.join(value) if isinstance(value := item[name], list) else value}" for name in shown)
    return told + _marks(item.get("sources", ()))


def _mark(evidence: Item) -> str:
    """Give the number of a source, with signs for what speaks against trusting the passage; other doubts are spelled out."""
    doubts = evidence.get("doubt", ())
    signs = "".join(sign for doubt, sign in _SIGNS.items() if doubt in doubts)
    words = "; ".join(doubt for doubt in doubts if doubt not in _SIGNS)
    return f"{evidence['source']}{signs}{f' {words}' if words else ''}"


def _marks(numbers: Iterable[int | str], more: int = 0) -> str:
    found = list(dict.fromkeys(map(str, numbers)))
    return f" [{', '.join(found)}{f' and {more} more' if more else ''}]" if found else ""


def _cited(source: Item) -> str:
    return f"[{source['number']}] {source['citation']} {source['url'] or ''}".rstrip()


def _numbers(item: Item) -> set[int]:
    """Give the numbers of the sources that an item cites."""
    found: set[int] = set()
    for part in (item, *item.get("steps", ())):
        found |= {each for each in part.get("sources", ()) if isinstance(each, int)}
        found |= {each["source"] for each in part.get("evidence", ())}
    return found


def _clean(value: Any) -> Any:
    """Take control signs out of texts, so that none of the data can pass for a line of ours."""
    if isinstance(value, str):
        return _CONTROLS.sub(" ", value)
    if isinstance(value, dict):
        return {name: _clean(each) for name, each in value.items()}
    return [_clean(each) for each in value] if isinstance(value, list | tuple) else value


def _start(cursor: str | None, total: int) -> int:
    if cursor is None:
        return 0
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 9 or int(cursor) > total:
        raise QueryError("cursor must come from the previous reply. Omit it to get the first items.")
    return int(cursor)
