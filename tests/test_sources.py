"""Sources, entities and retired names: what they build, and that whatever is wrong with one is a line with its file."""

from __future__ import annotations

from pathlib import Path

import pytest

import imidgraph
from imidgraph.namespaces import expand
from imidgraph.release.build import build
from tests.checkout import DRUGS, NAME, RETIRED, SOURCES, message


def test_an_article_has_the_fields_of_csl(ontology: Path) -> None:
    article = build(ontology).decode().partition("pubmed:17021321 a imid:Article")[2].partition("\n\n")[0]
    assert 'imid:firstAuthor "List A"' in article
    assert 'imid:authors "List A, Dewald GW"' in article
    assert 'imid:volume "355"' in article
    assert 'imid:journal "N Engl J Med"' in article
    assert 'imid:published "2006-10"^^xsd:gYearMonth' in article
    assert r"skos:exactMatch doi:10.1056\/NEJMoa061292" in article


def test_a_retired_name_points_to_its_successor(ontology: Path) -> None:
    retired = build(ontology).decode().partition("imid:gone ")[2].partition(" .\n")[0]
    assert "owl:deprecated true" in retired
    assert f"dcterms:isReplacedBy imid:{NAME}" in retired


def test_a_retired_name_is_no_node() -> None:
    graph = imidgraph.load().projection
    retired = {triple.subject.value for triple in graph.triples() if triple.predicate.value.endswith("#deprecated")}
    assert retired
    assert not retired & {expand(node.id) for node in graph.nodes()}
    assert not retired & {expand(edge.subject) for edge in graph.edges()}


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (
            RETIRED.replace("neutropenia-1", "neutropenia-9"),
            f"Unknown successor 'lenalidomide-hasAdverseEffect-neutropenia-9'. Did you mean '{NAME}",
        ),
        (RETIRED.replace(", reason: It was split.", ""), "gone: The retired name has no reason. Add one."),
        (RETIRED * 2, "retired.yaml:2: gone: The name is retired twice. Keep one entry."),
        (RETIRED.replace("replacedBy", "replacedby"), "Unknown key 'replacedby'. Did you mean 'replacedBy'?"),
    ],
)
def test_a_bad_retired_name_is_one_sentence(ontology: Path, bad: str, reason: str) -> None:
    (ontology / "facts/retired.yaml").write_text(bad)
    told = message(ontology)
    assert told.startswith("ontology/facts/retired.yaml:")
    assert reason in told


@pytest.mark.parametrize(
    ("good", "bad", "line", "reason"),
    [
        ("article-journal", "article", 2, "pubmed:17021321: Unknown type 'article'. Choose from article-journal, "),
        ("container-title", "container-titel", 5, "Unknown key 'container-titel'. Did you mean 'container-title'?"),
        ("issued: 2006-10", "issued: October", 6, "The value 'October' of 'issued' must be a day, month or year"),
        ("title: REV", "titel: REV", 10, "revlimid-us-label: The source has no title. Add it."),
        ("id: pubmed:", "id: pubmd:", 1, "The id 'pubmd:17021321' is not an identifier. Unknown prefix 'pubmd'."),
        ("DOI: ", "exactMatch: ", 8, "The value '10.1056/NEJMoa061292' of 'exactMatch' is not an identifier."),
        ("- id: revlimid-us-label\n  type", "- type", 10, "The source has no id. Write one such as 'id: pubmed:26131937'"),
        ("family: List", "familie: List", 4, "Unknown key 'familie'. Did you mean 'family'?"),
        ("title: REV", "jurisdiction: USA\n  title: REV", 12, "revlimid-us-label: Unknown entity 'USA'."),
        ("title: REV", "isVersionOf: revlimid\n  title: REV", 12, "revlimid-us-label: Unknown source 'revlimid'."),
    ],
)
def test_a_bad_source_is_one_sentence(ontology: Path, good: str, bad: str, line: int, reason: str) -> None:
    assert good in SOURCES
    (ontology / "sources/all.yaml").write_text(SOURCES.replace(good, bad))
    assert any(
        text.startswith(f"ontology/sources/all.yaml:{line}: ") and reason in text for text in message(ontology).splitlines()
    )


@pytest.mark.parametrize(
    ("good", "bad", "line", "reason"),
    [
        ("@en ;\n    imid:brand", "@en\n    imid:brand", 7, "This is not valid Turtle: "),
        ('imid:brandName "Revlimid"', "rdfs:seeAlso []", 7, "There is a blank node. Give each thing a name."),
        ("imid:brandName", "imid:brandname", 4, "lenalidomide: Unknown property 'brandname'. Did you mean 'brandName'?"),
        (
            "imid:dexamethasone\n",
            "imid:lenalidomide\n",
            9,
            "lenalidomide: The id is already used at ontology/entities/drugs.ttl:4.",
        ),
    ],
)
def test_a_bad_entity_is_one_sentence(ontology: Path, good: str, bad: str, line: int, reason: str) -> None:
    assert good in DRUGS
    (ontology / "entities/drugs.ttl").write_text(DRUGS.replace(good, bad))
    first = message(ontology).splitlines()[0]
    assert first.startswith(f"ontology/entities/drugs.ttl:{line}: ")
    assert reason in first
