"""The reference engine: rdflib. Slow, and never given untrusted SPARQL: it would read files and reach the network."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import RdfFormat, parse

from imidgraph.answers import Row
from imidgraph.errors import OntologyError, QueryError
from imidgraph.namespaces import PREFIXES
from imidgraph.sparql.results import Results, Triples

if TYPE_CHECKING:
    import rdflib
    from rdflib.query import Result


class RdflibStore:
    """A graph that rdflib answers queries over.

    Examples
    --------
    >>> from imidgraph.resources import RELEASE
    >>> RdflibStore.read(RELEASE).ask("ASK { imid:lenalidomide imid:degrades imid:IKZF1 }")
    True
    """

    def __init__(self, graph: rdflib.Graph) -> None:
        self.graph = graph

    @classmethod
    def read(cls, path: Path) -> RdflibStore:
        """Read a Turtle file.

        Raises
        ------
        OntologyError
            Where the file is not there or cannot be parsed.
        """
        try:
            return cls.from_turtle(path.read_bytes())
        except OSError as error:
            raise OntologyError(f"{path} cannot be read: {error}. Check the path and its permissions.") from error

    @classmethod
    def from_turtle(cls, turtle: bytes) -> RdflibStore:
        """Read a graph in Turtle."""
        import rdflib

        graph = rdflib.Graph(bind_namespaces="none")
        for prefix, namespace in PREFIXES.items():
            graph.bind(prefix, namespace)
        try:
            graph.parse(data=turtle, format="turtle")
        except Exception as error:  # rdflib raises many kinds, its parser's own among them
            raise OntologyError(f"The graph cannot be parsed: {error}") from error
        return cls(graph)

    def select(self, query: str) -> Results:
        """Answer a SELECT query."""
        start = time.perf_counter()
        answer = self._query(query, "SELECT")
        results = Results.from_json(answer.serialize(format="json") or b"")
        return replace(results, elapsed=time.perf_counter() - start)

    def rows(self, query: str) -> list[Row]:
        """Answer a SELECT query with the rows alone, as plain Python values."""
        return self.select(query).rows

    def iris(self, query: str) -> list[str]:
        """Answer a SELECT query that binds every variable to an IRI, with the IRIs row by row in one flat list."""
        return [str(iri) for row in self.select(query).rows for iri in row]

    def ask(self, query: str) -> bool:
        """Answer an ASK query."""
        return bool(self._query(query, "ASK").askAnswer)

    def construct(self, query: str) -> Triples:
        """Answer a CONSTRUCT or DESCRIBE query."""
        ntriples = self._query(query, "CONSTRUCT", "DESCRIBE").serialize(format="nt") or b""
        return Triples.of(quad.triple for quad in parse(ntriples, format=RdfFormat.N_TRIPLES))

    def close(self) -> None:
        """Let go of the graph."""
        self.graph.close()

    def _query(self, text: str, *forms: str) -> Result:
        try:
            answer = self.graph.query(text)
        except Exception as error:  # rdflib raises many kinds, pyparsing's among them
            raise QueryError(f"This is not valid SPARQL: {error}. Correct it and ask again.") from error
        if answer.type not in forms:
            raise QueryError(f"This is not a {forms[0]} query.")
        return answer
