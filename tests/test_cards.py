"""Cards: a pharmacologist finds the facts, each with its source, and Markdown reads them as they are meant."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner
from markdown_it import MarkdownIt

from imidgraph import KnowledgeGraph
from imidgraph.cli import main
from imidgraph.pages.markdown import comparison_card, entity_card
from imidgraph.prose import NOT_ADVICE


def test_the_card_of_a_drug_has_its_boxed_warnings_with_sources(kg: KnowledgeGraph) -> None:
    card = entity_card(kg.entity("Revlimid"), kg.version)
    assert card.startswith("# lenalidomide\n")
    lines = [line for line in card.splitlines() if line.startswith("- **embryo-fetal toxicity**")]
    line = next(line for line in lines if "boxed warning" in line)
    assert re.search(r"\[\^\d+\]", line)
    assert NOT_ADVICE in card
    assert f"imidgraph {kg.version}" in card


def test_every_note_is_cited_and_every_citation_is_a_note(kg: KnowledgeGraph) -> None:
    for card in (entity_card(kg.entity("Revlimid"), None), comparison_card(kg.compare("Thalomid", "Revlimid", "Pomalyst"), None)):
        body, _, notes = card.partition("\n---\n")
        assert set(re.findall(r"\[\^(\d+)\]", body)) == set(re.findall(r"^\[\^(\d+)\]:", notes, re.M))


def test_a_comparison_has_a_column_for_each_drug(kg: KnowledgeGraph) -> None:
    card = comparison_card(kg.compare("lenalidomide", "pomalidomide"), kg.version)
    assert "| | lenalidomide | pomalidomide |" in card
    row = next(line for line in card.splitlines() if line.startswith("| CSNK1A1 |"))
    assert row.count("|") == 4
    assert row.endswith("|  |")


@pytest.mark.parametrize("name", ["blood clots", "POEMS syndrome", "CK1α", "multiple myeloma"])
def test_nothing_in_a_card_is_taken_for_markup(kg: KnowledgeGraph, name: str) -> None:
    card = entity_card(kg.entity(name), kg.version)
    html = MarkdownIt("commonmark").render(card)
    tags = set(re.findall(r"<(/?\w+)", html))
    assert tags <= {
        mark + tag for mark in ("", "/") for tag in ("h1", "h2", "p", "ul", "li", "strong", "em", "code", "br", "hr", "a")
    }


def test_the_command_writes_one_or_compares() -> None:
    one = CliRunner().invoke(main, ["show", "Revlimid", "--format", "markdown"])
    assert (one.exit_code, one.stdout.splitlines()[0]) == (0, "# lenalidomide")
    assert NOT_ADVICE in one.stderr
    two = CliRunner().invoke(main, ["compare", "Revlimid", "Pomalyst", "--format", "markdown"])
    assert two.stdout.splitlines()[0] == "# lenalidomide and pomalidomide"
