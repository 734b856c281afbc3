"""Edges: the network of a graph, with the statements on its edges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from imidgraph.knowledge.network import Network
from imidgraph.knowledge.statements import Reader
from imidgraph.limits import NEVER, Deadline
from imidgraph.model import Statement

Thing = TypeVar("Thing")

_BATCH = 200  # pairs of ends, or subjects, that are looked up between two looks at the clock


class Edges:
    """The edges of a network with their statements, looked up in groups and kept.

    Parameters
    ----------
    network : Network
        The nodes and relations.
    reader : Reader
        Where the statements are looked up.
    """

    def __init__(self, network: Network, reader: Reader) -> None:
        self.network = network
        self.reader = reader
        self._found: dict[tuple[str, str], tuple[Statement, ...]] = {}
        self._about: dict[str, tuple[Statement, ...]] = {}

    def load(self, pairs: Iterable[tuple[str, str]], deadline: Deadline) -> None:
        """Look up what joins many pairs of nodes, in few queries."""
        missing = [pair for pair in dict.fromkeys(pairs) if pair not in self._found]
        iri, curie = self.network.iri, self.network.curie
        for batch in _batches(missing):
            deadline.check()
            stated: dict[tuple[str, str], list[Statement]] = {pair: [] for pair in batch}
            for item in self.reader.between((iri(subject), iri(object)) for subject, object in batch):
                stated[curie(item.subject.iri), curie(item.object.iri)].append(item)
            bare = {pair: self._bare(pair, items) for pair, items in stated.items()}
            self.network.terms({node for pair, relations in bare.items() if relations for node in pair}, deadline)  # at once
            self._found.update({pair: (*items, *self._unstated(pair, bare[pair])) for pair, items in stated.items()})

    def has(self, subject: str, object: str) -> bool:
        """Tell whether what joins two nodes was looked up."""
        return (subject, object) in self._found

    def between(self, subject: str, object: str) -> tuple[Statement, ...]:
        """Give the statements that lead from one node to another, negated ones included."""
        self.load([(subject, object)], NEVER)
        return self._found[subject, object]

    def load_about(self, subjects: Iterable[str], deadline: Deadline) -> None:
        """Look up all statements that have one of many nodes as their subject, in few queries."""
        missing = [subject for subject in dict.fromkeys(subjects) if subject not in self._about]
        for batch in _batches(missing):
            deadline.check()
            stated: dict[str, list[Statement]] = {subject: [] for subject in batch}
            for item in self.reader.about(map(self.network.iri, batch)):
                stated[self.network.curie(item.subject.iri)].append(item)
            self._about.update({subject: tuple(items) for subject, items in stated.items()})

    def about(self, subject: str) -> tuple[Statement, ...]:
        """Give all statements that have a node as their subject, negated ones included."""
        self.load_about([subject], NEVER)
        return self._about[subject]

    def _bare(self, pair: tuple[str, str], stated: Sequence[Statement]) -> list[str]:
        """Give the relations between two nodes that no statement is behind: those of the hierarchies."""
        known = {self.network.curie(item.predicate.iri) for item in stated}
        return [relation for relation in self.network.objects.get(pair[0], {}).get(pair[1], ()) if relation not in known]

    def _unstated(self, pair: tuple[str, str], relations: Sequence[str]) -> Iterator[Statement]:
        """Give the edges that no statement is behind as statements without evidence."""
        for relation in relations:
            subject, object = self.network.terms(pair)
            yield Statement("", subject, self.network.relations[relation], object)


def _batches(things: Sequence[Thing]) -> Iterator[Sequence[Thing]]:
    return (things[place : place + _BATCH] for place in range(0, len(things), _BATCH))
