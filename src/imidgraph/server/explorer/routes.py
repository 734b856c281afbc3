"""Routes: the pages, and what the graph holds at the address of each of its IRIs, as a page or as data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from imidgraph.answers import Answer, write_json
from imidgraph.errors import EntityNotFound
from imidgraph.graph import KnowledgeGraph
from imidgraph.knowledge.lookups import Statements
from imidgraph.model import Source
from imidgraph.namespaces import IMID, compress, local_name
from imidgraph.pages.delimited import write_csv
from imidgraph.prose import NOT_ADVICE, references
from imidgraph.server import refusals
from imidgraph.server.explorer import home as start
from imidgraph.server.explorer import views
from imidgraph.server.explorer.addresses import SUFFIXES, address, named
from imidgraph.server.explorer.cards import CARDS
from imidgraph.server.explorer.things import Kind, Thing
from imidgraph.server.explorer.view import View
from imidgraph.server.negotiation import HTML, TRIPLES, XLSX, NotAcceptable, negotiate
from imidgraph.server.protocol import read_pairs
from imidgraph.server.serving import edition_of, in_lane
from imidgraph.server.sheets import workbook

Make = Callable[[KnowledgeGraph], View]

_STATIC = Path(__file__).parent.parent / "static"
_CSV, _JSON, _BIBTEX, _RIS = (SUFFIXES[name] for name in ("csv", "json", "bib", "ris"))
_LICENSE = "https://creativecommons.org/licenses/by/4.0/"
_CITED = {Kind.SOURCE, Kind.ENTITY, Kind.STATEMENT}  # what has references for a citation manager
_MOST_WORDS = 100  # of an address that leads nowhere, for which something like it is searched
_DESCRIBED = """CONSTRUCT {{ <{iri}> ?property ?value . ?passage ?said ?what }} WHERE {{
    {{ <{iri}> ?property ?value }} UNION {{ <{iri}> imid:evidence ?passage . ?passage ?said ?what }}
}}"""


async def _page(request: Request, make: Make, links: dict[str, str] | None = None) -> Response:
    edition = edition_of(request)
    place = request.base_url.path, request.url.path, request.url.query
    text = edition.pages.known(*place)
    if text is None:
        text = await in_lane(request, lambda: edition.pages.text(lambda: make(edition.graph), *place, links))
    return edition.pages.respond(request, text)


def _several(request: Request, name: str) -> list[str]:
    return [value.strip() for key, value in read_pairs(request) if key == name]


def _one(request: Request, name: str) -> str:
    return next(iter(_several(request, name)), "")


async def home(request: Request) -> Response:
    """Show where to start."""
    return await _page(request, start.home)


async def search(request: Request) -> Response:
    """Show what some words may mean."""
    words = _one(request, "q")
    return await _page(request, lambda graph: views.search(graph, words))


async def compare(request: Request) -> Response:
    """Set drugs side by side."""
    drugs = _several(request, "drugs")
    return await _page(request, lambda graph: views.compare(graph, drugs))


async def explain(request: Request) -> Response:
    """Show how one thing affects another."""
    start, end = _one(request, "start"), _one(request, "end")
    return await _page(request, lambda graph: views.explain(graph, start, end))


async def why(request: Request) -> Response:
    """Show the reasons for one drug over another."""
    asked = [_one(request, name) for name in ("drug", "over", "disease")]
    return await _page(request, lambda graph: views.why(graph, *asked))


async def around(request: Request) -> Response:
    """Show what lies around an entity, or how two of them are linked."""
    asked = [_one(request, name) for name in ("center", "start", "end")]
    return await _page(request, lambda graph: views.around(graph, *asked))


async def about(request: Request) -> Response:
    """Show what the graph covers, and how sure it is."""
    return await _page(request, views.about)


async def catalog(request: Request) -> Response:
    """Show the named queries."""
    return await _page(request, views.catalog)


async def picture(request: Request) -> Response:
    """Draw an explanation, a neighborhood or paths, or give them as the elements of a network."""
    edition = edition_of(request)
    given = {name: _one(request, name) for name in ("start", "end", "center")}
    what, _, suffix = request.path_params["what"].rpartition(".")
    make = {
        "svg": lambda: views.picture(edition.graph, what, given),
        "cyjs": lambda: views.network(edition.graph, what, given, request.base_url.path),
    }.get(suffix)
    drawn = await in_lane(request, make) if make else None
    if drawn is None:
        raise EntityNotFound(request.path_params["what"], ())
    response = edition.answers.document(request, drawn, "image/svg+xml" if suffix == "svg" else _JSON)
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return response


async def refuse_method(request: Request, error: Exception) -> Response:
    """Say which methods an address takes, or that nothing is there: any name matches the address of a thing."""
    edition, iri = edition_of(request), _named(request)[0]
    if request.scope.get("endpoint") is at and await in_lane(request, lambda: edition.thing(iri)) is None:
        return await refusals.tell_way(request, error)
    return await refusals.tell_methods(request, error)


def _named(request: Request) -> tuple[str, str]:
    return named(request.scope["path"].removeprefix(request.scope.get("root_path", "")).lstrip("/"))


async def at(request: Request) -> Response:
    """Answer at the address of an IRI of the graph: with a page, or with data where the client prefers it."""
    edition = edition_of(request)
    iri, suffix = _named(request)
    found = edition.known(iri) or await in_lane(request, lambda: edition.thing(iri))
    if found is None:
        raise await in_lane(request, lambda: _not_found(edition.graph, iri))
    offered = _offered(found)
    accept = request.headers.get("accept")
    media_type = SUFFIXES[suffix] if suffix else negotiate(accept, offered)
    if media_type is None or media_type not in offered:
        raise NotAcceptable(accept or "", offered)
    place = address(iri, request.base_url.path)
    links = {name: f"{place}.{name}" for name, kind in SUFFIXES.items() if kind in offered and kind != HTML}
    response = await _as(request, found, media_type, links)
    if not suffix:
        response.headers["Content-Location"] = f"{place}.{next(name for name, kind in SUFFIXES.items() if kind == media_type)}"
    others = {name: link for name, link in links.items() if SUFFIXES[name] != media_type}
    if media_type != HTML:
        others["html"] = f"{place}.html"
    response.headers["Link"] = ", ".join(_links(iri, others, "describedby" if media_type == HTML else "alternate"))
    response.headers["Vary"] = "Accept, Accept-Encoding"
    return response


def _not_found(graph: KnowledgeGraph, iri: str) -> EntityNotFound:
    """Say that nothing is at an address, and what may have been meant."""
    name = local_name(iri) if iri.startswith(IMID) else compress(iri)
    words = re.sub(r"[-_+]+", " ", name)[:_MOST_WORDS]
    return EntityNotFound(name, list(dict.fromkeys(match.entity.label for match in graph.search(words, limit=3))))


def _links(iri: str, others: dict[str, str], relation: str) -> Iterator[str]:
    yield f'<{iri}>; rel="cite-as"'
    yield f'<{_LICENSE}>; rel="license"'
    yield from (f'<{link}>; rel="{relation}"; type="{SUFFIXES[name]}"' for name, link in others.items())


def _offered(found: Thing) -> tuple[str, ...]:
    tables = (_CSV, XLSX) if found.kind in {Kind.ENTITY, Kind.SOURCE} else ()
    return (HTML, *TRIPLES, _JSON, *tables, *((_BIBTEX, _RIS) if found.kind in _CITED else ()))


async def _as(request: Request, found: Thing, media_type: str, links: dict[str, str]) -> Response:
    edition = edition_of(request)
    if media_type in TRIPLES:
        return await edition.answers.graph(request, _DESCRIBED.format(iri=found.iri), media_type)
    if media_type == HTML and found.kind is Kind.EVIDENCE:
        items = await in_lane(request, lambda: edition.graph.reader.having(found.iri))
        owner = address(items[0].iri, request.base_url.path) if items else request.base_url.path
        return RedirectResponse(f"{owner}#{found.iri.rpartition('/')[2]}", 303)
    if media_type == HTML:
        section = _one(request, "section")
        if found.kind is Kind.ENTITY and section:
            return await _page(request, lambda graph: CARDS[Kind.ENTITY](graph, found, section), links)  # type: ignore[call-arg]
        return await _page(request, lambda graph: CARDS[found.kind](graph, found), links)
    if media_type in {_CSV, XLSX}:
        section = _one(request, "section")
        return edition.answers.document(
            request, await in_lane(request, lambda: _tabled(edition.graph, found, section, media_type)), media_type
        )
    text = await in_lane(request, lambda: _written(edition.graph, found, media_type, _one(request, "section")))
    return edition.answers.document(request, text.encode("utf-8", "replace"), media_type)


def _tabled(graph: KnowledgeGraph, found: Thing, section: str, media_type: str) -> bytes:
    """Write the statements of an entity, of one section of it, or of a source as a table."""
    answer: Answer
    if found.kind is Kind.SOURCE:
        answer = Statements(tuple(graph.reader.citing(found.iri)), graph_version=graph.version)
        title = graph.reader.source(found.iri).label
    else:
        entity = graph.entity(compress(found.iri))
        answer = entity.section(section) if section else entity
        title = f"{entity.label}: {section}" if section else entity.label
    if media_type == XLSX:
        return workbook(answer, title)
    return write_csv(answer).encode("utf-8", "replace")


def _written(graph: KnowledgeGraph, found: Thing, media_type: str, section: str) -> str:
    if media_type in {_BIBTEX, _RIS}:
        write = references.bibtex if media_type == _BIBTEX else references.ris
        return write([references.csl(source) for source in _sources(graph, found)])
    if found.kind is Kind.SOURCE:
        items = [item.to_dict() for item in graph.reader.citing(found.iri)]
        reference = references.csl(graph.reader.source(found.iri))
        return write_json({"reference": reference, "statements": items, "notice": NOT_ADVICE})
    if found.kind is Kind.ENTITY:
        entity = graph.entity(compress(found.iri))
        return (entity.section(section) if section else entity).to_json()
    item = graph.reader.named(found.iri) if found.kind is Kind.STATEMENT else None
    if item is not None:
        return write_json(item.to_dict() | {"notice": NOT_ADVICE, "graph_version": graph.version})
    attributes = graph.reader.attributes(found.iri)
    return write_json(
        {"id": compress(found.iri)} | {name: [str(value) for value in values] for name, values in attributes.items()}
    )


def _sources(graph: KnowledgeGraph, found: Thing) -> Iterable[Source]:
    """Give what is cited at an address: a source itself, else what its statements rest on."""
    if found.kind is Kind.SOURCE:
        return [graph.reader.source(found.iri)]
    if found.kind is Kind.ENTITY:
        return graph.entity(compress(found.iri)).sources
    item = graph.reader.named(found.iri)
    return dict.fromkeys(passage.source for passage in item.evidence) if item else ()


ROUTES: list[Route | Mount] = [
    Route("/search", search),
    Route("/compare", compare),
    Route("/explain", explain),
    Route("/why", why),
    Route("/graph", around),
    Route("/about", about),
    Route("/pictures/{what}", picture),
    Mount("/static", GZipMiddleware(StaticFiles(directory=_STATIC)), name="static"),
]
"""The pages of their own."""
THINGS = [Route("/sources/{curie:path}", at), Route("/{name}", at)]
"""What is asked last: the address of any IRI of the graph."""
