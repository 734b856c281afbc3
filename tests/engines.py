"""Writes the table of docs/engines.md anew, from a run of every named query on every engine: python -m tests.engines.

Virtuoso and Comunica must be installed (`.ci/run` tells how); rdflib takes minutes.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import imidgraph
from imidgraph import ImidgraphError
from imidgraph.resources import RELEASE
from imidgraph.stores import Results
from imidgraph.stores.disk import build_store
from imidgraph.stores.rdflib import RdflibStore
from imidgraph.stores.upload import put_graph
from tests.conftest import ROOT, need
from tests.servers import GRAPH, Served, comunica, oxigraph, virtuoso

DOCUMENT = ROOT / "docs/engines.md"
HEAD = (
    "| query | disk store | rdflib | imidgraph serve | Oxigraph server | Virtuoso | Comunica |\n|---|---|---|---|---|---|---|\n"
)
NAMES = ("disk", "rdflib", "serve", "oxigraph", "virtuoso", "comunica")


def rows(document: str) -> dict[str, list[str]]:
    """Read the table: for each query, what is said of each engine."""
    _, _, table = document.partition(HEAD)
    lines = table.partition("\n\n")[0].splitlines()
    cells = [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines]
    return {name.strip("`"): rest for name, *rest in cells}


def main() -> None:
    """Run every query on every engine, and write what came out."""
    kg = imidgraph.load()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for name in ("disk", "served", "comunica"):
            (folder / name).mkdir()
        build_store([RELEASE], folder / "disk")
        served = stack.enter_context(Served(folder / "served"))
        address = stack.enter_context(virtuoso(need("virtuoso-t")))
        put_graph(f"{address}/sparql-graph-crud-auth", GRAPH, kg.triples(), ("dba", "dba"))
        server = stack.enter_context(oxigraph())
        put_graph(f"{server}/store", GRAPH, kg.triples())
        there = stack.enter_context(comunica(need("comunica-sparql-file-http"), folder / "comunica"))
        engines: dict[str, Callable[[str], Results]] = {
            "disk": imidgraph.load(folder / "disk").select,
            "rdflib": RdflibStore.read(RELEASE).select,
            "serve": imidgraph.connect(f"{served.address}/sparql").select,
            "oxigraph": imidgraph.connect(f"{server}/query", GRAPH).select,
            "virtuoso": imidgraph.connect(f"{address}/sparql", GRAPH, timeout=60).select,
            "comunica": imidgraph.connect(there, timeout=60).select,
        }
        lines = []
        for name, query in sorted(kg.queries.items()):
            text = kg.query_text(name, **query.example)
            ours = Counter(kg.select(text).rows)
            cells = []
            for engine in NAMES:
                try:
                    cells.append("equal" if Counter(engines[engine](text).rows) == ours else "other rows")
                except ImidgraphError as error:
                    cells.append(f"fails with {type(error).__name__}")
            lines.append(f"| `{name}` | {' | '.join(cells)} |\n")
            print(lines[-1], end="", flush=True)
    document = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = document.partition(HEAD)
    DOCUMENT.write_text(f"{before}{HEAD}{''.join(lines)}\n{rest.partition(chr(10) * 2)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
