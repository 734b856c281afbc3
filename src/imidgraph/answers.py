"""Answers: what every verb gives, as rows, as text for a terminal, as Markdown, HTML and JSON, and as a frame.

An answer is a value: it holds what it shows, so that it can be pickled, sent to another process and read after its graph
was closed. A class of answers says what its columns and rows are; the rest is derived.
"""

from __future__ import annotations

import json
import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, overload

from imidgraph import pages  # imported when an answer is shown: pages know every answer, and an answer knows no page
from imidgraph.errors import MissingExtra, QueryError
from imidgraph.prose import NOT_ADVICE, references
from imidgraph.words import lexical

if TYPE_CHECKING:
    import pandas

    from imidgraph.model import Evidence, Source, Statement


Row = tuple[Any, ...]
Item = TypeVar("Item")


@dataclass(frozen=True, repr=False)
class Answer(ABC):
    """What a verb of the graph gives.

    Parameters
    ----------
    limit : str or None
        Why it stopped before the end, in words; None where it is whole.
    graph_version : str or None
        The version of the graph that was asked.

    Examples
    --------
    >>> import imidgraph
    >>> found = imidgraph.load().statements("lenalidomide", "degrades", "CSNK1A1")
    >>> found.columns
    ('subject', 'relation', 'object', 'details', 'sources', 'statement')
    >>> found.to_dicts()[0]["object"], found.limit
    ('CSNK1A1', None)
    """

    limit: str | None = field(default=None, kw_only=True)
    graph_version: str | None = field(default=None, kw_only=True, compare=False)

    notice: ClassVar[str] = NOT_ADVICE
    """The line that stands with the answer; empty where nobody could take it as advice."""

    nothing: ClassVar[str] = "Nothing found. It may not be curated here."
    """What an empty answer says."""

    is_table: ClassVar[bool] = False
    """Whether it is always told as its rows."""

    @property
    @abstractmethod
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""

    @property
    @abstractmethod
    def rows(self) -> Sequence[Row]:
        """The rows: plain values in the order of the columns, decimal numbers exact."""

    @property
    def numeric(self) -> Set[str]:
        """The columns that are known to hold numbers, even where none of their cells has one."""
        return frozenset()

    @property
    def title(self) -> str:
        """What it answers, in a few words."""
        return f"{len(self.rows)} rows"

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements that it rests on, in the order in which it tells them."""
        return ()

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The evidence of its statements, each piece once."""
        return tuple(dict.fromkeys(item for statement in self.statements for item in statement.evidence))

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of its evidence, each once; the first one has the number 1 wherever the answer is told."""
        return tuple(dict.fromkeys(item.source for statement in self.statements for item in statement.evidence))

    @property
    def references(self) -> list[dict[str, Any]]:
        """Its sources with the fields of CSL, for a citation manager."""
        return [references.csl(source) for source in self.sources]

    def bibliography(self, format: str = "text") -> str:
        """Give its sources as a list of references for a document or a citation manager.

        Parameters
        ----------
        format : str
            ``text``, ``bibtex``, ``ris`` or ``csl`` (CSL-JSON).

        Examples
        --------
        >>> import imidgraph
        >>> print(imidgraph.load().status("lenalidomide", "approvedFor", "CLL").bibliography().partition(". https")[0])
        1. REVLIMID (lenalidomide) capsules, US prescribing information
        """
        match format:
            case "text":
                return "".join(f"{number}. {source.citation}\n" for number, source in enumerate(self.sources, 1))
            case "bibtex":
                return references.bibtex(self.references)
            case "ris":
                return references.ris(self.references)
            case "csl":
                return write_json(self.references)
        raise QueryError(f"Unknown format of references: {format!r}. Choose from text, bibtex, ris and csl.")

    @property
    def gaps(self) -> tuple[str, ...]:
        """What it leaves open, in sentences."""
        return tuple(self._gaps())

    def _gaps(self) -> Iterator[str]:
        if not self:
            yield self.nothing
        if self.limit:
            yield f"The answer is incomplete: {self.limit}."

    def __bool__(self) -> bool:
        """Tell whether anything was found."""
        return bool(self.rows)

    def to_dicts(self) -> list[dict[str, Any]]:
        """Give each row as a dictionary; what is not known is None."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def to_pandas(self) -> pandas.DataFrame:
        """Give the rows as a pandas frame: numbers as float64, everything else exact, None where nothing is known.

        Raises
        ------
        MissingExtra
            Where pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise MissingExtra("pandas", "pandas") from error
        values = zip(*self.rows, strict=True) if self.rows else ((),) * len(self.columns)
        pairs = zip(self.columns, values, strict=True)
        series = {name: _series(pandas, column, name in self.numeric) for name, column in pairs}
        return pandas.DataFrame(series, columns=list(self.columns))

    def to_dict(self) -> dict[str, Any]:
        """Give the answer as a document that can be written as JSON: what the shell, HTTP and tools give too."""
        cited = self._cited()
        return {
            **self._document(),
            "limit": self.limit,
            "gaps": list(self.gaps),
            "sources": [
                {"number": number, "id": source.curie, "citation": source.citation, "url": source.url}
                for number, source in enumerate(self.sources, 1)
                if source in cited
            ],
            "graph_version": self.graph_version,
            "notice": self.notice,
        }

    def _cited(self) -> Set[Source]:
        """Give the sources that the document names."""
        return frozenset(self.sources)

    def _document(self) -> dict[str, Any]:
        """Give the part of the document that is its own; the rows, where it is a table."""
        rows = [dict(zip(self.columns, map(_jsonable, row), strict=True)) for row in self.rows]
        return {"columns": list(self.columns), "rows": rows}

    def to_json(self) -> str:
        """Give the document of `to_dict` as text: always valid JSON, with all digits of every number."""
        return write_json(self.to_dict())

    def markdown(self) -> str:
        """Give the answer as Markdown, with its sources as a numbered list."""
        return pages.layout.markdown(self)

    def __str__(self) -> str:
        return pages.layout.text(self)

    def _repr_html_(self) -> str:
        """Show the answer in a notebook: static, without scripts."""
        return pages.layout.html(self)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.title}>"

    def __getstate__(self) -> dict[str, Any]:
        return {item.name: getattr(self, item.name) for item in fields(self)}  # what is derived is derived again


@dataclass(frozen=True, repr=False)
class Table(Answer):
    """An answer that is only rows.

    Parameters
    ----------
    header : tuple of str
        The names of the columns.
    body : sequence of tuple
        The rows.
    """

    header: tuple[str, ...]
    body: Sequence[Row]

    notice = ""
    is_table = True

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self.header

    @property
    def rows(self) -> Sequence[Row]:
        """The rows."""
        return self.body


@dataclass(frozen=True, repr=False)
class Listing(Answer, Sequence[Item]):
    """An answer that is a sequence of things.

    Parameters
    ----------
    items : tuple
        The things.
    """

    items: tuple[Item, ...]

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Item, ...]: ...
    def __getitem__(self, index: int | slice) -> Item | tuple[Item, ...]:
        return self.items[index]

    def __len__(self) -> int:
        return len(self.items)

    def __bool__(self) -> bool:
        return bool(self.items)


@dataclass(frozen=True, repr=False)
class Drawable(Answer):
    """An answer that is a graph, and can be drawn.

    Parameters
    ----------
    places : mapping of str to int
        The places of the categories that have one, from left to right.
    """

    places: Mapping[str, int] = field(default_factory=dict, kw_only=True, compare=False)

    def picture(self) -> pages.picture.Picture:
        """Draw it.

        Raises
        ------
        QueryError
            Where there is nothing to draw.
        """
        return pages.drawing.draw(self)


class Digits(float):
    """A number as JSON has it, which keeps the digits of the decimal number that it came from.

    Examples
    --------
    >>> Digits(Decimal("0.10000000000000000001")).text
    '0.10000000000000000001'
    """

    text: str

    def __new__(cls, value: Decimal) -> Digits:
        """Make the nearest float, and keep the decimal number as text."""
        number = super().__new__(cls, value)
        number.text = format(value, "f")
        return number

    def __reduce__(self) -> tuple[type[Digits], tuple[Decimal]]:
        return Digits, (Decimal(self.text),)


def write_json(value: Any, start: str = "\n") -> str:
    """Write a document as JSON, indented, with all digits of its numbers.

    Examples
    --------
    >>> print(write_json({"percent": Digits(Decimal("22.50")), "of": []}))
    {
      "percent": 22.50,
      "of": []
    }
    """
    inner = start + "  "
    if isinstance(value, dict) and value:
        members = (f"{inner}{json.dumps(str(key), ensure_ascii=False)}: {write_json(item, inner)}" for key, item in value.items())
        return f"{{{','.join(members)}{start}}}"
    if isinstance(value, list | tuple) and value:
        return f"[{','.join(inner + write_json(item, inner) for item in value)}{start}]"
    return value.text if isinstance(value, Digits) else json.dumps(_jsonable(value), ensure_ascii=False, allow_nan=False)


def _jsonable(value: Any) -> Any:
    """Turn the value of a cell into what JSON has: a string, a number, a boolean or null."""
    if value is None or isinstance(value, bool | int | Digits):
        return value
    if isinstance(value, float | Decimal):
        if not math.isfinite(_float(value)):
            return {math.inf: "INF", -math.inf: "-INF"}.get(_float(value), "NaN")
        return value if isinstance(value, float) else int(value) if value == value.to_integral() else Digits(value)
    return value if type(value) in (str, list, dict, tuple) else lexical(value)


def _series(pandas: Any, values: Iterable[Any], is_numeric: bool) -> Any:
    column = list(values)
    known = [value for value in column if value is not None]
    if (known or is_numeric) and all(isinstance(value, int | float | Decimal) and not isinstance(value, bool) for value in known):
        return pandas.Series([None if value is None else _float(value) for value in column], dtype="float64")
    if column and all(isinstance(value, bool) for value in column):
        return pandas.Series(column, dtype="bool")
    return pandas.Series([value if value is None or isinstance(value, bool) else str(value) for value in column], dtype="object")


def _float(value: float | Decimal) -> float:
    try:
        return float(value)
    except OverflowError:  # a whole number of some hundred digits
        return math.copysign(math.inf, value)
