"""Files written whole or not at all, packed where their suffix says so."""

from __future__ import annotations

import os
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from imidgraph.errors import ExportError, ImidgraphError, MissingExtra

PACKED = (".gz", ".zst")
_CHUNK = 1 << 18  # bytes that are written at once


def write_whole(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Write a file beside its target and rename it, so that a failure leaves the old file as it was.

    Parameters
    ----------
    path : Path
        The file; with ``.gz`` or ``.zst`` at its end, what it holds is packed.
    content : bytes or iterable of bytes
        What it is to hold, in one piece or in many.

    Raises
    ------
    ExportError
        Where the folder is missing or cannot be written to, or the disk is full.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.txt"
    >>> write_whole(path, b"text")
    >>> path.read_bytes()
    b'text'
    """
    write_all({path: content})


def write_all(contents: Mapping[Path, bytes | Iterable[bytes]]) -> None:
    """Write files that belong together: none takes its place before all are complete.

    Raises
    ------
    ExportError
        Where one of them cannot be written; then all the old ones are as they were.
    """
    beside: dict[Path, Path] = {}
    path = Path()
    try:
        for path, content in contents.items():
            if path.is_dir():
                raise IsADirectoryError(f"{path} is a folder")
            handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
            beside[path] = Path(name)
            with os.fdopen(handle, "wb") as file:
                for chunk in chunked(packed([content] if isinstance(content, bytes) else content, path.suffix.lower())):
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            beside[path].chmod(path.stat().st_mode if path.exists() else 0o666 & ~umask())
        for path in list(beside):
            beside[path].replace(path)
            del beside[path]
    except OSError as error:
        if isinstance(error, ImidgraphError):
            raise
        raise ExportError(f"{path} cannot be written: {error}. Choose a folder that exists and that you may write to.") from error
    finally:
        for leftover in beside.values():
            leftover.unlink(missing_ok=True)


def packed(chunks: Iterable[bytes], suffix: str) -> Iterable[bytes]:
    """Pack bytes with gzip or zstd, as a suffix says; the same bytes give the same bytes.

    Raises
    ------
    MissingExtra
        Where zstd is asked for and its library is not installed.

    Examples
    --------
    >>> import gzip
    >>> gzip.decompress(b"".join(packed([b"a", b"b"], ".gz")))
    b'ab'
    """
    if suffix == ".gz":
        return _deflated(chunks, zlib.compressobj(6, zlib.DEFLATED, 31))  # 31: gzip's header, without name or time
    if suffix == ".zst":
        return _deflated(chunks, zstandard().ZstdCompressor(level=3).compressobj())
    return chunks


def chunked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Gather small pieces of bytes into chunks that are worth writing.

    Examples
    --------
    >>> list(chunked([b"a", b"b"]))
    [b'ab']
    """
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= _CHUNK:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


def zstandard() -> ModuleType:
    """Give the library for zstd.

    Raises
    ------
    MissingExtra
        Where it is not installed.
    """
    try:
        import zstandard
    except ImportError as error:
        raise MissingExtra("zstandard", "zstd") from error
    return zstandard


def _deflated(chunks: Iterable[bytes], packer: Any) -> Iterator[bytes]:
    for chunk in chunked(chunks):
        yield packer.compress(chunk)
    yield packer.flush()


def umask() -> int:
    """Give the permissions that this process leaves out of new files."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
