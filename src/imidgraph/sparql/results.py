"""The results of queries: plain Python values, whatever the engine.

RDF terms stop here; `imidgraph.rdf` says what each of them becomes.
"""

from __future__ import annotations

import contextlib
import gc
import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from imidgraph.errors import MissingExtra, QueryError
from imidgraph.namespaces import prefixes_in
from imidgraph.rdf import Iri, QueryResultsFormat, QuerySolutions, RdfFormat, Triple, parse_query_results, python_value, serialize

if TYPE_CHECKING:
    import pandas

_SHOWN = 50  # rows in a notebook
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


Row = tuple[Any, ...]


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


class Results:
    """The rows that a SELECT query gives.

    Parameters
    ----------
    solutions : pyoxigraph.QuerySolutions
        The solutions, as the engine gives them.
    elapsed : float
        Seconds that the engine took.
    graph_version : str or None
        The version of the graph that was asked.
    truncated : str or None
        Why rows were cut, or None where all are here.

    Examples
    --------
    >>> import imidgraph
    >>> results = imidgraph.load().select("SELECT ?n WHERE { VALUES ?n { 1 2 } } ORDER BY ?n")
    >>> results.columns, results.rows
    (('n',), [(1,), (2,)])
    """

    def __init__(
        self, solutions: QuerySolutions, elapsed: float = 0.0, graph_version: str | None = None, truncated: str | None = None
    ) -> None:
        self.columns: tuple[str, ...] = tuple(variable.value for variable in solutions.variables)
        self._solutions = list(solutions)
        self._rows: list[Row] | None = None
        self.elapsed = elapsed
        self.graph_version = graph_version
        self.truncated = truncated

    @classmethod
    def from_json(cls, text: bytes | str, elapsed: float = 0.0) -> Results:
        """Read results in the W3C's JSON format.

        Raises
        ------
        QueryError
            Where the text is no such document.
        """
        try:
            return cls(_solutions(text), elapsed)
        except SyntaxError:
            pass  # some servers add members of their own, which pyoxigraph refuses
        try:
            document = json.loads(text)
            return cls(_solutions(json.dumps({name: document[name] for name in ("head", "results")})), elapsed)
        except (SyntaxError, ValueError, KeyError, TypeError, RecursionError) as error:
            # its frames hold pyoxigraph's reader, which must not be let go in another thread
            raise QueryError(f"The answer is not SPARQL results JSON: {error}") from error.with_traceback(None)

    @property
    def rows(self) -> list[Row]:
        """The rows, as tuples of plain Python values in the order of the columns."""
        if self._rows is None:
            with undisturbed():
                self._rows = [tuple(map(python_value, solution)) for solution in self._solutions]
        return self._rows

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the rows as named tuples."""
        row_type = NamedTuple("Row", [(column, Any) for column in self.columns])  # type: ignore[misc]
        return (row_type(*row) for row in self.rows)

    def __len__(self) -> int:
        return len(self._solutions)

    def __repr__(self) -> str:
        return f"<Results: {len(self)} rows of {', '.join(self.columns)}>"

    def _repr_html_(self) -> str:
        """Show the first rows as a table, in a notebook."""
        from html import escape

        def row(tag: str, values: Iterable[Any]) -> str:
            texts = (value.curie if isinstance(value, Iri) else "" if value is None else str(value) for value in values)
            return "<tr>" + "".join(f"<{tag}>{escape(text)}</{tag}>" for text in texts) + "</tr>"

        more = f"the first {_SHOWN} of " if len(self) > _SHOWN else ""
        cut = f", {self.truncated}" if self.truncated else ""
        body = "".join(row("td", values) for values in self.rows[:_SHOWN])
        return f"<table>{row('th', self.columns)}{body}</table><p>{more}{len(self)} rows{cut}</p>"

    def cut(self, limit: int) -> Results:
        """Keep so many rows, and say so where there were more."""
        if len(self) > limit:
            self._solutions = self._solutions[:limit]
            self._rows = None
            self.truncated = f"cut at {limit} rows"
        return self

    def to_dicts(self) -> list[dict[str, Any]]:
        """Give each row as a dictionary; unbound variables are None."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def to_json(self) -> str:
        """Give the rows as a JSON list of objects with native numbers and booleans."""
        return json.dumps(self.to_dicts(), indent=2, ensure_ascii=False, default=_json_value)

    def to_pandas(self) -> pandas.DataFrame:
        """Give the rows as a pandas frame.

        Raises
        ------
        MissingExtra
            Where pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise MissingExtra("pandas", "pandas") from error
        return pandas.DataFrame(self.rows, columns=list(self.columns))

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
            raise QueryError(f"There is no result format {format!r}. Use one of {', '.join(_FORMATS)}.")
        lines = ["\t".join(f"?{name}" for name in self.columns)]
        lines += ["\t".join(map(_written, solution)) for solution in self._solutions]
        solutions = parse_query_results("\n".join([*lines, ""]), format=QueryResultsFormat.TSV)
        return solutions.serialize(format=_FORMATS[format]) or b""


class Triples:
    """The triples that a CONSTRUCT or DESCRIBE query gives.

    Parameters
    ----------
    triples : sequence of pyoxigraph.Triple
        The triples, as the engine gives them.
    truncated : str or None
        Why triples were cut, or None where all are here.

    Examples
    --------
    >>> import imidgraph
    >>> triples = imidgraph.load().construct("CONSTRUCT { imid:a imid:b 1 } WHERE {}")
    >>> [object for _, _, object in triples]
    [1]
    """

    def __init__(self, triples: Sequence[Triple], truncated: str | None = None) -> None:
        self.terms = sorted(triples, key=str)
        self.truncated = truncated

    def __iter__(self) -> Iterator[tuple[Any, Any, Any]]:
        """Iterate over subject, predicate and object as plain Python values."""
        return (tuple(map(python_value, triple)) for triple in self.terms)

    def __len__(self) -> int:
        return len(self.terms)

    def cut(self, limit: int) -> Triples:
        """Keep so many triples, and say so where there were more."""
        if len(self) > limit:
            self.terms = self.terms[:limit]
            self.truncated = f"cut at {limit} rows"
        return self

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
            raise QueryError(f"There is no triple format {format!r}. Use one of {', '.join(_SYNTAXES)}.")
        prefixes = prefixes_in(serialize(self.terms, format=RdfFormat.N_TRIPLES) or b"")
        return serialize(self.terms, format=syntax, prefixes=prefixes) or b""


def _solutions(text: bytes | str) -> QuerySolutions:
    solutions = parse_query_results(text, format=QueryResultsFormat.JSON)
    if not isinstance(solutions, QuerySolutions):
        raise QueryError("The answer is a boolean, not a table. Use ask().")
    return solutions


def _written(term: Any) -> str:
    return "" if term is None else f"<<( {term} )>>" if isinstance(term, Triple) else str(term)


def _json_value(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else str(value)
