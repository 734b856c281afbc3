"""Loads a graph into a server: over the Graph Store Protocol, or by SPARQL Update where a server has none."""

from __future__ import annotations

import base64
import http.client
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator
from itertools import islice

from pyoxigraph import RdfFormat, Triple, serialize

from imidgraph.errors import EndpointError

_BATCH = 1_000  # triples of one INSERT DATA


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

    Parameters are those of `put_graph`, with the address of the update endpoint.

    Raises
    ------
    EndpointError
        Where the server refuses or cannot be reached; the graph may then be incomplete.
    """
    for update in _updates(graph, triples):
        _send(url, _update(url, update), _update(url, "INSERT DATA {}"), auth, timeout)


def _updates(graph: str, triples: Iterable[Triple]) -> Iterator[str]:
    yield f"DROP SILENT GRAPH <{graph}>"
    ordered = iter(sorted(triples, key=str))
    while batch := list(islice(ordered, _BATCH)):
        lines = (serialize(batch, format=RdfFormat.N_TRIPLES) or b"").decode()
        yield f"INSERT DATA {{ GRAPH <{graph}> {{\n{lines}}} }}"


def _update(url: str, text: str) -> urllib.request.Request:
    return _request(url, url, urllib.parse.urlencode({"update": text}).encode(), {}, "POST")


def _request(url: str, address: str, body: bytes, headers: dict[str, str], method: str) -> urllib.request.Request:
    if not url.startswith(("http://", "https://")):
        raise EndpointError(url, "it is no web address. Give one that starts with http:// or https://")
    return urllib.request.Request(address, body, headers, method=method)  # noqa: S310 - checked above


def _send(
    url: str, request: urllib.request.Request, nothing: urllib.request.Request, auth: tuple[str, str] | None, timeout: float
) -> None:
    try:
        if auth:
            _authorize(request, nothing, auth, timeout)
        with urllib.request.urlopen(request, timeout=timeout) as response:  # noqa: S310 - checked where it was made
            response.read()
    except urllib.error.HTTPError as error:
        error.close()
        hint = ". Give a user who may write" if error.code in {401, 403} else ""
        raise EndpointError(url, f"it refuses the graph with status {error.code}{hint}", error.code) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise EndpointError(url, f"the graph cannot be sent ({error}). Check the address and the network") from error


def _authorize(request: urllib.request.Request, nothing: urllib.request.Request, auth: tuple[str, str], timeout: float) -> None:
    """Prove who asks before the graph is sent: a server may hang up on a long request that it does not let in.

    The server tells how to prove it when it refuses a request that would change nothing.
    """
    try:
        with urllib.request.urlopen(nothing, timeout=timeout):  # noqa: S310 - checked where it was made
            return
    except urllib.error.HTTPError as error:
        error.close()
        scheme, _, challenge = (error.headers.get("WWW-Authenticate") or "").partition(" ")
    if scheme.lower() == "digest":
        passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        passwords.add_password(None, request.full_url, *auth)
        fields = urllib.request.parse_keqv_list(list(filter(None, urllib.request.parse_http_list(challenge))))
        answer = urllib.request.HTTPDigestAuthHandler(passwords).get_authorization(request, fields)
        request.add_unredirected_header("Authorization", f"Digest {answer}")
    elif scheme.lower() == "basic":
        proof = base64.b64encode(":".join(auth).encode()).decode()
        request.add_unredirected_header("Authorization", f"Basic {proof}")
