"""Kept answers: what was made last, so that it is not made again when it is asked for again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """The last values that were asked for, those first forgotten that were not asked for the longest time.

    Parameters
    ----------
    most : int
        How many are kept.

    Examples
    --------
    >>> kept = Kept(1)
    >>> [kept.get("a", lambda: (1, True)), kept.get("a", lambda: (2, True)), kept.get("b", lambda: (3, False))]
    [1, 1, 3]
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._known: OrderedDict[Hashable, Value] = OrderedDict()

    def get(self, key: Hashable, ask: Callable[[], tuple[Value, bool]]) -> Value:
        """Give the value that is kept under a key, or ask for it.

        Parameters
        ----------
        key : hashable
            What was asked.
        ask : callable
            Gives the value, and whether it is to be kept.
        """
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        value, is_kept = ask()
        if is_kept:
            with self._lock:
                self._known[key] = value
                if len(self._known) > self._most:
                    self._known.popitem(last=False)
        return value
