"""Approvals, label changes and safety programs: what the shapes and the invariants refuse."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

import imidgraph
from imidgraph.knowledge.validation import check_shapes
from imidgraph.resources import ONTOLOGY

HEAD = """
@prefix imid: <https://w3id.org/imidgraph/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

imid:lenalidomide a imid:Drug . imid:daratumumab a imid:Drug . imid:Rd a imid:Regimen . imid:newly-diagnosed a imid:Setting .
imid:Revlimid a imid:Product ; imid:activeIngredient imid:lenalidomide .
imid:Darzalex a imid:Product ; imid:activeIngredient imid:daratumumab .
imid:old-rems a imid:SafetyProgram ; imid:status "superseded" .
imid:rems a imid:SafetyProgram ; imid:status "current" .
"""
APPROVAL = "a imid:Indication ; imid:subject imid:lenalidomide ; imid:object imid:multiple-myeloma"
OWN, PARTNER = "imid:predicate imid:approvedFor", "imid:predicate imid:licensedInCombinationFor"
REVLIMID, DARZALEX = "imid:licensedProduct imid:Revlimid", "imid:licensedProduct imid:Darzalex"
TOGETHER = "imid:inCombinationWith imid:daratumumab"
CHANGE = "a imid:LabelChange ; imid:subject imid:lenalidomide ; imid:predicate imid:hasLabelChange"
PROGRAM = "a imid:ProgramRequirement ; imid:subject imid:lenalidomide"
STUDIED = "a imid:Indication ; imid:subject imid:Rd ; imid:object imid:multiple-myeloma ; imid:setting imid:newly-diagnosed"


def _write(*statements: str) -> str:
    return HEAD + "".join(f"imid:fact-{place} {text} .\n" for place, text in enumerate(statements))


def _messages(*statements: str) -> set[str]:
    triples = [quad.triple for quad in parse(_write(*statements), format=RdfFormat.TURTLE)]
    return {fault.message for fault in check_shapes(triples, ONTOLOGY / "shapes")}


def _broken(folder: Path, *statements: str) -> set[tuple[str, str]]:
    path = folder / "facts.ttl"
    path.write_text(_write(*statements))
    return {(fault.check, fault.focus.rpartition("-")[2]) for fault in imidgraph.load(path).validate(shapes=False)}


@pytest.mark.parametrize("relation", [OWN, PARTNER])
def test_an_approval_without_a_product_is_refused(relation: str) -> None:
    message = "An approval must name the product that was licensed."
    assert message in _messages(f"{APPROVAL} ; {relation}")
    assert message not in _messages(f"{APPROVAL} ; {relation} ; {REVLIMID}")
    assert message not in _messages(f"{APPROVAL} ; {relation} ; imid:negated true")


def test_what_is_only_studied_needs_no_product() -> None:
    message = "An approval must name the product that was licensed."
    assert message not in _messages(f"{APPROVAL} ; imid:predicate imid:investigatedFor")


def test_a_product_that_is_not_described_is_refused() -> None:
    message = "An approval must name one product, which must be described."
    assert message in _messages(f"{APPROVAL} ; {OWN} ; imid:licensedProduct imid:nothing")
    assert message in _messages(f"{APPROVAL} ; {OWN} ; {REVLIMID} , imid:Darzalex")


def test_a_license_of_another_drug_is_not_the_drugs_own(tmp_path: Path) -> None:
    facts = (
        f"{APPROVAL} ; {OWN} ; {REVLIMID}",
        f"{APPROVAL} ; {OWN} ; {DARZALEX} ; {TOGETHER}",
        f"{APPROVAL} ; {PARTNER} ; {DARZALEX} ; {TOGETHER}",
        f"{APPROVAL} ; {PARTNER} ; {REVLIMID} ; {TOGETHER}",
        f"{APPROVAL} ; {PARTNER} ; {DARZALEX}",
        f"{CHANGE} ; {DARZALEX}",
    )
    found = {place for rule, place in _broken(tmp_path, *facts) if rule == "borrowed-licenses"}
    assert found == {"1", "3", "4", "5"}


def test_a_label_change_has_a_day_a_place_and_a_product() -> None:
    date = 'imid:changeDate "2025-02"^^xsd:gYearMonth'
    wanted = {
        "A label change must have one date: a day, a month or a year.",
        "A label change must name where it applies.",
        "A label change must name the product whose label was changed.",
    }
    assert wanted <= _messages(CHANGE)
    assert "A label change must have one date: a day, a month or a year." not in _messages(f"{CHANGE} ; {date}")
    assert "A label change must have one date: a day, a month or a year." in _messages(f'{CHANGE} ; imid:changeDate "soon"')


def test_a_superseded_program_names_its_successor(tmp_path: Path) -> None:
    facts = (
        f"{PROGRAM} ; imid:object imid:rems",
        f"{PROGRAM} ; imid:object imid:old-rems",
        f"{PROGRAM} ; imid:object imid:old-rems ; imid:supersededBy imid:fact-0",
        f'{PROGRAM} ; imid:object imid:rems ; imid:validUntil "2025"^^xsd:gYear',
    )
    found = {place for rule, place in _broken(tmp_path, *facts) if rule == "superseded-programs"}
    assert found == {"1", "3"}
    assert "A program requirement must be superseded by another program requirement." in _messages(
        f"{PROGRAM} ; imid:supersededBy imid:rems"
    )


def test_a_licensed_regimen_is_not_under_study_and_an_early_trial_is_no_use(tmp_path: Path) -> None:
    early = 'imid:evidence [ imid:studyDesign "single-arm phase 2 trial" ]'
    facts = (
        f"{STUDIED} ; {OWN}",
        f"{STUDIED} ; imid:predicate imid:investigatedFor",
        f"{STUDIED} ; imid:predicate imid:usedFor ; {early}",
        f"{STUDIED} ; imid:predicate imid:usedFor ; {early} , [ imid:source imid:guideline ]",
        f'{STUDIED} ; imid:predicate imid:usedFor ; imid:evidence [ imid:studyDesign "randomized phase 2 trial" ]',
    )
    found = {place for rule, place in _broken(tmp_path, *facts) if rule == "regimen-status"}
    assert found == {"1", "2"}
