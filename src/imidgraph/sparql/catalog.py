"""The catalog of named queries: one file is a Python call, a command and a documented, tested example.

A query file is plain SPARQL 1.1 with a header of ``#+`` lines in YAML (grlc's convention): summary, description,
tags, params, returns and example. Its stem is its name everywhere.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from typing import Any

from imidgraph.answers import Listing, Row
from imidgraph.errors import QueryError, QueryNotFound
from imidgraph.namespaces import PREFIXES, expand
from imidgraph.rdf import Literal, NamedNode
from imidgraph.resources import query_files
from imidgraph.sparql.text import bind
from imidgraph.words import lexical

_MOST_DIGITS = 1_000  # of a decimal number, before or behind its point


@dataclass(frozen=True)
class Parameter:
    """What a caller may give to a query; left out, it means all.

    It is bound to the variable of its name, or to another one where the answer has a column of this name.
    """

    name: str
    type: str
    help: str = ""
    required: bool = False
    entity_class: str | None = None
    allowed: tuple[str, ...] = ()
    variable: str | None = None

    def term(self, value: Any) -> str:
        """Turn a value into an RDF term in N-Triples syntax.

        Raises
        ------
        QueryError
            Where the value is not of the type, or not one that is allowed.

        Examples
        --------
        >>> Parameter("drug", "entity").term("imid:lenalidomide")
        '<https://w3id.org/imidgraph/lenalidomide>'
        >>> Parameter("word", "string").term("a word")
        '"a word"'
        """
        if self.allowed and str(value) not in self.allowed:
            raise QueryError(f"Invalid value for {self.name}: {value!r}. Use one of {', '.join(self.allowed)}.")
        takes, convert = _TYPES[self.type]
        try:
            return str(convert(value))
        except (ValueError, InvalidOperation, TypeError) as error:
            raise QueryError(f"Invalid value for {self.name}: {value!r}. It must be {takes}.") from error


@dataclass(frozen=True)
class Column:
    """A column of a query's answer."""

    name: str
    type: str
    meaning: str


@dataclass(frozen=True)
class Cover:
    """Statements of which a query loses none: without parameters, each is named in its column ``fact``.

    Parameters
    ----------
    category : str
        Their class, such as ``Risk``.
    predicates : tuple of str
        Their relations, by local name; none means any.
    negated : bool or None
        Whether they deny something; None means both.
    where : str
        What else holds of ``?fact``, its ``?subject`` and its ``?object``, in SPARQL.
    """

    category: str
    predicates: tuple[str, ...] = ()
    negated: bool | None = None
    where: str = ""

    @property
    def text(self) -> str:
        """The SPARQL text that selects them.

        Examples
        --------
        >>> Cover("Interaction", negated=True).text.partition("FILTER")[2]
        ' EXISTS { ?fact imid:negated true } FILTER NOT EXISTS { ?fact owl:deprecated true } }'
        """
        kind = "" if self.category == "Association" else f"a imid:{self.category} ; "
        relations = f"VALUES ?predicate {{ {' '.join(f'imid:{name}' for name in self.predicates)} }}" if self.predicates else ""
        denial = "" if self.negated is None else f"FILTER {'' if self.negated else 'NOT '}EXISTS {{ ?fact imid:negated true }}"
        parts = (
            f"?fact {kind}imid:subject ?subject ; imid:predicate ?predicate ; imid:object ?object .",
            relations,
            self.where,
            denial,
            "FILTER NOT EXISTS { ?fact owl:deprecated true }",
        )
        return f"SELECT DISTINCT ?fact WHERE {{ {' '.join(filter(None, parts))} }}"


