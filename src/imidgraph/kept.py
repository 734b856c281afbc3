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
        How much is kept: so many values, or so much of what they weigh.
    weigh : callable, optional
        Says how much a value weighs, such as its bytes.

    Examples
    --------
    >>> kept = Kept(1)
    >>> [kept.get("a", lambda: (1, True)), kept.get("a", lambda: (2, True)), kept.get("b", lambda: (3, False))]
    [1, 1, 3]
    """

    def __init__(self, most: int, weigh: Callable[[Value], int] = lambda _: 1) -> None:
        self._most = most
        self._weigh = weigh
        self._weight = 0
        self._lock = Lock()
        self._known: OrderedDict[Hashable, Value] = OrderedDict()

    def known(self, key: Hashable) -> Value | None:
        """Give the value that is kept under a key, if there is one."""
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
            return self._known.get(key)

    def get(self, key: Hashable, ask: Callable[[], tuple[Value, bool]]) -> Value:
        """Give the value that is kept under a key, or ask for it.

        Parameters
        ----------
        key : hashable
            What was asked.
        ask : callable
            Gives the value, and whether it is to be kept; None never is, as it says that nothing is known.
        """
        found = self.known(key)
        if found is not None:
            return found
        value, is_kept = ask()
        if is_kept and value is not None and self._weigh(value) <= self._most:
            with self._lock:
                if key not in self._known:
                    self._known[key] = value
                    self._weight += self._weigh(value)
                while self._weight > self._most:
                    self._weight -= self._weigh(self._known.popitem(last=False)[1])
        return value
