"""Columns: the attributes of things of one kind, each with one type throughout a graph."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from imidgraph.words import lexical

Value = str | bool | int | float | Decimal | datetime.date
Plain = str | bool | int | float
Facts = dict[str, tuple[Value, ...]]
"""Values by the name of the attribute: short for the graph's own words (`statement`, `altLabel`), else a CURIE."""

_EXACT = 2**53  # up to here a whole number is the same in every program


@dataclass(frozen=True)
class Column:
    """An attribute, as all things of one kind have it.

    Parameters
    ----------
    name : str
        Its name.
    type : str
        ``boolean``, ``integer`` (within 2^53), ``number`` (what a double holds exactly) or ``string``.
    plural : bool
        Whether any thing has several values.
    """

    name: str
    type: str
    plural: bool

    def cast(self, values: tuple[Value, ...]) -> Plain | list[Plain]:
        """Give values in the type of the column: a list where it is plural, else the first.

        Examples
        --------
        >>> Column("percent", "number", False).cast((Decimal("22.5"),))
        22.5
        >>> Column("published", "string", True).cast((datetime.date(2010, 3, 12),))
        ['2010-03-12']
        """
        convert = _CONVERTERS[self.type]
        return [convert(value) for value in values] if self.plural else convert(values[0])


def casts(columns: Iterable[Column]) -> dict[str, Callable[[tuple[Value, ...]], Plain | list[Plain]]]:
    """Give what casts the values of each column, by its name.

    Examples
    --------
    >>> casts([Column("status", "string", False)])["status"](("approved",))
    'approved'
    """
    return {column.name: column.cast if column.plural or column.type != "string" else _text_of_first for column in columns}


def _text_of_first(values: tuple[Value, ...]) -> str:
    value = values[0]
    return value if type(value) is str else text_of(value)  # nearly all are


def text_of(value: Value) -> str:
    """Give a value as text.

    Examples
    --------
    >>> text_of(True), text_of(Decimal("0.10")), text_of(datetime.date(2010, 3, 12))
    ('true', '0.10', '2010-03-12')
    """
    if type(value) is str:
        return value
    return lexical(value)


_CONVERTERS: dict[str, Callable[[Any], Plain]] = {
    "boolean": lambda value: value,
    "integer": lambda value: value,
    "number": float,
    "string": text_of,
}


class Observed:
    """What was seen of the attributes of things of one kind: their types, and whether any has several values.

    Examples
    --------
    >>> observed = Observed()
    >>> observed.note({"percent": (1, 2.5)})
    >>> observed.columns()
    (Column(name='percent', type='number', plural=True),)
    """

    def __init__(self) -> None:
        self._types: dict[str, set[str]] = {}
        self._plural: set[str] = set()

    def note(self, facts: Facts) -> None:
        """See the attributes of one more thing."""
        for name, values in facts.items():
            self._types.setdefault(name, set()).update(map(_type_of, values))
            if len(values) > 1:
                self._plural.add(name)

    def columns(self) -> tuple[Column, ...]:
        """Give the attributes, in alphabetical order."""
        return tuple(Column(name, _common(self._types[name]), name in self._plural) for name in sorted(self._types))


def _common(types: set[str]) -> str:
    if len(types) == 1:
        return next(iter(types))
    return "number" if types <= {"integer", "number"} else "string"


def _type_of(value: Value) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer" if abs(value) <= _EXACT else "string"
    if isinstance(value, float):
        return "number" if math.isfinite(value) else "string"
    if isinstance(value, Decimal):
        return "number" if value.is_finite() and Decimal(repr(float(value))) == value else "string"
    return "string"
