"""The application: its routes, and what every answer has in common."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect
from starlette.routing import Mount, Route

from imidgraph.errors import ImidgraphError
from imidgraph.server import about, agents, lookups, queries, refusals, sparql
from imidgraph.server.edition import Editions
from imidgraph.server.explorer import routes as explorer
from imidgraph.server.log import QUERY, Logged
from imidgraph.server.metrics import Metrics
from imidgraph.server.policy import Policy
from imidgraph.server.settings import Settings

_EXPOSED = ["ETag", "Link", "Retry-After", "X-Imidgraph-Truncated", "X-Notice"]
_ROUTES: list[Route | Mount] = [
    Route("/", about.home),
    Route("/sparql", sparql.answer, methods=["GET", "POST"]),
    Route("/sparql/terms", sparql.terms),
    Route("/sparql.{suffix}", sparql.download),
    Route("/mcp", agents.answer, methods=["POST"]),
    Route("/mcp", agents.refuse, methods=["GET", "PUT", "DELETE"]),
    Route("/queries", queries.listed),
    Route(QUERY, queries.answer),
    Route("/health", about.health),
    Route("/ready", about.health),
    Route("/metrics", about.metrics),
    Route("/version", about.version),
    Route("/void", about.void),
    Route("/.well-known/void", about.void),
    Route("/catalog", about.catalog),
    Route("/openapi.json", about.openapi),
    *lookups.ROUTES,
    *explorer.ROUTES,
    *explorer.THINGS,
]
_PATTERNS: dict[object, str] = {
    route.endpoint if isinstance(route, Route) else route.app: route.path for route in reversed(_ROUTES)
}
_PATTERNS[explorer.at] = "/{name}"


def create_app(settings: Settings) -> Starlette:
    """Create the application that serves a graph.

    Parameters
    ----------
    settings : Settings
        What to serve, and within which limits.

    Returns
    -------
    starlette.applications.Starlette
        An ASGI application.

    Raises
    ------
    OntologyError
        Where there is no graph, or one that cannot be read.
    """
    editions = Editions(settings)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with editions.running():
            yield

    metrics = Metrics()
    middleware = [Middleware(Logged, metrics=metrics, routes=_PATTERNS), Middleware(Policy, settings=settings)]
    if settings.origins:
        cors = Middleware(
            CORSMiddleware,
            allow_origins=list(settings.origins),
            allow_methods=["GET", "POST"],
            allow_headers=["*"],
            expose_headers=_EXPOSED,
        )
        middleware.append(cors)
    handlers = {
        ImidgraphError: refusals.refuse,
        ClientDisconnect: refusals.let_go,
        404: refusals.tell_way,
        405: explorer.refuse_method,
    }
    app = Starlette(routes=_ROUTES, middleware=middleware, lifespan=lifespan, exception_handlers=handlers)
    app.state.editions = editions
    app.state.metrics = metrics
    return app
