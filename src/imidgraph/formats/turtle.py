"""The one writer of Turtle: the same triples give the same bytes, in whatever order they come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from imidgraph.namespaces import IMID, PREFIXES, compress
from imidgraph.rdf import Literal, NamedNode, RdfFormat, Triple, serialize

_RDF_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_SUBJECT = NamedNode(IMID + "subject")
_DEPRECATED = NamedNode(PREFIXES["owl"] + "deprecated")

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
    >>> triple = Triple(NamedNode(IMID + "lenalidomide"), NamedNode(IMID + "degrades"), NamedNode(IMID + "IKZF1"))
    >>> b"".join(write_turtle([triple])).decode().splitlines()[-1]
    'imid:lenalidomide imid:degrades imid:IKZF1 .'
    """
    triples = set(triples)
    types: dict[str, str] = {}
    for triple in triples:
        if triple.predicate == _RDF_TYPE:
            kind, subject = compress(triple.object.value), triple.subject.value  # type: ignore[union-attr]
            types[subject] = min(kind, types.get(subject, kind), key=_kind_order)
    retired = {triple.subject.value for triple in triples if triple.predicate == _DEPRECATED}  # type: ignore[union-attr]
    associations = {triple.subject.value for triple in triples if triple.predicate == _SUBJECT}  # type: ignore[union-attr]
    sections: dict[tuple[int, str], list[Triple]] = {}
    for triple in triples:
        subject = triple.subject.value  # type: ignore[union-attr]
        kind = types.get(subject, "owl:deprecated" if subject in retired else "")
        sections.setdefault(_section(kind, subject in associations), []).append(triple)
    iris = {term.value for triple in triples for term in triple if isinstance(term, NamedNode)}
    datatypes = {triple.object.datatype.value for triple in triples if isinstance(triple.object, Literal)}
    used = {compress(iri).partition(":")[0] for iri in iris}
    used |= {compress(iri).partition(":")[0] for iri in datatypes} - {"rdf"}
    prefixes = {prefix: namespace for prefix, namespace in PREFIXES.items() if prefix in used}
    width = max(map(len, prefixes), default=0) + 1
    ordered = sorted(prefixes.items(), key=lambda item: item[0].lower())
    yield "".join(f"@prefix {prefix + ':':<{width}} <{namespace}> .\n" for prefix, namespace in ordered).encode()
    for (_, title), members in sorted(sections.items()):
        yield f"\n# {'=' * 76}\n# {title}\n# {'=' * 76}\n\n".encode()
        yield _turtle(sorted(members, key=_triple_order), prefixes).encode()


def _turtle(triples: list[Triple], prefixes: dict[str, str]) -> str:
    text = serialize(triples, format=RdfFormat.TURTLE, prefixes=prefixes)
    assert text is not None
    return "".join(_spaced(text.decode().rstrip("\n").split("\n")))


def _spaced(lines: list[str]) -> Iterator[str]:
    first = True
    for line in lines:
        if line.startswith("@prefix"):
            continue
        if not line.startswith("\t") and not first:
            yield "\n"
        first = False
        yield line.replace("\t", "    ", 1) + "\n"


def _section(kind: str, is_association: bool) -> tuple[int, str]:
    for position, (title, kinds) in enumerate(_SECTIONS):
        if kind in kinds:
            return (position if position < 3 else position + 10, title)
    return (12, f"Associations: {kind}") if is_association else (3, f"Entities: {kind}")


def _kind_order(kind: str) -> tuple[bool, str]:
    return not kind.startswith("imid:"), kind


def _triple_order(triple: Triple) -> tuple[str, int, str, str]:
    predicate = compress(triple.predicate.value)
    return triple.subject.value, _RANKS.get(predicate, 50), predicate, str(triple.object)  # type: ignore[union-attr]
