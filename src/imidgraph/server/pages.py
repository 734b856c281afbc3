"""Pages: what a browser shows of the endpoint; each is whole without scripts."""

from __future__ import annotations

import datetime
import json
import re
import shutil
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from imidgraph.answers import Answer
from imidgraph.kept import Kept
from imidgraph.model import Term
from imidgraph.namespaces import compress, local_name
from imidgraph.server import editor, triples
from imidgraph.server.answers import Answers
from imidgraph.server.explorer.addresses import SUFFIXES, address
from imidgraph.server.explorer.view import View
from imidgraph.server.negotiation import GRAPHS, HTML, ROWS, TABLES, TRIPLES, negotiate
from imidgraph.server.protocol import Operation
from imidgraph.server.tables import Choice, shown
from imidgraph.sparql.catalog import Catalog, Query
from imidgraph.words import begun, spaced

if TYPE_CHECKING:
    from markupsafe import Markup

_STATIC = Path(__file__).parent / "static"
_ROWS = 10_000  # that a page can be asked for
_BYTES = 8 << 20  # of an answer that a page shows
_UNTOLD: dict[str, Any] = {"address": "", "cut": None, "fault": None, "links": {}, "picture": False, "turtle": ""}
_MOST_KEPT = 1024  # pages, to be shown again: more than there are entities
_SEEN = "in (?:a cell line|human cells|mice|rats|rabbits|monkeys|chickens|zebrafish|vitro|silico|vivo)"
_DOUBT = (
    "(?:disputed|unconfirmed|interim analysis|indirect comparison|no longer current|not yet in force|"
    f"{_SEEN}(?:(?:, | and |, and ){_SEEN})*)"
)
_TAGS = re.compile(rf"\((?P<doubt>{_DOUBT}(?:; {_DOUBT})*)\)|\((?P<box>boxed warning)\)|^Hypothesis: ")
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


