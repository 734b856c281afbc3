"""Stores: the engines that hold a graph and answer SPARQL, behind one small protocol."""

from __future__ import annotations

from typing import Protocol

from imidgraph.stores.results import Results, Triples


class Store(Protocol):
    """What every engine can do. Each query text is one that the caller trusts."""

    def select(self, query: str) -> Results:
        """Answer a SELECT query."""

    def ask(self, query: str) -> bool:
        """Answer an ASK query."""

    def construct(self, query: str) -> Triples:
        """Answer a CONSTRUCT or DESCRIBE query."""

    def close(self) -> None:
        """Let go of what the store holds."""


__all__ = ["Results", "Store", "Triples"]
