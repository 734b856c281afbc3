"""The one writer of Turtle: the same triples give the same bytes, in whatever order they come."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from operator import itemgetter

from imidgraph.namespaces import PREFIXES, compress
from imidgraph.rdf import RdfFormat, Triple, serialize

_Facts = list[tuple[tuple[int, str], str, Triple]]  # the rank and the name of the predicate, the object in N-Triples, the triple
_IRI = re.compile(r"<([^>]*)>$")  # an IRI, or the datatype of a literal

_PREFIXES = re.compile(r"\A(?:@prefix .*\n)*")
_SECTIONS = (
    ("The ontology", ("owl:Ontology",)),
    ("Classes", ("owl:Class",)),
    ("Properties", ("owl:ObjectProperty", "owl:DatatypeProperty", "owl:AnnotationProperty")),
    ("Sources", ("imid:Article", "imid:DrugLabel", "imid:RegisterEntry", "imid:WebPage")),
    ("Evidence", ("imid:Evidence", "imid:Frequency")),
    ("Retired names", ("owl:deprecated",)),
)
_PREDICATE_ORDER = (
    "rdf:type",
    "rdfs:label",
    "skos:altLabel",
    "skos:definition",
    "skos:scopeNote",
    "rdfs:subClassOf",
    "rdfs:subPropertyOf",
    "skos:broader",
    "owl:inverseOf",
    "rdfs:domain",
    "rdfs:range",
    "imid:subject",
    "imid:predicate",
    "imid:object",
)
_LAST = ("skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "dcterms:source", "rdfs:isDefinedBy")
_RANKS = {name: rank for rank, name in enumerate(_PREDICATE_ORDER)} | {name: 100 + rank for rank, name in enumerate(_LAST)}


def write_turtle(triples: Iterable[Triple]) -> Iterator[bytes]:
    """Write triples in Turtle, sorted, in sections by kind.

    Parameters
    ----------
    triples : iterable of pyoxigraph.Triple
        The triples of a graph.

    Yields
    ------
    bytes
        The Turtle text, which is TriG too: all of it in the default graph.

    Examples
    --------
    >>> from imidgraph.namespaces import IMID
    >>> from imidgraph.rdf import NamedNode
    >>> triple = Triple(NamedNode(IMID + "lenalidomide"), NamedNode(IMID + "degrades"), NamedNode(IMID + "IKZF1"))
    >>> b"".join(write_turtle([triple])).decode().splitlines()[-1]
    'imid:lenalidomide imid:degrades imid:IKZF1 .'
    """
    described = _described(triples)
    sections: dict[tuple[int, str], dict[str, _Facts]] = {}
    for subject, facts in described.items():
        sections.setdefault(_section(facts), {})[subject] = facts
    prefixes = {prefix: PREFIXES[prefix] for prefix in sorted(_prefixes(described) & PREFIXES.keys(), key=str.lower)}
    width = max(map(len, prefixes), default=0) + 1
    yield "".join(f"@prefix {prefix + ':':<{width}} <{namespace}> .\n" for prefix, namespace in prefixes.items()).encode()
    for (_, title), members in sorted(sections.items()):
        yield f"\n# {'=' * 76}\n# {title}\n# {'=' * 76}\n\n".encode()
        ordered = (sorted(facts, key=itemgetter(0, 1)) for _, facts in sorted(members.items()))
        yield _turtle([triple for facts in ordered for *_, triple in facts], prefixes).encode()


def _described(triples: Iterable[Triple]) -> dict[str, _Facts]:
    """Give what is said about each thing, from N-Triples: an object of Python for each term takes three times as long."""
    triples = list(set(triples))
    lines = (serialize(triples, format=RdfFormat.N_TRIPLES) or b"").decode().split("\n")
    described: dict[str, _Facts] = {}
    for triple, line in zip(triples, lines, strict=False):  # one more line, which is empty
        subject, predicate, object_ = line.removesuffix(" .").split(" ", 2)
        described.setdefault(subject.strip("<>"), []).append((_order(predicate.strip("<>")), object_, triple))
    return described


def _turtle(triples: list[Triple], prefixes: dict[str, str]) -> str:
    text = serialize(triples, format=RdfFormat.TURTLE, prefixes=prefixes)
    assert text is not None
    body = _PREFIXES.sub("", text.decode())
    return body.rstrip("\n").replace("\n", "\n\n").replace("\n\n\t", "\n    ") + "\n"  # in a literal, a new line is escaped


def _section(facts: _Facts) -> tuple[int, str]:
    """Give the section of a thing, with its position, from what is said about it."""
    predicates = {curie for (_, curie), *_ in facts}
    kinds = [compress(object_.strip("<>")) for (_, curie), object_, _ in facts if curie == "rdf:type"]
    kind = min(kinds, key=_kind_order, default="owl:deprecated" if "owl:deprecated" in predicates else "")
    for position, (title, members) in enumerate(_SECTIONS):
        if kind in members:
            return (position if position < 3 else position + 10, title)
    return (12, f"Associations: {kind}") if "imid:subject" in predicates else (3, f"Entities: {kind}")


def _prefixes(described: dict[str, _Facts]) -> set[str]:
    """Give the prefixes that the triples need."""
    objects = {object_ for facts in described.values() for _, object_, _ in facts}
    iris = {compress(match[1]) for match in map(_IRI.search, objects) if match}
    predicates = {curie for facts in described.values() for (_, curie), *_ in facts}
    return {name.partition(":")[0] for names in (iris, predicates, map(compress, described)) for name in names}


def _kind_order(kind: str) -> tuple[bool, str]:
    return not kind.startswith("imid:"), kind


@lru_cache(maxsize=1024)
def _order(predicate: str) -> tuple[int, str]:
    curie = compress(predicate)
    return _RANKS.get(curie, 50), curie
