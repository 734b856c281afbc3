"""Graph formats: what is written, other programs read back the same, node by node, edge by edge, attribute by attribute."""

from __future__ import annotations

import io
import json
import re
import subprocess
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import igraph
import networkx
import pytest
from hypothesis import HealthCheck, given, settings
from pyoxigraph import Triple

from imidgraph import KnowledgeGraph
from imidgraph.formats import stream
from imidgraph.formats.projection import Projection
from imidgraph.formats.records import edge_records, flat, node_records, plain_text, safe_names
from tests import graphs
from tests.conftest import need
from tests.foreign import run_javascript, shown

FORMATS = ("json", "cyjs", "graphml", "gexf", "gml", "dot", "mmd", "edges")
Things = dict[str, dict[str, Any]]
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def _text(graph: Projection, format: str) -> str:
    return b"".join(stream(graph, format)).decode()


def _expected(graph: Projection, convert: Callable[[dict[str, Any]], dict[str, Any]]) -> tuple[Things, Things]:
    nodes = {record["id"]: convert(record) for record in node_records(graph)}
    edges = {record["id"]: convert(record) for record in edge_records(graph)}
    return nodes, edges


def _for_xml(record: dict[str, Any]) -> dict[str, Any]:
    return {
        NOT_XML.sub("\ufffd", name): NOT_XML.sub("\ufffd", value) if isinstance(value, str) else value
        for name, value in flat(record).items()
    }


def _read(document: networkx.MultiDiGraph, ends: tuple[str, str] = ("subject", "object")) -> tuple[Things, Things]:
    nodes = {name: {"id": name} | data for name, data in document.nodes(data=True)}
    edges = {
        key: {"id": key, ends[0]: subject, ends[1]: object_} | data
        for subject, object_, key, data in document.edges(keys=True, data=True)
    }
    return nodes, edges


@given(graphs.triples())
def test_node_link_json_holds_everything(found: list[Triple]) -> None:
    graph = graphs.projection(found)
    document = json.loads(_text(graph, "json"))
    assert _read(networkx.node_link_graph(document, edges="edges")) == _expected(graph, dict)


@given(graphs.triples())
def test_graphml_reads_back_in_networkx(found: list[Triple]) -> None:
    graph = graphs.projection(found)
    document = networkx.parse_graphml(_text(graph, "graphml"), force_multigraph=True)
    assert _read(document) == _expected(graph, _for_xml)


@given(graphs.triples())
def test_gexf_reads_back_in_networkx(found: list[Triple]) -> None:
    graph = graphs.projection(found)
    document = networkx.read_gexf(io.BytesIO(b"".join(stream(graph, "gexf"))), version="1.3")
    nodes, edges = _expected(graph, _for_xml)
    read = {name: {"id": name} | data for name, data in document.nodes(data=True)}
    assert read == nodes
    found_edges = [
        {"subject": subject, "object": object_} | {name: value for name, value in data.items() if name not in {"kind", "label"}}
        for subject, object_, data in document.edges(data=True)
    ]
    if not document.is_multigraph():
        assert {edge["id"]: edge for edge in found_edges} == {key: _without(edge, "label") for key, edge in edges.items()}


def _without(record: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in names}


@given(graphs.triples())
def test_gml_reads_back_in_networkx(found: list[Triple]) -> None:
    graph = graphs.projection(found)
    document = networkx.parse_gml(_text(graph, "gml"))
    nodes, edges = _expected(graph, flat)
    names = safe_names(
        ["id", "label", "category", *(column.name for column in graph.node_columns)], ("id", "label", "name", "graphics")
    )
    expected = {key: _gml(_without(node, "id", "label"), names) | {"name": node["label"]} for key, node in nodes.items()}
    assert dict(document.nodes(data=True)) == expected
    assert {key for *_, key in document.edges(keys=True)} == edges.keys()


