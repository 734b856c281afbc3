"""Nodes and edges, the elements of property graphs, and how terms of RDF become their names and attributes."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from imidgraph.formats.columns import Facts, Value
from imidgraph.namespaces import IMID, PREFIXES, attribute_name, compress, expand
from imidgraph.rdf import BlankNode, Iri, NamedNode, python_value

_HIERARCHY = {PREFIXES["skos"] + name for name in ("broader", "narrower", "related")}
_PARTS = {IMID + "predicate", IMID + "evidence"}  # of statements
_ABOUT_TERMS = tuple(PREFIXES[name] for name in ("rdf", "rdfs", "owl", "skos", "dcterms", "vann"))
_URL = uuid.NAMESPACE_URL.bytes
_VARIANT = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))


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


@lru_cache(maxsize=4096)
def joins(predicate: str) -> bool:
    """Tell whether a predicate between two IRIs joins nodes, rather than describes one.

    Examples
    --------
    >>> joins(IMID + "degrades"), joins(PREFIXES["skos"] + "broader"), joins(PREFIXES["skos"] + "exactMatch")
    (True, True, False)
    """
    return predicate in _HIERARCHY or not (predicate.startswith(_ABOUT_TERMS) or predicate in _PARTS)


def iri_of(id: str) -> str:
    """Give the IRI of a node or an edge.

    Examples
    --------
    >>> iri_of("imid:lenalidomide")
    'https://w3id.org/imidgraph/lenalidomide'
    """
    if id.startswith("<"):
        return id[1:-1]
    return id if "://" in id or id.startswith(("_:", "urn:")) else expand(id) or id


def term_of(id: str) -> NamedNode | BlankNode:
    """Give the RDF term of a node or an edge.

    Examples
    --------
    >>> term_of("imid:lenalidomide")
    <NamedNode value=https://w3id.org/imidgraph/lenalidomide>
    """
    return BlankNode(id[2:]) if id.startswith("_:") else NamedNode(iri_of(id))


def bare_edge(term: str, subject: str, predicate: str, object_: str) -> Edge:
    """Give the edge of a triple that no statement describes, from its terms as N-Triples has them and the name of the subject."""
    return Edge(made_name(f"{term} {predicate} {object_}"), subject, compress(predicate[1:-1]), _name(object_), "", {})


def made_name(*parts: object) -> str:
    """Give a name, a UUID of version 5, to what has none of its own.

    Examples
    --------
    >>> made_name("<a:a> <a:b> <a:c>")
    'urn:uuid:91112e55-4e91-5fd2-90bb-f6c48d6d47f8'
    """
    told = _URL + " ".join(map(str, parts)).encode()
    made = hashlib.sha1(told, usedforsecurity=False).hexdigest()  # uuid.uuid5 takes four times the time
    return f"urn:uuid:{made[:8]}-{made[8:12]}-5{made[13:16]}-{_VARIANT[made[16]]}{made[17:20]}-{made[20:32]}"


def own_first(kind: str) -> tuple[bool, str]:
    """Rank the IRI of a class: those of this graph's ontology first."""
    return not kind.startswith(IMID), kind


def attributes(facts: dict[str, list[Any]], skip: set[str]) -> Facts:
    """Give what a graph says of a thing as attributes, without some properties."""
    found: Facts = {}
    for predicate in sorted(facts):
        if predicate in skip:
            continue
        values = {(type(value), value): value for value in map(_plain, facts[predicate])}  # True and 1 are two values
        if values:
            found[attribute_name(predicate)] = tuple(values.values())
    return found


def _plain(term: Any) -> Value:
    value = python_value(term)
    return compress(str(value)) if isinstance(value, Iri) else cast(Value, value)


def id_of(term: Any) -> str:
    """Give the name of a term: its CURIE, or its IRI where no prefix fits, in brackets where that would be taken for a CURIE.

    Examples
    --------
    >>> id_of(NamedNode(IMID + "a")), id_of(NamedNode("https://example.org/a")), id_of(NamedNode("imid:a"))
    ('imid:a', 'https://example.org/a', '<imid:a>')
    """
    return _name(str(term))


@lru_cache(maxsize=1 << 16)
def _name(term: str) -> str:
    if not term.startswith("<") or term.startswith("<<"):
        return term
    iri = term[1:-1]
    name = compress(iri)
    return term if name == iri and "://" not in name and expand(name) is not None else name
