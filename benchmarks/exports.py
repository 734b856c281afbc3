"""Each export against the usual way, side by side in one run; and what exports of a large graph need of memory.

Run it with: python benchmarks/exports.py [--large]
The usual way: rdflib's serializers, networkx's writers (of flattened attributes where they write no lists), pandas for tables, each from a
graph that it holds already, and kgx's transform of our JSON Lines, where IMIDGRAPH_KGX_PYTHON names an interpreter that has it.
Ours reads the store, and does not return before the file is on the disk. Rates are edges, or triples for RDF, a second.
With --large, a random graph of 2.06 million edges is written from a disk store, in a process for each format, and so is a tenth
of it, beside the usual way from a file (rdflib N-Triples, kgx and pandas JSON Lines), reading included: the most memory that
each process used is printed.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import imidgraph
from imidgraph import formats
from imidgraph.formats.projection import Projection
from imidgraph.formats.records import edge_records, evidence_records, flat, node_records
from imidgraph.stores.disk import build_store

Write = Callable[[], object]
LARGE = ("nt", "kgx.tsv", "csv", "parquet")
NODES, EDGES = 47_031, 2_060_000
SYNTAXES = {"ttl": "turtle", "nt": "nt", "nq": "nquads", "trig": "trig", "rdf": "xml", "jsonld": "json-ld"}


def _fastest(call: Write, rounds: int = 3) -> float:
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        measured = call()
        best = min(best, measured if isinstance(measured, float) else time.perf_counter() - start)
    return best


def _rdflib(graph: Projection, folder: Path, format: str) -> Write:
    import rdflib

    held = rdflib.Dataset() if format in {"nq", "trig"} else rdflib.Graph(bind_namespaces="none")
    held.parse(data=b"".join(formats.stream(graph, "nt")), format="nt")
    return lambda: held.serialize(folder / f"usual.{format}", SYNTAXES[format], encoding="utf-8")


def _networkx(graph: Projection, folder: Path, format: str) -> Write:
    import networkx

    held = networkx.MultiDiGraph()

    def renamed(record: dict[str, object]) -> dict[str, object]:
        if format in {"json", "cyjs"}:
            return record
        # networkx writes no list, and no colon in a key of GML
        return {name.replace(":", "") if format == "gml" else name: value for name, value in flat(record).items()}

    for record in map(renamed, node_records(graph)):
        held.add_node(record.pop("id"), **record)
    for record in map(renamed, edge_records(graph)):
        held.add_edge(record.pop("subject"), record.pop("object"), key=record.pop("id"), **record)
    path = folder / f"usual.{format}"
    return {
        "graphml": lambda: networkx.write_graphml_xml(held, path),
        "gexf": lambda: networkx.write_gexf(held, path),
        "gml": lambda: networkx.write_gml(held, path),
        "json": lambda: _dump(networkx.node_link_data(held, edges="edges"), path),
        "cyjs": lambda: _dump(networkx.cytoscape_data(held), path),
        "edges": lambda: networkx.write_edgelist(held, path, data=["predicate"]),
    }[format]


def _dump(document: object, path: Path) -> None:
    with path.open("w") as file:
        json.dump(document, file)


def _pandas(graph: Projection, folder: Path, format: str) -> Write:
    import pandas

    tables = [list(map(flat, records)) for records in (node_records(graph), edge_records(graph, False), evidence_records(graph))]
    writer = {"csv": pandas.DataFrame.to_csv, "parquet": pandas.DataFrame.to_parquet}[format]
    return lambda: [writer(pandas.DataFrame(rows), folder / f"{number}.{format}") for number, rows in enumerate(tables) if rows]


def _kgx(graph: Projection, folder: Path, format: str) -> Write:
    return _transform(formats.write(graph, folder / "usual.kgx.jsonl").paths, folder)


def _transform(paths: Sequence[Path], folder: Path) -> Write:
    """Let kgx transform our JSON Lines to TSV; its start, which asks for the model of Biolink, is not counted."""
    code = """
