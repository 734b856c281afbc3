"""Nanopublications: each statement with its provenance and publication info, four named graphs of TriG, to be cited alone.

They are unsigned: whoever publishes them signs them with a key of their own.
"""

from __future__ import annotations

from collections.abc import Iterator

from imidgraph.formats.elements import Edge, iri_of, term_of
from imidgraph.formats.projection import Projection
from imidgraph.knowledge.assembly import is_denial
from imidgraph.namespaces import IMID, PREFIXES
from imidgraph.rdf import Literal, NamedNode, Quad, RdfFormat, serialize

_NP = "http://www.nanopub.org/nschema#"
_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_DERIVED = NamedNode(PREFIXES["prov"] + "wasDerivedFrom")
_LICENSE, _PART = (NamedNode(PREFIXES["dcterms"] + name) for name in ("license", "isPartOf"))
_VERSION = NamedNode(PREFIXES["owl"] + "versionInfo")
_EVIDENCE = NamedNode(IMID + "evidence")
_CC_BY = NamedNode("https://creativecommons.org/licenses/by/4.0/")
_USED = ("ECO", "dcterms", "doi", "imid", "prov", "pubmed", "rdfs", "xsd", "owl")


def write_nanopubs(graph: Projection) -> Iterator[bytes]:
    """Write each statement as a nanopublication in TriG.

    Examples
    --------
    >>> import imidgraph
    >>> b"np:hasAssertion" in b"".join(write_nanopubs(imidgraph.load().projection))
    True
    """
    prefixes = {"np": _NP} | {prefix: PREFIXES[prefix] for prefix in _USED}
    yield "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in sorted(prefixes.items())).encode()
    for edge in graph.edges():
        if edge.category:
            own = prefixes | {"sub": f"{iri_of(edge.id)}-np#"}
            text = serialize(_quads(graph, edge), format=RdfFormat.TRIG, prefixes=own) or b""
            lines = text.splitlines(keepends=True)
            yield b"\n" + b"".join(line for line in lines if not line.startswith(b"@prefix") or line.startswith(b"@prefix sub:"))


def _quads(graph: Projection, edge: Edge) -> list[Quad]:
    name = f"{iri_of(edge.id)}-np"
    own = NamedNode(name)
    head, assertion, provenance, info = (NamedNode(f"{name}#{part}") for part in ("Head", "assertion", "provenance", "pubinfo"))
    quads = [
        Quad(own, _TYPE, NamedNode(_NP + "Nanopublication"), head),
        Quad(own, NamedNode(_NP + "hasAssertion"), assertion, head),
        Quad(own, NamedNode(_NP + "hasProvenance"), provenance, head),
        Quad(own, NamedNode(_NP + "hasPublicationInfo"), info, head),
    ]
    if not is_denial(edge.attributes):
        subject, predicate, object_ = (term_of(end) for end in (edge.subject, edge.predicate, edge.object))
        quads.append(Quad(subject, predicate, object_, assertion))  # type: ignore[arg-type]
    facts = sorted(graph.about(edge.id), key=str)
    quads += [Quad(fact.subject, fact.predicate, fact.object, assertion) for fact in facts if fact.predicate != _EVIDENCE]
    for item in edge.evidence:
        quads += [Quad(assertion, _DERIVED, term_of(str(source)), provenance) for source in item.get("source", ())]
        quads.append(Quad(term_of(edge.id), _EVIDENCE, term_of(str(item["id"][0])), provenance))
        quads += [
            Quad(fact.subject, fact.predicate, fact.object, provenance)
            for fact in sorted(graph.about(str(item["id"][0])), key=str)
        ]
    if not edge.evidence:
        quads.append(Quad(assertion, _DERIVED, NamedNode(IMID), provenance))
    quads += [Quad(own, _LICENSE, _CC_BY, info), Quad(own, _PART, NamedNode(IMID), info)]
    if graph.version:
        quads.append(Quad(own, _VERSION, Literal(graph.version), info))
    return list(dict.fromkeys(quads))
