"""Paths: the simple paths between two entities, shortest first, with the statements on their hops, always within limits."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from itertools import chain, pairwise
from typing import Any

from imidgraph.answers import Drawable, Listing, Row
from imidgraph.errors import PathNotFound, QueryError
from imidgraph.knowledge.network import Network
from imidgraph.limits import MAX_LENGTH, MOST_PATHS, NEVER, Deadline, OutOfTime, whole
from imidgraph.model import Statement, Term
from imidgraph.prose.citations import cited
from imidgraph.traversals.edges import Edges
from imidgraph.traversals.walks import Walker

_LARGEST = 1_000_000  # paths that one answer may hold
_FIRST = 10  # paths whose statements are looked up even where the time is up
_BATCH = 1000  # paths whose statements are looked up together
_KEPT = 20_000  # nodes whose neighbors a search keeps at hand
_SEARCHING = 0.8  # the share of the time that is for the search; the rest is for the statements of what it found


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
    steps : tuple of Step
        The hops, each with its statements and their evidence.
    sign : int or None
        The net direction: 1 where the end goes up with the start, -1 where it goes down, 0 where a hop says neither.
        None where a hop leads backwards, has no direction, or has two that differ.
    """

    nodes: tuple[str, ...]
    steps: tuple[Step, ...]
    sign: int | None

    def __len__(self) -> int:
        """Count the hops."""
        return len(self.steps)

    @property
    def terms(self) -> tuple[Term, ...]:
        """The entities, with their names."""
        return (self.steps[0].start, *(step.end for step in self.steps))

    def to_dict(self) -> dict[str, Any]:
        """Give the path as a dictionary that can be written as JSON."""
        return {
            "nodes": [{"id": term.curie, "label": term.label, "category": term.category} for term in self.terms],
            "sign": self.sign,
            "steps": [[item.to_dict() for item in step.statements] for step in self.steps],
        }

    def __str__(self) -> str:
        return self.terms[0].label + "".join(f" {step} {step.end.label}" for step in self.steps)


