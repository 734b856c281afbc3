from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import imidgraph
from imidgraph import AmbiguousLabel, EntityNotFound, KnowledgeGraph, QueryError
from imidgraph.knowledge.spelling import normalize
from imidgraph.model import Frequency
from imidgraph.namespaces import IMID
from imidgraph.prose.statement import figure


@pytest.mark.parametrize(
    ("name", "curie"),
    [
        ("lenalidomide", "imid:lenalidomide"),
        ("REVLIMID", "imid:lenalidomide"),
        ("Revlimid®", "imid:lenalidomide"),
        ("CC-5013", "imid:lenalidomide"),
        ("imid:lenalidomide", "imid:lenalidomide"),
        ("https://w3id.org/imidgraph/lenalidomide", "imid:lenalidomide"),
        ("CHEBI:63791", "imid:lenalidomide"),
        ("chebi:CHEBI:63791", "imid:lenalidomide"),
        ("DB00480", "imid:lenalidomide"),
        ("mesh:D000077269", "imid:lenalidomide"),
        ("MESH:C467567", "imid:lenalidomide"),
        ("Pomalyst", "imid:pomalidomide"),
        ("Imnovid", "imid:pomalidomide"),
        ("Thalomid", "imid:thalidomide"),
        ("Contergan", "imid:thalidomide"),
        ("blood clots", "imid:thromboembolism"),
        ("nerve damage", "imid:peripheral-neuropathy"),
        ("birth defects", "imid:embryo-fetal-toxicity"),
        ("low blood counts", "imid:cytopenia"),
        ("plasma cell myeloma", "imid:multiple-myeloma"),
        ("MONDO:0009693", "imid:multiple-myeloma"),
        ("DOID:9538", "imid:multiple-myeloma"),
        ("NCIT_C3242", "imid:multiple-myeloma"),
        ("Ikaros", "imid:IKZF1"),
        ("cereblon", "imid:CRBN"),
        ("UniProtKB:Q96SW2", "imid:CRBN"),
        ("PMID:24292625", "pubmed:24292625"),
        ("doi:10.1126/science.1244851", "pubmed:24292625"),
    ],
)
def test_an_entity_answers_to_each_of_its_names(kg: KnowledgeGraph, name: str, curie: str) -> None:
    assert kg.entity(name).curie == curie


@pytest.mark.parametrize(
    ("typed", "meant"), [("lenalidomid", "lenalidomide"), ("revlimit", "Revlimid"), ("multipel myeloma", "multiple myeloma")]
)
def test_a_typing_error_gets_a_suggestion(kg: KnowledgeGraph, typed: str, meant: str) -> None:
    with pytest.raises(EntityNotFound) as caught:
        kg.entity(typed)
    assert meant in caught.value.suggestions
    assert kg.search(typed)[0].score > 80


@pytest.mark.parametrize("name", ["", " ", "zzzzqqq", "'; DROP", '"} UNION {', "imid:nothing", "\x00", "💊"])
def test_nonsense_is_not_found(kg: KnowledgeGraph, name: str) -> None:
    with pytest.raises(EntityNotFound):
        kg.entity(name)


def test_a_trade_name_is_that_of_the_drug_and_then_that_of_the_product(kg: KnowledgeGraph) -> None:
    query = "SELECT ?name ?drug WHERE { ?product a imid:Product ; rdfs:label ?name ; imid:activeIngredient ?drug }"
    made: dict[str, set[str]] = {}
    for name, drug in kg.select(query).rows:
        made.setdefault(name, set()).add(drug.curie)
    assert len(made) > 15
    for name, drugs in made.items():
        assert kg.entity(name).curie in drugs
        assert "Product" in {match.entity.category for match in kg.search(name)}


def test_every_label_finds_its_entity_or_its_candidates(kg: KnowledgeGraph) -> None:
    query = "SELECT ?e ?l WHERE { ?e a/rdfs:subClassOf+ imid:Entity ; rdfs:label ?l MINUS { ?e a imid:Product } } ORDER BY ?e"
    for entity, label in kg.select(query).rows:
        try:
            found = [kg.entity(label).curie]
        except AmbiguousLabel as error:
            found = [candidate.split()[0] for candidate in error.candidates]
        assert entity.curie in found


