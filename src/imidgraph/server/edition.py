"""Editions: one state of the served graph, with the workers, the counts and the tags that belong to it.

What is served is pinned when an edition opens, so that a file which is replaced meanwhile is served whole or not at all.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from anyio import to_thread

import imidgraph
from imidgraph.errors import ImidgraphError, OntologyError
from imidgraph.kept import Kept
from imidgraph.prose import NOT_ADVICE
from imidgraph.server.answers import Answers, Written
from imidgraph.server.descriptions import PARTITION
from imidgraph.server.explorer.home import home
from imidgraph.server.explorer.things import Thing, thing
from imidgraph.server.pages import Pages
from imidgraph.server.settings import Settings
from imidgraph.stores.disk import current
from imidgraph.workers.lanes import Lanes
from imidgraph.workers.pool import Pool

_LOG = logging.getLogger("imidgraph.server")
_MOST_THINGS = 8192  # that are kept
_MOST_WRITTEN = 32 << 20  # bytes of documents that are kept
_WRITTEN = 1 << 10  # bytes that keeping one takes beside its own
_LOOK = 1.0  # seconds between two looks at what is served
_NICE = 10  # how far free queries step back for pages, named queries and lookups


class Edition:
    """One state of the graph.

    Parameters
    ----------
    settings : Settings
        What to serve, and within which limits.

    Attributes
    ----------
    written : Kept of Written
        The documents that were asked for last.

    Raises
    ------
    OntologyError
        Where there is no graph, or one that cannot be read.
    """

    def __init__(self, settings: Settings) -> None:
        self.seen = looks(settings.path)
        self._folder = tempfile.TemporaryDirectory(prefix="imidgraph-")
        try:
            path = _pinned(settings.path, Path(self._folder.name))
            self.graph = imidgraph.load(path)
        except BaseException:
            self._folder.cleanup()
            raise
        self.version = self.graph.version
        self.triples = len(self.graph)
        share = max(1, settings.workers - 1)
        self._free = Pool(path, settings.workers, settings.waiting, settings.timeout, share, nice=_NICE)
        self._own = Pool(path, settings.workers, 8 * settings.waiting, settings.timeout)
        self.lanes = Lanes(range(settings.workers), 8 * settings.waiting, settings.timeout, share)
        self.timeout = settings.timeout
        tag = f"{self.version or 'unknown'}-{_digest(path)}"
        self.answers = Answers(self._own, self._free, settings.limit, tag)
        self._classes: list[tuple[str, int]] | None = None
        self._things: Kept[Thing | None] = Kept(_MOST_THINGS)
        self.written: Kept[Written] = Kept(_MOST_WRITTEN, lambda written: len(written.body) + _WRITTEN)
        self._reading: asyncio.Task[None] | None = None
        self.pages = Pages(self.answers, self.graph.queries, self.version or "", NOT_ADVICE)

    def thing(self, iri: str) -> Thing | None:
        """Find out what the graph holds at an IRI; what was found is kept."""

        def ask() -> tuple[Thing | None, bool]:
            found = thing(self.graph, iri)
            return found, found is not None

        return self._things.get(iri, ask)

    def known(self, iri: str) -> Thing | None:
        """Give what was found at an IRI before, without asking the graph."""
        return self._things.known(iri)

    def classes(self) -> list[tuple[str, int]]:
        """Count the things of each class; counted once."""
        if self._classes is None:
            self._classes = self.graph.select(PARTITION).rows
        return self._classes

    def _read_ahead(self) -> None:
        with contextlib.suppress(ImidgraphError):  # whoever asks for the page is told
            self.pages.text(lambda: home(self.graph), "/")
            self.graph.search("Revlimid")

    async def start(self) -> None:
        """Start the workers, and wait until each has opened the graph; what the first page reads is read beside that."""
        self._reading = asyncio.create_task(to_thread.run_sync(self._read_ahead))
        await asyncio.gather(self._own.start(), self._free.start())

    async def close(self) -> None:
        """End the workers, and let go of the graph."""
        await asyncio.gather(self._own.close(), self._free.close(), *filter(None, [self._reading]))
        self.graph.close()
        self._folder.cleanup()


class Editions:
    """The edition that is served, and the next one as soon as the graph is replaced.

    Parameters
    ----------
    settings : Settings
        What to serve, and within which limits.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.current = Edition(settings)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve, and look at the graph now and then."""
        await self.current.start()
        watch = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watch.cancel()
            await self.current.close()

    async def _watch(self) -> None:
        refused = self.current.seen
        while True:
            await asyncio.sleep(_LOOK)
            seen = looks(self.settings.path)
            if seen in {self.current.seen, refused, ""}:
                continue
            await asyncio.sleep(_LOOK)
            if looks(self.settings.path) != seen:
                continue  # it is being written
            try:
                edition = await to_thread.run_sync(Edition, self.settings)
                await edition.start()
            except (ImidgraphError, OSError, EOFError) as error:
                refused = seen
                _LOG.warning("The graph was replaced by one that cannot be served, and stays as it was: %s", error)
                continue
            old, self.current = self.current, edition
            _LOG.info("The graph was replaced: version %s is served.", edition.version)
            await asyncio.sleep(self.settings.timeout)  # what was asked of the old one is answered by it
            await old.close()


def looks(path: Path) -> str:
    """Say how a graph looks from outside: this changes when it is replaced; nothing where it is not there."""
    try:
        found = (path / "CURRENT" if path.is_dir() else path).stat()
    except OSError:
        return ""
    return f"{found.st_ino} {found.st_mtime_ns} {found.st_size}"


def _pinned(path: Path, folder: Path) -> Path:
    """Give the graph as it is now: a copy of a file, the built store of a disk store."""
    if path.is_dir():
        return current(path)
    try:
        return Path(shutil.copyfile(path, folder / path.name))
    except OSError as error:
        raise OntologyError(f"{path} cannot be read: {error.strerror}. Check the path and its permissions.") from error


def _digest(path: Path) -> str:
    if path.is_dir():
        return hashlib.sha256(path.name.encode()).hexdigest()[:12]
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]
