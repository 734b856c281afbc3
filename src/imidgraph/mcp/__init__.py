"""The tools for agents: a few questions, answered with sentences, sources and what is not curated (Model Context Protocol)."""

from typing import TYPE_CHECKING

from imidgraph.lazy import submodules

if TYPE_CHECKING:
    from imidgraph.mcp import replies, tools

__all__ = ["replies", "tools"]

__getattr__ = submodules(__name__, __all__)
