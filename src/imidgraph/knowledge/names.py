"""Names: an entity by any of them, and what was probably meant by a misspelled one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from imidgraph.errors import AmbiguousLabel, EntityNotFound, QueryError
from imidgraph.knowledge.labels import labels
from imidgraph.knowledge.spelling import identifier, key_of, normalize, singular, spellings
from imidgraph.model import Term
from imidgraph.namespaces import IMID, compress, expand, local_name
from imidgraph.rdf import NamedNode
from imidgraph.sparql.catalog import Query
from imidgraph.stores import Store

_NAMES = """
SELECT ?entity ?label ?category ?root ?property ?name WHERE {
    %s
    VALUES ?root { imid:Entity imid:Source }
    ?type rdfs:subClassOf+ ?root .
    ?entity a ?type ; rdfs:label ?label ; ?property ?name .
    VALUES ?property { rdfs:label skos:altLabel imid:brandName skos:exactMatch skos:closeMatch }
    BIND(STR(?type) AS ?category)
}
"""
_ROOTS = "SELECT ?class ?root WHERE { VALUES ?root { imid:Entity imid:Source } ?class rdfs:subClassOf+ ?root }"
_CALLED = "VALUES ?entity { %s }"
_IDENTIFIED = "VALUES (?property ?name) { (skos:exactMatch %s) (skos:closeMatch %s) }"
_RELATIONS = """
SELECT ?relation ?label WHERE { ?relation rdfs:subPropertyOf* imid:relatedTo ; rdfs:label ?label }
"""
_SOURCE = 10  # what a source is called stands behind what an entity is called
_PRODUCT = 5  # a trade name is that of the drug first, and of the licensed product behind it
_PRIORITY = {"label": 0, "brandName": 1, "altLabel": 1, "exactMatch": 2, "closeMatch": 3}
_NEAR = 65  # how alike a suggestion is at the least, from 0 to 100
_SHORTEST = 4  # letters of a name that may be misspelled: shorter ones are alike by chance

Name = tuple[Term, int, str, Any]
"""A name of an entity: the entity, the rank of the name, its property and the name."""


class Names:
    """The names of the entities and sources of a graph.

    Parameters
    ----------
    store : Store
        The engine that holds the graph.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, name: str, category: str | None = None) -> Term:
        """Find one entity by label, synonym, brand, lay word, identifier or IRI, in any usual spelling.

        Parameters
        ----------
        name : str
            The name, in any case.
        category : str, optional
            The class that it must belong to, such as ``Drug``; ``Entity`` and ``Source`` stand for all of theirs.

        Raises
        ------
        EntityNotFound
            Where nothing answers to the name; it carries suggestions.
        AmbiguousLabel
            Where several entities answer to the name; it carries them.
        """
        found = self.exact(name, category)
        if not found:
            raise EntityNotFound(name, self._suggestions(name, category))
        if len(found) > 1:
            raise AmbiguousLabel(name, [f"{term.curie} ({term.label})" for term in found])
        return found[0]

    def exact(self, name: str, category: str | None = None) -> list[Term]:
        """Give what answers to a name: one entity, several where it is ambiguous, none where nothing does."""
        iri = identifier(name) or name
        if terms := self._best(self.at_iri(iri), category):
            return terms
        for text in (name, *spellings(name)):
            key = key_of(text)
            for form in (key, singular(key)):
                if form and (terms := self._best(self.by_key().get(form, {}), category)):
                    return terms
        return []

    def resolve(self, query: Query, values: Mapping[str, Any]) -> dict[str, Any]:
        """Turn names of entities among the parameters of a query into IRIs.

        Raises
        ------
        QueryError
            Where a name is unknown, ambiguous or of another class; the message names what is allowed.
        """
        resolved = dict(values)
        for key, value in values.items():
            parameter = query.params.get(key)
            if parameter is None or parameter.type != "entity":
                continue
            name = str(getattr(value, "iri", value))
            iri = expand(name) or name
            if iri.startswith(IMID):
                resolved[key] = iri
                continue
            if key == "predicate" and (relation := self._relations.get(key_of(name))):
                resolved[key] = relation
                continue
            try:
                resolved[key] = self.find(name, parameter.entity_class).iri
            except (EntityNotFound, AmbiguousLabel) as error:
                known = self.labels(parameter.entity_class) if parameter.entity_class else []
                hint = f" Choose from {', '.join(known)}." if 0 < len(known) <= 40 else ""
                finding = error.finding if isinstance(error, EntityNotFound) else str(error)
                raise QueryError(f"Unknown {key}: {name!r}. {finding}{hint}") from error
        return resolved

    def labels(self, category: str) -> list[str]:
        """List the labels of the entities of a class."""
        return sorted({term.label for term, _, _, _ in self._names if self.fits(term, category)})

    @cached_property
    def roots(self) -> Mapping[str, str]:
        """Entity or Source, for each class."""
        return {local_name(name): local_name(root) for name, root in sorted(self._store.select(_ROOTS).rows)}

    def fits(self, term: Term, category: str | None) -> bool:
        """Tell whether an entity belongs to a class; ``Entity`` and ``Source`` stand for all of theirs."""
        return category in (None, term.category) or category == self.roots.get(term.category)

    def by_key(self) -> Mapping[str, Mapping[Term, int]]:
        """Give who answers to what: by the key of each name the entities, with the rank of the name."""
        return self._keyed[0]

    def by_iri(self) -> Mapping[str, Mapping[Term, int]]:
        """Give who answers to each IRI: the entity itself, and what it identifies, such as the trial of a record."""
        return self._by_iri

    def at_iri(self, iri: str) -> Mapping[Term, int]:
        """Give who answers to one IRI; only that is asked where the names were not read before."""
        if "_names" in vars(self):
            return self._by_iri.get(iri, {})
        try:
            node = str(NamedNode(iri))
        except ValueError:
            return {}
        rows = [row for part in (_CALLED % node, _IDENTIFIED % (node, node)) for row in self._read(part)]
        return _by_iri(rows).get(iri, {})

    def spelled(self, key: str) -> list[str]:
        """Give the spellings that names with a key have in the graph."""
        return self._keyed[1].get(key, [])

    def texts(self) -> Iterator[tuple[str, Term, int]]:
        """Give each name as text, not as an identifier, with the entity that it is of and its rank."""
        for term, rank, property_, name in self._names:
            if not property_.endswith("Match"):
                yield name, term, rank

    def _best(self, ranked: Mapping[Term, int], category: str | None) -> list[Term]:
        fitting = [(rank, term) for term, rank in ranked.items() if self.fits(term, category)]
        best = min((rank for rank, _ in fitting), default=None)
        return list({term.iri: term for rank, term in fitting if rank == best}.values())

    def _suggestions(self, name: str, category: str | None) -> list[str]:
        from rapidfuzz import fuzz, process

        folded = normalize(name)
        if len(folded) < _SHORTEST:
            return []
        named = ((text, term) for text, term, _ in self.texts() if self.fits(term, category) and len(text) >= _SHORTEST)
        names = {normalize(text): (text, term) for text, term in named}
        found = process.extract(folded, list(names), scorer=fuzz.ratio, limit=10, score_cutoff=_NEAR)
        nearest: dict[Term, str] = {}  # each entity once, by the name that is nearest
        for match, _, _ in found:
            text, term = names[match]
            nearest.setdefault(term, text)
        return list(nearest.values())[:3]

    @cached_property
    def _names(self) -> list[Name]:
        return self._read()

    def _read(self, part: str = "") -> list[Name]:
        rows = []
        found = set(self._store.rows(_NAMES % part))  # put in order here, which is twice as fast
        called = labels(self._store, ((entity, label) for entity, label, *_ in found))
        found = {(entity, called[entity], *rest) for entity, _, *rest in found}
        for entity, label, category, root, property_, name in sorted(found, key=lambda row: (row[0], row[4], *map(str, row[1:]))):
            behind = _SOURCE if root == IMID + "Source" else _PRODUCT if category == IMID + "Product" else 0
            rank = _PRIORITY[local_name(property_)] + behind
            rows.append((Term(entity, label, local_name(category)), rank, local_name(property_), name))
        return rows

    @cached_property
    def _relations(self) -> dict[str, str]:
        """The relations, by their names as people write them."""
        rows = self._store.select(_RELATIONS).rows
        return {key_of(name): str(relation) for relation, label in rows for name in (label, local_name(relation))}

    @cached_property
    def _by_iri(self) -> dict[str, dict[Term, int]]:
        return _by_iri(self._names)

    @cached_property
    def _keyed(self) -> tuple[dict[str, dict[Term, int]], dict[str, list[str]]]:
        """Who answers to the key of a name, and the spellings that names with a key have."""
        found: dict[str, dict[Term, int]] = {}
        spelled: dict[str, list[str]] = {}
        plural: list[tuple[str, Term, int]] = []
        for term, rank, property_, name in self._names:
            text = name
            if property_.endswith("Match"):
                text = compress(name).rpartition(":")[2]
                if text.isdigit() or "/" in text:
                    continue  # a bare number says nothing without its prefix
            key = key_of(text)
            ranks = found.setdefault(key, {})
            ranks[term] = min(rank, ranks.get(term, rank))
            spelled.setdefault(key, []).append(text)
            if one := singular(key):
                plural.append((one, term, rank))
        for key, term, rank in plural:  # who is called by a plural answers to the singular too, behind who is called by it
            found.setdefault(key, {}).setdefault(term, rank + 1)
        return found, spelled


def _by_iri(names: Iterable[Name]) -> dict[str, dict[Term, int]]:
    found: dict[str, dict[Term, int]] = {}
    for term, rank, property_, name in names:
        iri = term.iri if property_ == "label" else name if property_.endswith("Match") else None
        if iri is not None:
            ranks = found.setdefault(iri, {})
            ranks[term] = min(rank, ranks.get(term, rank))
    return found
