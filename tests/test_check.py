"""Build, check and validate in a checkout: what the shapes, the invariants and the rules find is told with file and line."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from click.testing import CliRunner

from imidgraph.cli import main
from imidgraph.release.checkout import read_checkout
from imidgraph.resources import ONTOLOGY
from tests.checkout import DRUGS, FACT, FILE, NAME, message


def test_the_old_release_stays_where_a_fact_is_bad(ontology: Path) -> None:
    runner = CliRunner()
    assert runner.invoke(main, ["build", str(ontology)]).exit_code == 0
    release = (ontology / "imid.ttl").read_bytes()
    (ontology / "facts/risks/drugs.yaml").write_text(FACT.replace("severity", "severty"))
    result = runner.invoke(main, ["build", str(ontology)])
    assert result.exit_code == 2
    assert f"{FILE}:4: {NAME}: Unknown key 'severty'." in result.stderr
    assert (ontology / "imid.ttl").read_bytes() == release


def test_a_file_in_the_wrong_place_is_not_passed_over(ontology: Path) -> None:
    (ontology / "facts/drugs.yml").write_text(FACT)
    assert message(ontology) == "ontology/facts/drugs.yml:1: This file is not read. Facts are in facts/<topic>/<family>.yaml."


VIOLATION = FACT.replace("severity: severe", "severity: dire").replace("    population: del(5q)\n", "")


def _violations(ontology: Path, text: str) -> list[str]:
    """Build and validate in a copy of the ontology."""
    shutil.copytree(ONTOLOGY / "shapes", ontology / "shapes")
    (ontology / "facts/risks/drugs.yaml").write_text(text)
    runner = CliRunner()
    assert runner.invoke(main, ["build", str(ontology)]).exit_code == 0
    result = runner.invoke(main, ["validate", str(ontology / "imid.ttl")])
    assert (result.exit_code, f"{len(result.stdout.splitlines())} violations." in result.stderr) == (1, True)
    return result.stdout.splitlines()


def test_validate_in_a_checkout_names_file_line_and_fact(ontology: Path) -> None:
    lines = _violations(ontology, VIOLATION)
    assert f"{FILE}:1: {NAME}: imid:severity has a value that is not on the closed list." in lines
    assert f"{FILE}:10: {NAME}-b: A frequency must name the population in which it was seen." in lines


def test_validate_names_the_line_of_an_entity_and_of_a_wrong_end(ontology: Path) -> None:
    (ontology / "entities/drugs.ttl").write_text(DRUGS.replace("a imid:AdverseEffect", "a imid:Disease"))
    lines = _violations(ontology, FACT.replace("neutropenia\n", "neutropenia\n  throughStep: neutropenia\n"))
    assert any(line.startswith(f"{FILE}:1: {NAME}: Associations whose subject or object is not of the class") for line in lines)
    (ontology / "entities/drugs.ttl").write_text(DRUGS.replace("@en .\n\nimid:neu", '@en , "DEX"@en .\n\nimid:neu'))
    CliRunner().invoke(main, ["build", str(ontology)])
    result = CliRunner().invoke(main, ["validate", str(ontology / "imid.ttl")])
    assert "ontology/entities/drugs.ttl:9: dexamethasone: An entity must have one label." in result.stdout.splitlines()


def test_one_file_is_checked_with_its_shapes(ontology: Path) -> None:
    shutil.copytree(ONTOLOGY / "shapes", ontology / "shapes")
    (ontology / "facts/risks/more.yaml").write_text(VIOLATION.replace(NAME, "another"))
    (ontology / "facts/risks/worse.yaml").write_text(FACT.replace(NAME, "worse").replace("severity", "severty"))
    runner = CliRunner()
    result = runner.invoke(main, ["build", "--check", str(ontology / "facts/risks/more.yaml")])
    lines = result.stderr.splitlines()
    assert result.exit_code == 2
    assert len(lines) == 3
    assert "ontology/facts/risks/more.yaml:1: another: imid:severity has a value" in lines[0]
    assert lines[1].startswith("ontology/facts/risks/more.yaml:10: another-b: A frequency must name the population")
    assert lines[2].startswith("ontology/facts/risks/more.yaml:1: another: Risks with a severity that nothing in their evidence")
    good = runner.invoke(main, ["build", "--check", str(ontology / "facts/risks/drugs.yaml")])
    assert (good.exit_code, good.stderr.endswith("drugs.yaml.\n")) == (0, True)
    assert "No errors in " in good.stderr
    bad = runner.invoke(main, ["build", "--check", str(ontology / "facts/risks/worse.yaml")])
    assert "worse.yaml:4: worse: Unknown key 'severty'. Did you mean 'severity'?" in bad.stderr
    assert not (ontology / "imid.ttl").exists()
    assert "Add --check" in runner.invoke(main, ["build", str(ontology / "facts/risks/drugs.yaml")]).stderr


def test_only_files_of_the_sources_are_checked_alone(ontology: Path) -> None:
    elsewhere = ontology.parent / "elsewhere.yaml"
    elsewhere.write_text(FACT)
    for path, reason in (
        (ontology / "schema.ttl", "is not a file of entities, facts, readings, sources."),
        (elsewhere, "is in no ontology directory"),
    ):
        assert reason in CliRunner().invoke(main, ["build", "--check", str(path)]).stderr


def test_a_bad_rule_is_one_sentence(ontology: Path) -> None:
    rule = ontology / "rules/direct-edges.rq"
    rule.write_text(rule.read_text().replace("WHERE {", "WHERE"))
    assert re.fullmatch(r"ontology/rules/direct-edges\.rq:\d+: This is not valid SPARQL: .*\.", message(ontology))


def test_a_stale_schema_or_release_is_told(ontology: Path) -> None:
    shutil.copytree(ONTOLOGY / "shapes", ontology / "shapes")
    runner = CliRunner()
    assert runner.invoke(main, ["build", "--check", str(ontology)]).exit_code == 1
    assert runner.invoke(main, ["build", str(ontology)]).exit_code == 0
    assert runner.invoke(main, ["build", "--check", str(ontology)]).exit_code == 0
    (ontology / "facts.schema.json").write_text("{}")
    result = runner.invoke(main, ["build", "--check", str(ontology)])
    assert result.exit_code == 1
    assert "facts.schema.json. Run 'imidgraph build' and commit the result." in result.stderr


def test_a_check_reads_the_facts_that_a_file_has_to_do_with(ontology: Path) -> None:
    """Those that speak of the same two things, and those that it names; of the others only the names."""
    rash = DRUGS.partition("imid:neutropenia")[2].replace("neutropenia", "rash")
    (ontology / "entities/drugs.ttl").write_text(f"{DRUGS}\nimid:rash{rash}")
    for name, text in {"near": FACT, "far": FACT.replace("| neutropenia", "| rash")}.items():
        (ontology / f"facts/risks/{name}.yaml").write_text(text.replace(NAME, name))
    own = FACT.replace(NAME, "own").replace("  severity", "  supersededBy: far\n  severity")
    (ontology / "facts/risks/own.yaml").write_text(own)
    for text, found in ((own, {"own", "near", NAME, "far"}), (own.replace("  supersededBy: far\n", ""), {"own", "near", NAME})):
        (ontology / "facts/risks/own.yaml").write_text(text)
        assert {fact.name for fact in read_checkout(ontology, ontology / "facts/risks/own.yaml").facts} == found
    assert len(read_checkout(ontology).facts) == 4
