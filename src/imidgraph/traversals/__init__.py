"""Traversals: what a knowledge graph can do as a network of entities."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from imidgraph import sparql
from imidgraph.bounds import ALIKE_IN, MAX_LENGTH, MOST_ALIKE, MOST_NODES, MOST_PATHS, SECONDS, several
from imidgraph.errors import QueryError
from imidgraph.model import Term
from imidgraph.stores import Store
from imidgraph.stores.results import undisturbed

# What a traversal needs is imported when it is called: most commands start without.
if TYPE_CHECKING:
    from imidgraph.lookup import Lookup
    from imidgraph.network import Network
    from imidgraph.traversals.comparison import Comparison
    from imidgraph.traversals.explanation import Explanation
    from imidgraph.traversals.figures import Figure
    from imidgraph.traversals.losses import Loss
    from imidgraph.traversals.neighbourhood import Neighbourhood
    from imidgraph.traversals.paths import Paths, Statements
    from imidgraph.traversals.picture import Picture
    from imidgraph.traversals.reasons import Choice
    from imidgraph.traversals.similarity import Similar
    from imidgraph.traversals.topology import Ranked


class Traversals:
    """The lookups and traversals of a graph, for a class that holds it in a store."""

    _store: Store

    @cached_property
    def lookup(self) -> Lookup:
        """Finds entities and statements."""
        from imidgraph.lookup import Lookup

        return Lookup(self._store)

    @cached_property
    def network(self) -> Network:
        """The entities as nodes, joined by relations; fetched from the store as needed."""
        from imidgraph.network import Network

        return Network(self._store)

    @cached_property
    def edge_statements(self) -> Statements:
        """The statements on the edges of the network, kept once they were looked up."""
        from imidgraph.traversals.paths import Statements

        return Statements(self.network, self.lookup.statements)

    def paths(
        self,
        start: str,
        end: str,
        max_length: int = MAX_LENGTH,
        limit: int = MOST_PATHS,
        timeout: float = SECONDS,
        via: Iterable[str] = (),
        avoid: Iterable[str] = (),
        predicates: Iterable[str] = (),
        directed: bool = False,
    ) -> Paths:
        """Find the simple paths between two entities, shortest first, each hop with its statements and their evidence.

        Parameters
        ----------
        start, end : str
            The ends, by any of their names.
        max_length : int
            The most hops that a path may have.
        limit : int
            The most paths to find.
        timeout : float
            The most seconds to search.
        via, avoid : iterable of str
            Entities that each path must, or must not, pass.
        predicates : iterable of str
            The relations to follow, such as ``degrades``; all between entities if left out.
        directed : bool
            Whether to follow relations only from subject to object.

        Raises
        ------
        PathNotFound
            Where there is no path within the bounds.

        Examples
        --------
        >>> import imidgraph
        >>> found = imidgraph.load().paths("thalidomide", "pomalidomide", max_length=2, predicates=["degrades"], via=["Ikaros"])
        >>> print(found)
        thalidomide --[degrades]--> IKZF1 <--[degrades]-- pomalidomide
        """
        from imidgraph.traversals.paths import find_paths

        return find_paths(
            self.edge_statements,
            *self._curies([start, end]),
            max_length=max_length,
            limit=limit,
            timeout=timeout,
            via=self._curies(via),
            avoid=self._curies(avoid),
            relations=self._relations(predicates),
            directed=directed,
        )

    def explain(self, start: str, end: str, timeout: float = SECONDS) -> Explanation:
        """Explain how one entity bears on another: the chains of steps between them, each with its evidence.

        Parameters
        ----------
        start, end : str
            The entities, by any of their names: a drug and a disease or a risk, two drugs, a resistance and a drug.
        timeout : float
            The most seconds to search.

        Examples
        --------
        >>> import imidgraph
        >>> print(imidgraph.load().explain("lenalidomide", "MDS with del(5q)").chains[0])
        lenalidomide > CRBN > CSNK1A1 > survival of del(5q) cells > myelodysplastic syndrome associated with isolated del(5q)
        """
        from imidgraph.traversals.explanation import explain

        return explain(self.edge_statements, self.lookup.names.find(start), self.lookup.names.find(end), timeout)

    def compare(self, *drugs: str) -> Comparison:
        """Compare two or more drugs: what they share, in what they differ, trials between them, and what is disputed.

        Examples
        --------
        >>> import imidgraph
        >>> [drug.label for drug in imidgraph.load().compare("Thalomid", "Revlimid").drugs]
        ['thalidomide', 'lenalidomide']
        """
        from imidgraph.traversals.comparison import compare

        found = list(dict.fromkeys(self.lookup.names.find(drug) for drug in drugs))
        if len(found) < 2:
            raise QueryError("A comparison needs two different drugs or more.")
        return compare(self.edge_statements, found)

    def why(self, drug: str, over: str, for_: str) -> Choice:
        """Collect the reasons that evidence supports for one drug over another in a disease, and those against it.

        Parameters
        ----------
        drug, over : str
            The drug asked about and the other one, by any of their names.
        for_ : str
            The disease.

        Examples
        --------
        >>> import imidgraph
        >>> choice = imidgraph.load().why("lenalidomide", over="thalidomide", for_="multiple myeloma")
        >>> {reason.kind for reason in choice.for_it} >= {"efficacy", "risk"}
        True
        """
        from imidgraph.traversals.reasons import weigh

        one, other, disease = map(self.lookup.names.find, (drug, over, for_))
        return weigh(self.edge_statements, one, other, disease)

    def neighbourhood(self, centre: str, hops: int = 1, predicates: Iterable[str] = (), limit: int = MOST_NODES) -> Neighbourhood:
        """Find the entities within some hops of one, and what joins them.

        Parameters
        ----------
        centre : str
            The entity in the middle, by any of its names.
        hops : int
            How far to go, whichever way the relations lead.
        predicates : iterable of str
            The relations to follow, such as ``degrades``; all between entities if left out.
        limit : int
            The most entities to take.

        Examples
        --------
        >>> import imidgraph
        >>> around = imidgraph.load().neighbourhood("CK1 alpha", predicates=["degrades"])
        >>> [term.label for term in around.nodes]
        ['CSNK1A1', 'lenalidomide']
        """
        from imidgraph.traversals.neighbourhood import surround

        return surround(self.edge_statements, self.lookup.names.find(centre), hops, self._relations(predicates), limit)

    def similar(self, entity: str, aspects: Iterable[str] = ALIKE_IN, limit: int = MOST_ALIKE) -> list[Similar]:
        """Find the entities that have most in common with one, with what that is.

        Parameters
        ----------
        entity : str
            The entity, such as a drug, by any of its names.
        aspects : iterable of str
            The pillars whose relations count.
        limit : int
            The most entities to give.

        Examples
        --------
        >>> import imidgraph
        >>> imidgraph.load().similar("pomalidomide", limit=1)[0].entity.label
        'lenalidomide'
        """
        from imidgraph.traversals.similarity import similar

        return similar(self.network, self.lookup.names.find(entity), tuple(several(aspects)), limit)

    def without(self, entity: str, timeout: float = SECONDS) -> Loss:
        """Find which effects of drugs lose their chains where an entity, such as cereblon, is lost.

        Parameters
        ----------
        entity : str
            A protein, complex, process or cell, by any of its names.
        timeout : float
            The most seconds to search.

        Examples
        --------
        >>> import imidgraph
        >>> loss = imidgraph.load().without("cereblon")
        >>> ("eragidomide", "acute myeloid leukemia") in {(one.drug.label, one.effect.label) for one in loss.lost}
        True
        """
        from imidgraph.traversals.losses import lose

        return lose(self.edge_statements, self.lookup.names.find(entity), timeout)

    def centrality(self, measure: str = "betweenness", pillars: Iterable[str] = ()) -> list[Ranked]:
        """Rank the entities by how central they are in the network, or in some of its pillars.

        Parameters
        ----------
        measure : str
            ``betweenness``, ``degree`` or ``pagerank``.
        pillars : iterable of str
            The pillars whose relations count, such as ``mechanisms``; all if left out.

        Examples
        --------
        >>> import imidgraph
        >>> "CRBN" in [item.entity.label for item in imidgraph.load().centrality(pillars=["mechanisms"])[:10]]
        True
        """
        from imidgraph.traversals.topology import centrality

        return centrality(self.network, measure, self._relations_of(pillars))

    def communities(self, pillars: Iterable[str] = ()) -> list[tuple[Term, ...]]:
        """Find groups of entities that are joined more with one another than with others, the largest first."""
        from imidgraph.traversals.topology import communities

        return communities(self.network, self._relations_of(pillars))

    def articulation_points(self, pillars: Iterable[str] = ()) -> list[Ranked]:
        """Find the entities that alone hold others to the rest of the network, with how many, the most first."""
        from imidgraph.traversals.topology import articulation_points

        return articulation_points(self.network, self._relations_of(pillars))

    def to_networkx(
        self,
        kind: str = "MultiDiGraph",
        predicates: Iterable[str] = (),
        pillars: Iterable[str] = (),
        around: str | None = None,
        hops: int = 1,
        construct: str | None = None,
        negated: bool = False,
    ) -> Any:
        """Give the graph, or a part of it, as a networkx graph.

        Entities are nodes, named by their CURIEs, with ``label``, ``category`` and their other attributes. Edges carry
        ``predicate``, ``label``, ``sign``, ``association``, ``negated``, ``strength``, ``statement``, the qualifiers and
        ``evidence``, a list of dictionaries. Articles are evidence on edges; with the pillar ``articles`` they are nodes.

        Parameters
        ----------
        kind : str
            ``MultiDiGraph``: an edge for each statement, its CURIE as the key. ``DiGraph`` and ``Graph``: one edge
            for each pair of entities, with its statements in the list ``statements``.
        predicates : iterable of str
            The relations to take, such as ``degrades``.
        pillars : iterable of str
            The pillars whose relations to take. Without predicates and pillars: all relations between entities.
        around : str, optional
            Take only what is within so many `hops` of this entity.
        hops : int
            How far to go around it.
        construct : str, optional
            Take the result of this CONSTRUCT query instead: IRIs are nodes, literals their attributes.
        negated : bool
            Whether negated statements are edges too, marked as negated.

        Examples
        --------
        >>> import imidgraph
        >>> graph = imidgraph.load().to_networkx(predicates=["degrades"])
        >>> edge = next(iter(graph["imid:lenalidomide"]["imid:CSNK1A1"].values()))
        >>> edge["label"], edge["sign"]
        ('degrades', -1)
        """
        from imidgraph.traversals.multigraph import check_kind, project, project_triples, read_attributes

        check_kind(kind)
        if construct is not None:
            sparql.query_form(construct)
            return project_triples(self.network, self._store.construct(construct), kind)
        relations = {*self._relations(predicates), *self._relations_of(pillars)}
        nodes = None
        if around is not None:
            nodes = {term.curie for term in self.neighbourhood(around, hops).nodes}
            self.network.fetch(nodes)
            pairs = [(one, other) for one in nodes for other in self.network.objects.get(one, {}) if other in nodes]
            self.edge_statements.load(pairs)
            stated = [item for pair in pairs for item in self.edge_statements.between(*pair) if item.iri]
        else:
            with undisturbed():
                stated = self.lookup.statements.find()
        attributes = read_attributes(self._store, self.network, "imid:isAbout" in relations)
        return project(self.network, stated, attributes, kind=kind, relations=relations, nodes=nodes, negated=negated)

    def plot(self, *what: str | Figure) -> Picture:
        """Draw a picture: of what was found, of an entity and what is around it, or of how two entities are connected.

        Parameters
        ----------
        *what : Explanation, Comparison, Neighbourhood, Paths or str
            A thing to draw; or one name, for its neighbourhood; or two, for the explanation.

        Examples
        --------
        >>> import imidgraph
        >>> picture = imidgraph.load().plot("thalidomide", "birth defects")
        >>> "SALL4" in picture.mermaid()
        True
        """
        from imidgraph.traversals.figures import draw

        names = [name for name in what if isinstance(name, str)]
        if len(names) == len(what) == 1:
            return draw(self.neighbourhood(names[0]), self.network)
        if len(names) == len(what) == 2:
            return draw(self.explain(names[0], names[1]), self.network)
        if len(what) != 1 or isinstance(what[0], str):
            raise QueryError("A picture shows one found thing, one entity or two. Give one or two names, or one result.")
        return draw(what[0], self.network)

    def _curies(self, names: Iterable[str]) -> list[str]:
        return [self.lookup.names.find(name).curie for name in several(names)]

    def _relations(self, names: Iterable[str]) -> list[str]:
        return [self.network.relation(name) for name in several(names)]

    def _relations_of(self, pillars: Iterable[str]) -> list[str]:
        return [relation for pillar in several(pillars) for relation in self.network.relations_of(pillar)]
