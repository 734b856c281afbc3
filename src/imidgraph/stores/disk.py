"""Disk stores: graphs too large to parse at each start, built once and opened read-only.

A disk store is a folder with one built store in it and a file ``CURRENT`` that names it. A new one is built beside
the old one, and takes its place when ``CURRENT`` is replaced: whatever happens before, the old one stays whole.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pyoxigraph
from pyoxigraph import RdfFormat

from imidgraph.errors import ExportError, OntologyError
from imidgraph.files import Progress, unpacked, write_whole


def build_store(files: Sequence[Path], directory: Path, progress: Progress | None = None) -> int:
    """Build a disk store from RDF files, in place of the one that is there.

    Parameters
    ----------
    files : sequence of Path
        Files in Turtle, N-Triples, N-Quads, TriG, RDF/XML or JSON-LD; with ``.gz`` or ``.zst`` behind, compressed.
    directory : Path
        The folder of the store; made where it is missing.
    progress : callable, optional
        Is told how many bytes were read.

    Returns
    -------
    int
        The number of quads.

    Raises
    ------
    OntologyError
        Where a file is not there, has an unknown suffix or cannot be parsed.
    ExportError
        Where the folder cannot be written, or holds something else.

    Examples
    --------
    >>> from imidgraph.resources import RELEASE
    >>> from imidgraph.stores.oxigraph import OxigraphStore
    >>> directory = Path(tempfile.mkdtemp())
    >>> build_store([RELEASE], directory) == len(OxigraphStore.open(directory))
    True
    """
    formats = [_format(path) for path in files]
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if any(directory.iterdir()) and not (directory / "CURRENT").exists() and not _leftovers(directory):
            raise ExportError(f"{directory} is not empty and no store. Choose a new folder.")
        built = Path(tempfile.mkdtemp(prefix="store-", dir=directory))
    except OSError as error:
        if isinstance(error, ExportError):
            raise
        raise ExportError(f"{directory} cannot be written: {error}. Choose a folder that you may write to.") from error
    try:
        store = pyoxigraph.Store(str(built))
        for path, format in zip(files, formats, strict=True):
            _load(store, path, format, progress)
        store.optimize()
        store.flush()
        size = len(store)
        del store
        write_whole(directory / "CURRENT", built.name.encode())
    except BaseException as error:
        shutil.rmtree(built, ignore_errors=True)
        if isinstance(error, OSError) and not isinstance(error, ExportError):
            raise ExportError(f"The store in {directory} cannot be built: {error}. The old one is as it was.") from error
        raise
    for old in _leftovers(directory):
        if old != built and not _in_work(old):
            shutil.rmtree(old, ignore_errors=True)
    return size


def current(directory: Path) -> Path:
    """Give the folder of the built store in a disk store; a built store is its own.

    Raises
    ------
    OntologyError
        Where the folder is no disk store.
    """
    if (directory / "IDENTITY").is_file():
        return directory
    try:
        built = directory / (directory / "CURRENT").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        message = f"{directory} is not a store. Make one with 'imidgraph store FILE --to {directory}'."
        raise OntologyError(message) from error
    if built.parent != directory or not built.is_dir():
        raise OntologyError(f"The store in {directory} is damaged. Build it again.")
    return built


def _leftovers(directory: Path) -> list[Path]:
    return [path for path in directory.glob("store-*") if path.is_dir()]


def _in_work(store: Path) -> bool:
    """Tell whether someone else is building a store just now."""
    try:
        pyoxigraph.Store(str(store))
    except OSError as error:
        return "lock" in str(error).lower()
    return False


def _format(path: Path) -> RdfFormat:
    suffixes = [suffix for suffix in path.suffixes if suffix not in {".gz", ".zst"}]
    format = RdfFormat.from_extension(suffixes[-1][1:]) if suffixes else None
    if format is None:
        message = (
            f"The suffix of {path.name} names no RDF format. Use .ttl, .nt, .nq, .trig, .rdf or .jsonld, also with .gz or .zst."
        )
        raise OntologyError(message)
    return format


def _load(store: pyoxigraph.Store, path: Path, format: RdfFormat, progress: Progress | None) -> None:
    try:
        with unpacked(path, progress) as source:
            store.bulk_load(source, format=format)
    except (SyntaxError, MemoryError) as error:  # the parser says so where one term is larger than it takes
        raise OntologyError(f"{path} cannot be parsed: {error}. Correct the file and load it again.") from error
