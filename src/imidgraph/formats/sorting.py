"""Sorting without repeats in memory that does not grow: sorted runs go to temporary files and are merged."""

from __future__ import annotations

import tempfile
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import islice
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
