"""RDF files of others: marks of editors, relative addresses, named graphs, and what would take the process down."""

from __future__ import annotations

import codecs
import gzip
import resource
import time
from pathlib import Path

import pytest

import imidgraph
from imidgraph import KnowledgeGraph, OntologyError
from imidgraph.namespaces import PREFIXES
from imidgraph.stores.disk import build_store

XML = '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://example.org/">{}</r:RDF>'
ONE = {
    "ttl": "<http://example.org/a> <http://example.org/p> <http://example.org/b> .",
    "nt": "<http://example.org/a> <http://example.org/p> <http://example.org/b> .",
    "nq": "<http://example.org/a> <http://example.org/p> <http://example.org/b> .",
    "trig": "<http://example.org/a> <http://example.org/p> <http://example.org/b> .",
    "jsonld": '{"@id": "http://example.org/a", "http://example.org/p": {"@id": "http://example.org/b"}}',
    "rdf": XML.format('<r:Description r:about="http://example.org/a"><e:p r:resource="http://example.org/b"/></r:Description>'),
    "owl": XML.format('<r:Description r:about="http://example.org/a"><e:p r:resource="http://example.org/b"/></r:Description>'),
}


def opened(path: Path, tmp_path: Path, on_disk: bool) -> KnowledgeGraph:
    if not on_disk:
        return imidgraph.load(path)
    build_store([path], tmp_path / "store")
    return imidgraph.load(tmp_path / "store")


@pytest.mark.parametrize("on_disk", [False, True], ids=["memory", "disk"])
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("suffix", ONE)
def test_a_byte_order_mark_is_skipped(tmp_path: Path, suffix: str, packed: bool, on_disk: bool) -> None:
    path = tmp_path / f"a.{suffix}{'.gz' if packed else ''}"
    content = codecs.BOM_UTF8 + ONE[suffix].replace(" <http://example.org/p>", "\r\n<http://example.org/p>").encode()
    if suffix in {"nt", "nq"}:
        content = codecs.BOM_UTF8 + ONE[suffix].encode() + b"\r\n"
    path.write_bytes(gzip.compress(content) if packed else content)
    graph = opened(path, tmp_path, on_disk)
    assert graph.ask("ASK { <http://example.org/a> <http://example.org/p> <http://example.org/b> }")


@pytest.mark.parametrize("on_disk", [False, True], ids=["memory", "disk"])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.ttl", "<#a> <http://example.org/p> <b.ttl> , <> ."),
        ("a.trig", "<#a> <http://example.org/p> <b.ttl> , <> ."),
        ("a.rdf", XML.format('<r:Description r:about="#a"><e:p r:resource="b.ttl"/><e:p r:resource=""/></r:Description>')),
        ("a.owl", XML.format('<r:Description r:ID="a"><e:p r:resource="b.ttl"/><e:p r:resource=""/></r:Description>')),
        ("a.jsonld", '{"@id": "#a", "http://example.org/p": [{"@id": "b.ttl"}, {"@id": ""}]}'),
    ],
)
def test_relative_iris_are_relative_to_the_file(tmp_path: Path, name: str, text: str, on_disk: bool) -> None:
    path = tmp_path / name
    path.write_text(text)
    rows = opened(path, tmp_path, on_disk).select("SELECT ?s ?o { ?s <http://example.org/p> ?o } ORDER BY ?o").rows
    base = path.resolve().as_uri()
    assert rows == [(f"{base}#a", base), (f"{base}#a", (tmp_path / "b.ttl").resolve().as_uri())]


@pytest.mark.parametrize("on_disk", [False, True], ids=["memory", "disk"])
@pytest.mark.parametrize("name", ["a.nq", "a.trig"])
def test_named_graphs_are_asked_as_they_are_counted(tmp_path: Path, name: str, on_disk: bool) -> None:
    texts = {
        "a.nq": "<a:a> <a:p> <a:b> .\n<a:c> <a:p> <a:d> <a:g> .\n",
        "a.trig": "<a:a> <a:p> <a:b> . <a:g> { <a:c> <a:p> <a:d> }",
    }
    path = tmp_path / name
    path.write_text(texts[name])
    graph = opened(path, tmp_path, on_disk)
    assert len(graph) == len(graph.select("SELECT * { ?s ?p ?o }")) == 2
    assert len(list(graph.triples())) == len(graph.construct("CONSTRUCT WHERE { ?s ?p ?o }")) == 2
    assert graph.ask("ASK { <a:c> <a:p> <a:d> }")
    with graph:
        assert graph.query("ASK { <a:c> <a:p> <a:d> . <a:a> <a:p> <a:b> }") is True


