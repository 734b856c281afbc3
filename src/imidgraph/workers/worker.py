"""Free SPARQL, guarded: a process of its own answers it, and is killed at the limit and replaced.

pyoxigraph cannot be interrupted; only the end of a process ends a query. What that process does, and what it may not do, is
in `imidgraph.workers.sandbox`; this is its parent's side.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from imidgraph.errors import ImidgraphError, OntologyError, QueryError, QueryTimeout, WorkerError
from imidgraph.limits import Deadline, OutOfTime
from imidgraph.rdf import QueryResultsFormat, QuerySolutions, RdfFormat, parse, parse_query_results
from imidgraph.sparql.results import Results, Triples, taken
from imidgraph.stores import LIMIT, TIMEOUT
from imidgraph.workers.frames import Frame, pack

MEMORY = 1 << 30
"""Bytes that a worker may use on top of the graph."""
_COMMAND = (  # it steps back before it imports and opens: one that crashes is replaced, again and again
    "import os, sys; hasattr(os, 'nice') and os.nice(int(sys.argv[4])); "
    "sys.path.append(sys.argv[3]); from imidgraph.workers.sandbox import main; main()"
)
_HOME = Path(__file__).resolve().parents[2]  # the folder that the package lies in
_LONGEST = 1e6  # seconds that the system can wait for
_CHUNK = 1 << 18  # bytes that are read at once
_KILLED = -getattr(signal, "SIGKILL", 9)  # the status of a process that another one stopped; Windows has none


class Worker:
    """A process that answers queries in a sandbox, and the socket to it; it ends with whoever forgets it.

    Parameters
    ----------
    path : Path
        The RDF file or disk store that it opens.
    memory : int
        Bytes that it may use on top of the graph.
    nice : int
        How far it steps back for others on the machine, as `os.nice` counts.
    """

    def __init__(self, path: Path, memory: int = MEMORY, nice: int = 0) -> None:
        self._arguments = (str(path), str(memory), str(_HOME), str(nice))
        self._process: subprocess.Popen[bytes] | None = None
        self.ready = False

    def start(self) -> None:
        """Start the process where it does not run; it is ready when it has sent its first frame."""
        if self._process is not None and self._process.poll() is None:
            return
        self.kill()
        self.socket, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                # -P: no module of the folder that the user happens to stand in
                [sys.executable, "-P", "-c", _COMMAND, *self._arguments],
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.DEVNULL,
            )
        self._end = weakref.finalize(self, _end, self._process, self.socket)

    def leave(self) -> None:
        """Leave the process to the one who started it: a fork has it too."""
        if self._process is not None:
            self._end.detach()
            self._process.returncode = 0  # else it is taken for one that was forgotten
            self.socket.close()
        self._process = None
        self.ready = False

    def kill(self) -> None:
        """End the process."""
        self.ready = False
        if self._process is not None:
            self._end()
            self._process = None

    def failure(self, error: Exception) -> QueryError | WorkerError:
        """Tell why the process ended by itself."""
        status = self._process.wait() if self._process else None
        if self.ready and status is not None and status < 0 and status != _KILLED:
            return QueryError("The query needs more memory than allowed or is nested too deeply. Narrow it down.")
        if status == _KILLED:
            return WorkerError("it was stopped by another program. Ask again")
        return WorkerError(f"exit {status}" if status is not None else str(error))


def _end(process: subprocess.Popen[bytes], channel: socket.socket) -> None:
    process.kill()
    channel.close()
    process.wait()


def request(
    text: str,
    limit: int,
    rows: str | None,
    triples: str | None,
    default_graphs: Sequence[str] = (),
    named_graphs: Sequence[str] = (),
    base: str | None = None,
    gzip: bool = False,
    most_bytes: int | None = None,
    own: bool = False,
) -> bytes:
    """Write a request for a worker.

    Parameters
    ----------
    text : str
        SPARQL from anywhere.
    limit : int
        Rows or triples that the answer may have.
    rows, triples : str or None
        The media types that the answer may take: of SELECT and ASK, of CONSTRUCT and DESCRIBE.
    default_graphs, named_graphs : sequence of str
        The IRIs of the graphs to ask; all of the store where both are empty.
    base : str, optional
        What relative IRIs are relative to.
    gzip : bool
        Whether the answer may be packed.
    most_bytes : int, optional
        Bytes that the answer may have, where it may have fewer than others.
    own : bool
        Whether rows may come in another media type, for who reads the answer here.
    """
    asked = {"query": text, "limit": limit, "rows": rows, "triples": triples, "gzip": gzip, "bytes": most_bytes, "own": own}
    return pack(asked | {"default": default_graphs, "named": named_graphs, "base": base})


def checked(message: dict[str, Any]) -> dict[str, Any]:
    """Give the message of a worker, or raise the error that it tells of."""
    if message["kind"] == "error":
        kind: type[ImidgraphError] = OntologyError if message["error"] == "OntologyError" else QueryError
        raise kind(message["message"])
    return message


def read_answer(message: dict[str, Any], payload: bytes, deadline: Deadline) -> Results | bool | Triples:
    """Read what a worker gives to who reads it here.

    Raises
    ------
    OutOfTime
        Where the reading takes too long.
    """
    if message["kind"] == "boolean":
        return bool(message["value"])
    if message["kind"] == "triples":
        found = (quad.triple for quad in parse(payload, format=RdfFormat.N_TRIPLES))
        return Triples.of(taken(found, None, deadline), message["cut"])
    solutions = parse_query_results(payload, format=QueryResultsFormat.from_media_type(message["media type"]))
    assert isinstance(solutions, QuerySolutions)
    return Results.of(solutions, limit=message["cut"], deadline=deadline)


class WorkerStore:
    """A store that answers untrusted queries within limits.

    Parameters
    ----------
    path : Path
        The RDF file or disk store that the worker opens.
    memory : int
        Bytes that the worker may use on top of the graph.

    Examples
    --------
    >>> from imidgraph.resources import RELEASE
    >>> with WorkerStore(RELEASE) as worker:
    ...     worker.query("ASK { imid:lenalidomide imid:degrades imid:IKZF1 }")
    True
    """

    def __init__(self, path: Path, memory: int = MEMORY) -> None:
        self._worker = Worker(path, memory)
        self._lock = threading.Lock()
        _STORES.add(self)

    def __enter__(self) -> WorkerStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def query(self, text: str, timeout: float = TIMEOUT, limit: int = LIMIT) -> Results | bool | Triples:
        """Answer a query of any form.

        Parameters
        ----------
        text : str
            SPARQL 1.1 from anywhere.
        timeout : float
            Seconds that it may take, once the worker has opened the graph.
        limit : int
            Rows or triples that the answer may have; what is beyond is cut, and the answer says so.

        Raises
        ------
        QueryError
            Where the text is refused, not valid SPARQL, or needs more memory than it may use.
        QueryTimeout
            Where it takes longer than it may.
        OntologyError
            Where there is no graph any more.
        WorkerError
            Where the worker does not start.
        """
        if not timeout > 0 or limit < 0:
            raise QueryError("The time limit must be above zero and the row limit at least zero. Choose other limits.")
        start = time.monotonic()
        asked = request(text, limit, QueryResultsFormat.TSV.media_type, RdfFormat.N_TRIPLES.media_type, own=True)
        message, payload, deadline = self._ask(asked, timeout)
        try:
            answer = read_answer(message, payload, deadline)
        except OutOfTime:
            raise QueryTimeout(timeout) from None
        except MemoryError:
            raise QueryError("A value of the answer is larger than 8 MiB, or no memory is left for it. Ask for less.") from None
        return replace(answer, elapsed=time.monotonic() - start) if isinstance(answer, Results) else answer

    def start(self) -> None:
        """Start the worker before the first query, so that it need not wait."""
        with self._lock:
            self._worker.start()

    def close(self) -> None:
        """End the worker."""
        with self._lock:
            self._worker.kill()

    def forked(self) -> None:
        """Begin anew in a fork: its parent's worker is not its own, and no thread is here that could free the lock."""
        self._lock = threading.Lock()
        self._worker.leave()

    def _ask(self, asked: bytes, timeout: float) -> tuple[dict[str, Any], bytes, Deadline]:
        timeout = min(timeout, _LONGEST)
        if not self._lock.acquire(timeout=timeout):
            raise QueryTimeout(timeout)  # the queries of other threads took that long
        worker = self._worker
        try:
            worker.start()
            if not worker.ready:
                self._receive(None)
                worker.ready = True
            deadline, until = time.monotonic() + timeout, Deadline(timeout)
            worker.socket.settimeout(timeout)
            worker.socket.sendall(asked)
            message, payload = self._receive(deadline)
        except TimeoutError:
            self._replace()
            raise QueryTimeout(timeout) from None
        except (OSError, EOFError) as error:
            failure = worker.failure(error)
            self._replace()
            raise failure from error
        except BaseException:
            worker.kill()  # it is in the middle of an answer, which is not that of the next query
            raise
        finally:
            self._lock.release()
        return checked(message), payload, until

    def _receive(self, deadline: float | None) -> tuple[dict[str, Any], bytes]:
        frame = Frame()
        while True:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                raise TimeoutError
            self._worker.socket.settimeout(left)
            if frame.feed(self._worker.socket.recv(_CHUNK)):
                return frame.take()

    def _replace(self) -> None:
        self._worker.kill()
        with contextlib.suppress(OSError):
            self._worker.start()


_STORES: weakref.WeakSet[WorkerStore] = weakref.WeakSet()


def _forked() -> None:
    for store in _STORES:
        store.forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
