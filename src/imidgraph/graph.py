"""The knowledge graph: one object that gives access to everything, and does nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from imidgraph import resources
from imidgraph.errors import QueryError
from imidgraph.limits import ALIKE_IN, MAX_LENGTH, MOST_ALIKE, MOST_NODES, MOST_PATHS, SECONDS, several
from imidgraph.rdf import Iri
from imidgraph.sparql.catalog import Catalog
from imidgraph.sparql.results import undisturbed
from imidgraph.sparql.text import query_form
from imidgraph.stores import LIMIT, TIMEOUT, Guard, Results, Store, Triples
from imidgraph.stores.oxigraph import embedded

# What a call may not need is imported when it is called: most commands start without.
if TYPE_CHECKING:
    import rdflib

    from imidgraph.formats import Written
    from imidgraph.formats.projection import Projection
    from imidgraph.knowledge.coverage import Count
    from imidgraph.knowledge.entities import Entity, Lookup
    from imidgraph.knowledge.names import Match, Names
    from imidgraph.knowledge.network import Network
    from imidgraph.knowledge.validation import Violation
    from imidgraph.model import Statement, Term
    from imidgraph.pages.drawing import Figure
    from imidgraph.pages.picture import Picture
    from imidgraph.rdf import Triple
    from imidgraph.traversals.centrality import Ranked
    from imidgraph.traversals.compare import Comparison
    from imidgraph.traversals.explain import Explanation
    from imidgraph.traversals.neighborhood import Neighborhood
    from imidgraph.traversals.paths import EdgeStatements, Paths
    from imidgraph.traversals.similar import Similar
    from imidgraph.traversals.why import Choice
    from imidgraph.traversals.without import Loss

_VERSION = """
PREFIX owl: <http://www.w3.org/2002/07/owl#>
SELECT ?version WHERE { ?ontology a owl:Ontology ; owl:versionInfo ?version } ORDER BY ?version
"""


class KnowledgeGraph:
    """A graph to look things up in, ask, traverse and export.

    Make one with `imidgraph.load` or `imidgraph.connect`.

    Parameters
    ----------
    store : Store
        The engine that holds the graph.
    guard : callable
        Makes what answers free queries within limits, when the first one comes.
    queries : Catalog
        The named queries.

    Examples
    --------
    >>> import imidgraph
    >>> kg = imidgraph.load()
    >>> kg.entity("blood clots").label
    'thromboembolism'
    """

    def __init__(self, store: Store, guard: Callable[[], Guard], queries: Catalog) -> None:
        self._store = store
        self._make_guard = guard
        self.queries = queries

    def __repr__(self) -> str:
        return f"<KnowledgeGraph: {type(self._store).__name__}>"

    @cached_property
    def _guard(self) -> Guard:
        return self._make_guard()

    @cached_property
    def version(self) -> str | None:
        """The version of the graph."""
        return next((str(version) for (version,) in self._store.select(_VERSION)), None)

    def select(self, query: str) -> Results:
        """Answer a SELECT query; the prefixes of the graph are known.

        Parameters
        ----------
        query : str
            SPARQL 1.1. SERVICE, FROM and updates are refused.

        Raises
        ------
        QueryError
            Where the text is refused, not valid SPARQL or no SELECT query.

        Examples
        --------
        >>> import imidgraph
        >>> imidgraph.load().select("SELECT ?drug { ?drug imid:degrades imid:CSNK1A1 } ORDER BY ?drug").rows[0][0].curie
        'imid:lenalidomide'
        """
        query_form(query)
        results = self._store.select(query)
        results.graph_version = self.version
        return results

    def ask(self, query: str) -> bool:
        """Answer an ASK query.

        Examples
        --------
        >>> import imidgraph
        >>> imidgraph.load().ask("ASK { imid:lenalidomide imid:degrades imid:IKZF1 }")
        True
        """
        query_form(query)
        return self._store.ask(query)

    def construct(self, query: str) -> Triples:
        """Answer a CONSTRUCT or DESCRIBE query.

        Examples
        --------
        >>> import imidgraph
        >>> len(imidgraph.load().construct("CONSTRUCT WHERE { imid:lenalidomide imid:degrades imid:IKZF1 }"))
        1
        """
        query_form(query)
        return self._store.construct(query)

    def query(self, query: str, timeout: float = TIMEOUT, limit: int = LIMIT) -> Results | bool | Triples:
        """Answer a free query of any form, from anyone, in a worker process that is stopped at the limits.

        Parameters
        ----------
        query : str
            SPARQL 1.1. SERVICE, FROM and updates are refused.
        timeout : float
            Seconds that it may take.
        limit : int
            Rows that the answer may have; `truncated` tells where some were cut.

        Raises
        ------
        QueryError
            Where the text is refused or not valid SPARQL, or needs too much memory.
        QueryTimeout
            Where it takes longer than it may.

        Examples
        --------
        >>> import imidgraph
        >>> with imidgraph.load() as kg:
        ...     kg.query("SELECT ?s { ?s ?p ?o }", limit=2).truncated
        'cut at 2 rows'
        """
        answer = self._guard.query(query, timeout, limit)
        if isinstance(answer, Results):
            answer.graph_version = self.version
        return answer

    def run(self, name: str, **parameters: Any) -> Results:
        """Run a query of the catalog.

        Parameters
        ----------
        name : str
            The name of the query, as in `queries`.
        **parameters
            A value for each parameter. An entity may be given by any of its names.

        Raises
        ------
        QueryNotFound
            Where the catalog has no such query.
        QueryError
            Where a parameter is missing, unknown or of another type.

        Examples
        --------
        >>> import imidgraph
        >>> rows = imidgraph.load().run("drugs-by-generation", drug="Pomalyst").to_dicts()
        >>> sorted({row["generationLabel"] for row in rows})
        ['second generation', 'third generation']
        """
        query = self.queries[name]
        results = self._store.select(query.bind(self.names.resolve(query, parameters)))
        results.graph_version = self.version
        return results

    def entity(self, name: str) -> Entity:
        """Find an entity by label, synonym, brand, lay word, CURIE in any spelling, or IRI.

        Raises
        ------
        EntityNotFound
            Where nothing answers to the name; it carries suggestions.
        AmbiguousLabel
            Where several entities answer to the name; it carries them.

        Examples
        --------
        >>> import imidgraph
        >>> imidgraph.load().entity("CC-4047").label
        'pomalidomide'
        """
        return self._lookup.entity(name)

    def search(self, words: str, limit: int = 10) -> list[Match]:
        """Find entities whose names come close to some words, the best first.

        Examples
        --------
        >>> import imidgraph
        >>> imidgraph.load().search("thalidomid", limit=1)[0].entity.curie
        'imid:thalidomide'
        """
        return self.names.search(words, limit)

    def statements(self, subject: str | None = None, predicate: str | None = None, object: str | None = None) -> list[Statement]:
        """Find statements by any of their ends, with their qualifiers and evidence.

        Parameters
        ----------
        subject, object : str, optional
            An entity by any of its names.
        predicate : str, optional
            A relation, such as ``degrades``.

        Examples
        --------
        >>> import imidgraph
        >>> [str(item.subject) for item in imidgraph.load().statements(predicate="degrades", object="CSNK1A1")]
        ['lenalidomide']
        """
        return self._lookup.statements.find(*self._ends(subject, predicate, object))

    def status(self, subject: str, predicate: str, object: str) -> str:
        """Tell whether a fact is ``supported``, ``negated``, ``disputed`` or ``not curated``.

        Examples
        --------
        >>> import imidgraph
        >>> imidgraph.load().status("pomalidomide", "inGeneration", "third generation")
        'disputed'
        """
        ends = self._ends(subject, predicate, object)
        return self._lookup.statements.status(*map(str, ends))

    def write(self, path: str | Path, format: str | None = None, part: Projection | None = None) -> Written:
        """Write the graph, or a part of it, to a file, whole or not at all; the suffix tells the format.

        Parameters
        ----------
        path : str or Path
            The file; with ``.gz`` or ``.zst`` at its end, packed. A format of several files adds their names:
            ``imid.csv`` becomes ``imid_nodes.csv``, ``imid_edges.csv`` and ``imid_evidence.csv``.
        format : str, optional
            The name of the format, where the suffix does not tell it.
        part : Projection, optional
            What `part` gave; the whole graph if left out.

        Returns
        -------
        Written
            The files, and a line that says what was flattened.

        Raises
        ------
        ExportError
            Where the suffix names no format or the file cannot be written.
        """
        from imidgraph import formats

        return formats.write(part or self.projection, Path(path), format)

    def triples(self) -> Iterable[Triple]:
        """Iterate over the triples of the graph as the engine holds them, in no order."""
        return self._store.triples()

    def serialize(self, format: str = "ttl") -> bytes:
        """Give the graph in a format of one file, such as ``ttl``, ``jsonld`` or ``graphml``.

        Raises
        ------
        ExportError
            Where there is no such format, or where it needs several files.

        Examples
        --------
        >>> import imidgraph
        >>> b"imid:lenalidomide" in imidgraph.load().serialize("ttl")
        True
        """
        from imidgraph import formats

        return b"".join(formats.stream(self.projection, format))

    def part(
        self,
        only: Iterable[str] = (),
        neighborhood: str | None = None,
        hops: int = 1,
        query: str | None = None,
        parameters: Mapping[str, Any] | None = None,
    ) -> Projection:
        """Choose a part of the graph to write: its statements whole, with their evidence.

        Parameters
        ----------
        only : iterable of str
            Pillars: drugs, generations, mechanisms, indications, risks, articles; all if empty.
        neighborhood : str, optional
            An entity by any of its names; only what lies around it is kept.
        hops : int
            How many statements away from it an entity may be.
        query : str, optional
            A named query; only the entities in its answer are kept, with the statements between them.
        parameters : dict, optional
            The parameters of the query.

        Raises
        ------
        QueryError
            Where there is no such pillar, or a parameter is wrong.

        Examples
        --------
        >>> import imidgraph
        >>> part = imidgraph.load().part(only=["mechanisms"], neighborhood="CK1 alpha")
        >>> "imid:lenalidomide" in {node.id for node in part.nodes()}
        True
        """
        from imidgraph.formats import selection

        chosen = self.projection
        pillars = list(only)
        if pillars:
            chosen = selection.pillars(chosen, pillars)
        if neighborhood is not None:
            chosen = selection.neighborhood(chosen, self.entity(neighborhood).curie, hops)
        if query is not None:
            answer = self.run(query, **(parameters or {}))
            named = {value.curie for row in answer.rows for value in row if isinstance(value, Iri)}
            chosen = selection.among(chosen, named & {node.id for node in chosen.nodes()})
        return chosen

    @cached_property
    def projection(self) -> Projection:
        """The graph as nodes and edges with attributes and evidence, as exports write it."""
        from imidgraph.formats.projection import Projection

        return Projection(embedded(self._store))

    def to_rdflib(self) -> rdflib.Graph:
        """Give the graph as an `rdflib.Graph`."""
        from imidgraph.stores.rdflib import RdflibStore

        return RdflibStore.from_turtle(self.serialize("ttl")).graph

    def validate(self, shapes: bool = True) -> list[Violation]:
        """Check the graph against the invariants of the catalog and the SHACL shapes.

        Parameters
        ----------
        shapes : bool
            Whether to check the shapes too.
        """
        from imidgraph.knowledge import validation

        violations = validation.check_invariants(self._store, self.queries)
        if shapes:
            violations += validation.check_shapes(self.triples(), resources.ONTOLOGY / "shapes")
        return violations

    def stats(self) -> list[Count]:
        """Count what the graph knows and how well it is backed, for `imidgraph stats`."""
        from imidgraph.knowledge.coverage import coverage

        return coverage(self._store)

    @cached_property
    def _lookup(self) -> Lookup:
        """Finds entities and statements."""
        from imidgraph.knowledge.entities import Lookup

        return Lookup(self._store)

    @property
    def names(self) -> Names:
        """The names of the entities and sources."""
        return self._lookup.names

    @cached_property
    def network(self) -> Network:
        """The entities as nodes, joined by relations; fetched from the store as needed."""
        from imidgraph.knowledge.network import Network

        return Network(self._store)

    @cached_property
    def _edge_statements(self) -> EdgeStatements:
        """The statements on the edges of the network, kept once they were looked up."""
        from imidgraph.traversals.paths import EdgeStatements

        return EdgeStatements(self.network, self._lookup.statements)

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
            self._edge_statements,
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
        from imidgraph.traversals.explain import explain

        return explain(self._edge_statements, self.names.find(start), self.names.find(end), timeout)

    def compare(self, *drugs: str) -> Comparison:
        """Compare two or more drugs: what they share, in what they differ, trials between them, and what is disputed.

        Examples
        --------
        >>> import imidgraph
        >>> [drug.label for drug in imidgraph.load().compare("Thalomid", "Revlimid").drugs]
        ['thalidomide', 'lenalidomide']
        """
        from imidgraph.traversals.compare import compare

        found = list(dict.fromkeys(self.names.find(drug) for drug in drugs))
        if len(found) < 2:
            raise QueryError("A comparison needs two different drugs or more.")
        return compare(self._edge_statements, found)

    def why(self, drug: str, over: str, disease: str) -> Choice:
        """Collect the reasons that evidence supports for one drug over another in a disease, and those against it.

        Parameters
        ----------
        drug, over : str
            The drug asked about and the other one, by any of their names.
        disease : str
            The disease.

        Examples
        --------
        >>> import imidgraph
        >>> choice = imidgraph.load().why("lenalidomide", over="thalidomide", disease="multiple myeloma")
        >>> {reason.kind for reason in choice.for_it} >= {"efficacy", "risk"}
        True
        """
        from imidgraph.traversals.why import weigh

        terms = map(self.names.find, (drug, over, disease))
        return weigh(self._edge_statements, *terms)

    def neighborhood(self, center: str, hops: int = 1, predicates: Iterable[str] = (), limit: int = MOST_NODES) -> Neighborhood:
        """Find the entities within some hops of one, and what joins them.

        Parameters
        ----------
        center : str
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
        >>> around = imidgraph.load().neighborhood("CK1 alpha", predicates=["degrades"])
        >>> [term.label for term in around.nodes]
        ['CSNK1A1', 'lenalidomide']
        """
        from imidgraph.traversals.neighborhood import surround

        return surround(self._edge_statements, self.names.find(center), hops, self._relations(predicates), limit)

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
        from imidgraph.traversals.similar import similar

        return similar(self.network, self.names.find(entity), tuple(several(aspects)), limit)

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
        from imidgraph.traversals.without import lose

        return lose(self._edge_statements, self.names.find(entity), timeout)

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
        from imidgraph.traversals.centrality import centrality

        return centrality(self.network, measure, self._relations_of(pillars))

    def communities(self, pillars: Iterable[str] = ()) -> list[tuple[Term, ...]]:
        """Find groups of entities that are joined more with one another than with others, the largest first."""
        from imidgraph.traversals.centrality import communities

        return communities(self.network, self._relations_of(pillars))

    def articulation_points(self, pillars: Iterable[str] = ()) -> list[Ranked]:
        """Find the entities that alone hold others to the rest of the network, with how many, the most first."""
        from imidgraph.traversals.centrality import articulation_points

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
        from imidgraph.traversals.networkx import check_kind, project, project_triples, read_attributes

        check_kind(kind)
        if construct is not None:
            query_form(construct)
            return project_triples(self.network, self._store.construct(construct), kind)
        relations = {*self._relations(predicates), *self._relations_of(pillars)}
        nodes = None
        if around is not None:
            nodes = {term.curie for term in self.neighborhood(around, hops).nodes}
            self.network.fetch(nodes)
            pairs = [(one, other) for one in nodes for other in self.network.objects.get(one, {}) if other in nodes]
            self._edge_statements.load(pairs)
            stated = [item for pair in pairs for item in self._edge_statements.between(*pair) if item.iri]
        else:
            with undisturbed():
                stated = self._lookup.statements.find()
        attributes = read_attributes(self._store, self.network, "imid:isAbout" in relations)
        return project(self.network, stated, attributes, kind=kind, relations=relations, nodes=nodes, negated=negated)

    def draw(self, *what: str | Figure) -> Picture:
        """Draw a picture: of what was found, of an entity and what is around it, or of how two entities are connected.

        Parameters
        ----------
        *what : Explanation, Comparison, Neighborhood, Paths or str
            A thing to draw; or one name, for its neighborhood; or two, for the explanation.

        Examples
        --------
        >>> import imidgraph
        >>> picture = imidgraph.load().draw("thalidomide", "birth defects")
        >>> "SALL4" in picture.mermaid()
        True
        """
        from imidgraph.pages.drawing import draw

        names = [name for name in what if isinstance(name, str)]
        if len(names) == len(what) == 1:
            return draw(self.neighborhood(names[0]), self.network)
        if len(names) == len(what) == 2:
            return draw(self.explain(names[0], names[1]), self.network)
        if len(what) != 1 or isinstance(what[0], str):
            raise QueryError("A picture shows one found thing, one entity or two. Give one or two names, or one result.")
        return draw(what[0], self.network)

    def close(self) -> None:
        """Let go of the graph, and end the worker for free queries."""
        self._store.close()
        if "_guard" in vars(self):
            self._guard.close()

    def __enter__(self) -> KnowledgeGraph:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __len__(self) -> int:
        """Count the triples."""
        return len(self._store)

    def _curies(self, names: Iterable[str]) -> list[str]:
        return [self.names.find(name).curie for name in several(names)]

    def _relations(self, names: Iterable[str]) -> list[str]:
        return [self.network.relation(name) for name in several(names)]

    def _relations_of(self, pillars: Iterable[str]) -> list[str]:
        return [relation for pillar in several(pillars) for relation in self.network.relations_of(pillar)]

    def _ends(self, subject: str | None, predicate: str | None, object: str | None) -> tuple[str | None, str | None, str | None]:
        return (
            self.entity(subject).iri if subject is not None else None,
            self._lookup.statements.predicate(predicate) if predicate is not None else None,
            self.entity(object).iri if object is not None else None,
        )
