"""Real servers for the tests: Virtuoso and Comunica on loopback, and one that does everything wrong."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from imidgraph.resources import RELEASE

GRAPH = "https://w3id.org/imidgraph/"

VIRTUOSO = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DirsAllowed = {folder}
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 8
[SPARQL]
ResultSetMaxRows = 100000
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def wait_for(url: str, process: subprocess.Popen[bytes], seconds: float = 180) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the server ended with {process.returncode}"
        with contextlib.suppress(OSError):
            urllib.request.urlopen(url, timeout=2).read()
            return
        time.sleep(0.2)
    raise AssertionError(f"nothing answers at {url}")


@contextlib.contextmanager
def virtuoso(program: Path) -> Iterator[str]:
    """Start Virtuoso as an unprivileged user, and give the address of its server."""
    http, sql = free_port(), free_port()
    # not in the folder of pytest, which another run of pytest closes to all other users at any moment
    with tempfile.TemporaryDirectory(prefix="imidgraph-") as name:
        folder = Path(name)
        (folder / "virtuoso.ini").write_text(VIRTUOSO.format(folder=folder, http=http, sql=sql))
        user = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            for path in (folder, folder / "virtuoso.ini"):
                os.chown(path, nobody.pw_uid, nobody.pw_gid)
        command = [program, "-f", "-c", str(folder / "virtuoso.ini")]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, **user)  # type: ignore[call-overload]
        try:
            address = f"http://127.0.0.1:{http}"
            wait_for(f"{address}/sparql", process)
            yield address
        finally:
            process.kill()
            process.wait()


@contextlib.contextmanager
def oxigraph() -> Iterator[str]:
    """Start the server of Oxigraph, and give its address."""
    port = free_port()
    program = Path(sys.executable).with_name("oxigraph")
    command = [program, "serve", "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/query?query=ASK%7B%7D", process)
        yield address
    finally:
        process.kill()
        process.wait()


class Served:
    """`imidgraph serve`, started as a user starts it, on a free port."""

    def __init__(self, folder: Path, *options: str, graph: Path | None = None) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._log = folder / "served.log"
        command = [sys.executable, "-m", "imidgraph.cli", *(["--graph", str(graph)] if graph else [])]
        with self._log.open("wb") as log:
            self.process = subprocess.Popen([*command, "serve", "--port", str(self.port), *options], stderr=log)

    def __enter__(self) -> Served:
        try:
            wait_for(f"{self.address}/health", self.process)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        finally:
            self.process.kill()
            self.process.wait()

    @property
    def workers(self) -> list[int]:
        """The processes that it started."""
        tasks = Path(f"/proc/{self.process.pid}/task").iterdir()
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]

    def log(self) -> list[dict[str, Any]]:
        """The lines that it logged."""
        lines = self._log.read_text().splitlines()
        return [json.loads(line) for line in lines if not line.startswith("Serving at")]


@contextlib.contextmanager
def comunica(program: Path, folder: Path) -> Iterator[str]:
    """Start Comunica over the release, and give the address of its endpoint."""
    shutil.copy(RELEASE, folder / "imid.ttl")
    port = free_port()
    command = [program, str(folder / "imid.ttl"), "-p", str(port), "-t", "120", "-w", "1"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        address = f"http://127.0.0.1:{port}/sparql"
        wait_for(f"{address}?query=ASK%7B%7D", process)
        yield address
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
        process.wait()


ROWS = b'{"head": {"vars": ["n"]}, "results": {"bindings": [{"n": {"type": "literal", "value": "a"}}]}}'


BODIES = {
    "latin": ROWS.replace(b'"a"', '"\u00e9"'.encode("latin-1")),
    "list": b"[]",
    "number": b"1",
    "rowless": b'{"head": {"vars": ["n"]}, "results": {}}',
    "headless": b'{"results": {"bindings": [{"n": {"type": "literal", "value": "a"}}]}}',
    "flat": b'{"head": {"vars": ["n"]}, "results": {"bindings": ["a"]}}',
    "untyped": b'{"head": {"vars": ["n"]}, "results": {"bindings": [{"n": {"value": "a"}}]}}',
    "strange": b'{"head": {"vars": ["n"]}, "results": {"bindings": [{"n": {"type": "color", "value": "a"}}]}}',
    "numeric": b'{"head": {"vars": ["n"]}, "results": {"bindings": [{"n": {"type": "literal", "value": 1}}]}}',
    "deep": b"[" * 100_000,
    "xml": b'<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#"><head/><results/></sparql>',
    "packed": b"\x1f\x8b\x08\x00" + bytes(20),
    "nothing": bytes(100),
}


def _row(term: str) -> bytes:
    return ROWS.replace(b'{"type": "literal", "value": "a"}', term.encode())


ODD = {
    "spaced": (_row('{"type": "uri", "value": "http://a/b c"}'), "http://a/b c", 1),
    "relative": (_row('{"type": "uri", "value": "b"}'), "b", 1),
    "braced": (_row('{"type": "uri", "value": "http://a/{b}"}'), "http://a/{b}", 1),
    "percent": (_row('{"type": "uri", "value": "http://a/%zz"}'), "http://a/%zz", 1),
    "underscored": (_row('{"type": "literal", "value": "a", "xml:lang": "en_US"}'), "a", 1),
    "tagless": (_row('{"type": "literal", "value": "a", "xml:lang": ""}'), "a", 1),
    "datatyped": (_row('{"type": "literal", "value": "a", "datatype": "no type"}'), "a", 1),
    "broken": (_row('{"type": "literal", "value": "a\nb\x01"}'), "a\nb\x01", 0),
    "halved": (_row('{"type": "literal", "value": "a\\ud800"}'), "a?", 0),
    "null": (_row("null"), None, 1),
    "virtuoso": (_row('{"type": "bnode", "value": "nodeID://b10001"}'), "_:b6e6f646549443a2f2f623130303031", 0),
    "typed": (_row('{"type": "typed-literal", "value": "5", "datatype": "http://www.w3.org/2001/XMLSchema#integer"}'), 5, 0),
    "more": (ROWS.replace(b'"head": {', b'"meta": [1], "head": {"link": null, '), "a", 0),
    "cased": (_row('{"type": "literal", "value": "a", "xml:lang": "EN-us"}'), "a", 0),
}
"""Answers with one term that RDF has not: what is read, and how many terms are said to be kept as text."""

ODD_TRIPLES = {
    "spaced": (b"<a:a> <a:b> <http://a/b c> .", ("a:a", "a:b", "http://a/b c"), 1),
    "underscored": (b'<a:a> <a:b> "x"@en_US .', ("a:a", "a:b", "x"), 1),
    "broken": (b'<a:a> <a:b> "x\ny" .', ("a:a", "a:b", "x\ny"), 0),
    "subject": (b'<http://a/b c> <a:b> "x" .', ("http://a/b%20c", "a:b", "x"), 1),
    "relative": (b'<b> <a:b> "x" .', None, 2),
}


REDIRECTING = ("to-301", "to-302", "to-303", "to-307", "to-308")


class _Wrong(BaseHTTPRequestHandler):
    """The path of a request says what goes wrong with it."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.do_POST()

    def do_PUT(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fault = self.path.partition("?")[0].strip("/")
        server: WrongServer = self.server  # type: ignore[assignment]
        server.asked.append(fault)
        server.headers.append(dict(self.headers))
        if fault.isdigit():
            self._answer(int(fault), b"no reason")
        elif fault == "busy":
            self._answer(503 if len(server.asked) < 3 else 200, ROWS, **{"Retry-After": "0"})
        elif fault == "wait":
            self._answer(429, b"", **{"Retry-After": "3600"})
        elif fault == "html":
            self._answer(200, b"<html>Welcome</html>", **{"Content-Type": "text/html"})
        elif fault == "text":
            self._answer(200, b"welcome", **{"Content-Type": "text/plain"})
        elif fault == "empty":
            self._answer(200, b"")
        elif fault == "boolean":
            self._answer(200, b'{"head": {}, "boolean": true}')
        elif fault == "cut":
            self._answer(200, ROWS[:30], **{"Content-Length": str(len(ROWS))})
            self.close_connection = True
        elif fault == "half":
            self._answer(200, ROWS[:30])
        elif fault.startswith("odd-") and fault[4:] in ODD:
            self._answer(200, ODD[fault[4:]][0])
        elif fault.startswith("triples-"):
            body = b'<a:1> <a:2> "3" .\n' + ODD_TRIPLES[fault[8:]][0] + b"\n"
            self._answer(200, body, **{"Content-Type": "application/n-triples"})
        elif fault == "capped":
            self._answer(200, ROWS, **{"X-SPARQL-MaxRows": "1"})
        elif fault in {"many", "many-more"}:
            rows = b'{"head": {"vars": ["n"]}, "results": {"bindings": [' + b"{}," * 4_000_000 + b"{}]}}"
            self._answer(200, rows if fault == "many" else rows.replace(b'{"vars"', b'{"x": 1, "vars"'))
        elif fault in BODIES:
            self._answer(200, BODIES[fault])
        elif fault == "huge":
            self._answer(200, ROWS, **{"Content-Length": str(1 << 40)})
            self.close_connection = True
        elif fault in {"moved", "kept"}:
            self._answer(302 if fault == "moved" else 308, b"", Location="/good")
        elif fault in REDIRECTING:
            self._answer(int(fault[-3:]), b"", Location=server.target)
        elif fault == "circle":
            self._answer(302, b"", Location="/circle")
        elif fault == "elsewhere":
            self._answer(302, b"", Location="file:///etc/passwd")
        elif fault == "page":
            body = b"<html><head><title>Oops</title></head><body><h1>Out of memory</h1></body></html>"
            self._answer(500, body, **{"Content-Type": "text/html"})
        elif fault == "partial":
            self._answer(206, ROWS)
        elif fault == "anytime":
            self._answer(200, ROWS, **{"X-SQL-State": "S1TAT", "X-SQL-Message": "RC..."})
        elif fault == "marked":
            self._answer(200, b"\xef\xbb\xbf" + ROWS)
        elif fault == "zipped":
            self._answer(200, gzip.compress(ROWS), **{"Content-Encoding": "gzip"})
        elif fault == "bomb":
            self._answer(200, gzip.compress(bytes(400 << 20), 1), **{"Content-Encoding": "gzip"})
        elif fault == "odd":
            self._answer(
                503,
                b"",
                **{"Retry-After": "\u00b2", "X-SPARQL-MaxRows": "\u00b2", "Location": "http://[", "WWW-Authenticate": "Digest"},
            )
        elif fault == "triples":
            leaf = {"type": "uri", "value": "a:b"}
            text = json.dumps(leaf)
            for _ in range(5000):
                parts = {"subject": leaf, "predicate": leaf, "object": "?"}
                text = json.dumps({"type": "triple", "value": parts}).replace('"?"', text)
            self._answer(200, ROWS.replace(b'{"type": "literal", "value": "a"}', text.encode()))
        elif fault == "entities":
            body = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + b"".join(
                b'<!ENTITY %c "%s">' % (98 + level, b"&%c;" % (97 + level) * 10) for level in range(9)
            )
            self._answer(200, body + b"]><a>&j;</a>", **{"Content-Type": "application/rdf+xml"})
        elif fault in {"endless", "endless-error"}:
            self.send_response(200 if fault == "endless" else 500)
            self.end_headers()
            self._drip(b"x" * (1 << 20), 0)
        elif fault == "status":
            self._drip(b"H", 0.1)
        elif fault == "headers":
            self.send_response(200)
            self.flush_headers()
            self._drip(b"X-A: b\r\n", 0.1)
        elif fault == "continue":
            self._drip(b"HTTP/1.1 100 Continue\r\n\r\n", 0.01)
        elif fault == "trailers":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"0\r\n")
            self._drip(b"X-A: b\r\n", 0.1)
        elif fault == "reset":
            self.connection.close()
        elif fault == "slow":
            time.sleep(5)
        elif fault == "drip":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            with contextlib.suppress(OSError):
                for _ in range(50):
                    self.wfile.write(b" ")
                    time.sleep(0.1)
        else:
            self._answer(200, ROWS)

    def _drip(self, piece: bytes, pause: float) -> None:
        """Send the same thing on and on; a minute at the most."""
        self.close_connection = True
        end = time.monotonic() + 60
        with contextlib.suppress(OSError):
            while time.monotonic() < end:
                self.wfile.write(piece)
                self.wfile.flush()
                time.sleep(pause)

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/sparql-results+json",
            "Content-Length": str(len(body)),
            **headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class WrongServer(ThreadingHTTPServer):
    """A real server that answers as its path says: with a status, a web page, half an answer, too late."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Wrong)
        self.target = ""
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def address(self, fault: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{fault}"

    def handle_error(self, *_: object) -> None:
        pass
