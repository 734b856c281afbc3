"""KGX: its own validator finds nothing, and its own reader reads everything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from pyoxigraph import Triple

from imidgraph import KnowledgeGraph, formats
from imidgraph.formats import FORMATS
from imidgraph.formats.records import edge_records
from tests import graphs
from tests.conftest import need
from tests.foreign import run_python

VALIDATE = """
import collections, importlib.resources, json, re, sys
import bmt.toolkit, yaml
path = str(importlib.resources.files("biolink_model") / "schema" / "biolink_model.yaml")
bmt.toolkit.Toolkit.__init__.__defaults__ = (path, {"predicate mappings": []})  # else it asks the network
text = open(path).read()
prefixes = dict(yaml.safe_load(text)["prefixes"])
for block in re.findall(r"id_prefixes:\\n((?:\\s+(?:- .*|#.*)\\n)+)", text):
    prefixes |= dict.fromkeys(re.findall(r"- ([\\w.]+)", block), "https://example.org/")
import kgx.config
kgx.config.jsonld_context_map |= {"biolink": prefixes | json.loads(sys.argv[1]), "monarch_context": {}, "obo_context": {}}
from kgx.transformer import Transformer
from kgx.validator import Validator
transformer = Transformer()
transformer.transform({"filename": sys.argv[3:], "format": sys.argv[2]})
graph = transformer.store.graph
validator = Validator()
validator.validate(graph)
errors = [f"{kind} {message}" for kinds in validator.get_errors().values() for kind, found in kinds.items() for message in found]
nodes = {name: data for name, data in graph.nodes(data=True)}
edges = [data for *_, data in graph.edges(data=True)]
print("REPORT" + json.dumps({"errors": errors, "nodes": nodes, "edges": edges}, default=str))
"""
OWN = {"imid": "https://w3id.org/imidgraph/"}


def _validate(format: str, *paths: Path) -> dict[str, Any]:
    output = run_python("IMIDGRAPH_KGX_PYTHON", VALIDATE, json.dumps(OWN), format, *map(str, paths))
    return json.loads(output.rpartition("REPORT")[2])  # type: ignore[no-any-return]


@pytest.mark.parametrize("format", ["kgx.tsv", "kgx.jsonl"])
def test_the_validator_of_kgx_finds_nothing(kg: KnowledgeGraph, tmp_path: Path, format: str) -> None:
    report = _validate(format.removeprefix("kgx."), *kg.write(tmp_path / f"imid.{format}").paths)
    # KGX takes no identifier with a slash for a CURIE, and every DOI has one
    assert [
        error for error in report["errors"] if "'doi:" not in error and "'id' is expected to be of type 'CURIE'" not in error
    ] == []
    drug = report["nodes"]["imid:lenalidomide"]
    assert (drug["name"], drug["category"]) == ("lenalidomide", ["biolink:Drug"])
    assert "CHEBI:63791" in drug["equivalent_identifiers"]
    assert len(report["nodes"]) == sum(1 for _ in kg.projection.nodes())
    treats = [edge for edge in report["edges"] if edge["original_predicate"] == "imid:approvedFor"]
    assert {edge["predicate"] for edge in treats} == {"biolink:treats"}
    degraded = [edge for edge in report["edges"] if edge["original_predicate"] == "imid:degrades"]
    assert {(edge["predicate"], edge["object_direction_qualifier"]) for edge in degraded} == {("biolink:affects", "decreased")}
    assert any("PMID:24292623" in edge["publications"] for edge in degraded)
    kinds = [edge for edge in report["edges"] if edge["original_predicate"] == "skos:broader"]
    assert {edge["predicate"] for edge in kinds} == {"biolink:subclass_of"}


def test_the_validator_would_complain() -> None:
    samples = need("../shared/conformance/kgx-samples")
    assert _validate("tsv", samples / "invalid_nodes.tsv", samples / "test_edges.tsv")["errors"]


def test_json_lines_hold_each_edge_with_its_evidence(kg: KnowledgeGraph, tmp_path: Path) -> None:
    _, path = kg.write(tmp_path / "imid.kgx.jsonl").paths
    read = {edge["id"]: edge for edge in map(json.loads, path.read_text(encoding="utf-8").splitlines())}
    for record in edge_records(kg.projection):
        assert read[record["id"]].get("evidence") == record.get("evidence")
        assert read[record["id"]]["original_predicate"] == record["predicate"]
        assert {read[record["id"]]["knowledge_level"], read[record["id"]]["agent_type"]} <= {
            "knowledge_assertion",
            "automated_agent",
            "observation",
            "prediction",
            "not_provided",
        }


@given(graphs.triples())
def test_a_row_of_tsv_is_a_line(found: list[Triple]) -> None:
    graph = graphs.projection(found)
    for stream, count in zip(
        FORMATS["kgx.tsv"].streams(graph).values(), (len(list(graph.nodes())), len(list(graph.edges()))), strict=True
    ):
        header, *rows = b"".join(stream).decode().split("\n")[:-1]
        assert len(rows) == count
        assert {row.count("\t") for row in rows} <= {header.count("\t")}


@pytest.mark.parametrize("format", ["kgx.tsv", "kgx.jsonl"])
@given(found=graphs.triples())
def test_order_of_insertion_does_not_matter(format: str, found: list[Triple]) -> None:
    one, two = (formats.FORMATS[format].streams(graphs.projection(order)) for order in (found, found[::-1]))
    assert [b"".join(stream) for stream in one.values()] == [b"".join(stream) for stream in two.values()]
