"""Associations: the statements of a graph, with their qualifiers and their evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from functools import partial
from itertools import islice
from typing import Any

from imidgraph.errors import QueryError
from imidgraph.model import CATEGORIES, Evidence, Frequency, Source, Statement, Term
from imidgraph.namespaces import IMID, expand, local_name
from imidgraph.rdf import Iri, NamedNode
from imidgraph.sparql.text import bind, bind_rows
from imidgraph.stores import Store

# What these give is put in order here: for all statements of a graph that takes a tenth of the time.
_ASSOCIATIONS = """
SELECT ?association ?property ?value WHERE {
    ?association imid:subject ?subject ; imid:predicate ?predicate ; imid:object ?object ; ?property ?value .
}
"""
_EVIDENCE = """
SELECT ?association ?evidence ?property ?value WHERE {
    ?association imid:subject ?subject ; imid:predicate ?predicate ; imid:object ?object ; imid:evidence ?evidence .
    ?evidence ?property ?value .
}
"""
_NAMES = """
SELECT ?value ?label ?category WHERE {
    VALUES ?value { %s }
    ?value rdfs:label ?label .
    OPTIONAL { ?value a ?category . ?category rdfs:isDefinedBy imid: }
}
"""
_SOURCES = "SELECT ?source ?property ?value WHERE { VALUES ?source { %s } ?source ?property ?value }"
_TOPICS = "SELECT DISTINCT ?source ?property ?value WHERE { ?source imid:isAbout ?entity ; ?property ?value }"
_ATTRIBUTES = "SELECT ?property ?value WHERE { ?entity ?property ?value }"
_PREDICATES = (
    "SELECT DISTINCT ?predicate ?label WHERE { ?a imid:predicate ?predicate . ?predicate rdfs:label ?label } ORDER BY ?label"
)
_BATCH = 200  # pairs of ends, or entities, in one query
_SINGLE = "ASK { ?predicate imid:singleValued true }"

_UNNAMED = {"evidence", "type"}  # what is told by its IRI
_ASSOCIATION_PARTS = {
    "subject",
    "predicate",
    "object",
    "evidence",
    "negated",
    "statement",
    "label",
    "type",
    "knowledgeLevel",
    "agentType",
}


class Reader:
    """Reads the statements of a graph.

    Parameters
    ----------
    store : Store
        The engine that holds the graph.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._terms: dict[str, Term | None] = {}

    def find(self, subject: str | None = None, predicate: str | None = None, object: str | None = None) -> list[Statement]:
        """Find statements by the IRIs of their ends; what is left out means any."""
        given = {"subject": subject, "predicate": predicate, "object": object}
        values = {name: str(NamedNode(iri)) for name, iri in given.items() if iri is not None}
        return self._gather(lambda text: bind(text, values))

    def between(self, ends: Iterable[tuple[str, str]]) -> list[Statement]:
        """Find the statements between many pairs of a subject and an object, given by their IRIs, in few queries."""
        return self._gather_all(("subject", "object"), ends)

    def about(self, subjects: Iterable[str]) -> list[Statement]:
        """Find the statements about many subjects, given by their IRIs, in few queries."""
        return self._gather_all(("subject",), ((subject,) for subject in subjects))

    def _gather_all(self, variables: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[Statement]:
        given = iter(dict.fromkeys(rows))
        found: list[Statement] = []
        while batch := [tuple(str(NamedNode(iri)) for iri in row) for row in islice(given, _BATCH)]:
            found += self._gather(partial(bind_rows, variables=variables, rows=batch))
        return found

    def _gather(self, bind: Callable[[str], str]) -> list[Statement]:
        rows = self._select(bind(_ASSOCIATIONS)).rows
        if not rows:
            return []
        properties = {property_: local_name(property_) for property_ in {row[1] for row in rows}}
        names = self._names(
            {value for _, property_, value in rows if properties[property_] not in _UNNAMED and type(value) is Iri}
        )
        described: dict[str, dict[str, list[Any]]] = {}
        for association, property_, value in rows:
            described.setdefault(association, {}).setdefault(properties[property_], []).append(value)
        for facts in described.values():
            for name in sorted(facts):
                facts[name] = [names.get(value, value) for value in _each_once(facts.pop(name))]
        parts: dict[str, dict[str, dict[str, Any]]] = {}
        for association, evidence, property_, value in self._select(bind(_EVIDENCE)).rows:
            known = parts.setdefault(association, {}).setdefault(evidence, {})
            name = local_name(property_)
            known[name] = value if name not in known else max(known[name], value, key=str)
        sources = self._sources({item["source"] for items in parts.values() for item in items.values() if "source" in item})
        return sorted(
            (_association(iri, facts, _evidence(parts.get(iri, {}), sources)) for iri, facts in described.items()),
            key=lambda item: (item.subject.label, item.category, item.predicate.label, item.object.label, item.iri),
        )

    def _names(self, iris: Set[Any]) -> dict[Any, Term]:
        waiting = iter(sorted(iris - self._terms.keys()))
        while batch := list(islice(waiting, _BATCH)):
            named: dict[str, Term] = {}
            rows = self._select(_NAMES % " ".join(str(NamedNode(iri)) for iri in batch)).rows
            for iri, label, category in sorted(rows, key=str):
                named.setdefault(iri, Term(iri, label, local_name(category or "")))
            self._terms.update((iri, named.get(iri)) for iri in batch)
        return {iri: term for iri in iris if (term := self._terms[iri]) is not None}

    def predicate(self, name: str) -> Term:
        """Find a relation by its local name, label or CURIE.

        Raises
        ------
        QueryError
            Where no statement uses such a relation; the message names those that exist.
        """
        known = dict(self._select(_PREDICATES).rows)
        wanted = expand(name) or name
        for iri, label in known.items():
            if wanted in (iri, local_name(iri), label):
                return Term(str(iri), label, "ObjectProperty")
        raise QueryError(f"Unknown relation {name!r}. Choose from {', '.join(local_name(iri) for iri in known)}.")

    def rivals(self, subject: str, predicate: str, object: str) -> list[Statement]:
        """Find what sources say instead of a fact, where only one thing can be true, such as the generation of a drug."""
        if not self._store.ask(_SINGLE.replace("?predicate", str(NamedNode(predicate)))):
            return []
        return [item for item in self.find(subject, predicate) if not item.negated and item.object.iri != object]

    def attributes(self, iri: str) -> dict[str, tuple[Any, ...]]:
        """Give the attributes of an entity, by the local name of the property."""
        facts: dict[str, list[Any]] = {}
        for property_, value in _ordered(self._select(_ATTRIBUTES, {"entity": str(NamedNode(iri))})):
            facts.setdefault(local_name(property_), []).append(value)
        return {name: tuple(values) for name, values in facts.items()}

    def sources_about(self, iri: str) -> list[Source]:
        """Give the sources that are evidence on an entity, the newest first."""
        sources = _sources(self._select(_TOPICS, {"entity": str(NamedNode(iri))}))
        return sorted(sources.values(), key=lambda source: (str(source.published or ""), source.label), reverse=True)

    def _sources(self, iris: Iterable[str]) -> dict[str, Source]:
        names = " ".join(str(NamedNode(iri)) for iri in sorted(iris))
        return _sources(self._store.select(_SOURCES % names).rows) if names else {}

    def _select(self, text: str, values: Mapping[str, str] | None = None) -> Any:
        return self._store.select(bind(text, values or {}))


def _ordered(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Put rows in one order whatever the engine: not every one sorts IRIs."""
    return sorted(rows, key=lambda row: tuple(map(str, row)))


def _each_once(values: list[Any]) -> list[Any]:
    return values if len(values) == 1 else sorted(dict.fromkeys(values), key=str)


def _association(iri: str, facts: Mapping[str, list[Any]], evidence: tuple[Evidence, ...]) -> Statement:
    kind = min(facts["type"], key=str)
    category = local_name(kind.iri if isinstance(kind, Term) else kind)
    return CATEGORIES.get(category, Statement)(
        iri=iri,
        subject=facts["subject"][0],
        predicate=facts["predicate"][0],
        object=facts["object"][0],
        category=category,
        negated=True in facts.get("negated", ()),
        statement=next(iter(facts.get("statement", ())), None),
        knowledge_level=next(iter(facts.get("knowledgeLevel", ())), "assertion"),
        qualifiers={name: tuple(sorted(facts[name], key=str)) for name in sorted(facts.keys() - _ASSOCIATION_PARTS)},
        evidence=evidence,
    )


def _evidence(parts: Mapping[str, Mapping[str, Any]], sources: Mapping[str, Source]) -> tuple[Evidence, ...]:
    items: list[Evidence] = []
    for iri, facts in sorted(parts.items(), key=lambda item: item[0]):
        source = sources.get(facts.get("source", ""))
        if source is None:
            continue  # incomplete evidence is reported by validate, not shown
        common = {
            "iri": iri,
            "source": source,
            "locator": facts.get("locator"),
            "stance": facts.get("stance", "supports"),
            "verification": facts.get("verification"),
            "study_design": facts.get("studyDesign"),
            "sample_size": facts.get("sampleSize"),
            "population": facts.get("population"),
        }
        if local_name(facts.get("type", "")) == "Frequency":
            items.append(
                Frequency(
                    **common,
                    percent=facts.get("percent"),
                    percent_lower=facts.get("percentLower"),
                    percent_upper=facts.get("percentUpper"),
                    comparator_percent=facts.get("comparatorPercent"),
                    comparator=facts.get("comparator"),
                    grade=facts.get("grade"),
                )
            )
        else:
            items.append(Evidence(**common))
    return tuple(items)


def _sources(rows: Iterable[tuple[str, str, Any]]) -> dict[str, Source]:
    described: dict[str, dict[str, Any]] = {}
    for source, property_, value in _ordered(rows):
        described.setdefault(source, {}).setdefault(local_name(property_), value)
    return {
        iri: Source(
            iri,
            facts.get("label", iri),
            local_name(facts.get("type", "")),
            url=facts.get("url") or (iri if not iri.startswith(IMID) else None),
            journal=facts.get("journal"),
            first_author=facts.get("firstAuthor"),
            published=facts.get("published"),
        )
        for iri, facts in described.items()
    }
