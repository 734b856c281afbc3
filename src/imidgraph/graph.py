"""The knowledge graph: one object that gives access to everything, and does nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from imidgraph import resources, sparql
from imidgraph.queries import Catalogue
from imidgraph.stores import LIMIT, TIMEOUT, Guard, Results, Store, Triples
from imidgraph.stores.oxigraph import OxigraphStore, embedded
from imidgraph.stores.results import Iri
from imidgraph.traversals import Traversals

# What a call may not need is imported when it is called: most commands start without.
if TYPE_CHECKING:
    import rdflib
    from pyoxigraph import Triple

    from imidgraph.coverage import Count
    from imidgraph.export import Written
    from imidgraph.lookup import Entity
    from imidgraph.model import Association
    from imidgraph.names import Match
    from imidgraph.projection import Projection
    from imidgraph.validation import Violation

_VERSION = """
PREFIX owl: <http://www.w3.org/2002/07/owl#>
SELECT ?version WHERE { ?ontology a owl:Ontology ; owl:versionInfo ?version } ORDER BY ?version
"""


class KnowledgeGraph(Traversals):
    """A graph to look things up in, ask, traverse and export.

    Make one with `imidgraph.load` or `imidgraph.connect`.

    Parameters
    ----------
    store : Store
        The engine that holds the graph.
    guard : callable
        Makes what answers free queries within limits, when the first one comes.
    queries : Catalogue
        The named queries.

    Examples
    --------
    >>> import imidgraph
    >>> kg = imidgraph.load()
    >>> kg.entity("blood clots").label
    'thromboembolism'
    """

    def __init__(self, store: Store, guard: Callable[[], Guard], queries: Catalogue) -> None:
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
        sparql.query_form(query)
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
        sparql.query_form(query)
        return self._store.ask(query)

    def construct(self, query: str) -> Triples:
        """Answer a CONSTRUCT or DESCRIBE query.

        Examples
        --------
        >>> import imidgraph
        >>> len(imidgraph.load().construct("CONSTRUCT WHERE { imid:lenalidomide imid:degrades imid:IKZF1 }"))
        1
        """
        sparql.query_form(query)
        return self._store.construct(query)

    def sparql(self, query: str, timeout: float = TIMEOUT, limit: int = LIMIT) -> Results | bool | Triples:
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
        ...     kg.sparql("SELECT ?s { ?s ?p ?o }", limit=2).truncated
        'cut at 2 rows'
        """
        answer = self._guard.query(query, timeout, limit)
        if isinstance(answer, Results):
            answer.graph_version = self.version
        return answer

    def run(self, name: str, **parameters: Any) -> Results:
        """Run a query of the catalogue.

        Parameters
        ----------
        name : str
            The name of the query, as in `queries`.
        **parameters
            A value for each parameter. An entity may be given by any of its names.

        Raises
        ------
        QueryNotFound
            Where the catalogue has no such query.
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
        results = self._store.select(query.bind(self.lookup.names.resolve(query, parameters)))
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
        return self.lookup.entity(name)

    def search(self, words: str, limit: int = 10) -> list[Match]:
        """Find entities whose names come close to some words, the best first.

        Examples
        --------
        >>> import imidgraph
        >>> imidgraph.load().search("thalidomid", limit=1)[0].entity.curie
        'imid:thalidomide'
        """
        return self.lookup.names.search(words, limit)

    def relationships(
        self, subject: str | None = None, predicate: str | None = None, object: str | None = None
    ) -> list[Association]:
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
        >>> [str(item.subject) for item in imidgraph.load().relationships(predicate="degrades", object="CSNK1A1")]
        ['lenalidomide']
        """
        return self.lookup.statements.find(*self._ends(subject, predicate, object))

    def status(self, subject: str, predicate: str, object: str) -> str:
        """Tell whether a fact is ``supported``, ``negated``, ``disputed`` or ``not curated``.

        Examples
        --------
        >>> import imidgraph
        >>> imidgraph.load().status("pomalidomide", "inGeneration", "third generation")
        'disputed'
        """
        ends = self._ends(subject, predicate, object)
        return self.lookup.statements.status(*map(str, ends))

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
        from imidgraph import export

        return export.write(part or self.projection, Path(path), format)

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
        from imidgraph import export

        return b"".join(export.stream(self.projection, format))

    def part(
        self,
        only: Iterable[str] = (),
        neighbourhood: str | None = None,
        hops: int = 1,
        query: str | None = None,
        parameters: Mapping[str, Any] | None = None,
    ) -> Projection:
        """Choose a part of the graph to write: its statements whole, with their evidence.

        Parameters
        ----------
        only : iterable of str
            Pillars: drugs, generations, mechanisms, indications, risks, articles; all if empty.
        neighbourhood : str, optional
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
        >>> part = imidgraph.load().part(only=["mechanisms"], neighbourhood="CK1 alpha")
        >>> "imid:lenalidomide" in {node.id for node in part.nodes()}
        True
        """
        from imidgraph import selection

        chosen = self.projection
        pillars = list(only)
        if pillars:
            chosen = selection.pillars(chosen, pillars)
        if neighbourhood is not None:
            chosen = selection.neighbourhood(chosen, self.entity(neighbourhood).curie, hops)
        if query is not None:
            answer = self.run(query, **(parameters or {}))
            named = {value.curie for row in answer.rows for value in row if isinstance(value, Iri)}
            chosen = selection.among(chosen, named & {node.id for node in chosen.nodes()})
        return chosen

    @cached_property
    def projection(self) -> Projection:
        """The graph as nodes and edges with attributes and evidence, as exports write it."""
        from imidgraph.projection import Projection

        return Projection(embedded(self._store))

    def to_rdflib(self) -> rdflib.Graph:
        """Give the graph as an `rdflib.Graph`."""
        from imidgraph.stores.rdflib import RdflibStore

        return RdflibStore.from_turtle(self.serialize("ttl")).graph

    def validate(self, shapes: bool = True) -> list[Violation]:
        """Check the graph against the invariants of the catalogue and the SHACL shapes.

        Parameters
        ----------
        shapes : bool
            Whether to check the shapes too, which needs the extra ``validate``.
        """
        from imidgraph import validation

        violations = validation.check_invariants(self._store, self.queries)
        if shapes:
            violations += validation.check_shapes(self.to_rdflib(), resources.ONTOLOGY / "shapes")
        return violations

    def coverage(self) -> list[Count]:
        """Count what the graph knows and how well it is backed, for `imidgraph stats`."""
        from imidgraph.coverage import coverage

        return coverage(self._store)

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

    def _ends(self, subject: str | None, predicate: str | None, object: str | None) -> tuple[str | None, str | None, str | None]:
        return (
            self.entity(subject).iri if subject is not None else None,
            self.lookup.statements.predicate(predicate) if predicate is not None else None,
            self.entity(object).iri if object is not None else None,
        )


