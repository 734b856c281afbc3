"""How a statement is told: one model, one reader, one voice, and nothing that a graph says is lost."""

from __future__ import annotations

import datetime
import pickle
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from imidgraph import KnowledgeGraph
from imidgraph.knowledge.relations import PILLARS, Relations
from imidgraph.knowledge.statements import Reader
from imidgraph.model import Evidence, Frequency, Indication, Relation, Risk, Source, Statement, Term
from imidgraph.namespaces import IMID, PREFIXES
from imidgraph.prose.citations import Notes, cited, passage, reference, unread
from imidgraph.prose.statement import details, doubt, doubts, figure, occurrences, sentence
from imidgraph.stores.oxigraph import OxigraphStore
from imidgraph.words import denied, plural
from tests import graphs

LABEL = Source("https://example.org/label", "Revlimid US label", "DrugLabel")
ENDS = Term("", "lenalidomide"), Relation("", "has adverse effect"), Term("", "neutropenia")


def test_an_edge_and_the_store_give_the_same_statement(kg: KnowledgeGraph) -> None:
    graph = kg.projection
    edges = {edge.id: graph.statement(edge) for edge in graph.edges() if edge.category}
    stated = Reader(kg._store).find()
    assert len(stated) == len(edges)
    for item in stated:
        assert edges[item.curie].to_dict() == item.to_dict()
        assert sentence(edges[item.curie]) == sentence(item)
        assert details(edges[item.curie]) == details(item)
        assert list(map(passage, edges[item.curie].evidence)) == list(map(passage, item.evidence))


@given(found=graphs.triples())
def test_any_statement_of_any_graph_can_be_told_from_an_edge_as_from_the_store(found: list[Triple]) -> None:
    graph = graphs.projection(found)
    store = Store()
    store.extend(Quad(*triple) for triple in found)
    edges = {edge.id: graph.statement(edge) for edge in graph.edges()}
    for item in Reader(OxigraphStore(store)).find():
        other = edges[item.curie]
        assert other.qualifiers.keys() == item.qualifiers.keys()
        assert (other.relation, details(other)) == (item.relation, details(item))
        assert list(map(passage, other.evidence)) == list(map(passage, item.evidence))
    for item in edges.values():
        assert sentence(item)
        assert repr(pickle.loads(pickle.dumps(item))) == repr(item)  # NaN is not itself


def test_nothing_that_a_graph_says_of_evidence_is_lost() -> None:
    store = Store()
    statement, passage_, source = (NamedNode(f"https://example.org/{name}") for name in ("s", "e", "source"))
    said = {
        "arm": Literal("arm A"),
        "band": Literal("very common"),
        "comparatorN": Literal(318),
        "grade": Literal("3-4"),
        "percent": Literal("12.5", datatype=NamedNode(PREFIXES["xsd"] + "decimal")),
        "read": Literal("2026-11-27", datatype=NamedNode(PREFIXES["xsd"] + "date")),
        "readingOutcome": Literal("right"),
        "sampleSize": Literal(320),
        "studyDetail": Literal("open-label"),
        "system": Literal("human"),
    }
    parts = {"subject": source, "predicate": NamedNode(IMID + "degrades"), "object": source, "evidence": passage_}
    store.extend(Quad(statement, NamedNode(IMID + name), value) for name, value in parts.items())
    store.extend(Quad(passage_, NamedNode(IMID + name), value) for name, value in said.items())
    store.add(Quad(passage_, NamedNode(IMID + "source"), source))
    store.add(Quad(passage_, NamedNode("https://example.org/mood"), Literal("calm")))
    store.add(Quad(statement, NamedNode("https://example.org/seenIn"), Literal("Ghent")))
    (item,) = Reader(OxigraphStore(store)).find()
    (evidence,) = item.evidence
    assert isinstance(evidence, Frequency)
    assert (evidence.arm, evidence.band, evidence.comparator_n, evidence.grade) == ("arm A", "very common", 318, "3-4")
    assert (evidence.percent, evidence.read) == (Decimal("12.5"), datetime.date(2026, 11, 27))
    assert (evidence.reading_outcome, evidence.sample_size, evidence.study_detail) == ("right", 320, "open-label")
    assert evidence.others == {"https://example.org/mood": ("calm",)}
    assert item.qualifiers == {"https://example.org/seenIn": ("Ghent",)}
    assert details(item) == "seen in: Ghent"
    assert evidence.to_dict()["https://example.org/mood"] == ["calm"]


