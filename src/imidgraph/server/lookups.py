"""The lookups: the verbs of the graph below ``/api/``, each answer in the media type that the client accepts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from imidgraph import pages
from imidgraph.answers import Answer, write_json
from imidgraph.prose.references import bibtex, ris
from imidgraph.server import protocol
from imidgraph.server.negotiation import HTML, NotAcceptable, negotiate
from imidgraph.server.serving import edition_of, in_lane
from imidgraph.verbs import SEARCHES, VERBS, Verb

WRITERS: dict[str, Callable[[Answer], str]] = {
    "application/json": Answer.to_json,
    "text/csv": pages.delimited.write_csv,
    "text/tab-separated-values": pages.delimited.write_tsv,
    "text/markdown": Answer.markdown,
    "application/vnd.citationstyles.csl+json": lambda answer: write_json(answer.references),
    "application/x-bibtex": lambda answer: bibtex(answer.references),
    "application/x-research-info-systems": lambda answer: ris(answer.references),
}
"""How an answer is written, by media type; the first one where the client does not care."""


def path_of(verb: Verb) -> str:
    """Give the address of a verb.

    Examples
    --------
    >>> path_of(VERBS["entity"]), path_of(VERBS["search"])
    ('/api/entities/{name}', '/api/search')
    """
    return "/api/entities/{name}" if verb.name == "entity" else f"/api/{verb.name}"


async def _answer(verb: Verb, request: Request) -> Response:
    edition = edition_of(request)
    accept = request.headers.get("accept")
    media_type = negotiate(accept, (*WRITERS, HTML))
    if media_type is None:
        raise NotAcceptable(accept or "", (*WRITERS, HTML))
    values = verb.read(_given(verb, request))
    bounds = {"timeout": edition.timeout} if verb.name in SEARCHES else {}

    def write() -> tuple[Answer, str]:
        answer = verb.ask(edition.graph, values, **bounds)
        return answer, "" if media_type == HTML else WRITERS[media_type](answer)

    answer, text = await in_lane(request, write)
    if media_type == HTML:
        return edition.pages.lookup(request, answer)
    response = edition.answers.document(request, text.encode("utf-8", "replace"), media_type)
    if answer.notice:
        response.headers["X-Notice"] = answer.notice
    if answer.limit:
        response.headers["X-Imidgraph-Truncated"] = answer.limit
    return response


def _given(verb: Verb, request: Request) -> dict[str, Any]:
    """Read the parameters out of the address: one that takes several texts can be given several times."""
    pairs = protocol.read_pairs(request)
    several = {parameter.name for parameter in verb.parameters if parameter.kind == "texts"}
    given: dict[str, Any] = dict(request.path_params)
    for name, value in pairs:
        if name in several:
            given.setdefault(name, []).append(value)
        elif name in given:
            raise protocol.Refused(400, f"{name[:100]!r} is given twice. Give it once.")
        else:
            given[name] = value
    return given


ROUTES = [Route(path_of(verb), partial(_answer, verb)) for verb in VERBS.values()]
