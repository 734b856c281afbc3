"""Solutions: what a named query gives, with the sources of the facts in it, or with why there is none.

An empty answer is one of three: a source denies what was asked, nothing of the kind is curated, or what was asked together
leaves nothing of what is there. Only the first is a no.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

from imidgraph.knowledge.names import Names
from imidgraph.knowledge.statements import Reader
from imidgraph.model import Source, Statement
from imidgraph.namespaces import compress
from imidgraph.prose.citations import cited
from imidgraph.sparql.catalog import Query
from imidgraph.sparql.results import Results
from imidgraph.stores import Store
from imidgraph.words import counted, listed

FACT = "fact"
"""The column with the name of the statement that a row tells."""
_NUMERIC = {"decimal", "integer"}
_MOST = 3  # denials and ways out that are told


@dataclass(frozen=True, repr=False, eq=False)
class Solutions(Results):
    """The rows that a named query gives.

    Parameters
    ----------
    behind : tuple of Source
        The sources of the facts in it, in the order of the rows.
    why : tuple of str
        Where it is empty: why, and what to try, in sentences.
    numeric : set of str
        The columns that hold numbers, as the query says.
    """

    behind: tuple[Source, ...] = ()
    why: tuple[str, ...] = ()
    numeric: Set[str] = frozenset()

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of the facts in it, each once."""
        return self.behind

    def _gaps(self) -> Iterator[str]:
        if self or not self.why:
            yield from super()._gaps()
        yield from self.why


def run(store: Store, reader: Reader, names: Names, query: Query, given: Mapping[str, Any]) -> Solutions:
    """Run a named query.

    Parameters
    ----------
    store : Store
        The engine.
    reader : Reader
        Where the sources of the facts are looked up.
    names : Names
        The names of the entities.
    query : Query
        The query.
    given : mapping of str to object
        A value for each parameter that is to be bound; entities by any of their names.

    Raises
    ------
    QueryError
        Where a parameter is missing, unknown or of another type.
    """
    values = names.resolve(query, given)
    found = store.select(query.bind(values))
    numeric = frozenset(column.name for column in query.returns if column.type in _NUMERIC)
    if not found:
        why = tuple(_why(store, reader, names, query, values))
        return Solutions(found.header, found.terms, found.elapsed, limit=found.limit, why=why, numeric=numeric)
    place = found.header.index(FACT) if FACT in found.header else None
    facts = () if place is None else dict.fromkeys(row[place] for row in found.rows)
    behind = dict.fromkeys(source for sources in reader.behind(facts).values() for source in sources)
    return Solutions(found.header, found.terms, found.elapsed, limit=found.limit, behind=tuple(behind), numeric=numeric)


def _why(store: Store, reader: Reader, names: Names, query: Query, values: Mapping[str, Any]) -> Iterator[str]:
    """Say why there is no row: the closest denials, or what is not curated or not met, and what there is besides."""
    asked = {name: value for name, value in values.items() if query.params[name].type == "entity"}
    denied = [item for item in reader.denials(map(str, asked.values())) if _is_of(item, query)] if asked else []
    yield from (f"A source denies it: {item} [{cited([item])}]" for item in denied[:_MOST])
    told = {name: f"{name} {_told(names, value)}" for name, value in values.items()}
    filters = [text for name, text in told.items() if name not in asked]
    missing = any(parameter.required and name not in asked for name, parameter in query.params.items())
    met = len(store.select(query.bind(asked))) if filters and not missing else 0
    if met:
        about = f" for {listed([told[name] for name in asked])}" if asked else ""
        yield f"None of the {counted(met, 'row')}{about} meets {listed(filters)}."
    elif not denied:
        yield f"Not curated here: nothing for {listed(list(told.values())) or 'this query'}. That does not mean no."
    for name in list(values)[::-1]:
        rest = {other: value for other, value in values.items() if other != name}
        left = 0 if query.params[name].required or (rest in ({}, asked) and met) else len(store.select(query.bind(rest)))
        if left and rest:
            yield f"Without {name}: {counted(left, 'row')}."


def _told(names: Names, value: Any) -> str:
    try:
        return names.find(str(value)).label
    except LookupError:
        return compress(str(value))


def _is_of(item: Statement, query: Query) -> bool:
    kinds = {cover.category for cover in query.covers}
    return "Association" in kinds or item.category in kinds