@pytest.mark.parametrize(
    ("measured", "told"),
    [
        ({"percent": Decimal("22.5")}, "22.5 %"),
        ({"percent": Decimal("1E+1")}, "10 %"),
        ({"percent_upper": Decimal(59), "grade": "any"}, "up to 59 %, any grade"),
        ({"percent_upper": Decimal(5), "bound_excluded": True, "sample_size": 107}, "less than 5 % of 107"),
        ({"percent_lower": Decimal(15), "bound_excluded": True}, "more than 15 %"),
        ({"percent_lower": Decimal(15), "bound_excluded": False}, "at least 15 %"),
        ({"percent_lower": Decimal(3), "percent_upper": Decimal(7)}, "3 to 7 %"),
        ({"percent_lower": Decimal(10), "percent_upper": Decimal(100)}, "at least 10 %"),
        ({"band": "very common"}, "very common (1 in 10 or more)"),
        ({"percent": 12, "band": "very common"}, "12 %, very common"),
        ({"percent": 4, "grade": "3 or higher"}, "4 %, grade 3 or higher"),
        ({"percent": 4, "grade": "serious"}, "4 %, serious"),
        ({"percent": 5, "comparator_percent": 2}, "5 % (against 2 %)"),
        ({"percent": 5, "sample_size": 703, "comparator_percent": 2, "comparator": "placebo"}, "5 % (2 % with placebo)"),
        ({"grade": "any"}, ""),
    ],
)
def test_a_figure_is_told_in_plain_words(measured: dict[str, object], told: str) -> None:
    assert figure(Frequency("", LABEL, **measured)) == told  # type: ignore[arg-type]


def test_the_same_figure_of_two_sources_is_told_once() -> None:
    one = Frequency("a", LABEL, percent=Decimal(5), population="multiple myeloma")
    other = replace(one, iri="b", source=Source("https://example.org/other", "Other"))
    assert occurrences([one, other]) == {"5 %: multiple myeloma": [one, other]}


def test_what_is_denied_is_told_as_denied(kg: KnowledgeGraph) -> None:
    assert (denied("is approved for"), denied("has adverse effect")) == ("is not approved for", "does not have adverse effect")
    assert (denied("confers resistance to"), plural("confers resistance to")) == (
        "does not confer resistance to",
        "confer resistance to",
    )
    negated = [item for item in kg.reader.find() if item.negated]
    assert negated
    assert all(" not " in item.relation for item in negated)
    labels = kg.select("SELECT ?label { ?a imid:negated true ; rdfs:label ?label }").rows
    assert all(" not " in label and "not:" not in label for (label,) in labels)


def test_every_surface_speaks_with_one_voice(kg: KnowledgeGraph) -> None:
    entity = kg.entity("Revlimid").whole()
    surfaces = [str(entity), entity.markdown(), entity._repr_html_(), kg.serialize("html").decode(), str(entity.rows)]
    for text in surfaces:
        assert "boxed warning" in text
        assert "is not approved for" in text
        for odd in ("not: ", "grade any", "BOXED WARNING", "boxed warning: false"):
            assert odd not in text


def test_what_speaks_against_a_statement_is_said() -> None:
    def of(*items: Evidence, **more: object) -> list[str]:
        return doubt(Statement("", *ENDS, evidence=items, **more), datetime.date(2026, 1, 1))  # type: ignore[arg-type]

    seen = Evidence("a", LABEL, verification="source")
    assert of(seen) == []
    assert of(seen, replace(seen, stance="disputes")) == ["disputed"]
    assert of(replace(seen, verification="unconfirmed")) == ["unconfirmed"]
    assert of(replace(seen, system="mouse"), replace(seen, system="human cells")) == ["in mice and in human cells"]
    assert of(replace(seen, system="mouse"), replace(seen, system="human")) == []
    assert of(seen, qualifiers={"comparisonBasis": ("indirect",)}) == ["indirect comparison"]
    assert of(seen, qualifiers={"analysis": ("interim",)}) == ["interim analysis"]
    assert of(seen, qualifiers={"validUntil": ("1961-11",)}) == ["no longer current"]
    assert of(seen, qualifiers={"validFrom": (datetime.date(2030, 1, 1),)}) == ["not yet in force"]
    assert of(seen, qualifiers={"validFrom": (datetime.date(2020, 1, 1),)}) == []
    withdrawn = {"withdrawalDate": ("1961-11",)}
    assert Indication("", *ENDS, qualifiers=withdrawn).holds_on(datetime.date(1961, 11, 30))
    assert doubt(Indication("", *ENDS, qualifiers=withdrawn)) == ["no longer current"]
    assert doubt(Risk("", *ENDS, qualifiers=withdrawn)) == []  # a harm does not end with the license
    assert of(seen, qualifiers={"supersededBy": (Term("", "a newer one"),)}) == ["no longer current"]
    assert doubts(replace(seen, reading_outcome="misleading")) == ["judged misleading by a second reader"]
    assert unread([Statement("", *ENDS, evidence=(seen,))]) == "1 of 1 passage not yet checked by a second reader."
    assert unread([Statement("", *ENDS, evidence=(replace(seen, reading_date="2026"),))]) == ""


