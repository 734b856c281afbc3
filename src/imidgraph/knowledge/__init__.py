"""Knowledge: what a graph holds, read from any store."""

from typing import TYPE_CHECKING

from imidgraph.lazy import submodules

if TYPE_CHECKING:
    from imidgraph.knowledge import entities, lookups, mentions, names, network, solutions, statements, stats, validation

__all__ = ["entities", "lookups", "mentions", "names", "network", "solutions", "statements", "stats", "validation"]

__getattr__ = submodules(__name__, __all__)
