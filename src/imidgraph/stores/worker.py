"""Free SPARQL, guarded: a process of its own answers it, and is killed at the limit and replaced.

pyoxigraph cannot be interrupted; only the end of a process ends a query. The worker opens the graph, gives up every
right to open files or sockets, caps its memory, and then answers one query after the other over its pipes.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import selectors
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, QueryTriples, RdfFormat, parse, parse_query_results

from imidgraph import sparql
from imidgraph.errors import ImidgraphError, QueryError, QueryTimeout
from imidgraph.stores.oxigraph import OxigraphStore
from imidgraph.stores.results import Results, Triples

TIMEOUT = 10.0
"""Seconds that a query may take, unless the caller says otherwise."""
LIMIT = 10_000
"""Rows that an answer may have, unless the caller says otherwise."""
_MAX_BYTES = 256 * 1024 * 1024
_HEADER = struct.Struct("!II")  # the lengths of the JSON message and of the payload


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

    def __init__(self, path: Path, memory: int = 1 << 30) -> None:
        self._path = path
        self._memory = memory
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

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
            Seconds that it may take.
        limit : int
            Rows or triples that the answer may have; what is beyond is cut, and the answer says so.

        Raises
        ------
        QueryError
            Where the text is refused, not valid SPARQL, or needs more memory than it may use.
        QueryTimeout
            Where it takes longer than it may.
        """
        if not timeout > 0 or limit < 0:
            raise QueryError("The time limit must be above zero and the row limit at least zero. Choose other limits.")
        sparql.query_form(text)
        start = time.perf_counter()
        message, payload = self._ask({"query": text, "limit": limit}, timeout)
        cut = f"cut at {limit} rows" if message.get("truncated") else None
        if message["kind"] == "boolean":
            return bool(message["value"])
        if message["kind"] == "triples":
            return Triples([quad.triple for quad in parse(payload, format=RdfFormat.N_TRIPLES)], truncated=cut)
        solutions = parse_query_results(payload, format=QueryResultsFormat.TSV)
        assert isinstance(solutions, QuerySolutions)
        return Results(solutions, elapsed=time.perf_counter() - start, truncated=cut)

    def serialize(
        self,
        text: str,
        format: str,
        timeout: float = TIMEOUT,
        limit: int = LIMIT,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> tuple[bytes, bool]:
        """Answer a query in a serialization, which the worker writes.

        Parameters
        ----------
        text : str
            A query that `imidgraph.sparql.query_form` has let through.
        format : str
            A media type, of results for SELECT and ASK, of RDF for CONSTRUCT and DESCRIBE.
        timeout : float
            Seconds that it may take.
        limit : int
            Rows or triples that the answer may have.
        default_graphs, named_graphs : sequence of str
            The IRIs of the graphs to ask; all of the store where both are empty.

        Returns
        -------
        tuple of bytes and bool
            The answer, and whether it was cut.
        """
        request = {"query": text, "limit": limit, "format": format, "default": default_graphs, "named": named_graphs}
        message, payload = self._ask(request, timeout)
        return payload, bool(message.get("truncated"))

    def close(self) -> None:
        """End the worker."""
        with self._lock:
            self._kill()

    def start(self) -> None:
        """Start the worker before the first query, so that it need not wait."""
        with self._lock:
            self._started()

    def _ask(self, request: dict[str, Any], timeout: float) -> tuple[dict[str, Any], bytes]:
        deadline = time.monotonic() + timeout
        with self._lock:
            process = self._started()
            try:
                message, payload = _exchange(process, request, deadline)
            except TimeoutError:
                self._replace()
                raise QueryTimeout(timeout) from None
            except (OSError, EOFError) as error:
                status = process.wait()
                self._replace()
                if status > 0:
                    raise QueryError(f"The worker that answers queries does not start (exit {status}).") from error
                raise QueryError("The query needed more memory than it may use. Narrow it down.") from error
        if message["kind"] == "error":
            raise QueryError(message["message"])
        return message, payload

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._kill()
            command = "from imidgraph.stores.worker import serve; serve()"
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-c", command, str(self._path), str(self._memory)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
            )
        return self._process

    def _replace(self) -> None:
        self._kill()
        self._started()

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
            self._process.wait()
            self._process = None


def _exchange(process: subprocess.Popen[bytes], request: dict[str, Any], deadline: float) -> tuple[dict[str, Any], bytes]:
    assert process.stdin is not None
    assert process.stdout is not None
    body = json.dumps(request).encode()
    _send(process.stdin, _HEADER.pack(len(body), 0) + body, deadline)
    message_length, payload_length = _HEADER.unpack(_receive(process.stdout, _HEADER.size, deadline))
    message = json.loads(_receive(process.stdout, message_length, deadline))
    return message, _receive(process.stdout, payload_length, deadline)


