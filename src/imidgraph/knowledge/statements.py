"""The statements of a graph, with their qualifiers and their evidence, read from any store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from functools import partial
from itertools import islice
from typing import Any

from imidgraph.errors import QueryError
from imidgraph.knowledge import assembly
from imidgraph.knowledge.labels import labels
from imidgraph.knowledge.relations import Relations
from imidgraph.model import CATEGORIES, Evidence, Relation, Source, Statement, Term
from imidgraph.namespaces import IMID, PREFIXES, attribute_name, compress, expand, local_name, short_name
from imidgraph.rdf import Iri, NamedNode
from imidgraph.sparql.results import undisturbed
from imidgraph.sparql.text import bind, bind_rows
from imidgraph.stores import Store
from imidgraph.words import spaced

# What these give is put in order here: for all statements of a graph that takes a tenth of the time.
_STATEMENTS = """
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
_TELLING = """
SELECT DISTINCT ?subject ?object WHERE {
    ?association imid:subject ?subject ; imid:predicate ?predicate ; imid:object ?object ; ?qualifier ?entity .
}
"""
_NAMES = """
SELECT ?value ?label ?category WHERE {
    VALUES ?value { %s }
    ?value rdfs:label ?label .
    OPTIONAL { ?value a ?category . ?category rdfs:isDefinedBy imid: }
}
"""
SOURCES = "SELECT ?source ?property ?value WHERE { VALUES ?source { %s } ?source ?property ?value }"
"""What describes some sources; `read_sources` reads its rows."""
_CITING = """
SELECT DISTINCT ?subject ?object WHERE {
    ?association imid:subject ?subject ; imid:object ?object ; imid:evidence ?evidence . ?evidence imid:source ?source .
}
"""
_MEMBERSHIP = {"ClassMembership", "GenerationAssignment"}
_OWN_ENDS = "SELECT ?subject ?object WHERE { ?association imid:subject ?subject ; imid:object ?object }"
_HAVING = """
SELECT DISTINCT ?subject ?object WHERE { ?association imid:evidence ?evidence ; imid:subject ?subject ; imid:object ?object }
"""
_TOPICS = "SELECT DISTINCT ?source ?property ?value WHERE { ?source imid:isAbout ?entity ; ?property ?value }"
_NARROWER = "SELECT DISTINCT ?kind WHERE { ?kind skos:broader+ ?object }"
_BEHIND = f"""PREFIX imid: <{IMID}>
SELECT DISTINCT ?fact ?source WHERE {{ VALUES ?fact {{ %s }} ?fact imid:evidence ?evidence . ?evidence imid:source ?source }}
"""
_DENIALS = (
    "SELECT DISTINCT ?subject ?object WHERE { ?association imid:negated true ; imid:subject ?subject ; imid:object ?object }"
)
_ATTRIBUTES = "SELECT ?property ?value WHERE { ?entity ?property ?value }"
_PREDICATES = (
    "SELECT DISTINCT ?predicate ?label WHERE { ?a imid:predicate ?predicate . ?predicate rdfs:label ?label } ORDER BY ?label"
)
_CALLED = "SELECT ?predicate ?name WHERE { ?predicate a owl:ObjectProperty ; skos:altLabel ?name }"
_SMALL = {"a", "are", "for", "has", "have", "in", "is", "of", "to", "with"}  # words without which a relation is known
_BATCH = 200  # pairs of ends in one query
_NAMED = 500  # things whose names are asked for in one query

_TYPE, _EVIDENCE_OF, _SOURCE_OF = PREFIXES["rdf"] + "type", IMID + "evidence", IMID + "source"
_ENDS = ("imid:subject", "imid:predicate", "imid:object")

_Described = dict[str, dict[str, list[Any]]]


