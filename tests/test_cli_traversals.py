"""The commands that walk the network, run as a user runs them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from imidgraph.answers import NOT_ADVICE
from tests.test_cli import run


def _rows(*arguments: str) -> list[dict[str, str]]:
    result = run(*arguments, "--format", "csv")
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.stdout)))


def test_explain_tells_the_chain_and_numbers_its_sources() -> None:
    result = run("explain", "pomalidomide", "multiple myeloma", "--format", "table", "--shown", "1")
    assert result.exit_code == 0
    assert "1. pomalidomide > CRBN > IKZF1 and IKZF3 > IL2 >" in result.stdout
    assert "more chains" in result.stdout
    assert "[1] " in result.stdout.partition("Sources (")[2]
    assert NOT_ADVICE in result.stderr


def test_explain_gives_data_to_a_program() -> None:
    rows = _rows("explain", "thalidomide", "birth defects")
    assert any(row["relation"] == "degrades" and "SALL4" in row["to"] and row["sources"] for row in rows)
    document = json.loads(run("explain", "thalidomide", "birth defects", "--format", "json").stdout)
    assert document["chains"][0]["verdict"] == "can cause phocomelia"


def test_explain_says_gaps_and_exits_1_where_it_knows_nothing() -> None:
    known = run("explain", "thalidomide", "nerve damage")
    assert known.exit_code == 0
    assert "No chain of curated steps" in known.stdout
    assert run("explain", "eragidomide", "leprosy").exit_code == 1
    told = run("explain", "thalidomide", "nerve damage", "--format", "table")
    assert told.output.count("No chain of curated steps") == 1


def test_similar_names_few_to_people_and_all_to_programs() -> None:
    told = run("similar", "lenalidomide", "--limit", "1", "--format", "table").stdout
    assert " more" in told
    assert len(told.splitlines()) < 12
    row = _rows("similar", "lenalidomide", "--limit", "1")[0]
    assert " more" not in row["risks"]
    document = json.loads(run("similar", "lenalidomide", "--limit", "1", "--format", "json").stdout)
    assert len(document["similar"][0]["shared"]["risks"]) == len(row["risks"].split(", "))


def test_paths_and_their_bounds() -> None:
    rows = _rows("paths", "thalidomide", "pomalidomide", "--max-length", "2", "--predicate", "degrades")
    assert {row["object"] for row in rows} >= {"IKZF1", "IKZF3"}
    assert all(row["sources"] for row in rows)
    cut = run("paths", "thalidomide", "pomalidomide", "--limit", "2")
    assert "stopped at 2 paths" in cut.stdout
    around = run("paths", "thalidomide", "pomalidomide", "--max-length", "2", "--avoid", "IKZF1", "--format", "table")
    assert "IKZF1" not in around.stdout


def test_why_gives_both_sides() -> None:
    rows = _rows("why", "lenalidomide", "--over", "thalidomide", "--for", "multiple myeloma")
    assert {row["speaks"] for row in rows} == {"for", "against", "neither"}
    assert all(row["sources"] for row in rows)


def test_compare_tells_a_text_and_gives_rows_on_request() -> None:
    told = run("compare", "lenalidomide", "pomalidomide", "--format", "table").stdout
    assert "only lenalidomide, as far as curated: CSNK1A1" in told
    assert "do not subtract" in told
    rows = _rows("compare", "lenalidomide", "pomalidomide")
    row = next(row for row in rows if (row["relation"], row["entity"]) == ("degrades", "CSNK1A1"))
    assert "pubmed:26131937" in row["lenalidomide"]
    assert row["pomalidomide"] == ""


def test_neighborhood_similar_and_without() -> None:
    around = _rows("neighborhood", "CSNK1A1", "--predicate", "degrades")
    assert [row["label"] for row in around] == ["CSNK1A1", "lenalidomide"]
    assert "cut at 5 entities" in run("neighborhood", "CRBN", "--limit", "5").stderr
    assert _rows("similar", "pomalidomide", "--limit", "1")[0]["entity"] == "lenalidomide"
    lost = _rows("without", "cereblon")
    assert {"drug": "eragidomide", "effect": "acute myeloid leukemia", "fate": "lost"}.items() <= lost[2].items() or any(
        row["drug"] == "eragidomide" and row["fate"] == "lost" for row in lost
    )
    assert run("without", "ILF2").exit_code == 1


def test_a_picture_is_drawn_beside_the_answer(tmp_path: Path) -> None:
    path = tmp_path / "why.mmd"
    result = run("explain", "thalidomide", "birth defects", "--picture", str(path))
    assert result.exit_code == 0
    assert "flowchart LR" in path.read_text()
    assert str(path) in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("explain", "lenalidomid", "multiple myeloma"), 1, "Did you mean 'lenalidomide'"),
        (("explain", "Revlimid", "lenalidomide"), 2, "same entity"),
        (("explain", "thalidomide", "birth defects", "--picture", "why.doc"), 2, "svg"),
        (("paths", "SALL4", "leprosy", "--max-length", "1"), 1, "No path"),
        (("paths", "SALL4", "SALL4"), 2, "Name a different one"),
        (("paths", "SALL4", "leprosy", "--predicate", "destroys"), 2, "degrades"),
        (("why", "lenalidomide", "--over", "thalidomide"), 2, "--for"),
        (("similar", "pomalidomide", "--aspect", "drug"), 2, "pillar"),
    ],
)
def test_bad_input_is_one_line_and_an_exit_code(arguments: tuple[str, ...], code: int, message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == code, result.output
    assert message in result.stderr
    assert "Traceback" not in result.output
