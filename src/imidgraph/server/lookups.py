"""The lookups: the verbs of the graph below ``/api/``, each answer in the media type that the client accepts.

What lists statements is given page by page to who asks so, each page with a link to the next one (RFC 8288).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from imidgraph import pages
from imidgraph.answers import Answer, Listing, write_json
from imidgraph.errors import QueryError
from imidgraph.prose.references import bibtex, ris
from imidgraph.server import protocol
from imidgraph.server.negotiation import HTML, NotAcceptable, negotiate
from imidgraph.server.serving import edition_of, in_lane
from imidgraph.verbs import SEARCHES, VERBS, Parameter, Verb

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

_PAGED = frozenset({"statements", "entity"})
_PAGE = {
    part.name: part
    for part in (
        Parameter("limit", "Maximum number of statements; omit it for all.", "integer", most=1000),
        Parameter("cursor", "Where to go on, as the Link header says.", "integer", most=1_000_000, least=0),
    )
}


def parameters_of(verb: Verb) -> tuple[Parameter, ...]:
    """Give the parameters of a verb over HTTP: what lists statements has those of a page too."""
    return (*verb.parameters, *_PAGE.values()) if verb.name in _PAGED else verb.parameters


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
    given = _given(verb, request)
    page = {name: part.read(given.pop(name)) for name, part in _PAGE.items() if verb.name in _PAGED and name in given}
    values = verb.read(given)
    bounds = {"timeout": edition.timeout} if verb.name in SEARCHES else {}

    def write() -> tuple[Answer, str]:
        answer = verb.ask(edition.graph, values, **bounds)
        if page:
            answer = _cut(answer, **page)
        return answer, "" if media_type == HTML else WRITERS[media_type](answer)

    answer, text = await in_lane(request, write)
    if media_type == HTML:
        return edition.pages.lookup(request, answer)
    response = edition.answers.document(request, text.encode("utf-8", "replace"), media_type)
    if answer.notice:
        response.headers["X-Notice"] = answer.notice
    if answer.limit:
        response.headers["X-Imidgraph-Truncated"] = answer.limit
    following = page.get("cursor", 0) + len(answer.rows) if page else 0
    if (answer.limit or "").endswith(_more(following)):
        others = [(name, value) for name, value in protocol.read_pairs(request) if name != "cursor"]
        response.headers["Link"] = f'<?{urlencode([*others, ("cursor", following)])}>; rel="next"'
    return response


def _cut(answer: Answer, limit: int | None = None, cursor: int = 0) -> Answer:
    """Give a page of the statements that an answer lists; it says which they are, and whether more follow.

    Raises
    ------
    QueryError
        Where it lists none, or fewer.
    """
    if not isinstance(answer, Listing):
        raise QueryError("limit and cursor need a section. Name one, such as section=approvals.")
    if cursor and cursor >= len(answer):
        raise QueryError(f"cursor must be less than {len(answer)}, the number of statements, not {cursor}.")
    items = answer.items[cursor : None if limit is None else cursor + limit]
    if len(items) == len(answer):
        return answer
    end = cursor + len(items)
    told = f"statements {cursor + 1} to {end} of {len(answer)}"
    return replace(answer, items=items, limit=told if end == len(answer) else told + _more(end))


def _more(cursor: int) -> str:
    return f"; get the rest with cursor={cursor}"


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
