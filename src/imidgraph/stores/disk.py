"""Disk stores: graphs too large to parse at each start, built once and opened read-only.

A disk store is a folder with one built store in it and a file ``CURRENT`` that names it. A new one is built beside
the old one, and takes its place when ``CURRENT`` is replaced: whatever happens before, the old one stays whole.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import pyoxigraph

from imidgraph.errors import ExportError, ImidgraphError, OntologyError
from imidgraph.files import Progress, locked, umask, write_whole
from imidgraph.stores.reading import rdf_format, read_into

_CONTENTS = "CONTENTS.json"  # the files of a built store, with their sizes and checksums
_LOCK = ".lock"
_OWN = {"CURRENT", _LOCK}
_BLOCK = 1 << 20


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
    for path in files:
        rdf_format(path)  # before hours of loading, not after
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if any(directory.iterdir()) and not any((directory / name).exists() for name in _OWN) and not _leftovers(directory):
            raise ExportError(f"{directory} is not empty, and not a store. Choose a new folder.")
        with locked(directory / _LOCK):
            return _build(files, directory, progress)
    except OSError as error:
        if isinstance(error, ImidgraphError):
            raise
        raise ExportError(f"{directory} cannot be written: {error}. The old store is unchanged.") from error


def _build(files: Sequence[Path], directory: Path, progress: Progress | None) -> int:
    built = Path(tempfile.mkdtemp(prefix="store-", dir=directory))
    try:
        store = pyoxigraph.Store(str(built))
        for path in files:
            read_into(store, path, progress, bulk=True)
        store.optimize()
        store.flush()
        size = len(store)
        del store
        write_whole(built / _CONTENTS, json.dumps({"quads": size, "files": _sums(built)}).encode())
        for path in (built, *built.iterdir()):  # for whoever may read the folder
            path.chmod((0o777 if path.is_dir() else 0o666) & ~umask())
        write_whole(directory / "CURRENT", built.name.encode())
    except BaseException:
        shutil.rmtree(built, ignore_errors=True)
        raise
    for old in _leftovers(directory):
        if old != built:  # the lock is ours: nobody else is building one
            shutil.rmtree(old, ignore_errors=True)
    return size


def check(built: Path) -> None:
    """Check that a built store is as it was built: its files, their bytes.

    Raises
    ------
    OntologyError
        Where a file is missing, or holds other bytes: its answers could be wrong.
    """
    try:
        contents = json.loads((built / _CONTENTS).read_bytes())
        known = dict(contents["files"])
        damaged = [name for name, (size, _) in known.items() if (built / name).stat().st_size != size]
        damaged = damaged or [name for name, (_, checksum) in known.items() if _checksum(built / name) != checksum]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OntologyError(f"The store in {built.parent} is damaged: {error}. Build it again.") from error
    if damaged:
        raise OntologyError(
            f"The store in {built.parent} is damaged: {damaged[0]} has changed since it was written. Build it again."
        )


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


def _sums(built: Path) -> dict[str, tuple[int, int]]:
    """Give the size and the checksum of each file that stays as it is: a lock and a log of messages do not count."""
    files = [path for path in built.iterdir() if path.is_file() and path.name not in {"LOCK", "LOG", _CONTENTS}]
    return {path.name: (path.stat().st_size, _checksum(path)) for path in sorted(files)}


def _checksum(path: Path) -> int:
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            checksum = zlib.crc32(block, checksum)
    return checksum
