"""Markup: text that Markdown reads as it is meant."""

from __future__ import annotations

import re

_SIGNS = re.compile(r"([\\`*_\[\]<>|#])")


def plain(text: str) -> str:
    r"""Write a text so that Markdown takes nothing in it for markup, on one line.

    Examples
    --------
    >>> print(plain("CD4+ T cells [*]"))
    CD4+ T cells \[\*\]
    """
    return _SIGNS.sub(r"\\\1", " ".join(text.split()))
