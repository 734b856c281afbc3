"""Bounds: how far traversals go where nobody says otherwise."""

from __future__ import annotations

from collections.abc import Iterable

from imidgraph.errors import QueryError

MAX_LENGTH = 4
"""Hops of a path."""

MOST_PATHS = 100
"""Paths of one answer."""

SECONDS = 10.0
"""Seconds of one search."""

MOST_NODES = 500
"""Entities of a neighborhood."""

MOST_ALIKE = 10
"""Similar entities of one answer."""

MOST_NAMED = 4
"""Shared items that a table for people names in one cell."""

MOST_TOLD = 5
"""Chains that an explanation tells."""

ALIKE_IN = ("mechanisms", "risks", "indications")
"""The pillars in which entities are alike."""


def whole(name: str, value: object, least: int = 1) -> int:
    """Check a bound that is a whole number.

    Raises
    ------
    QueryError
        Where it is no whole number, or too small.

    Examples
    --------
    >>> whole("limit", 10)
    10
    """
    if not isinstance(value, int) or value < least:
        raise QueryError(f"{name} must be a whole number of at least {least}, and {value!r} is none. Choose another one.")
    return value


def seconds(value: object) -> float:
    """Check the time that a search may take.

    Raises
    ------
    QueryError
        Where it is no number above zero.
    """
    if not isinstance(value, int | float) or not value > 0:
        raise QueryError(f"timeout must be a number of seconds above zero, and {value!r} is none. Choose another one.")
    return value


def several(names: Iterable[str]) -> list[str]:
    """Take names one by one, and a single text as one name.

    Examples
    --------
    >>> several("degrades"), several(("degrades", "binds"))
    (['degrades'], ['degrades', 'binds'])
    """
    return [names] if isinstance(names, str) else list(names)
