"""The entities that texts name: interventions of trials, sentences of abstracts, and texts that name none."""

from __future__ import annotations

import csv
import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

from imidgraph import KnowledgeGraph

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
    assert len(rows) > 70
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
