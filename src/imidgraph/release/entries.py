"""Entries: the items of a list in a YAML file, each a mapping that knows its file, its lines and its name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from pathlib import Path

from imidgraph.release.faults import Faults, Hint, Place, meant
from imidgraph.release.yamltext import Fields, Items, Node, Text, YamlFault, read_yaml

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Entry:
    """An item of a list.

    Parameters
    ----------
    path : str
        The file.
    fields : Fields
        What it holds. Of a key that is written twice, the first counts; the second is a fault.
    faults : Faults
        Where faults are noted.
    name : str
        The name of the fact or the source, for messages; by default its id.
    """

    def __init__(self, path: str, fields: Fields, faults: Faults, name: str = "") -> None:
        self.path = path
        self.line = fields.line
        self.name = name or next((value.text for key, value in fields.pairs if key.text == "id" and isinstance(value, Text)), "")
        self._faults = faults
        self._fields: dict[str, tuple[int, Node]] = {}
        for key, value in fields.pairs:
            if key.text in self._fields:
                self.fault(f"The key {key.text!r} is written twice. Keep one, or write a list.", key.line)
            else:
                self._fields[key.text] = key.line, value

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __contains__(self, key: str) -> bool:
        return key in self._fields

    @property
    def place(self) -> Place:
        """Where the entry starts."""
        return Place(self.path, self.line)

    def line_of(self, key: str) -> int:
        """Give the line of a key."""
        return self._fields[key][0] if key in self._fields else self.line

    def fault(self, reason: str, line: int | None = None, hint: Hint = str) -> None:
        """Note what is wrong with the entry, or with a line of it."""
        self._faults.add(Place(self.path, line or self.line), reason, self.name, hint)

    def texts(self, key: str) -> list[Text]:
        """Give the values of a key, whether one or a list is written; none where one of them is not a text."""
        line, node = self._fields[key]
        values = node.items if isinstance(node, Items) else [node]
        if all(isinstance(value, Text) and value.text for value in values) and values:
            return values  # type: ignore[return-value]
        if any(isinstance(value, Items | Fields) for value in values):
            self.fault(f"The value of {key!r} must be a text or a list of texts.", line)
        else:
            self.fault(f"The key {key!r} has no value. Put text with commas or colons in quotes.", line)
        return []

    def text(self, key: str) -> str | None:
        """Give the one value of a key; None where it is missing or not one text."""
        if key not in self._fields:
            return None
        values = self.texts(key)
        if len(values) > 1:
            self.fault(f"The key {key!r} takes one value, not a list.", self.line_of(key))
            return None
        return values[0].text if values else None

    def parts(self, keys: Collection[str]) -> list[str]:
        """Give what stands between the bars in the value of the first of some keys that there is."""
        text = next((self.text(key) for key in self if key in keys), None)
        return [part.strip() for part in (text or "").split("|")]

    def named(self, key: str = "id") -> str | None:
        """Give the value of a key that must be fit to stand in an IRI."""
        name = self.text(key)
        if name is not None and not _NAME.fullmatch(name):
            self.fault(f"The {key} {name!r} must have letters, digits, hyphens, dots and underscores only.", self.line_of(key))
            return None
        return name

    def entries(self, key: str) -> list[Entry]:
        """Give the entries of a list below a key, which share the name of this one."""
        line, node = self._fields[key]
        items = node.items if isinstance(node, Items) else []
        if not items:
            self.fault(f"The key {key!r} needs a list of entries, each starting with '- '.", line)
        return list(_entries(self.path, items, self._faults, self.name))

    def check_keys(self, known: Iterable[str]) -> None:
        """Note each key that is not known."""
        known = sorted(known)
        for key in self._fields:
            if key not in known:
                self.fault(f"Unknown key {key!r}.", self.line_of(key), partial(meant, key, known))


def read_entries(path: Path, shown: str, faults: Faults) -> list[Entry]:
    """Read the entries of a file.

    Parameters
    ----------
    path : Path
        The file.
    shown : str
        How messages name it.
    faults : Faults
        Where faults are noted. Where the file is not valid YAML there are no entries.
    """
    try:
        node = read_yaml(path)
    except YamlFault as fault:
        faults.add_unreadable(Place(shown, fault.line), fault.reason)
        return []
    if not isinstance(node, Items):
        faults.add_unreadable(Place(shown, node.line), "The file must be a list. Start each entry with '- '.")
        return []
    return list(_entries(shown, node.items, faults, ""))


def _entries(path: str, items: list[Node], faults: Faults, name: str) -> Iterator[Entry]:
    for item in items:
        if isinstance(item, Fields):
            yield Entry(path, item, faults, name)
        else:
            faults.add(Place(path, item.line), "An entry must be written as 'key: value' lines.", name)
