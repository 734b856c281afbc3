"""The SPARQL 1.1 Protocol: a query out of a request.

Source: SPARQL 1.1 Protocol, W3C Recommendation, 21 March 2013.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from starlette.requests import Request

from imidgraph.errors import ImidgraphError, QueryError

MAX_BYTES = 1 << 20
"""Bytes that a request may have."""
SECONDS_OF_BODY = 30.0
"""Seconds in which its body must arrive."""
Answer = TypeVar("Answer")
_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_FIELDS = 100  # parameters that a request may have


class Refused(QueryError):
    """A request that is not what the protocol says, with the status that says so."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        self.status = status
        self.headers = headers or {}
        super().__init__(message)


class Gone(ImidgraphError):
    """The client left before its answer was there."""


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
        coding = request.headers.get("content-encoding", "identity").strip().lower()
        if coding not in {"", "identity"}:
            message = f"The content coding {coding[:100]!r} is not supported. Send the query uncompressed."
            raise Refused(415, message, {"Accept-Encoding": "identity"})
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        body = await read_body(request)
        if kind == _FORM:
            pairs += _pairs(body)
        elif kind == _QUERY:
            pairs.append(("query", _text(body)))
        elif kind == "application/sparql-update":
            raise Refused(403, "This endpoint is read-only and accepts no updates.")
        else:
            raise Refused(415, f"The content type {kind[:100]!r} is not supported. Send {_FORM} or {_QUERY}.")
    if any(name == "update" for name, _ in pairs):
        raise Refused(403 if request.method == "POST" else 400, "This endpoint is read-only and accepts no updates.")
    queries = [value for name, value in pairs if name == "query"]
    if len(queries) != 1:
        raise Refused(400, f"A request must have one query, not {len(queries)}.")
    default = tuple(value for name, value in pairs if name == "default-graph-uri")
    named = tuple(value for name, value in pairs if name == "named-graph-uri")
    return Operation(queries[0], default, named)


def read_pairs(request: Request) -> list[tuple[str, str]]:
    """Read what an address asks, in its order.

    Raises
    ------
    Refused
        Where it is not URL-encoded UTF-8, or too long.
    """
    address: bytes = request.scope["query_string"]
    if len(address) > MAX_BYTES:
        raise Refused(414, f"The address is longer than {MAX_BYTES} bytes. Send a shorter one.")
    return _pairs(address)


def read_parameters(request: Request) -> dict[str, str]:
    """Read the parameters of a named query out of a request.

    Raises
    ------
    Refused
        Where they are not URL-encoded, or one is given twice.
    """
    pairs = read_pairs(request)
    parameters = dict(pairs)
    if len(parameters) != len(pairs):
        raise Refused(400, "A parameter is given twice. Give each parameter once.")
    return parameters


def _pairs(text: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS)
    except (UnicodeDecodeError, ValueError) as error:
        raise Refused(
            400, f"There are more than {_FIELDS} parameters, or they are not URL-encoded UTF-8. Encode them."
        ) from error


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(400, "The query is not UTF-8. Send it in UTF-8.") from error


async def read_body(request: Request) -> bytes:
    """Read the body of a request.

    Raises
    ------
    Refused
        Where it is too large, or does not arrive in time: 413 or 408.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(SECONDS_OF_BODY):
            async for part in request.stream():
                body += part
                if len(body) > MAX_BYTES:
                    raise Refused(413, f"The request is larger than {MAX_BYTES} bytes. Send a shorter one.")
    except TimeoutError as error:
        raise Refused(408, f"The request did not arrive within {SECONDS_OF_BODY:g} seconds. Send it again.") from error
    return bytes(body)


async def unless_gone(request: Request, answer: Coroutine[Any, Any, Answer]) -> Answer:
    """Wait for an answer, and stop what makes it where the client leaves.

    Raises
    ------
    Gone
        Where the client left.
    """
    waiting, leaving = asyncio.ensure_future(answer), asyncio.ensure_future(_leave(request))
    try:
        await asyncio.wait({waiting, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if waiting.done():
            return waiting.result()
        raise Gone("The client left.")
    finally:
        for task in (waiting, leaving):
            task.cancel()


async def _leave(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def endpoint_of(request: Request) -> str:
    """Give the address of the SPARQL endpoint, as the client sees it."""
    return f"{request.base_url}sparql"
