"""Counts what labels list and the graph holds, as docs/coverage.md gives it.

Run it with: python -m tests.coverage.

The terms that count are in label-terms.tsv: each that a US label which could be read, or the FDA's announcement of it, lists at
10 % or more of any grade, or at 5 % or more of grade 3 or 4, and each that an EU leaflet calls very common or common. What papers
alone report is no term of a label. A term is in the graph if an adverse effect of the drug has it as its name or synonym, and a
frequency.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import imidgraph
from imidgraph import KnowledgeGraph

TERMS = Path(__file__).parent / "label-terms.tsv"
PREFIXES = """
PREFIX imid: <https://w3id.org/imidgraph/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
EFFECTS = """
SELECT DISTINCT ?drug ?name WHERE {
    ?fact a imid:Risk ; imid:subject/rdfs:label ?drug ; imid:object/(rdfs:label|skos:altLabel) ?name ; imid:evidence ?evidence .
    ?evidence a imid:Frequency .
}"""
TRIALS = """
SELECT ?trial (COUNT(?result) AS ?results) WHERE {
    ?trial a imid:Trial ; imid:phase ?phase .
    OPTIONAL { ?result a imid:TrialResult ; imid:subject ?trial }
    FILTER CONTAINS(STR(?phase), "3")
} GROUP BY ?trial"""


def terms() -> dict[str, set[str]]:
    """Give the terms of labels that count, by drug."""
    found = defaultdict(set)
    with TERMS.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            found[row["drug"]].add(row["term"])
    return found


def absent(kg: KnowledgeGraph) -> dict[str, set[str]]:
    """Give the terms that the graph does not hold, by drug."""
    held = defaultdict(set)
    for drug, name in kg.query(PREFIXES + EFFECTS):
        held[drug].add(name.lower())
    return {drug: {term for term in every if term.lower() not in held[drug]} for drug, every in terms().items()}


def trials(kg: KnowledgeGraph) -> tuple[int, int]:
    """Count the trials of phase 3, 2/3 or 3b, and those of them with a result."""
    counts = [results for _, results in kg.query(PREFIXES + TRIALS)]
    return len(counts), sum(count > 0 for count in counts)


def main() -> None:
    """Print the counts."""
    kg = imidgraph.load()
    for drug, missing in absent(kg).items():
        every = len(terms()[drug])
        absentees = ", ".join(sorted(missing)) or "none"
        print(f"{drug}: {every} terms count, {every - len(missing)} in the graph. Not there: {absentees}.")
    print("trials of phase 3: {}, with a result: {}".format(*trials(kg)))


if __name__ == "__main__":
    main()