@dataclass(frozen=True, repr=False)
class Paths(Listing[Path], Drawable):
    """The paths that a search found, and how far it came.

    Parameters
    ----------
    items : tuple of Path
        The paths, shortest first.
    max_length : int
        The most hops that a path was allowed.
    complete_to : int
        The number of hops up to which every path is here.
    """

    max_length: int
    complete_to: int

    columns = ("path", "hop", "subject", "relation", "object", "statement", "sources")

    @cached_property
    def rows(self) -> list[Row]:
        """The statements of each hop of each path."""
        return list(self._rows())

    def _rows(self) -> Iterator[Row]:
        for number, path in enumerate(self, 1):
            for place, step in enumerate(path.steps, 1):
                for item in step.statements:
                    ends = item.subject.label, item.predicate.label, item.object.label
                    yield number, place, *ends, item.statement or "", cited([item])

    @property
    def title(self) -> str:
        """The ends."""
        return f"Paths from {self[0].terms[0]} to {self[0].terms[-1]}"

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements of all hops."""
        return tuple(dict.fromkeys(item for path in self for step in path.steps for item in step.statements))

    def _gaps(self) -> Iterator[str]:
        if self.limit is None:
            yield f"These are all paths of at most {self.complete_to} hops."
        yield from super()._gaps()

    def _document(self) -> dict[str, Any]:
        return {"complete_to": self.complete_to, "paths": [path.to_dict() for path in self]}


def paths(
    edges: Edges,
    start: str,
    end: str,
    deadline: Deadline,
    *,
    max_length: int = MAX_LENGTH,
    limit: int = MOST_PATHS,
    via: Iterable[str] = (),
    avoid: Iterable[str] = (),
    predicates: Iterable[str] = (),
    directed: bool = False,
) -> Paths:
    """Find the simple paths between two entities, shortest first.

    Parameters
    ----------
    edges : Edges
        The network, with the statements on its edges.
    start, end : str
        The CURIEs of the ends.
    deadline : Deadline
        When the search ends.
    max_length : int
        The most hops that a path may have.
    limit : int
        The most paths to find.
    via, avoid : iterable of str
        The CURIEs of entities that each path must, or must not, pass.
    predicates : iterable of str
        The relations to follow, by any of their names; all between entities if empty.
    directed : bool
        Whether to follow relations only from subject to object.

    Raises
    ------
    PathNotFound
        Where there is no path within the limits.
    QueryError
        Where the ends are the same, or a limit makes no sense.
    """
    if start == end:
        raise QueryError(f"Start and end are the same entity ({start}). Name a different one.")
    whole("max_length", max_length)
    if whole("limit", limit) > _LARGEST:
        raise QueryError(f"The limit is at most {_LARGEST} paths. Choose a lower limit.")
    required, closed = frozenset(via), frozenset(avoid)
    if {start, end} & closed or required & closed:
        raise QueryError("An entity cannot be in both via and avoid. Remove it from one of them.")
    followed = edges.network.chosen(predicates)
    walker = walker_of(edges.network, followed, closed, directed, deadline.part(_SEARCHING))
    found, stopped = ways(walker, start, end, max_length, limit, required)
    complete = max_length if stopped is None else walker.done
    told = tuple(_told(edges, found, followed, deadline))
    if len(told) < len(found):
        stopped, complete = str(deadline), min(complete, len(found[len(told)]) - 2)
    if not told:
        raise PathNotFound(start, end, max_length, stopped)
    return Paths(told, max_length, complete, places=edges.network.vocabulary.places, limit=stopped)


def ways(
    walker: Walker, start: str, end: str, max_length: int, limit: int, required: Set[str] = frozenset()
) -> tuple[list[tuple[str, ...]], str | None]:
    """List simple paths as the CURIEs that they pass, and say in words why the search stopped before the last."""
    found: list[tuple[str, ...]] = []
    try:
        for nodes in walker.paths(start, end, max_length, required - {start, end}):
            if len(found) == limit:
                return found, f"stopped at {limit} paths; there are more"
            found.append(nodes)
    except OutOfTime:
        return found, str(walker.deadline)
    return found, None


def walker_of(network: Network, followed: Set[str], closed: Set[str], directed: bool, deadline: Deadline) -> Walker:
    """Make what walks along some relations past all but some nodes."""

    @lru_cache(maxsize=_KEPT)
    def ahead(node: str) -> Set[str]:
        return network.neighbors(node, followed, directed) - closed

    @lru_cache(maxsize=_KEPT)
    def behind(node: str) -> Set[str]:
        return network.sources(node, followed) - closed

    return Walker(ahead, behind if directed else ahead, partial(network.fetch, deadline=deadline), deadline)


def _told(edges: Edges, ways: Sequence[tuple[str, ...]], followed: Set[str], deadline: Deadline) -> Iterator[Path]:
    """Look up the statements of ways, many together, until the time is up; those of the first few in any case."""
    steps: dict[tuple[str, str], tuple[Step, int | None]] = {}
    with contextlib.suppress(OutOfTime):
        for batch, end in ((ways[:_FIRST], NEVER), *((rest, deadline) for rest in _batches(ways[_FIRST:]))):
            pairs = [pair for pair in dict.fromkeys(pair for nodes in batch for pair in pairwise(nodes)) if pair not in steps]
            edges.load((either for pair in pairs for either in (pair, pair[::-1])), end)
            edges.network.terms(chain.from_iterable(pairs), end)
            steps.update((pair, _step(edges, *pair, followed)) for pair in pairs)
            for nodes in batch:
                hops = [steps[pair] for pair in pairwise(nodes)]
                yield Path(nodes, tuple(step for step, _ in hops), _net(sign for _, sign in hops))


def _batches(ways: Sequence[tuple[str, ...]]) -> Iterator[Sequence[tuple[str, ...]]]:
    return (ways[place : place + _BATCH] for place in range(0, len(ways), _BATCH))


def _step(edges: Edges, one: str, other: str, followed: Set[str]) -> tuple[Step, int | None]:
    """Give one hop, and its sign."""
    network = edges.network
    items = (*edges.between(one, other), *edges.between(other, one))
    joining = tuple(item for item in items if not item.negated and network.curie(item.predicate.iri) in followed)
    start, end = network.terms([one, other])
    step = Step(start, end, joining)
    signs = {item.predicate.sign for item in step.ahead}
    return step, signs.pop() if len(signs) == 1 else None


def _net(signs: Iterable[int | None]) -> int | None:
    net = 1
    for sign in signs:
        if sign is None:
            return None
        net *= sign
    return net
