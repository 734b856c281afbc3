"""Answers: what a worker gives, in the media type that the client accepts, named by an ETag that holds for this graph."""

from __future__ import annotations

import gzip
import hashlib
import re
from functools import lru_cache
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from imidgraph.server.negotiation import CHOICES, ROWS, TRIPLES, NotAcceptable, accepts_gzip, negotiate
from imidgraph.server.protocol import Operation
from imidgraph.workers.frames import GZIP_FROM
from imidgraph.workers.pool import Pool
from imidgraph.workers.worker import request as write_request

_VARY = "Accept, Accept-Encoding"
_VOLATILE = re.compile(r"rand|now|uuid|bnode|\\u", re.IGNORECASE)  # may give another answer each time


class Answers:
    """Answers queries within the limits of a server.

    Parameters
    ----------
    pool : Pool
        The workers that answer.
    limit : int
        Rows that an answer may have.
    version : str
        What names the graph that is served.
    """

    def __init__(self, pool: Pool, limit: int, version: str) -> None:
        self._pool = pool
        self._limit = limit
        self._version = version

    async def answer(self, request: Request, operation: Operation) -> Response:
        """Answer a query operation of any form."""
        accept = request.headers.get("accept")
        rows, triples = negotiate(accept, ROWS), negotiate(accept, TRIPLES)
        return await self._answer(request, operation, rows, triples)

    async def table(self, request: Request, query: str) -> Response:
        """Answer a SELECT query."""
        return await self._answer(request, Operation(query), negotiate(request.headers.get("accept"), ROWS), None)

    async def works(self) -> bool:
        """Tell whether a worker answers."""
        message, _ = await self._pool.answer(write_request("ASK { ?s ?p ?o }", 0, ROWS[0], None))
        return bool(message["kind"] == "boolean")

    async def ask(
        self,
        request: Request,
        operation: Operation,
        limit: int,
        rows: str | None,
        triples: str | None,
        may_pack: bool = False,
    ) -> tuple[dict[str, Any], bytes]:
        """Let a worker answer, and give what it tells of the answer, and the answer."""
        graphs = operation.default_graphs, operation.named_graphs
        limit = min(limit, self._limit)
        return await self._pool.answer(write_request(operation.query, limit, rows, triples, *graphs, _base(request), may_pack))

    def document(self, request: Request, body: bytes, media_type: str) -> Response:
        """Answer with what describes the server, or with 304 where the client has it."""
        headers = {"Vary": _VARY, "ETag": self._tag(media_type, body.decode())}
        if unchanged := _unchanged(request, headers):
            return unchanged
        if len(body) >= GZIP_FROM and accepts_gzip(request.headers.get("accept-encoding")):
            headers["Content-Encoding"] = "gzip"
            body = _packed(body)
        return Response(body, media_type=media_type, headers=headers)

    async def _answer(self, request: Request, operation: Operation, rows: str | None, triples: str | None) -> Response:
        if rows is None and triples is None:
            raise NotAcceptable(request.headers.get("accept", ""), ROWS + TRIPLES)
        headers = {"Vary": _VARY}
        if request.method != "POST" and not _VOLATILE.search(operation.query):
            # Only who was given this answer knows its tag: where it matches, the query was a good one.
            headers["ETag"] = self._tag(
                rows, triples, operation.query, _base(request), *operation.default_graphs, "", *operation.named_graphs
            )
            if unchanged := _unchanged(request, headers):
                return unchanged
        may_pack = accepts_gzip(request.headers.get("accept-encoding"))
        message, body = await self.ask(request, operation, self._limit, rows, triples, may_pack)
        if message["kind"] == "unacceptable":
            raise NotAcceptable(request.headers.get("accept", ""), CHOICES[message["form"]])
        if message["cut"]:
            headers["X-Imidgraph-Truncated"] = message["cut"]
        if message.get("packed"):
            headers["Content-Encoding"] = "gzip"
        return Response(body, media_type=message["media type"], headers=headers)

    def _tag(self, *parts: str | None) -> str:
        digest = hashlib.sha256("\0".join(part or "" for part in parts).encode("utf-8", "surrogatepass"))
        return f'W/"{self._version}-{digest.hexdigest()[:20]}"'


def _base(request: Request) -> str:
    return f"{request.base_url}sparql"


def _unchanged(request: Request, headers: dict[str, str]) -> Response | None:
    known = request.headers.get("if-none-match")
    tag = headers["ETag"].removeprefix("W/")
    if known is None or tag not in {item.strip().removeprefix("W/") for item in known.split(",")}:
        return None
    return Response(status_code=304, headers=headers)


@lru_cache(maxsize=16)
def _packed(body: bytes) -> bytes:
    return gzip.compress(body, 5, mtime=0)
