"""The application: its routes, and what every answer has in common."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import imidgraph
from imidgraph.errors import EntityNotFound, ImidgraphError, QueryError, QueryNotFound, QueryTimeout
from imidgraph.server import descriptions, protocol
from imidgraph.server.negotiation import CHOICES, NotAcceptable, negotiate
from imidgraph.server.pool import Busy, Pool
from imidgraph.stores.worker import LIMIT, TIMEOUT

_LOG = logging.getLogger("imidgraph.server")
_NOT_ADVICE = "A summary of published sources, not medical advice."


@dataclass(frozen=True)
class Settings:
    """How an endpoint is run.

    Parameters
    ----------
    path : Path
        The RDF file or disk store that it serves.
    workers : int
        How many queries are answered at once.
    waiting : int
        How many more may wait.
    timeout : float
        Seconds that a query may take.
    limit : int
        Rows that an answer may have.
    """

    path: Path
    workers: int = 2
    waiting: int = 32
    timeout: float = TIMEOUT
    limit: int = 10 * LIMIT


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
    """
    graph = imidgraph.load(settings.path)
    pool = Pool(settings.path, settings.workers, settings.waiting, settings.timeout, settings.limit)
    etag = f'"{_fingerprint(settings.path, graph.version)}"'

    async def sparql(request: Request) -> Response:
        if request.method == "GET" and not request.url.query:
            return _turtle(descriptions.service_description(_endpoint(request)))
        return await protocol.answer(request, pool)

    async def named_query(request: Request) -> Response:
        name = request.path_params["name"]
        parameters = dict(request.query_params)
        if len(parameters) != len(request.query_params.multi_items()):
            raise QueryError("A parameter is given twice. Give each parameter once.")
        query = graph.queries[name]
        media_type = negotiate(request.headers.get("accept"), CHOICES["SELECT"])
        body, _ = await pool.answer(query.bind(graph.lookup.names.resolve(query, parameters)), media_type)
        return Response(body, media_type=media_type, headers={"Vary": "Accept", "X-Notice": _NOT_ADVICE})

    async def query_list(_: Request) -> Response:
        listed = [
            {"name": query.name, "topic": query.topic, "summary": query.summary, "parameters": sorted(query.params)}
            for query in graph.queries.values()
        ]
        return JSONResponse(listed)

    async def health(_: Request) -> Response:
        try:
            await pool.answer("ASK { ?s ?p ?o }", "application/sparql-results+json")
        except ImidgraphError as error:
            return JSONResponse({"status": "failing", "reason": str(error)}, status_code=503, headers={"Retry-After": "1"})
        return JSONResponse({"status": "ok", "triples": triples, "version": graph.version})

    async def version(_: Request) -> Response:
        return JSONResponse({"graph": graph.version, "package": imidgraph.__version__})

    async def void(request: Request) -> Response:
        partition = graph.select(descriptions.PARTITION)
        return _turtle(descriptions.void_description(_endpoint(request), graph.version, triples, partition))

    async def catalogue(_: Request) -> Response:
        return _turtle(descriptions.catalogue_description(graph.queries))

    async def openapi(_: Request) -> Response:
        return JSONResponse(descriptions.openapi(graph.queries, imidgraph.__version__))

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await pool.start()
        yield
        await pool.close()
        graph.close()

    triples = len(graph)
    routes = [
        Route("/sparql", sparql, methods=["GET", "POST"]),
        Route("/queries", query_list),
        Route("/queries/{name}", named_query),
        Route("/health", health),
        Route("/version", version),
        Route("/void", void),
        Route("/.well-known/void", void),
        Route("/catalogue", catalogue),
        Route("/openapi.json", openapi),
    ]
    middleware = [
        Middleware(_Logged),
        Middleware(
            CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "POST"], expose_headers=["ETag", "X-Imidgraph-Truncated"]
        ),
        Middleware(GZipMiddleware, minimum_size=1024),
        Middleware(_Versioned, etag=etag),
    ]
    return Starlette(routes=routes, middleware=middleware, lifespan=lifespan, exception_handlers={ImidgraphError: _refuse})


async def _refuse(_: Request, error: Exception) -> Response:
    status, headers = 400, {}
    if isinstance(error, QueryNotFound | EntityNotFound):
        status = 404
    elif isinstance(error, NotAcceptable):
        status = 406
    elif isinstance(error, QueryTimeout):
        status = 504
    elif isinstance(error, Busy):
        status, headers = 503, {"Retry-After": str(error.retry_after)}
    elif isinstance(error, protocol.Refused):
        status = error.status
    return PlainTextResponse(f"{error}\n", status_code=status, headers=headers)


def _endpoint(request: Request) -> str:
    return str(request.url.replace(path="/sparql", query="", fragment=""))


def _turtle(text: str) -> Response:
    return Response(text, media_type="text/turtle")


def _fingerprint(path: Path, version: str | None) -> str:
    file = path / "CURRENT" if path.is_dir() else path
    return f"{version or 'unknown'}-{hashlib.sha256(file.read_bytes()).hexdigest()[:12]}"


class _Versioned:
    """Gives each answer to a GET the version of the graph as its ETag, and answers 304 to who has that version."""

    def __init__(self, app: ASGIApp, etag: str) -> None:
        self._app = app
        self._etag = etag

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] == "/health":
            await self._app(scope, receive, send)
            return
        known = dict(scope["headers"]).get(b"if-none-match", b"").decode("latin-1")
        if self._etag in [tag.strip().removeprefix("W/") for tag in known.split(",")]:
            await Response(status_code=304, headers={"ETag": self._etag, "Vary": "Accept"})(scope, receive, send)
            return

        async def send_versioned(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                message["headers"] = [*message["headers"], (b"etag", self._etag.encode())]
            await send(message)

        await self._app(scope, receive, send_versioned)


class _Logged:
    """Writes one line of JSON for each request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start = time.perf_counter()
        status = 500

        async def send_seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_seen)
        finally:
            elapsed = round((time.perf_counter() - start) * 1000, 1)
            line = {"method": scope["method"], "path": scope["path"], "status": status, "ms": elapsed}
            _LOG.info(json.dumps(line))
