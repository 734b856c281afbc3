"""The endpoint, asked by the clients that people use."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import JSON, SPARQLWrapper

import imidgraph
from imidgraph import EndpointError, KnowledgeGraph, QueryError
from imidgraph.namespaces import IMID
from tests.asking import ASK, SELECT
from tests.conftest import need
from tests.servers import Served


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sparqlwrapper(served: Served, kg: KnowledgeGraph, method: str) -> None:
    wrapper = SPARQLWrapper(f"{served.address}/sparql")
    wrapper.setMethod(method)
    wrapper.setReturnFormat(JSON)
    wrapper.setQuery(SELECT)
    found = [row["drug"]["value"] for row in wrapper.queryAndConvert()["results"]["bindings"]]  # type: ignore[index, call-overload]
    assert [(drug,) for drug in found] == kg.select(SELECT).rows
    wrapper.setQuery("CONSTRUCT WHERE { ?drug <https://w3id.org/imidgraph/degrades> ?protein }")
    wrapper.setReturnFormat("turtle")
    assert len(rdflib.Graph().parse(data=wrapper.queryAndConvert())) == len(
        kg.construct("CONSTRUCT WHERE { ?d imid:degrades ?p }")
    )


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_the_sparqlstore_of_rdflib(served: Served, kg: KnowledgeGraph, method: Any) -> None:
    graph = rdflib.Graph(SPARQLStore(f"{served.address}/sparql", method=method))
    degrades = rdflib.URIRef(IMID + "degrades")
    found = {str(drug) for drug in graph.subjects(degrades, rdflib.URIRef(IMID + "IKZF1"))}
    assert found == {drug for (drug,) in kg.select(SELECT).rows}
    assert bool(graph.query("ASK { <https://w3id.org/imidgraph/lenalidomide> ?p ?o }"))


def test_curl(served: Served, kg: KnowledgeGraph) -> None:
    command = [need("curl"), "--silent", "--fail", "--compressed", "-H", "Accept: text/csv", f"{served.address}/sparql"]
    done = subprocess.run([*command, "--data-urlencode", f"query={SELECT}"], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1:] == [drug for (drug,) in kg.select(SELECT).rows]


def test_our_own_client_finds_the_whole_graph_there(served: Served, kg: KnowledgeGraph) -> None:
    remote = imidgraph.connect(f"{served.address}/sparql")
    assert remote.version == kg.version
    assert len(remote) == len(kg)
    assert remote.entity("Revlimid").risks == kg.entity("Revlimid").risks
    assert str(remote.compare("lenalidomide", "pomalidomide")) == str(kg.compare("lenalidomide", "pomalidomide"))
    assert remote.serialize("ttl") == kg.serialize("ttl")
    for name in ("boxed-warnings", "drugs-by-generation", "neosubstrates-by-drug"):
        example = kg.queries[name].example
        assert remote.run(name, **example).rows == kg.run(name, **example).rows
    with pytest.raises(QueryError, match="refuses the query"):
        remote.select("SELECT ?x WHERE { ?x")
    with pytest.raises(EndpointError, match="Check the path"):
        imidgraph.connect(f"{served.address}/query").ask(ASK)
