"""Brief cards and comparisons: what to know first stands on one screen, cited, and nothing curated is not a no."""

from __future__ import annotations

import os
import re
import shutil

import pytest

from imidgraph import KnowledgeGraph, QueryError
from imidgraph.model import Frequency
from imidgraph.namespaces import IMID
from imidgraph.pages.outlines import outline
from imidgraph.prose.citations import Notes


@pytest.fixture(autouse=True)
def hundred_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "get_terminal_size", lambda *_, **__: os.terminal_size((100, 24)))


def told(kg: KnowledgeGraph, name: str) -> list[str]:
    """The lines of a brief card, without its list of sources."""
    text = str(kg.entity(name))
    return text.partition("\nSources (")[0].splitlines()


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("lenalidomide", 70),
        ("thalidomide", 64),
        ("pomalidomide", 66),
        ("iberdomide", 30),
        ("neutropenia", 30),
        ("blood clots", 30),
        ("multiple myeloma", 38),
        ("MM-003", 30),
        ("RVd", 30),
        ("cereblon", 30),
        ("Lenalidomide REMS", 30),
        ("dexamethasone", 30),
        ("IMiDs", 30),
        ("avadomide", 30),
    ],
)
def test_a_card_is_short_and_its_lines_fit(kg: KnowledgeGraph, name: str, most: int) -> None:
    lines = str(kg.entity(name)).splitlines()
    assert len(lines) <= most
    assert all(len(line) <= 100 for line in lines)


def test_every_kind_of_thing_has_a_short_card(kg: KnowledgeGraph) -> None:
    rows = kg.select("SELECT ?kind (MIN(?thing) AS ?one) { ?thing a ?kind ; imid:isAbout|^imid:subject ?x } GROUP BY ?kind").rows
    things = [one for kind, one in rows if str(kind).startswith(IMID) and str(one).startswith(IMID)]
    assert len(things) > 10
    for one in things:
        assert len(str(kg.entity(str(one))).splitlines()) <= 60, one


