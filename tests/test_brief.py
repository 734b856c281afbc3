"""Brief cards and comparisons: what to know first stands on one screen, cited, and nothing curated is not a no."""

from __future__ import annotations

import os
import re
import shutil

import pytest

from imidgraph import KnowledgeGraph, QueryError
from imidgraph.namespaces import IMID
from imidgraph.pages.outlines import outline
from imidgraph.prose.citations import Notes


@pytest.fixture(autouse=True)
def hundred_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "get_terminal_size", lambda *_: os.terminal_size((100, 24)))


def told(kg: KnowledgeGraph, name: str) -> list[str]:
    """The lines of a brief card, without its list of sources."""
    text = str(kg.entity(name))
    return text.partition("\nsources (")[0].splitlines()


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("lenalidomide", 92),
        ("thalidomide", 85),
        ("pomalidomide", 85),
        ("iberdomide", 45),
        ("neutropenia", 40),
        ("blood clots", 40),
        ("multiple myeloma", 45),
        ("MM-003", 40),
        ("RVd", 40),
        ("cereblon", 40),
        ("Lenalidomide REMS", 40),
        ("dexamethasone", 40),
        ("IMiDs", 40),
        ("avadomide", 40),
    ],
)
def test_a_card_is_short_and_its_lines_fit(kg: KnowledgeGraph, name: str, most: int) -> None:
    lines = told(kg, name)
    assert len(lines) <= most
    assert all(len(line) <= 100 for line in lines)


def test_every_kind_of_thing_has_a_short_card(kg: KnowledgeGraph) -> None:
    rows = kg.select("SELECT ?kind (MIN(?thing) AS ?one) { ?thing a ?kind ; imid:isAbout|^imid:subject ?x } GROUP BY ?kind").rows
    things = [one for kind, one in rows if str(kind).startswith(IMID) and str(one).startswith(IMID)]
    assert len(things) > 10
    for one in things:
        assert len(told(kg, str(one))) <= 60, one


def test_what_a_caregiver_must_know_stands_on_the_card_of_a_drug(kg: KnowledgeGraph) -> None:
    text = " ".join(" ".join(told(kg, "Revlimid")).split())
    first, *_ = re.findall(r"Boxed warnings: (.*?) Contraindications", text)
    assert first.startswith("Embryo-fetal toxicity, venous thromboembolism")
    for what in (
        "Must not be used in pregnant women (EU, US)",
        "no sperm donation (EU: until 7 days after the last dose; US)",
        "no blood donation (EU: until 7 days after the last dose; US: until 4 weeks after the last dose)",
        "pregnancy testing (EU: every 4 weeks until 4 weeks after the last dose; US: every week for 1 month, then",
        "multiple myeloma 25 mg (US; EU, newly diagnosed, transplant ineligible), 10 mg (US, maintenance after transplant)",
        "people on dialysis: 5 mg once daily, after dialysis on dialysis days (EU, multiple myeloma)",
        "people whose platelets fall",
        "pregnancy testing (EU, US)",
        "condom use by men (EU, US)",
        "no blood donation (EU, US)",
        "no sperm donation (EU, US)",
        "blood count monitoring (US)",
        "venous thromboembolism: ",
        "multiple myeloma: US since 2006-06-29, EU since 2007-06-14",
        "mantle cell lymphoma: US since 2013-06-05",
        "Interacts with digoxin",
        "IKZF1, IKZF3",
    ):
        assert what in text, what
    assert (
        text.index("Boxed warnings") < text.index("What must be done") < text.index("Approvals") < text.index("Adverse effects")
    )


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("lenalidomide", r"people whose platelets fall \(platelet count below 30,000 per mcL; interrupt"),
        ("pomalidomide", r"people on dialysis \(3 mg once daily, after dialysis on dialysis days; United States"),
        ("pomalidomide", r"people with severe liver impairment \(2 mg once daily; United States; for multiple myeloma\)"),
        ("thalidomide", r"erythema nodosum leprosum \(100 to 300 mg once daily at bedtime"),
    ],
)
def test_the_doses_of_a_drug_are_told_in_plain_words(kg: KnowledgeGraph, name: str, what: str) -> None:
    assert re.search(what, str(kg.entity(name).section("doses")))