class Reader:
    """Reads the statements of a graph.

    Parameters
    ----------
    store : Store
        The engine that holds the graph.
    relations : Relations, optional
        What its ontology says of its relations, where it was read before.
    """

    def __init__(self, store: Store, relations: Relations | None = None) -> None:
        self._store = store
        self.relations = Relations(store) if relations is None else relations
        self._terms: dict[str, Term | None] = {}
        self._known: dict[str, Source] = {}
        self._behind: dict[str, tuple[str, ...]] = {}

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

    def telling_of(self, iri: str) -> list[Statement]:
        """Find the statements of which an entity is neither end, but which tell of it all the same, as a qualifier says."""
        found: list[Statement] = []
        for relation in self.relations.values():
            for qualifier in relation.also_about:
                local = local_name(qualifier)
                every = self._between(_TELLING, predicate=relation.iri, qualifier=qualifier, entity=iri)
                stated = (item for item in every if item.predicate.iri == relation.iri)
                found += [item for item in stated if any(term.iri == iri for term in item.qualifiers.get(local, ()))]
        return found

    def named(self, iri: str) -> Statement | None:
        """Find one statement by its IRI; None where no statement has it."""
        return next((item for item in self._between(_OWN_ENDS, association=iri) if item.iri == iri), None)

    def having(self, evidence: str) -> list[Statement]:
        """Find the statements that a piece of evidence, given by its IRI, belongs to."""
        stated = self._between(_HAVING, evidence=evidence)
        return [item for item in stated if any(passage.iri == evidence for passage in item.evidence)]

    def citing(self, source: str) -> list[Statement]:
        """Find the statements that rest on a source, given by its IRI, or that it disputes."""
        stated = self._between(_CITING, source=source)
        return [item for item in stated if any(passage.source.iri == source for passage in item.evidence)]

    def _between(self, query: str, **iris: str) -> list[Statement]:
        """Find the statements between the ends that a query gives."""
        ends = self._select(query, {name: str(NamedNode(iri)) for name, iri in iris.items()}).rows
        return self.between((str(one), str(other)) for one, other in ends)

    def source(self, iri: str) -> Source:
        """Give a source by its IRI."""
        return self._sources({Iri(iri)})[iri]

    def terms(self, iris: Iterable[str]) -> dict[str, Term]:
        """Give the things with some IRIs, those that have a name in the graph."""
        return self._names(set(map(Iri, iris)))

    def _gather_all(self, variables: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[Statement]:
        given = iter(dict.fromkeys(rows))
        found: list[Statement] = []
        while batch := [tuple(str(NamedNode(iri)) for iri in row) for row in islice(given, _BATCH)]:
            found += self._gather(partial(bind_rows, variables=variables, rows=batch))
        return found

    def _gather(self, bind: Callable[[str], str]) -> list[Statement]:
        with undisturbed():
            return self._read(bind)

    def _read(self, bind: Callable[[str], str]) -> list[Statement]:
        stated = self._store.rows(bind(_STATEMENTS))
        if not stated:
            return []
        backed = self._store.rows(bind(_EVIDENCE))
        properties = {row[1] for row in stated} | {row[2] for row in backed}
        names = {property_: attribute_name(property_) for property_ in properties}
        apart = {_TYPE, _EVIDENCE_OF, _SOURCE_OF}  # what is told by its IRI
        things = {value for _, property_, value in stated if type(value) is Iri and property_ not in apart}
        things |= {value for *_, property_, value in backed if type(value) is Iri and property_ not in apart}
        known = {iri: self.relations[iri] for iri in things & self.relations.keys()}
        terms = self._names(things - known.keys()) | known
        described = _described((iri, names[property_], value) for iri, property_, value in stated)
        passages: dict[str, _Described] = {}
        for iri, passage, property_, value in backed:
            items = passages.get(iri)
            if items is None:
                items = passages[iri] = {}
            facts = items.get(passage)
            if facts is None:
                facts = items[passage] = {}
            facts.setdefault(names[property_], []).append(value)
        sources = self._sources(
            {iri for items in passages.values() for facts in items.values() for iri in facts.get("source", ())}
        )
        found = [
            self._statement(iri, facts, terms, _evidence(passages.get(iri, {}), terms, sources))
            for iri, facts in described.items()
        ]
        return sorted(
            found, key=lambda item: (item.subject.label, item.category, item.predicate.label, item.object.label, item.iri)
        )

    def _statement(
        self, iri: str, facts: dict[str, list[Any]], terms: Mapping[Any, Term], evidence: Iterable[Evidence]
    ) -> Statement:
        subject, predicate, object_ = (min(facts.pop(end), key=str) for end in _ENDS)
        facts.pop("imid:evidence", None)
        relation = self.relations.get(predicate) or Relation(predicate, _term(predicate, terms).label)
        ends = _term(subject, terms), relation, _term(object_, terms)
        return assembly.statement(iri, ends, _category(facts), _valued(facts, terms), evidence)

    def _names(self, iris: Set[Any]) -> dict[Any, Term]:
        waiting = iter(sorted(iris - self._terms.keys()))
        while batch := list(islice(waiting, _NAMED)):
            named: dict[str, Term] = {}
            rows = self._store.rows(_NAMES % " ".join(str(NamedNode(iri)) for iri in batch))
            called = labels(self._store, ((iri, label) for iri, label, _ in rows))
            for iri, _, category in sorted(rows, key=str):
                named.setdefault(iri, Term(iri, called[iri], local_name(category or "")))
            self._terms.update((iri, named.get(iri)) for iri in batch)
        return {iri: term for iri in iris if (term := self._terms[iri]) is not None}

    def predicate(self, name: str) -> Term:
        """Find a relation by its local name, label, other name or CURIE; small words and the way of writing do not matter.

        Raises
        ------
        QueryError
            Where no statement uses such a relation; the message names those that exist.
        """
        known = dict(self._select(_PREDICATES).rows)
        wanted, said = expand(name) or name, _said(name)
        for iri, label in known.items():
            if wanted in (iri, local_name(iri), label):
                return Term(str(iri), label, "ObjectProperty")
        called = [*known.items(), *((iri, local_name(iri)) for iri in known), *self._select(_CALLED).rows]
        for iri in (iri for iri, other in called if iri in known and _said(other) == said):
            return Term(str(iri), known[iri], "ObjectProperty")
        raise QueryError(f"Unknown relation {name!r}. Choose from {', '.join(local_name(iri) for iri in known)}.")

    def rivals(self, subject: str, predicate: str, object: str) -> list[Statement]:
        """Find what sources say instead of a fact, where only one thing can be true, such as the generation of a drug."""
        relation = self.relations.get(predicate)
        if relation is None or not relation.is_single_valued:
            return []
        return [item for item in self.find(subject, predicate) if not item.negated and item.object.iri != object]

    def narrower(self, subject: str, predicate: str, object: str) -> list[Statement]:
        """Find the statements about the narrower kinds of an object, such as peripheral neuropathy for neuropathy."""
        rows = self._select(_NARROWER, {"object": str(NamedNode(object))})
        kinds = {str(iri) for (iri,) in rows}
        return [item for item in self.find(subject, predicate) if item.object.iri in kinds and not item.negated] if kinds else []

    def kinds(self, iri: str) -> list[Term]:
        """Give the kinds of a thing, those of its kinds among them, in the order of their names."""
        kinds = {iri for (iri,) in self._select(_NARROWER, {"object": str(NamedNode(iri))}).rows}
        return sorted(self._names(kinds).values(), key=lambda term: (term.label, term.iri))

    def members(self, iri: str) -> list[Term]:
        """Give the drugs of a class or a generation, and of its kinds, in the order of their names; nothing of another thing."""
        wide = (iri, *(kind.iri for kind in self.kinds(iri)))
        stated = (item for item in self.to(wide) if item.category in _MEMBERSHIP and not item.negated)
        return sorted({item.subject for item in stated}, key=lambda term: (term.label, term.iri))

    def to(self, objects: Iterable[str]) -> list[Statement]:
        """Find the statements that have one of many objects, given by their IRIs, in few queries."""
        return self._gather_all(("object",), ((object,) for object in objects))

    def attributes(self, iri: str) -> dict[str, tuple[Any, ...]]:
        """Give the attributes of an entity, by the local name of the property."""
        facts: dict[str, list[Any]] = {}
        for property_, value in _ordered(self._select(_ATTRIBUTES, {"entity": str(NamedNode(iri))})):
            facts.setdefault(local_name(property_), []).append(value)
        return {name: tuple(values) for name, values in facts.items()}

    def sources_about(self, iri: str) -> list[Source]:
        """Give the sources that are evidence on an entity, the newest first."""
        sources = read_sources(self._select(_TOPICS, {"entity": str(NamedNode(iri))}))
        return sorted(sources.values(), key=lambda source: (str(source.published or ""), source.label), reverse=True)

    def behind(self, facts: Iterable[str]) -> dict[str, list[Source]]:
        """Give the sources of each of many statements, all given by their IRIs, in the order of these."""
        wanted = list(dict.fromkeys(facts))
        waiting = (fact for fact in wanted if fact not in self._behind)
        while batch := list(islice(waiting, _NAMED)):
            cited: dict[str, list[str]] = {fact: [] for fact in batch}
            for fact, source in self._store.select(_BEHIND % " ".join(str(NamedNode(iri)) for iri in batch)).rows:
                cited[fact].append(source)
            self._behind |= {fact: tuple(sorted(sources)) for fact, sources in cited.items()}
        known = self._sources({source for fact in wanted for source in self._behind[fact]})
        return {fact: [known[source] for source in self._behind[fact]] for fact in wanted}

    def denials(self, entities: Iterable[str]) -> list[Statement]:
        """Find the statements that deny something of all of some entities, given by their IRIs."""
        wanted = set(entities)
        ends = [(str(one), str(other)) for one, other in self._select(_DENIALS).rows]
        stated = self.between(pair for pair in ends if wanted.intersection(pair))
        return [item for item in stated if item.negated and wanted <= _told(item)]

    def _sources(self, iris: Set[Any]) -> Mapping[str, Source]:
        missing = iris - self._known.keys()
        names = " ".join(str(NamedNode(iri)) for iri in sorted(iri for iri in missing if type(iri) is Iri))
        found = read_sources(self._store.rows(SOURCES % names)) if names else {}
        self._known.update((iri, found.get(iri) or assembly.named(iri)) for iri in missing)
        return self._known

    def _select(self, text: str, values: Mapping[str, str] | None = None) -> Any:
        return self._store.select(bind(text, values or {}))


def _told(statement: Statement) -> set[str]:
    """Give the IRIs of the things that a statement names."""
    qualifiers = {str(getattr(value, "iri", value)) for values in statement.qualifiers.values() for value in values}
    return {statement.subject.iri, statement.object.iri, statement.predicate.iri} | qualifiers


def _ordered(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Put rows in one order whatever the engine: not every one sorts IRIs."""
    return sorted(rows, key=lambda row: tuple(map(str, row)))


def _described(rows: Iterable[tuple[str, str, Any]]) -> _Described:
    found: _Described = {}
    for thing, property_, value in rows:
        found.setdefault(thing, {}).setdefault(property_, []).append(value)
    return found


def _valued(facts: dict[str, list[Any]], terms: Mapping[Any, Term]) -> dict[str, list[Any]]:
    """Put terms in the place of their IRIs."""
    for values in facts.values():
        for place, value in enumerate(values):
            if type(value) is Iri and value in terms:
                values[place] = terms[value]
    return facts


def _term(value: Any, terms: Mapping[Any, Term]) -> Term:
    return terms[value] if value in terms else Term(str(value), local_name(str(value)))


def _category(facts: dict[str, list[Any]]) -> str:
    """Take out the classes of a thing, and give the most specific one."""
    return min(map(short_name, facts.pop("rdf:type", ())), key=_specific_first, default="")


def _specific_first(category: str) -> tuple[bool, bool, bool, str]:
    return category not in CATEGORIES, ":" in category, category in {"Association", "Evidence"}, category


def _evidence(passages: _Described, terms: Mapping[Any, Term], sources: Mapping[str, Source]) -> Iterable[Evidence]:
    for iri, facts in passages.items():
        category, cited = _category(facts), [sources[value] for value in facts.pop("source", ())]
        yield from assembly.evidence(iri, category, _valued(facts, terms), cited)


def _said(name: str) -> tuple[str, ...]:
    """Give the words of a relation that matter, whether written in one word or in several."""
    return tuple(word for word in spaced(name).split() if word not in _SMALL)


def read_sources(rows: Iterable[tuple[str, str, Any]]) -> dict[str, Source]:
    """Read sources, by IRI, from the rows that `SOURCES` gives."""
    return {
        iri: assembly.source(
            iri,
            min(map(str, facts.get(PREFIXES["rdfs"] + "label", ())), default=compress(iri)),
            min(map(short_name, facts.get(_TYPE, ())), default=""),
            {attribute_name(property_): values for property_, values in facts.items()},
        )
        for iri, facts in _described(rows).items()
    }
