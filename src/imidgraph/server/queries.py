"""The named queries: their list, and each with its parameters."""

from __future__ import annotations

from functools import partial

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from imidgraph.server import descriptions, protocol
from imidgraph.server.explorer import routes as explorer
from imidgraph.server.negotiation import TABLES, XLSX
from imidgraph.server.pages import prefers_page
from imidgraph.server.serving import edition_of
from imidgraph.server.tables import Choice

_NOTICE = "A summary of published sources, not medical advice."


async def listed(request: Request) -> Response:
    """List the named queries."""
    edition = edition_of(request)
    if prefers_page(request):
        return await explorer.catalog(request)
    return edition.answers.listed(request, descriptions.query_list(edition.graph.queries))


async def answer(request: Request) -> Response:
    """Run a named query, in the lane that free queries cannot fill."""
    edition = edition_of(request)
    name, _, suffix = request.path_params["name"].partition(".")
    if suffix and suffix not in TABLES:
        raise protocol.Refused(404, f"No table ends in .{suffix[:20]}. Use {', '.join(f'.{each}' for each in TABLES)}.")
    query = edition.graph.queries[name]
    parameters = protocol.read_parameters(request)
    as_page = not suffix and prefers_page(request)
    if as_page:  # a form sends what was not filled in too
        parameters = {name: value for name, value in Choice.rest(parameters).items() if value}
    text = await to_thread.run_sync(partial(edition.graph.query_text, query.name, **parameters))
    if as_page:
        return await edition.pages.answer(request, protocol.Operation(text), query, parameters)
    if TABLES.get(suffix) == XLSX:
        response = await edition.answers.workbook(request, protocol.Operation(text), query.summary, free=False)
    else:
        response = await edition.answers.table(request, text, TABLES.get(suffix))
    response.headers["X-Notice"] = _NOTICE
    return response
