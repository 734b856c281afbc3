"""Second readings: what the ledgers add to the release, and what makes a reading void."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from imidgraph.cli import main
from imidgraph.release.build import build
from imidgraph.release.checkout import read_checkout
from imidgraph.release.readings import digests
from tests.checkout import FACT, NAME, message

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
    assert message(ontology).startswith(f"ontology/readings/risks.tsv:{reason}")
    (ontology / "readings/risks.tsv").write_text("evidence\tday\n")
    assert message(ontology).startswith("ontology/readings/risks.tsv:1: The first line must be the columns evidence, day, ")