DEEP = 20_000
BOMBS = {
    "entities.rdf": '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + level)} "{f"&{chr(97 + level)};" * 10}">' for level in range(9))
    + "]>"
    + XML.format('<r:Description r:about="a:a"><e:p>&j;</e:p></r:Description>'),
    "large.rdf": f'<!DOCTYPE a [<!ENTITY a "{"a" * 100_000}">]>'
    + XML.format('<r:Description r:about="a:a">' + f"<e:p>{'&a;' * 1000}</e:p>" * 100 + "</r:Description>"),
    "deep.rdf": XML.format("<r:Description><e:p>" * DEEP + "</e:p></r:Description>" * DEEP),
    "deep.owl": XML.format("<r:Description><e:p>" * DEEP + "</e:p></r:Description>" * DEEP),
    "deep.nt": "<a:a> <a:b> " + "<<( <a:a> <a:b> " * DEEP + "<a:c>" + " )>>" * DEEP + " .",
    "deep.nq": "<a:a> <a:b> " + "<<( <a:a> <a:b> " * DEEP + "<a:c>" + " )>>" * DEEP + " .",
    "deep.ttl": "<a:a> <a:b> " + "<<( <a:a> <a:b> " * DEEP + "<a:c>" + " )>>" * DEEP + " .",
    "deep.trig": "<a:a> <a:b> " + "<< <a:a> <a:b> " * DEEP + "<a:c>" + " >>" * DEEP + " .",
    "deep.jsonld": '{"a:p": ' * DEEP + "1" + "}" * DEEP,
    "list.jsonld": "[" * DEEP + "]" * DEEP,
    "literal.ttl": '<a:a> <a:b> "' + "x" * (17 << 20) + '" .',
}


@pytest.mark.parametrize("on_disk", [False, True], ids=["memory", "disk"])
@pytest.mark.parametrize("name", BOMBS)
def test_what_would_take_the_process_down_is_one_clear_error(tmp_path: Path, name: str, on_disk: bool) -> None:
    path = tmp_path / name
    path.write_text(BOMBS[name])
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(OntologyError, match="cannot be parsed") as caught:
        opened(path, tmp_path, on_disk)
    assert str(caught.value).startswith(str(path))
    assert time.monotonic() - start < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 << 10  # KiB


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.ttl", '<a:a> <a:b> "' + "<< " * 2000 + '" .'),
        ("a.ttl", "<a:a> <a:b> <a:c> . # " + "<<" * 2000),
        ("a.nt", '<a:a> <a:b> <<( <a:a> <a:b> "c" )>> .\n' * 2000),
        ("a.jsonld", '[{"@id": "a:a", "a:b": "' + "[{" * 2000 + '"}]'),
        (
            "a.rdf",
            '<!DOCTYPE r [<!ENTITY e "http://example.org/">]>'
            + XML.format('<r:Description r:about="&e;a"><e:p>1</e:p></r:Description>'),
        ),
    ],
)
def test_no_guard_refuses_what_is_harmless(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    assert len(imidgraph.load(path)) >= 1


@pytest.mark.parametrize("encoding", ["UTF-4", "zlib", "utf-7", "idna", "utf-16", "punycode", "big5", "x y", ""])
def test_an_encoding_that_xml_cannot_have_is_one_line(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "graph.rdf"
    rdf = PREFIXES["rdf"]
    path.write_text(f'<?xml version="1.0" encoding="{encoding}"?><rdf:RDF xmlns:rdf="{rdf}"/>', encoding="ascii")
    with pytest.raises(OntologyError, match=r"^\S+graph.rdf cannot be parsed: [^\n]+$"):
        imidgraph.load(path)
