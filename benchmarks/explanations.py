"""Explanations, comparisons and their kin on the release, first call and warm, in one run.

Run it with: python benchmarks/explanations.py
"""

from __future__ import annotations

import time
from collections.abc import Callable

import imidgraph

MYELOMA = "multiple myeloma"
CALLS: dict[str, Callable[[imidgraph.KnowledgeGraph], object]] = {
    "paths, 3 hops": lambda kg: kg.paths("pomalidomide", MYELOMA, max_length=3, limit=1000),
    "explain, drug to disease": lambda kg: str(kg.explain("pomalidomide", MYELOMA)),
    "explain, drug to risk": lambda kg: str(kg.explain("thalidomide", "birth defects")),
    "explain, resistance": lambda kg: str(kg.explain("imid:cereblon-loss", "lenalidomide")),
    "compare": lambda kg: str(kg.compare("lenalidomide", "pomalidomide")),
    "why": lambda kg: str(kg.why("lenalidomide", over="thalidomide", disease=MYELOMA)),
    "similar": lambda kg: kg.similar("pomalidomide"),
    "neighborhood, 2 hops": lambda kg: kg.neighborhood("CRBN", hops=2),
    "without": lambda kg: kg.without("CRBN"),
    "to_networkx": lambda kg: kg.to_networkx(),
}


def main(rounds: int = 15) -> None:
    """Measure and print the first and the fastest time of each call."""
    kg = imidgraph.load()
    kg.entity("lenalidomide")
    print(f"{len(kg)} triples\n{'':28} {'first ms':>9} {'warm ms':>8}")
    for name, call in CALLS.items():
        times = []
        for _ in range(rounds):
            start = time.perf_counter()
            call(kg)
            times.append(time.perf_counter() - start)
        print(f"{name:28} {times[0] * 1000:9.1f} {min(times) * 1000:8.1f}")


if __name__ == "__main__":
    main()
