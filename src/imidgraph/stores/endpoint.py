"""Remote engines: any SPARQL 1.1 endpoint, through SPARQLWrapper.

Always POST, with an explicit Accept header, agent and timeout. What a server can do wrong becomes one typed error, and
what is safe to ask again is asked again, a few times, within the timeout.
"""

from __future__ import annotations

import codecs
import json
import re
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message

from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from imidgraph.answers import Row
from imidgraph.errors import EndpointError, OntologyError, QueryError, QueryTimeout
from imidgraph.limits import Deadline, OutOfTime
from imidgraph.sparql.odd import Odd
from imidgraph.sparql.results import Results, Triples, taken
from imidgraph.sparql.text import declare_prefixes, query_form
from imidgraph.stores.bounds import check_depth
from imidgraph.stores.http import REDIRECTS, Reply, is_address, send, without_password

_AGENT = "imidgraph (https://w3id.org/imidgraph/)"
_ROWS = "application/sparql-results+json"
_TRIPLES = "application/n-triples, text/turtle;q=0.5"
_ATTEMPTS = 3
_TRY_AGAIN = {429, 502, 503}
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_PROBLEMS = {
    401: "it requires a valid user and password. Pass auth=(user, password)",
    404: "there is no endpoint at this address. Check the path, often /sparql",
    504: "the query took longer than the server allows. Narrow it down",
}
_MOST_ROWS = 2_000_000  # rows or triples of one answer: what a worker gives too
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
        Where the address is not a URL.
    """

    def __init__(self, url: str, graph: str | None = None, auth: tuple[str, str] | None = None, timeout: float = 30.0) -> None:
        self._shown = without_password(url)
        if not is_address(url):
            raise EndpointError(self._shown, "not a URL. It must start with http:// or https://")
        if not timeout > 0:
            raise EndpointError(self._shown, "the timeout must be above zero")
        self.url = url
        self.graph = graph
        self._auth = auth
        self._timeout = timeout

    def select(self, query: str) -> Results:
        """Answer a SELECT query."""
        return self._select(query, self._timeout)

    def rows(self, query: str) -> list[Row]:
        """Answer a SELECT query with the rows alone, as plain Python values."""
        return self.select(query).rows

    def iris(self, query: str) -> list[str]:
        """Answer a SELECT query that binds every variable to an IRI, with the IRIs row by row in one flat list."""
        results = self.select(query)
        if results.limit:
            raise EndpointError(self._shown, f"its answer was {results.limit}. Raise the row limit of the server")
        return [str(iri) for row in results.rows for iri in row]

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
        answer = self._select(text, timeout, limit) if form == "SELECT" else self._construct(text, timeout, limit)
        return answer.cut(limit)

    def whole(self) -> EndpointStore:
        """Give the same graph for lookups, where a part of an answer is none."""
        return _WholeStore(self.url, self.graph, self._auth, self._timeout)

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
                    raise EndpointError(
                        self._shown, f"it returned {len(found)} of {expected} triples. Raise the row limit of the server"
                    )
                yield from found.terms
                batch, expected = [], 0

    def close(self) -> None:
        """Do nothing: each request is a connection of its own."""

    def __len__(self) -> int:
        return int(self.select("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }").rows[0][0])

    def _ask(self, query: str, timeout: float) -> bool:
        reply = self._fetch(query, _ROWS, timeout)
        try:
            document = json.loads(reply.body.decode("utf-8-sig"))
            if "boolean" in document:
                return _BOOLEANS[str(document["boolean"]).lower()]
            # Virtuoso answers in a table of one cell where the request names a default graph
            return _BOOLEANS[str(document["results"]["bindings"][0]["__ASK_RETVAL"]["value"]).lower()]
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            raise EndpointError(self._shown, f"its answer is not a SPARQL boolean ({error})") from error

    def _select(self, query: str, timeout: float, most: int = _MOST_ROWS) -> Results:
        start = time.perf_counter()
        deadline = Deadline(timeout)
        reply = self._fetch(query, _ROWS, timeout)
        try:
            check_depth(reply.body)
            text = reply.body.removeprefix(codecs.BOM_UTF8)
            results = Results.from_json(text, time.perf_counter() - start, min(most, _MOST_ROWS) + 1, deadline)
        except (QueryError, OntologyError) as error:
            raise EndpointError(self._shown, f"its answer is not a SPARQL result ({error})") from error
        except OutOfTime:
            raise QueryTimeout(timeout) from None
        self._check_size(len(results), "rows")
        return replace(results, limit=_cut(reply.headers, len(results)))

    def _construct(self, query: str, timeout: float, most: int = _MOST_ROWS) -> Triples:
        deadline = Deadline(timeout)
        reply = self._fetch(query, _TRIPLES, timeout)
        format = RdfFormat.from_media_type(reply.media_type)
        if format not in {RdfFormat.N_TRIPLES, RdfFormat.TURTLE}:
            format = RdfFormat.TURTLE  # N-Triples is Turtle; anything else was not asked for
        try:
            check_depth(reply.body)
            text, most = reply.body.removeprefix(codecs.BOM_UTF8), min(most, _MOST_ROWS) + 1
            odd = Odd()
            try:
                triples = taken((quad.triple for quad in parse(text, format=format)), most, deadline)
            except SyntaxError:
                triples = taken(odd.triples(text, format), most, deadline)
        except (SyntaxError, MemoryError, OntologyError) as error:
            raise EndpointError(self._shown, f"its answer is not RDF ({error})") from error
        except OutOfTime:
            raise QueryTimeout(timeout) from None
        self._check_size(len(triples), "triples")
        return replace(Triples.of(triples, _cut(reply.headers, len(triples))), odd=odd.count)

    def _check_size(self, size: int, what: str) -> None:
        if size > _MOST_ROWS:
            raise EndpointError(self._shown, f"its answer has more than {_MOST_ROWS} {what}. Ask for a part of them")

    def _fetch(self, query: str, accept: str, timeout: float) -> Reply:
        request = self._request(query, accept)
        deadline = time.monotonic() + timeout
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return self._answered(send(request, deadline - time.monotonic()))
            except QueryTimeout:
                raise QueryTimeout(timeout) from None
            except EndpointError as error:
                pause = error.retry_after if error.retry_after is not None else 0.2 * 2**attempt
                again = error.status in _TRY_AGAIN or isinstance(error.__cause__, ConnectionError)
                if not again or attempt == _ATTEMPTS or time.monotonic() + pause >= deadline:
                    raise
                time.sleep(pause)
        raise AssertionError("unreachable")

    def _request(self, query: str, accept: str) -> urllib.request.Request:
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
        # It builds the request; its own way to send one follows redirects and waits for ever.
        return wrapper._createRequest()

    def _answered(self, reply: Reply) -> Reply:
        """Give an answer, or raise what is wrong with it."""
        if reply.status == 400:
            raise QueryError(f"The server at {self._shown} refuses the query: {reply.reason}.")
        if reply.status in REDIRECTS:
            problem = f"it redirects to {reply.location}. Give the address of the SPARQL endpoint itself"
            raise EndpointError(self._shown, problem, reply.status)
        if not 200 <= reply.status < 300:
            problem = _PROBLEMS.get(reply.status, f"it returned status {reply.status}: {reply.reason}")
            raise EndpointError(self._shown, problem, reply.status, reply.retry_after)
        if reply.status == 206 or reply.headers.get("X-SQL-State"):
            problem = "it returned only a part of the answer. Narrow the query down or raise the limits of the server"
            raise EndpointError(self._shown, problem, reply.status)
        if "html" in reply.media_type:
            raise EndpointError(self._shown, "it returned a web page. Give the address of the SPARQL endpoint itself")
        return reply


class _WholeStore(EndpointStore):
    """A graph on a server, for lookups: an answer that is cut is an error, for what it lacks would be taken for unknown."""

    def select(self, query: str) -> Results:
        """Answer a SELECT query."""
        results = super().select(query)
        if results.limit:
            raise EndpointError(self._shown, f"its answer was {results.limit}. Raise the cap of its answers")
        return results

    def construct(self, query: str) -> Triples:
        """Answer a CONSTRUCT or DESCRIBE query."""
        triples = super().construct(query)
        if triples.limit:
            raise EndpointError(self._shown, f"its answer was {triples.limit}. Raise the cap of its answers")
        return triples


def _cut(headers: Message, size: int) -> str | None:
    """Say where a server cut its answer: ours says so, Virtuoso says how many rows it gives at most."""
    if ours := headers.get("X-Imidgraph-Truncated"):
        return str(ours)
    most = headers.get("X-SPARQL-MaxRows", "")
    return f"cut by the server at {most} rows" if re.fullmatch(r"[0-9]{1,18}", most) and size >= int(most) else None
