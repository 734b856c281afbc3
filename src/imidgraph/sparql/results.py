"""The results of queries: plain Python values, whatever the engine.

RDF terms stop here; `imidgraph.rdf` says what each of them becomes.
"""

from __future__ import annotations

import contextlib
import gc
import json
from collections import namedtuple
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from imidgraph.answers import Answer, Row
from imidgraph.errors import QueryError
from imidgraph.namespaces import prefixes_in
from imidgraph.rdf import QueryResultsFormat, QuerySolutions, RdfFormat, Triple, parse_query_results, python_value, serialize

_FORMATS = {
    "json": QueryResultsFormat.JSON,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
    "xml": QueryResultsFormat.XML,
}
_SYNTAXES = {
    "turtle": RdfFormat.TURTLE,
    "ntriples": RdfFormat.N_TRIPLES,
    "rdfxml": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
}


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Keep the garbage collector from going through many new objects time and again, which multiplies the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@dataclass(frozen=True, repr=False, eq=False)
class Results(Answer):
    """The rows that a SELECT query gives.

    Parameters
    ----------
    header : tuple of str
        The names of the columns.
    terms : sequence
        The solutions, as the engine gives them: for each row the terms, None where a variable is unbound.
    elapsed : float
        Seconds that the engine took.

    Examples
    --------
    >>> import imidgraph
    >>> results = imidgraph.load().select("SELECT ?n WHERE { VALUES ?n { 1 2 } } ORDER BY ?n")
    >>> results.columns, results.rows
    (('n',), [(1,), (2,)])
    """

    header: tuple[str, ...]
    terms: Sequence[Iterable[Any]]
    elapsed: float = 0.0

    @classmethod
    def of(cls, solutions: QuerySolutions, elapsed: float = 0.0, limit: str | None = None) -> Results:
        """Take the solutions of pyoxigraph."""
        return cls(tuple(variable.value for variable in solutions.variables), list(solutions), elapsed, limit=limit)

    @classmethod
    def from_json(cls, text: bytes | str, elapsed: float = 0.0) -> Results:
        """Read results in the W3C's JSON format.

        Raises
        ------
        QueryError
            Where the text is no such document.
        """
        try:
            return cls.of(_solutions(text), elapsed)
        except SyntaxError:
            pass  # some servers add members of their own, which pyoxigraph refuses
        try:
            document = json.loads(text)
            return cls.of(_solutions(json.dumps({name: document[name] for name in ("head", "results")})), elapsed)
        except (SyntaxError, ValueError, KeyError, TypeError, RecursionError) as error:
            # its frames hold pyoxigraph's reader, which must not be let go in another thread
            raise QueryError(f"The answer is not SPARQL results JSON: {error}") from error.with_traceback(None)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self.header

    @cached_property
    def rows(self) -> list[Row]:
        """The rows, as tuples of plain Python values in the order of the columns."""
        with undisturbed():
            return [tuple(map(python_value, solution)) for solution in self.terms]

    @property
    def title(self) -> str:
        """How many rows of what."""
        return f"{len(self)} rows of {', '.join(self.columns)}"

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the rows as named tuples; a name that Python does not take becomes that of its place, such as ``_0``."""
        row_type = namedtuple("Row", self.columns, rename=True)  # type: ignore[misc]
        return (row_type(*row) for row in self.rows)

    def __len__(self) -> int:
        return len(self.terms)

    def __bool__(self) -> bool:
        return bool(self.terms)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Results) and (self.columns, self.rows, self.limit) == (other.columns, other.rows, other.limit)

    def __getstate__(self) -> dict[str, Any]:
        return super().__getstate__() | {"terms": [tuple(solution) for solution in self.terms]}

    def cut(self, limit: int) -> Results:
        """Keep so many rows, and say so where there were more."""
        if len(self) <= limit:
            return self
        return replace(self, terms=self.terms[:limit], limit=f"cut at {limit} rows")

    def serialize(self, format: str = "json") -> bytes:
        """Write the results in a format of the W3C.

        Parameters
        ----------
        format : str
            ``json``, ``csv``, ``tsv`` or ``xml``.

        Raises
        ------
        QueryError
            Where the format is another one.
        """
        if format not in _FORMATS:
            raise QueryError(f"Unknown result format {format!r}. Choose from {', '.join(_FORMATS)}.")
        lines = ["\t".join(f"?{name}" for name in self.columns)]
        lines += ["\t".join(map(_written, solution)) for solution in self.terms]
        solutions = parse_query_results("\n".join([*lines, ""]), format=QueryResultsFormat.TSV)
        return solutions.serialize(format=_FORMATS[format]) or b""


@dataclass(frozen=True, repr=False)
class Triples(Answer):
    """The triples that a CONSTRUCT or DESCRIBE query gives.

    Parameters
    ----------
    terms : sequence of pyoxigraph.Triple
        The triples, as the engine gives them, in order.

    Examples
    --------
    >>> import imidgraph
    >>> triples = imidgraph.load().construct("CONSTRUCT { imid:a imid:b 1 } WHERE {}")
    >>> [object for _, _, object in triples]
    [1]
    """

    terms: tuple[Triple, ...]

    columns = ("subject", "predicate", "object")

    @classmethod
    def of(cls, triples: Iterable[Triple], limit: str | None = None) -> Triples:
        """Put triples in order."""
        return cls(tuple(sorted(triples, key=str)), limit=limit)

    @cached_property
    def rows(self) -> list[Row]:
        """Subject, predicate and object of each triple, as plain Python values."""
        return [tuple(map(python_value, triple)) for triple in self.terms]

    @property
    def title(self) -> str:
        """How many triples."""
        return f"{len(self)} triples"

    def __iter__(self) -> Iterator[Row]:
        """Iterate over subject, predicate and object as plain Python values."""
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.terms)

    def __bool__(self) -> bool:
        return bool(self.terms)

    def __str__(self) -> str:
        return self.serialize().decode()

    def cut(self, limit: int) -> Triples:
        """Keep so many triples, and say so where there were more."""
        return self if len(self) <= limit else replace(self, terms=self.terms[:limit], limit=f"cut at {limit} rows")

    def serialize(self, format: str = "turtle") -> bytes:
        """Write the triples.

        Parameters
        ----------
        format : str
            ``turtle``, ``ntriples``, ``rdfxml`` or ``jsonld``, or a media type.

        Raises
        ------
        QueryError
            Where the format is another one.
        """
        syntax = _SYNTAXES.get(format) or RdfFormat.from_media_type(format)
        if syntax is None:
            raise QueryError(f"Unknown format of triples {format!r}. Choose from {', '.join(_SYNTAXES)}.")
        prefixes = prefixes_in(serialize(self.terms, format=RdfFormat.N_TRIPLES) or b"")
        return serialize(self.terms, format=syntax, prefixes=prefixes) or b""


def _solutions(text: bytes | str) -> QuerySolutions:
    solutions = parse_query_results(text, format=QueryResultsFormat.JSON)
    if not isinstance(solutions, QuerySolutions):
        raise QueryError("The answer is a boolean, not a table. Use ask().")
    return solutions


def _written(term: Any) -> str:
    return "" if term is None else f"<<( {term} )>>" if isinstance(term, Triple) else str(term)
