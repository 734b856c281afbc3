"""The lookups: the verbs of the graph below ``/api/``, each answer in the media type that the client accepts.

What lists statements is given page by page to who asks so, each page with a link to the next one (RFC 8288).
"""

from __future__ import annotations

import datetime
import hashlib
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
from imidgraph.server.answers import Written
from imidgraph.server.explorer.addresses import SUFFIXES
from imidgraph.server.negotiation import HTML, XLSX, NotAcceptable, negotiate
from imidgraph.server.serving import edition_of, in_lane
from imidgraph.server.sheets import workbook
from imidgraph.verbs import SEARCHES, VERBS, Parameter, Verb

WRITERS: dict[str, Callable[[Answer], str | bytes]] = {
    "application/json": Answer.to_json,
    "text/csv": pages.delimited.write_csv,
    "text/tab-separated-values": pages.delimited.write_tsv,
    XLSX: lambda answer: workbook(answer, answer.title),
    "text/markdown": Answer.markdown,
    "application/vnd.citationstyles.csl+json": lambda answer: write_json(answer.references),
    "application/x-bibtex": lambda answer: bibtex(answer.references),
    "application/x-research-info-systems": lambda answer: ris(answer.references),
}
"""How an answer is written, by media type; the first one where the client does not care."""
FILES = {suffix: media_type for suffix, media_type in SUFFIXES.items() if media_type in WRITERS}
"""The media types of an answer that can be downloaded, by the end of the address."""

PAGED = frozenset({"statements", "entity"})
"""The verbs that list statements, and give them page by page over HTTP."""
PAGE = {
    part.name: part
    for part in (
        Parameter("limit", "Maximum number of statements; omit it for all.", "integer", most=1000),
        Parameter("cursor", "Where to go on, as the Link header says.", "integer", most=1_000_000, least=0),
    )
}
"""The parameters of a page, by name."""


def path_of(verb: Verb) -> str:
    """Give the address of a verb.

    Examples
    --------
    >>> path_of(VERBS["entity"]), path_of(VERBS["search"])
    ('/api/entities/{name}', '/api/search')
    """
    return "/api/entities/{name}" if verb.name == "entity" else f"/api/{verb.name}"


async def _answer(verb: Verb, request: Request) -> Response:
    accept = request.headers.get("accept")
    media_type = negotiate(accept, (*WRITERS, HTML))
    if media_type is None:
        raise NotAcceptable(accept or "", (*WRITERS, HTML))
    return await _as(verb, request, media_type)


async def _download(verb: Verb, request: Request) -> Response:
    suffix = request.path_params["suffix"]
    if suffix not in FILES:
        raise protocol.Refused(404, f"No answer ends in .{suffix[:20]}. Use {', '.join(f'.{each}' for each in FILES)}.")
    return await _as(verb, request, FILES[suffix])


async def _as(verb: Verb, request: Request, media_type: str) -> Response:
    edition = edition_of(request)
    given = _given(verb, request)
    page = {name: part.read(given.pop(name)) for name, part in PAGE.items() if verb.name in PAGED and name in given}
    values = verb.read(given)
    bounds = {"timeout": edition.timeout} if verb.name in SEARCHES else {}

    def ask() -> Answer:
        answer = verb.ask(edition.graph, values, **bounds)
        return _cut(answer, **page) if page else answer

    def write() -> tuple[Written, bool]:
        answer = ask()
        body = WRITERS[media_type](answer)
        body = body.encode("utf-8", "replace") if isinstance(body, str) else body
        end = page.get("cursor", 0) + len(answer.rows) if page else 0
        following = end if (answer.limit or "").endswith(_more(end)) else 0
        return Written(body, answer.notice, answer.limit, following), not (bounds and answer.limit)  # time may not be up again

    if media_type == HTML:
        return edition.pages.lookup(request, await in_lane(request, ask))
    question = repr((datetime.date.today(), verb.name, values, page, media_type))
    asked = hashlib.sha256(question.encode("utf-8", "surrogatepass")).digest()
    written = edition.written.known(asked)
    if written is None:
        written = await in_lane(request, lambda: edition.written.get(asked, write))
    response = edition.answers.document(request, written.body, media_type)
    if written.notice:
        response.headers["X-Notice"] = written.notice
    if written.limit:
        response.headers["X-Imidgraph-Truncated"] = written.limit
    if written.following:
        others = [(name, value) for name, value in protocol.read_pairs(request) if name != "cursor"]
        response.headers["Link"] = f'<?{urlencode([*others, ("cursor", written.following)])}>; rel="next"'
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
    given: dict[str, Any] = {name: value for name, value in request.path_params.items() if name != "suffix"}
    for name, value in pairs:
        if name in several:
            given.setdefault(name, []).append(value)
        elif name in given:
            raise protocol.Refused(400, f"{name[:100]!r} is given twice. Give it once.")
        else:
            given[name] = value
    return given


ROUTES = [
    *(Route(f"{path_of(verb)}.{{suffix}}", partial(_download, verb)) for verb in VERBS.values() if verb.name != "entity"),
    *(Route(path_of(verb), partial(_answer, verb)) for verb in VERBS.values()),
]
"""The lookups, and what is downloaded of them; an entity is downloaded at its own address."""
