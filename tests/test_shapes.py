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
from imidgraph.resources import ONTOLOGY, QUERIES

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


RESULT = {
    "subject": "imid:AUGMENT",
    "predicate": "imid:hasResultFor",
    "object": "imid:progression-free-survival",
    "experimentalArm": "imid:R2",
    "comparatorArm": "imid:rituximab",
    "experimentalN": "178",
    "comparatorN": "180",
    "statistic": '"median"',
    "experimentalValue": "39.4",
    "experimentalLower": "22.9",
    "comparatorValue": "14.1",
    "comparatorLower": "11.4",
    "comparatorUpper": "16.7",
    "unit": '"months"',
    "hazardRatio": "0.46",
    "hazardRatioLower": "0.34",
    "hazardRatioUpper": "0.62",
    "pValue": '"<0.001"',
    "pSided": '"two-sided"',
    "analysis": '"primary"',
    "medianFollowUp": "28.3",
    "assessedBy": '"independent review"',
}
REFUSED = [
    ({"experimentalArm": None}, "A trial result must have one experimental arm, a drug or a regimen."),
    ({"experimentalArm": "imid:AUGMENT"}, "A trial result must have one experimental arm, a drug or a regimen."),
    (
        {"comparatorArm": "imid:rituximab , imid:placebo"},
        "A trial result must have at most one comparator arm, a drug or a regimen.",
    ),
    ({"comparatorArm": "imid:R2"}, "A trial result must not have the same arm on both sides."),
    ({"comparatorArm": None}, "A comparator value needs a comparator arm."),
    ({"comparatorArm": None}, "A number of people in the comparator arm needs a comparator arm."),
    ({"comparatorArm": None}, "A hazard ratio needs a comparator arm."),
    ({"comparatorArm": None, "oddsRatio": "2.1"}, "An odds ratio needs a comparator arm."),
    (
        {"analysis": '"interim analysis, median follow-up 28 months"'},
        "A trial result must come from one analysis: primary, interim, updated, final or subgroup.",
    ),
    ({"statistic": '"average"'}, "A trial result must give one statistic from the closed list."),
    ({"statistic": '"rate"'}, "A rate needs a time point."),
    ({"unit": None}, "A value of a trial result needs a unit."),
    ({"pValue": '"P < .001"'}, "A p value must be a number such as 0.0125 or <0.001, without words."),
    ({"pValue": '"<.001"'}, "A p value must be a number such as 0.0125 or <0.001, without words."),
    ({"pValue": '"not significant"'}, "A p value must be a number such as 0.0125 or <0.001, without words."),
    ({"pSided": '"1-sided"'}, "A p value must be one-sided or two-sided."),
    ({"pValue": None}, "One-sided or two-sided needs a p value."),
    ({"experimentalLower": "40.0"}, "The lower bound of the experimental arm must not be above its value."),
    ({"experimentalUpper": "30.0"}, "The upper bound of the experimental arm must not be below its value."),
    ({"comparatorLower": "15.0"}, "The lower bound of the comparator arm must not be above its value."),
    ({"comparatorUpper": "14.0"}, "The upper bound of the comparator arm must not be below its value."),
    ({"hazardRatioLower": "0.5"}, "The lower bound of a hazard ratio must not be above the ratio."),
    ({"hazardRatioUpper": "0.4"}, "The upper bound of a hazard ratio must not be below the ratio."),
    ({"oddsRatio": "2.0", "oddsRatioLower": "2.1"}, "The lower bound of an odds ratio must not be above the ratio."),
    ({"oddsRatio": "2.0", "oddsRatioUpper": "1.9"}, "The upper bound of an odds ratio must not be below the ratio."),
    ({"confidenceLevel": "0.95"}, "The confidence level must be a percentage between 50 and 100."),
]


AROUND = """
@prefix imid: <https://w3id.org/imidgraph/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

imid:Trial rdfs:subClassOf imid:Entity . imid:Endpoint rdfs:subClassOf imid:Entity . imid:Treatment rdfs:subClassOf imid:Entity .
imid:Drug rdfs:subClassOf imid:Treatment . imid:Regimen rdfs:subClassOf imid:Treatment .
imid:AUGMENT a imid:Trial . imid:progression-free-survival a imid:Endpoint .
imid:R2 a imid:Regimen . imid:placebo a imid:Regimen . imid:rituximab a imid:Drug .
imid:read a imid:Evidence .
imid:tried a imid:TrialResult ; rdfs:label "tried"@en ; imid:knowledgeLevel "assertion" ; imid:agentType "automated_agent" ;
    imid:evidence imid:read"""


