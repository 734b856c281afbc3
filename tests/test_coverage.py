"""The counts of docs/coverage.md are those of the graph."""

from __future__ import annotations

import re
from pathlib import Path

from imidgraph import KnowledgeGraph
from tests.coverage import absent, terms, trials

DOCS = (Path(__file__).parents[1] / "docs" / "coverage.md").read_text(encoding="utf-8")


def test_the_docs_count_the_terms_of_labels(kg: KnowledgeGraph) -> None:
    counted = {drug: (len(every), len(every) - len(absent(kg)[drug])) for drug, every in terms().items()}
    told = re.findall(r"^\| (\w+) \| (\d+) \| (\d+) \|", DOCS, re.MULTILINE)
    assert {drug: (int(every), int(held)) for drug, every, held in told} == counted


def test_the_docs_count_the_trials(kg: KnowledgeGraph) -> None:
    every, reported = trials(kg)
    assert f"holds {every} trials of phase 3" in DOCS
    assert f"Of these {reported} have a result" in DOCS
