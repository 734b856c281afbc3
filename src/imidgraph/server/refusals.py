"""Refusals: what a client is told where there is no answer, as problem details (RFC 9457), or in a page.

Source: RFC 9457, Problem Details for HTTP APIs, July 2023.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from imidgraph.errors import EntityNotFound, OntologyError, PathNotFound, QueryNotFound, QueryTimeout, WorkerError
from imidgraph.server.negotiation import NotAcceptable
from imidgraph.server.pages import prefers_page
from imidgraph.server.protocol import Gone, Refused
from imidgraph.server.serving import edition_of
from imidgraph.workers.lanes import Busy

PROBLEM = "application/problem+json"
_GONE = 499  # nobody reads it; the log does


async def refuse(request: Request, error: Exception) -> Response:
    """Say what is wrong, in a page to a browser, else in a line of text."""
    if isinstance(error, Gone):
        return Response(status_code=_GONE)
    status, headers = refusal(error)
    if prefers_page(request):
        return edition_of(request).pages.refusal(request, error, status, headers)
    return problem(status, told(error), headers, suggestions=getattr(error, "suggestions", None))


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None, **more: Any) -> Response:
    """Make an answer that says what is wrong: the type is that of the status, the detail a sentence for a person."""
    document = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    document |= {name: value for name, value in more.items() if value}
    body = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    return Response(body, status, dict(headers or {}), PROBLEM)


def told(error: Exception) -> str:
    """Say what is wrong and what to do next, to a client of HTTP.

    Examples
    --------
    >>> told(EntityNotFound("revlimit", ["Revlimid"]))
    "No entity is called 'revlimit'. Did you mean 'Revlimid'? Search at /api/search."
    """
    match error:
        case EntityNotFound():
            return f"{error.finding} Search at /api/search."
        case QueryNotFound():
            return f"{error.finding} The list is at /queries."
    return str(error)


def refusal(error: Exception) -> tuple[int, dict[str, str]]:
    """Give the status that says what is wrong, and its headers.

    Examples
    --------
    >>> refusal(QueryTimeout(5))
    (504, {})
    """
    if isinstance(error, QueryNotFound | EntityNotFound | PathNotFound):
        return 404, {}
    if isinstance(error, NotAcceptable):
        return 406, {}
    if isinstance(error, QueryTimeout):
        return 504, {}
    if isinstance(error, Busy | OntologyError | WorkerError):
        return 503, {"Retry-After": "1"}
    return (error.status, error.headers) if isinstance(error, Refused) else (400, {})


async def let_go(_: Request, __: Exception) -> Response:
    """Answer nothing to a client that left in the middle of its request."""
    return Response(status_code=_GONE)


async def tell_way(request: Request, _: Exception) -> Response:
    """Say where to start."""
    return problem(404, f"There is nothing at this address. Start at {request.base_url.path}.")


async def tell_methods(request: Request, error: Exception) -> Response:
    """Say which methods an address takes."""
    assert isinstance(error, HTTPException)
    allowed = {"Allow": ", ".join(sorted({*(error.headers or {}).get("Allow", "").split(", "), "OPTIONS"}))}
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=allowed)
    return problem(405, f"This address accepts {allowed['Allow']}.", allowed)