def test_risks_of_a_drug_carry_evidence_and_the_boxed_ones_come_first(kg: KnowledgeGraph) -> None:
    drug = kg.entity("Revlimid")
    boxed = [risk.boxed_warning for risk in drug.risks]
    assert boxed == sorted(boxed, reverse=True)
    assert all(risk.evidence and all(item.source.label for item in risk.evidence) for risk in drug.risks)
    assert any(isinstance(item, Frequency) and figure(item) for risk in drug.risks for item in risk.evidence)


def test_views_of_a_drug_are_typed(kg: KnowledgeGraph) -> None:
    drug = kg.entity("lenalidomide")
    assert {item.label for item in drug.generations} == {"second generation"}
    assert {"IKZF1", "IKZF3", "CSNK1A1"} <= {item.label for item in drug.mechanisms if item.predicate.label == "degrades"}
    assert any(str(item.approval_date) == "2006-06-29" for item in drug.indications)
    assert "L04AX04" in " ".join(drug.identifiers)
    assert drug.programs
    assert {article.curie for article in drug.articles} >= {"pubmed:24292625"}
    assert "Revlimid" in drug.synonyms
    assert drug.definition


def test_relationships_by_each_end(kg: KnowledgeGraph) -> None:
    found = kg.statements(predicate="degrades", object="casein kinase 1 alpha 1")
    assert {item.subject.label for item in found if not item.negated} == {"lenalidomide"}
    assert all(item.sources for item in found)
    assert list(kg.statements("lenalidomide", "degrades", "CSNK1A1")) == [
        item for item in found if item.subject.label == "lenalidomide"
    ]
    with pytest.raises(QueryError, match="degrades"):
        kg.statements(predicate="destroys")


def test_no_and_not_curated_are_different_answers(kg: KnowledgeGraph) -> None:
    assert kg.status("lenalidomide", "degrades", "IKZF1").word == "supported"
    assert kg.status("pomalidomide", "inGeneration", "second generation").word == "disputed"
    assert kg.status("lenalidomide", "approvedFor", "chronic lymphocytic leukemia").word == "denied"
    assert kg.status("thalidomide", "degrades", "GSPT1").word == "not curated"


def test_a_kind_of_an_effect_is_that_effect_and_a_license_for_one_lymphoma_is_not_one_for_all(kg: KnowledgeGraph) -> None:
    harm = kg.status("thalidomide", "hasAdverseEffect", "neuropathy")
    assert harm.word == "supported"
    assert "of kinds of neuropathy: thalidomide has adverse effect peripheral neuropathy" in harm.sentence
    clots = kg.status("lenalidomide", "hasAdverseEffect", "blood clots")
    assert clots.word == "supported"
    assert clots.narrower[0].value("boxedWarning") is True
    assert len(str(clots).splitlines()) < 24
    license = kg.status("lenalidomide", "approvedFor", "lymphoma")
    assert license.word == "not curated"
    assert "For kinds of it a source says so: lenalidomide is approved for follicular lymphoma" in license.sentence
    early = kg.status("lenalidomide", "approvedFor", "lymphoma", datetime.date(2013, 7, 1))
    assert {item.object.label for item in early.narrower} == {"mantle cell lymphoma"}
    assert not kg.status("thalidomide", "degrades", "GSPT1").narrower


def test_a_name_is_resolved_within_its_class(kg: KnowledgeGraph) -> None:
    assert kg.names.find("Ikaros", "Protein").curie == "imid:IKZF1"
    assert kg.names.find("Ikaros", "Entity").curie == "imid:IKZF1"
    assert kg.names.find("PMID:24292625", "Source").category == "Article"
    for category in ("Drug", "Source"):
        with pytest.raises(EntityNotFound):
            kg.names.find("Ikaros", category)


