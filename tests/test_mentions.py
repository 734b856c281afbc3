"""The entities that texts name: interventions of trials, sentences of abstracts, and texts that name none."""

from __future__ import annotations

import csv
import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

from imidgraph import EntityNotFound, KnowledgeGraph

INTERVENTIONS = Path(__file__).parent / "names" / "interventions.tsv"


def test_of_interventions_the_exact_set_of_drugs_is_found(kg: KnowledgeGraph) -> None:
    with INTERVENTIONS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    wrong = []
    for row in rows:
        wanted = set(filter(None, row["drugs"].split("|")))
        found = {item.entity.label for item in kg.mentions(row["intervention"]) if item.entity.category == "Drug"}
        if found != wanted:
            wrong.append((row["intervention"], found))
    assert len(rows) > 400
    assert wrong == []


def prose() -> list[str]:
    """A thousand sentences of the standard library's own documentation, which names nothing of medicine."""
    found: list[str] = []
    for module in sorted(info.name for info in pkgutil.iter_modules() if info.name.isalpha() and not info.name.startswith("_")):
        if module in {"antigravity", "this", "idlelib", "lib2to3", "tests", "conftest"} or len(found) > 1000:
            continue
        try:
            loaded = importlib.import_module(module)
        except Exception:
            continue
        if not getattr(loaded, "__file__", None) or "site-packages" in str(loaded.__file__):
            continue
        for test in doctest.DocTestFinder(exclude_empty=False).find(loaded, module):
            found += [line.strip() for line in re.split(r"[.\n]", test.docstring) if len(line.split()) > 3]
    return found[:1000]


@pytest.mark.filterwarnings("ignore")
def test_no_name_is_found_where_there_is_none(kg: KnowledgeGraph) -> None:
    texts = prose()
    assert len(texts) == 1000
    assert [(text, str(kg.mentions(text)[0].entity)) for text in texts if kg.mentions(text)] == []


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Nausea and neuropathy", ["nausea", "neuropathy"]),
        ("She told us of a rash", ["skin rash"]),
        ("fit for transplant", []),
        ("ICON of the year", []),
        (
            "deep vein thromboses and pulmonary emboli under lenalidomide (MM-010)",
            ["deep vein thrombosis", "lenalidomide", "MM-010"],
        ),
        ("patients with multiple myeloma (MM); in MM, IMiDs act through cereblon", None),
        ("MM", []),
        ("TEN PATIENTS HAD A RASH", ["skin rash"]),
    ],
)
def test_short_names_never_match_by_chance(kg: KnowledgeGraph, text: str, labels: list[str] | None) -> None:
    found = [item.entity.label for item in kg.mentions(text)]
    if labels is None:
        assert found == ["multiple myeloma", "multiple myeloma", "multiple myeloma", "IMiDs", "CRBN"]
    else:
        assert set(labels) >= set(found)
        assert {"lenalidomide", "MM-010", "deep vein thrombosis", "skin rash"} & set(labels) <= set(found)


ABSTRACTS = {
    "Lenalidomide plus dexamethasone improved survival in relapsed or refractory multiple myeloma; neutropenia, thromboembolism "
    "and infection were more common.": "lenalidomide|dexamethasone|multiple myeloma|neutropenia|thromboembolism|infection",
    "Pomalidomide with low-dose dexamethasone (POM+LoDEX) in RRMM refractory to bortezomib; haematological events were anaemia "
    "(33%) and thrombocytopenia (22%).": "pomalidomide|dexamethasone|multiple myeloma|bortezomib|anemia|thrombocytopenia",
    "Lenalidomide binds cereblon and degrades IKZF1 and CK1α in MDS cells.": "lenalidomide|CRBN|IKZF1|CSNK1A1|"
    "myelodysplastic syndrome",
    "Tumour flare and tumour lysis syndrome in CLL; rash, diarrhoea, pruritus and muscle cramps.": "tumor flare|"
    "tumor lysis syndrome|chronic lymphocytic leukemia|skin rash|diarrhea|pruritus|muscle spasm",
    "Mezigdomide and dex in triple-class-refractory MM: neutropenia 77%, infections 65%.": "mezigdomide|dexamethasone|"
    "multiple myeloma|neutropenia|infection",
    "Deep-vein thromboses (DVT) and pulmonary emboli (PE) on thal/dex.": "deep vein thrombosis|pulmonary embolism|thalidomide|"
    "dexamethasone",
}


