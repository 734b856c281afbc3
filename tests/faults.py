"""What the shapes and the invariants of the graph say about a small graph in Turtle."""

from __future__ import annotations

from pyoxigraph import RdfFormat, Store

from imidgraph.knowledge.validation import check_shapes
from imidgraph.resources import ONTOLOGY, QUERIES
from imidgraph.sparql.catalog import Catalog
from imidgraph.stores.oxigraph import OxigraphStore

PREFIXES = """@prefix : <https://w3id.org/imidgraph/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix imid: <https://w3id.org/imidgraph/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
INVARIANTS = {query.name: query.text for query in Catalog(QUERIES).invariants}


def _store(text: str) -> Store:
    store = Store()
    store.load((PREFIXES + text).encode(), format=RdfFormat.TURTLE)
    return store


def complaints(text: str) -> str:
    """Give the messages of the shapes, one a line."""
    return "\n".join(found.message for found in check_shapes((quad.triple for quad in _store(text)), ONTOLOGY / "shapes"))


def rows(name: str, text: str) -> list[object]:
    """Give the rows of a query of ``verify/``."""
    return list(OxigraphStore(_store(text)).select(INVARIANTS[name]).rows)
