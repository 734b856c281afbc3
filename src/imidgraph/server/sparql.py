"""The SPARQL endpoint: free queries, and the description of the service."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from imidgraph.server import descriptions, protocol
from imidgraph.server.pages import prefers_page
from imidgraph.server.protocol import endpoint_of
from imidgraph.server.serving import edition_of


async def answer(request: Request) -> Response:
    """Answer a query in the lane of free queries, or describe the service where there is none."""
    edition = edition_of(request)
    if request.method != "POST" and not request.scope["query_string"]:
        if prefers_page(request):
            return edition.pages.editor(request)
        return edition.answers.described(request, descriptions.service_description(endpoint_of(request)))
    operation = await protocol.read_operation(request)
    return await (edition.pages if prefers_page(request) else edition.answers).answer(request, operation)
