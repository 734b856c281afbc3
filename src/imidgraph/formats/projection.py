"""The graph as nodes and edges: what property-graph formats write.

A node is an entity or a source, named by its CURIE; its literals and identifiers are attributes. An edge is a
statement, named by its CURIE, with its qualifiers as attributes and its evidence; where a graph holds a relation that no
statement describes, such as the hierarchy, the edge stands for the bare triple. The terms of the schema are neither.
`network` walks the same nodes and relations, without attributes.

Nodes and edges come in the order of their names, whatever the order of insertion. Those of a large graph are read from the
store one node at a time, each time anew: the memory that a projection needs does not grow with the number of edges.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import uuid
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, cast

from imidgraph.formats.columns import Column, Facts, Observed, Value
from imidgraph.formats.sorting import sort_unique
from imidgraph.namespaces import IMID, PREFIXES, compress, expand, local_name
from imidgraph.rdf import BlankNode, Iri, NamedNode, QuadStore, Triple, python_value

_TYPE = PREFIXES["rdf"] + "type"
_LABEL = PREFIXES["rdfs"] + "label"
_SUBJECT, _PREDICATE, _OBJECT = (NamedNode(IMID + name) for name in ("subject", "predicate", "object"))
_EVIDENCE = NamedNode(IMID + "evidence")
_ENDS = {_SUBJECT, _OBJECT, NamedNode(IMID + "source")}
_PARTS = {_PREDICATE, _EVIDENCE}
_ENDS_AND_EVIDENCE = {_TYPE, _SUBJECT.value, _PREDICATE.value, _OBJECT.value, _EVIDENCE.value}
_DEPRECATED = PREFIXES["owl"] + "deprecated"
_VERSION = NamedNode(PREFIXES["owl"] + "versionInfo")
_EVIDENCE_KINDS = {IMID + "Evidence", IMID + "Frequency"}
_SCHEMA = {PREFIXES["owl"] + name for name in ("AnnotationProperty", "Class", "DatatypeProperty", "ObjectProperty", "Ontology")}
_HIERARCHY = {PREFIXES["skos"] + name for name in ("broader", "narrower", "related")}
_ABOUT_TERMS = tuple(PREFIXES[name] for name in ("rdf", "rdfs", "owl", "skos", "dcterms", "vann"))
_URL = uuid.NAMESPACE_URL.bytes
_RESERVED = {"id", "subject", "predicate", "object", "category", "evidence", "edge", "graphVersion"}
_SKOS_NAMES = {
    *("altLabel", "broadMatch", "closeMatch", "definition", "exactMatch", "example", "hiddenLabel", "label", "narrowMatch"),
    *("notation", "note", "prefLabel", "relatedMatch", "scopeNote"),
}
_HELD = 500_000  # triples of a graph that is read once and held


@dataclass(frozen=True, slots=True)
class Node:
    """An entity or a source.

    Parameters
    ----------
    id : str
        Its CURIE, or its IRI where no prefix fits.
    label : str
        Its name.
    category : str
        Its class, such as ``Drug``; empty where the graph does not say.
    attributes : dict of str to tuple
        Its literals and identifiers.
    """

    id: str
    label: str
    category: str
    attributes: Facts


@dataclass(frozen=True, slots=True)
class Edge:
    """A statement that relates a node to another one.

    Parameters
    ----------
    id : str
        The CURIE of the statement; a UUID made from the triple where no statement describes it.
    subject, predicate, object : str
        CURIEs.
    category : str
        The class of the statement, such as ``Indication``; empty where no statement describes the triple.
    attributes : dict of str to tuple
        Its qualifiers; ``negated`` where it states the absence of the relation.
    evidence : tuple of dict
        What supports or disputes it.
    """

    id: str
    subject: str
    predicate: str
    object: str
    category: str
    attributes: Facts
    evidence: tuple[Facts, ...] = ()


class Projection:
    """The nodes and edges of a graph, in order.

    Parameters
    ----------
    store : pyoxigraph.Store
        The triples.

    Examples
    --------
    >>> import imidgraph
    >>> projection = imidgraph.load().projection
    >>> edge = next(edge for edge in projection.edges() if edge.subject == "imid:lenalidomide" and edge.object == "imid:IKZF1")
    >>> edge.predicate, edge.category, edge.evidence[0]["source"]
    ('imid:degrades', 'MechanismOfAction', ('pubmed:24292623',))
    """

    def __init__(self, store: QuadStore) -> None:
        self._store = store

    @cached_property
    def version(self) -> str:
        """The version of the graph, or nothing where it has none."""
        versions = sorted(quad.object.value for quad in self._store.quads_for_pattern(None, _VERSION, None))  # type: ignore[union-attr]
        return versions[0] if versions else ""

    def triples(self) -> Iterator[Triple]:
        """Iterate over the triples, in no order."""
        return (quad.triple for quad in self._store)

    def nodes(self) -> Iterator[Node]:
        """Iterate over the nodes, in the order of their IRIs."""
        return iter(self._held_nodes) if self._is_small else self._read_nodes()

    def edges(self) -> Iterator[Edge]:
        """Iterate over the edges, in the order of the IRIs of their subjects, predicates and objects."""
        return iter(self._held_edges) if self._is_small else self._read_edges()

    @cached_property
    def _is_small(self) -> bool:
        return len(self._store) <= _HELD  # the store counts one by one

    @cached_property
    def _held_nodes(self) -> list[Node]:
        return list(self._read_nodes())

    @cached_property
    def _held_edges(self) -> list[Edge]:
        return list(self._read_edges())

    def _read_nodes(self) -> Iterator[Node]:
        return (node for term in self._subjects() if (node := self._node(term)) is not None)

    def _read_edges(self) -> Iterator[Edge]:
        return (edge for term in self._subjects() for edge in self._edges(term))

    def describe(self, iri: str) -> Facts:
        """Give what the graph says of any term, the mappings and parents of a class or property among it.

        Examples
        --------
        >>> import imidgraph
        >>> imidgraph.load().projection.describe("https://w3id.org/imidgraph/degrades")["broadMatch"]
        ('biolink:affects',)
        """
        return _attributes(self._facts(NamedNode(iri)), set())

    def about(self, name: str) -> Iterator[Triple]:
        """Give the triples whose subject has a CURIE or IRI."""
        return (quad.triple for quad in self._store.quads_for_pattern(term_of(name), None, None))

    def schema(self) -> Iterator[Triple]:
        """Give the triples of the classes, the properties and the header."""
        for kind in sorted(_SCHEMA):
            for quad in self._store.quads_for_pattern(None, NamedNode(_TYPE), NamedNode(kind)):
                yield from (found.triple for found in self._store.quads_for_pattern(quad.subject, None, None))

    @cached_property
    def node_columns(self) -> tuple[Column, ...]:
        """The attributes of nodes, in alphabetical order."""
        observed = Observed()
        for node in self.nodes():
            observed.note(node.attributes)
        return observed.columns()

    @cached_property
    def edge_columns(self) -> tuple[Column, ...]:
        """The attributes of edges, in alphabetical order."""
        return self._columns_of_edges[0]

    @cached_property
    def evidence_columns(self) -> tuple[Column, ...]:
        """The attributes of evidence, in alphabetical order."""
        return self._columns_of_edges[1]

    @cached_property
    def _columns_of_edges(self) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
        edges, evidence = Observed(), Observed()
        for quad in self._store.quads_for_pattern(None, _SUBJECT, None):  # bare edges have no attributes
            facts = self._facts(quad.subject)
            edges.note(_attributes(facts, _ENDS_AND_EVIDENCE))
            for item in facts.get(_EVIDENCE.value, ()):
                evidence.note(self._item(item))
        return edges.columns(), evidence.columns()

    def _subjects(self) -> Iterator[NamedNode | BlankNode]:
        """Give every term that may be a node, in order, each once."""
        with self._names.open("rb") as file:
            for line in file:
                text = line[:-1].decode()
                yield BlankNode(text[2:]) if text.startswith("_:") else NamedNode(text)

    @cached_property
    def _names(self) -> Path:
        """The names of what may be a node, sorted, in a file that goes when this graph does."""
        handle, name = tempfile.mkstemp(prefix="imidgraph-")
        weakref.finalize(self, os.unlink, name)
        with os.fdopen(handle, "wb") as file:
            file.writelines(sort_unique(self._candidates()))
        return Path(name)

    def _candidates(self) -> Iterator[bytes]:
        last = ""
        for subject, predicate, object_, _ in self._store:
            name = subject.value if type(subject) is NamedNode else str(subject)
            if name != last:
                yield f"{name}\n".encode()
                last = name
            if type(object_) is NamedNode and joins(predicate.value) and predicate not in _PARTS:
                yield f"{object_.value}\n".encode()
            elif type(object_) is BlankNode:
                yield f"{object_}\n".encode()

    def _node(self, term: NamedNode | BlankNode) -> Node | None:
        facts = self._facts(term)
        kinds = [kind.value for kind in facts.get(_TYPE, ())]
        if not (self._is_thing(term, facts) if facts else self._is_joined(term)):
            return None
        labels = sorted(facts.get(_LABEL, ()), key=lambda label: (getattr(label, "language", None) != "en", label.value))
        attributes = _attributes(facts, skip={_LABEL, _TYPE}, edges=True)
        kinds = sorted(kinds, key=_own_first)
        if len(labels) > 1:
            attributes["rdfs:label"] = tuple(label.value for label in labels)
        if len(kinds) > 1:
            attributes["rdf:type"] = tuple(map(_name, kinds))
        name = _id(term)
        label = labels[0].value if labels else local_name(name) if isinstance(term, NamedNode) else name
        return Node(name, label, _name(kinds[0]) if kinds else "", attributes)

    def _is_thing(self, term: NamedNode | BlankNode, facts: dict[str, list[Any]]) -> bool:
        """Tell whether what is described is neither a statement, nor evidence, nor a term of the schema, nor a retired name."""
        if _DEPRECATED in facts and _TYPE not in facts:
            return False
        if _SUBJECT.value in facts and _PREDICATE.value in facts and _OBJECT.value in facts:
            return False
        if any(kind.value in _SCHEMA or kind.value in _EVIDENCE_KINDS for kind in facts.get(_TYPE, ())):
            return False
        return not any(True for _ in self._store.quads_for_pattern(None, _EVIDENCE, term))

    def _is_joined(self, term: NamedNode | BlankNode) -> bool:
        """Tell whether an edge leads to what nothing describes."""
        for quad in self._store.quads_for_pattern(None, None, term):
            if quad.predicate in _ENDS:
                return True
            facts = self._facts(quad.subject)
            if joins(quad.predicate.value) and self._is_thing(quad.subject, facts):  # type: ignore[arg-type]
                return True
        return False

    def _edges(self, term: NamedNode | BlankNode) -> Iterator[Edge]:
        facts = self._facts(term)
        stated = [
            self._facts(quad.subject) | {"": [quad.subject]} for quad in self._store.quads_for_pattern(None, _SUBJECT, term)
        ]
        found: list[tuple[str, str, str, Edge]] = []
        subject = _id(term)
        described = set()
        for statement in stated:
            predicates, objects = statement.get(_PREDICATE.value), statement.get(_OBJECT.value)
            if predicates and objects:
                edge = self._statement(subject, predicates[0], objects[0], statement)
                described.add((predicates[0], objects[0]))
                found.append((predicates[0].value, objects[0].value, edge.id, edge))
        if facts and self._is_thing(term, facts):
            for predicate, objects in facts.items():
                if not joins(predicate):
                    continue
                for object_ in objects:
                    if isinstance(object_, NamedNode | BlankNode) and (NamedNode(predicate), object_) not in described:
                        edge = _bare_edge(term, subject, predicate, object_)
                        found.append((predicate, object_.value, edge.id, edge))
        found.sort(key=lambda item: item[:3])
        return (edge for *_, edge in found)

    def _statement(self, subject: str, predicate: Any, object_: Any, facts: dict[str, list[Any]]) -> Edge:
        (term,) = facts.pop("")
        kinds = sorted((kind.value for kind in facts.get(_TYPE, ())), key=_own_first)
        evidence = sorted(facts.get(_EVIDENCE.value, ()), key=str)
        return Edge(
            _id(term),
            subject,
            _id(predicate),
            _id(object_),
            _name(kinds[0]) if kinds else "",
            _attributes(facts, _ENDS_AND_EVIDENCE),
            tuple(self._item(item) for item in evidence),
        )

    def _item(self, term: Any) -> Facts:
        facts = self._facts(term)
        kinds = sorted(kind.value for kind in facts.get(_TYPE, ()))
        item: Facts = {"id": (_id(term),)}
        if kinds:
            item["category"] = (_name(kinds[0]),)
        return item | _attributes(facts, {_TYPE})

    def _facts(self, term: Any) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for _, predicate, object_, _ in self._store.quads_for_pattern(term, None, None):
            found.setdefault(predicate.value, []).append(object_)
        return {name: sorted(set(objects), key=str) if len(objects) > 1 else objects for name, objects in found.items()}


@lru_cache(maxsize=4096)
def joins(predicate: str) -> bool:
    """Tell whether a predicate between two IRIs joins nodes, rather than describes one.

    Examples
    --------
    >>> joins(IMID + "degrades"), joins(PREFIXES["skos"] + "broader"), joins(PREFIXES["skos"] + "exactMatch")
    (True, True, False)
    """
    return predicate in _HIERARCHY or not predicate.startswith(_ABOUT_TERMS)


def iri_of(id: str) -> str:
    """Give the IRI of a node or an edge.

    Examples
    --------
    >>> iri_of("imid:lenalidomide")
    'https://w3id.org/imidgraph/lenalidomide'
    """
    return id if "://" in id or id.startswith(("_:", "urn:")) else expand(id) or id


def term_of(id: str) -> NamedNode | BlankNode:
    """Give the RDF term of a node or an edge.

    Examples
    --------
    >>> term_of("imid:lenalidomide")
    <NamedNode value=https://w3id.org/imidgraph/lenalidomide>
    """
    return BlankNode(id[2:]) if id.startswith("_:") else NamedNode(iri_of(id))


def _bare_edge(term: NamedNode | BlankNode, subject: str, predicate: str, object_: NamedNode | BlankNode) -> Edge:
    told = _URL + f"{term} <{predicate}> {object_}".encode()
    name = uuid.UUID(bytes=hashlib.sha1(told, usedforsecurity=False).digest()[:16], version=5).urn  # uuid5 takes twice the time
    return Edge(name, subject, compress(predicate), _id(object_), "", {})


def _own_first(kind: str) -> tuple[bool, str]:
    return not kind.startswith(IMID), kind


def _attributes(facts: dict[str, list[Any]], skip: set[str], edges: bool = False) -> Facts:
    found: Facts = {}
    for predicate in sorted(facts):
        if predicate in skip:
            continue
        objects = [o for o in facts[predicate] if not (edges and isinstance(o, NamedNode | BlankNode) and joins(predicate))]
        values = {(type(value), value): value for value in map(_plain, objects)}  # True and 1 are two values
        if values:
            found[_attribute_name(predicate)] = tuple(values.values())
    return found


def _plain(term: Any) -> Value:
    value = python_value(term)
    return compress(str(value)) if isinstance(value, Iri) else cast(Value, value)


@lru_cache(maxsize=4096)
def _attribute_name(predicate: str) -> str:
    name = _name(predicate)
    taken = name in _RESERVED or (predicate.startswith(IMID) and name in _SKOS_NAMES)
    return compress(predicate) if taken else name


def _name(iri: str) -> str:
    """Give the short name of a property or class: a local one of this graph's own words, else a CURIE."""
    local = local_name(iri)
    if iri == _LABEL or (local in _SKOS_NAMES and iri == PREFIXES["skos"] + local):
        return local
    return iri.removeprefix(IMID) if iri.startswith(IMID) else compress(iri)


def _id(term: Any) -> str:
    return compress(term.value) if type(term) is NamedNode else str(term)
