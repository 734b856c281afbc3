"""Names: an entity by any of them, and what was probably meant by a misspelt one."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from imidgraph.errors import AmbiguousLabel, EntityNotFound, QueryError
from imidgraph.model import Term
from imidgraph.namespaces import IMID, compress, expand, local_name
from imidgraph.sparql.catalog import Query
from imidgraph.stores import Store

_NAMES = """
SELECT ?entity ?label ?category ?root ?property ?name WHERE {
    VALUES ?root { imid:Entity imid:Source }
    ?type rdfs:subClassOf+ ?root .
    ?entity a ?type ; rdfs:label ?label ; ?property ?name .
    VALUES ?property { rdfs:label skos:altLabel imid:brandName skos:exactMatch skos:closeMatch }
    BIND(STR(?type) AS ?category)
}
"""
_SOURCE = 10  # what a source is called stands behind what an entity is called
_PRIORITY = {"label": 0, "brandName": 1, "altLabel": 1, "exactMatch": 2, "closeMatch": 3}


@dataclass(frozen=True)
class Match:
    """An entity that a search found, by which of its names and how well (0 to 100)."""

    entity: Term
    name: str
    score: float


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
        """Find one entity by label, synonym, brand, lay word, CURIE in any spelling, or IRI.

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
        iri = expand(name) or name
        found = {term.iri: term for term in self._by_iri.get(iri, ())}
        if not found:
            ranked = self._by_name.get(normalize(name), {})
            fitting = [(rank, term) for term, rank in ranked.items() if self._fits(term, category)]
            best = min((rank for rank, _ in fitting), default=None)
            found = {term.iri: term for rank, term in fitting if rank == best}
        elif category is not None:
            found = {key: term for key, term in found.items() if self._fits(term, category)}
        if not found:
            raise EntityNotFound(name, self._suggestions(name, category))
        if len(found) > 1:
            raise AmbiguousLabel(name, [f"{term.curie} ({term.label})" for term in found.values()])
        return next(iter(found.values()))

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
            try:
                resolved[key] = self.find(name, parameter.entity_class).iri
            except (EntityNotFound, AmbiguousLabel) as error:
                known = self.labels(parameter.entity_class) if parameter.entity_class else []
                hint = f" It takes: {', '.join(known)}." if 0 < len(known) <= 40 else ""
                raise QueryError(f"{name!r} is no value of {key}. {error}{hint}") from error
        return resolved

    def labels(self, category: str) -> list[str]:
        """List the labels of the entities of a class."""
        return sorted({term.label for terms in self._by_iri.values() for term in terms if self._fits(term, category)})

    def _fits(self, term: Term, category: str | None) -> bool:
        return category in (None, term.category, self._roots.get(term.category))

    def _suggestions(self, name: str, category: str | None) -> list[str]:
        from rapidfuzz import fuzz, process

        names = [key for key, terms in self._by_name.items() if any(self._fits(term, category) for term in terms)]
        found = process.extract(normalize(name), names, scorer=fuzz.ratio, limit=3, score_cutoff=65)
        return [self._spelling[match] for match, _, _ in found]

    @cached_property
    def _names(self) -> list[tuple[Term, int, str, Any]]:
        rows = []
        found = set(self._store.select(_NAMES).rows)  # put in order here, which is twice as fast
        for entity, label, category, root, property_, name in sorted(found, key=lambda row: (row[0], row[4], *map(str, row[1:]))):
            rank = _PRIORITY[local_name(property_)] + (_SOURCE if root == IMID + "Source" else 0)
            rows.append((Term(entity, label, local_name(category)), rank, local_name(property_), name))
        return rows

    @cached_property
    def _roots(self) -> dict[str, str]:
        """Entity or Source, for each class."""
        return {term.category: "Source" if rank >= _SOURCE else "Entity" for term, rank, _, _ in self._names}

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
            text = name
            if property_.endswith("Match"):
                text = compress(name).rpartition(":")[2]
                if text.isdigit() or "/" in text:
                    continue  # a bare number says nothing without its prefix
            key = normalize(text)
            ranks = found.setdefault(key, {})
            ranks[term] = min(rank, ranks.get(term, rank))
            self._spelling.setdefault(key, text)
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
    text = name
    if not name.isascii():
        decomposed = unicodedata.normalize("NFKD", name.translate(_GREEK))
        text = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(text.translate(_FOLDED).casefold().split())


_GREEK = str.maketrans({"α": "alpha", "β": "beta", "γ": "gamma", "κ": "kappa"})
_FOLDED = str.maketrans("’-_‐‑–", "'     ", "®™©")
