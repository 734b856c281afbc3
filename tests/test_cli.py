"""The commands, run as a user runs them."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from imidgraph.answers import NOT_ADVICE
from imidgraph.cli import main
from imidgraph.formats import FORMATS
from tests.conftest import ROOT


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=stdin, env={"COLUMNS": "100"})


def test_show_prints_a_card_with_sources() -> None:
    result = run("show", "revlimid", "--format", "table")
    assert result.exit_code == 0
    assert "Degrades CSNK1A1" in result.stdout
    assert "Boxed warnings:" in result.stdout
    assert re.search(r"\[1\](?: \[\d+\])* REVLIMID US label", result.stdout)
    assert NOT_ADVICE in result.stderr
    assert NOT_ADVICE not in result.stdout


def test_show_gives_data_to_a_program() -> None:
    first = json.loads(run("show", "CSNK1A1", "--format", "json").stdout)
    assert {section["name"] for section in first["sections"]} >= {"mechanism"}
    document = json.loads(run("show", "CSNK1A1", "--all", "--format", "json").stdout)
    ends = ("imid:lenalidomide", "imid:degrades")
    assert any((item["subject"], item["predicate"]) == ends and item["evidence"] for item in document["statements"])
    rows = list(csv.DictReader(io.StringIO(run("show", "CSNK1A1", "--all", "--format", "csv").stdout)))
    assert any((row["subject"], row["relation"]) == ("lenalidomide", "degrades") and row["sources"] for row in rows)


@pytest.mark.parametrize(
    ("words", "is_text"),
    [
        (("show", "revlimid"), True),
        (("show", "revlimid", "--section", "doses"), True),
        (("status", "lenalidomide", "degrades", "IKZF1"), True),
        (("explain", "thalidomide", "birth defects"), True),
        (("compare", "lenalidomide", "pomalidomide"), True),
        (("why", "pomalidomide", "--over", "lenalidomide", "--for", "myeloma"), True),
        (("without", "cereblon"), True),
        (("stats",), True),
        (("search", "blood clots"), False),
        (("mentions", "len/dex"), False),
        (("statements", "-s", "lenalidomide", "-p", "degrades"), False),
        (("similar", "lenalidomide"), False),
        (("run", "boxed-warnings"), False),
        (("queries", "list"), False),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_a_pipe_gets_a_text_to_read_or_the_rows_of_a_table(words: tuple[str, ...], is_text: bool) -> None:
    told = run(*words).stdout
    assert told == run(*words, "--format", "table" if is_text else "tsv").stdout
    if is_text:
        assert all(len(line) <= 100 or "http" in line for line in told.splitlines())


def test_the_rows_of_a_card_are_its_lines() -> None:
    rows = list(csv.DictReader(io.StringIO(run("show", "revlimid", "--format", "csv").stdout)))
    sections = json.loads(run("show", "revlimid", "--format", "json").stdout)["sections"]
    told = [(section["name"], line["text"]) for section in sections for line in section["lines"]]
    assert [(row["section"], row["text"]) for row in rows] == told
    assert all(row["sources"] and int(row["statements"]) for row in rows)
    assert len(run("show", "revlimid", "--all", "--format", "csv").stdout.splitlines()) > 500


def test_show_gives_a_section_or_all() -> None:
    boxed = run("show", "revlimid", "--section", "boxed warnings", "--format", "tsv").stdout.splitlines()
    assert len(boxed) > 5
    assert all("boxed warning" in line for line in boxed[1:])
    wrong = run("show", "revlimid", "--section", "boxes")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "It has 'boxed warnings'" in wrong.stderr
    short, long = (run("show", "revlimid", *more, "--format", "table").stdout for more in ([], ["--all"]))
    assert len(short.splitlines()) < 110 < 500 < len(long.splitlines())


def test_search_finds_lay_words() -> None:
    result = run("search", "blood", "clots", "--format", "csv")
    assert list(csv.reader(io.StringIO(result.stdout)))[1][0] == "imid:thromboembolism"
    assert run("search", "qqqqzzzz").exit_code == 1


def test_statements_by_their_ends() -> None:
    result = run("statements", "--predicate", "degrades", "--object", "CK1 alpha", "--format", "tsv")
    if result.exit_code:  # the lay name of the protein is data, the symbol is fixed
        result = run("statements", "--predicate", "degrades", "--object", "CSNK1A1", "--format", "tsv")
    assert result.stdout.splitlines()[1].startswith("lenalidomide\tdegrades\tCSNK1A1")
    nothing = run("statements", "-s", "thalidomide", "-p", "degrades", "-o", "GSPT1")
    assert nothing.exit_code == 1
    assert "Not curated" in nothing.stderr
    assert run("statements").exit_code == 2


def test_status_has_four_answers() -> None:
    answers = {
        ("lenalidomide", "degrades", "IKZF1"): ("supported", 0),
        ("pomalidomide", "inGeneration", "third generation"): ("disputed", 0),
        ("lenalidomide", "approvedFor", "chronic lymphocytic leukemia"): ("denied", 1),
        ("thalidomide", "degrades", "GSPT1"): ("not curated", 1),
    }
    for fact, (word, code) in answers.items():
        result = run("status", *fact)
        assert (result.stdout.splitlines()[0], result.exit_code) == (word, code)
        assert ("  [1] " in result.stdout) == (word != "not curated")
    rows = list(csv.DictReader(io.StringIO(run("status", "thalidomide", "degrades", "GSPT1", "--format", "csv").stdout)))
    assert [(row["status"], row["subject"]) for row in rows] == [("not curated", "thalidomide")]


@pytest.mark.parametrize("format_", ["table", "csv", "tsv", "json", "markdown"])
def test_a_query_runs_in_each_format(format_: str) -> None:
    result = run("run", "boxed-warnings", "drug=Revlimid", "--format", format_)
    assert result.exit_code == 0
    assert "lenalidomide" in result.stdout
    assert "pomalidomide" not in result.stdout


def test_queries_are_listed_and_shown() -> None:
    listed = run("queries", "list", "--format", "tsv").stdout
    assert "boxed-warnings" in listed
    assert run("queries", "list", "--tag", "nonsense").exit_code == 1
    shown = run("queries", "show", "boxed-warnings")
    assert "SELECT" in shown.stdout
    assert "example: imidgraph run boxed-warnings" in shown.stdout
    assert run("queries", "show", "boxed-warnings", "--sparql").stdout.startswith("PREFIX")


def test_sparql_answers_each_form() -> None:
    select = run("sparql", "SELECT ?drug { ?drug imid:degrades imid:CSNK1A1 } ORDER BY ?drug", "-f", "csv")
    assert select.stdout == "drug\nhttps://w3id.org/imidgraph/lenalidomide\n"
    assert run("sparql", "ASK { imid:lenalidomide imid:degrades imid:IKZF1 }").stdout == "true\n"
    no = run("sparql", "ASK { imid:lenalidomide imid:degrades imid:GSPT1 }")
    assert (no.exit_code, no.stdout) == (1, "false\n")
    assert "imid:IKZF1" in run("sparql", "CONSTRUCT WHERE { imid:lenalidomide imid:degrades ?p }").stdout
    assert run("sparql", "--file", "-", "-f", "csv", stdin="SELECT (1 AS ?n) {}").stdout == "n\n1\n"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("show", "lenalidomid"), 1, "Did you mean 'lenalidomide'"),
        (("run", "boxed-warning"), 1, "boxed-warnings"),
        (("run", "boxed-warnings", "medicine=x"), 2, "It takes"),
        (("run", "boxed-warnings", "drug"), 2, "name=value"),
        (("run", "boxed-warnings", "drug=a", "drug=b"), 2, "twice"),
        (("run", "boxed-warnings", 'drug="} } DROP ALL {'), 2, "Unknown drug"),
        (("sparql", "SELECT ?x {"), 2, "not valid SPARQL"),
        (("sparql", "SELECT ?x { SERVICE <http://127.0.0.1/> { ?x ?y ?z } }"), 2, "SERVICE"),
        (("sparql", "DROP ALL"), 2, "read-only"),
        (("sparql",), 2, "--file"),
        (("sparql", "--file", "/nonexistent/query.rq"), 2, "cannot be read"),
        (("export", "/nonexistent/imid.nt"), 2, "cannot be written"),
        (("export", "imid.doc"), 2, ".ttl"),
        (("validate", "/nonexistent/graph.ttl"), 2, "cannot be read"),
        (("shwo", "revlimid"), 2, "Did you mean 'show'"),
        (("build", "/nonexistent"), 2, "There is no schema.ttl in"),
    ],
)
def test_bad_input_is_one_line_and_an_exit_code(arguments: tuple[str, ...], code: int, message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == code, result.output
    assert message in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.output


def test_export_writes_files_and_standard_output(tmp_path: Path) -> None:
    path = tmp_path / "imid.nt"
    assert run("export", str(path)).exit_code == 0
    assert path.read_bytes() == CliRunner().invoke(main, ["export", "-", "--format", "nt"]).stdout_bytes


def test_validate_finds_nothing_wrong_with_the_release() -> None:
    result = run("validate")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "No violations" in result.stderr


def test_validate_says_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "wrong.ttl"
    path.write_text("""
        @prefix imid: <https://w3id.org/imidgraph/> .
        imid:wrong imid:subject imid:nobody ; imid:predicate imid:degrades ; imid:object imid:nothing .
    """)
    result = run("validate", str(path), "--format", "csv")
    assert result.exit_code == 1
    assert "incomplete-evidence" in result.stdout
    assert "An association must have evidence." in result.stdout


def test_build_checks_the_release() -> None:
    assert run("build", "--check").exit_code == 0


# Where Python keeps what it prints until the end, it finds out at the end that nobody takes it.
BUFFERED = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}


@pytest.mark.parametrize("reader", ["head -n 1", "true"])
def test_a_closed_pipe_is_no_error(reader: str) -> None:
    command = f"{sys.executable} -m imidgraph.cli queries list --format csv | {reader}"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, env=BUFFERED)
    assert done.stdout in {"topic,query,answers,parameters\n", ""}
    assert done.stderr == ""


def test_a_full_disk_behind_standard_output_is_one_line() -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "imidgraph.cli", "queries", "list"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, env=BUFFERED)
    assert (done.returncode, done.stderr) == (2, "error: [Errno 28] No space left on device\n")


def test_completion_is_offered() -> None:
    environment = {"_IMIDGRAPH_COMPLETE": "bash_complete", "COMP_WORDS": "imidgraph run boxed", "COMP_CWORD": "2"}
    command = [str(Path(sys.executable).with_name("imidgraph"))]
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True)
    assert "boxed-warnings" in done.stdout


def _commands(group: object, path: str = "") -> list[str]:
    found = []
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        full = f"{path} {name}".strip()
        found += _commands(command, full) if hasattr(command, "commands") else [full]
    return found


@pytest.mark.parametrize("command", _commands(main))
def test_every_command_has_help_and_is_in_the_readme(command: str) -> None:
    result = run(*command.split(), "--help")
    assert result.exit_code == 0
    assert "--help" in result.stdout
    assert f"imidgraph {command}" in (ROOT / "README.md").read_text()


def test_the_readme_names_each_format() -> None:
    text = (ROOT / "README.md").read_text()
    assert all(f".{suffix}" in text for suffix in FORMATS)
