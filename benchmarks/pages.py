"""How fast the pages are: the 95th percentile with 8 clients, and when a browser shows the largest part of a page.

Run it with: python benchmarks/pages.py [ENTITIES]
It serves the release on this machine; the clients share its processors. ENTITIES is how many of the entities are asked for
(default 60, evenly chosen); the one with most statements is always among them. The browser is left out where there is none.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.servers import Served

import imidgraph
from imidgraph.server.explorer.addresses import address

CLIENTS = 8
BROWSER = {"Accept": "text/html", "Accept-Encoding": "gzip"}
SHOWN = ("/", "/lenalidomide", "/compare?drugs=lenalidomide&drugs=pomalidomide", "/explain?start=thalidomide&end=birth+defects")
LARGEST = """() => new Promise((done) => new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime))
    .observe({ type: "largest-contentful-paint", buffered: true }))"""
ENTITIES = """
SELECT ?entity (COUNT(?a) AS ?n) WHERE {
    ?entity a ?class . ?class rdfs:subClassOf imid:Entity . OPTIONAL { ?a imid:subject|imid:object ?entity }
} GROUP BY ?entity ORDER BY DESC(?n) ?entity
"""


def chosen(number: int) -> list[str]:
    """Choose entities: the one with most statements first, the others evenly."""
    rows = [address(str(iri)) for iri, _ in imidgraph.load().select(ENTITIES).rows]
    return rows[:1] + rows[1 :: max(1, len(rows) // number)]


def processor(pid: int) -> float:
    """Give the milliseconds of processor time that a process has used: what others do on the machine is not in it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def times(base: str, paths: list[str]) -> list[float]:
    """Ask for some pages with several clients, each as soon as it has its last answer; milliseconds each."""
    waiting = list(reversed(paths))
    found: list[float] = []

    async def ask() -> None:
        async with httpx.AsyncClient(base_url=base, headers=BROWSER, timeout=60) as client:
            await client.get("/version")
            while waiting:
                path = waiting.pop()
                start = time.perf_counter()
                (await client.get(path)).raise_for_status()
                found.append(1000 * (time.perf_counter() - start))

    await asyncio.gather(*(ask() for _ in range(CLIENTS)))
    return found


def paints(base: str) -> dict[str, float]:
    """Measure the largest contentful paint of some pages, the median of five loads each, in milliseconds."""
    program = shutil.which("chromium")
    if program is None:
        return {}
    from playwright.sync_api import sync_playwright

    found = {}
    with sync_playwright() as driver, driver.chromium.launch(executable_path=program, args=["--no-sandbox"]) as browser:
        for path in SHOWN:
            values = []
            for _ in range(5):
                page = browser.new_page()
                page.goto(base + path)
                values.append(page.evaluate(LARGEST))
                page.close()
            found[path] = statistics.median(values)
    return found


def main() -> None:
    """Print the table."""
    paths = chosen(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
    with tempfile.TemporaryDirectory() as folder, Served(Path(folder)) as server:
        print(f"{f'{len(paths)} entity pages, {CLIENTS} clients':36} median ms    p95 ms    processor ms of the server")
        for name, asked in (
            ("asked for the first time", paths),
            ("asked for again", paths * 10),
            ("most statements", paths[:1] * 200),
        ):
            before = processor(server.process.pid)
            found = sorted(asyncio.run(times(server.address, asked)))
            used = (processor(server.process.pid) - before) / len(asked)
            print(f"{name:36} {statistics.median(found):9.1f} {found[int(0.95 * (len(found) - 1))]:9.1f} {used:9.1f}")
        for path, value in paints(server.address).items():
            print(f"largest contentful paint of {path}: {value:.0f} ms")


if __name__ == "__main__":
    main()
