"""Structured logs: one line of JSON for each request and for each message."""

from __future__ import annotations

import datetime
import json
import logging
import time
from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imidgraph.server.metrics import Metrics

QUERY = "/queries/{name}"
"""The pattern of the addresses of named queries."""
_LOG = logging.getLogger("imidgraph.server")


class JsonLines(logging.Formatter):
    r"""Writes each record as one line of JSON, so that nothing in it can look like another line.

    Examples
    --------
    >>> record = logging.LogRecord("imidgraph", logging.INFO, "", 0, "a\nb", None, None)
    >>> json.loads(JsonLines().format(record))["event"]
    'a\nb'
    """

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        at = datetime.datetime.fromtimestamp(record.created, datetime.UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"time": at, "level": record.levelname}
        line["event"] = record.args if isinstance(record.args, dict) else record.getMessage()
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)


CONFIGURATION = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": JsonLines}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}},
    "loggers": {
        "imidgraph.server": {"handlers": ["stderr"], "level": "INFO"},
        "uvicorn": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}
"""How `logging.config.dictConfig` sets the logs of the server up."""


class Logged:
    """Writes a line for each request, and counts it.

    Parameters
    ----------
    app : ASGI application
        What answers.
    metrics : Metrics
        Counts.
    routes : mapping of object to str
        The patterns of the addresses, by what answers there.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, routes: Mapping[object, str]) -> None:
        self._app = app
        self._metrics = metrics
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and write what became of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start = time.perf_counter()
        status = 500
        self._metrics.running += 1

        async def send_seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_seen)
        finally:
            seconds = time.perf_counter() - start
            self._metrics.running -= 1
            route = self._routes.get(scope.get("endpoint"), "")
            self._metrics.count(route, scope["method"], status, seconds)
            _LOG.info("request", self._seen(scope, route, status, seconds))

    def _seen(self, scope: Scope, route: str, status: int, seconds: float) -> dict[str, Any]:
        client = (scope.get("client") or ("",))[0]
        seen = {"method": scope["method"], "path": scope["path"], "status": status, "ms": round(seconds * 1000, 1)}
        seen |= {"client": client, "route": route}
        if route == QUERY:
            seen["query"] = scope["path_params"]["name"].partition(".")[0]
        return seen
