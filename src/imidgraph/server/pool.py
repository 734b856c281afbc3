"""A bounded pool of workers: so many queries at once, so many waiting, and no queue without end."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Any

from anyio import to_thread

from imidgraph.errors import ImidgraphError, QueryTimeout
from imidgraph.stores.frames import Frame
from imidgraph.stores.worker import CHUNK, Worker, checked


class Busy(ImidgraphError):
    """Every worker is at work and enough requests are waiting."""

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
        How many more may wait for a worker, none of them longer than a query may take.
    timeout : float
        Seconds that a query may take.
    """

    def __init__(self, path: Path, workers: int, waiting: int, timeout: float) -> None:
        self._workers = [Worker(path) for _ in range(workers)]
        self._idle: asyncio.Queue[Worker] = asyncio.Queue()
        self._waiting = 0
        self._most_waiting = waiting
        self._timeout = timeout
        self._returning: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Start every worker, and wait until each has opened the graph."""
        for worker in self._workers:
            await to_thread.run_sync(worker.start)
        for worker in self._workers:
            await _opened(worker)
            self._idle.put_nowait(worker)

    async def answer(self, asked: bytes) -> tuple[dict[str, Any], bytes]:
        """Answer a request, and give the message and the payload of the worker.

        Raises
        ------
        Busy
            Where enough requests are waiting already, or no worker comes free in time.
        QueryTimeout
            Where the query takes longer than it may.
        """
        worker = await self._free()
        try:
            async with asyncio.timeout(self._timeout):
                message, payload = await _exchange(worker, asked)
        except TimeoutError as error:
            self._replace(worker)
            raise QueryTimeout(self._timeout) from error
        except (OSError, EOFError) as error:
            failure = await to_thread.run_sync(worker.failure, error)
            self._replace(worker)
            raise failure from error
        except BaseException:
            self._replace(worker)  # it is in the middle of an answer, which is not that of the next request
            raise
        self._idle.put_nowait(worker)
        return checked(message), payload

    async def close(self) -> None:
        """End every worker."""
        for task in self._returning:
            task.cancel()
        for worker in self._workers:
            await to_thread.run_sync(worker.kill)

    async def _free(self) -> Worker:
        if not self._idle.empty():
            return self._idle.get_nowait()
        if self._waiting >= self._most_waiting:
            raise Busy
        self._waiting += 1
        try:
            async with asyncio.timeout(self._timeout):
                return await self._idle.get()
        except TimeoutError:
            raise Busy from None
        finally:
            self._waiting -= 1

    def _replace(self, worker: Worker) -> None:
        task = asyncio.create_task(self._return(worker))
        self._returning.add(task)
        task.add_done_callback(self._returning.discard)

    async def _return(self, worker: Worker) -> None:
        await to_thread.run_sync(worker.kill)
        with contextlib.suppress(OSError, EOFError):  # the next request tries again, and tells what is wrong
            await to_thread.run_sync(worker.start)
            await _opened(worker)
        self._idle.put_nowait(worker)


async def _exchange(worker: Worker, asked: bytes) -> tuple[dict[str, Any], bytes]:
    if not worker.ready:
        await to_thread.run_sync(worker.start)
        await _opened(worker)
    await asyncio.get_running_loop().sock_sendall(worker.socket, asked)
    return await _received(worker)


async def _opened(worker: Worker) -> None:
    worker.socket.setblocking(False)
    await _received(worker)
    worker.ready = True


async def _received(worker: Worker) -> tuple[dict[str, Any], bytes]:
    frame, loop = Frame(), asyncio.get_running_loop()
    while not frame.feed(await loop.sock_recv(worker.socket, CHUNK)):
        pass
    return frame.take()
