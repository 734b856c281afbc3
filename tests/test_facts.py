"""Facts in YAML: what they build, and that whatever is wrong with one is a line with its file, its line and its name."""

from __future__ import annotations

import json
import re
import shutil
import time
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st

import imidgraph
from imidgraph import OntologyError
from imidgraph.cli import main
from imidgraph.namespaces import expand
from imidgraph.release.build import build
from imidgraph.release.checkout import read_checkout
from imidgraph.release.readings import digests
from imidgraph.release.yamltext import Items, Node, Text, YamlFault, read_yaml
from imidgraph.resources import ONTOLOGY

DRUGS = """@prefix imid: <https://w3id.org/imidgraph/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

imid:lenalidomide
    a imid:Drug ;
    rdfs:label "lenalidomide"@en ;
    imid:brandName "Revlimid" .

imid:dexamethasone
    a imid:Drug ;
    rdfs:label "dexamethasone"@en .

imid:neutropenia
    a imid:AdverseEffect ;
    rdfs:label "neutropenia"@en .
"""
SOURCES = """\
- id: pubmed:17021321
  type: article-journal
  title: Lenalidomide in the myelodysplastic syndrome with chromosome 5q deletion
  author: [{family: List, given: A}, {family: Dewald, given: Gordon W}]
  container-title: N Engl J Med
  issued: 2006-10
  volume: 355
  DOI: 10.1056/NEJMoa061292

- id: revlimid-us-label
  type: document
  title: REVLIMID (lenalidomide) capsules, US prescribing information
  URL: https://dailymed.nlm.nih.gov/
"""
FACT = """\
- id: lenalidomide-hasAdverseEffect-neutropenia-1
  Risk: lenalidomide | hasAdverseEffect | neutropenia
  inCombinationWith: dexamethasone
  severity: severe
  startDate: 2005-12
  statement: Lenalidomide lowers the neutrophils.
  evidence:
  - {Evidence: revlimid-us-label, id: a, locator: boxed warning, verification: copy}
  - Frequency: pubmed:17021321
    id: b
    locator: table 3
    percent: 55.4
    sampleSize: 148
    population: del(5q)
    verification: source
"""
RETIRED = "- {id: gone, replacedBy: [lenalidomide-hasAdverseEffect-neutropenia-1], reason: It was split.}\n"
FILE = "ontology/facts/risks/drugs.yaml"
NAME = "lenalidomide-hasAdverseEffect-neutropenia-1"


