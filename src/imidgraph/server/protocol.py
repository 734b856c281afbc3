"""The SPARQL 1.1 Protocol: a query out of a request.

Source: SPARQL 1.1 Protocol, W3C Recommendation, 21 March 2013.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request

from imidgraph.errors import QueryError

MAX_BYTES = 1 << 20
"""Bytes that a request may have."""
_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_FIELDS = 100  # parameters that a request may have


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
        Where the request is not one query operation: 400, 403, 413, 414 or 415.
    """
    address: bytes = request.scope["query_string"]
    if len(address) > MAX_BYTES:
        raise Refused(414, f"The address is longer than {MAX_BYTES} bytes. Send a shorter query.")
    pairs = _pairs(address)
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


def read_parameters(request: Request) -> dict[str, str]:
    """Read the parameters of a named query out of a request.

    Raises
    ------
    Refused
        Where they are not URL-encoded, or one is given twice.
    """
    pairs = _pairs(request.scope["query_string"])
    parameters = dict(pairs)
    if len(parameters) != len(pairs):
        raise Refused(400, "A parameter is given twice. Give each parameter once.")
    return parameters


def _pairs(text: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS)
    except (UnicodeDecodeError, ValueError) as error:
        raise Refused(400, f"The parameters are more than {_FIELDS}, or not URL-encoded UTF-8. Encode them.") from error


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(400, "The query is not UTF-8. Send it in UTF-8.") from error


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BYTES:
            raise Refused(413, f"The request is larger than {MAX_BYTES} bytes. Send a shorter query.")
    return bytes(body)
