"""Indexed names: the index of the names of a graph as a document, so that who has it need not make it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from imidgraph.knowledge.names import Names
from imidgraph.model import Term
from imidgraph.rdf import Iri
from imidgraph.stores import Store

Document = Mapping[str, Any]


def index(names: Names) -> dict[str, Any]:
    """Give the index of names as a document that JSON takes.

    Examples
    --------
    >>> import imidgraph
    >>> names = imidgraph.load().names
    >>> IndexedNames(None, index(names)).find("Revlimid") == names.find("Revlimid")
    True
    """
    places: dict[Term, int] = {}
    parts = {
        part: {
            name: [(places.setdefault(term, len(places)), rank) for term, rank in ranked.items()]
            for name, ranked in found.items()
        }
        for part, found in (("keys", names.by_key()), ("iris", names.by_iri()))
    }
    return parts | {"roots": names.roots, "terms": [(term.iri, term.label, term.category) for term in places]}


class IndexedNames(Names):
    """The names of a graph whose index was made before.

    Parameters
    ----------
    store : Store
        The engine that holds the graph, for what is not in the index.
    document : mapping
        What `index` gave.
    """

    def __init__(self, store: Store, document: Document) -> None:
        super().__init__(store)
        self._document = document

    @cached_property
    def roots(self) -> Mapping[str, str]:
        """Entity or Source, for each class."""
        return dict(self._document["roots"])

    def by_key(self) -> Mapping[str, Mapping[Term, int]]:
        """Give who answers to what: by the key of each name the entities, with the rank of the name."""
        return _Ranked(self._document["keys"], self._document["terms"])

    def by_iri(self) -> Mapping[str, Mapping[Term, int]]:
        """Give who answers to an IRI."""
        return _Ranked(self._document["iris"], self._document["terms"])

    def at_iri(self, iri: str) -> Mapping[Term, int]:
        """Give who answers to one IRI."""
        return self.by_iri().get(iri, {})


class _Ranked(Mapping[str, Mapping[Term, int]]):
    """A part of the index; only what is asked for becomes terms."""

    def __init__(self, found: Mapping[str, list[tuple[int, int]]], terms: list[tuple[str, str, str]]) -> None:
        self._found = found
        self._terms = terms

    def __getitem__(self, name: str) -> Mapping[Term, int]:
        ranked = ((self._terms[place], rank) for place, rank in self._found[name])
        return {Term(Iri(iri), label, category): rank for (iri, label, category), rank in ranked}

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)
