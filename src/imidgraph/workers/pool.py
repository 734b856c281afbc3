"""A bounded pool of workers: so many queries at once, so many waiting, and no queue without end."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Any

from anyio import to_thread

from imidgraph.errors import QueryTimeout
from imidgraph.workers.frames import Frame
from imidgraph.workers.lanes import Lanes
from imidgraph.workers.worker import Worker, checked

Answer = tuple[dict[str, Any], bytes]


class Pool:
    """Workers that answer queries for a server.

    Parameters
    ----------
    path : Path
        The RDF file or disk store that each worker opens.
    workers : int
        How many queries are answered at once.
    waiting : int
        How many more may wait for a worker, none of them longer than a query may take.
    timeout : float
        Seconds that a query may take.
    share : int, optional
        How many workers one client may hold at once; all if left out.
    nice : int
        How far the workers step back for others, as `Worker` says.
    """

    def __init__(self, path: Path, workers: int, waiting: int, timeout: float, share: int | None = None, nice: int = 0) -> None:
        self._lines = [_Line(Worker(path, nice=nice)) for _ in range(workers)]
        self._lanes = Lanes(self._lines, waiting, timeout, share)
        self._timeout = timeout
        self._returning: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Start every worker, and wait until each has opened the graph."""
        await asyncio.gather(*(line.open() for line in self._lines))

    async def answer(self, asked: bytes, client: str = "") -> Answer:
        """Answer a request, and give the message and the payload of the worker.

        Parameters
        ----------
        asked : bytes
            What `imidgraph.workers.worker.request` writes.
        client : str
            Who asks.

        Raises
        ------
        Busy
            Where enough requests are waiting already, or no worker comes free in time.
        QueryTimeout
            Where the query takes longer than it may.
        WorkerError
            Where a worker was stopped from outside, or no worker starts any more.
        """
        line = await self._lanes.take(client)
        timer = asyncio.get_running_loop().call_later(self._timeout, line.expire)
        try:
            message, payload = await line.ask(asked)
        except TimeoutError as error:
            self._replace(line, client)
            raise QueryTimeout(self._timeout) from error
        except (OSError, EOFError) as error:
            failure = await to_thread.run_sync(line.worker.failure, error)
            self._replace(line, client)
            raise failure from error
        except BaseException:
            self._replace(line, client)  # it is in the middle of an answer, which is not that of the next request
            raise
        finally:
            timer.cancel()
        self._lanes.give(line, client)
        return checked(message), payload

    async def close(self) -> None:
        """End every worker."""
        for task in self._returning:
            task.cancel()
        for line in self._lines:
            await line.end()

    def _replace(self, line: _Line, client: str) -> None:
        task = asyncio.create_task(self._return(line, client))
        self._returning.add(task)
        task.add_done_callback(self._returning.discard)

    async def _return(self, line: _Line, client: str) -> None:
        """Bring a worker back; the next request tries once more where it does not start, and says what is wrong."""
        await line.end()
        with contextlib.suppress(OSError, EOFError):
            await line.open()
        self._lanes.give(line, client)


class _Line(asyncio.Protocol):
    """The line to a worker: one frame there, one frame back."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self._transport: asyncio.Transport | None = None
        self._frame = Frame()
        self._answer: asyncio.Future[Answer]

    async def open(self) -> None:
        """Start the worker, and wait until it has opened the graph."""
        self._expect()
        await to_thread.run_sync(self.worker.start)
        self._transport, _ = await asyncio.get_running_loop().create_connection(lambda: self, sock=self.worker.socket)
        await self._answer
        self.worker.ready = True

    async def ask(self, asked: bytes) -> Answer:
        """Send a request, and wait for the answer."""
        if self._transport is None:
            await self.open()
        assert self._transport is not None
        answer = self._expect()
        self._transport.write(asked)
        return await answer

    def expire(self) -> None:
        """Wait no longer."""
        if not self._answer.done():
            self._answer.set_exception(TimeoutError())

    async def end(self) -> None:
        """End the worker."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None
        await to_thread.run_sync(self.worker.kill)

    def data_received(self, data: bytes) -> None:
        """Take a part of an answer."""
        if self._frame.feed(data) and not self._answer.done():
            self._answer.set_result(self._frame.take())

    def connection_lost(self, error: Exception | None) -> None:
        """Tell who waits that the worker is gone."""
        self._transport = None
        if not self._answer.done():
            self._answer.set_exception(error or EOFError())

    def _expect(self) -> asyncio.Future[Answer]:
        self._frame = Frame()
        self._answer = asyncio.get_running_loop().create_future()
        return self._answer
