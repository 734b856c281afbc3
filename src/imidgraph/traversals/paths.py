"""Paths: the simple paths between two entities, shortest first, with the statements on their hops, always within bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from typing import Any, overload

from imidgraph.errors import PathNotFound, QueryError
from imidgraph.knowledge.network import Network
from imidgraph.knowledge.statements import Statements
from imidgraph.limits import MAX_LENGTH, MOST_PATHS, SECONDS, seconds, whole
from imidgraph.model import Statement, Term
from imidgraph.prose.citations import cited
from imidgraph.traversals.walks import Deadline, OutOfTimeError, Walker

_LARGEST = 1_000_000  # paths that one answer may hold
_BATCH = 1000  # pairs of ends that are looked up together
_KEPT = 20_000  # nodes whose neighbors a search keeps at hand


class EdgeStatements:
    """The statements on the edges of a network, looked up in groups and kept.

    Parameters
    ----------
    network : Network
        The nodes and relations.
    associations : Associations
        Where the statements are looked up.
    """

    def __init__(self, network: Network, associations: Statements) -> None:
        self.network = network
        self._associations = associations
        self._found: dict[tuple[str, str], tuple[Statement, ...]] = {}
        self._about: dict[str, tuple[Statement, ...]] = {}

    def load(self, pairs: Iterable[tuple[str, str]], proceed: Callable[[], object] = lambda: None) -> None:
        """Look up what joins many pairs of nodes, in few queries; `proceed` is called before each and can end it."""
        missing = [pair for pair in dict.fromkeys(pairs) if pair not in self._found]
        if not missing:
            return
        iri, curie = self.network.iri, self.network.curie
        for batch in (missing[place : place + _BATCH] for place in range(0, len(missing), _BATCH)):
            proceed()
            stated: dict[tuple[str, str], list[Statement]] = {pair: [] for pair in batch}
            for item in self._associations.between((iri(subject), iri(object)) for subject, object in batch):
                stated[curie(item.subject.iri), curie(item.object.iri)].append(item)
            self._found.update({pair: (*items, *self._unstated(pair, items)) for pair, items in stated.items()})

    def between(self, subject: str, object: str) -> tuple[Statement, ...]:
        """Give the statements that lead from one node to another, negated ones included."""
        self.load([(subject, object)])
        return self._found[subject, object]

    def load_about(self, subjects: Iterable[str]) -> None:
        """Look up all statements that have one of many nodes as their subject, in few queries."""
        missing = [subject for subject in dict.fromkeys(subjects) if subject not in self._about]
        stated: dict[str, list[Statement]] = {subject: [] for subject in missing}
        for item in self._associations.about(map(self.network.iri, missing)):
            stated[self.network.curie(item.subject.iri)].append(item)
        self._about.update({subject: tuple(items) for subject, items in stated.items()})

    def about(self, subject: str) -> tuple[Statement, ...]:
        """Give all statements that have a node as their subject, negated ones included."""
        self.load_about([subject])
        return self._about[subject]

    def _unstated(self, pair: tuple[str, str], stated: Sequence[Statement]) -> Iterator[Statement]:
        """Give the edges that no statement is behind: those of the hierarchies."""
        known = {self.network.curie(item.predicate.iri) for item in stated}
        for relation in self.network.objects.get(pair[0], {}).get(pair[1], ()):
            if relation not in known:
                subject, object = self.network.terms(pair)
                yield Statement("", subject, self.network.relations[relation], object)


@dataclass(frozen=True)
class Step:
    """One hop of a path, with the statements that join its ends, whichever way they lead."""

    start: Term
    end: Term
    statements: tuple[Statement, ...]

    @property
    def ahead(self) -> tuple[Statement, ...]:
        """The statements that lead from the start to the end."""
        return tuple(item for item in self.statements if item.subject.iri == self.start.iri)

    def __str__(self) -> str:
        def relations(items: Iterable[Statement]) -> str:
            return ", ".join(dict.fromkeys(item.predicate.label for item in items))

        back = relations(item for item in self.statements if item.subject.iri != self.start.iri)
        parts = [f"--[{relations(self.ahead)}]-->"] if self.ahead else []
        return " and ".join([*parts, f"<--[{back}]--"] if back else parts)


@dataclass(frozen=True)
class Path:
    """A way from one entity to another that passes none twice.

    Parameters
    ----------
    nodes : tuple of str
        The CURIEs of the entities, from the start to the end.
    """

    nodes: tuple[str, ...]
    _statements: EdgeStatements = field(repr=False, compare=False)
    _relations: Set[str] = field(repr=False, compare=False)

    def __len__(self) -> int:
        """Count the hops."""
        return len(self.nodes) - 1

    @property
    def terms(self) -> tuple[Term, ...]:
        """The entities, with their names."""
        return tuple(self._statements.network.terms(self.nodes))

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The hops, each with its statements and their evidence."""
        self._statements.load(self.pairs())
        return tuple(Step(one, other, self._joining(one, other)) for one, other in zip(self.terms, self.terms[1:], strict=False))

    @property
    def sign(self) -> int | None:
        """The net direction: 1 where the end goes up with the start, -1 where it goes down, 0 where a hop says neither.

        None where a hop leads backwards, has no direction, or has two that differ.
        """
        net = 1
        for step in self.steps:
            relations = self._statements.network.relations
            signs = {relations[self._statements.network.curie(item.predicate.iri)].sign for item in step.ahead}
            sign = signs.pop() if len(signs) == 1 else None
            if sign is None:
                return None
            net *= sign
        return net

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Give the ends of each hop, both ways."""
        for one, other in zip(self.nodes, self.nodes[1:], strict=False):
            yield one, other
            yield other, one

    def to_dict(self) -> dict[str, Any]:
        """Give the path as a dictionary that can be written as JSON."""
        return {
            "nodes": [{"id": term.curie, "label": term.label, "category": term.category} for term in self.terms],
            "sign": self.sign,
            "steps": [[item.to_dict() for item in step.statements] for step in self.steps],
        }

    def __str__(self) -> str:
        return self.terms[0].label + "".join(f" {step} {step.end.label}" for step in self.steps)

    def _joining(self, one: Term, other: Term) -> tuple[Statement, ...]:
        curie = self._statements.network.curie
        pair = curie(one.iri), curie(other.iri)
        items = (*self._statements.between(*pair), *self._statements.between(*reversed(pair)))
        return tuple(item for item in items if not item.negated and curie(item.predicate.iri) in self._relations)


@dataclass(frozen=True)
class Paths(Sequence[Path]):
    """The paths that a search found, and how far it came.

    Parameters
    ----------
    paths : tuple of Path
        The paths, shortest first.
    max_length : int
        The most hops that a path was allowed.
    complete_to : int
        The number of hops up to which every path is here.
    bound : str or None
        Which bound ended the search early, in words; None where every path within `max_length` is here.
    """

    paths: tuple[Path, ...]
    max_length: int
    complete_to: int
    bound: str | None = None

    @overload
    def __getitem__(self, index: int) -> Path: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Path, ...]: ...
    def __getitem__(self, index: int | slice) -> Path | tuple[Path, ...]:
        return self.paths[index]

    def __len__(self) -> int:
        return len(self.paths)

    def to_dicts(self) -> list[dict[str, Any]]:
        """Give each path as a dictionary."""
        return [path.to_dict() for path in self.load()]

    def rows(self) -> Iterator[tuple[int, int, str, str, str, str, str]]:
        """Give the paths as rows: path, hop, subject, relation, object, statement and sources."""
        for number, path in enumerate(self.load(), 1):
            for place, step in enumerate(path.steps, 1):
                for item in step.statements:
                    ends = item.subject.label, item.predicate.label, item.object.label
                    yield number, place, *ends, item.statement or "", cited([item])

    def load(self) -> Paths:
        """Look up the statements of all paths together, which is faster than one path at a time."""
        if self.paths:
            self.paths[0]._statements.load(pair for path in self.paths for pair in path.pairs())
        return self

    def __repr__(self) -> str:
        return f"<Paths: {len(self)}, complete to {self.complete_to} hops>"

    def __str__(self) -> str:
        lines = [str(path) for path in self.load()]
        return "\n".join([*lines, f"({self.bound})"] if self.bound else lines)


def find_paths(
    statements: EdgeStatements,
    start: str,
    end: str,
    *,
    max_length: int = MAX_LENGTH,
    limit: int = MOST_PATHS,
    timeout: float = SECONDS,
    via: Iterable[str] = (),
    avoid: Iterable[str] = (),
    relations: Iterable[str] = (),
    directed: bool = False,
) -> Paths:
    """Find the simple paths between two entities, shortest first.

    Parameters
    ----------
    statements : EdgeStatements
        The network, with the statements on its edges.
    start, end : str
        The CURIEs of the ends.
    max_length : int
        The most hops that a path may have.
    limit : int
        The most paths to find.
    timeout : float
        The most seconds to search.
    via, avoid : iterable of str
        The CURIEs of entities that each path must, or must not, pass.
    relations : iterable of str
        The CURIEs of the relations to follow; all between entities if empty.
    directed : bool
        Whether to follow relations only from subject to object.

    Raises
    ------
    PathNotFound
        Where there is no path within the bounds.
    QueryError
        Where the ends are the same, or a bound makes no sense.
    """
    if start == end:
        raise QueryError(f"A path needs two different ends, and both are {start}. Name another one.")
    whole("max_length", max_length)
    if whole("limit", limit) > _LARGEST:
        raise QueryError(f"An answer holds at most {_LARGEST} paths. Choose a lower limit.")
    required, closed = frozenset(via), frozenset(avoid)
    if {start, end} & closed or required & closed:
        raise QueryError("A path cannot avoid what it must pass. Take it out of avoid.")
    network = statements.network
    followed = frozenset(relations) or network.joining
    proceed = Deadline(seconds(timeout))

    @lru_cache(maxsize=_KEPT)
    def ahead(node: str) -> Set[str]:
        return network.neighbors(node, followed, directed) - closed

    @lru_cache(maxsize=_KEPT)
    def behind(node: str) -> Set[str]:
        return network.sources(node, followed) - closed

    found: list[Path] = []
    bound = None
    try:
        walker = Walker(ahead, behind if directed else ahead, partial(network.fetch, proceed=proceed), proceed)
        for nodes in walker.paths(start, end, max_length, required - {start, end}):
            if len(found) == limit:
                bound = f"stopped at {limit} paths; there are more"
                break
            found.append(Path(nodes, statements, followed))
    except OutOfTimeError:
        bound = str(proceed)
    complete = max_length if bound is None else walker.done
    if not found:
        raise PathNotFound(start, end, max_length, bound)
    return Paths(tuple(found), max_length, complete, bound)