def test_what_a_label_warns_of_is_cited_to_the_label(kg: KnowledgeGraph) -> None:
    card = kg.entity("Revlimid")
    boxed = card.section("boxed warnings")
    assert {passage.source.category for group in boxed.groups for passage in group.passages} == {"DrugLabel"}


def test_each_line_that_states_something_is_cited(kg: KnowledgeGraph) -> None:
    for name in ("lenalidomide", "neutropenia", "MM-003", "cereblon", "RVd"):
        card = kg.entity(name)
        lines = list(outline(card, Notes(card.sources)) or ())
        stated = [line.text for line in lines if line.depth == 1 and not line.text.startswith("and ")]
        assert stated
        assert [text for text in stated if not re.search(r"\[[^\]]*\d[^\]]*\]$", text)] == [], name


def test_the_sources_of_a_card_are_numbered_from_one(kg: KnowledgeGraph) -> None:
    numbers = [int(number) for number in re.findall(r"^  \[(\d+)\]", str(kg.entity("Revlimid")), re.M)]
    assert numbers == list(range(1, len(numbers) + 1))
    document = kg.entity("Revlimid").to_dict()
    assert [source["number"] for source in document["sources"]][: len(numbers)] == numbers


def test_a_wider_term_answers_with_its_kinds(kg: KnowledgeGraph) -> None:
    text = " ".join(" ".join(told(kg, "blood clots")).split())
    assert "deep vein thrombosis (boxed warning of lenalidomide, pomalidomide and thalidomide)" in text


def test_sections_hold_every_statement_once(kg: KnowledgeGraph) -> None:
    for name in ("lenalidomide", "neutropenia", "multiple myeloma", "MM-003", "cereblon"):
        card = kg.entity(name)
        held = [item for section in card.sections for item in section]
        assert sorted(item.iri for item in held) == sorted(item.iri for item in card.statements)
        assert all(section.name for section in card.sections)


def test_a_section_that_is_not_there_names_those_that_are(kg: KnowledgeGraph) -> None:
    with pytest.raises(QueryError, match="It has 'boxed warnings'"):
        kg.entity("Revlimid").section("boxd")


def test_measures_for_a_drug_stand_on_its_card(kg: KnowledgeGraph) -> None:
    section = kg.entity("pomalidomide").section("what must be done and watched")
    assert all(
        "pomalidomide" in {str(drug) for drug in item.combined_with} for item in section if item.category == "RiskMitigation"
    )
    assert {"condom use by men", "no blood donation"} <= {str(item.subject) for item in section}


def test_everything_is_told_on_request(kg: KnowledgeGraph) -> None:
    card = kg.entity("Revlimid")
    assert len(str(card.whole()).splitlines()) > 500
    assert len(card.whole().to_dict()["statements"]) == len(card.statements)
    assert card.whole() == card


# --- comparisons -----------------------------------------------------------------------------------------------------


def test_a_comparison_is_short(kg: KnowledgeGraph) -> None:
    text = str(kg.compare("lenalidomide", "pomalidomide"))
    assert len(text.splitlines()) <= 85
    assert len(str(kg.compare("lenalidomide", "pomalidomide").whole()).splitlines()) > 500


def test_a_boxed_warning_stands_beside_the_figure_of_the_other(kg: KnowledgeGraph) -> None:
    (effects,) = [part for part in kg.compare("lenalidomide", "pomalidomide").parts if part.is_counted]
    contrast = next(item for item in effects.contrasts if str(item.about) == "neutropenia")
    one, other = contrast.figures
    assert one is not None
    assert other is not None
    assert contrast.boxed == {0}
    assert one.grade == other.grade
    assert "myeloma" in str(one.population)
    assert "myeloma" in str(other.population)


def test_what_is_not_curated_is_no_advantage(kg: KnowledgeGraph) -> None:
    text = str(kg.compare("lenalidomide", "pomalidomide"))
    assert "pomalidomide: no figure curated (boxed warning)" in text
    assert "pomalidomide: nothing curated" in text
    assert "unknown (cannot be estimated)" not in text


def test_of_three_drugs_none_is_called_the_only_one(kg: KnowledgeGraph) -> None:
    three = kg.compare("thalidomide", "lenalidomide", "pomalidomide")
    assert "only lenalidomide" not in str(three)
    assert "only lenalidomide: " not in str(three.whole())