def _gml(record: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {
        names[name]: plain_text(value) if isinstance(value, bool) or (isinstance(value, int) and abs(value) >= 2**31) else value
        for name, value in record.items()
    }


def test_igraph_reads_graphml_and_gml(kg: KnowledgeGraph, tmp_path: Path) -> None:
    nodes, edges = _expected(kg.projection, flat)
    kg.write(tmp_path / "imid.graphml")
    document = igraph.Graph.Read_GraphML(str(tmp_path / "imid.graphml"))
    assert {vertex["id"]: vertex["label"] for vertex in document.vs} == {key: node["label"] for key, node in nodes.items()}
    assert [edge["evidence"] or None for edge in document.es] == [edge.get("evidence") for edge in edges.values()]
    kg.write(tmp_path / "imid.gml")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # igraph keeps character references as they are, and says so
        document = igraph.Graph.Read_GML(str(tmp_path / "imid.gml"))
    assert [vertex["label"] for vertex in document.vs] == list(nodes)
    assert document.ecount() == len(edges)


@given(graphs.triples())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
def test_dot_reads_back_in_graphviz(found: list[Triple]) -> None:
    graph = graphs.projection(found)
    nodes, edges = _expected(graph, lambda record: {name: plain_text(value) for name, value in flat(record).items()})
    command = [need("dot"), "-Kneato", "-Gnslimit=0", "-Gmaxiter=0", "-Tdot_json"]
    done = subprocess.run(command, input=b"".join(stream(graph, "dot")), capture_output=True, check=True, timeout=60)
    document = json.loads(done.stdout, strict=False)  # Graphviz writes control characters as they are
    read = {item["name"]: item for item in document.get("objects", [])}
    assert {name: read[name.replace("\\", "\\\\")].get("category", "") for name in nodes} == {
        name: node["category"] for name, node in nodes.items()
    }
    assert {item["id"] for item in document.get("edges", [])} == edges.keys()
    for item in document.get("edges", []):
        for name in set(edges[item["id"]]) - {"subject", "object", "label"}:
            assert item.get(name, "").replace("\\\\", "\\") == edges[item["id"]][name].replace("\x00", "\ufffd")


def test_mermaid_of_a_drug_names_what_it_degrades(kg: KnowledgeGraph) -> None:
    lines = _text(kg.projection, "mmd").splitlines()
    number = {re.search(r'"(.*)"', line)[1]: line.split("[")[0].strip() for line in lines[2:] if "-->" not in line}  # type: ignore[index]
    assert f'    {number["lenalidomide"]} -->|"degrades"| {number["CSNK1A1"]}' in lines
    assert any('|"is not approved for"' in line for line in lines)


def test_mermaid_itself_draws_what_is_around_a_protein(kg: KnowledgeGraph, mermaid: Any) -> None:
    part = kg.part(neighborhood="CSNK1A1")
    drawn = mermaid.evaluate(
        "text => mermaid.render('drawn', text).then(done => { document.body.innerHTML = done.svg; "
        "return [...document.querySelectorAll('.node, .edgeLabel')].map(item => item.textContent.trim()) })",
        _text(part, "mmd"),
    )
    assert {edge.subject for edge in part.edges()} <= {node.id for node in part.nodes() if node.label in drawn}
    assert "degrades" in drawn


@given(found=graphs.triples())
@settings(max_examples=25, deadline=None)
def test_mermaid_parses_any_graph(mermaid: Any, found: list[Triple]) -> None:
    assert mermaid.evaluate(
        "text => mermaid.parse(text).then(found => found.diagramType)", _text(graphs.projection(found), "mmd")
    )


@pytest.fixture(scope="module")
def mermaid() -> Iterator[Any]:
    library = need("node_modules/mermaid") / "dist" / "mermaid.min.js"
    with shown("<pre></pre>") as page:
        page.add_script_tag(path=library)
        yield page


def test_the_edge_list_reads_back_in_networkx(kg: KnowledgeGraph, tmp_path: Path) -> None:
    kg.write(tmp_path / "imid.edges")
    document = networkx.read_edgelist(
        tmp_path / "imid.edges", delimiter="\t", create_using=networkx.MultiDiGraph, data=(("predicate", str),)
    )
    read = {(subject, data["predicate"], object_) for subject, object_, data in document.edges(data=True)}
    stated = [edge for edge in kg.projection.edges() if edge.attributes.get("negated") != (True,)]
    assert read == {(edge.subject, edge.predicate, edge.object) for edge in stated}
    assert len(document.edges) == len(read)


def test_cytoscape_js_reads_back_every_attribute(kg: KnowledgeGraph, tmp_path: Path) -> None:
    kg.write(tmp_path / "imid.cyjs")
    code = """
    const cytoscape = require('cytoscape'), fs = require('fs');
    const graph = cytoscape({headless: true, ...JSON.parse(fs.readFileSync(process.argv[1]))});
    console.log(JSON.stringify({nodes: graph.nodes().map(n => n.data()), edges: graph.edges().map(e => e.data())}));
    """
    read = json.loads(run_javascript(code, ("cytoscape",), str(tmp_path / "imid.cyjs")))
    nodes, edges = _expected(kg.projection, dict)
    assert {node["id"]: _without(node, "name") for node in read["nodes"]} == nodes
    for edge in read["edges"]:
        expected = edges[edge["id"]]
        assert (edge.pop("source"), edge.pop("target")) == (expected.pop("subject"), expected.pop("object"))
        if "evidence" in edge:
            edge["evidence"] = json.loads(edge["evidence"])
        assert edge == expected
    assert len(read["edges"]) == len(edges)


@pytest.mark.parametrize("format", ["gexf", "graphml"])
def test_graphology_reads_back_every_attribute(kg: KnowledgeGraph, tmp_path: Path, format: str) -> None:
    kg.write(tmp_path / f"imid.{format}")
    code = """
    const Graph = require('graphology'), fs = require('fs'), format = process.argv[2];
    const {parse} = format == 'gexf' ? require('graphology-gexf') : require('graphology-graphml');
    const graph = parse(Graph, fs.readFileSync(process.argv[1], 'utf8'), {addMissingNodes: false});
    const nodes = {}, edges = {};
    graph.forEachNode((node, attributes) => nodes[node] = attributes);
    graph.forEachEdge((edge, attributes, source, target) => edges[edge] = {...attributes, subject: source, object: target});
    console.log(JSON.stringify({multi: graph.multi, nodes, edges}));
    """
    read = json.loads(run_javascript(code, ("graphology", f"graphology-{format}"), str(tmp_path / f"imid.{format}"), format))
    nodes, edges = _expected(kg.projection, flat)
    label = {"gexf": {"label"}, "graphml": set()}[format]
    assert read["multi"]
    assert {key: _alike(node) for key, node in read["nodes"].items()} == {
        key: _alike(_without(node, "id")) for key, node in nodes.items()
    }
    assert {key: _alike(_without(edge, *label, "kind")) for key, edge in read["edges"].items()} == {
        key: _alike(_without(edge, "id", *label)) for key, edge in edges.items()
    }


def _alike(record: dict[str, Any]) -> dict[str, Any]:
    """Leave out empty texts and what says no: graphology does not tell them from what is absent."""
    return {name: value for name, value in record.items() if value not in ("", None)}


@pytest.mark.parametrize("format", FORMATS)
@given(found=graphs.triples())
@settings(max_examples=20)
def test_order_of_insertion_does_not_matter(format: str, found: list[Triple]) -> None:
    assert b"".join(stream(graphs.projection(found), format)) == b"".join(stream(graphs.projection(reversed(found)), format))
