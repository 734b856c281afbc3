"""A bridge for tests: what a client posts goes to a server on standard streams, and its answer comes back.

The protocol's conformance suite knows only servers that have an address.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import Any

COMMAND = (sys.executable, "-m", "imidgraph.cli", "mcp")
SECONDS = 60
ENVELOPE = "io.modelcontextprotocol/protocolVersion"
"""What each message of the revisions without a handshake carries."""


class Streams:
    """A server on standard streams, and who waits for which of its answers."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self._numbers = itertools.count(1)
        self._waiting: dict[int, Queue[dict[str, Any]]] = {}
        self._writing = threading.Lock()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def ask(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """Send a message, and give its answer; a notification has none."""
        own, number = message.get("id"), next(self._numbers)
        answer = self._waiting[number] = Queue()
        self._write(message if own is None else message | {"id": number})
        if own is None:
            return None
        return answer.get(timeout=SECONDS) | {"id": own}

    def close(self) -> None:
        """End it."""
        with self.process:
            assert self.process.stdin is not None
            self.process.stdin.close()
            self._reader.join(20)
            self.process.kill()

    def _write(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        with self._writing:
            self.process.stdin.write(json.dumps(message).encode() + b"\n")
            self.process.stdin.flush()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            message = json.loads(line)
            if message.get("id") in self._waiting:
                self._waiting.pop(message["id"]).put(message)


class _Handler(BaseHTTPRequestHandler):
    streams: Mapping[bool, Streams]

    def do_POST(self) -> None:
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        is_modern = ENVELOPE in message.get("params", {}).get("_meta", {})
        answer = self.streams[is_modern].ask(message)
        body = b"" if answer is None else json.dumps(answer).encode()
        self.send_response(202 if answer is None else 404 if answer.get("error", {}).get("code") == -32601 else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.send_error(405)

    def do_DELETE(self) -> None:
        self.send_error(405)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def bridge() -> Iterator[str]:
    """Start a server on standard streams behind an address."""
    streams = {is_modern: Streams() for is_modern in (False, True)}  # a connection is of one era
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"streams": streams}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/mcp"
    finally:
        server.shutdown()
        server.server_close()
        for each in streams.values():
            each.close()