def _faults(changes: dict[str, str | None]) -> set[str]:
    told = {**RESULT, **changes}
    body = "".join(f" ;\n    imid:{name} {value}" for name, value in told.items() if value is not None)
    return {message for focus, message in _here(f"{AROUND}{body} .", ONTOLOGY / "shapes") if focus == IMID + "tried"}


def test_a_trial_result_of_one_analysis_passes() -> None:
    assert _faults({}) == set()
    assert _faults({"statistic": '"rate"', "timePoint": "24.0"}) == set()


@pytest.mark.parametrize(("changes", "message"), REFUSED)
def test_a_trial_result_that_is_not_one_analysis_is_refused(changes: dict[str, str | None], message: str) -> None:
    assert message in _faults(changes)


WRONG = """
PREFIX imid: <https://w3id.org/imidgraph/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
INSERT DATA {
    imid:AUGMENT imid:enrollment 358 ; imid:tests imid:R2 ; imid:comparesWith imid:rituximab .
    imid:many a imid:TrialResult ; imid:subject imid:AUGMENT ;
        imid:experimentalArm imid:R2 ; imid:experimentalN 358 ; imid:comparatorArm imid:rituximab ; imid:comparatorN 180 .
    imid:strange a imid:TrialResult ; imid:subject imid:AUGMENT ;
        imid:experimentalArm imid:R2 ; imid:comparatorArm imid:thalidomide .
    imid:sound a imid:TrialResult ; imid:subject imid:AUGMENT ;
        imid:experimentalArm imid:R2 ; imid:experimentalN 178 ; imid:comparatorArm imid:rituximab ; imid:comparatorN 180 .
    imid:sound imid:evidence imid:both . imid:both imid:sampleSize 358 .
    imid:alone a imid:TrialResult ; imid:experimentalArm imid:R2 ; imid:experimentalN 178 ; imid:evidence imid:arm .
    imid:arm imid:sampleSize 178 .
    imid:R2 a imid:Regimen . imid:KPd a imid:Regimen . imid:later skos:broader imid:treated .
    imid:license imid:subject imid:R2 ; imid:predicate imid:approvedFor ; imid:object imid:lymphoma ; imid:setting imid:treated .
    imid:late imid:subject imid:R2 ; imid:predicate imid:investigatedFor ; imid:object imid:lymphoma ; imid:setting imid:later .
    imid:first imid:subject imid:R2 ; imid:predicate imid:investigatedFor ; imid:object imid:lymphoma ; imid:setting imid:new .
    imid:given imid:subject imid:R2 ; imid:predicate imid:usedFor ; imid:object imid:lymphoma .
    imid:bare imid:subject imid:KPd ; imid:predicate imid:usedFor ; imid:object imid:myeloma .
    imid:guided imid:subject imid:KPd ; imid:predicate imid:usedFor ; imid:object imid:myeloma ; imid:evidence imid:read .
    imid:read imid:studyDesign "guideline" .
    imid:Rd imid:hasComponent imid:lenalidomide , imid:dexamethasone .
    imid:Rd18 imid:hasComponent imid:lenalidomide , imid:dexamethasone ; imid:variantOf imid:Rd .
    imid:D-R imid:hasComponent imid:lenalidomide , imid:daratumumab . imid:Faspro skos:broader imid:daratumumab .
    imid:approval imid:subject imid:lenalidomide ; imid:predicate imid:approvedFor ; imid:inCombinationWith imid:dexamethasone .
    imid:other imid:subject imid:lenalidomide ; imid:predicate imid:approvedFor ;
        imid:inCombinationWith imid:Faspro ; imid:regimen imid:Rd .
    imid:right imid:subject imid:lenalidomide ; imid:predicate imid:approvedFor ;
        imid:inCombinationWith imid:Faspro ; imid:regimen imid:D-R .
}
"""


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("arms-larger-than-trial", [("many", 538, 358)]),
        ("arms-outside-trial", [("strange", "thalidomide")]),
        ("arms-counted-together", [("sound", 358)]),
        (
            "regimen-status",
            [
                ("bare", "in use without a license, a guideline or an expert"),
                ("late", "under study in a setting that it is licensed for"),
            ],
        ),
        ("regimens-of-approvals", [("approval", "Rd", "not named"), ("other", "Rd", "of other drugs")]),
    ],
)
def test_what_no_shape_can_say_a_query_finds(name: str, found: list[tuple[object, ...]]) -> None:
    store = Store()
    store.update(WRONG)
    rows = store.query((QUERIES / "verify" / f"{name}.rq").read_text(encoding="utf-8"))
    assert [tuple(_plain(term) for term in row) for row in rows] == found


def _plain(term: NamedNode | Literal) -> object:
    return int(term.value) if term.value.isdigit() else term.value.removeprefix(IMID)
