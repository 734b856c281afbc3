"""The embedded engine: pyoxigraph, in memory."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pyoxigraph
from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, QueryTriples, Triple

from imidgraph.answers import Row
from imidgraph.errors import OntologyError, QueryError
from imidgraph.namespaces import PREFIXES
from imidgraph.sparql.results import Results, Triples, read_rows
from imidgraph.sparql.text import dataset_graphs
from imidgraph.stores import Store

ENGINE = pyoxigraph.__version__
"""The version of the engine, on which the form of a disk store depends."""


class OxigraphStore:
    """A graph in memory that pyoxigraph answers queries over.

    Examples
    --------
    >>> from imidgraph.resources import RELEASE
    >>> OxigraphStore.read(RELEASE).ask("ASK { imid:lenalidomide imid:degrades imid:IKZF1 }")
    True
    """

    def __init__(self, store: pyoxigraph.Store) -> None:
        self._store = store
        self._is_closed = False

    @classmethod
    def open(cls, path: Path) -> OxigraphStore:
        """Open a graph: an RDF file is read into memory, a disk store is opened read-only.

        Raises
        ------
        OntologyError
            Where there is no graph.
        """
        if not path.is_dir():
            return cls.read(path)
        from imidgraph.stores import disk

        built = disk.current(path)
        try:
            disk.check(built)
            return cls(pyoxigraph.Store.read_only(str(built)))
        except (OSError, RuntimeError, ValueError) as error:  # OntologyError among them
            if disk.current(path) != built:  # a new store took its place just now
                return cls.open(path)
            if isinstance(error, OntologyError):
                raise
            raise OntologyError(f"The store in {path} cannot be opened: {error}. Build it again.") from error

    @classmethod
    def read(cls, path: Path) -> OxigraphStore:
        """Read an RDF file; its suffix tells the format.

        Raises
        ------
        OntologyError
            Where the file is not there, has an unknown suffix or cannot be parsed.
        """
        from imidgraph.stores.reading import read_into

        store = pyoxigraph.Store()
        read_into(store, path, bulk=True)
        return cls(store)

    def select(self, query: str) -> Results:
        """Answer a SELECT query.

        Raises
        ------
        QueryError
            Where the text is not valid SPARQL, or no SELECT query.
        """
        start = time.perf_counter()
        solutions = self.evaluate(query)
        if not isinstance(solutions, QuerySolutions):
            raise QueryError("This is not a SELECT query. Use ask() or construct().")
        return replace(Results.of(solutions), elapsed=time.perf_counter() - start)

    def rows(self, query: str) -> list[Row]:
        """Answer a SELECT query with the rows alone, as plain Python values.

        They are written in Rust as text, and each text that comes again and again, such as a property, is read once.
        """
        solutions = self.evaluate(query)
        assert isinstance(solutions, QuerySolutions)
        return read_rows((solutions.serialize(format=QueryResultsFormat.TSV) or b"").decode())

    def iris(self, query: str) -> list[str]:
        """Answer a SELECT query that binds every variable to an IRI, with the IRIs row by row in one flat list.

        They are written in Rust and split as one text, which takes a fraction of the time of an object for each term.
        """
        solutions = self.evaluate(query)
        assert isinstance(solutions, QuerySolutions)
        _, _, text = (solutions.serialize(format=QueryResultsFormat.TSV) or b"").decode().partition("\n")
        return text[1:-2].replace(">\t<", "\n").replace(">\n<", "\n").split("\n") if text else []

    def ask(self, query: str) -> bool:
        """Answer an ASK query."""
        answer = self.evaluate(query)
        if not isinstance(answer, QueryBoolean):
            raise QueryError("This is not an ASK query. Use select() or construct().")
        return bool(answer)

    def construct(self, query: str) -> Triples:
        """Answer a CONSTRUCT or DESCRIBE query."""
        triples = self.evaluate(query)
        if not isinstance(triples, QueryTriples):
            raise QueryError("This is not a CONSTRUCT query. Use select() or ask().")
        return Triples.of(triples)

    def holds(self, graph: str) -> bool:
        """Tell whether the store holds a named graph."""
        try:
            return self._store.contains_named_graph(pyoxigraph.NamedNode(graph))
        except ValueError:
            return False

    @cached_property
    def _is_divided(self) -> bool:
        """Whether it holds named graphs: then all of them are asked, as all of them are counted and written."""
        return any(True for _ in self._store.named_graphs())

    def triples(self) -> Iterable[Triple]:
        """Iterate over the triples of the graph, in no order."""
        return (quad.triple for quad in self._store)

    def embedded(self) -> pyoxigraph.Store:
        """Give the graph as pyoxigraph holds it."""
        return self._store

    def close(self) -> None:
        """Let go of the graph; what is asked afterwards is refused."""
        self._store = pyoxigraph.Store()
        self._is_closed = True

    def __len__(self) -> int:
        return len(self._store)

    def evaluate(
        self, text: str, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = (), base: str | None = None
    ) -> QuerySolutions | QueryBoolean | QueryTriples:
        """Answer a query of any form, as pyoxigraph gives it.

        Parameters
        ----------
        text : str
            SPARQL 1.1.
        default_graphs, named_graphs : sequence of str
            The IRIs of the graphs to ask; all of the store where both are empty.
        base : str, optional
            What relative IRIs are relative to, where the text does not say it.

        Raises
        ------
        QueryError
            Where the text is not valid SPARQL, a graph is named that the store does not hold, or the store is closed.
        """
        if self._is_closed:
            raise QueryError("The graph is closed. Load it again.")
        chosen = dataset_graphs(text, base or "")
        for iri in (*default_graphs, *named_graphs, *chosen):
            if not self.holds(iri):
                raise QueryError(f"The store holds no graph {iri!r}. Leave FROM out to ask what it holds.")
        graphs: dict[str, Any] = {"use_default_graph_as_union": self._is_divided and not chosen}
        if default_graphs or named_graphs:
            graphs["use_default_graph_as_union"] = False
            graphs["default_graph"] = [pyoxigraph.NamedNode(iri) for iri in default_graphs]
            graphs["named_graphs"] = [pyoxigraph.NamedNode(iri) for iri in named_graphs]
        try:
            try:
                return self._store.query(text, base_iri=base, **graphs)
            except SyntaxError:  # it may lack the prefixes of the graph, which cost more than a short query to hand over
                return self._store.query(text, base_iri=base, prefixes=PREFIXES, **graphs)
        except SyntaxError as error:
            raise QueryError(f"This is not valid SPARQL: {error}. Correct it and ask again.") from error
        except (OSError, RuntimeError, ValueError) as error:
            raise QueryError(f"The query failed: {error}") from error


def embedded(store: Store) -> pyoxigraph.Store:
    """Give the graph of any store as pyoxigraph holds it; that of another engine is copied.

    Examples
    --------
    >>> from imidgraph.resources import RELEASE
    >>> store = OxigraphStore.read(RELEASE)
    >>> len(embedded(store)) == len(store)
    True
    """
    if isinstance(store, OxigraphStore):
        return store.embedded()
    copy = pyoxigraph.Store()
    copy.bulk_extend(pyoxigraph.Quad(*triple) for triple in store.triples())
    return copy
