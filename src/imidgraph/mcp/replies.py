"""Replies: what a tool gives, as data and as text that says the same, small enough to be read by a model."""

from __future__ import annotations

import json
import re
from bisect import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from imidgraph.answers import Answer
from imidgraph.errors import QueryError
from imidgraph.mcp.items import UNREAD, Item, items
from imidgraph.model import Source
from imidgraph.prose import NOT_ADVICE

MOST_BYTES = 8000
"""Bytes of a reply, its text and its data together, unless more is asked for."""
LARGEST = 64_000
"""Bytes of a reply that can be asked for."""
_SIGNS = {"seen in a copy": "*", UNREAD: "†"}  # in texts: doubts that many passages share
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")

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

    @property
    def bytes(self) -> int:
        """How large it is, as it is sent."""
        return len(self.text.encode()) + len(json.dumps(self.data, ensure_ascii=False).encode())


def reply(answer: Answer, headline: str, cursor: str | None = None, most: int = MOST_BYTES) -> Reply:
    """Make the reply of an answer: as many of its items as fit, those after the cursor.

    Parameters
    ----------
    answer : Answer
        The answer.
    headline : str
        The answer in one line.
    cursor : str, optional
        What the reply before gave.
    most : int
        Bytes of its text and data together.

    Raises
    ------
    QueryError
        Where the cursor is not one.
    """
    numbers = {source: number for number, source in enumerate(answer.sources, 1)}
    every = list(items(answer, numbers))
    start = _start(cursor, len(every))
    sizes = range(len(every) - start + 1)
    fitting = bisect(sizes, most, key=lambda size: _made(answer, headline, every, start, size).bytes) - 1
    return _made(answer, headline, every, start, max(fitting, min(1, len(every) - start)))


def _made(answer: Answer, headline: str, every: Sequence[Item], start: int, size: int) -> Reply:
    shown = every[start : start + size]
    left = len(every) - start - len(shown)
    cited = _numbers(shown)
    sources = [
        {"number": number, "id": source.curie, "citation": _without_address(source), "url": source.url}
        for number, source in enumerate(answer.sources, 1)
        if number in cited
    ]
    data = {
        "answer": headline,
        "items": shown,
        "total": len(every),
        "left": left,
        "cursor": str(start + len(shown)) if left else None,
        "gaps": list(answer.gaps),
        "sources": sources,
        "graph_version": answer.graph_version,
        "notice": NOT_ADVICE,
    }
    clean = _clean(data)
    return Reply(clean, _text(clean))


def _text(data: dict[str, Any]) -> str:
    lines = [data["answer"], *(f"- {_line(item)}" for item in data["items"]), *data["gaps"]]
    if data["left"]:
        lines.append(f"{data['left']} more; to get them, ask again with cursor {data['cursor']!r}.")
    lines += [f"[{source['number']}] {source['citation']} {source['url'] or ''}".rstrip() for source in data["sources"]]
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


def _without_address(source: Source) -> str:
    """Cite a source without its address, which stands beside it."""
    return source.citation.removesuffix(source.url or source.curie).rstrip()


def _numbers(shown: Sequence[Item]) -> set[int]:
    found: set[int] = set()
    for item in shown:
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
