"""Pages: how an answer is laid out."""

from typing import TYPE_CHECKING

from imidgraph.lazy import submodules

if TYPE_CHECKING:
    from imidgraph.pages import delimited, drawing, layout, outlines, picture

__all__ = ["delimited", "drawing", "layout", "outlines", "picture"]

__getattr__ = submodules(__name__, __all__)
