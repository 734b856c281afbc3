"""docs/model.md speaks of the model that the schema and the graph hold."""

from __future__ import annotations

import re

import pytest

from imidgraph import KnowledgeGraph
from tests.conftest import ROOT

PAGE = (ROOT / "docs/model.md").read_text(encoding="utf-8")
WORDS = ("Statement", "Entity", "Direct edge", "Evidence", "Source", "Time", "Doubt")
FIELDS = ("validFrom", "validUntil", "supersededBy")
KINDS = ("Indication", "Risk", "MechanismOfAction", "Frequency")
NAMES = sorted({*re.findall(r"imid:(\w+)", PAGE), *FIELDS, *KINDS})


@pytest.mark.parametrize("word", WORDS)
def test_it_explains_each_part_of_the_model(word: str) -> None:
    assert f"| **{word}** |" in PAGE


@pytest.mark.parametrize("name", NAMES)
def test_each_name_that_it_gives_is_in_the_graph(kg: KnowledgeGraph, name: str) -> None:
    assert name in PAGE
    assert kg.ask(f"ASK {{ imid:{name} ?property ?value }}")


def test_its_example_is_a_statement_with_evidence_and_a_direct_edge(kg: KnowledgeGraph) -> None:
    subject, object_ = re.findall(r"<b>Entity</b><br/>([\w-]+)", PAGE)
    relation = re.search(r'relation\["(\w+)"\]', PAGE)
    assert relation is not None
    edge = f"imid:{subject} imid:{relation[1]} imid:{object_}"
    assert kg.ask(
        f"""ASK {{ {edge} . ?statement imid:subject imid:{subject} ; imid:predicate imid:{relation[1]} ;
            imid:object imid:{object_} ; imid:evidence [ imid:source ?source ] }}"""
    )
