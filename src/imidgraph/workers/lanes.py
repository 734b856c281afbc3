"""Lanes: so many at work at once, so many waiting, no queue without end, and no client that holds all of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from typing import Generic, TypeVar

from imidgraph.errors import ImidgraphError

Lane = TypeVar("Lane")


class Busy(ImidgraphError):
    """Every lane is taken and enough requests are waiting."""

    def __init__(self) -> None:
        super().__init__("The server is busy. Ask again in a second.")


class Lanes(Generic[Lane]):
    """What requests take one at a time, and give back.

    No client holds more than its share: where others wait, its next request waits behind theirs.

    Parameters
    ----------
    lanes : iterable
        What is taken: a worker, or the right to a thread.
    waiting : int
        How many requests may wait, none of them longer than ``timeout``.
    timeout : float
        Seconds that a request may wait.
    share : int, optional
        How many lanes one client may hold at once; all if left out.
    """

    def __init__(self, lanes: Iterable[Lane], waiting: int, timeout: float, share: int | None = None) -> None:
        self._idle = list(lanes)
        self._share = share if share is not None and share < len(self._idle) else None
        self._held: Counter[str] = Counter()
        self._waiting: list[tuple[str, asyncio.Future[Lane]]] = []
        self._most_waiting = waiting
        self._timeout = timeout

    async def take(self, client: str) -> Lane:
        """Take a lane.

        Raises
        ------
        Busy
            Where enough requests are waiting already, or no lane comes free in time.
        """
        if self._idle and self._may(client):
            self._held[client] += 1
            return self._idle.pop()
        mine = sum(waits == client for waits, _ in self._waiting)
        if len(self._waiting) >= self._most_waiting or (self._share is not None and mine > self._most_waiting // 2):
            raise Busy
        entry = client, asyncio.get_running_loop().create_future()
        self._waiting.append(entry)
        try:
            async with asyncio.timeout(self._timeout):
                lane: Lane = await entry[1]
                return lane
        except BaseException as error:
            if entry[1].done() and not entry[1].cancelled():
                self.give(entry[1].result(), client)  # it came free in the moment in which nobody waited any more
            if isinstance(error, TimeoutError):
                raise Busy from None
            raise
        finally:
            if entry in self._waiting:
                self._waiting.remove(entry)

    def give(self, lane: Lane, client: str) -> None:
        """Give a lane back; the first who may have it gets it."""
        self._held[client] -= 1
        if self._held[client] <= 0:
            del self._held[client]
        self._idle.append(lane)
        for entry in list(self._waiting):
            other, free = entry
            if self._idle and not free.done() and self._may(other):
                self._waiting.remove(entry)
                self._held[other] += 1
                free.set_result(self._idle.pop())

    def _may(self, client: str) -> bool:
        return self._share is None or self._held[client] < self._share