import importlib.resources, sys, time, yaml
import bmt.toolkit
path = str(importlib.resources.files("biolink_model") / "schema" / "biolink_model.yaml")
bmt.toolkit.Toolkit.__init__.__defaults__ = (path, {"predicate mappings": []})
import kgx.config
kgx.config.jsonld_context_map |= {"biolink": yaml.safe_load(open(path))["prefixes"], "monarch_context": {}, "obo_context": {}}
from kgx.transformer import Transformer
from kgx.utils.kgx_utils import get_toolkit
get_toolkit()
start = time.perf_counter()
transformer = Transformer(stream=True)
transformer.transform({"filename": sys.argv[1:3], "format": "jsonl"}, {"filename": sys.argv[3], "format": "tsv"})
print("SECONDS", time.perf_counter() - start)
"""
    command = [os.environ["IMIDGRAPH_KGX_PYTHON"], "-c", code, *map(str, paths), str(folder / "k")]
    return lambda: float(subprocess.run(command, capture_output=True, text=True, check=True).stdout.rpartition("SECONDS")[2])


USUAL: dict[str, Callable[[Projection, Path, str], Write]] = {
    **dict.fromkeys(SYNTAXES, _rdflib),
    **dict.fromkeys(("json", "cyjs", "graphml", "gexf", "gml", "edges"), _networkx),
    **dict.fromkeys(("csv", "parquet"), _pandas),
    **({"kgx.tsv": _kgx} if "IMIDGRAPH_KGX_PYTHON" in os.environ else {}),
}


def compare() -> None:
    """Print the rate of each format, and that of the usual way."""
    kg = imidgraph.load()
    graph = kg.projection
    edges = sum(1 for _ in graph.edges())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"{len(kg)} triples, {edges} edges\n{'format':14} {'a second':>10} {'usual way':>10} {'ratio':>6}")
        for format in formats.FORMATS:
            size = len(kg) if formats.FORMATS[format].rdf else edges
            ours = _fastest(lambda name=format: kg.write(folder / f"ours.{name}"))
            line = f"{format:14} {size / ours:10,.0f}"
            if format in USUAL:
                theirs = _fastest(USUAL[format](graph, folder, format))
                line += f" {size / theirs:10,.0f} {theirs / ours:6.1f}  {USUAL[format].__name__[1:]}"
            print(line, flush=True)


def _lines(edges: int) -> Iterator[bytes]:
    numbers = random.Random(1)
    base = "https://w3id.org/imidgraph/"
    kinds = ("binds", "degrades", "causes", "increases", "decreases", "hasAdverseEffect")
    nodes = max(NODES * edges // EDGES, 10)
    for node in range(nodes):
        yield f'<{base}n{node}> <http://www.w3.org/2000/01/rdf-schema#label> "node {node}" .\n'.encode()
        yield f"<{base}n{node}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{base}Protein> .\n".encode()
    for _ in range(edges):
        one, other = (int(nodes * numbers.random() ** 2) for _ in range(2))
        yield f"<{base}n{one}> <{base}{numbers.choice(kinds)}> <{base}n{other}> .\n".encode()


def _usual(format: str, folder: Path) -> float:
    """Do it the usual way, from a file to a file; give the seconds."""
    start = time.perf_counter()
    if format == "nt":
        import rdflib

        rdflib.Graph().parse(folder / "small.nt").serialize(folder / "usual.nt", "nt", encoding="utf-8")
    elif format == "kgx.tsv":
        return _fastest(_transform([folder / "small_nodes.jsonl", folder / "small_edges.jsonl"], folder), rounds=1)
    else:
        import pandas

        for part in ("nodes", "edges"):
            table = pandas.read_json(folder / f"small_{part}.jsonl", lines=True)
            {"csv": table.to_csv, "parquet": table.to_parquet}[format](folder / f"usual_{part}.{format}")
    return time.perf_counter() - start


def _measure(way: str, format: str, store: str, folder: str) -> None:
    """Write one format in this process, and print what it took."""
    start = time.perf_counter()
    if way == "ours":
        imidgraph.load(store).write(Path(folder) / f"ours.{format}")
        seconds = time.perf_counter() - start
    else:
        seconds = _usual(format, Path(folder))
    print("MEASURED" + json.dumps({"seconds": seconds, "peak": _peak(Path("/proc/self/status").read_text())}))


def _peak(status: str) -> float:
    """Give the most memory that a process has used, in megabytes."""
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def large() -> None:
    """Print time and memory of exports from a tenth of the large graph, beside the usual way, and from the whole of it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stores = {}
        for edges, path in ((EDGES // 10, folder / "small.nt"), (EDGES, folder / "large.nt")):
            with path.open("wb") as file:
                file.writelines(_lines(edges))
            stores[edges] = build_store([path], folder / f"store-of-{edges}")
        imidgraph.load(folder / f"store-of-{EDGES // 10}").write(folder / "small.kgx.jsonl")
        print(f"{'format':10} {'way':8} {'triples':>9} {'seconds':>8} {'triples a second':>17} {'peak MB':>8}")
        for format in LARGE:
            for way, edges in (("ours", EDGES // 10), ("usual", EDGES // 10), ("ours", EDGES)):
                if way == "usual" and format not in USUAL:
                    continue
                command = [sys.executable, __file__, "--measure", way, format, str(folder / f"store-of-{edges}"), name]
                done = subprocess.run(command, capture_output=True, text=True, check=True).stdout
                found: dict[str, Any] = json.loads(done.rpartition("MEASURED")[2])
                who = USUAL[format].__name__[1:] if way == "usual" else way
                peak = "" if who == "kgx" else f"{found['peak']:8.0f}"  # kgx runs in an environment of its own
                rate = stores[edges] / found["seconds"]
                print(f"{format:10} {who:8} {stores[edges]:9} {found['seconds']:8.1f} {rate:17,.0f} {peak}", flush=True)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    if "--measure" in sys.argv:
        _measure(*sys.argv[-4:])
    elif "--large" in sys.argv:
        large()
    else:
        compare()
