"""Tables: the rows of a query as a page shows them: filtered, sorted and cut into pages by what its address asks."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from imidgraph.namespaces import IMID, compress
from imidgraph.server.explorer.addresses import address
from imidgraph.server.negotiation import NUMBERS

ROWS_OF_A_PAGE = 100
_MOST_CHOICES = 15  # values of a column that can be chosen from
_MOST_FACETS = 5
_MOST_BESIDE = 9  # columns that fit beside one another on a screen
_FEWEST_ROWS = 8  # of a table that has something to choose
_DETAILS = {"fact": {"value": "details"}}  # what stands for the name of a statement
_ONLY = "_only."  # before the name of a column
_PARTS = re.compile(r"(\d+(?:\.\d+)?)")


@dataclass(frozen=True)
class Cell:
    """A term, as a table shows it."""

    text: str
    link: str = ""
    kind: str = ""

    @property
    def key(self) -> tuple[Any, ...]:
        """What it is sorted by: numbers by their size, also inside a text."""
        parts = _PARTS.split(self.text.casefold())
        return tuple((number % 2 == 1 and float(part), part) for number, part in enumerate(parts))


@dataclass(frozen=True)
class Choice:
    """Which rows of a table an address asks for.

    Parameters
    ----------
    words : str
        Words that each row must have.
    only : mapping of str to str
        The text that a row must have in a column.
    sort : str
        The column to sort by; with a hyphen before it, from the last to the first.
    page : int
        Which page of the rows, from 1.
    """

    words: str = ""
    only: tuple[tuple[str, str], ...] = ()
    sort: str = ""
    page: int = 1

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Choice:
        """Read a choice out of the parameters of an address: those with an underscore before their name.

        Examples
        --------
        >>> Choice.read({"drug": "Revlimid", "_sort": "-effect", "_only.severity": "serious", "_page": "x"})
        Choice(words='', only=(('severity', 'serious'),), sort='-effect', page=1)
        """
        only = tuple((name.removeprefix(_ONLY), value) for name, value in given.items() if name.startswith(_ONLY) and value)
        page = given.get("_page", "")
        return cls(given.get("_has", ""), only, given.get("_sort", ""), max(1, int(page)) if page.isdecimal() else 1)

    @staticmethod
    def rest(given: Mapping[str, str]) -> dict[str, str]:
        """Give the parameters that are not a choice of rows."""
        return {name: value for name, value in given.items() if not name.startswith("_")}

    @property
    def pairs(self) -> dict[str, str]:
        """The parameters that ask for it."""
        told = {"_has": self.words, **{_ONLY + name: value for name, value in self.only}, "_sort": self.sort}
        told["_page"] = str(self.page) if self.page > 1 else ""
        return {name: value for name, value in told.items() if value}


@dataclass(frozen=True)
class Facet:
    """A column whose few values can be chosen from."""

    column: str
    chosen: str
    values: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Shown:
    """The rows of a query that a page shows.

    Parameters
    ----------
    columns : sequence of str
        The names of the columns.
    every : sequence of sequence of Cell
        All rows.
    choice : Choice
        Which of them are shown.
    given : mapping of str to str
        The other parameters of the address.
    empty : tuple of str
        The columns in which no row has anything, which are left out.
    """

    columns: Sequence[str]
    every: Sequence[Sequence[Cell]]
    choice: Choice
    given: Mapping[str, str]
    empty: tuple[str, ...] = ()

    @cached_property
    def left(self) -> list[Sequence[Cell]]:
        """The rows that the words and the chosen values leave, in the order that is asked for."""
        words = self.choice.words.casefold().split()
        only = [(self.columns.index(name), value) for name, value in self.choice.only if name in self.columns]
        found = [
            row
            for row in self.every
            if all(row[place].text == value for place, value in only)
            and (not words or all(word in " ".join(cell.text for cell in row).casefold() for word in words))
        ]
        name = self.choice.sort.removeprefix("-")
        if name in self.columns:
            place = self.columns.index(name)
            found.sort(key=lambda row: row[place].key, reverse=self.choice.sort.startswith("-"))
            found.sort(key=lambda row: not row[place].text)  # what is empty stands last either way
        return found

    @property
    def rows(self) -> list[Sequence[Cell]]:
        """The rows of the page."""
        start = (self.page - 1) * ROWS_OF_A_PAGE
        return self.left[start : start + ROWS_OF_A_PAGE]

    @property
    def page(self) -> int:
        """Which page it is."""
        return min(self.choice.page, self.pages)

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-len(self.left) // ROWS_OF_A_PAGE))

    @property
    def first(self) -> int:
        """The number of the first row of the page."""
        return (self.page - 1) * ROWS_OF_A_PAGE + 1

    @cached_property
    def facets(self) -> list[Facet]:
        """The columns whose few values can be chosen from, each value with the number of its rows."""
        if len(self.every) < _FEWEST_ROWS:
            return []
        chosen = dict(self.choice.only)
        found = []
        for place, name in enumerate(self.columns):
            counts = Counter(row[place].text for row in self.every if row[place].text and not row[place].kind)
            if 1 < len(counts) <= min(_MOST_CHOICES, len(self.every) // 2):
                found.append(Facet(name, chosen.get(name, ""), tuple(sorted(counts.items()))))
        return found[:_MOST_FACETS]

    @property
    def is_dense(self) -> bool:
        """Whether it has more columns than fit beside one another on many screens."""
        return len(self.columns) > _MOST_BESIDE

    def sorted_by(self, name: str) -> str:
        """Tell how a column is sorted, in the words of ARIA; nothing where it is not."""
        return {name: "ascending", f"-{name}": "descending"}.get(self.choice.sort, "")

    def to_sort(self, name: str) -> str:
        """Give the address of the rows sorted by a column; sorted by it already, from the last to the first."""
        return self._asking(replace(self.choice, sort=f"-{name}" if self.choice.sort == name else name, page=1))

    def to_page(self, number: int) -> str:
        """Give the address of another page."""
        return self._asking(replace(self.choice, page=number))

    def _asking(self, choice: Choice) -> str:
        return "?" + urlencode({**self.given, **choice.pairs})


def shown(results: Mapping[str, Any], root: str, choice: Choice, given: Mapping[str, str]) -> Shown:
    """Read the rows of a page out of an answer in SPARQL's JSON: a name stands for the thing that it names."""
    names, bindings = results["head"]["vars"], results["results"]["bindings"]
    columns = [name for name in names if name.removesuffix("Label") == name or name.removesuffix("Label") not in names]
    rows = [[_cell(row.get(name), row.get(f"{name}Label", _DETAILS.get(name)), root) for name in columns] for row in bindings]
    filled = [place for place in range(len(columns)) if not rows or any(row[place].text for row in rows)]
    empty = tuple(name for place, name in enumerate(columns) if place not in filled)
    return Shown([columns[place] for place in filled], [[row[place] for place in filled] for row in rows], choice, given, empty)


def _cell(term: Mapping[str, Any] | None, label: Mapping[str, Any] | None, root: str) -> Cell:
    if term is None:
        return Cell("")
    value = term["value"]
    if term["type"] == "uri":
        link = value if value.startswith(("http://", "https://")) else ""
        if value.startswith(IMID):  # this server can tell of it
            link = address(value, root)
        return Cell(label["value"] if label else compress(value), link)
    if term["type"] != "literal":
        return Cell(f"_:{value}" if term["type"] == "bnode" else json.dumps(value))
    return Cell(value, kind="number" if term.get("datatype", "").endswith(NUMBERS) else "")