def test_what_a_caregiver_must_know_stands_on_the_card_of_a_drug(kg: KnowledgeGraph) -> None:
    text = " ".join(" ".join(told(kg, "Revlimid")).split())
    first, *_ = re.findall(r"Boxed warnings: (.*?) Contraindications", text)
    assert first.startswith("Embryo-fetal toxicity; ")
    assert "venous thromboembolism (deep vein thrombosis and pulmonary embolism); " in first
    assert "hematologic toxicity (neutropenia and thrombocytopenia). " in first
    assert "birth defects" in first
    for what in (
        "Must not be used in pregnant women (EU, US)",
        "Against embryo-fetal toxicity: pregnancy testing (EU: every 4 weeks until 4 weeks after the last dose; US: every week",
        "condom use by men, no blood donation (EU: until 7 days after the last dose; US: until 4 weeks after the last dose)",
        "no sperm donation (EU: until 7 days after the last dose; US: during treatment; how long after it is not curated)",
        "effective contraception (EU: from 4 weeks before treatment until 4 weeks after the last dose)",
        "multiple myeloma 25 mg (US; EU, newly diagnosed, transplant ineligible), 10 mg (US, maintenance after transplant)",
        "People on dialysis: 5 mg once daily, after dialysis on dialysis days (",
        "The dose on dialysis of the US label could not be read",
        "Against neutropenia and thrombocytopenia: blood count monitoring (EU, US: by disease)",
        "Against venous thromboembolism: thromboprophylaxis (US)",
        "multiple myeloma: US 2006, EU 2007, Canada 2008, Japan 2010, UK",
        "mantle cell lymphoma: US 2013",
        "not indicated and not recommended for chronic lymphocytic leukemia",
        "with digoxin: peak concentration",
        "with oral contraceptives: the contraceptive may stop working",
        "Does not interact with warfarin (disputed)",
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
    rest = re.compile(r"; and \d+ more(: .*)?$")  # behind the citation
    for name in ("lenalidomide", "neutropenia", "MM-003", "cereblon", "RVd"):
        card = kg.entity(name)
        lines = list(outline(card, Notes(card.sources)) or ())
        named = {group.line for group in card.kind_groups if not group.statements}
        stated = [line.text for line in lines if line.depth == 1 and not line.text.startswith("and ") and line.text not in named]
        assert stated
        assert [text for text in stated if not re.search(r"\[[^\]]*\d[^\]]*\]$", rest.sub("", text))] == [], name


def test_the_sources_of_a_card_are_numbered_from_one(kg: KnowledgeGraph) -> None:
    for name in ("Revlimid", "blood clots"):
        listed = str(kg.entity(name)).partition("\nSources (")[2]
        numbers = [int(number) for number in re.findall(r"\[(\d+)\]", listed)]
        assert sorted(numbers) == list(range(1, len(numbers) + 1))  # versions of a label stand together
        document = kg.entity(name).to_dict()
        assert [source["number"] for source in document["sources"]][: len(numbers)] == sorted(numbers)


def test_a_wider_term_answers_with_its_kinds(kg: KnowledgeGraph) -> None:
    text = " ".join(" ".join(told(kg, "blood clots")).split())
    assert "deep vein thrombosis: boxed warning of lenalidomide, pomalidomide and thalidomide" in text
    kinds, *_ = kg.entity("blood clots").to_dict()["sections"]
    assert kinds["lines"]
    assert all(line["text"] in text for line in kinds["lines"])
    boxed = [group for group in kg.entity("blood clots").kind_groups if "boxed warning" in group.line]
    assert {passage.source.category for group in boxed for passage in group.passages} == {"DrugLabel"}


def effects(kg: KnowledgeGraph, name: str) -> list[str]:
    """The lines on the adverse effects of a drug."""
    return [group.line for group in kg.entity(name).section("adverse effects").leading]


@pytest.mark.parametrize(
    ("name", "first", "then"),
    [
        (
            "lenalidomide",
            "Multiple myeloma after at least one prior therapy, with dexamethasone, 353 people, any grade: fatigue 43.9 %",
            "diar",
        ),
        (
            "pomalidomide",
            "Relapsed and refractory multiple myeloma, MM-003, pomalidomide and low-dose dexamethasone",
            "grade 3 or 4",
        ),
        ("thalidomide", "Advanced multiple myeloma, thalidomide up to 400 mg a day", "very common (1 in 10 or more): "),
    ],
)
def test_the_effects_of_a_drug_lead_with_common_ones_in_its_main_use(
    kg: KnowledgeGraph, name: str, first: str, then: str
) -> None:
    lines = effects(kg, name)
    assert lines[0].startswith(first)
    assert any(then in line for line in lines[1:])
    assert all("myeloma" in line.lower() for line in lines)


def test_a_line_of_effects_holds_figures_of_one_population_grade_and_source(kg: KnowledgeGraph) -> None:
    for name in ("lenalidomide", "pomalidomide", "thalidomide"):
        for group in kg.entity(name).section("adverse effects").leading:
            found = {(item.source, item.population, item.grade) for item in group.passages if isinstance(item, Frequency)}
            assert len(found) == 1, group.line
            assert len({item.object for item in group.told}) == len(group.told)


def test_effects_without_a_figure_are_named_as_such(kg: KnowledgeGraph) -> None:
    assert effects(kg, "mezigdomide") == ["No figure curated: infection and neutropenia"]


def test_figures_of_an_effect_are_those_of_the_most_people(kg: KnowledgeGraph) -> None:
    lines = [group.line for group in kg.entity("neutropenia").section("drugs with this effect").leading]
    assert lines[0].startswith("pomalidomide: 51 % of 412, any grade")
    assert all("myeloma" in line for line in lines[:2])


def test_sections_hold_every_statement_once(kg: KnowledgeGraph) -> None:
    for name in ("lenalidomide", "neutropenia", "multiple myeloma", "MM-003", "cereblon"):
        card = kg.entity(name)
        held = [item for section in card.sections for item in section]
        assert sorted(item.iri for item in held) == sorted(item.iri for item in card.statements)
        assert all(section.name for section in card.sections)


def test_a_section_that_is_not_there_names_those_that_are(kg: KnowledgeGraph) -> None:
    with pytest.raises(QueryError, match="It has 'boxed warnings'"):
        kg.entity("Revlimid").section("boxd")


def test_a_measure_is_told_once(kg: KnowledgeGraph) -> None:
    for name in ("lenalidomide", "thalidomide", "pomalidomide", "iberdomide"):
        (section,) = (found for found in kg.entity(name).sections if found.name == "what must be done and watched")
        told = " ".join(group.line for group in section.leading)
        for measure in ("no blood donation", "condom use by men", "pregnancy testing", "blood count monitoring"):
            assert told.count(measure) <= 1, (name, measure)


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