@pytest.fixture
def ontology(tmp_path: Path) -> Path:
    """A small ontology with one fact."""
    folder = tmp_path / "ontology"
    shutil.copytree(ONTOLOGY / "rules", folder / "rules")
    shutil.copy(ONTOLOGY / "schema.ttl", folder)
    for name, text in (
        ("entities/drugs.ttl", DRUGS),
        ("sources/all.yaml", SOURCES),
        ("facts/risks/drugs.yaml", FACT),
        ("facts/retired.yaml", RETIRED),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


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


def test_an_article_has_the_fields_of_csl(ontology: Path) -> None:
    article = build(ontology).decode().partition("pubmed:17021321 a imid:Article")[2].partition("\n\n")[0]
    assert 'imid:firstAuthor "List A"' in article
    assert 'imid:authors "List A, Dewald GW"' in article
    assert 'imid:volume "355"' in article
    assert 'imid:journal "N Engl J Med"' in article
    assert 'imid:published "2006-10"^^xsd:gYearMonth' in article
    assert r"skos:exactMatch doi:10.1056\/NEJMoa061292" in article


def test_rewording_a_fact_renames_nothing(ontology: Path) -> None:
    before = {line.split()[0] for line in _lines(ontology) if line.startswith("imid:")}
    changed = FACT.replace("lowers the", "reduces the").replace("severe", "serious").replace("table 3", "table 4")
    (ontology / "facts/risks/drugs.yaml").write_text(changed)
    assert {line.split()[0] for line in _lines(ontology) if line.startswith("imid:")} == before


def test_a_retired_name_points_to_its_successor(ontology: Path) -> None:
    retired = build(ontology).decode().partition("imid:gone ")[2].partition(" .\n")[0]
    assert "owl:deprecated true" in retired
    assert f"dcterms:isReplacedBy imid:{NAME}" in retired


def test_a_retired_name_is_no_node() -> None:
    graph = imidgraph.load().projection
    retired = {triple.subject.value for triple in graph.triples() if triple.predicate.value.endswith("#deprecated")}
    assert retired
    assert not retired & {expand(node.id) for node in graph.nodes()}
    assert not retired & {expand(edge.subject) for edge in graph.edges()}


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


def _message(ontology: Path) -> str:
    with pytest.raises(OntologyError) as caught:
        build(ontology)
    return str(caught.value)


@pytest.mark.parametrize(("good", "bad", "line", "reason"), BAD)
def test_a_bad_fact_is_one_sentence_with_its_file_and_line(ontology: Path, good: str, bad: str, line: int, reason: str) -> None:
    assert FACT.count(good) >= 1
    (ontology / "facts/risks/drugs.yaml").write_text(FACT.replace(good, bad, 1))
    first = _message(ontology).splitlines()[0]
    assert first.startswith(f"{FILE}:{line}: ")
    assert reason in first
    assert first.endswith((".", "?"))
    assert NAME in first or first == _message(ontology)  # where the file cannot be read, nothing else is said


def test_a_fact_without_an_id_is_told_one(ontology: Path) -> None:
    file = ontology / "facts/risks/drugs.yaml"
    (ontology / "facts/retired.yaml").unlink()
    file.write_text(FACT.replace(f"- id: {NAME}\n  Risk", "- Risk"))
    match = re.fullmatch(
        rf"{FILE}:1: The fact has no id. Write '(id: lenalidomide-\w+-neutropenia-[0-9a-f]{{8}})'\.", _message(ontology)
    )
    assert match
    file.write_text(file.read_text().replace("- Risk", f"- {match[1]}\n  Risk"))
    assert f"imid:{match[1][4:]} a imid:Risk" in build(ontology).decode()


def test_all_faults_are_told_at_once_up_to_a_bound(ontology: Path) -> None:
    facts = FACT.replace("severity", "severty").replace("table 3\n", "table 3\n    stanse: supports\n")
    (ontology / "facts/risks/drugs.yaml").write_text(facts)
    assert [line.split(": ")[0] for line in _message(ontology).splitlines()] == [f"{FILE}:4", f"{FILE}:12"]
    many = "".join(facts.replace(NAME, f"fact-{number}") for number in range(100))
    (ontology / "facts/risks/drugs.yaml").write_text(many + FACT)
    lines = _message(ontology).splitlines()
    assert len(lines) == 51
    assert lines[-1] == "... and 150 more."


def test_an_id_is_used_once_in_all_files(ontology: Path) -> None:
    (ontology / "facts/risks/more.yaml").write_text(FACT)
    lines = _message(ontology).splitlines()
    assert lines[0] == f"ontology/facts/risks/more.yaml:1: {NAME}: The id is already used at {FILE}:1. Choose another one."
    assert len(lines) == 3  # the fact and its two pieces of evidence


@pytest.mark.parametrize("taken", ["lenalidomide", "revlimid-us-label", "severity"])
def test_an_id_is_not_that_of_anything_else(ontology: Path, taken: str) -> None:
    (ontology / "facts/risks/more.yaml").write_text(FACT.replace(NAME, taken))
    assert f"more.yaml:1: {taken}: The id is already used at ontology/" in _message(ontology)


def test_an_id_that_was_retired_is_not_used_again(ontology: Path) -> None:
    (ontology / "facts/risks/more.yaml").write_text(FACT.replace(NAME, "gone"))
    assert "more.yaml:1: gone: The id was retired (It was split). Choose another one." in _message(ontology)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (
            RETIRED.replace("neutropenia-1", "neutropenia-9"),
            f"Unknown successor 'lenalidomide-hasAdverseEffect-neutropenia-9'. Did you mean '{NAME}",
        ),
        (RETIRED.replace(", reason: It was split.", ""), "gone: The retired name has no reason. Add one."),
        (RETIRED * 2, "retired.yaml:2: gone: The name is retired twice. Keep one entry."),
        (RETIRED.replace("replacedBy", "replacedby"), "Unknown key 'replacedby'. Did you mean 'replacedBy'?"),
    ],
)
def test_a_bad_retired_name_is_one_sentence(ontology: Path, bad: str, reason: str) -> None:
    (ontology / "facts/retired.yaml").write_text(bad)
    message = _message(ontology)
    assert message.startswith("ontology/facts/retired.yaml:")
    assert reason in message


