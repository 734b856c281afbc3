"""The worker's own side: a process that opens the graph, gives up its rights, and answers one query after the other.

It has no file left to open, no socket to make and a cap on its memory. All that is untrusted happens here, the reading of the
query text included, so that its parent can end it at the limit.
"""

from __future__ import annotations

import contextlib
import json
import os
import struct
import sys
import threading
import time
import zlib
from pathlib import Path
from typing import Any

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    parse,
    parse_query_results,
    serialize,
)

from imidgraph import sparql
from imidgraph.errors import ImidgraphError, QueryError
from imidgraph.namespaces import PREFIXES
from imidgraph.stores.oxigraph import OxigraphStore

_HEADER = struct.Struct("!II")  # the lengths of the JSON message and of the payload
_MAX_BYTES = 256 * 1024 * 1024
_GZIP_FROM = 1024  # bytes from which an answer is worth packing
_CHECK = 1 << 20  # bytes of an answer between two counts of its rows
# What stands between two rows of a format, at least; it may stand elsewhere too in JSON and CSV, never in TSV.
_MARKS = {QueryResultsFormat.JSON: b"},{", QueryResultsFormat.XML: b"<result>"}


class Frame:
    """A message and its payload, put together from the parts in which they arrive.

    Examples
    --------
    >>> frame = Frame()
    >>> frame.feed(pack({"kind": "boolean"}, b"true"))
    True
    >>> frame.take()
    ({'kind': 'boolean'}, b'true')
    """

    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, part: bytes) -> bool:
        """Take a part, and tell whether the frame is whole.

        Raises
        ------
        EOFError
            Where the part is empty: the other side is gone.
        """
        if not part:
            raise EOFError
        self._data += part
        return len(self._data) >= _HEADER.size and len(self._data) >= _HEADER.size + sum(_HEADER.unpack_from(self._data))

    def take(self) -> tuple[dict[str, Any], bytes]:
        """Give the message and its payload."""
        start, length = _HEADER.size, _HEADER.unpack_from(self._data)[0]
        with memoryview(self._data) as view:
            return json.loads(bytes(view[start : start + length])), bytes(view[start + length :])


def pack(message: dict[str, Any], payload: bytes = b"") -> bytes:
    """Write a message and its payload as one frame."""
    body = json.dumps(message).encode()
    return b"".join((_HEADER.pack(len(body), len(payload)), body, payload))


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
    while header := source.read(_HEADER.size):
        request = json.loads(source.read(_HEADER.unpack(header)[0]))
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
    if request.get("gzip") and len(payload) >= _GZIP_FROM:
        message["packed"] = True
        packer = zlib.compressobj(1, zlib.DEFLATED, 31)  # 31: in gzip's wrapper
        payload = packer.compress(payload) + packer.flush()
    return message, payload


def _evaluate(store: OxigraphStore, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    text, limit = request["query"], request["limit"]
    form = sparql.query_form(text)
    of_rows = form in {"SELECT", "ASK"}
    media_type = request["rows" if of_rows else "triples"]
    if media_type is None:
        return {"kind": "unacceptable", "form": form}, b""

    def evaluate() -> QuerySolutions | QueryBoolean | QueryTriples:
        return store.evaluate(text, request["default"], request["named"])

    answer = evaluate()
    message: dict[str, Any] = {"media type": media_type}
    if isinstance(answer, QueryTriples):
        lines = _Answer(b"\n", limit)
        _write(answer, lines, RdfFormat.N_TRIPLES)
        return message | {"kind": "triples", "cut": lines.cut}, _triples(lines.whole_lines(limit), media_type)
    format = QueryResultsFormat.from_media_type(media_type)
    if isinstance(answer, QueryBoolean):
        return message | {"kind": "boolean", "value": bool(answer)}, answer.serialize(format=format) or b""
    assert format is not None
    message["kind"] = "rows"
    if format != QueryResultsFormat.TSV:
        written = _Answer(_MARKS.get(format, b"\n"), limit)
        _write(answer, written, format)
        if not written.cut:
            return message | {"cut": None}, bytes(written.data)
        again = evaluate()  # too many rows, as it seems: only TSV counts them exactly and can be cut between two
        assert isinstance(again, QuerySolutions)
        answer = again
    lines = _Answer(b"\n", limit + 1)  # the first line of a table names its columns
    _write(answer, lines, QueryResultsFormat.TSV)
    payload = lines.whole_lines(limit + 1)
    if format != QueryResultsFormat.TSV:
        payload = parse_query_results(payload, format=QueryResultsFormat.TSV).serialize(format=format) or b""
    return message | {"cut": lines.cut and lines.cut.replace(f"{limit + 1} rows", f"{limit} rows")}, payload


class _Full(Exception):
    """Enough is written."""


class _Answer:
    """A file in memory that stops its writer where it has too many rows or bytes.

    Parameters
    ----------
    mark : bytes
        What is counted to count rows.
    most : int
        How many marks may come.
    """

    def __init__(self, mark: bytes, most: int) -> None:
        self.data = bytearray()
        self.cut: str | None = None
        self._mark = mark
        self._left = most
        self._most = most
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
        self._left -= self.data.count(self._mark, max(0, self._checked - len(self._mark) + 1))
        self._checked = len(self.data)
        if self._left < 0:
            self.cut = f"cut at {self._most} rows"
            raise _Full
        if self._checked > _MAX_BYTES:
            self.cut = f"cut at {_MAX_BYTES >> 20} MiB"
            raise _Full

    def whole_lines(self, limit: int) -> bytes:
        """Give the whole lines up to the limit."""
        if self.cut is None:
            return bytes(self.data)
        position = 0
        for _ in range(limit):
            found = self.data.find(b"\n", position)
            if found < 0:
                break
            position = found + 1
        return bytes(self.data[:position])


def _write(answer: QuerySolutions | QueryTriples, target: _Answer, format: Any) -> None:
    with contextlib.suppress(_Full):
        answer.serialize(output=target, format=format)  # type: ignore[arg-type]
        target.check()


def _triples(lines: bytes, media_type: str) -> bytes:
    ordered = b"".join(sorted(lines.splitlines(keepends=True)))
    if media_type == RdfFormat.N_TRIPLES.media_type:
        return ordered
    return serialize(
        (quad.triple for quad in parse(ordered, format=RdfFormat.N_TRIPLES)),
        format=RdfFormat.from_media_type(media_type),
        prefixes=PREFIXES,
    ) or b""


def _give_up_rights(memory: int) -> None:
    import resource

    address_space = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (address_space + memory, address_space + memory))


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
