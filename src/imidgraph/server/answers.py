"""Answers: what a worker gives, in the media type that the client accepts, named by an ETag that holds for this graph."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import math
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from imidgraph.errors import QueryTimeout
from imidgraph.limits import Deadline, OutOfTime
from imidgraph.server.descriptions import translate
from imidgraph.server.negotiation import CHOICES, NUMBERS, ROWS, TRIPLES, XLSX, NotAcceptable, accepts_gzip, negotiate
from imidgraph.server.protocol import Operation, endpoint_of, unless_gone
from imidgraph.sparql.results import Results, Triples
from imidgraph.words import begun, spaced
from imidgraph.workers.frames import GZIP_FROM
from imidgraph.workers.lanes import Busy
from imidgraph.workers.pool import Pool
from imidgraph.workers.worker import read_answer
from imidgraph.workers.worker import request as write_request

_OWN_ROWS, _OWN_TRIPLES = "text/tab-separated-values", "application/n-triples"
_VARY = "Accept, Accept-Encoding"
_PIECE = 1 << 18  # bytes that are sent at once
_MOST_UNREAD = 256 << 20  # bytes of answers that are sent at the same time
_VOLATILE = re.compile(r"rand|now|uuid|bnode|\\u", re.IGNORECASE)  # may give another answer each time


@dataclass(frozen=True)
class Written:
    """A document as it is sent, with what its headers tell.

    Parameters
    ----------
    body : bytes
        The document.
    notice : str
        What stands above it: that it is no advice.
    limit : str, optional
        Where it was cut.
    following : int
        The place at which the next page begins; 0 where there is none.
    """

    body: bytes
    notice: str = ""
    limit: str | None = None
    following: int = 0


class Answers:
    """Answers queries within the limits of a server.

    Parameters
    ----------
    own : Pool
        The workers that answer named queries and pages.
    free : Pool
        The workers that answer free queries.
    limit : int
        Rows that an answer may have.
    version : str
        What names the graph that is served.
    """

    def __init__(self, own: Pool, free: Pool, limit: int, version: str) -> None:
        self._own = own
        self._free = free
        self._unread = 0  # bytes of answers that are being sent
        self._limit = limit
        self._version = version

    async def answer(self, request: Request, operation: Operation) -> Response:
        """Answer a query operation of any form."""
        accept = request.headers.get("accept")
        rows, triples = negotiate(accept, ROWS), negotiate(accept, TRIPLES)
        return await self._answer(request, operation, rows, triples, free=True)

    async def answer_as(self, request: Request, operation: Operation, media_type: str) -> Response:
        """Answer a query operation in one media type: that of rows or that of triples."""
        rows, triples = (media_type if media_type in choices else None for choices in (ROWS, TRIPLES))
        return await self._answer(request, operation, rows, triples, free=True)

    async def table(self, request: Request, query: str, media_type: str | None = None) -> Response:
        """Answer a SELECT query, in the media type that the client accepts where none is given."""
        rows = media_type or negotiate(request.headers.get("accept"), ROWS)
        return await self._answer(request, Operation(query), rows, None, free=False)

    async def workbook(self, request: Request, operation: Operation, title: str, *, free: bool) -> Response:
        """Answer a SELECT query as a workbook of a spreadsheet."""
        message, body = await self.ask(request, operation, ROWS[0], None, free=free)
        if message["kind"] == "unacceptable":
            raise NotAcceptable(XLSX, CHOICES[message["form"]])
        book = await to_thread.run_sync(partial(_workbook, title, json.loads(body), message["cut"], self._version))
        return self.document(request, book, XLSX)

    async def graph(self, request: Request, query: str, media_type: str) -> Response:
        """Answer a CONSTRUCT query of our own in one media type."""
        return await self._answer(request, Operation(query), None, media_type, free=False)

    async def works(self) -> bool:
        """Tell whether a worker answers."""
        message, _ = await self._own.answer(write_request("ASK { ?s ?p ?o }", 0, ROWS[0], None))
        return bool(message["kind"] == "boolean")

    async def ask(
        self,
        request: Request,
        operation: Operation,
        rows: str | None,
        triples: str | None,
        *,
        free: bool,
        limit: int | None = None,
        most_bytes: int | None = None,
        may_pack: bool = False,
    ) -> tuple[dict[str, Any], bytes]:
        """Let a worker answer, and give what it says of the answer, and the answer.

        Raises
        ------
        Gone
            Where the client left before the answer was there.
        """
        graphs = operation.default_graphs, operation.named_graphs
        most = min(limit or self._limit, self._limit)
        asked = write_request(operation.query, most, rows, triples, *graphs, endpoint_of(request), may_pack, most_bytes)
        if not free:
            return await self._own.answer(asked)
        if self._unread > _MOST_UNREAD:
            raise Busy
        return await unless_gone(request, self._free.answer(asked, request.client.host if request.client else ""))

    async def values(self, query: str, client: str, limit: int, timeout: float) -> Results | bool | Triples:
        """Let a worker answer a free query, and give what it answers as values.

        Raises
        ------
        QueryTimeout
            Where the answer takes too long to read.
        """
        asked = write_request(query, min(limit, self._limit), _OWN_ROWS, _OWN_TRIPLES, own=True)
        message, payload = await self._free.answer(asked, client)
        try:
            return await to_thread.run_sync(read_answer, message, payload, Deadline(timeout))
        except OutOfTime:
            raise QueryTimeout(timeout) from None

    def described(self, request: Request, turtle: str) -> Response:
        """Answer with a description in RDF, in the syntax that the client accepts."""
        accept = request.headers.get("accept")
        media_type = negotiate(accept, TRIPLES)
        if media_type is None:
            raise NotAcceptable(accept or "", TRIPLES)
        return self.document(request, translate(turtle, media_type), media_type)

    def listed(self, request: Request, content: object) -> Response:
        """Answer with a document in JSON."""
        return self.document(request, bytes(JSONResponse(content).body), "application/json")

    def document(self, request: Request, body: bytes, media_type: str) -> Response:
        """Answer with what describes the server, or with 304 where the client has it."""
        headers = {"Vary": _VARY, "ETag": self._tag(media_type, hashlib.sha256(body).hexdigest())}
        if unchanged := _unchanged(request, headers):
            return unchanged
        if len(body) >= GZIP_FROM and accepts_gzip(request.headers.get("accept-encoding")):
            headers["Content-Encoding"] = "gzip"
            body = _packed(body)
        return Response(body, media_type=media_type, headers=headers)

    async def _answer(
        self, request: Request, operation: Operation, rows: str | None, triples: str | None, *, free: bool
    ) -> Response:
        if rows is None and triples is None:
            raise NotAcceptable(request.headers.get("accept", ""), ROWS + TRIPLES)
        headers = {"Vary": _VARY}
        if request.method != "POST" and not _VOLATILE.search(operation.query):
            # Only who was given this answer knows its tag: where it matches, the query was a good one.
            headers["ETag"] = self._tag(
                rows, triples, operation.query, endpoint_of(request), *operation.default_graphs, "", *operation.named_graphs
            )
            if unchanged := _unchanged(request, headers):
                return unchanged
        may_pack = accepts_gzip(request.headers.get("accept-encoding"))
        message, body = await self.ask(request, operation, rows, triples, free=free, may_pack=may_pack)
        if message["kind"] == "unacceptable":
            raise NotAcceptable(request.headers.get("accept", ""), CHOICES[message["form"]])
        if message["cut"]:
            headers["X-Imidgraph-Truncated"] = message["cut"]
        if message.get("packed"):
            headers["Content-Encoding"] = "gzip"
        return self._sent(body, message["media type"], headers)

    def _sent(self, body: bytes, media_type: str, headers: dict[str, str]) -> Response:
        """Send an answer, a long one piece by piece, so that one that nobody reads is held once and counted."""
        if len(body) <= _PIECE:
            return Response(body, media_type=media_type, headers=headers)

        async def pieces() -> AsyncIterator[bytes]:
            self._unread += len(body)
            try:
                for place in range(0, len(body), _PIECE):
                    yield body[place : place + _PIECE]
            finally:
                self._unread -= len(body)

        return StreamingResponse(pieces(), media_type=media_type, headers=headers | {"Content-Length": str(len(body))})

    def _tag(self, *parts: str | None) -> str:
        digest = hashlib.sha256("\0".join(part or "" for part in parts).encode("utf-8", "surrogatepass"))
        return f'W/"{self._version}-{digest.hexdigest()[:20]}"'


def _unchanged(request: Request, headers: dict[str, str]) -> Response | None:
    known = request.headers.get("if-none-match")
    tag = headers["ETag"].removeprefix("W/")
    if known is None or tag not in {item.strip().removeprefix("W/") for item in known.split(",")}:
        return None
    return Response(status_code=304, headers=headers)


def _workbook(title: str, results: dict[str, Any], cut: str | None, version: str) -> bytes:
    from imidgraph.formats.xlsx import write_table

    names = results["head"]["vars"]
    rows = [[_plain(row.get(name)) for name in names] for row in results["results"]["bindings"]]
    return write_table(title, [begun(spaced(name)) for name in names], rows, cut or "", version)


def _plain(term: dict[str, Any] | None) -> str | float:
    if term is None:
        return ""
    if term.get("datatype", "").endswith(NUMBERS):
        with contextlib.suppress(ValueError):
            number = float(term["value"])
            return number if math.isfinite(number) else str(term["value"])
    value = term["value"]
    return value if isinstance(value, str) else json.dumps(value)


@lru_cache(maxsize=256)
def _packed(body: bytes) -> bytes:
    return gzip.compress(body, 5, mtime=0)
