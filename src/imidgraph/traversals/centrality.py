"""Topology: which entities the network turns on, and what falls together. networkx computes it, imported when needed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from imidgraph.errors import QueryError
from imidgraph.knowledge.network import Network
from imidgraph.model import Term

MEASURES = ("betweenness", "degree", "pagerank")


@dataclass(frozen=True)
class Ranked:
    """An entity with what was measured of it."""

    entity: Term
    value: float


def centrality(network: Network, measure: str = "betweenness", relations: Iterable[str] = ()) -> list[Ranked]:
    """Rank the entities by how central they are, the most central first.

    Parameters
    ----------
    network : Network
        The nodes and relations.
    measure : str
        ``betweenness`` (the share of shortest paths that pass), ``degree`` (the share of others that are joined to
        it) or ``pagerank`` (where a walk along the relations ends up).
    relations : iterable of str
        The CURIEs of the relations that count; all between entities if empty.

    Raises
    ------
    QueryError
        Where the measure is another one.
    """
    import networkx

    if measure not in MEASURES:
        raise QueryError(f"There is no measure {measure!r}. Use one of {', '.join(MEASURES)}.")
    graph = _graph(network, relations, directed=measure == "pagerank")
    values = {
        "betweenness": networkx.betweenness_centrality,
        "degree": networkx.degree_centrality,
        "pagerank": _pagerank,
    }[measure](graph)
    terms = zip(values, network.terms(values), strict=True)
    return sorted(
        (Ranked(term, values[node]) for node, term in terms), key=lambda item: (-round(item.value, 9), item.entity.label)
    )


def communities(network: Network, relations: Iterable[str] = ()) -> list[tuple[Term, ...]]:
    """Find groups of entities that are joined more with one another than with others, the largest first.

    Parameters
    ----------
    network : Network
        The nodes and relations.
    relations : iterable of str
        The CURIEs of the relations that count; all between entities if empty.

    Notes
    -----
    The Louvain method (Blondel and others, 2008), always with the same seed.
    """
    import networkx

    graph = _graph(network, relations)
    groups = networkx.community.louvain_communities(graph, seed=0) if graph else []
    named = [tuple(sorted(network.terms(group), key=str)) for group in groups]
    return sorted(named, key=lambda group: (-len(group), str(group[0])))


def articulation_points(network: Network, relations: Iterable[str] = ()) -> list[Ranked]:
    """Find the entities without which the network falls apart, with how many others each alone holds to the rest.

    Parameters
    ----------
    network : Network
        The nodes and relations.
    relations : iterable of str
        The CURIEs of the relations that count; all between entities if empty.
    """
    import networkx

    graph = _graph(network, relations)
    points = sorted(networkx.articulation_points(graph))
    found = []
    for node, term in zip(points, network.terms(points), strict=True):
        rest = graph.subgraph(networkx.node_connected_component(graph, node) - {node})
        parts = sorted(map(len, networkx.connected_components(rest)))
        found.append(Ranked(term, float(sum(parts[:-1]))))
    return sorted(found, key=lambda item: (-item.value, item.entity.label))


def _graph(network: Network, relations: Iterable[str], directed: bool = False) -> Any:
    import networkx

    network.fetch_all()
    wanted = frozenset(relations) or network.joining
    graph = networkx.DiGraph() if directed else networkx.Graph()
    graph.add_edges_from(sorted((one, other) for one, relation, other in network.edges() if relation in wanted and one != other))
    return graph


def _pagerank(graph: Any) -> dict[str, float]:
    """Compute PageRank by power iteration, without the numerical libraries that networkx would need."""
    nodes = list(graph)
    rank = dict.fromkeys(nodes, 1 / max(1, len(nodes)))
    for _ in range(100):
        stuck = sum(rank[node] for node in nodes if not graph.out_degree(node))
        new = dict.fromkeys(nodes, (0.15 + 0.85 * stuck) / len(nodes))
        for node in nodes:
            for other in graph[node]:
                new[other] += 0.85 * rank[node] / graph.out_degree(node)
        if sum(abs(new[node] - rank[node]) for node in nodes) < 1e-9:
            return new
        rank = new
    return rank
