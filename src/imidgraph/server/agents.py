"""The tools for agents at ``/mcp``: each request is answered by itself, in a lane, from the graph that the lookups ask.

Source: Model Context Protocol, specification of 2026-07-28, Streamable HTTP.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import TypeVar
from urllib.parse import urlsplit

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from imidgraph.errors import MissingExtra
from imidgraph.server.protocol import Refused, read_body, unless_gone
from imidgraph.server.serving import edition_of, in_lane
from imidgraph.sparql.results import Results, Triples

Answered = TypeVar("Answered")


async def answer(request: Request) -> Response:
    """Answer one message of an agent.

    Raises
    ------
    Refused
        Where a page of another origin asks, or the SDK is not installed.
    """
    _refuse_strangers(request)
    speaker = await to_thread.run_sync(_speaker)
    edition = edition_of(request)

    async def work(ask: Callable[[], Answered]) -> Answered:
        return await in_lane(request, ask)

    async def query(text: str, limit: int) -> Results | bool | Triples:
        return await edition.answers.values(text, request.client.host if request.client else "", limit, edition.timeout)

    free = query if request.app.state.editions.settings.agents_query else False
    server = speaker.create_server(lambda: edition.graph, free, work, edition.timeout)
    body = await read_body(request)
    status, headers, content = await unless_gone(request, speaker.exchange(server, request.scope, body))
    return Response(content, status, headers)


async def refuse(_: Request) -> Response:
    """Refuse what is not a message: the exchange is stateless, with no stream to open and no session to end."""
    raise HTTPException(405, headers={"Allow": "POST"})


def _speaker() -> ModuleType:
    """Import what speaks the protocol, when the first agent comes."""
    try:
        from imidgraph.mcp import server
    except ImportError as error:
        raise Refused(501, f"This server has no tools for agents. {MissingExtra('mcp', 'mcp')}") from error
    return server


def _refuse_strangers(request: Request) -> None:
    """Refuse what a page asks that was neither served here nor let in."""
    origin = request.headers.get("origin")
    allowed = request.app.state.editions.settings.origins
    if origin is None or {"*", origin} & set(allowed) or urlsplit(origin).netloc == request.headers.get("host"):
        return
    raise Refused(403, f"Pages of {origin[:100]!r} may not ask. Start the server with --cors to let them.")
