"""RDF terms: the ones of pyoxigraph, how they are parsed and written, and what each of them is in plain Python.

An IRI becomes an `Iri` (a string that knows its CURIE), a number, a boolean or a day becomes the Python value, every
other literal a string. This module and the stores are the home of pyoxigraph.
"""

from __future__ import annotations

import datetime
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


def _lenient(convert: Callable[[str], Value]) -> Callable[[str], Value]:
    def value(text: str) -> Value:
        try:
            return convert(text)
        except (ValueError, ArithmeticError):  # an ill-typed literal is still data
            return text

    return value


_CONVERTERS: dict[str, Callable[[str], Value]] = {
    _XSD + "boolean": lambda text: text in {"true", "1"},
    _XSD + "date": _lenient(datetime.date.fromisoformat),
    _XSD + "dateTime": _lenient(datetime.datetime.fromisoformat),
    _XSD + "decimal": _lenient(Decimal),
    _XSD + "double": _lenient(float),
    _XSD + "float": _lenient(float),
    _XSD + "integer": _lenient(int),
    _XSD + "int": _lenient(int),
    _XSD + "long": _lenient(int),
    _XSD + "nonNegativeInteger": _lenient(int),
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
