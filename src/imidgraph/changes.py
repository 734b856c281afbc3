"""Changes between two versions of a graph: which entities and statements were added, removed or changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from imidgraph.columns import Facts, text_of
from imidgraph.export.reading import Reading
from imidgraph.projection import Edge, Projection

_ABOUT = "imid:isAbout"
_Content = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Changes:
    """What differs between two versions, in words.

    Parameters
    ----------
    old, new : str
        The versions.
    added, removed, changed : tuple of str
        Entities and statements.
    """

    old: str
    new: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]

    @property
    def step(self) -> str:
        """The least step of the version: ``major`` where something went, ``minor`` where something came, else ``patch``."""
        return "major" if self.removed else "minor" if self.added else "patch"

    def to_markdown(self) -> str:
        """Give the changes as Markdown."""
        lines = [f"# Changes from {self.old or 'the version before'} to {self.new or 'this version'}", ""]
        lines.append(f"{len(self.added)} added, {len(self.removed)} removed, {len(self.changed)} changed: a {self.step} version.")
        for title, items in (("Added", self.added), ("Removed", self.removed), ("Changed", self.changed)):
            if items:
                lines += ["", f"## {title}", "", *(f"- {item}" for item in items)]
        return "\n".join([*lines, ""])


def changes(old: Projection, new: Projection) -> Changes:
    """Compare two versions of a graph.

    A statement is the same where subject, relation, object and kind are; it is changed where its qualifiers or its evidence
    are others.

    Parameters
    ----------
    old, new : Projection
        The versions.

    Examples
    --------
    >>> import imidgraph
    >>> graph = imidgraph.load().projection
    >>> changes(graph, graph).step
    'patch'
    """
    before, after = dict(_things(old)), dict(_things(new))
    names = Reading(old), Reading(new)
    return Changes(
        old.version,
        new.version,
        tuple(_told(names[1], key) for key in sorted(after.keys() - before.keys())),
        tuple(_told(names[0], key) for key in sorted(before.keys() - after.keys())),
        tuple(
            f"{_told(names[1], key)}: {_difference(before[key], after[key])}"
            for key in sorted(before.keys() & after.keys())
            if before[key] != after[key]
        ),
    )


def _things(graph: Projection) -> Iterator[tuple[tuple[str, ...], _Content]]:
    for node in graph.nodes():
        yield (node.id,), _content(node.attributes) | {("label", node.label), ("category", node.category)}
    statements: dict[tuple[str, ...], set[tuple[str, str]]] = {}
    for edge in graph.edges():
        if edge.predicate != _ABOUT:
            ends = (edge.subject, edge.predicate, edge.object, edge.category)
            statements.setdefault(ends, set()).update(_content(edge.attributes) | _evidence(edge))
    for key, content in statements.items():
        yield key, frozenset(content)


def _content(facts: Facts) -> _Content:
    return frozenset((name, text_of(value)) for name, values in facts.items() for value in values)


def _evidence(edge: Edge) -> _Content:
    return frozenset(("evidence", _cited(item)) for item in edge.evidence)


def _cited(item: Facts) -> str:
    return "; ".join(f"{name} {', '.join(map(text_of, values))}" for name, values in sorted(item.items()) if name != "id")


def _told(reading: Reading, key: tuple[str, ...]) -> str:
    if len(key) == 1:
        return f"{reading.name(key[0])} (`{key[0]}`)"
    subject, predicate, object_, _ = key
    return f"{reading.name(subject)} {reading.name(predicate)} {reading.name(object_)}"


def _difference(before: _Content, after: _Content) -> str:
    came = [f"+ {name}: {text}" for name, text in sorted(after - before)]
    went = [f"- {name}: {text}" for name, text in sorted(before - after)]
    return " | ".join(" ".join(line.split()) for line in went + came)
