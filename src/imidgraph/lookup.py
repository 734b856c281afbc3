"""Lookups: an entity by any of its names, and the statements about it with their evidence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pyoxigraph import NamedNode

from imidgraph import sparql
from imidgraph.errors import AmbiguousLabel, EntityNotFound, QueryError
from imidgraph.model import (
    CATEGORIES,
    Association,
    Evidence,
    Frequency,
    GenerationAssignment,
    Indication,
    MechanismOfAction,
    Risk,
    Source,
    Term,
)
from imidgraph.namespaces import IMID, PREFIXES, compress, expand
from imidgraph.stores import Store

_PROLOGUE = "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in ("dcterms", "imid", "rdfs", "skos"))

_NAMES = """
SELECT DISTINCT ?entity ?label ?category ?root ?property ?name WHERE {
    VALUES ?root { imid:Entity imid:Source }
    ?type rdfs:subClassOf+ ?root .
    ?entity a ?type ; rdfs:label ?label ; ?property ?name .
    VALUES ?property { rdfs:label skos:altLabel imid:brandName skos:exactMatch skos:closeMatch }
    BIND(STR(?type) AS ?category)
}
ORDER BY ?entity ?property ?name
"""
_ASSOCIATIONS = """
SELECT DISTINCT ?association ?property ?value ?label ?category WHERE {
    ?association imid:subject ?subject ; imid:predicate ?predicate ; imid:object ?object ; ?property ?value .
    OPTIONAL { ?value rdfs:label ?label }
    OPTIONAL { ?value a ?category . ?category rdfs:isDefinedBy imid: }
}
ORDER BY ?association ?property ?value
"""
_EVIDENCE = """
SELECT DISTINCT ?association ?evidence ?property ?value WHERE {
    ?association imid:subject ?subject ; imid:predicate ?predicate ; imid:object ?object ; imid:evidence ?evidence .
    ?evidence ?property ?value .
}
ORDER BY ?association ?evidence ?property ?value
"""
_SOURCES = """
SELECT DISTINCT ?source ?property ?value WHERE {
    ?association imid:subject ?subject ; imid:predicate ?predicate ; imid:object ?object ; imid:evidence/imid:source ?source .
    ?source ?property ?value .
}
ORDER BY ?source ?property ?value
"""
_TOPICS = "SELECT DISTINCT ?source ?property ?value WHERE { ?source imid:isAbout ?entity ; ?property ?value }"
_ATTRIBUTES = "SELECT ?property ?value WHERE { ?entity ?property ?value } ORDER BY ?property ?value"
_PREDICATES = (
    "SELECT DISTINCT ?predicate ?label WHERE { ?a imid:predicate ?predicate . ?predicate rdfs:label ?label } ORDER BY ?label"
)
_SINGLE = "ASK { ?predicate imid:singleValued true }"

_PRIORITY = {"label": 0, "brandName": 1, "altLabel": 1, "exactMatch": 2, "closeMatch": 3}
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


@dataclass(frozen=True)
class Match:
    """An entity that a search found, by which of its names and how well (0 to 100)."""

    entity: Term
    name: str
    score: float


@dataclass(frozen=True)
class Entity(Term):
    """An entity of the graph, with the statements about it.

    Examples
    --------
    >>> import imidgraph
    >>> drug = imidgraph.load().entity("Revlimid")
    >>> drug.curie, drug.category
    ('imid:lenalidomide', 'Drug')
    """

    lookup: Lookup = field(repr=False, compare=False, kw_only=True)

    @cached_property
    def attributes(self) -> dict[str, tuple[Any, ...]]:
        """Its literal attributes and identifiers, by the local name of the property."""
        return self.lookup.attributes(self.iri)

    @property
    def definition(self) -> str | None:
        """What it is, in one sentence."""
        return next(iter(self.attributes.get("definition", ())), None)

    @property
    def synonyms(self) -> tuple[str, ...]:
        """Its other names, brands and lay words included."""
        return self.attributes.get("brandName", ()) + self.attributes.get("altLabel", ())

    @property
    def identifiers(self) -> tuple[str, ...]:
        """Its identifiers in the field's registers, as CURIEs."""
        return tuple(map(compress, self.attributes.get("exactMatch", ()) + self.attributes.get("closeMatch", ())))

    @cached_property
    def relationships(self) -> list[Association]:
        """The statements that have it as their subject."""
        return self.lookup.associations(subject=self.iri)

    @cached_property
    def mentions(self) -> list[Association]:
        """The statements that have it as their object."""
        return self.lookup.associations(object=self.iri)

    @property
    def generations(self) -> list[Association]:
        """To which generation each source counts it."""
        return [item for item in self.relationships if isinstance(item, GenerationAssignment)]

    @property
    def mechanisms(self) -> list[Association]:
        """The steps by which it acts."""
        return [item for item in self.relationships if isinstance(item, MechanismOfAction)]

    @property
    def indications(self) -> list[Indication]:
        """The diseases that it is approved, studied or used for."""
        return [item for item in self.relationships if isinstance(item, Indication)]

    @property
    def risks(self) -> list[Risk]:
        """Its adverse effects, those of the boxed warning first."""
        risks = [item for item in self.relationships if isinstance(item, Risk)]
        return sorted(risks, key=lambda risk: (not risk.boxed_warning, risk.label))

    @property
    def programmes(self) -> list[Association]:
        """The safety programmes that it is dispensed under."""
        return [item for item in self.relationships if item.category == "ProgrammeRequirement"]

    @property
    def articles(self) -> list[Source]:
        """The articles that are evidence on it."""
        return [source for source in self.lookup.sources_about(self.iri) if source.category == "Article"]