def load(path: str | Path | None = None) -> KnowledgeGraph:
    """Load the graph that ships with imidgraph, or another one.

    Parameters
    ----------
    path : str or Path, optional
        An RDF file or a disk store; the graph that ships with imidgraph if left out.

    Raises
    ------
    OntologyError
        Where the file is not there or cannot be parsed.

    Examples
    --------
    >>> import imidgraph
    >>> len(imidgraph.load()) > 1000
    True
    """
    source = Path(path or resources.RELEASE)

    def guard() -> Guard:
        from imidgraph.stores.worker import WorkerStore

        return WorkerStore(source)

    return KnowledgeGraph(OxigraphStore.open(source), guard, Catalogue(resources.QUERIES))


def connect(url: str, graph: str | None = None, auth: tuple[str, str] | None = None, timeout: float = 30.0) -> KnowledgeGraph:
    """Connect to the graph on a SPARQL 1.1 endpoint: a server, a cluster, or `imidgraph serve`.

    Parameters
    ----------
    url : str
        The address of the endpoint, such as ``http://127.0.0.1:8890/sparql``.
    graph : str, optional
        The IRI of the named graph to ask; the default graph of the server if left out.
    auth : tuple of str and str, optional
        User and password.
    timeout : float
        Seconds that a query may take.

    Raises
    ------
    EndpointError
        Where the address is no web address; later, where the endpoint does not answer as it should.

    Examples
    --------
    >>> import imidgraph
    >>> imidgraph.connect("localhost/sparql")
    Traceback (most recent call last):
    imidgraph.errors.EndpointError: The endpoint localhost/sparql ...: it is no web address. Give one that starts with http:// or https://.
    """
    from imidgraph.stores.endpoint import EndpointStore

    store = EndpointStore(url, graph, auth, timeout)
    return KnowledgeGraph(store, lambda: store, Catalogue(resources.QUERIES))
