"""The prepared graph: the graph that ships with imidgraph as a disk store with an index of its names, for commands.

To parse the graph takes most of the time of a command that looks one thing up. So the first command keeps it in the user's
cache, under a digest of all that it is made from: another graph, engine or way to read names has another digest. Nothing needs
it: where it cannot be written, is damaged or belongs to someone else, the graph is parsed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import imidgraph
from imidgraph.errors import ImidgraphError
from imidgraph.knowledge import indexed, labels, names, spelling
from imidgraph.loading import load, load_indexed
from imidgraph.namespaces import PREFIXES
from imidgraph.resources import RELEASE
from imidgraph.stores import oxigraph

VARIABLE = "IMIDGRAPH_CACHE"
"""The variable of the environment that names another folder for it; set to nothing, nothing is kept."""

_STORE, _NAMES = "store", "names.json"
_UNUSED = 7 * 24 * 3600  # seconds after which one that nobody used is removed


def load_prepared(in_memory: bool = False) -> imidgraph.KnowledgeGraph:
    """Load the graph that ships with imidgraph in its prepared form; it is prepared where it is not.

    Its lookups take twice as long as those of `imidgraph.load`, and its start a tenth.

    Parameters
    ----------
    in_memory : bool
        Whether the graph is parsed all the same, for whoever asks much of it, and only the index of its names is taken.

    Examples
    --------
    >>> load_prepared().entity("Revlimid").label
    'lenalidomide'
    """
    try:
        folder = _cache()
        if folder is not None:
            return _open(folder / _digest(), in_memory)
    except (ImidgraphError, OSError, ValueError, LookupError, RuntimeError):
        pass  # it is not needed
    return load()


def _open(prepared: Path, in_memory: bool) -> imidgraph.KnowledgeGraph:
    if not prepared.is_dir():
        _prepare(prepared)
    with contextlib.suppress(OSError):
        os.utime(prepared)
    digest, _, document = (prepared / _NAMES).read_bytes().partition(b"\n")
    try:
        if digest.decode() != _hashed(document):
            raise ValueError("changed since it was written")
        return load_indexed(RELEASE if in_memory else prepared / _STORE, json.loads(document))
    except (ImidgraphError, ValueError):
        shutil.rmtree(prepared, ignore_errors=True)  # the next command prepares it again
        raise


def _prepare(prepared: Path) -> None:
    """Prepare the graph beside its place, and rename it: of several processes that do, one wins, and each finds it whole."""
    from imidgraph.stores.disk import build_store

    for old in prepared.parent.iterdir():
        if time.time() - old.stat().st_mtime > _UNUSED:
            shutil.rmtree(old, ignore_errors=True)
    made = Path(tempfile.mkdtemp(dir=prepared.parent))
    try:
        build_store([RELEASE], made / _STORE)
        document = json.dumps(indexed.index(load(made / _STORE).names)).encode()
        (made / _NAMES).write_bytes(_hashed(document).encode() + b"\n" + document)
        with contextlib.suppress(OSError):  # another process was faster
            made.rename(prepared)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _cache() -> Path | None:
    """Give the folder of the user's prepared graphs; None where there is to be none, or others can write to it."""
    folder = _folder()
    if folder is None:
        return None
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.stat()
    is_own = sys.platform == "win32" or (found.st_uid == os.geteuid() and not found.st_mode & 0o022)
    return folder if is_own else None


def _folder() -> Path | None:
    chosen = os.environ.get(VARIABLE)
    if chosen is not None:
        return Path(chosen) if chosen else None
    if sys.platform == "win32":
        return Path(os.environ["LOCALAPPDATA"]) / "imidgraph"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "imidgraph"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "imidgraph"


def _digest() -> str:
    """Digest what a prepared graph is made from: the graph, the engine, and what reads names."""
    made_by = [Path(str(module.__file__)).read_bytes() for module in (indexed, labels, names, spelling)]
    versions = json.dumps([imidgraph.__version__, oxigraph.ENGINE, PREFIXES])
    return _hashed(RELEASE.read_bytes(), *made_by, versions.encode())


def _hashed(*parts: bytes) -> str:
    digest = hashlib.blake2b(digest_size=20)
    for part in parts:
        digest.update(part)
    return digest.hexdigest()
