"""Pages: what a browser shows of the endpoint, without scripts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse

from imidgraph.answers import Answer
from imidgraph.namespaces import IMID, compress
from imidgraph.server.answers import Answers
from imidgraph.server.negotiation import HTML, ROWS, TRIPLES, negotiate
from imidgraph.server.protocol import Operation
from imidgraph.sparql.catalog import Catalog, Query

_EXAMPLE = """SELECT ?drug ?name WHERE {
    ?drug imid:degrades imid:IKZF1 ;
        rdfs:label ?name .
}
ORDER BY ?name"""
_ROWS = 1000  # that a page shows
_BYTES = 4 << 20  # of an answer that a page shows
_NUMBERS = ("integer", "decimal", "double", "float")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


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
    """

    def __init__(self, answers: Answers, catalog: Catalog, version: str, notice: str) -> None:
        self._answers = answers
        self._catalog = catalog
        self._always = {"version": version, "notice": notice}

    def home(self, request: Request) -> HTMLResponse:
        """Show what can be asked here."""
        queries = sorted(self._catalog.values(), key=lambda query: (query.topic, query.name))
        topics = [(topic, list(found)) for topic, found in groupby(queries, key=lambda query: query.topic)]
        return self._page(request, "home.html", topics=topics, text=_EXAMPLE)

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
        return self._shown(request, operation.query, query, given or {}, told | {"cut": message["cut"]})

    def lookup(self, request: Request, answer: Answer) -> HTMLResponse:
        """Show the answer of a lookup."""
        return self._page(request, "lookup.html", answer=answer)

    def refusal(self, request: Request, error: Exception, status: int, headers: Mapping[str, str]) -> HTMLResponse:
        """Show why there is no answer, and let the question be asked again."""
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
        text = self._templates.get_template(name).render(root=request.base_url.path, **self._always, **values)
        return HTMLResponse(text, headers={"Content-Security-Policy": _POLICY, "Vary": "Accept"})

    @cached_property
    def _templates(self) -> Any:
        from jinja2 import Environment, PackageLoader, StrictUndefined

        loader = PackageLoader("imidgraph.server")
        return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def prefers_page(request: Request) -> bool:
    """Tell whether a client would rather have a page than data, as browsers do."""
    return negotiate(request.headers.get("accept"), (*ROWS, *TRIPLES, HTML)) == HTML


def _told(results: Mapping[str, Any], root: str) -> dict[str, Any]:
    if "boolean" in results:
        return {"boolean": results["boolean"]}
    names = results["head"]["vars"]
    columns = [name for name in names if name.removesuffix("Label") == name or name.removesuffix("Label") not in names]
    rows = [[_cell(row.get(name), row.get(f"{name}Label"), root) for name in columns] for row in results["results"]["bindings"]]
    return {"columns": columns, "rows": rows}


def _cell(term: Mapping[str, Any] | None, label: Mapping[str, Any] | None, root: str) -> Cell:
    if term is None:
        return Cell("")
    value = term["value"]
    if term["type"] == "uri":
        link = value if value.startswith(("http://", "https://")) else ""
        if value.startswith(IMID):  # this server can tell of it
            link = f"{root}sparql?{urlencode({'query': f'DESCRIBE <{value}>'})}"
        return Cell(label["value"] if label else compress(value), link)
    if term["type"] != "literal":
        return Cell(f"_:{value}" if term["type"] == "bnode" else json.dumps(value))
    return Cell(value, kind="number" if term.get("datatype", "").endswith(_NUMBERS) else "")