@pytest.mark.parametrize(
    ("good", "bad", "line", "reason"),
    [
        ("article-journal", "article", 2, "pubmed:17021321: Unknown type 'article'. Choose from article-journal, "),
        ("container-title", "container-titel", 5, "Unknown key 'container-titel'. Did you mean 'container-title'?"),
        ("issued: 2006-10", "issued: October", 6, "The value 'October' of 'issued' must be a day, month or year"),
        ("title: REV", "titel: REV", 10, "revlimid-us-label: The source has no title. Add it."),
        ("id: pubmed:", "id: pubmd:", 1, "The id 'pubmd:17021321' is not an identifier. Unknown prefix 'pubmd'."),
        ("DOI: ", "exactMatch: ", 8, "The value '10.1056/NEJMoa061292' of 'exactMatch' is not an identifier."),
        ("- id: revlimid-us-label\n  type", "- type", 10, "The source has no id. Write one such as 'id: pubmed:26131937'"),
        ("family: List", "familie: List", 4, "Unknown key 'familie'. Did you mean 'family'?"),
    ],
)
def test_a_bad_source_is_one_sentence(ontology: Path, good: str, bad: str, line: int, reason: str) -> None:
    assert good in SOURCES
    (ontology / "sources/all.yaml").write_text(SOURCES.replace(good, bad))
    assert any(
        text.startswith(f"ontology/sources/all.yaml:{line}: ") and reason in text for text in _message(ontology).splitlines()
    )


@pytest.mark.parametrize(
    ("good", "bad", "line", "reason"),
    [
        ("@en ;\n    imid:brand", "@en\n    imid:brand", 7, "This is not valid Turtle: "),
        ('imid:brandName "Revlimid"', "rdfs:seeAlso []", 7, "There is a blank node. Give each thing a name."),
        ("imid:brandName", "imid:brandname", 4, "lenalidomide: Unknown property 'brandname'. Did you mean 'brandName'?"),
        (
            "imid:dexamethasone\n",
            "imid:lenalidomide\n",
            9,
            "lenalidomide: The id is already used at ontology/entities/drugs.ttl:4.",
        ),
    ],
)
def test_a_bad_entity_is_one_sentence(ontology: Path, good: str, bad: str, line: int, reason: str) -> None:
    assert good in DRUGS
    (ontology / "entities/drugs.ttl").write_text(DRUGS.replace(good, bad))
    first = _message(ontology).splitlines()[0]
    assert first.startswith(f"ontology/entities/drugs.ttl:{line}: ")
    assert reason in first


def test_a_file_in_the_wrong_place_is_not_passed_over(ontology: Path) -> None:
    (ontology / "facts/drugs.yml").write_text(FACT)
    assert _message(ontology) == "ontology/facts/drugs.yml:1: This file is not read. Facts are in facts/<topic>/<family>.yaml."


BOMB = "- &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"- &{name} [{', '.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (BOMB.encode(), ":1: There is an anchor (&). Write the text out in each place."),
        (b"x" * 50_000_000, ":1: The file is larger than 1,000,000 bytes. Split it."),
        (b"- id: \xff\n", ":1: The text is not UTF-8. Save the file as UTF-8."),
        (b"- id: a\n  b: \x00\n", ":2: There is a control character. Remove it."),
        (b"[" * 5000, ":1: Lists and mappings are nested too deeply."),
        (b"- " * 500 + b"x", ":1: Lists and mappings are nested too deeply."),
        (b"id: a", ":1: The file must be a list. Start each entry with '- '."),
        (b"- a\n", ":1: An entry must be written as 'key: value' lines."),
        (b"---\n- id: a\n---\n- id: b\n", ":3: A second document starts here. Keep one list in a file."),
        (b"- ? [a]\n  : b\n", ":1: A key must be a plain word."),
    ],
    ids=["bomb", "50 MB", "not UTF-8", "control", "brackets", "dashes", "no list", "no mapping", "documents", "key"],
)
def test_a_file_that_is_no_list_of_facts_is_one_sentence(ontology: Path, content: bytes, reason: str) -> None:
    (ontology / "facts/risks/more.yaml").write_bytes(content)
    message = _message(ontology)
    assert message.startswith("ontology/facts/risks/more.yaml" + reason)
    assert "\n" not in message


