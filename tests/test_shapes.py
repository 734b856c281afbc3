"""The shapes: every constraint that they use, held against pySHACL."""

from __future__ import annotations

from pathlib import Path

import pyshacl
import pytest
import rdflib
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store
from rdflib.namespace import RDF, SH

from imidgraph import KnowledgeGraph, OntologyError
from imidgraph.knowledge.shapes import read_shapes
from imidgraph.knowledge.validation import check_shapes
from imidgraph.namespaces import IMID
from imidgraph.resources import ONTOLOGY

DATA = """
@prefix imid: <https://w3id.org/imidgraph/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

imid:Drug rdfs:subClassOf imid:Entity . imid:Entity rdfs:subClassOf imid:Thing .
imid:good a imid:Drug ; rdfs:label "good"@en ; imid:n 5 ; imid:low 1.0 ; imid:high 2 ; imid:to imid:good .
imid:bare a imid:Drug .
imid:many a imid:Entity ; rdfs:label "one"@en , "two"@en ; imid:n 1 , 2 .
imid:typed a imid:Drug ; rdfs:label "typed" ; imid:n "5" ; imid:day "2026-02-30"^^xsd:date ; imid:flag "yes"^^xsd:boolean .
imid:bounds a imid:Drug ; rdfs:label "bounds"@en ; imid:n 11 ; imid:low 3 ; imid:high 2.5 .
imid:even a imid:Drug ; rdfs:label "even"@en ; imid:n 0 ; imid:low 2 ; imid:high 2.0 .
imid:listed a imid:Drug ; rdfs:label "listed"@en ; imid:kind "other" ; imid:code "A1" ; imid:to "text" .
imid:strange a imid:Drug ; rdfs:label "strange"@en ; imid:low "text" ; imid:high 2 ; imid:to imid:nothing .
imid:twice a imid:Drug ; rdfs:label "twice"@en ; imid:one imid:good , imid:bare ; imid:other imid:good .
[] a imid:Drug ; rdfs:label "nameless"@en .
"""
SHAPES = """
@prefix imid: <https://w3id.org/imidgraph/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

imid:ThingShape a sh:NodeShape ;
    sh:targetClass imid:Thing ; sh:nodeKind sh:IRI ; sh:message "A thing has a name." ;
    sh:property [ sh:path rdfs:label ; sh:minCount 1 ; sh:uniqueLang true ; sh:message "label" ] ;
    sh:property [ sh:path imid:n ; sh:maxCount 1 ; sh:datatype xsd:integer ; sh:maxInclusive 10 ; sh:message "n" ] ;
    sh:property [ sh:path imid:n ; sh:minInclusive 0 ; sh:message "least" ] ;
    sh:property [ sh:path imid:n ; sh:minExclusive 0 ; sh:maxExclusive 11 ; sh:message "exclusive" ] ;
    sh:property [ sh:path imid:day ; sh:datatype xsd:date ; sh:message "day" ] ;
    sh:property [ sh:path imid:flag ; sh:datatype xsd:boolean ; sh:message "flag" ] ;
    sh:property [ sh:path imid:kind ; sh:in ( "this" "that" ) ; sh:message "kind" ] ;
    sh:property [ sh:path imid:code ; sh:pattern "^[a-z]+$" ; sh:message "code" ] ;
    sh:property [ sh:path imid:one ; sh:disjoint imid:other ; sh:message "apart" ] ;
    sh:property [ sh:path imid:low ; sh:lessThan imid:high ; sh:message "low" ] ;
    sh:property [ sh:path imid:low ; sh:lessThanOrEquals imid:high ; sh:message "lowest" ] .
imid:ToShape a sh:NodeShape ; sh:targetSubjectsOf imid:to ;
    sh:property [ sh:path imid:to ; sh:class imid:Entity ; sh:nodeKind sh:IRI ; sh:message "to" ] .
imid:ToTargetShape a sh:NodeShape ; sh:targetObjectsOf imid:to ; sh:message "either" ;
    sh:or ( [ sh:property [ sh:path imid:n ; sh:minCount 1 ] ] [ sh:property [ sh:path imid:kind ; sh:minCount 1 ] ] ) .
imid:EvenShape a sh:NodeShape ; sh:targetNode imid:even ;
    sh:property [ sh:path imid:n ; sh:or ( [ sh:datatype xsd:date ] [ sh:minInclusive 3 ] ) ; sh:message "or" ] .
"""


def _by_pyshacl(data: str, folder: Path) -> set[tuple[str, str]]:
    graph, shapes = rdflib.Graph().parse(data=data), rdflib.Graph()
    for path in folder.glob("*.ttl"):
        shapes.parse(path)
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes)
    results = report.subjects(RDF.type, SH.ValidationResult)
    return {(str(report.value(result, SH.focusNode)), str(report.value(result, SH.resultMessage))) for result in results}


def _here(data: str, folder: Path) -> set[tuple[str, str]]:
    store = Store()
    store.load(data.encode(), format=RdfFormat.TURTLE)
    return {(found.focus, found.message) for found in check_shapes((quad.triple for quad in store), folder)}


def _named(found: set[tuple[str, str]]) -> set[tuple[str, str]]:
    return {(focus if "://" in focus else "a blank node or a text", message) for focus, message in found}


def test_every_constraint_is_read_as_pyshacl_reads_it(tmp_path: Path) -> None:
    (tmp_path / "shapes.ttl").write_text(SHAPES)
    found = _here(DATA, tmp_path)
    assert {message for _, message in found} >= {"label", "n", "exclusive", "day", "flag", "kind", "code", "low", "lowest", "to"}
    assert {message for _, message in found} >= {"apart", "either", "or", "A thing has a name."}
    assert not [focus for focus, _ in found if focus.endswith("good")]
    assert _named(found) == _named(_by_pyshacl(DATA, tmp_path))


BROKEN = {"source": None, "verification": "rumor", "studyDesign": "guess", "percent": "101.0", "object": None, "severity": "dire"}


def test_a_broken_release_is_judged_as_pyshacl_judges_it(kg: KnowledgeGraph) -> None:
    store = Store()
    store.extend(Quad(*triple) for triple in kg.triples())
    for name, value in BROKEN.items():
        for quad in sorted(store.quads_for_pattern(None, NamedNode(IMID + name), None), key=str)[:3]:
            store.remove(quad)
            if value is not None:
                store.add(Quad(quad.subject, quad.predicate, Literal(value, datatype=quad.object.datatype)))
    text = "".join(f"{quad.triple} .\n" for quad in store)
    found, expected = _here(text, ONTOLOGY / "shapes"), _by_pyshacl(text, ONTOLOGY / "shapes")
    assert len(found) >= 3 * len(BROKEN)
    assert {focus for focus, _ in found} == {focus for focus, _ in expected}
    written = {message for _, message in found} & {message for _, message in expected}
    assert len(written) >= 4
    assert {pair for pair in found if pair[1] in written} == {pair for pair in expected if pair[1] in written}


def test_a_shape_that_is_not_supported_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shapes.ttl").write_text(SHAPES.replace("sh:maxExclusive 11", "sh:maxLength 11"))
    with pytest.raises(OntologyError, match="A shape uses sh:maxLength, which is not supported"):
        read_shapes(tmp_path)
