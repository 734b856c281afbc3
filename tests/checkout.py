"""A small checkout: one drug, one adverse effect, one fact with two pieces of evidence, its sources, and a retired name."""

from __future__ import annotations

import shutil
from pathlib import Path

from click.testing import CliRunner

from imidgraph.cli import main
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


def write_checkout(folder: Path) -> Path:
    """Write the small checkout into a new folder."""
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


def message(ontology: Path) -> str:
    """Try to build with the command, and give what it says; nothing is built, and the old release stays."""
    release = ontology / "imid.ttl"
    release.write_text("the old release")
    result = CliRunner().invoke(main, ["build", str(ontology)])
    assert (result.exit_code, result.stdout, release.read_text()) == (2, "", "the old release")
    assert sorted(file.name for file in ontology.iterdir() if file.suffix == ".json") == []
    return result.stderr.removeprefix("error: ").rstrip("\n")
