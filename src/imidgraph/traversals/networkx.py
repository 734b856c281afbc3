"""Multigraphs: the graph, or a part of it, as a networkx graph that keeps its meaning.

Entities are nodes, named by their CURIEs, with label, category and their other attributes; statements are folded into
the edges that they describe, with sign, strength and evidence. networkx is imported when it is first needed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Set
from functools import cache
from typing import Any

from imidgraph.errors import QueryError
from imidgraph.knowledge.network import Network
from imidgraph.knowledge.relations import below
from imidgraph.limits import NEVER
from imidgraph.model import Statement, Term, plain
from imidgraph.namespaces import IMID, PREFIXES, compress, local_name
from imidgraph.rdf import Iri
from imidgraph.sparql.results import undisturbed
from imidgraph.stores import Store, Triples
from imidgraph.traversals.edges import Edges
from imidgraph.traversals.neighborhood import rings

KINDS = ("MultiDiGraph", "DiGraph", "Graph")
_CLASSES = "SELECT ?class ?parent WHERE { ?class rdfs:subClassOf ?parent }"
_ATTRIBUTES = """
SELECT ?entity ?property ?value WHERE {
    VALUES ?class { %s }
    ?entity a ?class ;
        ?property ?value .
    FILTER(?property NOT IN (%s))
}
"""
_ABOUT = "imid:isAbout"
_TYPE = PREFIXES["rdf"] + "type"
_LABEL = PREFIXES["rdfs"] + "label"

Edge = tuple[str, str, str, dict[str, Any]]


def to_networkx(
    edges: Edges,
    store: Store,
    kind: str = "MultiDiGraph",
    predicates: Iterable[str] = (),
    pillars: Iterable[str] = (),
    around: Term | None = None,
    hops: int = 1,
    negated: bool = False,
) -> Any:
    """Make a networkx graph of the entities and the statements between them.

    Entities are nodes, named by their CURIEs, with ``label``, ``category`` and their other attributes. Edges carry
    ``predicate``, ``label``, ``sign``, ``association``, ``negated``, ``strength``, ``statement``, the qualifiers and
    ``evidence``, a list of dictionaries. Articles are evidence on edges; with the pillar ``articles`` they are nodes.

    Parameters
    ----------
    edges : Edges
        The network, with the statements on its edges.
    store : Store
        The engine that holds the graph, for the attributes of the nodes.
    kind : str
        ``MultiDiGraph``: an edge for each statement, with the CURIE of the statement as its key. ``DiGraph`` and
        ``Graph``: one edge for each pair of nodes, with its statements in the list ``statements``.
    predicates, pillars : iterable of str
        The relations to take, such as ``degrades``, and the pillars whose relations to take; all between entities
        where both are empty.
    around : Term, optional
        Take only what is within so many `hops` of this entity.
    hops : int
        How far to go around it.
    negated : bool
        Whether negated statements are edges too, marked as negated.

    Raises
    ------
    QueryError
        Where there is no such kind, relation or pillar; the message names those that there are.
    """
    _check(kind)
    network = edges.network
    relations = network.chosen(predicates, pillars)
    nodes = None
    if around is not None:
        nodes = {node for ring in rings(network, around.curie, hops, network.joining, NEVER) for node in ring}
        network.fetch(nodes)
        pairs = [(one, other) for one in nodes for other in network.objects.get(one, {}) if other in nodes]
        edges.load(pairs, NEVER)
        stated = [item for pair in pairs for item in edges.between(*pair) if item.iri]
    else:
        with undisturbed():
            stated = edges.reader.find()
    attributes = read_attributes(store, network, _ABOUT in relations)
    return project(network, stated, attributes, kind=kind, relations=relations, nodes=nodes, negated=negated)


def project(
    network: Network,
    stated: Iterable[Statement],
    attributes: Mapping[str, Mapping[str, Any]],
    *,
    kind: str,
    relations: Set[str] = frozenset(),
    nodes: Collection[str] | None = None,
    negated: bool = False,
) -> Any:
    """Make a networkx graph of statements and attributes that were read; see `to_networkx`.

    Parameters
    ----------
    network : Network
        The nodes and relations.
    stated : iterable of Statement
        The statements to fold into the edges.
    attributes : mapping
        The attributes of each node, as `read_attributes` gives them; each of its nodes is in the graph.
    kind : str
        The class of the graph.
    relations : set of str
        The CURIEs of the relations to take; all between entities if empty.
    nodes : collection of str, optional
        The CURIEs of the nodes to take, whose edges were fetched; all if left out.
    negated : bool
        Whether negated statements are edges too, marked as negated.
    """
    import networkx

    edges = _edges(network, stated, relations or network.joining, nodes, negated)
    graph = getattr(networkx, kind)()
    with undisturbed():
        known = ((node, dict(found)) for node, found in attributes.items() if nodes is None or node in nodes)
        graph.add_nodes_from(known)
        place = _places(graph)
        if kind == "MultiDiGraph":
            for subject, object, key, data in edges:
                place(subject, object)[key] = data.copy()
        else:
            for subject, object, _, data in edges:
                _merge(place(subject, object), subject, object, data)
    unnamed = [node for node, data in graph.nodes(data=True) if "label" not in data]
    for node, term in zip(unnamed, network.terms(unnamed), strict=True):
        graph.add_node(node, label=term.label, category=term.category)
    return graph


def project_triples(network: Network, triples: Triples, kind: str = "MultiDiGraph") -> Any:
    """Make a networkx graph of the triples that a CONSTRUCT query gives: IRIs are nodes, literals their attributes."""
    import networkx

    _check(kind)
    graph = getattr(networkx, kind)()
    place = _places(graph)
    literals: list[tuple[str, str, Any]] = []
    for subject, predicate, value in triples:
        node = compress(subject)
        if not isinstance(value, Iri) or predicate == _TYPE:
            literals.append((subject, predicate, value))
        elif kind == "MultiDiGraph":
            place(node, compress(value))[compress(predicate)] = _described(network, compress(predicate))
        else:
            _merge(place(node, compress(value)), node, compress(value), _described(network, compress(predicate)))
    graph.add_nodes_from(_gathered(network, literals).items())
    unnamed = [node for node, data in graph.nodes(data=True) if "label" not in data]
    for node, term in zip(unnamed, network.terms(unnamed), strict=True):
        graph.add_node(node, label=term.label, category=graph.nodes[node].get("category", term.category))
    return graph


def read_attributes(store: Store, network: Network, sources: bool = False) -> dict[str, dict[str, Any]]:
    """Read the label, the category and the other attributes of each entity.

    An attribute that has several values on any node is a list on every node that has it.

    Parameters
    ----------
    store : Store
        The engine that holds the graph.
    network : Network
        The relations, which are no attributes.
    sources : bool
        Whether to read the sources too.
    """
    pairs = set(store.select(_CLASSES).rows)
    roots = ("Entity", "Source") if sources else ("Entity",)
    classes = sorted({kind for root in roots for kind in below(pairs, IMID + root)})
    joining = ", ".join(f"<{relation.iri}>" for relation in network.relations.values())
    with undisturbed():
        found = store.select(_ATTRIBUTES % (" ".join(f"<{kind}>" for kind in classes), joining)).rows
        return _gathered(network, found)


def _check(kind: str) -> None:
    if kind not in KINDS:
        raise QueryError(f"Unknown kind of graph {kind!r}. Choose from {', '.join(KINDS)}.")


def _gathered(network: Network, rows: Iterable[tuple[str, str, Any]]) -> dict[str, dict[str, Any]]:
    @cache
    def attribute(property: str) -> str | None:
        return "category" if property == _TYPE else None if compress(property) in network.relations else local_name(property)

    facts: dict[str, dict[str, list[Any]]] = {}
    for iri, property, value in rows:
        known = facts.setdefault(network.curie(iri), {})
        name = attribute(property)
        if name is not None:
            told = local_name(value) if property == _TYPE else plain(value)
            values = known.setdefault(name, [])
            if told not in values:
                values.append(told)
    several = {name for known in facts.values() for name, values in known.items() if len(values) > 1} - {"label", "category"}
    return {
        node: {name: sorted(values, key=str) if name in several else min(values, key=str) for name, values in known.items()}
        for node, known in sorted(facts.items())
    }


def _edges(
    network: Network, associations: Iterable[Statement], relations: Set[str], nodes: Collection[str] | None, negated: bool
) -> Iterator[Edge]:
    """Give subject, object, key and data of each edge: one for each statement, and one where there is no statement."""
    stated: set[tuple[str, str, str]] = set()
    for item in associations:
        ends = network.curie(item.subject.iri), compress(item.predicate.iri), network.curie(item.object.iri)
        inside = nodes is None or (ends[0] in nodes and ends[2] in nodes)
        if ends[1] in relations and inside and (negated or not item.negated):
            stated.add(ends)
            yield ends[0], ends[2], item.curie, _described(network, ends[1]) | _told(item)
    plainly = {relation: _described(network, relation) for relation in relations}
    edges = network.stream(relations) if nodes is None or _ABOUT in relations else network.edges()
    for edge in edges:
        subject, relation, object = edge
        inside = nodes is None or (subject in nodes and object in nodes)
        if inside and relation in plainly and not (stated and edge in stated):
            yield subject, object, relation, plainly[relation]


def _described(network: Network, relation: str) -> dict[str, Any]:
    known = network.relations.get(relation)
    if known is None:
        return {"predicate": relation, "label": relation.rpartition(":")[2]}
    return {"predicate": relation, "label": known.label} | ({} if known.sign is None else {"sign": known.sign})


def _told(item: Statement) -> dict[str, Any]:
    told = item.to_dict()
    told["association"] = told.pop("id")
    del told["subject"], told["predicate"], told["object"]
    return told | {"strength": round(item.strength, 3)}


def _places(graph: Any) -> Callable[[str, str], dict[str, Any]]:
    """Give a function that finds, or makes, what networkx keeps for a pair of nodes: the data of its edge, or of each.

    It writes to the tables of networkx itself, whose own methods look each end up eight times.
    """
    ahead = graph._adj
    back = graph._pred if graph.is_directed() else ahead

    def place(subject: str, object: str) -> dict[str, Any]:
        joined = ahead.get(subject)
        found: dict[str, Any] | None = None if joined is None else joined.get(object)
        if found is None:
            if joined is None or object not in ahead:
                graph.add_nodes_from((subject, object))
            found = ahead[subject][object] = back[object][subject] = {}
        return found

    return place


def _merge(edge: dict[str, Any], subject: str, object: str, data: Mapping[str, Any]) -> None:
    """Add a statement to the one edge of its ends; a sign stays where all statements have it."""
    told = {"subject": subject, "object": object, **data}
    if not edge:
        for key in ("sign", "strength"):
            if key in data:
                edge[key] = data[key]
        edge["statements"] = [told]
        return
    edge["statements"].append(told)
    if edge.get("sign") != data.get("sign"):
        edge.pop("sign", None)
    if "strength" in data:
        edge["strength"] = max(edge.get("strength", 0.0), data["strength"])
