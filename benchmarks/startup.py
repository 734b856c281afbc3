"""What a command takes as a whole process, against the least that any such command needs, in one run.

Run it with: python benchmarks/startup.py
The floor is one process that imports pyoxigraph and parses the release. All are run in turns; processor time is printed beside the
time by the clock, since it says more where others use the machine.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from imidgraph.prepared import VARIABLE
from imidgraph.resources import RELEASE

COMMAND = str(Path(sys.executable).with_name("imidgraph"))
FLOOR = "floor: import pyoxigraph and parse"
PARSED = "the same, nothing kept"
RUN = ["run", "boxed-warnings", "drug=Revlimid"]
CALLS: dict[str, list[str]] = {
    FLOOR: ["-c", f"import pyoxigraph as p; p.Store().load(path={str(RELEASE)!r}, format=p.RdfFormat.TURTLE)"],
    "python -c pass": ["-c", "pass"],
    "import pyoxigraph": ["-c", "import pyoxigraph"],
    "import imidgraph": ["-c", "import imidgraph"],
    "imidgraph.load()": ["-c", "import imidgraph; imidgraph.load()"],
    "imidgraph --help": ["--help"],
    "imidgraph queries list": ["queries", "list"],
    "completion": ["complete"],
    "imidgraph run drug=Revlimid": RUN,
    PARSED: RUN,
    "imidgraph status": ["status", "Revlimid", "approvedFor", "multiple myeloma"],
    "imidgraph search": ["search", "blood clots"],
    "imidgraph show": ["show", "Revlimid"],
    "imidgraph explain": ["explain", "pomalidomide", "multiple myeloma"],
}
WORDS = {"_IMIDGRAPH_COMPLETE": "bash_complete", "COMP_WORDS": "imidgraph run boxed", "COMP_CWORD": "2"}


def once(name: str, cache: str) -> tuple[float, float]:
    """Run once, and give the seconds by the clock and of the processor."""
    arguments = CALLS[name]
    command = [sys.executable, *arguments] if arguments[0] == "-c" else [COMMAND, *arguments, "--format", "table"]
    environment = os.environ | {VARIABLE: "" if name == PARSED else cache}
    if arguments == ["--help"]:
        command = [COMMAND, "--help"]
    if arguments == ["complete"]:
        command, environment = [COMMAND], environment | WORDS
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, capture_output=True, check=True, env=environment)
    taken, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return taken, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(rounds: int = 9) -> None:
    """Measure and print medians and ratios."""
    clock: dict[str, list[float]] = {name: [] for name in CALLS}
    processor: dict[str, list[float]] = {name: [] for name in CALLS}
    with tempfile.TemporaryDirectory() as folder:
        cache = str(Path(folder) / "imidgraph")
        first = once("imidgraph run drug=Revlimid", cache)
        for _ in range(rounds):
            for name in CALLS:
                taken, used = once(name, cache)
                clock[name].append(taken)
                processor[name].append(used)
    print(f"{'':36} {'ms':>8} {'ratio':>6} {'CPU ms':>8} {'ratio':>6}")
    for name in CALLS:
        cells = [(statistics.median(found[name]), statistics.median(found[FLOOR])) for found in (clock, processor)]
        print(f"{name:36}", *(f"{value * 1000:8.1f} {value / floor:6.2f}" for value, floor in cells))
    print(f"{'the first run, which keeps the graph':36} {first[0] * 1000:8.1f} {'':6} {first[1] * 1000:8.1f}")


if __name__ == "__main__":
    main()
