"""A bounded pool of workers: so many queries at once, so many waiting, and no queue without end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from anyio import to_thread

from imidgraph.errors import ImidgraphError
from imidgraph.stores.worker import WorkerStore


class Busy(ImidgraphError):
    """Every worker is at work and enough requests are waiting."""

    retry_after = 1

    def __init__(self) -> None:
        super().__init__("The server is busy. Ask again in a second.")


class Pool:
    """Workers that answer queries for a server.

    Parameters
    ----------
    path : Path
        The RDF file or disk store that each worker opens.
    workers : int
        How many queries are answered at once.
    waiting : int
        How many more may wait for a worker.
    timeout : float
        Seconds that a query may take.
    limit : int
        Rows that an answer may have.
    """

    def __init__(self, path: Path, workers: int, waiting: int, timeout: float, limit: int) -> None:
        self._workers = [WorkerStore(path) for _ in range(workers)]
        self._idle: asyncio.Queue[WorkerStore] = asyncio.Queue()
        self._waiting = 0
        self._most_waiting = waiting
        self._timeout = timeout
        self._limit = limit

    async def start(self) -> None:
        """Start every worker."""
        for worker in self._workers:
            await to_thread.run_sync(worker.start)
            self._idle.put_nowait(worker)

    async def answer(
        self, query: str, media_type: str, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
    ) -> tuple[bytes, bool]:
        """Answer a query in a media type; tell whether rows were cut.

        Raises
        ------
        Busy
            Where enough requests are waiting already.
        """
        if self._idle.empty() and self._waiting >= self._most_waiting:
            raise Busy
        self._waiting += 1
        try:
            worker = await self._idle.get()
        finally:
            self._waiting -= 1
        try:
            return await to_thread.run_sync(
                worker.serialize, query, media_type, self._timeout, self._limit, default_graphs, named_graphs
            )
        finally:
            self._idle.put_nowait(worker)

    async def close(self) -> None:
        """End every worker."""
        for worker in self._workers:
            await to_thread.run_sync(worker.close)