@pytest.mark.parametrize("text", ABSTRACTS)
def test_drugs_diseases_and_effects_of_an_abstract_are_found(kg: KnowledgeGraph, text: str) -> None:
    assert {item.entity.label for item in kg.mentions(text)} == set(ABSTRACTS[text].split("|"))


def test_a_placebo_is_no_drug(kg: KnowledgeGraph) -> None:
    for text in ("matching placebo for lenalidomide", "Lenalidomide-matching placebo", "Placebo capsules matching lenalidomide"):
        assert [item.entity.label for item in kg.mentions(text)] == ["placebo"], text
    both = kg.mentions("placebo for lenalidomide, and pomalidomide or placebo")
    assert [item.entity.label for item in both if item.entity.category == "Drug"] == ["pomalidomide"]


def test_a_misspelled_name_is_never_guessed_in_silence(kg: KnowledgeGraph) -> None:
    guessed = kg.mentions("lenalidomode 25 mg")
    assert guessed[0].is_guess
    assert "Read 'lenalidomode' as lenalidomide" in str(guessed)
    assert not any(item.is_guess for item in kg.mentions("talidomida, Lenalidomidum, dexametasona"))
    with pytest.raises(EntityNotFound, match="Did you mean 'lenalidomide'"):
        kg.entity("lenalidomode")


def test_the_drugs_of_a_regimen_count_as_named(kg: KnowledgeGraph) -> None:
    found = kg.mentions("Isa-Pd versus Pd")
    assert [item.entity.label for item in found] == ["Isa-Pd", "Pd"]
    assert {drug.label for drug in found.drugs} == {"isatuximab", "pomalidomide", "dexamethasone"}
    assert {drug.label for drug in kg.mentions("LenDex").drugs} == {"lenalidomide", "dexamethasone"}


def test_what_drugs_make_together_is_said(kg: KnowledgeGraph) -> None:
    assert str(kg.mentions("lenalidomide, bortezomib, dexamethasone").regimen) == "VRd"
    assert str(kg.mentions("Lenalidomide and dexamethasone").regimen) == "Rd"
    assert kg.mentions("lenalidomide").regimen is None
    first = [match.entity.label for match in kg.search("Carfilzomib, Lenalidomide, Dexamethasone")]
    assert first[:4] == ["carfilzomib", "lenalidomide", "dexamethasone", "KRd"]


def test_mentions_say_where(kg: KnowledgeGraph) -> None:
    text = "Then Revlimid® helped."
    (found,) = kg.mentions(text)
    assert text[found.start : found.end] == found.text == "Revlimid"


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("CC5013", "lenalidomide"),
        ("cc 5013", "lenalidomide"),
        ("IKZF-1", "IKZF1"),
        ("Leukemia, Lymphocytic, Chronic", "chronic lymphocytic leukemia"),
        ("Revlimid (lenalidomide)", "lenalidomide"),
        ("lenalidomide [Revlimid]", "lenalidomide"),
        ("RxNorm 342369", "lenalidomide"),
        ("RXCUI:342369", "lenalidomide"),
        ("PubChem CID 216326", "lenalidomide"),
        ("MeSH D009101", "multiple myeloma"),
        ("NCT01311687", "MM-003"),
        ("clinicaltrials:NCT01311687", "MM-003"),
        ("ClinicalTrials.gov NCT01311687", "MM-003"),
        ("blood clot", "thromboembolism"),
        ("Multiple Myelomas", "multiple myeloma"),
        ("anaemia", "anemia"),
        ("us", "United States"),
        ("Kahler disease", "multiple myeloma"),
        ("Distaval", "thalidomide"),
    ],
)
def test_names_are_found_in_every_usual_spelling(kg: KnowledgeGraph, name: str, label: str) -> None:
    assert kg.entity(name).label == label


@pytest.mark.parametrize("words", ["grapefruit juice", "sildenafil", "qwertzuiop"])
def test_what_is_not_there_is_not_guessed(kg: KnowledgeGraph, words: str) -> None:
    found = kg.search(words)
    assert not found
    assert "not a no" in str(found)


@pytest.mark.parametrize("words", ["lenalidomide", "MM", "blood clots", "cereblon", "Revlimid", "multiple myeloma"])
def test_an_exact_name_stands_first_and_no_article_before_an_entity(kg: KnowledgeGraph, words: str) -> None:
    found = kg.search(words, 50)
    assert found[0].entity == kg.names.find(words)
    kinds = [kg.names.fits(match.entity, "Entity") for match in found]
    assert kinds == sorted(kinds, reverse=True)
