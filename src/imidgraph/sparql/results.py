"""The results of queries: plain Python values, whatever the engine.

RDF terms stop here; `imidgraph.rdf` says what each of them becomes.
"""

from __future__ import annotations

import contextlib
import gc
import re
from collections import namedtuple
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from typing import Any, TypeVar

from imidgraph.answers import Answer, Row
from imidgraph.errors import QueryError
from imidgraph.limits import NEVER, Deadline, OutOfTime
from imidgraph.namespaces import prefixes_in
from imidgraph.rdf import (
    BlankNode,
    Iri,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    Variable,
    parse_query_results,
    python_value,
    serialize,
)
from imidgraph.sparql.odd import Odd
from imidgraph.words import counted

Item = TypeVar("Item")
_PART = 20_000  # rows between two looks at the time
_NOT_IN_VARIABLES = re.compile("[^A-Za-z0-9_]")
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
    odd : int
        Terms that are kept as text, because RDF has no such term.

    Examples
    --------
    >>> import imidgraph
    >>> results = imidgraph.load().select("SELECT ?n WHERE { VALUES ?n { 1 2 } } ORDER BY ?n")
    >>> results.columns, results.rows
    (('n',), [(1,), (2,)])
    """

    is_table = True

    header: tuple[str, ...]
    terms: Sequence[Iterable[Any]]
    elapsed: float = 0.0
    odd: int = field(default=0, kw_only=True, compare=False)

    @classmethod
    def of(cls, solutions: QuerySolutions, elapsed: float = 0.0, limit: str | None = None, deadline: Deadline = NEVER) -> Results:
        """Take the solutions of pyoxigraph."""
        rows = list(solutions) if deadline is NEVER else taken(solutions, None, deadline)
        return cls(tuple(variable.value for variable in solutions.variables), rows, elapsed, limit=limit)

    @classmethod
    def from_json(cls, text: bytes | str, elapsed: float = 0.0, most: int | None = None, deadline: Deadline = NEVER) -> Results:
        """Read results in the W3C's JSON format; a term that RDF has not is kept as text, and counted.

        Parameters
        ----------
        text : bytes or str
            The document.
        elapsed : float
            Seconds that the engine took.
        most : int, optional
            Rows that are read; what comes behind them is not looked at.
        deadline : Deadline
            The moment at which the reading ends.

        Raises
        ------
        QueryError
            Where the text is no such document.
        OutOfTime
            Where the reading takes too long.
        """
        strict = _strict(text, most, deadline)
        if strict is not None:
            return cls(*strict, elapsed)
        odd = Odd()
        try:
            columns, rows = odd.rows(text)
            return cls(columns, taken(rows, most, deadline), elapsed, odd=odd.count)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise QueryError(f"The answer is not SPARQL results JSON: {error}") from error

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

    def _gaps(self) -> Iterator[str]:
        yield from super()._gaps()
        yield from _told(self.odd)

    def cut(self, limit: int) -> Results:
        """Keep so many rows, and say so where there were more."""
        if len(self) <= limit:
            return self
        return replace(self, terms=self.terms[:limit], limit=f"cut at {limit} rows")

    def serialize(self, format: str = "json") -> bytes:
        """Write the results in a format of the W3C.

        A column whose name no variable may have, such as the ``callret-0`` of Virtuoso, is written as ``callret_0``.

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
        lines = ["\t".join(f"?{name}" for name in _variables(self.columns))]
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
    odd : int
        Terms that are kept as text, because RDF has no such term, or whose triple is left out.

    Examples
    --------
    >>> import imidgraph
    >>> triples = imidgraph.load().construct("CONSTRUCT { imid:a imid:b 1 } WHERE {}")
    >>> [object for _, _, object in triples]
    [1]
    """

    terms: tuple[Triple, ...]
    odd: int = field(default=0, kw_only=True, compare=False)

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

    def _gaps(self) -> Iterator[str]:
        yield from super()._gaps()
        yield from _told(self.odd)

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


def read_rows(text: str) -> list[Row]:
    r"""Read the rows of results in the W3C's TSV format, as plain Python values.

    Examples
    --------
    >>> read_rows("?a\t?b\n<https://w3id.org/imidgraph/US>\t2.50\n\t\"a\\tb\"@en\n")
    [('https://w3id.org/imidgraph/US', Decimal('2.50')), (None, 'a\tb')]
    """
    header, _, body = text.partition("\n")
    tokens = body.removesuffix("\n").replace("\n", "\t").split("\t") if body else []
    values: dict[str, Any] = {"": None}
    others = []
    for token in set(tokens) - values.keys():
        if token[0] == "<" and token[1] != "<":
            values[token] = Iri(token[1:-1])
        else:
            others.append(token)
    read = parse_query_results("\n".join(["?value", *others, ""]), format=QueryResultsFormat.TSV)
    assert isinstance(read, QuerySolutions)
    values.update(zip(others, (python_value(term) for (term,) in read), strict=True))
    columns = [map(values.__getitem__, tokens)] * (header.count("\t") + 1)
    return list(zip(*columns, strict=True))


def taken(items: Iterator[Item], most: int | None, deadline: Deadline) -> list[Item]:
    """Take items until the deadline, and no more than so many.

    Raises
    ------
    OutOfTime
        Where the time is up.

    Examples
    --------
    >>> taken(iter("abc"), 2, NEVER)
    ['a', 'b']
    """
    found: list[Item] = []
    rest = iter(items) if most is None else islice(items, most)
    while part := list(islice(rest, _PART)):
        found += part
        deadline.check()
    return found


def _told(odd: int) -> Iterator[str]:
    if odd:
        yield f"{counted(odd, 'term')} of the answer {'is no term' if odd == 1 else 'are no terms'} of RDF: read as text."


def _strict(text: bytes | str, most: int | None, deadline: Deadline) -> tuple[tuple[str, ...], list[Any]] | None:
    """Read results as pyoxigraph does; None where it refuses an odd term, or members of a server's own.

    No error may hold its reader, which must not be let go in another thread.
    """
    try:
        solutions = parse_query_results(text, format=QueryResultsFormat.JSON)
        if isinstance(solutions, QuerySolutions):
            return tuple(variable.value for variable in solutions.variables), taken(solutions, most, deadline)
    except SyntaxError:
        return None
    except OutOfTime:
        del solutions
    else:
        raise QueryError("The answer is a boolean, not a table. Use ask().")
    raise OutOfTime


def _variables(columns: Iterable[str]) -> list[str]:
    names: dict[str, None] = {}
    for column in columns:
        try:
            name = Variable(column).value
        except ValueError:
            name = _NOT_IN_VARIABLES.sub("_", column) or "_"
        while name in names:
            name += "_"
        names[name] = None
    return list(names)


def _written(term: Any) -> str:
    if isinstance(term, BlankNode) and "." in term.value:  # a label may hold many, which the reader of TSV gives up at
        return f"_:b{term.value.encode().hex()}"
    return "" if term is None else f"<<( {term} )>>" if isinstance(term, Triple) else str(term)
