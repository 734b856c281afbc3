"""RDF formats: pyoxigraph, rdflib, raptor, serd and jsonld.js read back the same triples."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse, serialize
from rdflib.compare import isomorphic

from imidgraph import ExportError, KnowledgeGraph
from imidgraph.formats import stream
from tests import graphs
from tests.conftest import need
from tests.foreign import run_javascript

OXIGRAPH = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "nq": RdfFormat.N_QUADS,
    "trig": RdfFormat.TRIG,
    "rdf": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
}
RDFLIB = {"ttl": "turtle", "nt": "nt", "nq": "nquads", "trig": "trig", "rdf": "xml", "jsonld": "json-ld"}
RAPTOR = {"ttl": "turtle", "nt": "ntriples", "nq": "nquads", "trig": "trig", "rdf": "rdfxml"}
SERD = {"ttl": "turtle", "nt": "ntriples", "nq": "nquads", "trig": "trig"}
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
IRIS = st.builds(lambda name: NamedNode("https://example.org/" + name), st.text("abcXYZ09", min_size=1))
TEXTS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"))
TRIPLES = st.lists(st.builds(Triple, IRIS, IRIS, st.one_of(IRIS, graphs.LITERALS, st.builds(Literal, TEXTS))), max_size=12)


def _triples(text: bytes | str, format: RdfFormat) -> set[Triple]:
    return {quad.triple for quad in parse(text, format=format)}


def _written(kg: KnowledgeGraph, folder: Path, suffix: str) -> Path:
    return kg.write(folder / f"imid.{suffix}").paths[0]


def _own(kg: KnowledgeGraph) -> set[Triple]:
    return set(kg.triples())


@pytest.mark.parametrize("suffix", OXIGRAPH)
def test_pyoxigraph_reads_back_every_triple(kg: KnowledgeGraph, tmp_path: Path, suffix: str) -> None:
    assert _triples(_written(kg, tmp_path, suffix).read_bytes(), OXIGRAPH[suffix]) == _own(kg)


@pytest.fixture(scope="module")
def in_rdflib(kg: KnowledgeGraph) -> set[tuple[rdflib.term.Node, ...]]:
    return set(rdflib.Graph().parse(data=serialize(kg.triples(), format=RdfFormat.N_TRIPLES), format="nt"))


@pytest.mark.parametrize("suffix", RDFLIB)
def test_rdflib_reads_back_every_triple(
    kg: KnowledgeGraph, in_rdflib: set[tuple[rdflib.term.Node, ...]], tmp_path: Path, suffix: str
) -> None:
    path = _written(kg, tmp_path, suffix)
    graph = rdflib.Dataset(default_union=True) if suffix in {"nq", "trig"} else rdflib.Graph()
    graph.parse(path, format=RDFLIB[suffix])
    assert set(graph.triples((None, None, None))) == in_rdflib


@pytest.mark.parametrize("suffix", RAPTOR)
def test_raptor_reads_back_every_triple(kg: KnowledgeGraph, tmp_path: Path, suffix: str) -> None:
    command = [need("rapper"), "-q", "-i", RAPTOR[suffix], "-o", "ntriples", str(_written(kg, tmp_path, suffix))]
    done = subprocess.run(command, capture_output=True, check=True, timeout=300)
    assert _triples(done.stdout, RdfFormat.N_TRIPLES) == _own(kg)
    assert not done.stderr


@pytest.mark.parametrize("suffix", SERD)
def test_serd_reads_back_every_triple(kg: KnowledgeGraph, tmp_path: Path, suffix: str) -> None:
    command = [need("serdi"), "-e", "-i", SERD[suffix], "-o", "ntriples", str(_written(kg, tmp_path, suffix))]
    done = subprocess.run(command, capture_output=True, check=True, timeout=300)
    assert _triples(done.stdout, RdfFormat.N_TRIPLES) == _own(kg)
    assert not done.stderr


def test_jsonld_js_reads_back_every_triple(kg: KnowledgeGraph, tmp_path: Path) -> None:
    code = """
    const jsonld = require('jsonld'), fs = require('fs');
    jsonld.toRDF(JSON.parse(fs.readFileSync(process.argv[1])), {format: 'application/n-quads', safe: true})
        .then(text => process.stdout.write(text)).catch(error => { console.error(error); process.exit(1); });
    """
    text = run_javascript(code, ("jsonld",), str(_written(kg, tmp_path, "jsonld")))
    assert _triples(text, RdfFormat.N_QUADS) == _own(kg)


def test_jsonld_reads_as_json(kg: KnowledgeGraph) -> None:
    document = json.loads(kg.serialize("jsonld"))
    things = {thing["@id"]: thing for thing in document["@graph"]}
    drug = things["imid:lenalidomide"]
    assert (drug["@type"], drug["label"]) == ("Drug", "lenalidomide")
    assert "imid:CSNK1A1" in drug["degrades"]
    warned = [thing for thing in document["@graph"] if thing.get("boxedWarning") is True]
    assert {thing["@type"] for thing in warned} == {"Risk"}
    assert len(document["@graph"]) == len(things)


@pytest.mark.parametrize("suffix", ["ttl", "nt", "trig", "jsonld"])
@given(found=TRIPLES)
def test_any_graph_reads_back_and_order_does_not_matter(suffix: str, found: list[Triple]) -> None:
    own = set(graphs.projection(found).triples())  # the store canonicalizes numbers
    written = b"".join(stream(graphs.projection(found), suffix))
    assert b"".join(stream(graphs.projection(reversed(found)), suffix)) == written
    assert _triples(written, OXIGRAPH[suffix]) == own
    if suffix != "trig":
        plain = rdflib.Graph().parse(data=b"".join(stream(graphs.projection(found), "nt")), format="nt")
        assert isomorphic(rdflib.Graph().parse(data=written, format=RDFLIB[suffix]), plain)


@given(found=TRIPLES)
def test_rdfxml_reads_back_or_says_why_not(found: list[Triple]) -> None:
    own = set(graphs.projection(found).triples())
    texts = [triple.object.value for triple in own if isinstance(triple.object, Literal)]
    names = [triple.predicate.value.removeprefix("https://example.org/") for triple in own]
    if any(map(NOT_XML.search, texts)) or not all(name.strip("0123456789") for name in names):
        with pytest.raises(ExportError, match="instead"):
            b"".join(stream(graphs.projection(found), "rdf"))
    else:
        written = b"".join(stream(graphs.projection(found), "rdf"))
        assert _triples(written, RdfFormat.RDF_XML) == own
        plain = rdflib.Graph().parse(data=b"".join(stream(graphs.projection(found), "nt")), format="nt")
        assert isomorphic(rdflib.Graph().parse(data=written, format="xml"), plain)


def test_a_scheme_that_is_called_like_a_prefix_stays_itself() -> None:
    triple = Triple(
        NamedNode("mesh:D1"), NamedNode("https://w3id.org/imidgraph/binds"), NamedNode("http://id.nlm.nih.gov/mesh/D1")
    )
    written = b"".join(stream(graphs.projection([triple]), "jsonld"))
    assert _triples(written, RdfFormat.JSON_LD) == {triple}
