"""Remote engines: any SPARQL 1.1 endpoint, through SPARQLWrapper.

Always POST, with an explicit Accept header, agent and timeout. What a server can do wrong becomes one typed error, and
what is safe to ask again is asked again, a few times, within the timeout.
"""

from __future__ import annotations

import ast
import contextlib
import http.client
import json
import re
import time
import urllib.error
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from imidgraph.errors import EndpointError, QueryError, QueryTimeout
from imidgraph.sparql.results import Results, Triples
from imidgraph.sparql.text import declare_prefixes, query_form

if TYPE_CHECKING:
    from SPARQLWrapper import SPARQLWrapper

_AGENT = "imidgraph (https://w3id.org/imidgraph/)"
_ROWS = "application/sparql-results+json"
_TRIPLES = "application/n-triples, text/turtle;q=0.5"
_ATTEMPTS = 3
_SHORTEST = 0.05  # seconds to wait for a server: zero would mean for ever
_TRY_AGAIN = {429, 502, 503}
_REDIRECTS = {301, 302, 303, 307, 308}
_MAX_BYTES = 1 << 30
_BATCH = 5_000  # triples that one CONSTRUCT of an export asks for: servers cap their answers


class EndpointStore:
    """A graph on a server.

    Parameters
    ----------
    url : str
        The address of its SPARQL endpoint.
    graph : str, optional
        The IRI of the named graph to ask; the default graph of the server if left out.
    auth : tuple of str and str, optional
        User and password, for HTTP Basic.
    timeout : float
        Seconds that a query may take, retries included.

    Raises
    ------
    EndpointError
        Where the address is no web address.
    """

    def __init__(self, url: str, graph: str | None = None, auth: tuple[str, str] | None = None, timeout: float = 30.0) -> None:
        if not url.startswith(("http://", "https://")):
            raise EndpointError(url, "it is no web address. Give one that starts with http:// or https://")
        if not timeout > 0:
            raise EndpointError(url, "the timeout must be above zero")
        self.url = url
        self.graph = graph
        self._auth = auth
        self._timeout = timeout

    def select(self, query: str) -> Results:
        """Answer a SELECT query."""
        return self._select(query, self._timeout)

    def iris(self, query: str) -> list[str]:
        """Answer a SELECT query that binds every variable to an IRI, with the IRIs row by row in one flat list."""
        return [str(iri) for row in self.select(query).rows for iri in row]

    def ask(self, query: str) -> bool:
        """Answer an ASK query."""
        return self._ask(query, self._timeout)

    def construct(self, query: str) -> Triples:
        """Answer a CONSTRUCT or DESCRIBE query."""
        return self._construct(query, self._timeout)

    def query(self, text: str, timeout: float, limit: int) -> Results | bool | Triples:
        """Answer a free query of any form; the server guards itself, the limits are ours."""
        form = query_form(text)
        if form == "ASK":
            return self._ask(text, timeout)
        answer = self._select(text, timeout) if form == "SELECT" else self._construct(text, timeout)
        return answer.cut(limit)

    def triples(self) -> Iterator[Triple]:
        """Iterate over the triples of the graph, some thousands a request.

        Raises
        ------
        EndpointError
            Where the server gives fewer triples than it counts.
        """
        counts = self.select(
            "SELECT ?predicate (COUNT(*) AS ?n) WHERE { ?s ?predicate ?o } GROUP BY ?predicate ORDER BY ?n ?predicate"
        )
        batch: list[str] = []
        expected = 0
        for position, (predicate, count) in enumerate(counts.rows, start=1):
            batch.append(str(NamedNode(predicate)))
            expected += count
            if expected >= _BATCH or position == len(counts):
                found = self.construct(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ VALUES ?p {{ {' '.join(batch)} }} ?s ?p ?o }}")
                if len(found) != expected:
                    raise EndpointError(self.url, f"it gives {len(found)} of {expected} triples. Raise the cap of its answers")
                yield from found.terms
                batch, expected = [], 0

    def close(self) -> None:
        """Do nothing: each request is a connection of its own."""

    def __len__(self) -> int:
        return int(self.select("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }").rows[0][0])

    def _ask(self, query: str, timeout: float) -> bool:
        body, _ = self._fetch(query, _ROWS, timeout)
        try:
            document = json.loads(body)
            if "boolean" in document:
                return bool(document["boolean"])
            # Virtuoso answers in a table of one cell where the request names a default graph
            return document["results"]["bindings"][0]["__ASK_RETVAL"]["value"] in {"1", "true"}
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            raise EndpointError(self.url, f"its answer is no SPARQL boolean ({error})") from error

    def _select(self, query: str, timeout: float) -> Results:
        start = time.perf_counter()
        body, headers = self._fetch(query, _ROWS, timeout)
        try:
            results = Results.from_json(body, time.perf_counter() - start)
        except QueryError as error:
            raise EndpointError(self.url, f"its answer is no SPARQL result ({error})") from error
        return replace(results, limit=_cut(headers, len(results)))

    def _construct(self, query: str, timeout: float) -> Triples:
        body, headers = self._fetch(query, _TRIPLES, timeout)
        media_type = (headers.get_content_type() or "").lower()
        format = RdfFormat.from_media_type(media_type) or RdfFormat.TURTLE  # N-Triples is Turtle
        try:
            triples = [quad.triple for quad in parse(body, format=format)]
        except SyntaxError as error:
            raise EndpointError(self.url, f"its answer is no RDF ({error})") from error
        return Triples.of(triples, _cut(headers, len(triples)))

    def _fetch(self, query: str, accept: str, timeout: float) -> tuple[bytes, Any]:
        wrapper = self._request(query, accept)
        deadline = time.monotonic() + timeout
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return self._read(wrapper, timeout, deadline)
            except EndpointError as error:
                pause = error.retry_after if error.retry_after is not None else 0.2 * 2**attempt
                again = error.status in _TRY_AGAIN or isinstance(error.__cause__, ConnectionError)
                if not again or attempt == _ATTEMPTS or time.monotonic() + pause >= deadline:
                    raise
                time.sleep(pause)
        raise AssertionError("unreachable")

    def _request(self, query: str, accept: str) -> SPARQLWrapper:
        from SPARQLWrapper import POST, SPARQLWrapper

        wrapper = SPARQLWrapper(self.url, agent=_AGENT, defaultGraph=self.graph)
        wrapper.setMethod(POST)
        wrapper.setOnlyConneg(True)
        wrapper.addCustomHttpHeader("Accept", accept)
        if self._auth:
            wrapper.setCredentials(*self._auth)
        text = declare_prefixes(query)
        wrapper.setQuery(text)
        wrapper.queryType = query_form(text)  # SPARQLWrapper guesses, and takes a comment for a keyword
        return wrapper

    def _read(self, wrapper: SPARQLWrapper, timeout: float, deadline: float) -> tuple[bytes, Any]:
        from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

        left = max(_SHORTEST, deadline - time.monotonic())
        wrapper.timeout = left  # type: ignore[assignment]  # its own setter takes whole seconds only
        try:
            with contextlib.closing(wrapper.query().response) as response:
                body = self._body(response, timeout, deadline)
        except (SPARQLWrapperException, urllib.error.HTTPError) as error:
            raise self._refusal(error) from error
        except EndpointError:
            raise  # it is an OSError too
        except TimeoutError as error:
            raise QueryTimeout(timeout) from error
        except urllib.error.URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise QueryTimeout(timeout) from error
            cause = error.reason if isinstance(error.reason, OSError) else error
            raise EndpointError(self.url, f"it cannot be reached ({error.reason}). Check the address and the network") from cause
        except (http.client.HTTPException, OSError) as error:
            cause = error if isinstance(error, OSError) else ConnectionError(error)
            raise EndpointError(self.url, f"the connection broke ({type(error).__name__})") from cause
        if response.geturl().partition("?")[0] != self.url.partition("?")[0]:
            raise EndpointError(self.url, _redirected(response.geturl()))
        kind = response.headers.get_content_type()
        if "html" in kind:
            raise EndpointError(self.url, "it answers with a web page. Give the address of the SPARQL endpoint itself")
        return body, response.headers

    def _refusal(self, error: Exception) -> QueryError | EndpointError:
        refused = error if isinstance(error, urllib.error.HTTPError) else error.__context__
        assert isinstance(refused, urllib.error.HTTPError)
        reason = _first_line(refused.read() if error is refused else _quoted_body(error))
        after = refused.headers.get("Retry-After", "")
        refused.close()
        problems = {
            401: "it wants a user and password, or other ones. Pass auth=(user, password)",
            504: "the query took longer than the server allows. Narrow it down",
            404: "there is no endpoint at this address. Check the path, often /sparql",
        }
        if refused.code == 400:
            return QueryError(f"The server at {self.url} refuses the query: {reason}.")
        if refused.code in _REDIRECTS:
            return EndpointError(self.url, _redirected(refused.headers.get("Location", "")), refused.code)
        problem = problems.get(refused.code, f"it answers with status {refused.code}: {reason}")
        return EndpointError(self.url, problem, refused.code, float(after) if after.isdigit() else None)

    def _body(self, response: http.client.HTTPResponse, timeout: float, deadline: float) -> bytes:
        parts: list[bytes] = []
        size = 0
        while part := response.read1(1 << 16):
            parts.append(part)
            size += len(part)
            if time.monotonic() > deadline:
                raise QueryTimeout(timeout)
            if size + (response.length or 0) > _MAX_BYTES:
                raise EndpointError(self.url, "its answer is larger than 1 GiB. Narrow the query down")
        if response.length:
            raise EndpointError(self.url, f"its answer was cut off {response.length} bytes before the end")
        return b"".join(parts)


def _cut(headers: Any, size: int) -> str | None:
    """Tell where a server cut its answer: ours says so, Virtuoso tells how many rows it gives at most."""
    if ours := headers.get("X-Imidgraph-Truncated"):
        return str(ours)
    most = headers.get("X-SPARQL-MaxRows", "")
    return f"cut by the server at {most} rows" if most.isdigit() and size >= int(most) else None


def _redirected(address: str) -> str:
    """Tell of a redirect: what follows it asks again without the query."""
    return f"it redirects to {address.partition('?')[0] or 'another address'}. Give the address of the SPARQL endpoint itself"


def _quoted_body(error: Exception) -> bytes:
    """Give the body of a refusal, which SPARQLWrapper has read and quotes in its message."""
    quoted = str(error).partition("Response:\n")[2]
    return bytes(ast.literal_eval(quoted)) if quoted.startswith("b") else quoted.encode()


def _first_line(text: bytes) -> str:
    plain = re.sub(r"(?s)<head.*?</head>|<[^>]*>", " ", text.decode("utf-8", "replace"))  # some refuse with a web page
    lines = [line.strip() for line in plain.splitlines() if line.strip()]
    return (lines[0] if lines else "no reason given")[:300].rstrip(".")
