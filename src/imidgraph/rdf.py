"""RDF terms: the ones of pyoxigraph, how they are parsed and written, and what each of them is in plain Python.

An IRI becomes an `Iri` (a string that knows its CURIE), a number, a boolean or a day becomes the Python value, every
other literal a string. This module and the stores are the home of pyoxigraph.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Triple,
    Variable,
    parse,
    parse_query_results,
    serialize,
)
from pyoxigraph import (
    Store as QuadStore,
)

from imidgraph.namespaces import PREFIXES, compress

__all__ = [
    "BlankNode",
    "Iri",
    "Literal",
    "NamedNode",
    "Quad",
    "QuadStore",
    "QueryBoolean",
    "QueryResultsFormat",
    "QuerySolutions",
    "QueryTriples",
    "RdfFormat",
    "Triple",
    "Variable",
    "label_rank",
    "parse",
    "parse_query_results",
    "python_value",
    "serialize",
]

_XSD = PREFIXES["xsd"]


class Iri(str):
    """An IRI: a string that knows its CURIE.

    Examples
    --------
    >>> Iri("https://w3id.org/imidgraph/lenalidomide").curie
    'imid:lenalidomide'
    """

    __slots__ = ()

    @property
    def curie(self) -> str:
        """The CURIE of this IRI, or the IRI itself where no prefix fits."""
        return compress(self)


Value = Iri | str | int | float | Decimal | bool | datetime.date | datetime.datetime


def _number(pattern: str, convert: Callable[[str], Value]) -> Callable[[str], Value]:
    lexical = re.compile(pattern)

    def value(text: str) -> Value:
        try:
            return convert(text) if lexical.fullmatch(text.strip()) else text
        except (ValueError, ArithmeticError):  # more digits than Python reads
            return text

    return value


def _boolean(text: str) -> Value:
    return {"true": True, "1": True, "false": False, "0": False}.get(text.strip(), text)


_integer = _number(r"[+-]?[0-9]+", int)
_double = _number(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?INF|NaN", float)
# What is not in the lexical space of its type is still data, and stays text.
_CONVERTERS: dict[str, Callable[[str], Value]] = {
    _XSD + "boolean": _boolean,
    _XSD + "date": _number(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", datetime.date.fromisoformat),
    _XSD + "dateTime": _number(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})?",
        datetime.datetime.fromisoformat,
    ),
    _XSD + "decimal": _number(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)", Decimal),
    _XSD + "double": _double,
    _XSD + "float": _double,
    _XSD + "integer": _integer,
    _XSD + "int": _integer,
    _XSD + "long": _integer,
    _XSD + "nonNegativeInteger": _integer,
}


def python_value(term: Any) -> Any:
    """Give the plain Python value of an RDF term, or None for none."""
    kind = type(term)
    if kind is NamedNode:
        return Iri(term.value)
    if kind is Literal:
        convert = _CONVERTERS.get(term.datatype.value)
        return term.value if convert is None else convert(term.value)
    if term is None:
        return None
    return f"_:{term.value}" if kind is BlankNode else str(term)


def label_rank(label: str, language: str | None) -> tuple[int, str, str]:
    """Rank a label among those of one thing: English, its variants, no language, then others in the order of their tags.

    Examples
    --------
    >>> sorted([("Stoff", "de"), ("agent", "en-GB"), ("thing", None), ("drug", "en")], key=lambda pair: label_rank(*pair))
    [('drug', 'en'), ('agent', 'en-GB'), ('thing', None), ('Stoff', 'de')]
    """
    tag = (language or "").lower()
    place = 0 if tag == "en" else 1 if tag.startswith("en-") else 2 if not tag else 3
    return place, tag, label
