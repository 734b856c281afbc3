"""Mechanisms, resistance and comparisons: each kind of fault that was mended is refused when it comes again.

Each fault is a small graph; what mends it makes the complaint go away.
"""

from __future__ import annotations

import pytest

from imidgraph.resources import QUERIES
from imidgraph.sparql.catalog import Catalog
from tests.faults import complaints, rows

# name of the fault: the graph that has it, what mends it, and words of the complaint
SHAPES = {
    "a comparison without its basis": (
        "imid:planted a imid:ComparativeFinding .",
        "imid:planted imid:comparisonBasis 'indirect' .",
        "A comparison must give its basis",
    ),
    "a head-to-head comparison without its trial": (
        "imid:planted a imid:ComparativeFinding ; imid:comparisonBasis 'head-to-head' .",
        "imid:planted imid:supportingTrial imid:FIRST .",
        "A comparison that is not indirect must name its trial",
    ),
    "a severity on a step of a mechanism": (
        "imid:planted imid:severity 'fatal' .",
        "imid:planted a imid:Risk .",
        "Only a risk can have a severity.",
    ),
    "a severity on a risk that explains a harm": (
        "imid:planted imid:throughStep imid:TP63 ; imid:severity 'fatal' . imid:planted a imid:Risk .",
        None,
        "A risk that explains how a harm arises must not have a clinical severity",
    ),
    "a state of patients as a mechanism of resistance": (
        "imid:planted a imid:ResistanceMechanism ; imid:confersResistanceTo imid:lenalidomide .",
        "imid:planted imid:involves imid:CRBN .",
        "A state of patients is not a mechanism",
    ),
    "a strategy that overcomes a drug": (
        "imid:add-elotuzumab imid:overcomes imid:planted .",
        "imid:planted a imid:ResistanceMechanism .",
        "For a drug, use triedAfter",
    ),
}
QUERIED = {
    "title-only-evidence": (
        """imid:planted a imid:MechanismOfAction ; imid:evidence imid:planted-a .
        imid:planted-a imid:locator 'title (crystal structure)' .""",
        "imid:planted imid:evidence imid:planted-b . imid:planted-b imid:locator 'abstract' .",
    ),
    "unmarked-hypotheses": (
        """imid:planted a imid:MechanismOfAction ; imid:object imid:phocomelia ; imid:knowledgeLevel 'assertion' ;
        imid:evidence imid:planted-a . imid:planted-a imid:system 'zebrafish' . imid:phocomelia a imid:AdverseEffect .""",
        "imid:planted imid:evidence imid:planted-b . imid:planted-b imid:system 'human' ; imid:stance 'supports' .",
    ),
    "evidence-without-system": (
        """imid:planted a imid:MechanismOfAction ; imid:evidence imid:planted-a . imid:article a imid:Article .
        imid:planted-a imid:studyDesign 'cell experiment' ; imid:source imid:article .""",
        "imid:planted-a imid:system 'cell line' .",
    ),
    "mechanistic-severity": (
        """imid:planted a imid:Risk ; imid:severity 'fatal' ; imid:evidence imid:planted-a .
        imid:planted-a imid:system 'chicken' .""",
        "imid:planted imid:evidence imid:planted-b . imid:planted-b imid:source imid:thalomid-us-label .",
    ),
}
CATALOG = Catalog(QUERIES)


@pytest.mark.parametrize(("fault", "remedy", "complaint"), SHAPES.values(), ids=SHAPES)
def test_shapes_refuse_the_fault(fault: str, remedy: str | None, complaint: str) -> None:
    assert complaint in complaints(fault)
    mended = f"{fault}\n{remedy}" if remedy else fault.replace(" ; imid:severity 'fatal'", "")
    assert complaint not in complaints(mended)


@pytest.mark.parametrize(("name", "fault", "remedy"), [(name, *graphs) for name, graphs in QUERIED.items()], ids=QUERIED)
def test_queries_find_the_fault(name: str, fault: str, remedy: str) -> None:
    assert rows(name, fault)
    assert not rows(name, f"{fault}\n{remedy}")


def test_evidence_names_its_study_design() -> None:
    fault = """imid:planted a imid:ResistanceFinding ; imid:evidence imid:planted-a . imid:article a imid:Article .
    imid:planted-a imid:system 'cell line' ; imid:source imid:article ."""
    assert rows("evidence-without-system", fault)
    assert not rows("evidence-without-system", f"{fault}\nimid:planted-a imid:studyDesign 'cell experiment' .")


def test_queries_of_mechanisms_leave_out_what_is_denied() -> None:
    kinds = "MechanismOfAction", "ResistanceFinding"
    of_mechanisms = [query for query in CATALOG.values() if any(f"a imid:{kind}" in query.text for kind in kinds)]
    assert len(of_mechanisms) >= 10
    assert [query.name for query in of_mechanisms if "imid:negated" not in query.text] == []
