"""The SPARQL 1.1 Protocol: a query out of a request, and an answer in the media type that the client accepts.

Source: SPARQL 1.1 Protocol, W3C Recommendation, 21 March 2013.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from imidgraph import sparql
from imidgraph.errors import QueryError
from imidgraph.server.negotiation import CHOICES, negotiate
from imidgraph.server.pool import Pool

MAX_BYTES = 1 << 20
"""Bytes that a request may have."""
_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"


class Refused(QueryError):
    """A request that is not what the protocol says, with the status that says so."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


@dataclass(frozen=True)
class Operation:
    """A query operation of the protocol."""

    query: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


async def read_operation(request: Request) -> Operation:
    """Read the query operation out of a request.

    Raises
    ------
    Refused
        Where the request is not one query operation: 400, 413 or 415.
    """
    pairs = _pairs(request.url.query.encode())
    if request.method == "POST":
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        body = await _body(request)
        if kind == _FORM:
            pairs += _pairs(body)
        elif kind == _QUERY:
            pairs.append(("query", _text(body)))
        elif kind == "application/sparql-update":
            raise Refused(403, "This endpoint is read-only and takes no update.")
        else:
            raise Refused(415, f"The content type {kind[:100]!r} is not taken. Send {_FORM} or {_QUERY}.")
    if any(name == "update" for name, _ in pairs):
        raise Refused(403 if request.method == "POST" else 400, "This endpoint is read-only and takes no update.")
    queries = [value for name, value in pairs if name == "query"]
    if len(queries) != 1:
        raise Refused(400, f"A request carries one query, and this one carries {len(queries)}.")
    default = tuple(value for name, value in pairs if name == "default-graph-uri")
    named = tuple(value for name, value in pairs if name == "named-graph-uri")
    return Operation(queries[0], default, named)


async def answer(request: Request, pool: Pool) -> Response:
    """Answer the query operation of a request."""
    operation = await read_operation(request)
    form = sparql.query_form(operation.query)
    media_type = negotiate(request.headers.get("accept"), CHOICES[form])
    body, cut = await pool.answer(operation.query, media_type, operation.default_graphs, operation.named_graphs)
    headers = {"Vary": "Accept"}
    if cut:
        headers["X-Imidgraph-Truncated"] = "the answer is cut at the row limit of this endpoint"
    return Response(body, media_type=media_type, headers=headers)


def _pairs(text: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except (UnicodeDecodeError, ValueError) as error:
        raise Refused(400, "The parameters are not URL-encoded UTF-8. Encode them.") from error


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(400, "The query is not UTF-8. Send it in UTF-8.") from error


async def _body(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MAX_BYTES:
            raise Refused(413, f"The request is larger than {MAX_BYTES} bytes. Send a shorter query.")
    return body
