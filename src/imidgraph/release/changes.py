"""Changes between two versions of a graph: which entities, statements and terms were added, removed or changed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from imidgraph.formats.columns import Facts, text_of
from imidgraph.formats.elements import Edge, iri_of
from imidgraph.formats.projection import Projection
from imidgraph.namespaces import compress
from imidgraph.words import denied

_ABOUT = "imid:isAbout"
_SIGNS = re.compile(r"([\\`*_\[\]<>|#])")
_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_RETIRED, _REPLACED = "owl:deprecated", "dcterms:isReplacedBy"
_Content = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Changes:
    """What differs between two versions, in words.

    Parameters
    ----------
    old, new : str
        The versions.
    added, removed, changed : tuple of str
        Entities, statements and terms of the schema, as Markdown.
    lost : tuple of str
        Names of this graph that are gone and were not retired.
    """

    old: str
    new: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    lost: tuple[str, ...] = ()

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

    A thing is the same where its name is, whatever else of it changed. A name that is gone is told with its successors, where
    the new version retired it.

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
    names = sorted(before.keys() | after.keys(), key=lambda name: (after.get(name) or before[name]).order)
    gone = [before[name] for name in names if name not in after]
    pairs = [(before[name], after[name]) for name in names if name in before and name in after]
    return Changes(
        old.version,
        new.version,
        added=tuple(_told(new, after[name]) for name in names if name not in before),
        removed=tuple(_told(old, thing) + _successors(new, thing.name) for thing in gone),
        changed=tuple(_difference(old, new, *pair) for pair in pairs if pair[0].content != pair[1].content),
        lost=tuple(thing.name for thing in gone if _is_lost(new, thing.name)),
    )


def _is_lost(graph: Projection, name: str) -> bool:
    return name.startswith("imid:") and _RETIRED not in graph.describe(iri_of(name))


@dataclass(frozen=True, slots=True)
class _Thing:
    """An entity, a term of the schema, or a statement with its ends."""

    name: str
    content: _Content
    ends: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[bool, tuple[str, ...], str]:
        return bool(self.ends), self.ends, self.name


def _things(graph: Projection) -> dict[str, _Thing]:
    found = {}
    for node in graph.nodes():
        found[node.id] = _Thing(node.id, _content(node.attributes) | {("label", node.label), ("category", node.category)})
    for iri in dict.fromkeys(triple.subject.value for triple in graph.schema()):  # type: ignore[union-attr]
        facts = graph.describe(iri)
        if "owl:Ontology" not in facts.get("rdf:type", ()):
            found[compress(iri)] = _Thing(compress(iri), _content(facts))
    for edge in graph.edges():
        if edge.predicate != _ABOUT:
            ends = (edge.subject, edge.predicate, edge.object)
            told = {("category", edge.category), *zip(("subject", "predicate", "object"), ends, strict=True)}
            content = _content(edge.attributes) | _evidence(edge) | told
            name = edge.id if not edge.id.startswith("_:") else f"_:{sorted(content)}"  # a blank node has no name to follow
            found[name] = _Thing(name, content, ends)
    return found


def _content(facts: Facts) -> _Content:
    return frozenset((name, text_of(value)) for name, values in facts.items() for value in values)


def _evidence(edge: Edge) -> _Content:
    return frozenset(("evidence", _cited(edge, item)) for item in edge.evidence)


def _cited(edge: Edge, item: Facts) -> str:
    told = {name: ", ".join(map(text_of, values)) for name, values in sorted(item.items()) if name != "id"}
    name = "".join(map(text_of, item.get("id", ()))).removeprefix(f"{edge.id}-")
    text = "(" + "; ".join(f"{name} {text}" for name, text in told.items() if text != "Evidence") + ")"
    return text if name.startswith("_:") else f"{name} {text}"


def _told(graph: Projection, thing: _Thing, with_sentence: bool = True) -> str:
    """Tell what a thing is; of a statement that is new or gone, its sentence too."""
    if not thing.ends:
        return f"{_plain(graph.label(thing.name))} (`{thing.name}`)"
    subject, relation, object_ = (_plain(graph.label(name)) for name in thing.ends)
    sentence = " ".join(text for name, text in sorted(thing.content) if name == "statement" and with_sentence)
    relation = denied(relation) if ("negated", "true") in thing.content and with_sentence else relation
    return f"{subject} {relation} {object_}" + (f": {_plain(sentence)}" if sentence else "")


def _successors(graph: Projection, name: str) -> str:
    names = graph.describe(iri_of(name)).get(_REPLACED, ())
    return f" (now {', '.join(f'`{text_of(name)}`' for name in names)})" if names else ""


def _difference(was: Projection, now: Projection, this: _Thing, that: _Thing) -> str:
    before, after = this.content, that.content
    lines = [_told(now, that, False)]
    for name in sorted({name for name, _ in before ^ after}):
        went = [_value(was, text) for key, text in sorted(before - after) if key == name]
        came = [_value(now, text) for key, text in sorted(after - before) if key == name]
        title = _plain(now.label(name))
        parts = [f"was {', '.join(went)}" if went else "", f"is {', '.join(came)}" if came else ""]
        if not went or not came:
            parts = [f"no longer {', '.join(went)}" if went else f"now {', '.join(came)}"]
        lines.append(f"  - {title}: {'; '.join(parts)}")
    return "\n".join(lines)


def _value(graph: Projection, text: str) -> str:
    return _plain(graph.named[text].label if text in graph.named else text or "nothing")


def _plain(text: str) -> str:
    return _SIGNS.sub(r"\\\1", " ".join(text.split()))
