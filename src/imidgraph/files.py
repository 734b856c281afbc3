"""Files written whole or not at all and read, packed where their suffix says so."""

from __future__ import annotations

import contextlib
import errno
import gzip
import io
import os
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import IO, Any, cast

from imidgraph.errors import ExportError, ImidgraphError, MissingExtra, OntologyError

Progress = Callable[[int], None]
"""Is told how many bytes were read or made since the last call."""

PACKED = (".gz", ".zst")
_NAME = 50  # letters of a name that its temporary file keeps: a system takes 255 bytes in all
_PATIENCE = 5.0  # seconds to wait for the reader of a pipe
_CHUNK = 1 << 18  # bytes that are written or read at once
_PACKED_CHUNK = 1 << 12  # packed bytes that are read at once: they may hold thousands of times as many


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
    try:
        for path, content in contents.items():
            chunks = chunked(packed([content] if isinstance(content, bytes) else content, path.suffix.lower()))
            with writing(path):
                if path.is_dir():
                    raise IsADirectoryError(f"{path} is a folder")
                if path.exists() and not path.is_file():  # a device or a pipe, which no file may replace
                    with _special(path) as special:
                        special.writelines(chunks)
                    continue
                target = path.resolve()  # behind a link, the file that it leads to
                handle, name = tempfile.mkstemp(prefix=f".{target.name[:_NAME]}.", dir=target.parent)
                beside[target] = Path(name)
                with os.fdopen(handle, "wb") as file:
                    file.writelines(chunks)
                    file.flush()
                    os.fsync(file.fileno())
                beside[target].chmod(target.stat().st_mode if target.exists() else 0o666 & ~umask())
        for target in list(beside):
            with writing(target):
                beside[target].replace(target)
            del beside[target]
    finally:
        for leftover in beside.values():
            leftover.unlink(missing_ok=True)


@contextlib.contextmanager
def writing(path: Path | str) -> Iterator[None]:
    """Tell a failure of the system, while something is written, with what to do next.

    Raises
    ------
    ExportError
        Where the system fails.

    Examples
    --------
    >>> with writing("imid.nt"):
    ...     raise OSError(errno.ENOSPC, "No space left on device")
    Traceback (most recent call last):
    imidgraph.errors.ExportError: imid.nt cannot be written: No space left on device. Free up space there and in ...
    """
    try:
        yield
    except RuntimeError as error:
        if "ymlink loop" not in str(error):
            raise
        raise ExportError(f"{path} cannot be written: it is a link to itself. Choose another file.") from error
    except OSError as error:
        if isinstance(error, ImidgraphError | BrokenPipeError):  # whose reader has seen enough
            raise
        full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
        room = f"{error.strerror}. Free up space there and in {tempfile.gettempdir()}."
        other = f"{error}. Choose an existing folder that you can write to."
        raise ExportError(f"{path} cannot be written: {room if full else other}") from error


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


@contextlib.contextmanager
def unpacked(path: Path, progress: Progress | None = None) -> Iterator[IO[bytes]]:
    """Open a file for reading; with ``.gz`` or ``.zst`` at its end, what it holds is unpacked.

    Parameters
    ----------
    path : Path
        The file.
    progress : callable, optional
        Is told how many bytes of the file were read.

    Raises
    ------
    OntologyError
        Where the file cannot be read, or is damaged or cut off.
    MissingExtra
        Where zstd is asked for and its library is not installed.

    Examples
    --------
    >>> path = Path(tempfile.mkdtemp()) / "a.txt.gz"
    >>> write_whole(path, b"text")
    >>> with unpacked(path) as file:
    ...     file.read()
    b'text'
    """
    try:
        raw: IO[bytes] = path.open("rb")
    except OSError as error:
        raise OntologyError(f"{path} cannot be read: {error}. Check the path and its permissions.") from error
    with raw:
        counted = io.BufferedReader(cast(io.RawIOBase, _Counted(raw, progress)), _CHUNK) if progress else raw
        try:
            if path.suffix == ".gz":
                with gzip.open(counted) as source:
                    yield source  # type: ignore[misc]
            elif path.suffix == ".zst":
                yield io.BufferedReader(cast(io.RawIOBase, _Unpacked(counted, zstandard())), _CHUNK)
            else:
                yield counted
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise OntologyError(f"{path} cannot be unpacked: {error}. Get the file again.") from error


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock that one process of the machine has at a time; it goes with the process, however that ends.

    Parameters
    ----------
    path : Path
        The file that stands for the lock; made where it is missing, and left.

    Examples
    --------
    >>> with locked(Path(tempfile.mkdtemp()) / ".lock"):
    ...     pass
    """
    with path.open("ab") as file:
        try:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        except ImportError:  # Windows
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined]
        yield


def _special(path: Path) -> IO[bytes]:
    """Open a device or a pipe for writing; a pipe that nobody reads is waited for, but not for ever."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            handle = os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))
        except OSError as error:
            if error.errno != errno.ENXIO or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            os.set_blocking(handle, True)
            return os.fdopen(handle, "wb")


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


class _Counted(io.RawIOBase):
    """A file that tells how much of it was read."""

    def __init__(self, source: IO[bytes], progress: Progress) -> None:
        self._source = source
        self._progress = progress

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        data = self._source.read(len(buffer))
        buffer[: len(data)] = data
        self._progress(len(data))
        return len(data)


class _Unpacked(io.RawIOBase):
    """What a zstd file holds; its library's own reader does not tell a file that was cut off from a whole one."""

    def __init__(self, source: IO[bytes], library: ModuleType) -> None:
        self._source = source
        self._library = library
        self._frame = library.ZstdDecompressor().decompressobj()
        self._packed = b""
        self._held = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        while not self._held and self._fill():
            pass
        data, self._held = self._held[: len(buffer)], self._held[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)

    def _fill(self) -> bool:
        """Unpack some more; tell whether there may be still more."""
        packed = self._packed or self._source.read(_PACKED_CHUNK)
        if not packed:
            if not self._frame.eof:
                raise EOFError("the file is incomplete")
            return False
        if self._frame.eof:
            self._frame = self._library.ZstdDecompressor().decompressobj()
        try:
            self._held = self._frame.decompress(packed)
        except self._library.ZstdError as error:
            raise EOFError(str(error)) from error
        self._packed = self._frame.unused_data if self._frame.eof else b""
        return True


def umask() -> int:
    """Give the permissions that this process leaves out of new files."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
