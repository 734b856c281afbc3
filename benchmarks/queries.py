"""Every named query end to end, against raw pyoxigraph and against rdflib, side by side in one run.

Run it with: python benchmarks/queries.py
Raw pyoxigraph turns each term into a string; ours gives typed Python values; rdflib gives its own terms.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import pyoxigraph

import imidgraph
from imidgraph.resources import RELEASE
from imidgraph.stores.rdflib import RdflibStore


def _fastest(call: Callable[[], object], rounds: int) -> float:
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best


def main() -> None:
    """Measure and print the times of each query and the ratios."""
    kg = imidgraph.load()
    raw = pyoxigraph.Store()
    raw.load(path=str(RELEASE), format=pyoxigraph.RdfFormat.TURTLE)
    reference = RdflibStore.read(RELEASE)
    ours_to_raw, rdflib_to_ours = [], []
    print(f"{len(kg)} triples\n{'query':36} {'rows':>5} {'raw ms':>8} {'ours ms':>8} {'ours/raw':>8} {'rdflib/ours':>11}")
    for name, query in sorted(kg.queries.items()):
        values = kg.names.resolve(query, query.example)
        text = query.bind(values)
        rows = len(kg.run(name, **values))
        bare = _fastest(lambda text=text: [[term and term.value for term in row] for row in raw.query(text)], 15)
        ours = _fastest(lambda name=name, values=values: kg.run(name, **values).rows, 15)
        slow = _fastest(lambda text=text: list(reference.graph.query(text)), 1)
        ours_to_raw.append(ours / bare)
        rdflib_to_ours.append(slow / ours)
        print(f"{name:36} {rows:5} {bare * 1000:8.2f} {ours * 1000:8.2f} {ours / bare:8.2f} {slow / ours:11.1f}")
    print(f"{'median':36} {'':5} {'':8} {'':8} {statistics.median(ours_to_raw):8.2f} {statistics.median(rdflib_to_ours):11.1f}")


if __name__ == "__main__":
    main()
