"""Parts of the graph: what is chosen is whole, with its evidence; what is not chosen is not there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Triple

from imidgraph import KnowledgeGraph, QueryError
from imidgraph.cli import main
from imidgraph.formats import selection
from imidgraph.knowledge.relations import PILLARS
from tests import graphs


def test_generations_alone_hold_both_views_on_pomalidomide(kg: KnowledgeGraph) -> None:
    part = kg.part(only=["generations"])
    views = {edge.object for edge in part.edges() if edge.subject == "imid:pomalidomide"}
    assert views == {"imid:second-generation", "imid:third-generation"}
    assert all(edge.predicate == "imid:inGeneration" and edge.evidence for edge in part.edges())
    cited = {source for edge in part.edges() for item in edge.evidence for source in item["source"]}
    assert cited <= {node.id for node in part.nodes()}


def test_the_neighborhood_of_a_target_has_the_drug_that_degrades_it(kg: KnowledgeGraph) -> None:
    assert {node.id for node in kg.part(neighborhood="CK1α", hops=0).nodes()} == {"imid:CSNK1A1"}
    near = {node.id for node in kg.part(neighborhood="CK1α", hops=1).nodes()}
    assert "imid:lenalidomide" in near
    assert "imid:multiple-myeloma" not in near
    assert near < {node.id for node in kg.part(neighborhood="CK1α", hops=2).nodes()}


def test_the_answer_of_a_query_is_a_part(kg: KnowledgeGraph) -> None:
    part = kg.part(query="boxed-warnings", parameters={"drug": "Revlimid"})
    found = {(edge.subject, edge.object) for edge in part.edges()}
    assert ("imid:lenalidomide", "imid:embryo-fetal-toxicity") in found
    assert not {end for pair in found for end in pair} & {"imid:thalidomide", "imid:pomalidomide"}


def test_a_part_answers_queries_like_the_graph(kg: KnowledgeGraph, tmp_path: Path) -> None:
    import imidgraph

    kg.write(tmp_path / "part.ttl", part=kg.part(only=["generations"]))
    with imidgraph.load(tmp_path / "part.ttl") as part:
        assert part.run("drugs-by-generation").rows == kg.run("drugs-by-generation").rows
        assert part.version == kg.version
        assert part.status("pomalidomide", "inGeneration", "third generation").word == "disputed"


@given(found=graphs.triples(), chosen=st.sets(st.sampled_from(["imid:lenalidomide", "imid:IKZF1", "imid:x-1", "CHEBI:63791"])))
def test_a_part_has_exactly_the_chosen_edges(found: list[Triple], chosen: set[str]) -> None:
    graph = graphs.projection(found)
    part = selection.among(graph, frozenset(chosen))
    expected = [edge for edge in graph.edges() if edge.subject in chosen and edge.object in chosen]
    assert repr(list(part.edges())) == repr(expected)
    inside = {node.id: node for node in graph.nodes() if node.id in chosen}
    assert {name: repr(node) for name, node in inside.items()}.items() >= {
        node.id: repr(node) for node in part.nodes() if node.id in chosen
    }.items()


def test_there_are_six_pillars(kg: KnowledgeGraph) -> None:
    with pytest.raises(QueryError, match="drugs, generations, mechanisms, indications, risks, articles"):
        kg.part(only=["prices"])
    for pillar in PILLARS:
        assert next(kg.part(only=[pillar]).edges())


def test_the_command_chooses_and_says_what_it_flattened(tmp_path: Path) -> None:
    def run(*arguments: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(main, ["export", *arguments])
        return result.exit_code, result.stdout, result.stderr

    code, shown, _ = run("-", "--format", "json", "--only", "generations, mechanisms", "--neighborhood", "Pomalyst")
    relations = {edge["predicate"] for edge in json.loads(shown)["edges"]}
    assert code == 0
    assert "imid:inGeneration" in relations
    assert "imid:degrades" in relations
    assert "imid:hasAdverseEffect" not in relations
    code, shown, said = run(str(tmp_path / "a.graphml"), "--query", "boxed-warnings", "drug=Revlimid")
    assert (code, shown) == (0, "")
    assert "Flattened: " in said
    assert "maps written as JSON in evidence" in said
    assert run(str(tmp_path / "a.ttl"), "drug=Revlimid")[0] == 2
    assert run("-", "--format", "csv")[0] == 2
    assert run(str(tmp_path / "b"), "--format", "nt")[0] == 0
    assert run(str(tmp_path / "c.nt"), "--neighborhood", "nothing of that name")[0] == 1
