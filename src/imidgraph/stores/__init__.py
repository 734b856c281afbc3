"""Stores: the engines that hold a graph and answer SPARQL, behind one small protocol."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from imidgraph.answers import Row
from imidgraph.limits import LIMIT, TIMEOUT
from imidgraph.sparql.results import Results, Triples

if TYPE_CHECKING:
    from pyoxigraph import Triple


_VERSION = """
PREFIX owl: <http://www.w3.org/2002/07/owl#>
SELECT ?version WHERE { ?ontology a owl:Ontology ; owl:versionInfo ?version } ORDER BY ?version
"""


class Store(Protocol):
    """What every engine can do. Each query text is one that the caller trusts."""

    def select(self, query: str) -> Results:
        """Answer a SELECT query."""

    def rows(self, query: str) -> list[Row]:
        """Answer a SELECT query with the rows alone, as plain Python values."""

    def iris(self, query: str) -> list[str]:
        """Answer a SELECT query that binds every variable to an IRI, with the IRIs row by row in one flat list."""

    def ask(self, query: str) -> bool:
        """Answer an ASK query."""

    def construct(self, query: str) -> Triples:
        """Answer a CONSTRUCT or DESCRIBE query."""

    def triples(self) -> Iterable[Triple]:
        """Iterate over the triples of the graph, in no order."""

    def close(self) -> None:
        """Let go of what the store holds."""

    def __len__(self) -> int:
        """Count the triples."""


class Guard(Protocol):
    """What answers free queries within limits."""

    def query(self, text: str, timeout: float, limit: int) -> Results | bool | Triples:
        """Answer a query of any form."""

    def close(self) -> None:
        """Let go of what the guard holds."""


def whole(store: Store) -> Store:
    """Give a store for lookups, each of whose answers is whole or an error; an embedded engine gives no parts of answers."""
    make = getattr(store, "whole", None)
    return store if make is None else make()


def version(store: Store) -> str | None:
    """Give the version of the graph that a store holds, as the ontology tells it."""
    return next((str(version) for (version,) in store.select(_VERSION).rows), None)


__all__ = ["LIMIT", "TIMEOUT", "Guard", "Results", "Store", "Triples", "version", "whole"]
