"""Refusals: what a client is told where there is no answer."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from imidgraph.errors import EntityNotFound, OntologyError, QueryNotFound, QueryTimeout, WorkerError
from imidgraph.server.negotiation import NotAcceptable
from imidgraph.server.pages import prefers_page
from imidgraph.server.protocol import Gone, Refused
from imidgraph.server.serving import edition_of
from imidgraph.workers.pool import Busy

_GONE = 499  # nobody reads it; the log does


async def refuse(request: Request, error: Exception) -> Response:
    """Say what is wrong, in a page to a browser, else in a line of text."""
    if isinstance(error, Gone):
        return Response(status_code=_GONE)
    status, headers = refusal(error)
    if prefers_page(request):
        return edition_of(request).pages.refusal(request, error, status, headers)
    return PlainTextResponse(f"{error}\n", status_code=status, headers=headers)


def refusal(error: Exception) -> tuple[int, dict[str, str]]:
    """Give the status that says what is wrong, and its headers.

    Examples
    --------
    >>> refusal(QueryTimeout(5))
    (504, {})
    """
    if isinstance(error, QueryNotFound | EntityNotFound):
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
    return PlainTextResponse(f"Nothing is at this address. Start at {request.base_url.path}.\n", status_code=404)


async def tell_methods(request: Request, error: Exception) -> Response:
    """Say which methods an address takes."""
    assert isinstance(error, HTTPException)
    allowed = {"Allow": ", ".join(sorted({*(error.headers or {}).get("Allow", "").split(", "), "OPTIONS"}))}
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=allowed)
    return PlainTextResponse(f"This address takes {allowed['Allow']}.\n", status_code=405, headers=allowed)