def test_the_old_release_stays_where_a_fact_is_bad(ontology: Path) -> None:
    runner = CliRunner()
    assert runner.invoke(main, ["build", str(ontology)]).exit_code == 0
    release = (ontology / "imid.ttl").read_bytes()
    (ontology / "facts/risks/drugs.yaml").write_text(FACT.replace("severity", "severty"))
    result = runner.invoke(main, ["build", str(ontology)])
    assert result.exit_code == 2
    assert f"{FILE}:4: {NAME}: Unknown key 'severty'." in result.stderr
    assert (ontology / "imid.ttl").read_bytes() == release


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
    assert len(lines) == 2
    assert "ontology/facts/risks/more.yaml:1: another: imid:severity has a value" in lines[0]
    assert lines[1].startswith("ontology/facts/risks/more.yaml:10: another-b: A frequency must name the population")
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
    assert re.fullmatch(r"ontology/rules/direct-edges\.rq:\d+: This is not valid SPARQL: .*\.", _message(ontology))


@pytest.mark.parametrize("file", ["entities/drugs.ttl", "sources/all.yaml", "facts/risks/drugs.yaml", "schema.ttl"])
def test_a_file_that_is_not_utf_8_is_one_sentence(ontology: Path, file: str) -> None:
    path = ontology / file
    path.write_bytes(path.read_bytes().replace(b"title", b"\xff").replace(b"label", b"\xff").replace(b"locator", b"\xff"))
    assert re.match(rf"ontology/{file}:\d+: ", _message(ontology))


def test_many_faults_are_told_soon(ontology: Path) -> None:
    """What was meant is searched for the faults that are shown, not for all of them."""
    (ontology / "facts/risks/more.yaml").write_text(
        "".join(FACT.replace(NAME, f"fact-{n}").replace("| neutropenia", f"| neutropenja-{n}") for n in range(1500))
    )
    start = time.perf_counter()
    assert _message(ontology).endswith("... and 1450 more.")
    assert time.perf_counter() - start < 5


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


FILES = sorted([*(ONTOLOGY / "facts").glob("*/*.yaml"), *(ONTOLOGY / "sources").rglob("*.yaml")])


class _CoreSchema(yaml.CBaseLoader):
    """The types that an editor takes scalars for."""


_CoreSchema.yaml_implicit_resolvers = {}
for _tag, _form, _first, _make in (
    ("int", r"[-+]?[0-9]+", "-+0123456789", int),
    ("float", r"[-+]?[0-9]+\.[0-9]+", "-+0123456789", float),
    ("bool", r"true|false", "tf", lambda text: text == "true"),
):
    _CoreSchema.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_form})$"), list(_first))
    _CoreSchema.add_constructor(f"tag:yaml.org,2002:{_tag}", lambda _, node, make=_make: make(node.value))


def _schema_of(path: Path) -> dict[str, object]:
    named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", path.read_text())
    assert named, "the first line names the JSON Schema"
    return json.loads((path.parent / named[1]).read_text())


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_each_file_fits_the_json_schema_that_it_names(path: Path) -> None:
    entries = yaml.load(path.read_text(), _CoreSchema)
    assert list(jsonschema.Draft7Validator(_schema_of(path)).iter_errors(entries)) == []


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("severity:", "severty:"),
        ("severity: severe", "severity: dire"),
        ("severity: severe", "percent: 5.0"),
        ("Risk:", "Rsik:"),
        ("| neutropenia", ""),
        ("percent: 55.4", "percent: many"),
        ("sampleSize: 148", "sampleSize: 14.8"),
        ("startDate: 2005-12", "startDate: December"),
        ("id: a, ", ""),
        ("Evidence: revlimid-us-label, ", ""),
        ("verification: copy", "verification: rumor"),
    ],
)
def test_an_editor_sees_what_is_wrong(good: str, bad: str) -> None:
    validator = jsonschema.Draft7Validator(_schema_of(FILES[0]))
    assert validator.is_valid(yaml.load(FACT, _CoreSchema))
    assert good in FACT
    assert not validator.is_valid(yaml.load(FACT.replace(good, bad), _CoreSchema))


_CHARACTERS = st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufeff\u2028\u2029\x85")
_TEXTS = st.text(_CHARACTERS, min_size=1, max_size=40)
_ENTRIES = st.lists(st.dictionaries(_TEXTS, _TEXTS | st.lists(_TEXTS), min_size=1, max_size=4), min_size=1, max_size=4)


def _plain(node: Node) -> object:
    if isinstance(node, Text):
        return node.text
    return [_plain(item) for item in node.items] if isinstance(node, Items) else {key.text: _plain(v) for key, v in node.pairs}


@given(_ENTRIES)
def test_yaml_is_read_as_the_text_that_was_written(tmp_path_factory: pytest.TempPathFactory, data: list[object]) -> None:
    path = tmp_path_factory.getbasetemp() / "texts.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    assert _plain(read_yaml(path)) == data


