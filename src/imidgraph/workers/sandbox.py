"""The worker's own side: a process that opens the graph, gives up its rights, and answers one query after the other.

It has no file left to open, no socket to make and a cap on its memory, as far as the system has such limits. All that is
untrusted happens here, the reading of the query text included, so that its parent can end it at the limit.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
import zlib
from pathlib import Path
from typing import Any

from imidgraph.errors import ImidgraphError, QueryError
from imidgraph.namespaces import prefixes_in
from imidgraph.rdf import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    parse,
    parse_query_results,
    serialize,
)
from imidgraph.sparql.text import query_form
from imidgraph.stores.oxigraph import OxigraphStore
from imidgraph.workers.frames import GZIP_FROM, pack, read

MOST_BYTES = 64 << 20
"""Bytes that an answer may have: a larger one is refused, in every format."""
_MOST_CELLS = 2_000_000  # rows times columns: what its parent turns into values
_LONG = 1 << 18  # bytes of a long line of TSV
_CHECK = 1 << 20  # bytes of an answer between two counts of its rows
# What marks a row in each format, and how many marks more than rows there are. JSON may have the mark elsewhere too.
_MARKS = {
    QueryResultsFormat.JSON: (b"},{", -1),
    QueryResultsFormat.XML: (b"<result>", 0),
    QueryResultsFormat.CSV: (b"\n", 1),
    QueryResultsFormat.TSV: (b"\n", 1),
    RdfFormat.N_TRIPLES: (b"\n", 0),
}


def main() -> None:
    """Answer queries from standard input until it ends."""
    path, memory = Path(sys.argv[1]), int(sys.argv[2])
    opened: OxigraphStore | ImidgraphError
    try:
        opened = OxigraphStore.open(path)
    except ImidgraphError as error:
        opened = error
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    _give_up_rights(memory)
    source, target = sys.stdin.buffer, sys.stdout.buffer
    target.write(pack({"kind": "ready"}))
    target.flush()
    while request := read(source):
        target.write(pack(*_answer(opened, request)))
        target.flush()


def _answer(store: OxigraphStore | ImidgraphError, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    try:
        if isinstance(store, ImidgraphError):
            raise store
        message, payload = _evaluate(store, request)
    except ImidgraphError as error:
        return {"kind": "error", "error": type(error).__name__, "message": str(error)}, b""
    except MemoryError:
        os.abort()  # what memory is left is in pieces: a fresh process serves the next query better
    except (OSError, RuntimeError, ValueError) as error:
        reason = f"The query failed: {error}. Change it and ask again."
        return {"kind": "error", "error": "QueryError", "message": reason}, b""
    if request.get("gzip") and len(payload) >= GZIP_FROM:
        message["packed"] = True
        packer = zlib.compressobj(1, zlib.DEFLATED, 31)  # 31: in gzip's wrapper
        payload = packer.compress(payload) + packer.flush()
    return message, payload


def _evaluate(store: OxigraphStore, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    text, limit, most_bytes = request["query"], request["limit"], min(request["bytes"] or MOST_BYTES, MOST_BYTES)
    form = query_form(text)
    of_rows = form in {"SELECT", "ASK"}
    media_type = request["rows" if of_rows else "triples"]
    if media_type is None:
        return {"kind": "unacceptable", "form": form}, b""

    def evaluate() -> QuerySolutions | QueryBoolean | QueryTriples:
        return store.evaluate(text, request["default"], request["named"], request["base"])

    answer = evaluate()
    message: dict[str, Any] = {"media type": media_type, "cut": None}
    if isinstance(answer, QueryTriples):
        lines = _written(answer, RdfFormat.N_TRIPLES, limit, most_bytes)
        return message | {"kind": "triples", "cut": lines.cut}, _triples(lines.whole_rows(), media_type)
    format = QueryResultsFormat.from_media_type(media_type)
    assert format is not None
    if isinstance(answer, QueryBoolean):
        return message | {"kind": "boolean", "value": bool(answer)}, answer.serialize(format=format) or b""
    limit = min(limit, _MOST_CELLS // max(1, len(answer.variables)))
    table = _written(answer, format, limit, most_bytes)
    if format == QueryResultsFormat.TSV and request.get("own") and max(map(len, table.data.split(b"\n"))) > _LONG:
        format = QueryResultsFormat.JSON  # the time to read TSV grows with the square of the longest value
        answer = evaluate()
        assert isinstance(answer, QuerySolutions)
        table = _written(answer, format, limit, most_bytes)
        message["media type"] = format.media_type
    if table.cut is None:
        return message | {"kind": "rows"}, bytes(table.data)
    if format != QueryResultsFormat.TSV:  # too many rows, as it seems: only TSV counts them exactly and can be cut between two
        again = evaluate()
        assert isinstance(again, QuerySolutions)
        table = _written(again, QueryResultsFormat.TSV, limit, most_bytes)
    payload = table.whole_rows()
    if format != QueryResultsFormat.TSV:
        payload = parse_query_results(payload, format=QueryResultsFormat.TSV).serialize(format=format) or b""
    return message | {"kind": "rows", "cut": table.cut}, payload


class _Full(Exception):
    """Enough is written."""


class _Answer:
    """A file in memory that stops its writer where it has too many rows or bytes.

    Parameters
    ----------
    limit : int
        How many rows it may have.
    most_bytes : int
        How many bytes it may have.
    mark : bytes
        What marks a row.
    more : int
        How many marks more than rows there are.
    """

    def __init__(self, limit: int, most_bytes: int, mark: bytes, more: int) -> None:
        self.data = bytearray()
        self.cut: str | None = None
        self._limit = limit
        self._most_bytes = most_bytes
        self._mark = mark
        self._most = limit + more
        self._seen = 0
        self._checked = 0

    def write(self, part: bytes) -> int:
        """Take a part."""
        self.data += part
        if len(self.data) - self._checked >= _CHECK:
            self.check()
        return len(part)

    def flush(self) -> None:
        """Do nothing: all is in memory."""

    def check(self) -> None:
        """Count the marks that came since the last time, and stop where there are too many."""
        self._seen += self.data.count(self._mark, max(0, self._checked - len(self._mark) + 1))
        self._checked = len(self.data)
        if self._seen > self._most:
            self.cut = f"cut at {self._limit} rows"
            raise _Full
        if self._checked > self._most_bytes:
            raise QueryError(f"The answer is larger than {self._most_bytes / 2**20:g} MiB. Ask for fewer rows or columns.")

    def whole_rows(self) -> bytes:
        """Give the whole rows up to the limit, where a row is a line."""
        if self.cut is None:
            return bytes(self.data)
        position = 0
        for _ in range(self._most):
            found = self.data.find(b"\n", position)
            if found < 0:
                break
            position = found + 1
        return bytes(self.data[:position])


def _written(answer: QuerySolutions | QueryTriples, format: Any, limit: int, most_bytes: int) -> _Answer:
    target = _Answer(limit, most_bytes, *_MARKS[format])
    with contextlib.suppress(_Full):
        answer.serialize(output=target, format=format)  # type: ignore[arg-type]
        target.check()
    return target


def _triples(lines: bytes, media_type: str) -> bytes:
    ordered = b"".join(sorted(lines.splitlines(keepends=True)))
    if media_type == RdfFormat.N_TRIPLES.media_type:
        return ordered
    return (
        serialize(
            (quad.triple for quad in parse(ordered, format=RdfFormat.N_TRIPLES)),
            format=RdfFormat.from_media_type(media_type),
            prefixes=prefixes_in(ordered),
        )
        or b""
    )


def _give_up_rights(memory: int) -> None:
    """Give up what the system can take away: Windows has no such limits, macOS none of memory."""
    try:
        import resource
    except ImportError:
        return
    limits = {resource.RLIMIT_CORE: 0, resource.RLIMIT_NOFILE: 0}
    with contextlib.suppress(OSError):  # no /proc
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limits[resource.RLIMIT_AS] = pages * resource.getpagesize() + memory
    for name, value in limits.items():
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(name, (value, value))


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
