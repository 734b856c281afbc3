"""The policy of every answer: which hosts it answers to, and what a browser may do with it."""

from __future__ import annotations

import ipaddress
import socket

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imidgraph.server.refusals import problem
from imidgraph.server.settings import Settings

_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


class Policy:
    """Refuses what is meant for other hosts, and tells browsers to take answers for what they are.

    Parameters
    ----------
    app : ASGI application
        What answers.
    settings : Settings
        The hosts that it answers to.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._takes_addresses = settings.host in {"0.0.0.0", "::"}  # noqa: S104 - compared, not bound
        self._hosts = {name.lower() for name in (*settings.hosts, settings.host, "localhost", "127.0.0.1", "::1")}
        if self._takes_addresses:
            self._hosts |= {socket.gethostname().lower(), socket.getfqdn().lower()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        host = Headers(scope=scope).get("host", "")
        if self._takes(host):
            await self._app(scope, receive, send_marked)
            return
        text = f"This server does not accept the host {host[:100]!r}. Start it with --allow-host to accept it."
        await problem(421, text)(scope, receive, send_marked)

    def _takes(self, header: str) -> bool:
        """Tell whether a Host header names this server.

        A request without one, as HTTP/1.0 allows, is not from a browser that was lured.
        """
        host = host_of(header).lower()
        if not header or "*" in self._hosts or host in self._hosts:
            return True
        return self._takes_addresses and _is_address(host)


def host_of(header: str) -> str:
    """Give the host of a Host header, without its port.

    Examples
    --------
    >>> host_of("localhost:8000"), host_of("[::1]:8000"), host_of("example.org")
    ('localhost', '::1', 'example.org')
    """
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.partition(":")[0]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
