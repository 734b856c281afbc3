from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, NamedNode, RdfFormat, parse

import imidgraph
from imidgraph import OntologyError
from imidgraph.formats.turtle import write_turtle
from imidgraph.namespaces import PREFIXES
from imidgraph.release.build import build
from imidgraph.resources import ONTOLOGY, RELEASE
from tests.conftest import ROOT

MODULES = [ONTOLOGY / "schema.ttl", *sorted((ONTOLOGY / "entities").glob("*.ttl"))]
TURTLE = sorted([*MODULES, *(ONTOLOGY / "shapes").glob("*.ttl")])


def test_the_release_is_what_its_sources_build() -> None:
    assert build(ONTOLOGY) == RELEASE.read_bytes()


def test_the_release_has_no_blank_node() -> None:
    triples = [quad.triple for quad in parse(path=str(RELEASE), format=RdfFormat.TURTLE)]
    assert not [term for triple in triples for term in triple if isinstance(term, BlankNode)]


def test_the_writer_does_not_depend_on_order() -> None:
    triples = [quad.triple for quad in parse(path=str(RELEASE), format=RdfFormat.TURTLE)]
    random.Random(1).shuffle(triples)
    assert b"".join(write_turtle(triples)) == RELEASE.read_bytes()


def test_version_is_one_everywhere() -> None:
    header = (ONTOLOGY / "schema.ttl").read_text()
    assert f'owl:versionInfo "{imidgraph.__version__}"' in header
    assert f"owl:versionIRI <https://w3id.org/imidgraph/{imidgraph.__version__}>" in header
    assert imidgraph.load().version == imidgraph.__version__
    assert f"## {imidgraph.__version__}" in (ROOT / "CHANGELOG.md").read_text()


def test_a_folder_without_sources_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(OntologyError, match=r"no schema\.ttl"):
        build(tmp_path)


@pytest.mark.parametrize("path", TURTLE, ids=lambda path: path.stem)
def test_modules_keep_the_style(path: Path) -> None:
    text = path.read_text()
    prefixes = re.findall(r"^@prefix (\S*): +<(.*)> \.$", text, re.M)
    names = [name for name, _ in prefixes]
    assert names == sorted(names, key=str.lower), "prefixes are alphabetical"
    assert len({line.index("<") for line in text.splitlines() if line.startswith("@prefix")}) == 1, "prefixes are aligned"
    known = {**PREFIXES, "sh": "http://www.w3.org/ns/shacl#"}
    assert {name: known.get(name) for name, _ in prefixes} == dict(prefixes), "prefixes are those of namespaces"
    body = re.sub(r'"(?:[^"\\]|\\.)*"|<[^>]*>', "", text[text.rindex("@prefix") :].partition("\n")[2])
    unused = [name for name in names if not re.search(rf"(?<![\w.]){re.escape(name)}:", body)]
    assert not [name for name in unused if name not in ("xsd",) or "^^xsd:" not in text], f"unused prefixes: {unused}"
    assert "\t" not in text
    assert not re.search(r"\n\n\n", text), "one blank line between blocks"
    assert not re.search(r"[ ]+$", text, re.M), "no trailing spaces"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_subject_is_described_in_one_block(path: Path) -> None:
    subjects = re.findall(r"^((?:[\w.]+:\S+|<[^>]+>))$", path.read_text(), re.M)
    assert len(subjects) == len(set(subjects)), sorted({name for name in subjects if subjects.count(name) > 1})


def test_a_thing_is_described_in_one_module() -> None:
    described = [name for path in MODULES for name in re.findall(r"^((?:[\w.-]+:\S+|<[^>]+>))$", path.read_text(), re.M)]
    assert sorted({name for name in described if described.count(name) > 1}) == []


def test_a_paper_is_one_article() -> None:
    query = """
    SELECT ?first ?second {
        ?first a imid:Article ; rdfs:label ?title . ?second a imid:Article ; rdfs:label ?other .
        FILTER(LCASE(STR(?title)) = LCASE(STR(?other)) && STR(?first) < STR(?second))
    }
    """
    assert imidgraph.load().select(query).rows == []


@pytest.mark.needs("java")
def test_it_is_consistent_under_a_reasoner(tmp_path: Path) -> None:
    """HermiT, which ships inside owlready2, finds neither an inconsistency nor an unsatisfiable class."""
    import owlready2

    # HermiT refuses the datatypes that OWL 2 does not name, such as xsd:date: they go as plain literals.
    names = {PREFIXES["xsd"] + name for name in ("date", "gMonthDay", "gYear", "gYearMonth")}
    lines = []
    for quad in parse(path=str(RELEASE), format=RdfFormat.TURTLE):
        datatype = getattr(quad.object, "datatype", None)
        target = f'"{quad.object.value}"' if isinstance(datatype, NamedNode) and datatype.value in names else str(quad.object)
        lines.append(f"{quad.subject} {quad.predicate} {target} .\n")
    path = tmp_path / "imid.nt"
    path.write_text("".join(lines))
    world = owlready2.World()
    ontology = world.get_ontology(path.as_uri()).load()
    with ontology:
        owlready2.sync_reasoner_hermit(world, infer_property_values=False, debug=0)
    assert list(world.inconsistent_classes()) == []


