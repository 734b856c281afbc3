"""Loads a graph into a server: over the Graph Store Protocol, or by SPARQL Update where a server has none."""

from __future__ import annotations

import base64
import contextlib
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator
from itertools import islice

from pyoxigraph import BlankNode, RdfFormat, Triple, serialize

from imidgraph.errors import EndpointError, QueryTimeout
from imidgraph.stores.http import REDIRECTS, Reply, is_address, send, without_password

_BATCH = 1_000  # triples of one INSERT DATA
_MOST_ANSWER = 1 << 20  # bytes that are read of what a server says to it


def put_graph(
    url: str, graph: str, triples: Iterable[Triple], auth: tuple[str, str] | None = None, timeout: float = 60.0
) -> None:
    """Replace a named graph of a server over the Graph Store Protocol.

    Parameters
    ----------
    url : str
        The address of the graph store, such as ``http://127.0.0.1:8890/sparql-graph-crud-auth``.
    graph : str
        The IRI of the named graph.
    triples : iterable of pyoxigraph.Triple
        What the graph is to hold.
    auth : tuple of str and str, optional
        User and password, for HTTP Digest or Basic.
    timeout : float
        Seconds that each step may take.

    Raises
    ------
    EndpointError
        Where the server refuses or cannot be reached.
    """
    content = b"".join(sorted((serialize(triples, format=RdfFormat.N_TRIPLES) or b"").splitlines(keepends=True)))
    address = f"{url}{'&' if '?' in url else '?'}{urllib.parse.urlencode({'graph': graph})}"
    turtle = {"Content-Type": "text/turtle"}  # N-Triples is Turtle
    request = _request(url, address, content, turtle, "PUT")
    _send(url, request, _request(url, address, b"", turtle, "POST"), auth, timeout)


def insert_graph(
    url: str, graph: str, triples: Iterable[Triple], auth: tuple[str, str] | None = None, timeout: float = 60.0
) -> None:
    """Replace a named graph of a server by SPARQL Update, some thousand triples a request.

    The triples go to a graph beside it, which takes its place when the server has taken all of them.
    Parameters are those of `put_graph`, with the address of the update endpoint.

    Raises
    ------
    EndpointError
        Where the server refuses or cannot be reached; the old graph is then as it was, unless the server can move no graph.
    """

    def ask(update: str) -> None:
        _send(url, _update(url, update), _update(url, "INSERT DATA {}"), auth, timeout)

    held, beside = list(triples), f"{graph}#new"
    try:
        for update in _updates(beside, held):
            ask(update)
    except EndpointError:
        with contextlib.suppress(EndpointError):
            ask(f"DROP SILENT GRAPH <{beside}>")
        raise
    try:
        ask(f"MOVE GRAPH <{beside}> TO GRAPH <{graph}>")
    except EndpointError as error:
        if error.status is None or error.status in {401, 403}:
            raise
        for update in (*_updates(graph, held), f"DROP SILENT GRAPH <{beside}>"):
            ask(update)


def _updates(graph: str, triples: Iterable[Triple]) -> Iterator[str]:
    """Give the updates, those that share a blank node together: its name holds within one update only."""
    yield f"DROP SILENT GRAPH <{graph}>"
    ordered = sorted(triples, key=str)
    joined = [triple for triple in ordered if any(isinstance(term, BlankNode) for term in triple)]
    if joined:
        yield _insert(graph, joined)
    plain = iter([triple for triple in ordered if not any(isinstance(term, BlankNode) for term in triple)] if joined else ordered)
    while batch := list(islice(plain, _BATCH)):
        yield _insert(graph, batch)


def _insert(graph: str, triples: list[Triple]) -> str:
    lines = (serialize(triples, format=RdfFormat.N_TRIPLES) or b"").decode()
    return f"INSERT DATA {{ GRAPH <{graph}> {{\n{lines}}} }}"


def _update(url: str, text: str) -> urllib.request.Request:
    return _request(url, url, urllib.parse.urlencode({"update": text}).encode(), {}, "POST")


def _request(url: str, address: str, body: bytes, headers: dict[str, str], method: str) -> urllib.request.Request:
    if not is_address(url):
        raise EndpointError(without_password(url), "not a URL. It must start with http:// or https://")
    return urllib.request.Request(address, body, headers, method=method)  # noqa: S310 - checked above


def _send(
    url: str, request: urllib.request.Request, nothing: urllib.request.Request, auth: tuple[str, str] | None, timeout: float
) -> None:
    if auth:
        _authorize(request, nothing, auth, timeout)
    reply = _sent(url, request, timeout)
    if reply.status in REDIRECTS:
        raise EndpointError(without_password(url), f"it redirects to {reply.location}. Give that address", reply.status)
    if not 200 <= reply.status < 300:
        hint = " Use a user with write access" if reply.status in {401, 403} else ""
        problem = f"it refuses the graph with status {reply.status}: {reply.reason}.{hint}"
        raise EndpointError(without_password(url), problem, reply.status)


def _sent(url: str, request: urllib.request.Request, timeout: float) -> Reply:
    try:
        return send(request, timeout, _MOST_ANSWER)
    except QueryTimeout as error:
        raise EndpointError(without_password(url), f"the graph cannot be sent within {timeout:g} seconds") from error
    except EndpointError as error:
        raise EndpointError(without_password(url), f"the graph cannot be sent: {error.problem}") from error


def _authorize(request: urllib.request.Request, nothing: urllib.request.Request, auth: tuple[str, str], timeout: float) -> None:
    """Prove who asks before the graph is sent: a server may hang up on a long request that it does not let in.

    The server says how to prove it when it refuses a request that would change nothing.
    """
    reply = _sent(request.full_url, nothing, timeout)
    scheme, _, challenge = reply.headers.get("WWW-Authenticate", "").partition(" ")
    if reply.status != 401:
        return
    if scheme.lower() == "digest":
        passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        passwords.add_password(None, request.full_url, *auth)
        try:
            fields = urllib.request.parse_keqv_list(list(filter(None, urllib.request.parse_http_list(challenge))))
            answer = urllib.request.HTTPDigestAuthHandler(passwords).get_authorization(request, fields)
        except (ValueError, KeyError, IndexError, NotImplementedError) as error:
            problem = f"its password method is not supported ({type(error).__name__})"
            raise EndpointError(without_password(request.full_url), problem, 401) from error
        request.add_unredirected_header("Authorization", f"Digest {answer}")
    elif scheme.lower() == "basic":
        proof = base64.b64encode(":".join(auth).encode()).decode()
        request.add_unredirected_header("Authorization", f"Basic {proof}")
