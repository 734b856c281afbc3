"""Facts in YAML: what they build, and that whatever is wrong with one is a line with its file, its line and its name."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from imidgraph.release.build import build
from tests.checkout import FACT, FILE, NAME, message


def _lines(ontology: Path) -> list[str]:
    return build(ontology).decode().splitlines()


def test_a_fact_is_a_statement_with_evidence_and_a_direct_edge(ontology: Path) -> None:
    text = build(ontology).decode()
    assert f"imid:{NAME} a imid:Risk ;" in text
    assert f"imid:evidence imid:{NAME}-a , imid:{NAME}-b" in text
    assert "imid:hasAdverseEffect imid:neutropenia" in text.partition("imid:lenalidomide a imid:Drug")[2].partition("\n\n")[0]
    frequency = text.partition(f"imid:{NAME}-b a imid:Frequency")[2]
    assert "imid:percent 55.4" in frequency
    assert "imid:sampleSize 148" in frequency
    assert 'imid:startDate "2005-12"^^xsd:gYearMonth' in text
    assert 'imid:statement "Lenalidomide lowers the neutrophils."@en' in text


def test_a_negated_fact_gives_no_direct_edge(ontology: Path) -> None:
    (ontology / "facts/risks/drugs.yaml").write_text(FACT.replace("  severity", "  negated: true\n  severity"))
    text = build(ontology).decode()
    assert "imid:negated true" in text
    assert "imid:hasAdverseEffect imid:neutropenia" not in text


def test_rewording_a_fact_renames_nothing(ontology: Path) -> None:
    before = {line.split()[0] for line in _lines(ontology) if line.startswith("imid:")}
    changed = FACT.replace("lowers the", "reduces the").replace("severe", "serious").replace("table 3", "table 4")
    (ontology / "facts/risks/drugs.yaml").write_text(changed)
    assert {line.split()[0] for line in _lines(ontology) if line.startswith("imid:")} == before


BAD = [
    ("severity:", "severty:", 4, "Unknown key 'severty'. Did you mean 'severity'?"),
    ("locator: table 3", "locater: table 3", 11, "Unknown key 'locater'. Did you mean 'locator'?"),
    ("| neutropenia", "| neutropenja", 2, "Unknown entity 'neutropenja'. Did you mean 'neutropenia'?"),
    ("Risk: lenalidomide", "Risk: Revlimid", 2, "Unknown entity 'Revlimid'. Did you mean 'lenalidomide'?"),
    ("hasAdverseEffect |", "hasAdverseEfect |", 2, "Unknown predicate 'hasAdverseEfect'. Did you mean 'hasAdverseEffect'?"),
    ("With: dexa", "With: dexta", 3, "Unknown entity 'dextamethasone'. Did you mean 'dexamethasone'?"),
    ("Risk: lena", "Rsik: lena", 2, "Unknown class 'Rsik'. Did you mean 'Risk'?"),
    ("  Risk: lenalidomide | hasAdverseEffect | neutropenia\n", "", 1, "There is no class. Use one of "),
    (
        "| neutropenia",
        "- neutropenia",
        2,
        "is not a subject, a predicate and an object. Write 'Class: subject | predicate | object'.",
    ),
    ("percent: 55.4", "percent: 2026-11-30", 12, "The value '2026-11-30' of 'percent' must be a number such as 12.5."),
    ("percent: 55.4", "percent: 55,4", 12, "The value '55,4' of 'percent' must be a number such as 12.5."),
    ("sampleSize: 148", "sampleSize: 14.8", 13, "The value '14.8' of 'sampleSize' must be a whole number."),
    ("2005-12", "55.4", 5, "The value '55.4' of 'startDate' must be a day, month or year such as 2026-11-30, 2026-11 or 2026."),
    ("2005-12", "2005-02-30", 5, "The value '2005-02-30' of 'startDate' must be a day, month or year"),
    ("  severity", "  negated: yes\n  severity", 4, "The value 'yes' of 'negated' must be true or false."),
    (
        "Evidence: revlimid-us",
        "Evidence: revlimid-uk",
        8,
        "Unknown source 'revlimid-uk-label'. Did you mean 'revlimid-us-label'?",
    ),
    ("Frequency: pubmed:17021321", "Frequency: doi:10.1/x", 9, "Unknown source 'doi:10.1/x'. Describe it in ontology/sources/."),
    (
        "severity: severe",
        "severity: severe\n  severity: mild",
        5,
        "The key 'severity' is written twice. Keep one, or write a list.",
    ),
    ("severity: severe", "severity:", 4, "The key 'severity' has no value."),
    ("severity: severe", "severity: {a: b}", 4, "The value of 'severity' must be a text or a list of texts."),
    ("boxed warning,", "boxed warning, section 5,", 8, "Unknown key 'section 5'."),
    ("severity: severe", "percent: 5.0", 4, "The key 'percent' belongs to Frequency, not to Risk."),
    ("id: b", "id: a", 10, "The id is already used at ontology/facts/risks/drugs.yaml:8. Choose another one."),
    ("    id: b\n", "", 9, "The evidence has no id. Write 'id: b'."),
    ("id: a,", "id: a b,", 8, "The id 'a b' must have letters, digits, hyphens, dots and underscores only."),
    ("  statement", "\tstatement", 6, "There is a tab. Use spaces."),
    ("statement: Lena", 'statement: "Lena', 6, "The quote that opens here is never closed."),
    ("table 3\n    percent: 55.4", '"table 3\n    percent: "55.4"', 11, "A quote that opens here is not closed."),
    ("copy}", "copy", 8, "The { that opens here is not closed, or a comma is missing."),
    ("Lenalidomide lowers", "Warning: it lowers", 6, "A text contains a colon and a space. Put the text in quotes."),
    ("severity: severe", "severity: %severe", 4, "A text starts with a character that needs quotes. Put the text in quotes."),
    ("severity: severe", "severity: &x severe", 4, "There is an anchor (&). Write the text out in each place."),
    ("severity: severe", "severity: *x", 4, "There is an alias (*). Write out what it stands for."),
    ("severity: severe", "severity: !!int 5", 4, "A text starts with a tag (tag:yaml.org,2002:int)."),
    ("severity: severe", "severity", 4, "This line has no key. Write 'key: value', or indent it as part of the text above."),
    (" severity: severe", "severity: severe", 4, "Check indentation"),
]


@pytest.mark.parametrize(("good", "bad", "line", "reason"), BAD)
def test_a_bad_fact_is_one_sentence_with_its_file_and_line(ontology: Path, good: str, bad: str, line: int, reason: str) -> None:
    assert FACT.count(good) >= 1
    (ontology / "facts/risks/drugs.yaml").write_text(FACT.replace(good, bad, 1))
    first = message(ontology).splitlines()[0]
    assert first.startswith(f"{FILE}:{line}: ")
    assert reason in first
    assert first.endswith((".", "?"))
    assert NAME in first or first == message(ontology)  # where the file cannot be read, nothing else is said


def test_a_fact_without_an_id_is_told_one(ontology: Path) -> None:
    file = ontology / "facts/risks/drugs.yaml"
    (ontology / "facts/retired.yaml").unlink()
    file.write_text(FACT.replace(f"- id: {NAME}\n  Risk", "- Risk"))
    match = re.fullmatch(
        rf"{FILE}:1: The fact has no id. Write '(id: lenalidomide-\w+-neutropenia-[0-9a-f]{{8}})'\.", message(ontology)
    )
    assert match
    file.write_text(file.read_text().replace("- Risk", f"- {match[1]}\n  Risk"))
    assert f"imid:{match[1][4:]} a imid:Risk" in build(ontology).decode()


def test_all_faults_are_told_at_once_up_to_a_bound(ontology: Path) -> None:
    facts = FACT.replace("severity", "severty").replace("table 3\n", "table 3\n    stanse: supports\n")
    (ontology / "facts/risks/drugs.yaml").write_text(facts)
    assert [line.split(": ")[0] for line in message(ontology).splitlines()] == [f"{FILE}:4", f"{FILE}:12"]
    many = "".join(facts.replace(NAME, f"fact-{number}") for number in range(100))
    (ontology / "facts/risks/drugs.yaml").write_text(many + FACT)
    lines = message(ontology).splitlines()
    assert len(lines) == 51
    assert lines[-1] == "... and 150 more."


def test_an_id_is_used_once_in_all_files(ontology: Path) -> None:
    (ontology / "facts/risks/more.yaml").write_text(FACT)
    lines = message(ontology).splitlines()
    assert lines[0] == f"ontology/facts/risks/more.yaml:1: {NAME}: The id is already used at {FILE}:1. Choose another one."
    assert len(lines) == 3  # the fact and its two pieces of evidence


@pytest.mark.parametrize("taken", ["lenalidomide", "revlimid-us-label", "severity"])
def test_an_id_is_not_that_of_anything_else(ontology: Path, taken: str) -> None:
    (ontology / "facts/risks/more.yaml").write_text(FACT.replace(NAME, taken))
    assert f"more.yaml:1: {taken}: The id is already used at ontology/" in message(ontology)


def test_an_id_that_was_retired_is_not_used_again(ontology: Path) -> None:
    (ontology / "facts/risks/more.yaml").write_text(FACT.replace(NAME, "gone"))
    assert "more.yaml:1: gone: The id was retired (It was split). Choose another one." in message(ontology)


def test_many_faults_are_told_soon(ontology: Path) -> None:
    """What was meant is searched for the faults that are shown, not for all of them."""
    (ontology / "facts/risks/more.yaml").write_text(
        "".join(FACT.replace(NAME, f"fact-{n}").replace("| neutropenia", f"| neutropenja-{n}") for n in range(1500))
    )
    start = time.process_time()
    assert message(ontology).endswith("... and 1450 more.")
    assert time.process_time() - start < 5
