"""References: what a citation manager takes has the fields of CSL, and RIS has its tags in order."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner

from imidgraph import KnowledgeGraph, QueryError
from imidgraph.cli import main
from imidgraph.prose.references import ris


def test_an_article_has_its_authors_place_and_numbers(kg: KnowledgeGraph) -> None:
    found = {each["id"]: each for each in kg.statements("lenalidomide", "degrades", "CSNK1A1").references}
    article = found["pubmed:26131937"]
    assert article["type"] == "article-journal"
    assert article["author"][0] == {"family": "Krönke", "given": "J"}
    assert article["author"][-1] == {"family": "Ebert", "given": "BL"}
    assert (article["container-title"], article["volume"], article["issue"], article["page"]) == (
        "Nature",
        "523",
        "7559",
        "183-188",
    )
    assert (article["issued"], article["DOI"], article["PMID"]) == (
        {"date-parts": [[2015, 7, 9]]},
        "10.1038/nature14610",
        "26131937",
    )


def test_every_answer_with_sources_gives_them_as_references(kg: KnowledgeGraph) -> None:
    for answer in (
        kg.entity("Revlimid"),
        kg.compare("lenalidomide", "pomalidomide"),
        kg.explain("pomalidomide", "multiple myeloma"),
        kg.why("lenalidomide", over="thalidomide", disease="multiple myeloma"),
    ):
        references = answer.references
        assert [each["id"] for each in references] == [source.curie for source in answer.sources]
        assert all(each["type"] and each["title"] for each in references)
        assert json.loads(json.dumps(references)) == references


def test_ris_is_made_of_records(kg: KnowledgeGraph) -> None:
    references = kg.entity("cereblon").references
    lines = ris(references).split("\n")[:-1]
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in lines)
    assert sum(line.startswith("TY  - ") for line in lines) == lines.count("ER  - ") == len(references)


def test_the_shell_gives_references() -> None:
    found = CliRunner().invoke(main, ["statements", "--predicate", "degrades", "--object", "CK1 alpha", "--format", "csl"])
    assert "pubmed:26131937" in {each["id"] for each in json.loads(found.stdout)}
    told = CliRunner().invoke(main, ["show", "CSNK1A1", "--format", "ris"])
    assert told.stdout.startswith("TY  - ")


def test_every_answer_gives_its_references_in_each_form(kg: KnowledgeGraph) -> None:
    for answer in (
        kg.entity("iberdomide"),
        kg.run("approved-indications", drug="pomalidomide"),
        kg.explain("thalidomide", "phocomelia"),
        kg.status("lenalidomide", "approvedFor", "CLL"),
    ):
        number = len(answer.sources) or len(answer.references)
        assert number
        assert answer.bibliography().startswith("1. ")
        assert len(answer.bibliography().splitlines()) == number
        assert answer.bibliography("bibtex").count("\n@") + 1 == number
        assert answer.bibliography("ris").count("TY  - ") == number
        assert len(json.loads(answer.bibliography("csl"))) == number
    with pytest.raises(QueryError, match="Choose from text, bibtex, ris and csl"):
        answer.bibliography("endnote")


def test_a_statement_shows_itself_in_a_notebook(kg: KnowledgeGraph) -> None:
    shown = kg.statements("lenalidomide", "degrades", "IKZF1")[0]._repr_html_()
    assert shown.startswith("<p>Lenalidomide")
    assert "<li>" in shown
    assert "<script" not in shown