def test_a_comparison_tells_shared_from_own(kg: KnowledgeGraph) -> None:
    comparison = kg.compare("lenalidomide", "pomalidomide")
    degrades = next(aspect for aspect in comparison.aspects if aspect.predicate.label == "degrades")
    assert {"IKZF1", "IKZF3"} <= set(map(str, degrades.shared))
    assert "CSNK1A1" in map(str, degrades.only(0))
    assert "CSNK1A1" not in map(str, degrades.only(1))
    assert "only lenalidomide, as far as curated: CSNK1A1" in str(comparison)
    assert "only lenalidomide: CSNK1A1" in str(comparison.whole())
    with pytest.raises(QueryError):
        kg.compare("lenalidomide")


@given(st.text())
def test_folding_twice_is_folding_once(name: str) -> None:
    assert normalize(normalize(name)) == normalize(name)


def test_a_parameter_takes_an_iri_as_it_takes_its_curie(kg: KnowledgeGraph) -> None:
    rows = kg.run("evidence-of-statement", subject="pomalidomide", predicate="imid:degrades").rows
    assert rows
    assert kg.run("evidence-of-statement", subject=rows[0][0], predicate="https://w3id.org/imidgraph/degrades").rows == rows


@pytest.mark.parametrize(
    ("fact", "day", "word", "said"),
    [
        (("pomalidomide", "approvedFor", "multiple myeloma"), "2013-01-01", "denied", "No, not on 2013-01-01"),
        (("pomalidomide", "approvedFor", "multiple myeloma"), "2013-02-08", "supported", "on 2013-02-08"),
        (("pomalidomide", "approvedFor", "multiple myeloma"), "2026-11-27", "supported", "on 2026-11-27"),
        (("thalidomide", "degrades", "GSPT1"), "2013-01-01", "not curated", "does not mean that it is false"),
        (("lenalidomide", "degrades", "CSNK1A1"), "2013-01-01", "supported", "A source says so"),
    ],
)
def test_whether_a_fact_held_on_a_day(kg: KnowledgeGraph, fact: tuple[str, str, str], day: str, word: str, said: str) -> None:
    status = kg.status(*fact, as_of=datetime.date.fromisoformat(day))
    assert status.word == word
    assert said in status.sentence
    assert (word == "denied") == ("from 2013-02-08 on" in status.sentence)


def test_a_name_that_is_not_in_the_graph_is_not_a_no(kg: KnowledgeGraph) -> None:
    status = kg.status("lenalidomide", "approvedFor", "glioblastoma")
    assert (status.word, bool(status), status.statements) == ("not curated", False, ())
    assert status.sentence.startswith("Not in the graph; that is not a no. No entity is called 'glioblastoma'.")
    near = kg.status("lenalidomidd", "approvedFor", "multiple myeloma")
    assert "Did you mean 'lenalidomide'" in near.sentence
    with pytest.raises(EntityNotFound):
        kg.entity("glioblastoma")


