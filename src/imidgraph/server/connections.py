"""Connections: the HTTP protocol of uvicorn, with bounds on what one client can make the server hold or wait for."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from collections.abc import Sequence
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from imidgraph.errors import EndpointError
from imidgraph.server.log import CONFIGURATION

MOST_ADDRESS = 60 << 10
"""Bytes that an address may have: the parser takes no more than 64 KiB."""
MOST_HEAD = 96 << 10
"""Bytes that an address and its headers may have."""
MOST_PIPELINED = 16
"""Requests that may wait behind the one that is answered."""
SECONDS_OF_HEAD = 10.0
"""Seconds in which the head of a request must arrive."""
SECONDS_UNREAD = 30.0
"""Seconds that an answer may wait for its reader to take more of it."""
SECONDS_OF_ANSWER = 600.0
"""Seconds in which an answer must be read."""
_SWITCH = 0.001  # seconds after which a thread that makes a page lets the one that answers requests go on


class _Flow(FlowControl):
    """The flow of a connection, which a client may close at any moment."""

    def pause_reading(self) -> None:
        with contextlib.suppress(RuntimeError):
            super().pause_reading()

    def resume_reading(self) -> None:
        with contextlib.suppress(RuntimeError):
            super().resume_reading()


class BoundedProtocol(HttpToolsProtocol):
    """One connection of a client, closed where the client asks for too much room or time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head = 0  # bytes of the head that is arriving
        self._running: RequestResponseCycle | None = None
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, and wait for a head only so long."""
        super().connection_made(transport)  # type: ignore[arg-type]
        self.flow = _Flow(self.transport)
        self._wait("head", SECONDS_OF_HEAD)

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        for timer in self._timers.values():
            timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what arrives, unless the head grows too large."""
        self._head += len(data)
        super().data_received(data)
        if self._head > MOST_HEAD:
            self._refuse(431, b"The headers are too long. Send a long query with POST.\n")

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self._wait("head", SECONDS_OF_HEAD)

    def on_url(self, url: bytes) -> None:
        """Take a part of the address."""
        super().on_url(url)
        if len(self.url) > MOST_ADDRESS:
            self._refuse(414, b"The address is too long. Send a long query with POST.\n")
            raise ValueError  # which ends the parsing

    def on_headers_complete(self) -> None:
        """Begin to answer."""
        self._head = 0
        self._stop("head")
        if len(self.pipeline) >= MOST_PIPELINED:
            self._drop()
            raise ValueError
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of the body, which is no part of a head."""
        self._head = 0
        super().on_body(body)

    def on_response_complete(self) -> None:
        """Go on with what is pipelined."""
        self._stop("answer")
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Wait for the reader only so long."""
        super().pause_writing()
        self._wait("reader", SECONDS_UNREAD)
        if "answer" not in self._timers:
            self._wait("answer", SECONDS_OF_ANSWER)

    def resume_writing(self) -> None:
        """Write on."""
        self._stop("reader")
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Say that the request is no HTTP, unless something better was said."""
        if not self.transport.is_closing():
            super().send_400_response(msg)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def _drop(self) -> None:
        """Close the connection at once; nothing more is written to it."""
        if self._running is not None:
            self._running.disconnected = True
            self._running.message_event.set()
        self.pipeline.clear()
        self.transport.abort()

    def _wait(self, what: str, seconds: float) -> None:
        self._stop(what)
        self._timers[what] = self.loop.call_later(seconds, self._drop)

    def _stop(self, what: str) -> None:
        if timer := self._timers.pop(what, None):
            timer.cancel()

    def _refuse(self, status: int, text: bytes) -> None:
        if self.transport.is_closing():
            return
        head = [STATUS_LINE[status], b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\n"]
        self.transport.write(b"".join([*head, b"content-length: %d\r\n\r\n" % len(text), text]))
        self.transport.close()


def listen(host: str, port: int) -> socket.socket:
    """Listen at an address.

    Raises
    ------
    EndpointError
        Where it is taken, or is not of this machine.

    Examples
    --------
    >>> with listen("127.0.0.1", 0) as listener:
    ...     listener.getsockname()[0]
    '127.0.0.1'
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        reason = f"the server cannot listen there: {error.strerror}. Choose another --port or --host"
        raise EndpointError(f"http://{host}:{port}/", reason) from error


def run(app: ASGIApp, listener: socket.socket, proxies: Sequence[str], grace: int, root_path: str = "") -> None:
    """Serve an application until a signal ends it.

    Parameters
    ----------
    app : ASGI application
        What answers.
    listener : socket
        Where it listens.
    proxies : sequence of str
        The addresses of proxies whose X-Forwarded headers are believed.
    grace : int
        Seconds that answers may take when it is to end.
    root_path : str
        The path below which a proxy passes requests on.
    """
    with contextlib.suppress(ImportError, OSError, ValueError):  # thousands of slow clients need as many descriptors
        import resource

        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    config = uvicorn.Config(
        app,
        http=BoundedProtocol,
        ws="none",
        log_config=CONFIGURATION,
        access_log=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        server_header=False,
        root_path=root_path,
        timeout_graceful_shutdown=grace,
    )
    with contextlib.suppress(KeyboardInterrupt):  # it has ended gracefully by then
        sys.setswitchinterval(_SWITCH)
        uvicorn.Server(config).run(sockets=[listener])
