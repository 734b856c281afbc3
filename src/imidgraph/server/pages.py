"""Pages: what a browser shows of the endpoint; each is whole without scripts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from imidgraph.answers import Answer
from imidgraph.kept import Kept
from imidgraph.model import Term
from imidgraph.namespaces import IMID, compress, local_name
from imidgraph.server.answers import Answers
from imidgraph.server.explorer.addresses import address
from imidgraph.server.explorer.view import View
from imidgraph.server.negotiation import HTML, ROWS, TRIPLES, negotiate
from imidgraph.server.protocol import Operation
from imidgraph.sparql.catalog import Catalog, Query
from imidgraph.words import begun, spaced

_EXAMPLE = """SELECT ?drug ?name WHERE {
    ?drug imid:degrades imid:IKZF1 ;
        rdfs:label ?name .
}
ORDER BY ?name"""
_ROWS = 1000  # that a page shows
_BYTES = 4 << 20  # of an answer that a page shows
_DETAILS = {"fact": {"value": "details"}}  # what stands for the name of a statement
_MOST_KEPT = 128  # pages, to be shown again
_NUMBERS = ("integer", "decimal", "double", "float")
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Cell:
    """A term, as a table shows it."""

    text: str
    link: str = ""
    kind: str = ""


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
    kept : Kept of str
        The pages that were shown last.
    """

    def __init__(self, answers: Answers, catalog: Catalog, version: str, notice: str) -> None:
        self._answers = answers
        self._catalog = catalog
        self.kept: Kept[str] = Kept(_MOST_KEPT)
        self._always = {"version": version, "notice": notice}

    def editor(self, request: Request) -> HTMLResponse:
        """Show where a free query can be asked."""
        return self._shown(request, _EXAMPLE, None, {}, {})

    def text(self, view: View, root: str, links: Mapping[str, str] | None = None) -> str:
        """Lay a view out.

        Parameters
        ----------
        view : View
            What to show.
        root : str
            The path below which the server answers.
        links : mapping of str to str, optional
            The addresses of the same thing in other forms, by suffix.
        """
        values = {"view": view, "notes": view.notes, "links": links or {}, **view.values}
        return self._text(view.template, root, **values)

    def respond(self, request: Request, text: str) -> Response:
        """Answer with a page, or with 304 where the browser has it."""
        response = self._answers.document(request, text.encode("utf-8", "replace"), HTML)
        response.headers["Content-Security-Policy"] = _POLICY
        return response

    async def answer(
        self, request: Request, operation: Operation, query: Query | None = None, given: Mapping[str, str] | None = None
    ) -> HTMLResponse:
        """Show the answer of a query."""
        message, body = await self._answers.ask(
            request, operation, ROWS[0], TRIPLES[0], free=query is None, limit=_ROWS, most_bytes=_BYTES
        )
        told = (
            {"triples": body.decode()} if message["media type"] == TRIPLES[0] else _told(json.loads(body), request.base_url.path)
        )
        asked = f"?{request.url.query}" if request.url.query else ""
        links = {suffix: f"{request.url.path}.{suffix}{asked}" for suffix in ("csv", "json")}
        return self._shown(request, operation.query, query, given or {}, told | {"cut": message["cut"]} | links)

    def lookup(self, request: Request, answer: Answer) -> HTMLResponse:
        """Show the answer of a lookup."""
        return self._page(request, "lookup.html", answer=answer)

    def refusal(self, request: Request, error: Exception, status: int, headers: Mapping[str, str]) -> HTMLResponse:
        """Show why there is no answer, and let the question be asked again."""
        if not request.url.path.removeprefix(request.base_url.path).startswith(("queries/", "sparql")):
            told = getattr(error, "finding", str(error))
            suggestions = getattr(error, "suggestions", ())
            heading = "Nothing has this name here" if status == 404 else "This question cannot be answered"
            page = self._page(request, "refusal.html", heading=heading, told=told, suggestions=suggestions)
            page.status_code = status
            page.headers.update(headers)
            return page
        query = self._catalog.get(request.path_params.get("name", ""))
        asked = dict(request.query_params)
        page = self._shown(request, asked.get("query", _EXAMPLE), query, asked, {"error": error})
        page.status_code = status
        page.headers.update(headers)
        return page

    def _shown(
        self, request: Request, text: str, query: Query | None, given: Mapping[str, str], told: Mapping[str, Any]
    ) -> HTMLResponse:
        return self._page(request, "answer.html", text=text, query=query, given=given, told=told)

    def _page(self, request: Request, name: str, **values: Any) -> HTMLResponse:
        text = self._text(name, request.base_url.path, **values)
        return HTMLResponse(text, headers={"Content-Security-Policy": _POLICY, "Vary": "Accept"})

    def _text(self, name: str, root: str, **values: Any) -> str:
        return str(self._templates.get_template(name).render(root=root, at=partial(address, root=root), **self._always, **values))

    @cached_property
    def _templates(self) -> Any:
        from jinja2 import Environment, PackageLoader, StrictUndefined

        loader = PackageLoader("imidgraph.server")
        made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        made.filters |= {"begun": begun, "compress": compress, "local": local_name, "spaced": spaced}
        made.tests |= {"web": is_web, "term": lambda value: isinstance(value, Term)}
        return made


def is_web(value: object) -> bool:
    """Tell whether a text is an address that a browser may open."""
    return str(value).startswith(("http://", "https://"))


def prefers_page(request: Request) -> bool:
    """Tell whether a client would rather have a page than data, as browsers do."""
    return negotiate(request.headers.get("accept"), (*ROWS, *TRIPLES, HTML)) == HTML


def _told(results: Mapping[str, Any], root: str) -> dict[str, Any]:
    if "boolean" in results:
        return {"boolean": results["boolean"]}
    names, bindings = results["head"]["vars"], results["results"]["bindings"]
    columns = [name for name in names if name.removesuffix("Label") == name or name.removesuffix("Label") not in names]
    rows = [[_cell(row.get(name), row.get(f"{name}Label", _DETAILS.get(name)), root) for name in columns] for row in bindings]
    return {"columns": columns, "rows": rows}


def _cell(term: Mapping[str, Any] | None, label: Mapping[str, Any] | None, root: str) -> Cell:
    if term is None:
        return Cell("")
    value = term["value"]
    if term["type"] == "uri":
        link = value if value.startswith(("http://", "https://")) else ""
        if value.startswith(IMID):  # this server can tell of it
            link = address(value, root)
        return Cell(label["value"] if label else compress(value), link)
    if term["type"] != "literal":
        return Cell(f"_:{value}" if term["type"] == "bnode" else json.dumps(value))
    return Cell(value, kind="number" if term.get("datatype", "").endswith(_NUMBERS) else "")
