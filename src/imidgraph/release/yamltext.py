"""YAML as text: every scalar stays the text that was written, and knows its line.

YAML guesses types (a country code becomes a boolean, a version a number); here the schema says them, so nothing is guessed.
Anchors, aliases and tags have no use in a list of facts and are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import yaml

MOST_BYTES = 1_000_000
_DEEPEST = 8


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
        What is wrong, in one sentence.
    """

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(line, reason)
        self.line = line
        self.reason = reason


def read_yaml(content: bytes) -> Node:
    """Read a YAML document.

    Raises
    ------
    YamlFault
        Where it is too large, no valid YAML, or has anchors, aliases, tags or several documents.

    Examples
    --------
    >>> read_yaml(b"- id: NO")
    Items(items=[Fields(pairs=[(Text(text='id', line=1), Text(text='NO', line=1))], line=1)], line=1)
    """
    if len(content) > MOST_BYTES:
        raise YamlFault(1, f"The file has {len(content):,} bytes; at most {MOST_BYTES:,} are read. Split it.")
    tab = content.find(b"\t")
    if tab >= 0:
        raise YamlFault(content.count(b"\n", 0, tab) + 1, "There is a tab. Use spaces.")
    try:
        return _tree(yaml.parse(content, Loader=yaml.CBaseLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.context_mark if "quoted" in (error.context or "") else error.problem_mark
        raise YamlFault(mark.line + 1 if mark else 1, f"This is not valid YAML: {error.problem}.") from error
    except yaml.YAMLError as error:
        raise YamlFault(1, f"This is not valid YAML: {error}.") from error


def _tree(events: Iterator[yaml.Event]) -> Node:
    root: list[Node] = []
    open_: list[tuple[Items | Fields, list[Node]]] = []
    for event in events:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            node: Node = Text(event.value, event.start_mark.line + 1)
        elif kind is yaml.MappingStartEvent:
            open_.append((Fields([], event.start_mark.line + 1), []))
            _plain(event, len(open_))
            continue
        elif kind is yaml.SequenceStartEvent:
            items: list[Node] = []
            open_.append((Items(items, event.start_mark.line + 1), items))
            _plain(event, len(open_))
            continue
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            node, children = open_.pop()
            if isinstance(node, Fields):
                node.pairs.extend(_pairs(children))
        elif kind is yaml.AliasEvent:
            raise YamlFault(event.start_mark.line + 1, "There is an alias (*). Write the text out.")
        else:
            if kind is yaml.DocumentStartEvent and root:
                raise YamlFault(event.start_mark.line + 1, "A second document starts here. Keep one list a file.")
            continue
        if kind is yaml.ScalarEvent:
            _plain(event, 0)
        (open_[-1][1] if open_ else root).append(node)
    return root[0] if root else Items([], 1)


def _plain(event: yaml.NodeEvent, depth: int) -> None:
    line = event.start_mark.line + 1
    if event.anchor is not None:
        raise YamlFault(line, "There is an anchor (&). Write the text out.")
    if event.tag is not None:
        raise YamlFault(line, f"There is a tag ({event.tag}). The schema gives the types; write the text only.")
    if depth > _DEEPEST:
        raise YamlFault(line, "Lists and mappings are nested too deeply. Check the indentation.")


def _pairs(children: list[Node]) -> Iterator[tuple[Text, Node]]:
    for key, value in zip(children[::2], children[1::2], strict=True):
        if not isinstance(key, Text):
            raise YamlFault(key.line, "A key must be a plain word.")
        yield key, value
