"""Traversals: what a knowledge graph can do as a network of entities."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from imidgraph.comparison import Comparison, compare
from imidgraph.errors import QueryError
from imidgraph.explanation import SECONDS, Explanation, explain
from imidgraph.lookup import Entity, Lookup
from imidgraph.network import Network
from imidgraph.paths import MAX_LENGTH, MOST_PATHS, SEARCH_SECONDS, Paths, Statements, find_paths
from imidgraph.reasons import Choice, weigh
from imidgraph.stores import Store


class Traversals:
    """The traversals of a graph, for a class that has a store, a lookup and finds entities."""

    _store: Store
    lookup: Lookup

    def entity(self, name: str) -> Entity:
        """Find an entity by any of its names."""
        return self.lookup.entity(name)

    @cached_property
    def network(self) -> Network:
        """The entities as nodes, joined by relations; fetched from the store as needed."""
        return Network(self._store)

    @cached_property
    def edge_statements(self) -> Statements:
        """The statements on the edges of the network, kept once they were looked up."""
        return Statements(self.network, self.lookup.statements)

    def paths(
        self,
        start: str,
        end: str,
        max_length: int = MAX_LENGTH,
        limit: int = MOST_PATHS,
        timeout: float = SEARCH_SECONDS,
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
        return find_paths(
            self.edge_statements,
            self.entity(start).curie,
            self.entity(end).curie,
            max_length=max_length,
            limit=limit,
            timeout=timeout,
            via=[self.entity(name).curie for name in via],
            avoid=[self.entity(name).curie for name in avoid],
            relations=[self.network.relation(name) for name in predicates],
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
        return explain(self.edge_statements, self.entity(start), self.entity(end), timeout)

    def compare(self, *drugs: str) -> Comparison:
        """Compare two or more drugs: what they share, in what they differ, trials between them, and what is disputed.

        Examples
        --------
        >>> import imidgraph
        >>> [drug.label for drug in imidgraph.load().compare("Thalomid", "Revlimid").drugs]
        ['thalidomide', 'lenalidomide']
        """
        found = list(dict.fromkeys(self.entity(drug) for drug in drugs))
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
        return weigh(self.edge_statements, self.entity(drug), self.entity(over), self.entity(for_))
