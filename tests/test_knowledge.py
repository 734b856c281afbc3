"""What the graph must know: facts that a pharmacologist can check, and questions that users ask."""

from __future__ import annotations

import pytest
import yaml

from imidgraph import KnowledgeGraph
from tests.conftest import need

IMIDS = ("thalidomide", "lenalidomide", "pomalidomide")


def boxed(kg: KnowledgeGraph, drug: str) -> set[str]:
    return {risk.label for risk in kg.entity(drug).risks if risk.boxed_warning}


def test_boxed_warnings_are_those_of_the_us_labels(kg: KnowledgeGraph) -> None:
    for drug in (*IMIDS, "iberdomide"):
        assert {"embryo-fetal toxicity", "venous thromboembolism"} <= boxed(kg, drug), drug
    assert "hematologic toxicity" in boxed(kg, "lenalidomide")
    for drug in ("thalidomide", "pomalidomide", "iberdomide"):
        assert not {"hematologic toxicity", "neutropenia", "thrombocytopenia"} & boxed(kg, drug), drug
    assert "arterial thromboembolism" not in boxed(kg, "thalidomide")
    assert {"arterial thromboembolism"} <= boxed(kg, "lenalidomide") & boxed(kg, "pomalidomide")


def test_a_risk_is_boxed_for_a_drug_or_it_is_not(kg: KnowledgeGraph) -> None:
    query = """
    SELECT ?drug ?effect WHERE {
        ?a imid:subject ?drug ; imid:object ?effect ; imid:boxedWarning true .
        ?b imid:subject ?drug ; imid:object ?effect ; imid:boxedWarning false .
    }
    """
    assert kg.select(query).rows == []


def test_neosubstrates_are_told_apart(kg: KnowledgeGraph) -> None:
    def degraders(protein: str) -> set[str]:
        found = kg.statements(predicate="degrades", object=protein)
        return {item.subject.label for item in found if not item.negated}

    for protein in ("IKZF1", "IKZF3"):
        assert set(IMIDS) <= degraders(protein)
    assert "lenalidomide" in degraders("CSNK1A1")
    assert not {"thalidomide", "pomalidomide"} & degraders("CSNK1A1")
    for drug in ("thalidomide", "pomalidomide"):
        assert all(item.negated for item in kg.statements(drug, "degrades", "CSNK1A1"))
    assert {"CC-885", "eragidomide"} <= degraders("GSPT1")
    assert not set(IMIDS) & degraders("GSPT1")
    assert "thalidomide" in degraders("SALL4")


@pytest.mark.parametrize(
    ("drug", "disease", "jurisdiction", "date"),
    [
        ("thalidomide", "multiple myeloma", "United States", "2006-05-25"),
        ("lenalidomide", "MDS with isolated del(5q)", "United States", "2005-12-27"),
        ("lenalidomide", "multiple myeloma", "United States", "2006-06-29"),
        ("lenalidomide", "multiple myeloma", "European Union", "2007-06-14"),
        ("lenalidomide", "multiple myeloma", "United States", "2015-02-17"),
        ("lenalidomide", "mantle cell lymphoma", "United States", "2013-06-05"),
        ("lenalidomide", "follicular lymphoma", "United States", "2019-05-28"),
        ("pomalidomide", "multiple myeloma", "United States", "2013-02-08"),
        ("pomalidomide", "multiple myeloma", "European Union", "2013-08-05"),
        ("pomalidomide", "Kaposi sarcoma", "United States", "2020-05-14"),
        ("iberdomide", "multiple myeloma", "United States", "2026-08-13"),
    ],
)
def test_approvals_have_their_day(kg: KnowledgeGraph, drug: str, disease: str, jurisdiction: str, date: str) -> None:
    found = kg.statements(drug, "approvedFor", disease)
    assert (jurisdiction, date) in {(str(item.jurisdiction), str(item.approval_date)) for item in found}  # type: ignore[attr-defined]


