"""What grows with the graph: the release 1, 10, 100 and 1,000 times over, in memory and on disk.

Run it with: python benchmarks/growth.py [TIMES ...] [--plot docs/growth.svg]   (the plot needs matplotlib; 1,000 times: 30 GB, an hour)

Each copy has names of its own, and every drug and protein of a copy is joined to that of the copy before it. Each figure is measured
in a process of its own that opens the graph once; the first answer counts, as a command gives it.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import imidgraph
from imidgraph.formats import write
from imidgraph.namespaces import IMID
from imidgraph.resources import RELEASE
from imidgraph.stores.disk import build_store

MOST_IN_MEMORY = 100  # times: beyond that a machine of 24 GB does not hold it
STEPS: dict[str, Callable[[Any], object]] = {
    "query": lambda kg: kg.run("boxed-warnings", drug="imid:lenalidomide").rows,
    "lookup": lambda kg: str(kg.entity("imid:lenalidomide")),
    "explain": lambda kg: str(kg.explain("imid:lenalidomide", "imid:multiple-myeloma")),
    "page": lambda kg: kg.entity("imid:pomalidomide")._repr_html_(),
    "name": lambda kg: str(kg.search("blood clots")),
    "export": lambda kg: write(kg.projection, Path(tempfile.mkdtemp()) / "imid.kgx.tsv"),
}
_OWN = re.compile(rf"<{re.escape(IMID)}([^>]+)>")


def copies(times: int) -> Iterator[bytes]:
    """Write the release so many times over, as N-Triples; the first copy is the release itself."""
    graph = imidgraph.load()
    lines = graph.serialize("nt").decode().splitlines()
    classes = [
        "owl:Class",
        "owl:ObjectProperty",
        "owl:DatatypeProperty",
        "owl:AnnotationProperty",
        "owl:Ontology",
        "skos:ConceptScheme",
    ]
    query = f"SELECT DISTINCT ?s {{ VALUES ?class {{ {' '.join(classes)} }} ?s a ?class }}"
    shared = {str(row[0]) for row in graph.select(query).rows}
    ends = [str(row[0]) for row in graph.select("SELECT ?s { VALUES ?class { imid:Drug imid:Protein } ?s a ?class }").rows]
    own = [line for line in lines if line[1 : line.find(">")] not in shared]
    yield "".join(f"{line}\n" for line in lines).encode()
    for number in range(1, times):

        def renamed(match: re.Match[str], number: int = number) -> str:
            return match[0] if IMID + match[1] in shared else f"<{IMID}{match[1]}~{number}>"

        text = _OWN.sub(renamed, "\n".join(own))
        text = re.sub(r'(rdf-schema#label> "[^"\\]*)"', rf'\1 {number}"', text)
        text = re.sub(r'(core#altLabel> "[^"\\]*)"', rf'\1 {number}"', text)
        before = f"~{number - 1}" if number > 1 else ""
        joins = "".join(f"<{end}~{number}> <{IMID}modulates> <{end}{before}> .\n" for end in ends)
        yield f"{text}\n{joins}".encode()


def measure(path: str, step: str) -> None:
    """Open a graph, take one step, and print the seconds of both and the memory."""
    start = time.perf_counter()
    kg = imidgraph.load(path)
    opened = time.perf_counter()
    STEPS[step](kg)
    done = time.perf_counter()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(json.dumps({"triples": len(kg), "open": opened - start, "step": done - opened, "memory": memory}))


def grown(times: int, folder: Path) -> Iterator[dict[str, Any]]:
    """Measure a graph of so many copies, in memory and on disk."""
    file = folder / "grown.nt"
    with file.open("wb") as target:
        target.writelines(copies(times))
    start = time.perf_counter()
    build_store([file], folder / "grown")
    built = time.perf_counter() - start
    for place, path in (("memory", file), ("disk", folder / "grown")):
        if place == "memory" and times > MOST_IN_MEMORY:
            continue
        found: dict[str, Any] = {"times": times, "place": place, "build": built if place == "disk" else None}
        for step in STEPS:
            told = subprocess.run(
                [sys.executable, __file__, "--measure", str(path), step], capture_output=True, text=True, check=True
            )
            figures = json.loads(told.stdout)
            found |= {"triples": figures["triples"], "open": figures["open"], step: figures["step"]}
            found["memory"] = max(found.get("memory", 0), figures["memory"] if step != "export" else 0)
        yield found


def plot(rows: list[dict[str, Any]], path: Path) -> None:
    """Draw the seconds of each step against the triples."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "imidgraph", "font.size": 9})
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(9, 4), sharey=True, layout="constrained")
    for axis, place in zip(axes, ("memory", "disk"), strict=True):
        mine = [row for row in rows if row["place"] == place]
        for step in ("open", *STEPS):
            axis.plot([row["triples"] for row in mine], [row[step] for row in mine], marker="o", markersize=3, label=step)
        axis.set(xscale="log", yscale="log", xlabel="triples", title=f"in {place}" if place == "memory" else "on disk")
        axis.grid(visible=True, alpha=0.3)
    axes[0].set_ylabel("seconds, the first time")
    axes[0].legend(frameon=False, fontsize=8)
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    """Measure, print, and draw."""
    parser = argparse.ArgumentParser()
    parser.add_argument("times", nargs="*", type=int, default=[1, 10, 100])
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--measure", nargs=2)
    given = parser.parse_args()
    if given.measure:
        measure(*given.measure)
        return
    heads = ("times", "place", "triples", "build", "open", *STEPS, "memory")
    print(" ".join(f"{head:>10}" for head in heads), flush=True)
    rows = []
    for times in given.times:
        with tempfile.TemporaryDirectory() as folder:
            for row in grown(times, Path(folder)):
                rows.append(row)
                cells = (f"{row[head]:.3f}" if isinstance(row[head], float) else row[head] or "" for head in heads)
                print(" ".join(f"{cell:>10}" for cell in cells), flush=True)
    print(f"seconds; memory in GB, without the export; the release is {RELEASE.stat().st_size / 1e6:.1f} MB of Turtle")
    if given.plot:
        plot(rows, given.plot)


if __name__ == "__main__":
    main()