class Pages:
    """The pages of an endpoint.

    Parameters
    ----------
    answers : Answers
        What answers queries.
    catalog : Catalog
        The named queries.
    version : str
        The version of the graph.
    notice : str
        The line that stands above every answer.

    Attributes
    ----------
    kept : Kept of bytes
        The pages that were shown last.
    """

    def __init__(self, answers: Answers, catalog: Catalog, version: str, notice: str) -> None:
        self._answers = answers
        self._catalog = catalog
        self.kept: Kept[bytes] = Kept(_MOST_KEPT)
        self._always: dict[str, Any] = {"version": version, "notice": notice, "suffixes": SUFFIXES}

    def editor(self, request: Request) -> HTMLResponse:
        """Show where a free query can be asked."""
        return self._editor(request, editor.EXAMPLES[0].text, {})

    def text(
        self, make: Callable[[], View], root: str, path: str = "/", asked: str = "", links: Mapping[str, str] | None = None
    ) -> bytes:
        """Lay a view out, or give the page that was made of it on the same day.

        Parameters
        ----------
        make : callable
            Makes what to show.
        root : str
            The path below which the server answers.
        path, asked : str
            The address of the page, and what stands behind its question mark.
        links : mapping of str to str, optional
            The addresses of the same thing in other forms, by suffix.
        """

        def ask() -> tuple[bytes, bool]:
            view = make()
            values = {"view": view, "notes": view.notes, "links": links or {}, **view.values}
            return self._text(view.template, root, values).encode("utf-8", "replace"), True

        return self.kept.get(_key(root, path, asked), ask)

    def known(self, root: str, path: str, asked: str) -> bytes | None:
        """Give a page that was made on the same day, if it is kept: nobody has to wait for that."""
        return self.kept.known(_key(root, path, asked))

    def respond(self, request: Request, text: bytes) -> Response:
        """Answer with a page, or with 304 where the browser has it."""
        response = self._answers.document(request, text, HTML)
        response.headers["Content-Security-Policy"] = _POLICY
        return response

    async def answer(
        self, request: Request, operation: Operation, query: Query | None = None, given: Mapping[str, str] | None = None
    ) -> HTMLResponse:
        """Show the answer of a query."""
        message, body = await self._answers.ask(
            request, operation, ROWS[0], TRIPLES[0], free=query is None, limit=_ROWS, most_bytes=_BYTES
        )
        root, choice = request.base_url.path, Choice.read(request.query_params)
        asked = dict(given or {}) if query else {"query": operation.query}
        told: dict[str, Any] = {**_UNTOLD, "cut": message["cut"]}
        suffixes = tuple(TABLES)
        if message["media type"] == TRIPLES[0]:
            found = triples.read(body)
            names = await triples.named(self._answers, request, found)
            told |= {"turtle": body.decode(), "table": triples.table(found, names, root, choice, asked)}
            told["picture"] = shutil.which("dot") and triples.picture(found, names) is not None
            suffixes = tuple(GRAPHS)
        else:
            results = json.loads(body)
            told |= {"boolean": results["boolean"]} if "boolean" in results else {"table": shown(results, root, choice, asked)}
        told["address"] = f"{request.url.path}?{urlencode(asked)}".rstrip("?")
        told["links"] = {suffix: f"{request.url.path}.{suffix}?{urlencode(asked)}".rstrip("?") for suffix in suffixes}
        if query is None:
            return self._editor(request, operation.query, told)
        return self._page(request, "answer.html", query=query, given=given or {}, told=told)

    def lookup(self, request: Request, answer: Answer) -> HTMLResponse:
        """Show the answer of a lookup."""
        place = request.url.path.removeprefix(request.base_url.path)
        return self._page(request, "lookup.html", answer=answer, place=place, asked=request.url.query)

    def refusal(self, request: Request, error: Exception, status: int, headers: Mapping[str, str]) -> HTMLResponse:
        """Show why there is no answer, and let the question be asked again."""
        if not request.url.path.removeprefix(request.base_url.path).startswith(("queries/", "sparql")):
            suggestions = getattr(error, "suggestions", ())
            told = getattr(error, "finding", str(error)).partition(" Did you mean")[0]  # that is told with links
            heading = "Nothing has this name here" if status == 404 else "This question cannot be answered"
            page = self._page(request, "refusal.html", heading=heading, told=told, suggestions=suggestions)
            page.status_code = status
            page.headers.update(headers)
            return page
        query = self._catalog.get(request.path_params.get("name", ""))
        asked = dict(request.query_params)
        if query is None and not request.url.path.startswith(f"{request.base_url.path}queries/"):
            text = asked.get("query") or editor.EXAMPLES[0].text
            page = self._editor(request, text, {"fault": editor.fault(error, text)})
        else:
            page = self._page(request, "answer.html", query=query, given=asked, told={"error": error})
        page.status_code = status
        page.headers.update(headers)
        return page

    def _editor(self, request: Request, text: str, told: Mapping[str, Any]) -> HTMLResponse:
        return self._page(request, "sparql.html", text=text, examples=editor.EXAMPLES, told={**_UNTOLD, **told})

    def _page(self, request: Request, name: str, **values: Any) -> HTMLResponse:
        text = self._text(name, request.base_url.path, values)
        return HTMLResponse(text, headers={"Content-Security-Policy": _POLICY, "Vary": "Accept"})

    def _text(self, name: str, root: str, values: Mapping[str, Any]) -> str:
        here = name.partition(".")[0].replace("catalog", "queries").replace("answer", "queries")
        given = {"here": here, "root": root, "at": partial(address, root=root), "built": self._built, **self._always, **values}
        return str(self._templates.get_template(name).render(given))

    @cached_property
    def _built(self) -> bool:
        """Whether there are the scripts that stand on packages."""
        return (_STATIC / "built" / "editor.js").is_file()

    @cached_property
    def _templates(self) -> Any:
        from jinja2 import Environment, PackageLoader, StrictUndefined

        loader = PackageLoader("imidgraph.server")
        made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        made.filters |= {"begun": begun, "compress": compress, "local": local_name, "spaced": spaced, "tagged": tagged}
        made.tests |= {"web": is_web, "term": lambda value: isinstance(value, Term)}
        return made


def _key(*place: str) -> tuple[object, ...]:
    """Name a page as it is today: what holds may change over night."""
    return (datetime.date.today(), *place)


def tagged(text: str) -> Markup:
    """Put what a sentence says of its own doubts, or of a boxed warning, into the frames that these have on every page.

    Examples
    --------
    >>> str(tagged("T cell activation (disputed) & more"))
    'T cell activation <span class="doubt">disputed</span> &amp; more'
    """
    from markupsafe import escape

    return type(escape(""))(_TAGS.sub(_tag, str(escape(text))))


def _tag(found: re.Match[str]) -> str:
    if found["box"]:
        return f'<span class="box">{found["box"]}</span>'
    if found["doubt"]:
        return " ".join(f'<span class="doubt">{word}</span>' for word in found["doubt"].split("; "))
    return '<span class="doubt">hypothesis</span> '


def is_web(value: object) -> bool:
    """Tell whether a text is an address that a browser may open."""
    return str(value).startswith(("http://", "https://"))


def prefers_page(request: Request) -> bool:
    """Tell whether a client would rather have a page than data, as browsers do."""
    return negotiate(request.headers.get("accept"), (*ROWS, *TRIPLES, HTML)) == HTML