# What RO and BFO (releases of 2026-08) say of the relations that the schema stands on or once stood on, restated.
UPPER = """
@prefix owl:  <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix obo:  <http://purl.obolibrary.org/obo/> .
@prefix imid: <https://w3id.org/imidgraph/> .

obo:BFO_0000015 a owl:Class ; owl:disjointWith obo:BFO_0000040 .
obo:BFO_0000040 a owl:Class .
obo:RO_0002211 a owl:ObjectProperty ; rdfs:domain obo:BFO_0000015 ; rdfs:range obo:BFO_0000015 .
obo:RO_0002212 a owl:ObjectProperty ; rdfs:subPropertyOf obo:RO_0002211 .
obo:RO_0002213 a owl:ObjectProperty ; rdfs:subPropertyOf obo:RO_0002211 .
obo:RO_0002434 a owl:ObjectProperty ; rdfs:domain obo:BFO_0000040 ; rdfs:range obo:BFO_0000040 .
obo:RO_0002436 a owl:ObjectProperty ; rdfs:subPropertyOf obo:RO_0002434 .
"""


@pytest.mark.needs("java")
@pytest.mark.parametrize("axiom", ["", "imid:decreases rdfs:subPropertyOf obo:RO_0002212 ."], ids=["now", "as it was"])
def test_nothing_becomes_a_process(axiom: str, tmp_path: Path) -> None:
    """Under RO's and BFO's own axioms no drug or protein is a process; the axiom that the schema once had made them so."""
    import owlready2

    names = ("affects", "binds", "causes", "decreases", "degrades", "increases", "modulates")
    relations = {f"<{PREFIXES['imid']}{name}>" for name in names}
    lines = [f"{relation} <{PREFIXES['rdf']}type> <{PREFIXES['owl']}ObjectProperty> .\n" for relation in sorted(relations)]
    for quad in parse(path=str(RELEASE), format=RdfFormat.TURTLE):
        if str(quad.predicate) in relations or (str(quad.subject) in relations and "subPropertyOf" in str(quad.predicate)):
            lines.append(f"{quad.subject} {quad.predicate} {quad.object} .\n")
    lines += [f"{quad.subject} {quad.predicate} {quad.object} .\n" for quad in parse(UPPER + axiom, format=RdfFormat.TURTLE)]
    path = tmp_path / "upper.nt"
    path.write_text("".join(lines))
    world = owlready2.World()
    with world.get_ontology(path.as_uri()).load():
        if axiom:  # what binds cereblon is material, and nothing material is a process
            with pytest.raises(owlready2.OwlReadyInconsistentOntologyError):
                owlready2.sync_reasoner_hermit(world, infer_property_values=False, debug=0)
            return
        owlready2.sync_reasoner_hermit(world, infer_property_values=False, debug=0)
    assert list(world.inconsistent_classes()) == []
    assert list(world["http://purl.obolibrary.org/obo/BFO_0000015"].instances()) == []


SCHEMA = ONTOLOGY / "schema.ttl"
BLOCKS = re.findall(r"^imid:(\w+)\n    a owl:(\w+) ;\n((?:    .*\n)+)", SCHEMA.read_text() if SCHEMA.exists() else "", re.M)


def test_every_term_has_a_domain_a_range_and_a_mapping_or_a_reason() -> None:
    missing = []
    for name, kind, body in BLOCKS:
        if "Match " not in body and not re.search(r"sub(?:Class|Property)Of (?!imid:)", body) and '"No mapping: ' not in body:
            missing.append(f"{name}: mapping")
        if kind in {"ObjectProperty", "DatatypeProperty"}:
            missing += [
                f"{name}: {end}" for end in ("domain", "range") if f"rdfs:{end}" not in body and f'"No {end}: ' not in body
            ]
    assert missing == []


def test_only_causal_relations_have_a_sign() -> None:
    parents = {name: re.findall(r"rdfs:subPropertyOf imid:(\w+)", body) for name, _, body in BLOCKS}

    def is_causal(name: str) -> bool:
        return name == "affects" or any(map(is_causal, parents[name]))

    signed = {name for name, _, body in BLOCKS if "imid:sign " in body}
    assert signed == {name for name in parents if is_causal(name)}


def test_no_class_is_mapped_to_a_property() -> None:
    """SIO:000772 is `has evidence`, a property; ours that is mapped to it is one too."""
    users = [(name, kind) for name, kind, body in BLOCKS if "SIO:000772" in body]
    assert users == [("evidence", "ObjectProperty")]


def test_what_needs_a_qualifier_gives_no_bare_edge() -> None:
    kg = imidgraph.load()
    assert kg.ask("ASK { ?predicate imid:needs ?qualifier }")
    assert not kg.ask("ASK { ?predicate imid:needs ?qualifier . ?subject ?predicate ?object }")
