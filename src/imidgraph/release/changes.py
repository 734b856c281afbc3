"""Changes between two versions of a graph: which entities, statements and terms were added, removed or changed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from imidgraph.formats.columns import Facts, text_of
from imidgraph.formats.projection import Edge, Projection
from imidgraph.formats.reading import Reading
from imidgraph.namespaces import compress

_ABOUT = "imid:isAbout"
_SIGNS = re.compile(r"([\\`*_\[\]<>|#])")
_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_Content = frozenset[tuple[str, str]]
_Key = tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """What differs between two versions, in words.

    Parameters
    ----------
    old, new : str
        The versions.
    added, removed, changed : tuple of str
        Entities, statements and terms of the schema, as Markdown.
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

    @property
    def least(self) -> str | None:
        """The least version that these changes allow, None where the old one is not semantic.

        Before 1.0.0 what is removed is a minor step, as semantic versioning allows.

        Examples
        --------
        >>> Changes("1.2.3", "", (), ("a fact",), ()).least, Changes("0.2.3", "", (), ("a fact",), ()).least
        ('2.0.0', '0.3.0')
        """
        old = semantic(self.old)
        if old is None:
            return None
        major, minor, patch = old
        if self.step == "patch":
            return f"{major}.{minor}.{patch + 1}"
        return f"{major + 1}.0.0" if self.step == "major" and major else f"{major}.{minor + 1}.0"

    def to_markdown(self) -> str:
        """Give the changes as Markdown."""
        lines = [f"# Changes from {self.old or 'the version before'} to {self.new or 'this version'}", ""]
        lines.append(f"{len(self.added)} added, {len(self.removed)} removed, {len(self.changed)} changed.")
        for title, items in (("Added", self.added), ("Removed", self.removed), ("Changed", self.changed)):
            if items:
                lines += ["", f"## {title}", "", *(f"- {item}" for item in items)]
        return "\n".join([*lines, ""])


def semantic(version: str) -> tuple[int, int, int] | None:
    """Read a semantic version; None where it is not one.

    Examples
    --------
    >>> semantic("0.10.2"), semantic("1.0"), semantic("")
    ((0, 10, 2), None, None)
    """
    match = _VERSION.fullmatch(version)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def changes(old: Projection, new: Projection) -> Changes:
    """Compare two versions of a graph.

    A statement is the same where subject, relation and object are, and its qualifiers and evidence too. Of those that are left,
    the most alike of one subject, relation and object are one that changed.

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
    before, after = _things(old), _things(new)
    was, now = Reading(old), Reading(new)
    added, removed, changed = [], [], []
    for key in sorted(before.keys() | after.keys(), key=lambda key: (len(key), key)):
        pairs, gone, come = _matched(before.get(key, []), after.get(key, []))
        removed += [_told(was, key, content) for content in gone]
        added += [_told(now, key, content) for content in come]
        changed += [_told(now, key, frozenset()) + _difference(was, now, *pair) for pair in pairs]
    return Changes(old.version, new.version, tuple(added), tuple(removed), tuple(changed))


def _matched(
    before: list[_Content], after: list[_Content]
) -> tuple[list[tuple[_Content, _Content]], list[_Content], list[_Content]]:
    """Pair what changed, the most alike first; give what went and what came besides."""
    gone = sorted((content for content in before if content not in after), key=sorted)
    come = sorted((content for content in after if content not in before), key=sorted)
    pairs = []
    while gone and come:
        pair = max(((one, other) for one in gone for other in come), key=lambda pair: len(pair[0] & pair[1]))
        pairs.append(pair)
        gone.remove(pair[0])
        come.remove(pair[1])
    return pairs, gone, come


def _things(graph: Projection) -> dict[_Key, list[_Content]]:
    found: dict[_Key, list[_Content]] = {}
    for node in graph.nodes():
        found[(node.id,)] = [_content(node.attributes) | {("label", node.label), ("category", node.category)}]
    for iri in dict.fromkeys(triple.subject.value for triple in graph.schema()):  # type: ignore[union-attr]
        facts = graph.describe(iri)
        if "owl:Ontology" not in facts.get("rdf:type", ()):
            found[(compress(iri),)] = [_content(facts)]
    for edge in graph.edges():
        if edge.predicate != _ABOUT:
            key = (edge.subject, edge.predicate, edge.object)
            content = _content(edge.attributes) | _evidence(edge) | {("category", edge.category)}
            found.setdefault(key, []).append(content)
    return found


def _content(facts: Facts) -> _Content:
    return frozenset((name, text_of(value)) for name, values in facts.items() for value in values)


def _evidence(edge: Edge) -> _Content:
    return frozenset(("evidence", _cited(item)) for item in edge.evidence)


def _cited(item: Facts) -> str:
    told = {name: ", ".join(map(text_of, values)) for name, values in sorted(item.items()) if name != "id"}
    return "(" + "; ".join(f"{name} {text}" for name, text in told.items() if text != "Evidence") + ")"


def _told(reading: Reading, key: _Key, content: _Content) -> str:
    """Tell what a thing is; of a statement, its sentence too."""
    if len(key) == 1:
        return f"{_plain(reading.name(key[0]))} (`{key[0]}`)"
    subject, predicate, object_ = (_plain(reading.name(name)) for name in key)
    sentence = " ".join(text for name, text in sorted(content) if name == "statement")
    denied = "not: " if ("negated", "true") in content else ""
    return f"{denied}{subject} {predicate} {object_}" + (f": {_plain(sentence)}" if sentence else "")


def _difference(was: Reading, now: Reading, before: _Content, after: _Content) -> str:
    lines = []
    for name in sorted({name for name, _ in before ^ after}):
        went = [_value(was, text) for key, text in sorted(before - after) if key == name]
        came = [_value(now, text) for key, text in sorted(after - before) if key == name]
        title = _plain(now.term(name))
        parts = [f"was {', '.join(went)}" if went else "", f"is {', '.join(came)}" if came else ""]
        if not went or not came:
            parts = [f"no longer {', '.join(went)}" if went else f"now {', '.join(came)}"]
        lines.append(f"  - {title}: {'; '.join(parts)}")
    return "\n" + "\n".join(lines)


def _value(reading: Reading, text: str) -> str:
    return _plain(reading.nodes[text].label if text in reading.nodes else text or "nothing")


def _plain(text: str) -> str:
    return _SIGNS.sub(r"\\\1", " ".join(text.split()))