def test_a_partners_license_is_told_from_the_drugs_own(kg: KnowledgeGraph) -> None:
    found = kg.run("approved-indications", drug="lenalidomide", disease="multiple myeloma", jurisdiction="US").to_dicts()
    licenses = {(row["product"], row["license"], row["partners"]) for row in found}
    assert ("Revlimid", "own", "dexamethasone") in licenses
    assert ("Kyprolis", "partner", "carfilzomib, dexamethasone") in licenses
    assert {license for product, license, _ in licenses if product != "Revlimid"} == {"partner"}


def test_the_licenses_of_a_regimen_come_from_the_approvals_that_name_it(kg: KnowledgeGraph) -> None:
    found = kg.statements("D-VRd", "approvedFor", "multiple myeloma")
    assert {(str(item.value("licensedProduct")), str(item.jurisdiction)) for item in found} == {
        ("Darzalex", "European Union"),
        ("Darzalex Faspro", "United States"),
    }


def test_what_changed_since_a_day_is_one_question(kg: KnowledgeGraph) -> None:
    found = kg.run("drug-history", since="2025-02-01", jurisdiction="US").to_dicts()
    events = {(row["drugLabel"], row["date"], row["event"], row["subjectMatter"]) for row in found}
    assert ("pomalidomide", "2025-02", "label changed", "PS-Pomalidomide REMS") in events
    assert ("pomalidomide", "2025-02", "safety program ended", "POMALYST REMS") in events
    assert ("iberdomide", "2026-08-13", "approved", "multiple myeloma") in events
    assert min(row["date"] for row in found) >= "2025-02"


def test_nothing_is_approved_for_what_it_is_only_studied_in(kg: KnowledgeGraph) -> None:
    for drug in ("mezigdomide", "golcadomide", "avadomide", "eragidomide", "CC-885"):
        assert [item for item in kg.entity(drug).indications if item.predicate.label == "is approved for"] == [], drug


def test_both_views_on_the_generation_of_pomalidomide_are_there(kg: KnowledgeGraph) -> None:
    generations = kg.entity("pomalidomide").generations
    assert {item.label for item in generations} == {"second generation", "third generation"}
    assert all(item.sources for item in generations)


def test_the_two_analyses_of_mm_003_are_kept_apart(kg: KnowledgeGraph) -> None:
    results = kg.statements("MM-003", "hasResultFor", "progression-free survival")
    ratios = {float(item.qualifiers["hazardRatio"][0]) for item in results if "hazardRatio" in item.qualifiers}
    assert {0.45, 0.48} <= ratios


def test_each_drug_is_dispensed_under_its_program(kg: KnowledgeGraph) -> None:
    for drug in (*IMIDS, "iberdomide"):
        where = {str(item.qualifiers["jurisdiction"][0]) for item in kg.entity(drug).programs}
        assert "United States" in where, drug


def test_every_competency_question_has_a_query(kg: KnowledgeGraph) -> None:
    questions = need("../shared/facts/competency.yaml")
    asked = {claim["id"] for claim in yaml.safe_load(questions.read_text(encoding="utf-8"))["claims"]}
    answered = {identifier for query in kg.queries.values() for identifier in query.header.get("competency") or ()}
    assert asked == answered
    assert len(kg.queries) >= 40


def test_the_report_counts_what_there_is(kg: KnowledgeGraph) -> None:
    counts = {(count.topic, count.kind): count.number for count in kg.stats()}
    associations = kg.select("SELECT ?a { ?a imid:subject ?s }")
    assert counts["statements", "all"] == len(associations)
    assert counts["support of statements", "without evidence"] == 0
    readings = {kind: number for (topic, kind), number in counts.items() if topic == "evidence by second reading"}
    assert readings.pop("all") == sum(readings.values()) == counts["evidence by verification", "all"]
    assert readings["right"] > readings["unreadable"] > readings["not read twice"]
    assert counts["support of statements", "with one source"] + counts["support of statements", "with several sources"] == len(
        associations
    )
    assert counts["support of statements", "disputed"] >= 2
