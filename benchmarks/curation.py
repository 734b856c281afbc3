"""What a curator waits for: the build, the validation, and the check of one file, process start included.

Run it with: python benchmarks/curation.py
Seconds of processor time are printed beside those of the clock: on a busy machine only the first can be compared.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import imidgraph
from imidgraph.resources import ONTOLOGY

PROGRAM = str(Path(sys.executable).with_name("imidgraph"))
COMMANDS = {
    "imidgraph --version": ["--version"],
    "imidgraph build": ["build"],
    "imidgraph validate": ["validate"],
    "imidgraph build --check, one file": ["build", "--check", str(ONTOLOGY / "facts" / "risks" / "lenalidomide.yaml")],
}


def seconds(command: list[str]) -> tuple[float, float]:
    """Give the seconds of processor time and of the clock that a command takes."""
    before, start = os.times(), time.perf_counter()
    subprocess.run([PROGRAM, *command], capture_output=True, check=True)
    elapsed, after = time.perf_counter() - start, os.times()
    spent = after.children_user - before.children_user + after.children_system - before.children_system
    return spent, elapsed


def main(rounds: int = 5) -> None:
    """Measure in turns, and print the least of each."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in COMMANDS}
    for _ in range(rounds):
        for name, command in COMMANDS.items():
            times[name].append(seconds(command))
    kg = imidgraph.load()
    print(f"{len(kg):,} triples, {len(kg.statements()):,} statements")
    print(f"{'':36} {'processor':>10} {'clock':>7}")
    for name, taken in times.items():
        spent, elapsed = map(min, zip(*taken, strict=True))
        print(f"{name:36} {spent:8.2f} s {elapsed:5.2f} s")


if __name__ == "__main__":
    main()
