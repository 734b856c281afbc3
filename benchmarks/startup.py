"""A named query from the shell, process start included, against the least that any such command needs.

Run it with: python benchmarks/startup.py
The floor is ``python -c "import pyoxigraph"`` plus the parse of the graph; all are measured in turns in one run.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph

from imidgraph.resources import RELEASE

BIN = Path(sys.executable)
COMMANDS = {
    "python -c pass": [str(BIN), "-c", "pass"],
    "import pyoxigraph": [str(BIN), "-c", "import pyoxigraph"],
    "imidgraph run": [str(BIN.with_name("imidgraph")), "run", "boxed-warnings", "drug=imid:lenalidomide"],
    "imidgraph run drug=Revlimid": [str(BIN.with_name("imidgraph")), "run", "boxed-warnings", "drug=Revlimid"],
    "imidgraph run --format table": [str(BIN.with_name("imidgraph")), "run", "boxed-warnings", "-f", "table"],
    "rdflib, parse and query": [
        str(BIN),
        "-c",
        f"import rdflib; g = rdflib.Graph().parse({str(RELEASE)!r}); list(g.query('SELECT ?s {{ ?s ?p ?o }} LIMIT 1'))",
    ],
}


def main(rounds: int = 15) -> None:
    """Measure and print medians and ratios."""
    times: dict[str, list[float]] = {name: [] for name in [*COMMANDS, "parse"]}
    for turn in range(rounds):
        for name, command in COMMANDS.items():
            if name.startswith("rdflib") and turn >= 3:
                continue
            start = time.perf_counter()
            subprocess.run(command, capture_output=True, check=True)
            times[name].append(time.perf_counter() - start)
        start = time.perf_counter()
        pyoxigraph.Store().load(path=str(RELEASE), format=pyoxigraph.RdfFormat.TURTLE)
        times["parse"].append(time.perf_counter() - start)
    medians = {name: statistics.median(values) for name, values in times.items()}
    floor = medians["import pyoxigraph"] + medians["parse"]
    print(f"{'':40} {'ms':>7} {'ratio':>6}")
    for name, value in medians.items():
        print(f"{name:40} {value * 1000:7.1f} {value / floor:6.2f}")
    print(f"{'floor: import pyoxigraph + parse':40} {floor * 1000:7.1f} {1:6.2f}")


if __name__ == "__main__":
    main()
