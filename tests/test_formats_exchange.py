"""SSSOM, CX2, RDF 1.2 and nanopublications: the programs of those who made them read them."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest
import rdflib
from hypothesis import given, settings
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from imidgraph import KnowledgeGraph
from imidgraph.formats import stream
from imidgraph.formats.records import edge_records, node_records
from imidgraph.namespaces import IMID, PREFIXES, compress
from tests import graphs
from tests.foreign import run_python

NP = rdflib.Namespace("http://www.nanopub.org/nschema#")


def test_sssom_py_reads_every_mapping(kg: KnowledgeGraph, tmp_path: Path) -> None:
    kg.write(tmp_path / "imid.sssom.tsv")
    code = """
import json, sys
from sssom.parsers import parse_sssom_table
from sssom.validators import validate
from sssom.constants import SchemaValidationType
mappings = parse_sssom_table(sys.argv[1])
reports = validate(mappings, [SchemaValidationType.JsonSchema, SchemaValidationType.PrefixMapCompleteness], fail_on_error=True)
frame = mappings.df[["subject_id", "predicate_id", "object_id"]]
print("REPORT" + json.dumps([frame.values.tolist(), str(mappings.metadata["mapping_set_version"])]))
"""
    output = run_python("IMIDGRAPH_KGX_PYTHON", code, str(tmp_path / "imid.sssom.tsv"))
    rows, version = json.loads(output.rpartition("REPORT")[2])
    found = kg.select("SELECT ?s ?p ?o { ?s ?p ?o FILTER STRENDS(STR(?p), 'Match') FILTER STRSTARTS(STR(?p), STR(skos:)) }").rows
    assert {tuple(row) for row in rows} == {tuple(compress(term) for term in row) for row in found}
    assert ["imid:lenalidomide", "skos:exactMatch", "CHEBI:63791"] in rows
    assert version == kg.version


def test_ndex2_reads_every_attribute(kg: KnowledgeGraph, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from ndex2.cx2 import RawCX2NetworkFactory
    network = RawCX2NetworkFactory().get_cx2network(json.loads(kg.serialize("cx2")))
    assert network.get_name() == "imidgraph"
    names = {number: node["v"]["represents"] for number, node in network.get_nodes().items()}
    read = {node["v"]["represents"]: node["v"] for node in network.get_nodes().values()}
    assert read == {
        record["id"]: {"represents": record.pop("id"), "name": record.pop("label")} | record
        for record in node_records(kg.projection)
    }
    edges = {edge["v"]["id"]: edge for edge in network.get_edges().values()}
    for record in edge_records(kg.projection):
        edge = edges.pop(record["id"])
        assert (names[edge["s"]], edge["v"].pop("interaction"), names[edge["t"]]) == (
            record.pop("subject"),
            record.pop("predicate"),
            record.pop("object"),
        )
        if "evidence" in record:
            edge["v"]["evidence"] = json.loads(edge["v"]["evidence"])
        assert edge["v"] == record
    assert not edges


def test_rdf_12_reifies_what_each_association_states(kg: KnowledgeGraph) -> None:
    read = {quad.triple for quad in parse(kg.serialize("rdf12.ttl"), format=RdfFormat.TURTLE)}
    plain = set(kg.triples())
    assert plain <= read
    reified = {triple.subject: triple.object for triple in read - plain}
    assert {triple.predicate.value for triple in read - plain} == {PREFIXES["rdf"] + "reifies"}
    ends = {
        name: {t.subject: t.object for t in plain if t.predicate == NamedNode(IMID + name)}
        for name in ("subject", "predicate", "object")
    }
    assert reified == {
        name: Triple(ends["subject"][name], ends["predicate"][name], ends["object"][name]) for name in ends["subject"]
    }


def test_a_nanopublication_has_its_four_graphs(kg: KnowledgeGraph) -> None:
    document = rdflib.Dataset()
    document.parse(data=kg.serialize("nanopub.trig"), format="trig")
    found = list(document.quads((None, rdflib.RDF.type, NP.Nanopublication, None)))
    assert len(found) == sum(1 for edge in kg.projection.edges() if edge.category)
    for name, _, _, head in found:
        graph = document.graph(head)
        assertion, provenance, info = (
            graph.value(name, NP[part]) for part in ("hasAssertion", "hasProvenance", "hasPublicationInfo")
        )
        assert len(document.graph(assertion))
        assert document.graph(provenance).value(assertion, rdflib.PROV.wasDerivedFrom)
        assert document.graph(info).value(name, rdflib.DCTERMS.license)


def test_nanopub_finds_them_valid(kg: KnowledgeGraph, tmp_path: Path) -> None:
    kg.write(tmp_path / "imid.nanopub.trig", part=kg.part(only=["generations"]))
    code = """
import re, sys, rdflib
from nanopub import Nanopub
head, *pubs = re.split(r"\\n(?=@prefix sub:)", open(sys.argv[1], encoding="utf-8").read())
for pub in pubs:
    document = rdflib.Dataset()
    document.parse(data=head + "\\n" + pub, format="trig")
    assert Nanopub(rdf=document).is_valid
print("REPORT", len(pubs))
"""
    output = run_python("IMIDGRAPH_KGX_PYTHON", code, str(tmp_path / "imid.nanopub.trig"))
    assert int(output.rpartition("REPORT")[2]) == len(kg.select("SELECT ?a { ?a a imid:GenerationAssignment }"))


@pytest.mark.parametrize("format", ["cx2", "rdf12.ttl", "nanopub.trig", "sssom.tsv"])
@given(found=graphs.triples())
@settings(max_examples=15)
def test_order_of_insertion_does_not_matter(format: str, found: list[Triple]) -> None:
    one, two = (b"".join(stream(graphs.projection(order), format)) for order in (found, found[::-1]))
    assert one == two
