"""Structured logs: one line of JSON for each request and for each message."""

from __future__ import annotations

import datetime
import json
import logging
import time
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
    """Writes a line for each request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and write what became of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start = time.perf_counter()
        status = 500

        async def send_seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_seen)
        finally:
            elapsed = round((time.perf_counter() - start) * 1000, 1)
            client = (scope.get("client") or ("",))[0]
            seen = {"method": scope["method"], "path": scope["path"], "status": status, "ms": elapsed, "client": client}
            _LOG.info("request", seen)
