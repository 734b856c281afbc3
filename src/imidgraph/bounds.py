"""Bounds: how far traversals go where nobody says otherwise."""

from __future__ import annotations

MAX_LENGTH = 4
"""Hops of a path."""

MOST_PATHS = 100
"""Paths of one answer."""

SECONDS = 10.0
"""Seconds of one search."""

MOST_NODES = 500
"""Entities of a neighbourhood."""

MOST_ALIKE = 10
"""Similar entities of one answer."""

MOST_NAMED = 4
"""Shared items that a table for people names in one cell."""

MOST_TOLD = 5
"""Chains that an explanation tells."""

ALIKE_IN = ("mechanisms", "risks", "indications")
"""The pillars in which entities are alike."""
