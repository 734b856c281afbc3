"""HTTP to servers of others: within one deadline and a bounded size, with no redirect followed.

A redirect would take a password to another host, and turns the POST of a graph into a GET of nothing.
"""

from __future__ import annotations

import contextlib
import http.client
import re
import socket
import threading
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterator
from email.message import Message
from functools import partial
from typing import Any, NamedTuple

from imidgraph.errors import EndpointError, QueryTimeout

MOST_BYTES = 256 << 20
"""Bytes that an answer may have, unpacked."""
_MOST_REASON = 64 << 10  # bytes that are read of a refusal
_SHORTEST = 0.05  # seconds to wait for a server: zero would mean for ever
_PIECE = 1 << 16
REDIRECTS = {301, 302, 303, 307, 308}


class Reply(NamedTuple):
    """What a server answered, whatever its status."""

    status: int
    headers: Message
    body: bytes

    @property
    def reason(self) -> str:
        """The first line of the body in plain words: some servers refuse with a web page."""
        text = self.body.decode("utf-8", "replace")
        plain = re.sub(r"(?s)<head.*?</head>|<[^>]*>", " ", text)
        lines = [line.strip() for line in plain.splitlines() if line.strip()]
        return (lines[0] if lines else "no reason given")[:300].rstrip(".")

    @property
    def media_type(self) -> str:
        """The media type of the body, in lower case."""
        return str(self.headers.get_content_type() or "").lower()

    @property
    def retry_after(self) -> float | None:
        """The seconds after which to ask again, where the server names them."""
        after = self.headers.get("Retry-After", "")
        return float(after) if re.fullmatch(r"[0-9]{1,6}", after) else None

    @property
    def location(self) -> str:
        """Where a redirect leads, without what may be secret in it."""
        address = re.sub(r"//[^/@]*@", "//", self.headers.get("Location", ""))
        return address.partition("?")[0] or "another address"


def is_address(url: str) -> bool:
    """Tell whether a text is the address of a web server.

    Examples
    --------
    >>> is_address("http://127.0.0.1:8890/sparql"), is_address("localhost/sparql"), is_address("file:///etc/passwd")
    (True, False, False)
    """
    return re.match(r"https?://[^/\s]+", url, re.IGNORECASE) is not None


def without_password(url: str) -> str:
    """Give an address as it may be shown: without user and password.

    Examples
    --------
    >>> without_password("http://dba:secret@localhost:8890/sparql")
    'http://localhost:8890/sparql'
    """
    return re.sub(r"//[^/@]*@", "//", url)


def send(request: urllib.request.Request, timeout: float, most_bytes: int = MOST_BYTES) -> Reply:
    """Send a request, and read what comes back.

    Parameters
    ----------
    request : urllib.request.Request
        The request; what it says is sent to its own host only.
    timeout : float
        Seconds from the first to the last byte.
    most_bytes : int
        Bytes that the answer may have, unpacked.

    Raises
    ------
    QueryTimeout
        Where it takes longer.
    EndpointError
        Where the server cannot be reached, breaks off, or answers too much. Its cause is a `ConnectionError` where the
        connection broke.
    """
    url = without_password(request.full_url.partition("?")[0])
    watch = _Watch(max(_SHORTEST, timeout))
    opener = urllib.request.OpenerDirector()
    for handler in (urllib.request.ProxyHandler(), _Handler(watch)):
        opener.add_handler(handler)  # no handler of redirects, of files or of FTP
    try:
        with watch, opener.open(request, timeout=watch.left) as response:
            refused = response.status >= 300
            body = _body(response, url, _MOST_REASON if refused else most_bytes, watch, cut=refused)
            return Reply(response.status, response.headers, body)
    except EndpointError:
        raise  # it is an OSError too
    except (OSError, http.client.HTTPException, ValueError, zlib.error) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        if watch.is_over or isinstance(reason, TimeoutError):
            raise QueryTimeout(timeout) from error
        if isinstance(error, urllib.error.URLError):
            cause = reason if isinstance(reason, OSError) else error
            raise EndpointError(url, f"it cannot be reached ({reason}). Check the address and the network") from cause
        broken = error if isinstance(error, OSError) else ConnectionError(error)
        raise EndpointError(url, f"the connection was lost ({type(error).__name__})") from broken


def _body(response: Any, url: str, most: int, watch: _Watch, cut: bool) -> bytes:
    parts: list[bytes] = []
    size = 0
    for part in _unpacked(response):
        parts.append(part)
        size += len(part)
        if watch.is_over:
            raise TimeoutError
        if size > most or size + (response.length or 0) > max(most, MOST_BYTES):
            if cut:
                break
            raise EndpointError(url, f"its answer is larger than {most >> 20} MiB. Narrow the query down")
    else:
        if watch.is_over:  # what it ended looks like an end
            raise TimeoutError
        if response.length:
            raise EndpointError(url, f"its answer was cut off {response.length} bytes before the end")
    return b"".join(parts)[:most]


def _unpacked(response: Any) -> Iterator[bytes]:
    """Read piece by piece, and unpack what a server packed unasked."""
    coding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if coding in {"", "identity"}:
        while part := response.read1(_PIECE):
            yield part
        return
    if coding not in {"gzip", "x-gzip", "deflate"}:
        raise ValueError(f"content coding {coding[:40]!r}")
    unpacker = zlib.decompressobj(47 if "gzip" in coding else 15)  # 47: of gzip or zlib
    while packed := response.read1(_PIECE):
        while packed:
            yield unpacker.decompress(packed, _PIECE)
            packed = unpacker.unconsumed_tail
    yield unpacker.flush()
    if not unpacker.eof:
        raise http.client.IncompleteRead(b"")


class _Watch:
    """Ends a connection when its time is over, whatever the other side does meanwhile.

    The timeout of a socket is one of silence: a server that sends a byte now and then, in a status line, in headers or
    in trailers, would never meet it.
    """

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._shut)
        self._timer.daemon = True

    @property
    def left(self) -> float:
        """The seconds that are left."""
        return max(_SHORTEST, self._end - time.monotonic())

    @property
    def is_over(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() >= self._end

    def guard(self, connection: socket.socket) -> None:
        """Watch over a connection."""
        self._socket = connection
        if self.is_over:
            self._shut()

    def __enter__(self) -> _Watch:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _shut(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # below TLS, which another thread is in


class _Connection(http.client.HTTPConnection):
    def __init__(self, *args: Any, watch: _Watch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._watch = watch

    def connect(self) -> None:
        super().connect()
        self._watch.guard(self.sock)


class _TlsConnection(_Connection, http.client.HTTPSConnection):
    pass


class _Handler(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    def __init__(self, watch: _Watch) -> None:
        super().__init__()
        self._watch = watch

    def http_open(self, request: urllib.request.Request) -> Any:
        return self.do_open(partial(_Connection, watch=self._watch), request)

    def https_open(self, request: urllib.request.Request) -> Any:
        return self.do_open(partial(_TlsConnection, watch=self._watch), request)