@given(st.binary(max_size=200) | st.text("-:[]{}\"'&*!|>#% \r\nab", max_size=60).map(str.encode))
@example(b'- a\r\r- "b\rc"')
def test_whatever_is_no_yaml_is_one_sentence(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.yaml"
    path.write_bytes(content)
    try:
        read_yaml(path)
    except YamlFault as fault:
        lines = len(re.split(r"\r\n|[\r\n\x85\u2028\u2029]", content.decode(errors="replace")))
        told = 1 <= fault.line <= lines and fault.reason.endswith(".")
    else:
        told = True
    assert told, content.hex()


LEDGER = "evidence\tday\toutcome\tdigest\tnote\n"


def _reading(ontology: Path, day: str = "2026-11-27", outcome: str = "right", suffix: str = "b") -> str:
    found = digests(read_checkout(ontology).facts)
    return f"{NAME}-{suffix}\t{day}\t{outcome}\t{found[f'{NAME}-{suffix}']}\ta remark\n"


def _ledger(ontology: Path, *rows: str) -> None:
    (ontology / "readings").mkdir(exist_ok=True)
    (ontology / "readings/risks.tsv").write_text(LEDGER + "".join(rows))


def test_a_reading_is_in_the_release_until_what_was_read_changes(ontology: Path) -> None:
    _ledger(ontology, _reading(ontology))
    evidence = build(ontology).decode().partition(f"imid:{NAME}-b a imid:Frequency")[2].partition(" .\n")[0]
    assert 'imid:readingDate "2026-11-27"^^xsd:date' in evidence
    assert 'imid:readingOutcome "right"' in evidence
    for good, bad in (("table 3", "table 4"), ("severe", "serious")):
        (ontology / "facts/risks/drugs.yaml").write_text(FACT.replace(good, bad))
        assert "imid:readingDate" not in build(ontology).decode().partition("# Evidence")[2]
        runner = CliRunner()
        result = runner.invoke(main, ["build", str(ontology)])
        assert (
            "1 second readings are void, because what they read has changed. List them with 'imidgraph build --readings'."
            in result.stderr
        )
        listed = runner.invoke(main, ["build", str(ontology), "--readings", "--format", "csv"])
        assert listed.stdout.splitlines()[1] == f"ontology/readings/risks.tsv:2,{NAME}-b,2026-11-27,right"


def test_neither_order_nor_names_make_a_reading_void(ontology: Path) -> None:
    before = digests(read_checkout(ontology).facts)
    moved = FACT.replace("  severity: severe\n", "").replace("  evidence:", "  severity: severe\n  evidence:")
    (ontology / "facts/risks/drugs.yaml").write_text(moved.replace("id: b", "id: c"))
    after = digests(read_checkout(ontology).facts)
    assert after == {f"{NAME}-a": before[f"{NAME}-a"], f"{NAME}-c": before[f"{NAME}-b"]}


def test_the_last_reading_that_fits_counts(ontology: Path) -> None:
    void = _reading(ontology, "2026-12-24").replace("right\t", "wrong\tf")
    _ledger(ontology, _reading(ontology, "2026-12-01", "misleading"), _reading(ontology), void)
    text = build(ontology).decode()
    assert 'imid:readingOutcome "misleading"' in text
    assert 'imid:readingOutcome "right"' not in text
    assert read_checkout(ontology).void == []


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("nothing-a\t2026-11-27\tright\t0\t\n", "2: nothing-a: Unknown evidence."),
        (f"{NAME}-b\t2026-11\tright\t0\t\n", f"2: {NAME}-b: The day '2026-11' must be a day such as 2026-11-30."),
        (f"{NAME}-b\t2026-11-27\tok\t0\t\n", f"2: {NAME}-b: Unknown outcome 'ok'. Choose from right, misleading, mis-cited, "),
        (f"{NAME}-b\t2026-11-27\tright\n", f"2: {NAME}-b: The row has 3 cells. It needs 5, separated by tabs."),
    ],
)
def test_a_bad_reading_is_one_sentence(ontology: Path, row: str, reason: str) -> None:
    _ledger(ontology, row)
    assert _message(ontology).startswith(f"ontology/readings/risks.tsv:{reason}")
    (ontology / "readings/risks.tsv").write_text("evidence\tday\n")
    assert _message(ontology).startswith("ontology/readings/risks.tsv:1: The first line must be the columns evidence, day, ")
