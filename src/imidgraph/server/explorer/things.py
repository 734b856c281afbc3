"""Things: what the graph holds at an IRI, and which kind of page tells of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from imidgraph.graph import KnowledgeGraph
from imidgraph.namespaces import PREFIXES, local_name

_OWL = PREFIXES["owl"]
_TERMS = {_OWL + name for name in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")}
_SOURCES = {"Article", "DrugLabel", "RegisterEntry", "WebPage"}
_PASSAGES = {"Evidence", "Frequency"}


class Kind(Enum):
    """Which kind of page tells of a thing."""

    ENTITY = "entity"
    STATEMENT = "statement"
    EVIDENCE = "evidence"
    SOURCE = "source"
    TERM = "term"
    RETIRED = "retired"


@dataclass(frozen=True)
class Thing:
    """What the graph holds at an IRI.

    Parameters
    ----------
    iri : str
        Its IRI.
    kind : Kind
        Which kind of page tells of it.
    types : tuple of str
        Its classes, by their local names.
    successors : tuple of str
        The IRIs of what took its place.
    """

    iri: str
    kind: Kind
    types: tuple[str, ...]
    successors: tuple[str, ...] = ()


def thing(graph: KnowledgeGraph, iri: str) -> Thing | None:
    """Find out what the graph holds at an IRI; None where it says nothing of it.

    Examples
    --------
    >>> import imidgraph
    >>> kg = imidgraph.load()
    >>> [thing(kg, "https://w3id.org/imidgraph/" + name).kind.value for name in ("IKZF1", "Drug", "revlimid-us-label")]
    ['entity', 'term', 'source']
    """
    try:
        facts = graph.reader.attributes(iri)
    except ValueError:  # it is no IRI
        return None
    if not facts:
        return None
    types = set(map(str, facts.get("type", ())))
    names = tuple(sorted(map(local_name, types)))
    return Thing(iri, _kind(facts, types, names), names, tuple(sorted(map(str, facts.get("isReplacedBy", ())))))


def _kind(facts: Mapping[str, Sequence[Any]], types: set[str], names: tuple[str, ...]) -> Kind:
    if any(facts.get("deprecated", ())):
        return Kind.RETIRED
    if types & _TERMS:
        return Kind.TERM
    if "subject" in facts:
        return Kind.STATEMENT
    if not _PASSAGES.isdisjoint(names):
        return Kind.EVIDENCE
    return Kind.SOURCE if not _SOURCES.isdisjoint(names) else Kind.ENTITY