def _send(pipe: IO[bytes], data: bytes, deadline: float) -> None:
    os.set_blocking(pipe.fileno(), False)
    view = memoryview(data)
    while view:
        _wait(pipe, selectors.EVENT_WRITE, deadline)
        view = view[pipe.write(view) or 0 :]


def _receive(pipe: IO[bytes], length: int, deadline: float) -> bytes:
    parts = []
    while length:
        _wait(pipe, selectors.EVENT_READ, deadline)
        part = os.read(pipe.fileno(), min(length, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _wait(pipe: IO[bytes], event: int, deadline: float) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, event)
        if not selector.select(max(0.0, deadline - time.monotonic())):
            raise TimeoutError


# ---------------------------------------------------------------------------
# The worker's own side
# ---------------------------------------------------------------------------


class _Cut(Exception):
    """Enough rows are written."""


class _Lines(io.BytesIO):
    """A file in memory that takes so many lines and no more."""

    def __init__(self, lines: int) -> None:
        super().__init__()
        self._lines = lines
        self._left = lines
        self.cut = False

    def write(self, part: bytes) -> int:  # type: ignore[override]
        """Take what is allowed, and stop the writer at the limit."""
        written = super().write(part)
        self._left -= bytes(part).count(b"\n")
        if self._left < 0 or self.tell() > _MAX_BYTES:
            self.cut = True
            raise _Cut
        return written

    def whole_lines(self) -> bytes:
        """Give the whole lines up to the limit."""
        data = self.getvalue()
        if not self.cut:
            return data
        position = 0
        for _ in range(self._lines):
            found = data.find(b"\n", position)
            if found < 0:
                break
            position = found + 1
        return data[:position]


def serve() -> None:
    """Answer queries from standard input until it ends. Runs in the worker's process."""
    path, memory = Path(sys.argv[1]), int(sys.argv[2])
    source, target = sys.stdin.buffer, sys.stdout.buffer
    opened: OxigraphStore | ImidgraphError
    try:
        opened = OxigraphStore.open(path)
    except ImidgraphError as error:
        opened = error
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    _give_up_rights(memory)
    while header := source.read(_HEADER.size):
        request = json.loads(source.read(_HEADER.unpack(header)[0]))
        message, payload = _answer(opened, request)
        body = json.dumps(message).encode()
        target.write(_HEADER.pack(len(body), len(payload)) + body)
        target.write(payload)
        target.flush()


def _answer(store: OxigraphStore | ImidgraphError, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    try:
        if isinstance(store, ImidgraphError):
            raise store
        answer = store.evaluate(request["query"], request.get("default", ()), request.get("named", ()))
        format = request.get("format")
        if isinstance(answer, QueryBoolean):
            payload = answer.serialize(format=QueryResultsFormat.from_media_type(format)) if format else b""
            return {"kind": "boolean", "value": bool(answer)}, payload or b""
        return _table(answer, request["limit"], format)
    except ImidgraphError as error:
        return {"kind": "error", "message": str(error)}, b""
    except MemoryError:
        return {"kind": "error", "message": "The query needed more memory than it may use. Narrow it down."}, b""
    except (OSError, RuntimeError, ValueError) as error:
        return {"kind": "error", "message": f"The query failed: {error}. Change it and ask again."}, b""


def _table(answer: QuerySolutions | QueryTriples, limit: int, format: str | None) -> tuple[dict[str, Any], bytes]:
    is_rows = isinstance(answer, QuerySolutions)
    kept = _Lines(limit + is_rows)  # the first line of a table names its columns
    with contextlib.suppress(_Cut):
        if isinstance(answer, QuerySolutions):
            answer.serialize(output=kept, format=QueryResultsFormat.TSV)
        else:
            answer.serialize(output=kept, format=RdfFormat.N_TRIPLES)
    payload = kept.whole_lines()
    message = {"kind": "rows" if is_rows else "triples", "truncated": kept.cut}
    if format is None:
        return message, payload
    if is_rows:
        solutions = parse_query_results(payload, format=QueryResultsFormat.TSV)
        return message, solutions.serialize(format=QueryResultsFormat.from_media_type(format)) or b""
    triples = Triples([quad.triple for quad in parse(payload, format=RdfFormat.N_TRIPLES)])
    return message, triples.serialize(format)


def _give_up_rights(memory: int) -> None:
    address_space = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (address_space + memory, address_space + memory))


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
