"""YAML as text: every scalar stays the text that was written, and knows its line.

YAML guesses types (a country code becomes a boolean, a version a number); here the schema says them, so nothing is guessed.
Anchors, aliases and tags have no use in a list of facts and are refused, so no small file stands for a large one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

MOST_BYTES = 1_000_000
_DEEPEST = 8
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_ENTRY = re.compile(r" *(?:- +)*(?:[\w-]+:(?: |$))?")
_QUOTES = ("'", '"')
_REASONS = {
    "found unexpected end of stream": "The quote that opens here is never closed.",
    "did not find expected key": "What follows the value cannot be read. Check quotes, commas, brackets and indentation.",
    "did not find expected '-' indicator": "This does not fit the list around it. Check indentation and brackets.",
    "mapping values are not allowed in this context": "A text contains a colon and a space. Put the text in quotes.",
    "could not find expected ':'": "This line has no key. Write 'key: value', or indent it as part of the text above.",
    "did not find expected ',' or '}'": "The { that opens here is not closed, or a comma is missing.",
    "did not find expected ',' or ']'": "The [ that opens here is not closed, or a comma is missing.",
    "found character that cannot start any token": "A text starts with a character that needs quotes. Put the text in quotes.",
    "did not find expected <document start>": "This is not indented like the first entry. Check indentation.",
    "did not find expected node content": "A value is missing, or a bracket is not closed.",
    "found unknown escape character": "There is a backslash in double quotes. Use single quotes.",
    "exceeded maximum nesting depth": "Lists and mappings are nested too deeply. Check brackets and indentation.",
}


class Text(NamedTuple):
    """A scalar, as it was written."""

    text: str
    line: int


class Items(NamedTuple):
    """A list."""

    items: list[Node]
    line: int


class Fields(NamedTuple):
    """A mapping; a key that is written twice is here twice."""

    pairs: list[tuple[Text, Node]]
    line: int


Node = Text | Items | Fields


class YamlFault(ValueError):
    """A text is not the plain YAML that is expected.

    Parameters
    ----------
    line : int
        Where.
    reason : str
        What is wrong and what to do.
    """

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(line, reason)
        self.line = line
        self.reason = reason


def read_yaml(path: Path) -> Node:
    """Read a file of YAML.

    Raises
    ------
    YamlFault
        Where it is too large, not UTF-8, no valid YAML, or holds tabs, anchors, aliases, tags or several documents.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "countries.yaml"
    >>> _ = path.write_text("- id: NO")
    >>> read_yaml(path)
    Items(items=[Fields(pairs=[(Text(text='id', line=1), Text(text='NO', line=1))], line=1)], line=1)
    """
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise YamlFault(1, f"The file is larger than {MOST_BYTES:,} bytes. Split it.")
    text = _decoded(content)
    lines = _BREAK.split(text)
    try:
        return _tree(iter(yaml.CBaseLoader(text).get_event, None), lines)
    except yaml.MarkedYAMLError as error:
        problem = error.problem or ""
        at_start = problem not in ("did not find expected key", "did not find expected '-' indicator")
        mark = error.context_mark if at_start and error.context_mark else error.problem_mark
        line = min(mark.line + 1, len(lines)) if mark else 1
        raise YamlFault(line, _REASONS.get(problem, f"This is not valid YAML: {problem}.")) from error


def _decoded(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise YamlFault(content.count(b"\n", 0, error.start) + 1, "The text is not UTF-8. Save the file as UTF-8.") from error
    control = _CONTROL.search(content)
    if control:
        raise YamlFault(content.count(b"\n", 0, control.start()) + 1, "There is a control character. Remove it.")
    tab = content.find(b"\t")
    if tab >= 0:
        raise YamlFault(content.count(b"\n", 0, tab) + 1, "There is a tab. Use spaces.")
    return text


def _tree(events: Iterator[Any], lines: list[str]) -> Node:
    open_: list[list[Node]] = [[]]  # the children of the root and of each list or mapping that is not yet closed
    starts: list[int] = []
    for event in events:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            line = event.start_mark.line
            if event.anchor is not None or event.tag is not None or (event.style in _QUOTES and event.end_mark.line > line):
                _check_scalar(event, lines)
            open_[-1].append(Text(event.value, line + 1))
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            _check_plain(event)
            if len(open_) > _DEEPEST:
                raise YamlFault(event.start_mark.line + 1, _REASONS["exceeded maximum nesting depth"])
            open_.append([])
            starts.append(event.start_mark.line + 1)
        elif kind is yaml.SequenceEndEvent:
            items = open_.pop()
            open_[-1].append(Items(items, starts.pop()))
        elif kind is yaml.MappingEndEvent:
            fields = list(_pairs(open_.pop()))
            open_[-1].append(Fields(fields, starts.pop()))
        elif kind is yaml.AliasEvent:
            raise YamlFault(event.start_mark.line + 1, "There is an alias (*). Write out what it stands for.")
        elif kind is yaml.DocumentStartEvent and open_[0]:
            raise YamlFault(event.start_mark.line + 1, "A second document starts here. Keep one list in a file.")
    return open_[0][0] if open_[0] else Items([], 1)


def _check_plain(event: Any) -> None:
    line = event.start_mark.line + 1
    if event.anchor is not None:
        raise YamlFault(line, "There is an anchor (&). Write the text out in each place.")
    if event.tag is not None:
        raise YamlFault(
            event.start_mark.line + 1, f"A text starts with a tag ({event.tag}). Remove it, or put the text in quotes."
        )


def _check_scalar(event: Any, lines: list[str]) -> None:
    """Refuse an anchor, a tag, and a quoted text that swallows the entries below it, because its quote is not closed."""
    _check_plain(event)
    start, end = event.start_mark.line, event.end_mark.line
    indent = len(_indent(lines[start]))
    for line in lines[start + 1 : end + 1]:
        entry = _ENTRY.match(line)
        if entry and entry[0].strip() and len(_indent(line)) <= indent:
            raise YamlFault(start + 1, "A quote that opens here is not closed.")


def _indent(line: str) -> str:
    match = re.match(r" *(?:- +)*", line)
    return match[0] if match else ""


def _pairs(children: list[Node]) -> Iterator[tuple[Text, Node]]:
    for key, value in zip(children[::2], children[1::2], strict=True):
        if not isinstance(key, Text):
            raise YamlFault(key.line, "A key must be a plain word.")
        yield key, value
