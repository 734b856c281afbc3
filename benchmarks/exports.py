"""Each export against the usual way, side by side in one run; and what exports of a large graph need of memory.

Run it with: python benchmarks/exports.py [--large]
The usual way: rdflib's serialisers on a graph that it holds, networkx's writers on a graph that it holds (flattened first, for it
writes no lists), pandas for tables, and kgx's transform where IMIDGRAPH_KGX_PYTHON names an interpreter that has it. Rates are
edges, or triples, a second. With --large, a random graph of 2.06 million edges, with the degrees of a small world of hubs, is
written from a disk store, in a process for each format, and so is a tenth of it: the memory of both is printed.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import networkx

import imidgraph
from imidgraph import export
from imidgraph.export.records import edge_records, flat, node_records
from imidgraph.projection import Projection
from imidgraph.stores.disk import build_store
from imidgraph.stores.oxigraph import OxigraphStore

LARGE = ("nt", "kgx.tsv", "kgx.jsonl", "csv", "parquet")
NODES, EDGES = 47_031, 2_060_000


def _fastest(call: Callable[[], object], rounds: int = 3) -> float:
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best


def _networkx(graph: Projection, without: str = "") -> networkx.MultiDiGraph:
    found = networkx.MultiDiGraph()

    def renamed(record: dict[str, object]) -> dict[str, object]:
        return {name.replace(without, "") if without else name: value for name, value in flat(record).items()}

    for record in map(renamed, node_records(graph)):
        found.add_node(record.pop("id"), **record)
    for record in map(renamed, edge_records(graph)):
        found.add_edge(record.pop("subject"), record.pop("object"), key=record.pop("id"), **record)
    return found


def _usual(graph: Projection, folder: Path) -> dict[str, tuple[str, Callable[[], object]]]:
    import pandas
    import rdflib

    triples = rdflib.Graph(bind_namespaces="none")
    triples.parse(data=b"".join(export.stream(graph, "nt")), format="nt")
    held = _networkx(graph)
    plain = _networkx(graph, ":")  # networkx writes no colon in a key of GML
    nodes, edges = list(node_records(graph)), list(edge_records(graph))
    return {
        **{
            suffix: ("rdflib", lambda syntax=syntax: triples.serialize(folder / "n.rdf", syntax))
            for suffix, syntax in (("ttl", "turtle"), ("nt", "nt"), ("rdf", "xml"), ("jsonld", "json-ld"))
        },
        "graphml": ("networkx", lambda: networkx.write_graphml_xml(held, folder / "n.graphml")),
        "gexf": ("networkx", lambda: networkx.write_gexf(held, folder / "n.gexf")),
        "gml": ("networkx", lambda: networkx.write_gml(plain, folder / "n.gml")),
        "json": ("networkx", lambda: _dump(networkx.node_link_data(held, edges="edges"), folder)),
        "cyjs": ("networkx", lambda: _dump(networkx.cytoscape_data(held), folder)),
        "edges": ("networkx", lambda: networkx.write_edgelist(held, folder / "n.edges", data=["predicate"])),
        "csv": ("pandas", lambda: [pandas.DataFrame(rows).to_csv(folder / "n.csv") for rows in (nodes, edges)]),
        "parquet": (
            "pandas",
            lambda: [pandas.DataFrame(map(flat, rows)).to_parquet(folder / "n.parquet") for rows in (nodes, edges)],
        ),
        "kgx.tsv": ("kgx", lambda: _kgx(folder)),
    }


def _dump(document: object, folder: Path) -> None:
    with (folder / "n.json").open("w") as file:
        json.dump(document, file)


def _kgx(folder: Path) -> None:
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
    paths = [str(folder / f"imid_{part}.jsonl") for part in ("nodes", "edges")]
    done = subprocess.run(
        [os.environ["IMIDGRAPH_KGX_PYTHON"], "-c", code, *paths, str(folder / "k")], capture_output=True, text=True
    )
    raise _Measured(float(done.stdout.rpartition("SECONDS")[2]))


class _Measured(Exception):
    """Carries a time that another process measured."""


def compare() -> None:
    """Print the rate of each format, and that of the usual way."""
    kg = imidgraph.load()
    graph = kg.projection
    edges = sum(1 for _ in graph.edges())
    _ = graph.node_columns, graph.edge_columns
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kg.write(folder / "imid.kgx.jsonl")
        usual = _usual(graph, folder)
        print(f"{len(kg)} triples, {edges} edges\n{'format':14} {'a second':>12} {'usual way':>12} {'ratio':>8}")
        for format in export.FORMATS:
            size = len(kg) if export.FORMATS[format].rdf else edges
            ours = _fastest(lambda name=format: kg.write(folder / f"ours.{name}"))
            line = f"{format:14} {size / ours:12,.0f}"
            if format in usual and (format != "kgx.tsv" or os.environ.get("IMIDGRAPH_KGX_PYTHON")):
                who, call = usual[format]
                try:
                    theirs = _fastest(call)
                except _Measured as measured:
                    theirs = measured.args[0]
                line += f" {size / theirs:12,.0f} {theirs / ours:8.1f}  {who}"
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


def _export(store: str, target: str) -> None:
    start = time.perf_counter()
    kg = imidgraph.load(store)
    opened = _peak()
    kg.write(target)
    print(json.dumps({"seconds": time.perf_counter() - start, "opened": opened, "peak": _peak()}))


def _peak() -> float:
    """Give the most memory that this process has used, in megabytes."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def large() -> None:
    """Print time and memory of exports from a tenth of the large graph and from the whole of it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stores = {}
        for edges in (EDGES // 10, EDGES):
            path = folder / f"{edges}.nt"
            with path.open("wb") as file:
                file.writelines(_lines(edges))
            build_store([path], folder / f"store-of-{edges}")
            path.unlink()
            stores[edges] = folder / f"store-of-{edges}"
        print(
            f"{'format':14} {'edges':>10} {'triples':>10} {'seconds':>8} {'a second':>10} {'peak MB':>8} "
            f"{'of it after opening':>20}"
        )
        for format in LARGE:
            for edges, store in stores.items():
                command = [sys.executable, __file__, "--export", str(store), str(folder / f"big.{format}")]
                done = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
                rate, grown = edges / done["seconds"], done["peak"] - done["opened"]
                triples = len(OxigraphStore.open(store))
                print(
                    f"{format:14} {edges:10} {triples:10} {done['seconds']:8.1f} {rate:10,.0f} {done['peak']:8.0f} {grown:8.0f}",
                    flush=True,
                )


if __name__ == "__main__":
    if "--export" in sys.argv:
        _export(*sys.argv[-2:])
    elif "--large" in sys.argv:
        large()
    else:
        compare()
