"""What a named query gives: its sources as references, and where it is empty, which of three reasons there is."""

from __future__ import annotations

import json
import pickle

from click.testing import CliRunner

from imidgraph import KnowledgeGraph
from imidgraph.cli import main


def test_an_answer_names_its_sources(kg: KnowledgeGraph) -> None:
    answer = kg.run("boxed-warnings", drug="Revlimid")
    assert "imid:revlimid-us-label" in [source.curie for source in answer.sources]
    assert [each["id"] for each in answer.references] == [source.curie for source in answer.sources]
    assert [each["id"] for each in answer.to_dict()["sources"]] == [source.curie for source in answer.sources]
    assert pickle.loads(pickle.dumps(answer)).references == answer.references
    assert kg.run("drug-identifiers", drug="Revlimid").references == []


def test_a_denial_is_told_with_its_source(kg: KnowledgeGraph) -> None:
    first, second = kg.run("approved-indications", drug="lenalidomide", disease="CLL").gaps
    assert first.startswith("A source denies it: The US label says that lenalidomide is not indicated")
    assert "US prescribing information" in first
    assert second.startswith("Without disease: ")


def test_what_is_not_curated_is_no_no(kg: KnowledgeGraph) -> None:
    assert kg.run("boxed-warnings", drug="mezigdomide").gaps == (
        "Not curated here: nothing for drug mezigdomide. That does not mean no.",
    )
    gaps = kg.run("drug-interactions", drug="lenalidomide", partner="ketoconazole").gaps
    assert gaps[0] == "Not curated here: nothing for drug lenalidomide and partner ketoconazole. That does not mean no."
    assert [gap.partition(":")[0] for gap in gaps[1:]] == ["Without partner", "Without drug"]


def test_a_filter_that_leaves_nothing_says_of_how_much(kg: KnowledgeGraph) -> None:
    assert len(kg.run("approvals-in-year")) > 70
    (gap,) = kg.run("approvals-in-year", year=1999).gaps
    assert gap == f"None of the {len(kg.run('approvals-in-year'))} rows meets year 1999."
    gaps = kg.run("risks-by-drug", drug="lenalidomide", severity="mild", boxedWarning=True).gaps
    assert "for drug lenalidomide meets severity mild and boxedWarning True." in gaps[0]
    assert gaps[1].startswith("Without severity: ")


def test_the_shell_tells_why_and_exits_with_one() -> None:
    result = CliRunner().invoke(main, ["run", "approved-indications", "drug=lenalidomide", "disease=CLL", "--format", "json"])
    assert result.exit_code == 1
    assert "A source denies it" in json.loads(result.stdout)["gaps"][0]


def test_days_between_two_days(kg: KnowledgeGraph) -> None:
    rows = kg.run("drug-history", drug="pomalidomide", since="2013-01-01", until="2013-12-31").to_dicts()
    assert {row["date"][:4] for row in rows} == {"2013"}
    assert {row["date"] for row in rows} >= {"2013-02-08"}
    assert len(kg.run("approvals-in-year", since="2013-01-01", until="2013-12-31")) == len(kg.run("approvals-in-year", year=2013))


def test_denials_are_rows(kg: KnowledgeGraph) -> None:
    rows = kg.run("neosubstrates-by-drug", drug="pomalidomide").to_dicts()
    assert [row["symbol"] for row in rows if row["negated"]] == ["CSNK1A1"]
    partners = {row["partnerLabel"] for row in kg.run("drug-interactions", drug="lenalidomide").to_dicts()}
    assert {"statins", "oral contraceptives"} <= partners
