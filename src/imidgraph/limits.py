"""Limits: how far traversals go where nobody says otherwise, and the moment at which a search ends."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from imidgraph.errors import QueryError

Item = TypeVar("Item")

MAX_LENGTH = 4
"""Hops of a path."""

MOST_PATHS = 100
"""Paths of one answer."""

SECONDS = 10.0
"""Seconds of one search."""

TIMEOUT = 10.0
"""Seconds that a free query may take, unless the caller says otherwise."""

LIMIT = 10_000
"""Rows that its answer may have, unless the caller says otherwise."""

MOST_NODES = 500
"""Entities of a neighborhood."""

MOST_ALIKE = 10
"""Similar entities of one answer."""

MOST_MATCHES = 10
"""Matches of one search by words."""

MOST_NAMED = 4
"""Shared items that a table for people names in one cell."""

MOST_TOLD = 2
"""Chains that an explanation tells."""

ALIKE_IN = ("mechanisms", "risks", "indications")
"""The pillars in which entities are alike."""


class OutOfTime(Exception):
    """The time of a search is up."""


class Deadline:
    """The moment at which a search ends, whatever it has found until then.

    It is made once, where a search starts, and passed on to everything that the search calls.

    Parameters
    ----------
    seconds : float
        The time from now; infinite for a search that ends by itself.

    Raises
    ------
    QueryError
        Where it is not a number above zero.

    Examples
    --------
    >>> Deadline(60).check()
    >>> str(Deadline(0.5))
    'stopped after 0.5 seconds; there may be more'
    """

    __slots__ = ("_end", "seconds")

    def __init__(self, seconds: float) -> None:
        value: object = seconds
        if not isinstance(value, int | float) or not value > 0:
            raise QueryError(f"timeout must be a number of seconds above zero, not {value!r}.")
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def check(self) -> None:
        """Raise `OutOfTime` where the time is up."""
        if time.monotonic() > self._end:
            raise OutOfTime

    def each(self, items: Iterable[Item]) -> Iterator[Item]:
        """Give items one by one, and raise `OutOfTime` where the time is up.

        Examples
        --------
        >>> list(NEVER.each("ab"))
        ['a', 'b']
        """
        for item in items:
            self.check()
            yield item

    def part(self, share: float) -> Deadline:
        """Give the deadline of a first part, which leaves the rest of the time to what follows."""
        first = Deadline(self.seconds)
        now = time.monotonic()
        first._end = now + share * (self._end - now)
        return first

    def __str__(self) -> str:
        return f"stopped after {self.seconds:g} seconds; there may be more"


NEVER = Deadline(math.inf)
"""The deadline of what has none."""


def whole(name: str, value: object, least: int = 1) -> int:
    """Check a limit that is a whole number.

    Raises
    ------
    QueryError
        Where it is not a whole number, or too small.

    Examples
    --------
    >>> whole("limit", 10)
    10
    """
    if not isinstance(value, int) or value < least:
        raise QueryError(f"{name} must be a whole number of at least {least}, not {value!r}.")
    return value


def several(names: Iterable[str]) -> list[str]:
    """Take names one by one, and a single text as one name.

    Examples
    --------
    >>> several("degrades"), several(("degrades", "binds"))
    (['degrades'], ['degrades', 'binds'])
    """
    return [names] if isinstance(names, str) else list(names)
