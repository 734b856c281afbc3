"""The application: its routes, and what every answer has in common."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from anyio import to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

import imidgraph
from imidgraph.errors import EntityNotFound, ImidgraphError, OntologyError, QueryNotFound, QueryTimeout, WorkerError
from imidgraph.prose.citations import NOT_ADVICE
from imidgraph.server import descriptions, protocol
from imidgraph.server.answers import Answers
from imidgraph.server.log import Logged
from imidgraph.server.negotiation import TRIPLES, NotAcceptable, negotiate
from imidgraph.server.openapi import openapi as describe_routes
from imidgraph.server.pages import Pages, prefers_page
from imidgraph.stores import LIMIT, TIMEOUT
from imidgraph.workers.pool import Busy, Pool

_NOTICE = "A summary of published sources, not medical advice."


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
    triples = len(graph)
    pool = Pool(settings.path, settings.workers, settings.waiting, settings.timeout)
    answers = Answers(pool, settings.limit, _fingerprint(settings.path, graph.version))
    pages = Pages(answers, graph.queries, graph.version or "", NOT_ADVICE)

    def described(request: Request, turtle: str) -> Response:
        accept = request.headers.get("accept")
        media_type = negotiate(accept, TRIPLES)
        if media_type is None:
            raise NotAcceptable(accept or "", TRIPLES)
        return answers.document(request, descriptions.translate(turtle, media_type), media_type)

    def listed(request: Request, content: object) -> Response:
        return answers.document(request, bytes(JSONResponse(content).body), "application/json")

    async def home(request: Request) -> Response:
        return pages.home(request)

    async def sparql(request: Request) -> Response:
        if request.method != "POST" and not request.scope["query_string"]:
            if prefers_page(request):
                return pages.home(request)
            return described(request, descriptions.service_description(_endpoint(request)))
        operation = await protocol.read_operation(request)
        return await (pages if prefers_page(request) else answers).answer(request, operation)

    async def named_query(request: Request) -> Response:
        query = graph.queries[request.path_params["name"]]
        parameters = protocol.read_parameters(request)
        as_page = prefers_page(request)
        if as_page:  # a form sends what was not filled in too
            parameters = {name: value for name, value in parameters.items() if value}
        values = await to_thread.run_sync(graph.names.resolve, query, parameters)
        text = query.bind(values)
        if as_page:
            return await pages.answer(request, protocol.Operation(text), query, parameters)
        response = await answers.table(request, text)
        response.headers["X-Notice"] = _NOTICE
        return response

    async def query_list(request: Request) -> Response:
        if prefers_page(request):
            return pages.home(request)
        return listed(request, descriptions.query_list(graph.queries))

    async def health(_: Request) -> Response:
        try:
            await answers.works()
        except ImidgraphError as error:
            return JSONResponse({"status": "failing", "reason": str(error)}, status_code=503, headers={"Retry-After": "1"})
        return JSONResponse({"status": "ok", "triples": triples, "version": graph.version})

    async def version(request: Request) -> Response:
        return listed(request, {"graph": graph.version, "package": imidgraph.__version__})

    @cache
    def partition() -> list[tuple[str, int]]:
        return graph.select(descriptions.PARTITION).rows

    async def void(request: Request) -> Response:
        classes = await to_thread.run_sync(partition)
        return described(request, descriptions.void_description(_endpoint(request), graph.version, triples, classes))

    async def catalog(request: Request) -> Response:
        return described(request, descriptions.catalog_description(graph.queries))

    async def openapi(request: Request) -> Response:
        return listed(request, describe_routes(graph.queries, imidgraph.__version__))

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await pool.start()
        yield
        await pool.close()
        graph.close()

    async def refuse(request: Request, error: Exception) -> Response:
        status, headers = _refusal(error)
        if prefers_page(request):
            return pages.refusal(request, error, status, headers)
        return PlainTextResponse(f"{error}\n", status_code=status, headers=headers)

    routes = [
        Route("/sparql", sparql, methods=["GET", "POST"]),
        Route("/", home),
        Route("/queries", query_list),
        Route("/queries/{name}", named_query),
        Route("/health", health),
        Route("/version", version),
        Route("/void", void),
        Route("/.well-known/void", void),
        Route("/catalog", catalog),
        Route("/openapi.json", openapi),
    ]
    exposed = ["ETag", "Retry-After", "X-Imidgraph-Truncated", "X-Notice"]
    middleware = [
        Middleware(Logged),
        Middleware(
            CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "POST"], allow_headers=["*"], expose_headers=exposed
        ),
    ]
    handlers = {ImidgraphError: refuse, 404: _tell_way, 405: _tell_methods}
    return Starlette(routes=routes, middleware=middleware, lifespan=lifespan, exception_handlers=handlers)


def _refusal(error: Exception) -> tuple[int, dict[str, str]]:
    """Give the status that says what is wrong, and its headers."""
    if isinstance(error, QueryNotFound | EntityNotFound):
        return 404, {}
    if isinstance(error, NotAcceptable):
        return 406, {}
    if isinstance(error, QueryTimeout):
        return 504, {}
    if isinstance(error, Busy | OntologyError | WorkerError):
        return 503, {"Retry-After": "1"}
    return (error.status if isinstance(error, protocol.Refused) else 400), {}


async def _tell_way(request: Request, _: Exception) -> Response:
    return PlainTextResponse(f"Nothing is at this address. Start at {request.base_url.path}.\n", status_code=404)


async def _tell_methods(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    allowed = {"Allow": ", ".join(sorted({*(error.headers or {}).get("Allow", "").split(", "), "OPTIONS"}))}
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=allowed)
    return PlainTextResponse(f"This address takes {allowed['Allow']}.\n", status_code=405, headers=allowed)


def _endpoint(request: Request) -> str:
    return f"{request.base_url}sparql"


def _fingerprint(path: Path, version: str | None) -> str:
    file = path / "CURRENT" if path.is_dir() else path
    return f"{version or 'unknown'}-{hashlib.sha256(file.read_bytes()).hexdigest()[:12]}"
