"""The knowledge graph: one object that gives access to everything, and does nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from imidgraph import knowledge, pages, traversals  # each imports its modules when they are first used
from imidgraph.answers import Answer, Drawable
from imidgraph.limits import ALIKE_IN, MAX_LENGTH, MOST_ALIKE, MOST_MATCHES, MOST_NODES, MOST_PATHS, SECONDS, Deadline, several
from imidgraph.sparql.catalog import Catalog
from imidgraph.sparql.text import query_form
from imidgraph.stores import LIMIT, TIMEOUT, Guard, Results, Store, Triples, version, whole

if TYPE_CHECKING:
    from datetime import date

    import rdflib

    from imidgraph.formats import Written
    from imidgraph.formats.projection import Projection
    from imidgraph.knowledge.lookups import Statements, Status
    from imidgraph.model import Term
    from imidgraph.rdf import Triple

Answered = TypeVar("Answered", bound=Answer)


class KnowledgeGraph:
    """A graph to look things up in, ask, traverse and export.

    Make one with `imidgraph.load` or `imidgraph.connect`; in the examples, ``kg`` is `imidgraph.load()`. A verb gives an
    answer (see `imidgraph.answers`), takes entities by any of their names, and raises `EntityNotFound` or `AmbiguousLabel`
    where a name is not that of one thing. A search ends after ``timeout`` seconds, and the ``limit`` of its answer says so.

    Parameters
    ----------
    store : Store
        The engine that holds the graph.
    guard : callable
        Makes what answers free queries within limits, when the first one comes.
    queries : Catalog
        The named queries.
    """

    def __init__(self, store: Store, guard: Callable[[], Guard], queries: Catalog) -> None:
        self._store = store
        self._whole = whole(store)
        self._make_guard = guard
        self.queries = queries

    def select(self, query: str) -> Results:
        """Answer a SELECT query that you trust; the prefixes of the graph are known.

        SERVICE, FROM and updates are refused with a `QueryError`.

        >>> kg.select("SELECT ?drug { ?drug imid:degrades imid:CSNK1A1 } ORDER BY ?drug").rows[0][0].curie
        'imid:lenalidomide'
        """
        query_form(query)
        return self._stamped(self._store.select(query))

    def ask(self, query: str) -> bool:
        """Answer an ASK query that you trust.

        >>> kg.ask("ASK { imid:lenalidomide imid:degrades imid:IKZF1 }")
        True
        """
        query_form(query)
        return self._store.ask(query)

    def construct(self, query: str) -> Triples:
        """Answer a CONSTRUCT or DESCRIBE query that you trust.

        >>> len(kg.construct("CONSTRUCT WHERE { imid:lenalidomide imid:degrades imid:IKZF1 }"))
        1
        """
        query_form(query)
        return self._stamped(self._store.construct(query))

    def query(self, query: str, timeout: float = TIMEOUT, limit: int = LIMIT) -> Results | bool | Triples:
        """Answer a free query of any form, from anyone, in a worker process.

        After ``timeout`` seconds the process is stopped and `QueryTimeout` raised; rows beyond ``limit`` are cut.

        >>> kg.query("SELECT ?s { ?s ?p ?o }", limit=2).limit
        'cut at 2 rows'
        """
        answer = self._guard.query(query, timeout, limit)
        return answer if isinstance(answer, bool) else self._stamped(answer)

    def run(self, name: str, /, **parameters: Any) -> Results:
        """Run a query of the catalog by its name; a parameter that is left out means all.

        An unknown name is a `QueryNotFound`, a wrong parameter a `QueryError`; both say what there is.

        >>> rows = kg.run("drugs-by-generation", drug="Pomalyst").to_dicts()
        >>> sorted({row["generationLabel"] for row in rows})
        ['second generation', 'third generation']
        """
        return self._stamped(knowledge.solutions.run(self._store, self.reader, self.names, self.queries[name], parameters))

    def query_text(self, name: str, /, **parameters: Any) -> str:
        """Give the SPARQL text that `run` asks, its parameters bound, for any engine."""
        query = self.queries[name]
        return query.bind(self.names.resolve(query, parameters))

    def entity(self, name: str) -> knowledge.entities.Entity:
        """Find an entity by label, synonym, brand, lay word, CURIE in any spelling, or IRI.

        >>> kg.entity("CC-4047").label
        'pomalidomide'
        """
        return self._stamped(knowledge.entities.entity(self.names, self.reader, name))

    def search(self, words: str, limit: int = MOST_MATCHES) -> knowledge.lookups.Search:
        """Find entities whose names come close to some words, the best first.

        >>> kg.search("thalidomid", limit=1)[0].entity.curie
        'imid:thalidomide'
        """
        return self._stamped(knowledge.lookups.search(self._finder, words, limit))

    def mentions(self, text: str) -> knowledge.lookups.Mentions:
        """Find the entities that a text names, in its order, and the regimen that its drugs make.

        >>> found = kg.mentions("Carfilzomib, Lenalidomide, Dexamethasone")
        >>> [item.entity.label for item in found], str(found.regimen)
        (['carfilzomib', 'lenalidomide', 'dexamethasone'], 'KRd')
        """
        return self._stamped(knowledge.lookups.mentions(self._finder, text))

    def statements(self, subject: str | None = None, predicate: str | None = None, object: str | None = None) -> Statements:
        """Find statements by any of their ends, with their qualifiers and evidence; those that deny something are among them.

        >>> found = kg.statements(predicate="degrades", object="CSNK1A1")
        >>> [str(item.subject) for item in found if not item.negated], [str(item.subject) for item in found if item.negated]
        (['lenalidomide'], ['pomalidomide', 'thalidomide'])
        """
        return self._stamped(knowledge.lookups.statements(self.names, self.reader, subject, predicate, object))

    def status(self, subject: str, predicate: str, object: str, as_of: date | None = None) -> Status:
        """Tell whether a fact is supported, disputed, denied or not curated, today or on a day, with the sources.

        >>> kg.status("pomalidomide", "inGeneration", "third generation").word
        'disputed'
        """
        return self._stamped(knowledge.lookups.status(self.names, self.reader, subject, predicate, object, as_of))

    def explain(self, start: str, end: str, timeout: float = SECONDS) -> traversals.explanation.Explanation:
        """Explain how one entity affects another: the chains of steps between them, each with its evidence.

        >>> print(kg.explain("lenalidomide", "MDS with del(5q)").chains[0])
        lenalidomide > CRBN > CSNK1A1 > survival of del(5q) cells > myelodysplastic syndrome associated with isolated del(5q)
        """
        one, other = self.names.find(start), self.names.find(end)
        return self._stamped(traversals.explain.explain(self._edges, one, other, Deadline(timeout)))

    def compare(self, *drugs: str, timeout: float = SECONDS) -> traversals.compare.Comparison:
        """Compare two or more drugs: what they share, in what they differ, trials between them, and what is disputed.

        >>> [drug.label for drug in kg.compare("Thalomid", "Revlimid").drugs]
        ['thalidomide', 'lenalidomide']
        """
        return self._stamped(traversals.compare.compare(self._edges, self._terms(drugs), Deadline(timeout)))

    def why(self, drug: str, over: str, disease: str, timeout: float = SECONDS) -> traversals.why.Why:
        """Collect the reasons that evidence gives for one drug over another in a disease, and those against it.

        >>> answer = kg.why("lenalidomide", over="thalidomide", disease="multiple myeloma")
        >>> {reason.kind for reason in answer.for_it} >= {"efficacy", "risk"}
        True
        """
        one, other, third = self._terms([drug, over, disease])
        return self._stamped(traversals.why.why(self._edges, one, other, third, Deadline(timeout)))

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
    ) -> traversals.paths.Paths:
        """Find the simple paths between two entities, shortest first, each hop with its statements and their evidence.

        Each path passes all of ``via`` and none of ``avoid`` along ``predicates``, such as ``degrades``, or all relations:
        both ways, or only from subject to object where ``directed``. Where there is none, `PathNotFound` is raised.

        >>> print(kg.paths("thalidomide", "pomalidomide", max_length=2, predicates="degrades", via="Ikaros")[0])
        thalidomide --[degrades]--> IKZF1 <--[degrades]-- pomalidomide
        """
        one, other = (term.curie for term in self._terms([start, end]))
        bounds: dict[str, Any] = {"max_length": max_length, "limit": limit, "predicates": predicates, "directed": directed}
        bounds |= {name: [term.curie for term in self._terms(names)] for name, names in (("via", via), ("avoid", avoid))}
        return self._stamped(traversals.paths.paths(self._edges, one, other, Deadline(timeout), **bounds))

    def neighborhood(
        self, center: str, hops: int = 1, predicates: Iterable[str] = (), limit: int = MOST_NODES, timeout: float = SECONDS
    ) -> traversals.neighborhood.Neighborhood:
        """Find the entities within some hops of one, along some relations or all, and what joins them.

        >>> [term.label for term in kg.neighborhood("CK1 alpha", predicates=["degrades"]).nodes]
        ['CSNK1A1', 'lenalidomide']
        """
        term, around = self.names.find(center), traversals.neighborhood.neighborhood
        return self._stamped(around(self._edges, term, Deadline(timeout), hops, predicates, limit))

    def similar(
        self, entity: str, aspects: Iterable[str] = ALIKE_IN, limit: int = MOST_ALIKE, timeout: float = SECONDS
    ) -> traversals.similar.Similar:
        """Find the entities that have most in common with one, in the pillars that count, with what that is.

        >>> kg.similar("pomalidomide", limit=1)[0].entity.label
        'lenalidomide'
        """
        term, pillars = self.names.find(entity), tuple(several(aspects))
        return self._stamped(traversals.similar.similar(self.network, term, Deadline(timeout), pillars, limit))

    def without(self, entity: str, timeout: float = SECONDS) -> traversals.without.Without:
        """Find which effects of drugs lose their chains where a protein, complex, process or cell is lost.

        >>> ("eragidomide", "acute myeloid leukemia") in [row[:2] for row in kg.without("cereblon").rows]
        True
        """
        return self._stamped(traversals.without.without(self._edges, self.names.find(entity), Deadline(timeout)))

    def centrality(
        self, measure: str = "betweenness", pillars: Iterable[str] = (), timeout: float = SECONDS
    ) -> traversals.centrality.Centrality:
        """Rank the entities by ``betweenness``, ``degree`` or ``pagerank`` in the network, or in some of its pillars.

        >>> "CRBN" in [item.entity.label for item in kg.centrality(pillars=["mechanisms"])[:10]]
        True
        """
        return self._stamped(traversals.centrality.centrality(self.network, Deadline(timeout), measure, pillars))

    def communities(self, pillars: Iterable[str] = (), timeout: float = SECONDS) -> traversals.centrality.Communities:
        """Find groups of entities that are joined more with one another than with others, the largest first."""
        return self._stamped(traversals.centrality.communities(self.network, Deadline(timeout), pillars))

    def articulation_points(self, pillars: Iterable[str] = (), timeout: float = SECONDS) -> traversals.centrality.Centrality:
        """Find the entities that alone hold others to the rest of the network, with how many, the most first."""
        return self._stamped(traversals.centrality.articulation_points(self.network, Deadline(timeout), pillars))

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
        """Give the graph, or a part, or what CONSTRUCT gives, as a networkx graph; see `traversals.networkx.to_networkx`.

        >>> next(iter(kg.to_networkx(predicates=["degrades"])["imid:lenalidomide"]["imid:CSNK1A1"].values()))["sign"]
        -1
        """
        if construct is not None:
            return traversals.networkx.project_triples(self.network, self.construct(construct), kind)
        center = None if around is None else self.names.find(around)
        return traversals.networkx.to_networkx(self._edges, self._whole, kind, predicates, pillars, center, hops, negated)

    def draw(self, *what: str | Drawable) -> pages.picture.Picture:
        """Draw an answer, or for one name its neighborhood, or for two their explanation.

        >>> "SALL4" in kg.draw("thalidomide", "birth defects").mermaid()
        True
        """
        match what:
            case [str(center)]:
                return self.neighborhood(center).picture()
            case [str(start), str(end)]:
                return self.explain(start, end).picture()
        return pages.drawing.draw(what[0] if len(what) == 1 else what)

    def write(self, path: str | Path, format: str | None = None, part: Projection | None = None) -> Written:
        """Write the graph, or what `part` gave, whole or not at all; the suffix tells the format, where ``format`` does not.

        With ``.gz`` or ``.zst`` at its end it is packed. A format of several files adds their names to the path.
        """
        from imidgraph import formats

        return formats.write(part or self.projection, Path(path), format)

    def serialize(self, format: str = "ttl") -> bytes:
        """Give the graph in a format of one file, such as ``ttl``, ``jsonld`` or ``graphml``.

        >>> b"imid:lenalidomide" in kg.serialize("ttl")
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
        """Choose a part to `write`: some pillars, what lies around an entity, or what the answer of a named query names."""
        from imidgraph.formats import selection

        center = None if neighborhood is None else self.names.find(neighborhood).curie
        answer = None if query is None else self.run(query, **(parameters or {}))
        return selection.part(self.projection, several(only), center, hops, answer)

    def to_rdflib(self) -> rdflib.Graph:
        """Give the graph as an `rdflib.Graph`."""
        from imidgraph.stores.rdflib import RdflibStore

        return RdflibStore.from_turtle(self.serialize("ttl")).graph

    def validate(self, shapes: bool = True) -> knowledge.validation.Validation:
        """Check the graph against the invariants of the catalog and, unless you say otherwise, the SHACL shapes."""
        return self._stamped(knowledge.validation.validate(self._whole, self.queries, shapes))

    def stats(self) -> knowledge.stats.Stats:
        """Count what the graph knows and how well it is backed."""
        return self._stamped(knowledge.stats.stats(self._whole))

    def triples(self) -> Iterable[Triple]:
        """Iterate over the triples of the graph as the engine holds them, in no order."""
        return self._store.triples()

    @cached_property
    def version(self) -> str | None:
        """The version of the graph."""
        return version(self._store)

    @cached_property
    def names(self) -> knowledge.names.Names:
        """The names of the entities and sources."""
        return knowledge.names.Names(self._whole)

    @cached_property
    def _finder(self) -> knowledge.mentions.Finder:
        return knowledge.mentions.Finder(self.names, self._whole)

    @cached_property
    def network(self) -> knowledge.network.Network:
        """The entities as nodes, joined by relations; fetched from the store as needed."""
        return knowledge.network.Network(self._whole, self.reader.relations)

    @cached_property
    def projection(self) -> Projection:
        """The graph as nodes and edges with attributes and evidence, as exports write it."""
        from imidgraph.formats.projection import Projection
        from imidgraph.stores.oxigraph import embedded

        return Projection(embedded(self._store))

    def close(self) -> None:
        """Let go of the graph, and end the worker for free queries; answers stay."""
        self._store.close()
        if "_guard" in vars(self):
            self._guard.close()

    def __enter__(self) -> KnowledgeGraph:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self._store)

    def __repr__(self) -> str:
        return f"<KnowledgeGraph: {type(self._store).__name__}>"

    @cached_property
    def _guard(self) -> Guard:
        return self._make_guard()

    @cached_property
    def reader(self) -> knowledge.statements.Reader:
        """The statements and sources, read from the store as needed."""
        return knowledge.statements.Reader(self._whole)

    @cached_property
    def _edges(self) -> traversals.edges.Edges:
        return traversals.edges.Edges(self.network, self.reader)

    def _terms(self, names: Iterable[str]) -> list[Term]:
        return [self.names.find(name) for name in several(names)]

    def _stamped(self, answer: Answered) -> Answered:
        return replace(answer, graph_version=self.version)
