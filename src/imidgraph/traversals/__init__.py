"""Traversals: what a knowledge graph can do as a network of entities."""

from typing import TYPE_CHECKING

from imidgraph.lazy import submodules

if TYPE_CHECKING:
    from imidgraph.traversals import (
        centrality,
        compare,
        edges,
        explain,
        explanation,
        neighborhood,
        networkx,
        paths,
        similar,
        why,
        without,
    )

__all__ = [
    "centrality",
    "compare",
    "edges",
    "explain",
    "explanation",
    "neighborhood",
    "networkx",
    "paths",
    "similar",
    "why",
    "without",
]

__getattr__ = submodules(__name__, __all__)