def test_sources_are_numbered_once_and_say_what_speaks_against_them() -> None:
    seen = Evidence("a", LABEL, "section 5.1", verification="copy", system="rabbit")
    item = Statement("", *ENDS, evidence=(seen, replace(seen, iri="b", locator="section 6", stance="disputes")))
    notes = Notes()
    assert [str(mark) for mark in notes.marks([item])] == ["1*: section 5.1", "disputed by 1*: section 6"]
    assert notes.cite([item]) == " [1*, disputed by 1*; in rabbits]"
    assert reference(seen) == "Revlimid US label, section 5.1 (seen in a copy; in rabbits)"
    assert cited([item]).count("section") == 2


@pytest.mark.parametrize(
    ("qualifiers", "told"),
    [
        ({"severity": ("fatal",), "boxedWarning": (False,)}, "fatal"),
        ({"inCombinationWith": (Term("", "dexamethasone"), Term("", "rituximab"))}, "with dexamethasone and rituximab"),
        ({"minimumPriorLines": (2,)}, "after at least 2 prior lines"),
        (
            {"doseAmount": (Decimal(25),), "doseUnit": ("mg",), "doseSchedule": ("on days 1 to 21 of 28",)},
            "25 mg on days 1 to 21 of 28",
        ),
        (
            {"thresholdMeasure": ("neutrophils",), "thresholdUpper": (1000,), "thresholdUnit": ("/uL",)},
            "neutrophils below 1,000 /uL",
        ),
        ({"interval": ("P7D",), "durationAfter": ("P4W",)}, "every 7 days; until 4 weeks after the last dose"),
        (
            {
                "experimentalArm": (Term("", "Rd"),),
                "experimentalValue": (Decimal("25.5"),),
                "comparatorArm": (Term("", "MPT"),),
                "comparatorValue": (Decimal("21.2"),),
                "unit": ("months",),
                "hazardRatio": (Decimal("0.72"),),
                "hazardRatioLower": (Decimal("0.61"),),
                "hazardRatioUpper": (Decimal("0.85"),),
                "pValue": ("<0.001",),
                "pSided": ("two-sided",),
            },
            "Rd: 25.5 months; MPT: 21.2 months; hazard ratio 0.72 (0.61 to 0.85); p <0.001 (two-sided)",
        ),
        (
            {"withdrawalDate": ("1961-11",), "withdrawalReason": ("birth defects",)},
            "withdrawn 1961-11 (birth defects)",
        ),
    ],
)
def test_qualifiers_are_told_in_one_order(qualifiers: dict[str, tuple[object, ...]], told: str) -> None:
    assert details(Statement("", *ENDS, qualifiers=qualifiers)) == told


def test_the_ontology_says_what_code_needs_to_know_of_relations(kg: KnowledgeGraph) -> None:
    relations = kg.network.vocabulary
    assert tuple(relations.pillars) == PILLARS
    orders = [relation.order for relation in relations.joining() if relation.curie != "skos:broader"]
    assert len(set(orders)) == len(orders)
    assert all(isinstance(order, int) for order in orders)
    steps = {relation.curie for relation in relations.values() if relation.is_step}
    assert steps == {f"imid:{name}" for name in ("affects", "causes", "decreases", "degrades", "increases", "modulates")}
    assert relations.better_when_higher[IMID + "overall-survival"] is True
    assert relations.better_when_higher[IMID + "epistaxis-severity-score"] is False


def test_a_graph_without_annotations_gets_along() -> None:
    store = Store()
    for name, sign in (("inhibits", -1), ("activates", 1), ("sees", None)):
        relation = NamedNode(f"https://example.org/{name}")
        store.add(Quad(relation, NamedNode(PREFIXES["rdf"] + "type"), NamedNode(PREFIXES["owl"] + "ObjectProperty")))
        store.add(Quad(relation, NamedNode(PREFIXES["rdfs"] + "label"), Literal(name)))
        if sign is not None:
            store.add(Quad(relation, NamedNode(IMID + "sign"), Literal(sign)))
    relations = Relations(OxigraphStore(store))
    assert [relation.label for relation in relations.values()] == ["activates", "inhibits", "is a kind of", "sees"]
    assert [relation.label for relation in relations.values() if relation.is_step] == ["activates", "inhibits"]
    assert relations.pillars == dict.fromkeys(PILLARS, ())
    assert relations.kinds("Treatment") == {"Treatment"}
    assert relations.place("Gene") == relations.place("Pathway")


@given(st.text(min_size=1))
def test_any_label_can_be_denied_and_put_into_the_plural(label: str) -> None:
    assert "not" in denied(label)
    assert plural(label)
