"""Sorting without repeats in memory that does not grow: sorted runs go to temporary files and are merged."""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Iterable, Iterator
from itertools import groupby
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
        The lines in order.

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
        merged: Iterator[bytes] = heapq.merge(*runs, sorted(held)) if runs else iter(sorted(held))
        yield from (line for line, _ in groupby(merged))
    finally:
        for file in runs:
            file.close()


def _spill(lines: set[bytes]) -> IO[bytes]:
    file = tempfile.TemporaryFile(prefix="imidgraph-")  # noqa: SIM115 - closed when the merge ends
    file.writelines(sorted(lines))
    file.seek(0)
    return file
