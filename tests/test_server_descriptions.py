"""What describes the endpoint: its service description, VoID, the catalog, and OpenAPI."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import rdflib
from openapi_spec_validator import validate
from pyoxigraph import RdfFormat, parse

import imidgraph
from imidgraph import KnowledgeGraph
from imidgraph.namespaces import IMID
from tests.servers import Served


def described(client: httpx.Client, path: str) -> rdflib.Graph:
    answer = client.get(path, headers={"Accept": "text/turtle"})
    assert answer.headers["content-type"] == "text/turtle; charset=utf-8"
    return rdflib.Graph().parse(data=answer.text, format="turtle")


def test_the_service_description_names_what_is_true(client: httpx.Client, served: Served) -> None:
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    graph = described(client, "/sparql")
    service = graph.value(predicate=rdflib.RDF.type, object=sd.Service)
    assert str(graph.value(service, sd.endpoint)) == f"{served.address}/sparql"
    assert set(graph.objects(service, sd.supportedLanguage)) == {sd.SPARQL11Query}
    formats = {str(format).rpartition("/")[2] for format in graph.objects(service, sd.resultFormat)}
    assert {"SPARQL_Results_JSON", "SPARQL_Results_CSV", "Turtle", "JSON-LD"} <= formats
    assert graph.value(service, sd.feature) is None, "it neither dereferences addresses nor unites graphs"
    for accept in ("application/n-triples", "application/rdf+xml", "application/ld+json"):
        other = client.get("/sparql", headers={"Accept": accept})
        format = RdfFormat.from_media_type(accept)
        assert len(list(parse(other.content, format=format))) == len(graph)  # type: ignore[arg-type]


@pytest.mark.parametrize("path", ["/void", "/.well-known/void"])
def test_void_counts_what_is_there(client: httpx.Client, kg: KnowledgeGraph, served: Served, path: str) -> None:
    void = rdflib.Namespace("http://rdfs.org/ns/void#")
    graph = described(client, path)
    dataset = graph.value(predicate=rdflib.RDF.type, object=void.Dataset)
    assert int(graph.value(dataset, void.triples)) == len(kg)  # type: ignore[arg-type]
    assert str(graph.value(dataset, void.sparqlEndpoint)) == f"{served.address}/sparql"
    assert str(graph.value(dataset, rdflib.DCTERMS.hasVersion)) == kg.version
    parts = {
        str(graph.value(part, void["class"])): int(graph.value(part, void.entities))  # type: ignore[arg-type]
        for part in graph.objects(dataset, void.classPartition)
    }
    assert parts[IMID + "Drug"] == kg.select("SELECT (COUNT(?d) AS ?n) { ?d a imid:Drug }").rows[0][0]


def test_the_catalog_holds_each_query_as_it_runs(client: httpx.Client, kg: KnowledgeGraph) -> None:
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    graph = described(client, "/catalog")
    found = {str(graph.value(item, sh.name)): item for item in graph.subjects(rdflib.RDF.type, sh.SPARQLExecutable)}
    assert set(found) == set(kg.queries)
    for name, item in found.items():
        text = str(graph.value(item, sh.select))
        assert kg.select(text).columns == tuple(column.name for column in kg.queries[name].returns)
        assert len(list(graph.objects(item, sh.parameter))) == len(kg.queries[name].params)


def test_the_host_of_a_request_cannot_change_a_description(served: Served) -> None:
    for host in ("a> <b> <c", 'a"', "a\\b", "[::1", "a b", "é"):
        with socket.create_connection(("127.0.0.1", served.port), timeout=10) as connection:
            request = f"GET /void HTTP/1.1\r\nHost: {host}\r\nAccept: text/turtle\r\nConnection: close\r\n\r\n"
            connection.sendall(request.encode("latin-1"))
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        head, _, body = answer.partition(b"\r\n\r\n")
        if b" 200 " in head.split(b"\r\n")[0]:
            list(parse(body, format=RdfFormat.TURTLE))
            assert b"<b>" not in body


def test_openapi_is_valid_small_and_names_every_query(client: httpx.Client, kg: KnowledgeGraph) -> None:
    answer = client.get("/openapi.json")
    assert len(answer.content) < 30_000
    document = answer.json()
    validate(document)
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    name = document["paths"]["/queries/{name}"]["get"]["parameters"][0]
    assert set(name["schema"]["enum"]) == set(kg.queries)
    written = [parameter for operation in operations for parameter in operation.get("parameters", []) if "$ref" not in parameter]
    assert all(parameter["description"] for parameter in (*written, *document["components"]["parameters"].values()))


def test_the_examples_of_openapi_are_real_answers(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()
    shown = 0
    for path, item in document["paths"].items():
        if not path.startswith("/api/"):
            continue
        given = {parameter["name"]: parameter["example"] for parameter in item["get"]["parameters"] if "example" in parameter}
        answer = client.get(path.format(**given), params=None if "{" in path else given)
        assert answer.status_code == 200, path
        content = item["get"]["responses"]["200"].get("content", {})
        if "example" in content.get("application/json", {}):
            assert content["application/json"]["example"] == answer.json()
            shown += 1
    assert shown >= 2


def test_health_and_version(client: httpx.Client, kg: KnowledgeGraph) -> None:
    assert client.get("/health").json() == {"status": "ok", "triples": len(kg), "version": kg.version}
    assert client.get("/version").json() == {"graph": kg.version, "package": imidgraph.__version__}


def test_schemathesis_finds_nothing(served: Served, tmp_path: Path) -> None:
    """Requests made from the OpenAPI document, right and wrong ones: each status, header and body is as it says."""
    command = [str(Path(sys.executable).with_name("schemathesis")), "run", f"{served.address}/openapi.json"]
    options = ["--max-examples", "3", "--seed", "2026", "--workers", "2", "--exclude-checks", "positive_data_acceptance"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, cwd=tmp_path, env={**os.environ, "NO_COLOR": "1"})
    assert done.returncode == 0, done.stdout[-4000:]
    assert re.search(r"(\d+) generated, \1 passed", done.stdout), done.stdout[-4000:]
