"""What the server says about itself: its home, its health, its versions, and what describes it."""

from __future__ import annotations

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

import imidgraph
from imidgraph.errors import ImidgraphError
from imidgraph.server import descriptions
from imidgraph.server.answers import Written
from imidgraph.server.explorer import routes as explorer
from imidgraph.server.metrics import MEDIA_TYPE
from imidgraph.server.negotiation import HTML, TRIPLES, negotiate
from imidgraph.server.openapi import openapi as describe_routes
from imidgraph.server.protocol import endpoint_of
from imidgraph.server.serving import edition_of


async def home(request: Request) -> Response:
    """Show where to start; to a client that asks for data, describe the data set."""
    return await (void(request) if prefers_data(request) else explorer.home(request))


async def health(request: Request) -> Response:
    """Let a worker answer a real query."""
    edition = edition_of(request)
    try:
        await edition.answers.works()
    except ImidgraphError as error:
        return JSONResponse({"status": "failing", "reason": str(error)}, status_code=503, headers={"Retry-After": "1"})
    return JSONResponse({"status": "ok", "triples": edition.triples, "version": edition.version})


async def metrics(request: Request) -> Response:
    """Give what was counted, to what watches servers."""
    edition = edition_of(request)
    states = {
        f'imidgraph_info{{version="{edition.version or ""}",package="{imidgraph.__version__}"}}': 1,
        "imidgraph_triples": edition.triples,
    }
    lines = request.app.state.metrics.lines(states)
    return Response("\n".join((*lines, "")), media_type=MEDIA_TYPE)


async def version(request: Request) -> Response:
    """Give the versions of the graph and of the package."""
    edition = edition_of(request)
    return edition.answers.listed(request, {"graph": edition.version, "package": imidgraph.__version__})


async def void(request: Request) -> Response:
    """Describe the data set."""
    edition = edition_of(request)
    classes = await to_thread.run_sync(edition.classes)
    turtle = descriptions.void_description(endpoint_of(request), edition.version, edition.triples, classes)
    return edition.answers.described(request, turtle)


async def catalog(request: Request) -> Response:
    """Describe the named queries."""
    edition = edition_of(request)
    return edition.answers.described(request, descriptions.catalog_description(edition.graph.queries))


async def openapi(request: Request) -> Response:
    """Describe the routes."""
    edition = edition_of(request)

    def write() -> tuple[Written, bool]:
        return Written(bytes(JSONResponse(describe_routes(edition.graph, imidgraph.__version__)).body)), True

    written = await to_thread.run_sync(edition.written.get, "openapi", write)
    return edition.answers.document(request, written.body, "application/json")


def prefers_data(request: Request) -> bool:
    """Tell whether a client would rather have RDF than a page, as readers of linked data do."""
    return negotiate(request.headers.get("accept"), (HTML, *TRIPLES)) in TRIPLES
