"""Centrality: which entities the network turns on, and what falls together. networkx is imported when it is needed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from imidgraph.answers import Listing, Row
from imidgraph.errors import QueryError
from imidgraph.knowledge.network import Network
from imidgraph.limits import Deadline, OutOfTime
from imidgraph.model import Term

MEASURES = ("betweenness", "degree", "pagerank")

_Measured = tuple[dict[str, float], str | None]


@dataclass(frozen=True)
class Ranked:
    """An entity with what was measured of it."""

    entity: Term
    value: float

    def __str__(self) -> str:
        return f"{self.entity} {self.value:.4g}"


@dataclass(frozen=True, repr=False)
class Centrality(Listing[Ranked]):
    """The entities of the network by a measure, the highest first.

    Parameters
    ----------
    items : tuple of Ranked
        The entities, with their values.
    measure : str
        What was measured.
    """

    measure: str

    columns = ("entity", "label", "category", "value")

    @property
    def rows(self) -> list[Row]:
        """The entities with their values."""
        return [(item.entity.curie, item.entity.label, item.entity.category, item.value) for item in self]

    @property
    def title(self) -> str:
        """The measure."""
        return self.measure.capitalize()


@dataclass(frozen=True, repr=False)
class Communities(Listing[tuple[Term, ...]]):
    """Groups of entities that are joined more with one another than with others, the largest first."""

    columns = ("community", "entity", "label", "category")

    @property
    def rows(self) -> list[Row]:
        """The entities, with the number of their group."""
        return [(number, term.curie, term.label, term.category) for number, group in enumerate(self.items, 1) for term in group]

    @property
    def title(self) -> str:
        """How many groups."""
        return f"{len(self)} communities"


def centrality(network: Network, deadline: Deadline, measure: str = "betweenness", pillars: Iterable[str] = ()) -> Centrality:
    """Rank the entities by how central they are, the most central first.

    Parameters
    ----------
    network : Network
        The nodes and relations.
    deadline : Deadline
        When the computation ends. Until then betweenness is estimated from some of the entities; the others are
        computed in time, or not at all.
    measure : str
        ``betweenness`` (the share of shortest paths that pass), ``degree`` (the share of others that are joined to
        it) or ``pagerank`` (where a walk along the relations ends up).
    pillars : iterable of str
        The pillars whose relations count, such as ``mechanisms``; all if empty.

    Raises
    ------
    QueryError
        Where the measure is another one.
    """
    if measure not in MEASURES:
        raise QueryError(f"Unknown measure {measure!r}. Choose from {', '.join(MEASURES)}.")
    measures: dict[str, Callable[[Any, Deadline], _Measured]] = {
        "betweenness": _betweenness,
        "degree": _degree,
        "pagerank": _pagerank,
    }
    try:
        graph = _graph(network, deadline, pillars, directed=measure == "pagerank")
        values, limit = measures[measure](graph, deadline)
    except OutOfTime:
        values, limit = {}, str(deadline)
    items, limit = _ranked(network, values, 9, deadline, limit)
    return Centrality(items, measure, limit=limit)


def communities(network: Network, deadline: Deadline, pillars: Iterable[str] = ()) -> Communities:
    """Find groups of entities that are joined more with one another than with others, the largest first.

    Parameters
    ----------
    network : Network
        The nodes and relations.
    deadline : Deadline
        When the computation ends; until then it puts ever larger groups together.
    pillars : iterable of str
        The pillars whose relations count, such as ``mechanisms``; all if empty.

    Notes
    -----
    The Louvain method (Blondel and others, 2008), always with the same seed.
    """
    groups: list[set[str]] = []
    limit = None
    try:
        graph = _graph(network, deadline, pillars)
        if graph:
            from networkx.algorithms.community import louvain_partitions

            for partition in louvain_partitions(_ending(graph, deadline), seed=0):
                groups = partition
                deadline.check()
    except OutOfTime:
        limit = str(deadline)
    named = (tuple(sorted(network.terms(group), key=str)) for group in groups)
    return Communities(tuple(sorted(named, key=lambda group: (-len(group), str(group[0])))), limit=limit)


def articulation_points(network: Network, deadline: Deadline, pillars: Iterable[str] = ()) -> Centrality:
    """Find the entities without which the network falls apart, with how many others each alone holds to the rest.

    Parameters
    ----------
    network : Network
        The nodes and relations.
    deadline : Deadline
        When the computation ends; those that were found until then are given.
    pillars : iterable of str
        The pillars whose relations count, such as ``mechanisms``; all if empty.
    """
    import networkx

    held: dict[str, float] = {}
    limit = None
    try:
        graph = _graph(network, deadline, pillars)
        for node in deadline.each(sorted(deadline.each(networkx.articulation_points(graph)))):
            rest = graph.subgraph(networkx.node_connected_component(graph, node) - {node})
            parts = sorted(map(len, networkx.connected_components(rest)))
            held[node] = float(sum(parts[:-1]))
    except OutOfTime:
        limit = str(deadline)
    items, limit = _ranked(network, held, 0, deadline, limit)
    return Centrality(items, "articulation points", limit=limit)


def _ranked(
    network: Network, values: dict[str, float], digits: int, deadline: Deadline, limit: str | None
) -> tuple[tuple[Ranked, ...], str | None]:
    """Name the entities, the highest first, as many as time allows, and say where it stopped."""
    order = sorted(values, key=lambda node: (-round(values[node], digits), node))
    terms = network.named(order, deadline)
    found = (Ranked(term, values[node]) for node, term in zip(order, terms, strict=False))
    items = tuple(sorted(found, key=lambda item: (-round(item.value, digits), item.entity.label)))
    return items, limit if len(terms) == len(order) else limit or str(deadline)


def _graph(network: Network, deadline: Deadline, pillars: Iterable[str], directed: bool = False) -> Any:
    import networkx

    wanted = network.chosen(pillars=pillars)
    network.fetch_all(deadline)
    graph = networkx.DiGraph() if directed else networkx.Graph()
    edges = deadline.each(network.edges())
    graph.add_edges_from(sorted((one, other) for one, relation, other in edges if relation in wanted and one != other))
    deadline.check()
    return graph


def _ending(graph: Any, deadline: Deadline) -> Any:
    """Give a graph that raises `OutOfTime` when its nodes are looked at, which Louvain does at each move."""
    import networkx

    class Ending(networkx.Graph):  # type: ignore[misc]
        @property
        def nodes(self) -> Any:
            deadline.check()
            return networkx.classes.reportviews.NodeView(self)

    return Ending(graph)


def _degree(graph: Any, _: Deadline) -> _Measured:
    import networkx

    return networkx.degree_centrality(graph), None


def _betweenness(graph: Any, deadline: Deadline) -> _Measured:
    """Compute betweenness from one start after the other, in an order by chance that is always the same."""
    starts = sorted(graph)
    random.Random(0).shuffle(starts)  # noqa: S311 - no secret
    through = dict.fromkeys(graph, 0.0)
    done, limit = 0, None
    try:
        for start in starts:
            for node, share in _dependencies(graph, start, deadline).items():
                through[node] += share
            done += 1
    except OutOfTime:
        limit = (
            f"stopped after {deadline.seconds:g} seconds, with {done} of {len(starts)} entities as starts; these are estimates"
        )
    size = len(graph)
    scale = size / max(1, done) / max(1, (size - 1) * (size - 2))
    return {node: value * scale for node, value in through.items()} if done else {}, limit


def _dependencies(graph: Any, start: str, deadline: Deadline) -> dict[str, float]:
    """Give the share of shortest paths from a start that pass each node (Brandes, 2001)."""
    ways, distance, reached = {start: 1}, {start: 0}, [start]
    before: dict[str, list[str]] = {start: []}
    for node in reached:  # which grows
        deadline.check()
        for other in graph[node]:
            if other not in distance:
                distance[other], ways[other], before[other] = distance[node] + 1, 0, []
                reached.append(other)
            if distance[other] == distance[node] + 1:
                ways[other] += ways[node]
                before[other].append(node)
    share = dict.fromkeys(reached, 0.0)
    for node in reversed(reached):
        for one in before[node]:
            share[one] += ways[one] / ways[node] * (1 + share[node])
    del share[start]
    return share


def _pagerank(graph: Any, deadline: Deadline) -> _Measured:
    """Compute PageRank by power iteration, without the numerical libraries that networkx would need."""
    nodes = list(graph)
    rank = dict.fromkeys(nodes, 1 / max(1, len(nodes)))
    for _ in range(100):
        stuck = sum(rank[node] for node in nodes if not graph.out_degree(node))
        new = dict.fromkeys(nodes, (0.15 + 0.85 * stuck) / len(nodes))
        for node in deadline.each(nodes):
            for other in graph[node]:
                new[other] += 0.85 * rank[node] / graph.out_degree(node)
        if sum(abs(new[node] - rank[node]) for node in nodes) < 1e-9:
            return new, None
        rank = new
    return rank, None
