"""A crawler of the whole site: `python -m tests.crawl` follows every link of every page, and asks for every IRI of the graph.

It prints what did not answer, and which place inside a page a link names in vain; the code is 1 where there is any.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
import zlib
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag, urljoin

import httpx

import imidgraph
from imidgraph.server.explorer.addresses import address
from tests.servers import Served

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
CLIENTS = 8


class Page(HTMLParser):
    """What a page links to, and the places in it that a link can name."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.places: set[str] = {""}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.places.add(given.get("id") or "")
        for name in ("href", "src", "action", "data-suggest"):
            if (value := given.get(name)) is not None and tag != "form":
                self.links.add(value)


class Crawl:
    """Follows links on one server.

    Parameters
    ----------
    base
        Its address.
    every
        Of how many links one is followed: 1 follows all.
    """

    def __init__(self, base: str, every: int = 1) -> None:
        self.base = base
        self.wrong: list[str] = []
        self.asked = 0
        self._every = every
        self._seen: set[str] = set()
        self._named: set[tuple[str, str, str]] = set()  # page, its target, the place there
        self._places: dict[str, set[str]] = {}
        self._waiting: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    async def run(self, start: Iterable[str]) -> None:
        for path in start:
            self._add(self.base + path, "the graph", always=True)
        async with httpx.AsyncClient(headers=BROWSER, timeout=120, follow_redirects=True) as client:
            tasks = [asyncio.create_task(self._work(client)) for _ in range(CLIENTS)]
            await self._waiting.join()
            for task in tasks:
                task.cancel()
        for page, target, place in sorted(self._named):
            if target in self._places and place not in self._places[target]:
                self.wrong.append(f"{target}#{place}: no such place, named on {page}")

    def _add(self, url: str, page: str, always: bool = False) -> None:
        if url in self._seen or not url.startswith(f"{self.base}/"):
            return
        self._seen.add(url)
        if always or zlib.crc32(url.removeprefix(self.base).encode()) % self._every == 0:
            self._waiting.put_nowait((url, page))

    async def _work(self, client: httpx.AsyncClient) -> None:
        while True:
            url, page = await self._waiting.get()
            try:
                await self._follow(client, url, page)
            except httpx.HTTPError as error:
                self.wrong.append(f"{url}: {error!r}, linked on {page}")
            finally:
                self._waiting.task_done()

    async def _follow(self, client: httpx.AsyncClient, url: str, page: str) -> None:
        answer = await client.get(url)
        while answer.status_code == 503 and "Retry-After" in answer.headers:  # busy, as it should say on a slow machine
            await asyncio.sleep(int(answer.headers["Retry-After"]))
            answer = await client.get(url)
        self.asked += 1
        if answer.status_code != 200:
            self.wrong.append(f"{url}: {answer.status_code}, linked on {page}")
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            return
        found = Page(answer.text)
        self._places[url] = found.places
        for link in found.links:
            target, place = urldefrag(urljoin(url, link))
            if place:
                self._named.add((url, target, place))
            self._add(target, url)


def iris() -> list[str]:
    """Give the address of each thing that the graph describes."""
    rows = imidgraph.load().select("SELECT DISTINCT ?thing WHERE { ?thing a ?class FILTER(ISIRI(?thing)) }").rows
    return sorted(address(str(iri)) for (iri,) in rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="follow one of so many links (default: all)")
    parser.add_argument("--base", help="the address of a server that runs already")
    options = parser.parse_args()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        if options.base:
            crawl = Crawl(options.base.rstrip("/"), options.every)
            asyncio.run(crawl.run(["/", *iris()]))
        else:
            with Served(Path(folder)) as server:
                crawl = Crawl(server.address, options.every)
                asyncio.run(crawl.run(["/", *iris()]))
    for line in crawl.wrong[:100]:
        print(line)
    print(f"{crawl.asked} addresses in {time.perf_counter() - start:.0f} s, {len(crawl.wrong)} wrong")
    return 1 if crawl.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
