"""Parts of a graph: what an export holds that is not to hold everything.

A part has the chosen statements whole, with their evidence and its sources, the entities that they join, and the
schema, so that it can be queried and exported like the graph itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Set

from imidgraph.formats.elements import Edge, joins, term_of
from imidgraph.formats.projection import Projection
from imidgraph.knowledge.assembly import is_denial
from imidgraph.rdf import Iri, NamedNode, Quad, QuadStore
from imidgraph.stores import Results

_ABOUT = "imid:isAbout"


def part(
    graph: Projection, only: Collection[str] = (), center: str | None = None, hops: int = 1, answer: Results | None = None
) -> Projection:
    """Choose a part of a graph.

    Parameters
    ----------
    graph : Projection
        The graph.
    only : collection of str
        The pillars to keep: drugs, generations, mechanisms, indications, risks, articles; all if empty.
    center : str, optional
        The CURIE of an entity; only what lies within so many `hops` of it is kept.
    hops : int
        How many statements away from it an entity may be.
    answer : Results, optional
        The answer of a query; only the entities that it names are kept, with the statements between them.

    Raises
    ------
    QueryError
        Where there is no such pillar.

    Examples
    --------
    >>> import imidgraph
    >>> chosen = part(imidgraph.load().projection, ["mechanisms"], "imid:CSNK1A1")
    >>> "imid:lenalidomide" in {node.id for node in chosen.nodes()}
    True
    """
    if only:
        graph = pillars(graph, only)
    if center is not None:
        graph = neighborhood(graph, center, hops)
    if answer is not None:
        named = {value.curie for row in answer.rows for value in row if isinstance(value, Iri)}
        graph = among(graph, named & {node.id for node in graph.nodes()})
    return graph


def pillars(graph: Projection, names: Iterable[str]) -> Projection:
    """Give the statements of some of the six pillars.

    Parameters
    ----------
    graph : Projection
        The graph.
    names : iterable of str
        Names of pillars, such as ``risks``.

    Raises
    ------
    QueryError
        Where there is no such pillar.

    Examples
    --------
    >>> import imidgraph
    >>> part = pillars(imidgraph.load().projection, ["generations"])
    >>> {edge.predicate for edge in part.edges()}
    {'imid:inGeneration'}
    """
    relations = {relation.curie for name in names for relation in graph.relations.pillar(name)}
    return _part(graph, lambda edge: edge.predicate in relations, set())


def neighborhood(graph: Projection, center: str, hops: int) -> Projection:
    """Give the entities within some hops of one, and all statements between them.

    Parameters
    ----------
    graph : Projection
        The graph.
    center : str
        The CURIE of an entity.
    hops : int
        How many statements away an entity may be. Articles do not count as steps.

    Examples
    --------
    >>> import imidgraph
    >>> part = neighborhood(imidgraph.load().projection, "imid:CSNK1A1", 1)
    >>> "imid:lenalidomide" in {node.id for node in part.nodes()}
    True
    """
    joined: dict[str, set[str]] = {}
    for edge in graph.edges():
        if edge.predicate != _ABOUT:
            joined.setdefault(edge.subject, set()).add(edge.object)
            joined.setdefault(edge.object, set()).add(edge.subject)
    reached = {center}
    for _ in range(hops):
        reached |= {other for node in reached for other in joined.get(node, ())}
    return among(graph, reached)


def among(graph: Projection, entities: Set[str]) -> Projection:
    """Give some entities, and all statements between them.

    Parameters
    ----------
    graph : Projection
        The graph.
    entities : set of str
        Their CURIEs.

    Examples
    --------
    >>> import imidgraph
    >>> part = among(imidgraph.load().projection, {"imid:lenalidomide", "imid:CSNK1A1"})
    >>> [edge.predicate for edge in part.edges()]
    ['imid:degrades']
    """
    return _part(graph, lambda edge: edge.subject in entities and edge.object in entities, set(entities))


def _part(graph: Projection, holds: Callable[[Edge], bool], entities: set[str]) -> Projection:
    part = QuadStore()
    for edge in graph.edges():
        if not holds(edge):
            continue
        entities |= {edge.subject, edge.object}
        subject, predicate, object_ = (term_of(name) for name in (edge.subject, edge.predicate, edge.object))
        if not is_denial(edge.attributes):
            part.add(Quad(subject, predicate, object_))  # type: ignore[arg-type]
        _copy(graph, part, edge.id)
        for item in edge.evidence:
            _copy(graph, part, str(item["id"][0]))
            entities.update(str(source) for source in item.get("source", ()))
    for name in entities:
        for triple in graph.about(name):
            if not (isinstance(triple.object, NamedNode) and joins(triple.predicate.value)):
                part.add(Quad(*triple))
    for triple in graph.schema():
        part.add(Quad(*triple))
    return Projection(part)


def _copy(graph: Projection, part: QuadStore, name: str) -> None:
    part.extend(Quad(*triple) for triple in graph.about(name))
