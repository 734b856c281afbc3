"""Every named query: which statements it covers, that it loses none of them, and that it has one row a fact."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import pytest

from imidgraph import KnowledgeGraph
from imidgraph.resources import QUERIES
from imidgraph.sparql.catalog import Catalog

CATALOG = Catalog(QUERIES)
COVERING = sorted(name for name, query in CATALOG.items() if query.covers)
BY_PASSAGE = {"article-statements", "combination-risks", "evidence-of-statement", "long-term-risks", "resistance-frequencies"}
BY_PASSAGE |= {"risk-frequencies", "single-source-facts", "unconfirmed-evidence"}  # one row for each passage or figure of it
PLACES = {
    "the drug": "drug",
    "the disease": "disease",
    "the class": "drugClass",
    "the adverse effect": "effect",
    "the generation": "generation",
    "the trial": "trial",
    "the regimen": "regimen",
    "the protein": "protein",
    "the safety program": "program",
    "the endpoint": "endpoint",
    "the strategy": "strategy",
    "the mechanism": "mechanism",
    "the point in the course of the disease": "setting",
    "the class of the partner": "partnerClass",
    "the year": "year",
    "the first day": "since",
    "the last day": "until",
    "the day": "asOf",
    "the journal": "journal",
    "the relation": "predicate",
    "the subject of the statement": "subject",
    "the object of the statement": "object",
}
CLASSES = {
    "AdverseEffect": {"effect"},
    "Article": {"source"},
    "Disease": {"disease", "excluded"},
    "Drug": {"drug", "otherDrug", "parent", "partner"},
    "DrugClass": {"drugClass", "partnerClass"},
    "Endpoint": {"endpoint"},
    "Generation": {"generation"},
    "Jurisdiction": {"jurisdiction"},
    "Protein": {"protein"},
    "Regimen": {"regimen"},
    "ResistanceMechanism": {"group", "mechanism"},
    "ResistanceStrategy": {"strategy"},
    "SafetyProgram": {"program"},
    "Setting": {"setting"},
    "Trial": {"trial"},
}


@pytest.mark.parametrize("name", sorted(CATALOG))
def test_every_query_says_what_it_covers(name: str) -> None:
    assert "covers" in CATALOG[name].header, "which statements, or [] where it counts, pairs or lists other things"


@pytest.mark.parametrize("name", COVERING)
def test_no_query_loses_a_fact(kg: KnowledgeGraph, name: str) -> None:
    query = CATALOG[name]
    covered = {row[0] for cover in query.covers for row in kg.select(cover.text).rows}
    assert covered, "it covers something"
    assert sorted(covered - {row["fact"] for row in kg.select(query.body).to_dicts()}) == []


def test_each_statement_has_a_query_of_its_topic(kg: KnowledgeGraph) -> None:
    every = {row[0] for row in kg.select("SELECT ?fact WHERE { ?fact imid:predicate ?predicate }").rows}
    for name in COVERING:
        if CATALOG[name].topic != "articles":
            every -= {row["fact"] for row in kg.select(CATALOG[name].body).to_dicts()}
    assert sorted(every) == []


@pytest.mark.parametrize("name", [name for name in COVERING if name not in BY_PASSAGE])
def test_a_fact_is_one_row(kg: KnowledgeGraph, name: str) -> None:
    query = CATALOG[name]
    things = [column.name for column in query.returns if column.type == "iri" or column.name in {"event", "date", "role"}]
    rows = Counter(tuple(row[thing] for thing in things) for row in kg.select(query.body).to_dicts())
    assert [row for row, count in rows.items() if count > 1] == []


@pytest.mark.parametrize("name", sorted(CATALOG))
def test_a_column_is_filled_without_its_parameter_too(kg: KnowledgeGraph, name: str) -> None:
    rows = kg.select(CATALOG[name].body).to_dicts()
    columns = CATALOG[name].params.keys() & rows[0].keys()
    assert {column for column in columns if all(row[column] is None for row in rows)} == set()


def test_one_parameter_name_stands_for_one_concept() -> None:
    types = defaultdict(set)
    for name, query in CATALOG.items():
        for parameter in query.params.values():
            types[parameter.name].add(parameter.type)
            assert parameter.name in CLASSES.get(parameter.entity_class or "", {parameter.name}), f"{name}: {parameter.name}"
            concept = re.split(r",| or a group of", parameter.help)[0]
            assert parameter.name == PLACES.get(concept, parameter.name), f"{name}: {parameter.name} is {concept}"
    assert {name for name, kinds in types.items() if len(kinds) > 1} == set()
