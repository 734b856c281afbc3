"""RDF 1.2: the graph in Turtle, with each statement a reifier of the triple that it is about.

An association ``imid:a`` that says that lenalidomide degrades IKZF1 gets the triple ``imid:a rdf:reifies <<( imid:lenalidomide
imid:degrades imid:IKZF1 )>>``, so that programs which know RDF 1.2 find its evidence from the triple itself. To reify is not
to assert: negated statements are reified too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from imidgraph.namespaces import IMID, PREFIXES, compress
from imidgraph.rdf import NamedNode, Quad, QuadStore, RdfFormat, Triple, serialize

_REIFIES = NamedNode(PREFIXES["rdf"] + "reifies")
_SUBJECT, _PREDICATE, _OBJECT = (NamedNode(IMID + name) for name in ("subject", "predicate", "object"))


def write_annotated(triples: Iterable[Triple]) -> Iterator[bytes]:
    """Write triples in Turtle of RDF 1.2, with a reifying triple for each association.

    Examples
    --------
    >>> import imidgraph
    >>> b"rdf:reifies <<( imid:lenalidomide imid:degrades imid:IKZF1 )>>" in imidgraph.load().serialize("rdf12.ttl")
    True
    """
    store = QuadStore()
    store.extend(Quad(*triple) for triple in triples)
    found = [quad.triple for quad in store]
    for quad in store.quads_for_pattern(None, _SUBJECT, None):
        predicates = list(store.quads_for_pattern(quad.subject, _PREDICATE, None))
        objects = list(store.quads_for_pattern(quad.subject, _OBJECT, None))
        for predicate in predicates:
            found += [Triple(quad.subject, _REIFIES, Triple(quad.object, predicate.object, end.object)) for end in objects]  # type: ignore[arg-type]
    used = {compress(term.value).partition(":")[0] for triple in found for term in triple if isinstance(term, NamedNode)}
    prefixes = {prefix: PREFIXES[prefix] for prefix in sorted(used | {"rdf", "xsd"}) if prefix in PREFIXES}
    yield serialize(sorted(found, key=str), format=RdfFormat.TURTLE, prefixes=prefixes) or b""
