"""Reading: RDF files of others into a store of the engine, whatever an editor or a tool left in them."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pyoxigraph
from pyoxigraph import RdfFormat

from imidgraph.errors import OntologyError
from imidgraph.files import PACKED, Progress, unpacked
from imidgraph.resources import RELEASE
from imidgraph.stores import bounds

_BLOCK = 1 << 20  # bytes that are checked at once
_SUFFIXES = {"owl": RdfFormat.RDF_XML, "rdfs": RdfFormat.RDF_XML}


def rdf_format(path: Path) -> RdfFormat:
    """Give the format that the suffix of a file names; ``.owl`` is RDF/XML, as ontologies are published.

    Raises
    ------
    OntologyError
        Where it names none.

    Examples
    --------
    >>> rdf_format(Path("pizza.owl")).name, rdf_format(Path("graph.ttl.gz")).name
    ('RDF/XML', 'Turtle')
    """
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() not in PACKED]
    suffix = suffixes[-1][1:] if suffixes else ""
    format = _SUFFIXES.get(suffix) or RdfFormat.from_extension(suffix)
    if format is None:
        known = ".ttl, .nt, .nq, .trig, .rdf, .owl or .jsonld, also with .gz or .zst"
        raise OntologyError(f"Unknown RDF format: {path.name}. Use {known}.")
    return format


def read_into(store: pyoxigraph.Store, path: Path, progress: Progress | None = None, bulk: bool = False) -> None:
    """Read a file into a store: a byte order mark is skipped, and relative IRIs are relative to the file.

    Parameters
    ----------
    store : pyoxigraph.Store
        The store.
    path : Path
        A file of RDF; with ``.gz`` or ``.zst`` behind, packed.
    progress : callable, optional
        Is told how many bytes were read.
    bulk : bool
        Whether to load in bulk, which is faster for large files and is not one transaction.

    Raises
    ------
    OntologyError
        Where the file is not there, has an unknown suffix, or cannot be parsed within bounds.
    """
    format = rdf_format(path)
    load = store.bulk_load if bulk else store.load
    try:
        base = path.resolve().as_uri()
        if path != RELEASE:  # ours is checked when it is built
            check_file(path, format)
        elif progress is None:
            load(path=str(path), format=format, base_iri=base)  # so that it waits for no other thread
            return
        with unpacked(path, progress) as source:
            if _start(source) == codecs.BOM_UTF8:
                source.read(len(codecs.BOM_UTF8))
            load(source, format=format, base_iri=base)
    except (SyntaxError, MemoryError) as error:  # the parser says so where one term is larger than it takes
        raise OntologyError(f"{path} cannot be parsed: {error}. Correct the file and load it again.") from error
    except (OSError, ValueError, RuntimeError) as error:
        if isinstance(error, OntologyError):
            raise
        raise OntologyError(f"{path} cannot be read: {error}. Check the path and its permissions.") from error


def check_file(path: Path, format: RdfFormat) -> None:
    """Refuse a file that would take the parser down, or all of its memory.

    Raises
    ------
    OntologyError
        Where it would.
    """
    try:
        if format == RdfFormat.RDF_XML:
            bounds.check_xml(_blocks(path))
        elif format == RdfFormat.JSON_LD:
            bounds.check_json(_blocks(path))
        else:
            bounds.check_terms(_blocks(path))
    except OntologyError as error:
        raise OntologyError(f"{path} cannot be parsed: {error}") from error


def _blocks(path: Path) -> Iterator[bytes]:
    with unpacked(path) as source:
        while block := source.read(_BLOCK):
            yield block


def _start(source: IO[bytes]) -> bytes:
    peek: Any = getattr(source, "peek", None)
    return bytes(peek(3)[:3]) if peek else b""
