"""The triples of a graph by subject, in the order of names, read from the store once.

A disk store takes 8 microseconds to find the terms of a triple, and an export needs each triple several times: for
the columns, for the rows of nodes, for those of edges. So the store writes all of it to a temporary file, which keeps
the triples of a subject together, and a sorted index says where those of each name stand.
"""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from typing import IO, Any, NamedTuple

from imidgraph.formats.elements import joins
from imidgraph.formats.sorting import Sorted
from imidgraph.rdf import BlankNode, NamedNode, QuadStore, RdfFormat, parse

_NODE = (b"<", b"_")
_TRIPLE = b"<<"


class Subject(NamedTuple):
    """What may be a node, and what the graph says of it.

    Parameters
    ----------
    term : NamedNode or BlankNode
        Its IRI or blank node.
    facts : dict of str to list
        The objects by the IRI of the property; none of a property that joins it to other nodes.
    joined : list of tuple
        Predicate and object of each triple that joins it to another node, as N-Triples has them.
    """

    term: NamedNode | BlankNode
    facts: dict[str, list[Any]]
    joined: list[tuple[str, str]]


class Subjects:
    """What may be a node of a graph: every subject, and every object that a relation leads to.

    Parameters
    ----------
    store : pyoxigraph.Store
        The triples.

    Examples
    --------
    >>> store = QuadStore()
    >>> store.load(b"<a:b> <a:knows> <a:a> ; <http://purl.org/dc/terms/title> 'B' .", RdfFormat.TURTLE)
    >>> [(subject.term.value, subject.joined) for subject in Subjects(store)]
    [('a:a', []), ('a:b', [('<a:knows>', '<a:a>')])]
    """

    def __init__(self, store: QuadStore) -> None:
        self._lines: IO[bytes] = tempfile.TemporaryFile(prefix="imidgraph-")  # noqa: SIM115 - closed when this goes
        weakref.finalize(self, self._lines.close)
        store.dump(self._lines, RdfFormat.N_QUADS)
        lines = self._lines
        self._names = Sorted(lambda: _index(lines))

    def __iter__(self) -> Iterator[Subject]:
        for name, places in groupby((line.split() for line in self._names), key=lambda place: place[0]):
            told = [self._read(int(place[1]), int(place[2])) for place in places if len(place) > 1]
            yield _subject(name.decode(), b"".join(told))

    def _read(self, start: int, length: int) -> bytes:
        self._lines.seek(start)
        return self._lines.read(length)


def _index(lines: IO[bytes]) -> Iterator[bytes]:
    """Give each name with the place and the length of its lines, and without where a triple leads to it."""
    lines.seek(0)
    last, start, end = b"", 0, 0
    for line in lines:
        subject, predicate, rest = line.split(b" ", 2)
        if subject != last:
            if last:
                yield b"%b %d %d\n" % (_name(last), start, end - start)
            last, start = subject, end
        end += len(line)
        if rest.startswith(b"_") or _joins(predicate, rest):
            yield _name(rest[: rest.index(b" ")]) + b"\n"
    if last:
        yield b"%b %d %d\n" % (_name(last), start, end - start)


def _subject(name: str, text: bytes) -> Subject:
    found: dict[str, list[Any]] = {}
    joined: dict[tuple[str, str], None] = {}
    others: list[bytes] = []
    for line in text.splitlines(keepends=True):
        _, predicate, rest = line.split(b" ", 2)
        if _joins(predicate, rest):
            joined[predicate.decode(), rest[: rest.index(b" ")].decode()] = None
        else:
            others.append(line)
    for _, property, value, _ in parse(b"".join(others), RdfFormat.N_QUADS) if others else ():
        found.setdefault(property.value, []).append(value)
    facts = {property: sorted(set(values), key=str) if len(values) > 1 else values for property, values in found.items()}
    return Subject(BlankNode(name[2:]) if name.startswith("_:") else NamedNode(name), facts, list(joined))


def _joins(predicate: bytes, rest: bytes) -> bool:
    return _is_relation(predicate) and rest.startswith(_NODE) and not rest.startswith(_TRIPLE)


@lru_cache(maxsize=4096)
def _is_relation(predicate: bytes) -> bool:
    return joins(predicate[1:-1].decode())


def _name(term: bytes) -> bytes:
    return term if term.startswith(b"_") else term[1:-1]
