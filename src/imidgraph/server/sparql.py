"""The SPARQL endpoint: free queries, the description of the service, the editor and what it completes."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from imidgraph.server import descriptions, editor, protocol, triples
from imidgraph.server.negotiation import GRAPHS, TABLES, TRIPLES, XLSX, NotAcceptable
from imidgraph.server.pages import prefers_page
from imidgraph.server.protocol import Operation, endpoint_of
from imidgraph.server.serving import edition_of, in_lane

_PICTURES = {"svg": "image/svg+xml", "cyjs": "application/json"}


async def answer(request: Request) -> Response:
    """Answer a query in the lane of free queries, or describe the service where there is none."""
    edition = edition_of(request)
    if request.method != "POST" and not request.scope["query_string"]:
        if prefers_page(request):
            return edition.pages.editor(request)
        return edition.answers.described(request, descriptions.service_description(endpoint_of(request)))
    operation = await protocol.read_operation(request)
    return await (edition.pages if prefers_page(request) else edition.answers).answer(request, operation)


async def download(request: Request) -> Response:
    """Answer a query in the form that the end of the address asks for."""
    suffix = request.path_params["suffix"]
    if suffix not in TABLES | GRAPHS | _PICTURES:
        known = ", ".join(f".{each}" for each in (*TABLES, *GRAPHS, *_PICTURES))
        raise protocol.Refused(404, f"No answer ends in .{suffix[:20]}. Use {known}.")
    answers, operation = edition_of(request).answers, await protocol.read_operation(request)
    if suffix in _PICTURES:
        return await _drawn(request, operation, suffix)
    media_type = (TABLES | GRAPHS)[suffix]
    if media_type == XLSX:
        return await answers.workbook(request, operation, "The answer of a SPARQL query", free=True)
    return await answers.answer_as(request, operation, media_type)


async def _drawn(request: Request, operation: Operation, suffix: str) -> Response:
    """Draw the triples of an answer, or give them as the elements of a network."""
    answers = edition_of(request).answers
    message, body = await answers.ask(request, operation, None, TRIPLES[0], free=True)
    if message["kind"] == "unacceptable":
        raise NotAcceptable(_PICTURES[suffix], ("a CONSTRUCT query",))
    found = triples.read(body)
    names = await triples.named(answers, request, found)
    if suffix == "cyjs":
        return answers.document(request, triples.elements(found, names, request.base_url.path).encode(), _PICTURES[suffix])
    picture = triples.picture(found, names)
    if picture is None:
        raise protocol.Refused(
            400, f"A picture holds 1 to {triples.MOST_DRAWN} triples that join two things. Narrow the query down."
        )
    response = answers.document(request, await in_lane(request, picture.render), _PICTURES[suffix])
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return response


async def terms(request: Request) -> Response:
    """Give what the editor completes: the prefixes, and the classes and properties of the graph."""
    edition = edition_of(request)
    return edition.answers.listed(request, await in_lane(request, lambda: editor.terms(edition.graph)))
