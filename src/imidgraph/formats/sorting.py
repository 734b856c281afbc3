"""Sorting without repeats in memory that does not grow: sorted runs go to temporary files and are merged."""

from __future__ import annotations

import os
import tempfile
import weakref
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO

_RUN = 200_000  # lines that are held at once


def sort_unique(lines: Iterable[bytes], run: int = _RUN) -> Iterator[bytes]:
    r"""Sort lines by their bytes, each once.

    Parameters
    ----------
    lines : iterable of bytes
        Lines, each with its line break at the end and no other.
    run : int
        How many different lines are held in memory at once.

    Yields
    ------
    bytes
        The lines in order, each once.

    Examples
    --------
    >>> list(sort_unique([b"b\n", b"a\n", b"b\n"], run=1))
    [b'a\n', b'b\n']
    """
    held: set[bytes] = set()
    runs: list[IO[bytes]] = []
    try:
        for line in lines:
            held.add(line)
            if len(held) >= run:
                runs.append(_spill(held))
                held = set()
        yield from _merged([*runs, iter(sorted(held))], max(run // (len(runs) + 1), 1)) if runs else sorted(held)
    finally:
        for file in runs:
            file.close()


def _merged(runs: list[Iterator[bytes]] | list[IO[bytes]], block: int) -> Iterator[bytes]:
    """Merge sorted runs block by block: what is not above the least end of the blocks at hand is complete."""
    heads: list[tuple[list[bytes], Iterator[bytes]]] = [([], iter(run)) for run in runs]
    while heads:
        heads = [(lines or list(islice(rest, block)), rest) for lines, rest in heads]
        heads = [(lines, rest) for lines, rest in heads if lines]
        if heads:
            least = min(lines[-1] for lines, _ in heads)
            ends = [bisect_right(lines, least) for lines, _ in heads]
            ready = [line for (lines, _), end in zip(heads, ends, strict=True) for line in lines[:end]]
            yield from dict.fromkeys(sorted(ready))
            heads = [(lines[end:], rest) for (lines, rest), end in zip(heads, ends, strict=True)]


def _spill(lines: set[bytes]) -> IO[bytes]:
    file = tempfile.TemporaryFile(prefix="imidgraph-")  # noqa: SIM115 - closed when the merge ends
    file.writelines(sorted(lines))
    file.seek(0)
    return file


class Sorted:
    r"""Sorted lines in a temporary file, to be read time and again; it goes when this does.

    Parameters
    ----------
    lines : callable
        Gives the lines; it is asked again where somebody has cleared the folder of temporary files.

    Examples
    --------
    >>> found = Sorted(lambda: [b"b\n", b"a\n"])
    >>> list(found), list(found)
    ([b'a\n', b'b\n'], [b'a\n', b'b\n'])
    """

    def __init__(self, lines: Callable[[], Iterable[bytes]]) -> None:
        self._lines = lines
        self._path: Path | None = None

    def __iter__(self) -> Iterator[bytes]:
        if self._path is None or not self._path.exists():
            self._path = self._written()
        with self._path.open("rb") as file:
            yield from file

    def _written(self) -> Path:
        handle, name = tempfile.mkstemp(prefix="imidgraph-")
        weakref.finalize(self, _remove, Path(name), os.getpid())
        with os.fdopen(handle, "wb") as file:
            file.writelines(sort_unique(self._lines()))
        return Path(name)


def _remove(path: Path, owner: int) -> None:
    if os.getpid() == owner:  # a fork that ends leaves what it did not make
        path.unlink(missing_ok=True)