def test_a_thing_with_labels_of_many_languages_is_called_by_the_english_one(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(
        """
        @prefix imid: <https://w3id.org/imidgraph/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        @prefix owl: <http://www.w3.org/2002/07/owl#> .
        imid:Drug a owl:Class ; rdfs:subClassOf imid:Entity .
        imid:eases a owl:ObjectProperty ; rdfs:subPropertyOf imid:relatedTo .
        imid:eases rdfs:label "lindert"@de , "eases"@en-US , "allevia"@it .
        imid:a a imid:Drug ; rdfs:label "Arznei"@de , "the drug"@en-GB , "farmaco"@it , "0" ; imid:eases imid:b .
        imid:b a imid:Drug ; rdfs:label "Bb"@de , "bees"@en , "Aa"@fr .
        imid:s imid:subject imid:a ; imid:predicate imid:eases ; imid:object imid:b .
        """
    )
    with imidgraph.load(tmp_path / "a.ttl") as graph:
        for name in ("Arznei", "the drug", "farmaco", "imid:a"):
            assert graph.entity(name).label == "the drug"
        (statement,) = graph.statements("farmaco")
        assert (statement.subject.label, statement.predicate.label, statement.object.label) == ("the drug", "eases", "bees")
        assert str(graph.paths("Arznei", "Bb")[0]) == "the drug --[eases]--> bees"
        assert {node.id: node.label for node in graph.projection.nodes()} == {"imid:a": "the drug", "imid:b": "bees"}


def test_an_iri_is_found_without_reading_every_name(kg: KnowledgeGraph) -> None:
    known = kg.names.by_iri()
    with imidgraph.load() as fresh:
        for iri in [*sorted(known)[::25], f"{IMID}nothing", "no IRI>", ""]:
            assert fresh.names.at_iri(iri) == known.get(iri, {})
        assert fresh.names.find("imid:lenalidomide", "Entity").label == "lenalidomide"
        assert "_names" not in vars(fresh.names)
        assert fresh.names.roots.items() >= kg.names.roots.items()


def test_the_status_of_a_class_is_that_of_each_of_its_drugs(kg: KnowledgeGraph) -> None:
    every = kg.status("immunomodulatory drugs", "degrades", "IKZF1")
    assert every.word == "supported"
    assert [str(each.subject) for each in every.members] == ["lenalidomide", "pomalidomide", "thalidomide"]
    assert every.sources
    mixed = kg.status("IMiDs", "degrades", "CSNK1A1")
    assert mixed.word == "not curated"
    assert {str(each.subject): each.word for each in mixed.members} == {
        "lenalidomide": "supported",
        "pomalidomide": "denied",
        "thalidomide": "disputed",
    }
    assert "supported for lenalidomide; disputed for thalidomide; denied for pomalidomide" in mixed.sentence
    assert {row[0] for row in mixed.rows} == {"supported", "denied", "disputed"}
    assert "  pomalidomide: denied" in str(mixed)
    assert [each["status"] for each in mixed.to_dict()["members"]] == ["supported", "denied", "disputed"]
    assert kg.status("CELMoDs", "degrades", "IKZF3").word == "not curated"  # nothing is curated for one of them
    assert kg.status("third generation", "approvedFor", "myeloma", datetime.date(2013, 1, 1)).members[0].word == "denied"
    assert not kg.status("lenalidomide", "degrades", "GSPT1").members


@pytest.mark.parametrize(
    ("said", "relation"),
    [
        ("isContraindicatedIn", "imid:contraindicatedIn"),
        ("contraindicated in", "imid:contraindicatedIn"),
        ("approved", "imid:approvedFor"),
        ("indicated for", "imid:approvedFor"),
        ("has side effect", "imid:hasAdverseEffect"),
        ("interacts_with", "imid:interactsWith"),
    ],
)
def test_a_relation_is_found_however_it_is_written(kg: KnowledgeGraph, said: str, relation: str) -> None:
    assert kg.status("lenalidomide", said, "multiple myeloma").predicate.curie == relation


def test_what_else_is_stated_of_both_ends_stands_beside_what_is_not_curated(kg: KnowledgeGraph) -> None:
    harm = kg.status("lenalidomide", "causes", "birth defects")
    assert harm.word == "not curated"
    assert harm.beside[0].value("boxedWarning") is True
    assert "Also stated of both:" in str(harm)
    studied = kg.status("lenalidomide", "approvedFor", "AL amyloidosis")
    assert studied.word == "not curated"
    assert [item.predicate.curie for item in studied.beside] == ["imid:investigatedFor"]
    assert studied.rows[1][0] == "also stated"
    assert not kg.status("lenalidomide", "degrades", "GSPT1").beside


@pytest.mark.parametrize(
    ("said", "section"),
    [
        ("side effects", "adverse effects"),
        ("Approval", "approvals"),
        ("warnings", "boxed warnings"),
        ("dose", "doses"),
        ("class", "class and generation"),
        ("contraindication", "contraindications"),
    ],
)
def test_a_section_is_found_by_what_people_call_it(kg: KnowledgeGraph, said: str, section: str) -> None:
    assert kg.entity("Revlimid").section(said).name == section