class Lookup:
    """Finds entities and statements in a store.

    Parameters
    ----------
    store : Store
        The engine that holds the graph.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def entity(self, name: str, category: str | None = None) -> Entity:
        """Find one entity by label, synonym, brand, lay word, CURIE in any spelling, or IRI.

        Parameters
        ----------
        name : str
            The name, in any case.
        category : str, optional
            The class that it must belong to, such as ``Drug``.

        Raises
        ------
        EntityNotFound
            Where nothing answers to the name; it carries suggestions.
        AmbiguousLabel
            Where several entities answer to the name; it carries them.
        """
        iri = expand(name) or name
        found = {term.iri: term for term in self._by_iri.get(iri, ())}
        if not found:
            ranked = self._by_name.get(normalize(name), {})
            fitting = [(rank, term) for term, rank in ranked.items() if category in (None, term.category)]
            best = min((rank for rank, _ in fitting), default=None)
            found = {term.iri: term for rank, term in fitting if rank == best}
        elif category is not None:
            found = {key: term for key, term in found.items() if term.category == category}
        if not found:
            raise EntityNotFound(name, self._suggestions(name, category))
        if len(found) > 1:
            raise AmbiguousLabel(name, [f"{term.curie} ({term.label})" for term in found.values()])
        term = next(iter(found.values()))
        return Entity(term.iri, term.label, term.category, lookup=self)

    def search(self, words: str, limit: int = 10) -> list[Match]:
        """Find entities whose names come close to some words, the best first."""
        from rapidfuzz import fuzz, process

        matches: dict[str, Match] = {}
        found = process.extract(normalize(words), list(self._by_name), scorer=fuzz.WRatio, limit=limit * 5, score_cutoff=60)
        for name, score, _ in found:
            for term in self._by_name[name]:
                if term.iri not in matches:
                    matches[term.iri] = Match(term, self._spelling[name], round(score, 1))
        ranked = sorted(matches.values(), key=lambda match: (-match.score, len(match.name), match.entity.label))
        return ranked[:limit]

    def associations(
        self, subject: str | None = None, predicate: str | None = None, object: str | None = None
    ) -> list[Association]:
        """Find statements by the IRIs of their ends; what is left out means any."""
        given = {"subject": subject, "predicate": predicate, "object": object}
        values = {name: str(NamedNode(iri)) for name, iri in given.items() if iri is not None}
        described: dict[str, dict[str, list[Any]]] = {}
        for association, property_, value, label, category in self._select(_ASSOCIATIONS, values):
            if label is not None:
                value = Term(value, label, _local(category or ""))
            facts = described.setdefault(association, {}).setdefault(_local(property_), [])
            if value not in facts:
                facts.append(value)
        sources = _sources(self._select(_SOURCES, values))
        parts: dict[str, dict[str, dict[str, Any]]] = {}
        for association, evidence, property_, value in self._select(_EVIDENCE, values):
            parts.setdefault(association, {}).setdefault(evidence, {})[_local(property_)] = value
        return sorted(
            (_association(iri, facts, _evidence(parts.get(iri, {}), sources)) for iri, facts in described.items()),
            key=lambda item: (item.subject.label, item.category, item.predicate.label, item.object.label, item.iri),
        )

    def predicate(self, name: str) -> str:
        """Find the IRI of a relation by its local name, label or CURIE.

        Raises
        ------
        QueryError
            Where no statement uses such a relation; the message names those that exist.
        """
        known = dict(self._select(_PREDICATES).rows)
        wanted = expand(name) or name
        for iri, label in known.items():
            if wanted in (iri, _local(iri), label):
                return str(iri)
        raise QueryError(f"{name!r} is no relation of the graph. Use one of {', '.join(_local(iri) for iri in known)}.")

    def status(self, subject: str, predicate: str, object: str) -> str:
        """Tell whether a fact is ``supported``, ``negated``, ``disputed`` or ``not curated``."""
        found = self.associations(subject, predicate, object)
        if not found:
            return "not curated"
        stances = {item.stance for association in found for item in association.evidence}
        negated = {association.negated for association in found}
        if len(negated) > 1 or "disputes" in stances or self._is_contested(subject, predicate):
            return "disputed"
        return "negated" if True in negated else "supported"

    def attributes(self, iri: str) -> dict[str, tuple[Any, ...]]:
        """Give the attributes of an entity, by the local name of the property."""
        facts: dict[str, list[Any]] = {}
        for property_, value in self._select(_ATTRIBUTES, {"entity": str(NamedNode(iri))}):
            facts.setdefault(_local(property_), []).append(value)
        return {name: tuple(values) for name, values in facts.items()}

    def sources_about(self, iri: str) -> list[Source]:
        """Give the sources that are evidence on an entity, the newest first."""
        sources = _sources(self._select(_TOPICS, {"entity": str(NamedNode(iri))}))
        return sorted(sources.values(), key=lambda source: (str(source.published or ""), source.label), reverse=True)

    def labels(self, category: str) -> list[str]:
        """List the labels of the entities of a class."""
        return sorted({term.label for terms in self._by_iri.values() for term in terms if term.category == category})

    def _is_contested(self, subject: str, predicate: str) -> bool:
        if not self._store.ask(_PROLOGUE + _SINGLE.replace("?predicate", str(NamedNode(predicate)))):
            return False
        return len({item.object.iri for item in self.associations(subject, predicate) if not item.negated}) > 1

    def _suggestions(self, name: str, category: str | None) -> list[str]:
        from rapidfuzz import fuzz, process

        names = [key for key, terms in self._by_name.items() if any(category in (None, term.category) for term in terms)]
        found = process.extract(normalize(name), names, scorer=fuzz.ratio, limit=3, score_cutoff=65)
        return [self._spelling[match] for match, _, _ in found]

    def _select(self, text: str, values: Mapping[str, str] | None = None) -> Any:
        return self._store.select(_PROLOGUE + sparql.bind(text, values or {}))

    @cached_property
    def _names(self) -> list[tuple[Term, int, str, Any]]:
        rows = []
        for entity, label, category, root, property_, name in self._select(_NAMES):
            rank = _PRIORITY[_local(property_)] + (10 if root == IMID + "Source" else 0)
            rows.append((Term(entity, label, _local(category)), rank, _local(property_), name))
        return rows

    @cached_property
    def _by_iri(self) -> dict[str, list[Term]]:
        found: dict[str, list[Term]] = {}
        matched: dict[str, list[Term]] = {}
        for term, _, property_, name in self._names:
            if property_ == "label":
                found.setdefault(term.iri, []).append(term)
            elif property_ in {"exactMatch", "closeMatch"}:
                matched.setdefault(name, []).append(term)
        return matched | found

    @cached_property
    def _by_name(self) -> dict[str, dict[Term, int]]:
        found: dict[str, dict[Term, int]] = {}
        for term, rank, property_, name in self._names:
            text = compress(name).rpartition(":")[2] if property_.endswith("Match") else name
            if property_.endswith("Match") and (text.isdigit() or "/" in text):
                continue  # a bare number says nothing without its prefix
            ranks = found.setdefault(normalize(text), {})
            ranks[term] = min(rank, ranks.get(term, rank))
            self._spelling.setdefault(normalize(text), text)
        return found

    @cached_property
    def _spelling(self) -> dict[str, str]:
        return {}


def normalize(name: str) -> str:
    """Fold what does not tell names apart: case, accents, hyphens, spaces, trademark signs, Greek letters.

    Examples
    --------
    >>> normalize("Behçet’s  DISEASE") == normalize("Behcet's disease")
    True
    >>> normalize("TNF-α")
    'tnf alpha'
    """
    text = name.translate(_GREEK)
    text = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    text = re.sub(r"[®™©]", "", text.replace("’", "'")).casefold()
    return re.sub(r"[\s\-_‐‑–]+", " ", text).strip()


_GREEK = str.maketrans({"α": "alpha", "β": "beta", "γ": "gamma", "κ": "kappa"})


def _local(iri: str) -> str:
    return re.split(r"[/#]", iri)[-1]


def _association(iri: str, facts: Mapping[str, list[Any]], evidence: tuple[Evidence, ...]) -> Association:
    kind = facts["type"][0]
    category = _local(kind.iri if isinstance(kind, Term) else kind)
    return CATEGORIES.get(category, Association)(
        iri=iri,
        subject=facts["subject"][0],
        predicate=facts["predicate"][0],
        object=facts["object"][0],
        category=category,
        negated=True in facts.get("negated", ()),
        statement=next(iter(facts.get("statement", ())), None),
        qualifiers={name: tuple(values) for name, values in facts.items() if name not in _ASSOCIATION_PARTS},
        evidence=evidence,
    )


def _evidence(parts: Mapping[str, Mapping[str, Any]], sources: Mapping[str, Source]) -> tuple[Evidence, ...]:
    items: list[Evidence] = []
    for iri, facts in parts.items():
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
        if _local(facts.get("type", "")) == "Frequency":
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
    for source, property_, value in rows:
        described.setdefault(source, {}).setdefault(_local(property_), value)
    return {
        iri: Source(
            iri,
            facts.get("label", iri),
            _local(facts.get("type", "")),
            url=facts.get("url") or (iri if not iri.startswith(IMID) else None),
            journal=facts.get("journal"),
            first_author=facts.get("firstAuthor"),
            published=facts.get("published"),
        )
        for iri, facts in described.items()
    }