@dataclass(frozen=True)
class Query:
    """A query of the catalog.

    Examples
    --------
    >>> from imidgraph.resources import QUERIES
    >>> query = Catalog(QUERIES)["drugs-by-generation"]
    >>> query.topic
    'drugs'
    """

    name: str
    path: Path

    @property
    def topic(self) -> str:
        """The folder that the query lies in."""
        return self.path.parent.name

    @cached_property
    def text(self) -> str:
        """The SPARQL text, header included."""
        return self.path.read_text(encoding="utf-8-sig")

    @cached_property
    def body(self) -> str:
        """The SPARQL text without its header."""
        return "\n".join(line for line in self.text.splitlines() if not line.startswith("#+"))

    @cached_property
    def header(self) -> dict[str, Any]:
        """The header, as parsed YAML."""
        return self._parsed(self._comments)

    @property
    def _comments(self) -> str:
        lines = self.text.splitlines()
        return "\n".join(line[3:] if line.startswith("#+ ") else line[2:] for line in lines if line.startswith("#+"))

    def _told(self, key: str) -> Any:
        """Give what the header says under a key: the other keys are not parsed, which takes most of a start."""
        match = re.search(rf"^{key}:(?:.*\n(?:[ -].*\n)*)", f"{self._comments}\n", re.MULTILINE)
        return None if match is None else self._parsed(match[0]).get(key)

    def _parsed(self, text: str) -> dict[str, Any]:
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            header = yaml.load(text, Loader=loader)  # noqa: S506 - one of the safe loaders
        except yaml.YAMLError as error:
            raise QueryError(f"The header of {self.path.name} is not valid YAML: {error}. Correct its '#+' lines.") from error
        return header if isinstance(header, dict) else {}

    @property
    def summary(self) -> str:
        """What the query answers, in one sentence."""
        return str(self._told("summary") or "")

    @property
    def description(self) -> str:
        """What more there is to know about the query."""
        return str(self._told("description") or "")

    @property
    def tags(self) -> tuple[str, ...]:
        """The topics of the query."""
        return tuple(self._told("tags") or ())

    @property
    def example(self) -> dict[str, Any]:
        """Parameters with which the query gives a good answer."""
        return dict(self._told("example") or {})

    @cached_property
    def params(self) -> dict[str, Parameter]:
        """The parameters, by name."""
        return {
            item["name"]: Parameter(
                item["name"],
                item.get("type", "string"),
                item.get("help", ""),
                bool(item.get("required", False)),
                item.get("class"),
                tuple(map(str, item.get("enum", ()))),
                item.get("variable"),
            )
            for item in self._told("params") or ()
        }

    @property
    def returns(self) -> list[Column]:
        """The columns of the answer."""
        return [Column(item["column"], item["type"], item["meaning"]) for item in self._told("returns") or ()]

    @property
    def covers(self) -> list[Cover]:
        """The statements of which it loses none."""
        return [
            Cover(item["class"], tuple(item.get("predicate", ())), item.get("negated"), item.get("where", ""))
            for item in self._told("covers") or ()
        ]

    def bind(self, values: Mapping[str, Any]) -> str:
        """Bind parameters, as terms, and give the query text that any engine runs unchanged.

        Parameters
        ----------
        values : mapping of str to object
            A value for each parameter that is to be bound.

        Raises
        ------
        QueryError
            Where a parameter is missing, unknown or of another type.

        Examples
        --------
        >>> from imidgraph.resources import QUERIES
        >>> Catalog(QUERIES)["drugs-by-generation"].bind({"color": "red"})
        Traceback (most recent call last):
        imidgraph.errors.QueryError: drugs-by-generation has no parameter 'color'. It takes: drug, generation.
        """
        for name in values:
            if name not in self.params:
                known = ", ".join(self.params) or "none"
                raise QueryError(f"{self.name} has no parameter {name!r}. It takes: {known}.")
        for name, parameter in self.params.items():
            if parameter.required and name not in values:
                raise QueryError(f"{self.name} needs the parameter {name!r}: {parameter.help or _TYPES[parameter.type][0]}.")
        given = [(self.params[name], value) for name, value in values.items()]
        return bind(self.body, {parameter.variable or parameter.name: parameter.term(value) for parameter, value in given})


@dataclass(frozen=True, repr=False)
class Queries(Listing[Query]):
    """Queries of the catalog."""

    columns = ("topic", "query", "answers", "parameters")
    is_table = True
    notice = ""
    nothing = "No query has this tag. Omit it to list all queries."

    @cached_property
    def rows(self) -> list[Row]:
        """The queries: topic, name, what they answer, and their parameters."""
        return [(query.topic, query.name, query.summary, ", ".join(query.params)) for query in self]

    @property
    def title(self) -> str:
        """How many."""
        return f"{len(self)} queries"


class Catalog(Mapping[str, Query]):
    """The named queries of a folder, by name.

    Parameters
    ----------
    directory : Path
        A folder with ``topic/name.rq``; ``verify/`` holds the invariants, which are not part of the catalog.

    Examples
    --------
    >>> from imidgraph.resources import QUERIES
    >>> "drugs-by-generation" in Catalog(QUERIES)
    True
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    @cached_property
    def _queries(self) -> dict[str, Query]:
        return {path.stem: Query(path.stem, path) for path in query_files(self.directory)}

    def __getitem__(self, name: str) -> Query:
        try:
            return self._queries[name]
        except KeyError:
            from rapidfuzz import process

            near = [match for match, _, _ in process.extract(name, list(self._queries), limit=3, score_cutoff=80)]
            raise QueryNotFound(name, near) from None

    def __contains__(self, name: object) -> bool:
        return name in self._queries

    def __iter__(self) -> Iterator[str]:
        return iter(self._queries)

    def __len__(self) -> int:
        return len(self._queries)

    def tagged(self, tag: str | None = None) -> Queries:
        """List the queries of a topic, or all, topic by topic.

        Examples
        --------
        >>> from imidgraph.resources import QUERIES
        >>> "boxed-warnings" in [query.name for query in Catalog(QUERIES).tagged("risks")]
        True
        """
        found = [query for query in self.values() if tag is None or tag == query.topic or tag in query.tags]
        return Queries(tuple(sorted(found, key=lambda query: (query.topic, query.name))))

    @property
    def invariants(self) -> list[Query]:
        """The queries of ``verify/``, which must return no rows."""
        return [Query(path.stem, path) for path in sorted(self.directory.glob("verify/*.rq"))]


def _entity(value: Any) -> NamedNode:
    text = str(getattr(value, "iri", value))
    return NamedNode(expand(text) or text)


def _boolean(value: Any) -> Literal:
    text = str(value).lower()
    if text not in {"true", "false"}:
        raise ValueError(text)
    return _typed(text, "boolean")


def _decimal(text: str) -> Decimal:
    value = Decimal(text)
    if not value.is_finite() or abs(value.adjusted()) > _MOST_DIGITS:
        raise ValueError(text)
    return value


def _typed(text: str, datatype: str) -> Literal:
    return Literal(text, datatype=NamedNode(PREFIXES["xsd"] + datatype))


_TYPES: dict[str, tuple[str, Callable[[Any], NamedNode | Literal]]] = {
    "entity": ("a CURIE or an IRI such as imid:lenalidomide", _entity),
    "string": ("a text", lambda value: Literal(str(value))),
    "integer": ("a whole number such as 2015", lambda value: _typed(str(int(value)), "integer")),
    "decimal": ("a number such as 0.8", lambda value: _typed(lexical(_decimal(str(value))), "decimal")),
    "boolean": ("true or false", _boolean),
    "date": ("a day such as 2015-02-17", lambda value: _typed(str(datetime.date.fromisoformat(str(value))), "date")),
}
