"""Ids for new facts. Once an id is written in the file it stays, whatever else of the fact changes."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Collection, Iterable, Iterator
from string import ascii_lowercase

from imidgraph.release.entries import Entry
from imidgraph.release.names import Names
from imidgraph.release.terms import local


def mint_fact(entry: Entry, classes: Collection[str], names: Names) -> str:
    """Make an id for a fact that has none: its ends, its predicate, and eight digits that tell it from its like.

    Parameters
    ----------
    entry : Entry
        The fact.
    classes : collection of str
        The keys that can hold its ends.
    names : Names
        The names that are taken.
    """
    parts = entry.parts(classes)
    ends = [local(part).rpartition(":")[2] for part in parts] if any(parts) else ["subject", "predicate", "object"]
    content = "\n".join(f"{key} {value.text}" for key in entry if key != "evidence" for value in entry.texts(key))
    digests = (hashlib.sha256(f"{content}{salt}".encode()).hexdigest()[:8] for salt in itertools.count())
    candidates = ("-".join([*ends, digest]) for digest in digests)
    return next(name for name in candidates if name not in names and name not in names.retired)


def mint_suffix(fact: str, taken: Iterable[str], names: Names) -> str:
    """Make a suffix for a piece of evidence that has none: the next letter that is neither taken nor retired.

    Examples
    --------
    >>> mint_suffix("a-fact", ["a", "b"], Names())
    'c'
    """
    pairs = map("".join, itertools.product(ascii_lowercase, repeat=2))
    free: Iterator[str] = (suffix for suffix in (*ascii_lowercase, *pairs) if suffix not in set(taken))
    return next(suffix for suffix in free if f"{fact}-{suffix}" not in names.retired)
