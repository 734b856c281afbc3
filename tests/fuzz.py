"""Fuzzing: mutated files, answers, requests and queries; whatever is not a typed error of ours is a find.

Run it with: python -m tests.fuzz TARGET SECONDS [FOLDER]
It needs Atheris (``pip install atheris``), which keeps the inputs that reach new code of ours in the folder. An input that
breaks something is written to the folder; it belongs into a test. ``benchmarks/fuzz.py`` sends queries through the worker.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]

TABLES = ("_nodes.tsv", "_edges.tsv", "_nodes.jsonl", "_edges.jsonl", "_nodes.csv", "_edges.csv", ".json")
RDF = (".ttl", ".nt", ".nq", ".trig", ".rdf", ".jsonld", ".owl", ".ttl.gz")


def tables(data: bytes, folder: Path) -> None:
    """KGX and node-link JSON."""
    from imidgraph.formats.readers import read_graph

    path = folder / f"graph{TABLES[data[0] % len(TABLES)]}" if data else folder / "graph.json"
    path.write_bytes(data[1:])
    for _ in read_graph(path):
        pass


def rdf(data: bytes, folder: Path) -> None:
    """RDF files."""
    from imidgraph.stores.oxigraph import OxigraphStore

    path = folder / f"graph{RDF[data[0] % len(RDF)]}" if data else folder / "graph.ttl"
    path.write_bytes(data[1:])
    OxigraphStore.read(path).close()


def facts(data: bytes, folder: Path) -> None:
    """Facts of a curator."""
    from imidgraph.release.yamltext import YamlFault, read_yaml

    path = folder / "facts.yaml"
    path.write_bytes(data)
    with contextlib.suppress(YamlFault):
        read_yaml(path)


def answers(data: bytes, folder: Path) -> None:
    """Answers of other servers."""
    from imidgraph.rdf import RdfFormat
    from imidgraph.sparql.odd import Odd
    from imidgraph.sparql.results import Results

    if data[:1] > b"\x80":
        with contextlib.suppress(SyntaxError):
            list(Odd().triples(data[1:], RdfFormat.N_TRIPLES))
    else:
        results = Results.from_json(data[1:])
        for format in ("json", "csv", "tsv", "xml"):
            results.serialize(format)
        str(results)


def queries(data: bytes, folder: Path) -> None:
    """Query texts, as they are looked at before the engine has them."""
    from imidgraph.sparql import text

    query = data.decode("utf-8", "surrogatepass" if data[:1] > b"\x80" else "replace")
    list(text.tokens(query))
    text.query_form(query)
    text.dataset_graphs(query)
    text.declare_prefixes(query)
    text.bind(query, {"drug": "<https://example.org/a>"})


def requests(data: bytes, folder: Path) -> None:
    """Requests to the endpoint, as bytes of a header, an address and a body."""
    from starlette.requests import Request

    from imidgraph.errors import ImidgraphError
    from imidgraph.server.negotiation import accepts_gzip, negotiate
    from imidgraph.server.protocol import read_operation, read_parameters

    header, _, rest = data.partition(b"\n")
    address, _, body = rest.partition(b"\n")
    kinds = (b"application/x-www-form-urlencoded", b"application/sparql-query", header)
    headers = [(b"content-type", kinds[len(header) % 3]), (b"content-encoding", header[:4] and b""), (b"accept", header)]

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    for method in ("GET", "POST"):
        scope = {"type": "http", "method": method, "path": "/sparql", "query_string": address, "headers": headers}
        request = Request(scope, receive)
        with contextlib.suppress(ImidgraphError):
            asyncio.run(read_operation(request))
        with contextlib.suppress(ImidgraphError):
            read_parameters(request)
    negotiate(header.decode("latin-1"), ("text/html", "text/turtle", "application/json"))
    accepts_gzip(header.decode("latin-1"))


TARGETS: dict[str, Callable[[bytes, Path], None]] = {
    function.__name__: function for function in (tables, rdf, facts, answers, queries, requests)
}


def seeds(target: str) -> Iterator[bytes]:
    """Valid inputs of a target, small ones of each kind."""
    if target in {"tables", "rdf"}:
        yield from _files(TABLES if target == "tables" else RDF)
    elif target == "facts":
        for path in sorted((ROOT / "ontology" / "facts").rglob("*.yaml")):
            yield path.read_bytes()[:2000]
    elif target == "queries":
        for path in sorted((ROOT / "queries").glob("*/*.rq")):
            yield path.read_bytes()
    elif target == "answers":
        bindings = b'{"a": {"type": "literal", "value": "x", "xml:lang": "en"}, "b": {"type": "bnode", "value": "b0"}}'
        yield b'\x00{"head": {"vars": ["a", "b"]}, "results": {"bindings": [' + bindings + b"]}}"
        yield b'\xff<http://a> <http://b> "c"@en .\n_:a <http://b> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
    else:
        yield b"text/turtle;q=0.5, */*\nquery=ASK%20%7B%7D&default-graph-uri=a\nquery=ASK+%7B%7D"


def _files(suffixes: tuple[str, ...]) -> Iterator[bytes]:
    """What we write of a small part of the graph, behind a byte that says its suffix."""
    import imidgraph

    with tempfile.TemporaryDirectory() as folder, imidgraph.load() as graph:
        for format in ("kgx.tsv", "kgx.jsonl", "json", "ttl", "nt", "nq", "trig", "rdf", "jsonld"):
            for path in graph.write(Path(folder) / f"graph.{format}", part=graph.part(neighborhood="ARID2")).paths:
                for number, suffix in enumerate(suffixes):
                    if path.name.endswith(suffix):
                        yield bytes([number]) + path.read_bytes()


def main(target: str, seconds: str, folder: str = "fuzz") -> None:
    """Fuzz one target."""
    import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]

    inside = Path(tempfile.mkdtemp())
    with atheris.instrument_imports(include=["imidgraph"]):
        from imidgraph.errors import ImidgraphError

        with contextlib.suppress(ImidgraphError):
            TARGETS[target](b"", inside)  # it imports what it needs

    corpus = Path(folder) / target
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds(target)):
        (corpus / f"seed-{number}").write_bytes(seed)

    def once(data: bytes) -> None:
        with contextlib.suppress(ImidgraphError):
            TARGETS[target](data, inside)

    limits = ["-max_len=20000", "-timeout=20", "-rss_limit_mb=1500", f"-max_total_time={seconds}"]
    atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={folder}/{target}-", str(corpus)], once)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
