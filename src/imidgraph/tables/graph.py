"""The traversals of tables: neighborhoods, paths and likeness, in SQL that DuckDB and Spark both read.

Each step of a traversal is one query whose answer the engine keeps under a name, so that only the answer comes to Python.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Protocol

from imidgraph.answers import Row, Table
from imidgraph.errors import EntityNotFound, OntologyError, PathNotFound
from imidgraph.limits import MAX_LENGTH, MOST_ALIKE, MOST_PATHS, several, whole

MOST_ROWS = 10_000
"""Entities that a neighborhood gives, unless the caller says otherwise."""
Values = Mapping[str, str | int]

_UNMARKED = "SELECT subject, predicate, object FROM edges WHERE predicate <> 'imid:isAbout'"
_LINKS = f"{_UNMARKED} AND NOT COALESCE(negated, FALSE)"
_ALL = "SELECT subject, predicate, object FROM all_links"
_CHOSEN = "SELECT subject, predicate, object FROM all_links WHERE predicate IN (SELECT predicate FROM wanted)"
_FORTH = "SELECT subject AS one, object AS other FROM links"
_BACK = "SELECT object AS one, subject AS other FROM links"
_RING = """
SELECT DISTINCT other AS node FROM ways JOIN ring ON ways.one = ring.node
WHERE NOT EXISTS (SELECT 1 FROM seen WHERE seen.node = ways.other)
"""
_NEIGHBORHOOD = """
SELECT seen.distance, seen.node, nodes.label, nodes.category FROM seen LEFT JOIN nodes ON nodes.id = seen.node
ORDER BY seen.distance, nodes.category, nodes.label, seen.node LIMIT {limit}
"""
_NEAR = """
SELECT ahead.node FROM ahead JOIN seen ON seen.node = ahead.node WHERE ahead.distance + seen.distance <= :most
UNION SELECT :source AS node UNION SELECT :target AS node
"""
_PAIRS = """
SELECT DISTINCT one, other FROM ways WHERE one <> other
AND EXISTS (SELECT 1 FROM near WHERE near.node = ways.one) AND EXISTS (SELECT 1 FROM near WHERE near.node = ways.other)
"""
_FEATURES = """
SELECT DISTINCT subject AS node, predicate, object AS other, TRUE AS ahead FROM links
UNION ALL SELECT DISTINCT object AS node, predicate, subject AS other, FALSE AS ahead FROM links
"""
_KIN = """
SELECT DISTINCT features.node FROM features
JOIN features AS own ON own.predicate = features.predicate AND own.other = features.other AND own.ahead = features.ahead
JOIN nodes ON nodes.id = features.node
WHERE own.node = :entity AND nodes.category = (SELECT category FROM nodes WHERE id = :entity)
"""
_HELD = "SELECT features.* FROM features JOIN kin ON kin.node = features.node"
_WEIGHTS = """
SELECT predicate, other, ahead, LN(1 + (SELECT COUNT(*) FROM kin) * 1.0E0 / COUNT(*)) AS weight FROM held
GROUP BY predicate, other, ahead
"""
_WEIGHED = """
SELECT held.node, held.predicate, held.other, held.ahead, weights.weight, own.node IS NOT NULL AS shared FROM held
JOIN weights ON weights.predicate = held.predicate AND weights.other = held.other AND weights.ahead = held.ahead
LEFT JOIN (SELECT * FROM held WHERE node = :entity) AS own
ON own.predicate = held.predicate AND own.other = held.other AND own.ahead = held.ahead
"""
_ALIKE = """
SELECT sums.node, nodes.label, sums.common / (sums.whole + (SELECT SUM(weight) FROM weighed WHERE node = :entity) - sums.common)
AS score, sums.shared FROM (
    SELECT node, SUM(weight) AS whole, SUM(CASE WHEN shared THEN weight ELSE 0 END) AS common,
    SUM(CASE WHEN shared THEN 1 ELSE 0 END) AS shared FROM weighed GROUP BY node
) AS sums JOIN nodes ON nodes.id = sums.node WHERE sums.node <> :entity ORDER BY score DESC, nodes.label LIMIT {limit}
"""


class Engine(Protocol):
    """What runs SQL; values stand in a text as ``:name``, and are bound, never pasted."""

    def open(self, name: str, path: str) -> list[str]:
        """Give a Parquet file a name, and say which columns it has."""

    def name(self, name: str, sql: str) -> None:
        """Give a query without values a name; it is answered whenever the name is used."""

    def keep(self, name: str, sql: str, values: Values, timeout: float) -> int:
        """Answer a query, keep its rows under a name, and count them."""

    def rows(self, sql: str, values: Values, timeout: float) -> list[Row]:
        """Answer a query."""

    def close(self) -> None:
        """Let go of what was opened and kept."""


class TableGraph:
    """A graph in Parquet files, traversed by an engine of SQL.

    Every edge of the export is followed but the negated ones and `isAbout`, which starts at an article. `find`, and with it every
    parameter, takes a CURIE or a label. One traversal runs at a time.

    Parameters
    ----------
    engine : Engine
        What runs the SQL.
    path : str
        The path that was given to the export, such as ``imid.parquet``.
    timeout : float
        Seconds that each step of a traversal may take; `QueryTimeout` is raised where it takes longer.
    """

    def __init__(self, engine: Engine, path: str, timeout: float) -> None:
        self._engine = engine
        self._timeout = timeout
        stem = path.removesuffix(".parquet")
        columns: list[str] = []
        for name, needed in (("nodes", ("id", "label", "category")), ("edges", ("subject", "predicate", "object"))):
            file = f"{stem}_{name}.parquet"
            columns = engine.open(name, file)
            for column in needed:
                if column not in columns:
                    engine.close()
                    raise OntologyError(f"{file} has no column {column}. Export the graph again.")
        engine.name("all_links", _LINKS if "negated" in columns else _UNMARKED)

    def __enter__(self) -> TableGraph:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files."""
        self._engine.close()

    def find(self, name: str) -> str:
        """Find the CURIE of a node by it, or by its label.

        Raises
        ------
        EntityNotFound
            Where no node, or more than one, is called so.
        """
        rows = self._rows("SELECT id FROM nodes WHERE id = :name OR label = :name ORDER BY id LIMIT 5", {"name": name})
        found = [str(row[0]) for row in rows]
        if name in found or len(found) == 1:
            return name if name in found else found[0]
        raise EntityNotFound(name, found)

    def neighborhood(
        self,
        center: str,
        hops: int = 1,
        predicates: Iterable[str] = (),
        directed: bool = False,
        limit: int = MOST_ROWS,
    ) -> Table:
        """Find the entities within some hops of one: with ``directed``, those that can be reached from it.

        Parameters
        ----------
        center : str
            The entity in the middle, by its CURIE or label.
        hops : int
            How far to go.
        predicates : iterable of str
            The relations to follow, such as ``degrades``; all between entities if empty.
        directed : bool
            Follow relations only from subject to object.
        limit : int
            The most entities to give, the nearest first.

        Returns
        -------
        Table
            Distance, CURIE, label and category of each entity.

        Raises
        ------
        EntityNotFound, QueryError, QueryTimeout
            Where there is no such entity, a limit makes no sense, or time is over.
        """
        whole("hops", hops, 0)
        whole("limit", limit)
        node = self.find(center)
        self._follow(predicates, directed)
        self._spread(node, hops)
        rows = self._rows(_NEIGHBORHOOD.format(limit=limit + 1))
        return _cut(("distance", "entity", "label", "category"), rows, limit, "entities")

    def paths(
        self,
        start: str,
        end: str,
        max_length: int = MAX_LENGTH,
        predicates: Iterable[str] = (),
        directed: bool = False,
        limit: int = MOST_PATHS,
    ) -> Table:
        """Find the simple paths between two entities, the shortest first.

        Parameters
        ----------
        start, end : str
            The entities, by CURIE or label.
        max_length : int
            The most hops of a path.
        predicates, directed
            As for `neighborhood`.
        limit : int
            The most paths to give.

        Returns
        -------
        Table
            The length of each path and the CURIEs that it passes, a column each.

        Raises
        ------
        PathNotFound
            Where there is none.
        EntityNotFound, QueryError, QueryTimeout
            As for `neighborhood`.
        """
        whole("max_length", max_length)
        whole("limit", limit)
        source, target = self.find(start), self.find(end)
        self._follow(predicates, directed)
        self._spread(source, max_length - 1)
        self._keep("ahead", "SELECT node, distance FROM seen")
        self._follow(predicates, directed, back=True)
        self._spread(target, max_length - 1)
        self._keep("near", _NEAR, {"source": source, "target": target, "most": max_length})
        self._follow(predicates, directed)
        self._keep("pairs", _PAIRS)
        header = ("length", *(f"node{number}" for number in range(max_length + 1)))
        rows: list[Row] = []
        for length in range(1, max_length + 1):
            found = self._rows(_walk(length, limit + 1 - len(rows)), {"source": source, "target": target})
            rows += [(length, *row, *[None] * (max_length - length)) for row in found]
            if len(rows) > limit:
                break
        if not rows:
            raise PathNotFound(start, end, max_length)
        return _cut(header, rows, limit, "paths")

    def similar(self, entity: str, predicates: Iterable[str] = (), limit: int = MOST_ALIKE) -> Table:
        """Find the entities of the same category that have most in common with one.

        Parameters
        ----------
        entity : str
            The entity, by CURIE or label.
        predicates : iterable of str
            The relations that count; all between entities if empty.
        limit : int
            The most entities to give.

        Returns
        -------
        Table
            The CURIE, label and score of each entity, as `KnowledgeGraph.similar` has it, and how many relations both have.

        Raises
        ------
        EntityNotFound, QueryError, QueryTimeout
            As for `neighborhood`.
        """
        whole("limit", limit)
        values = {"entity": self.find(entity)}
        self._choose(predicates)
        self._engine.name("features", _FEATURES)
        self._keep("kin", _KIN, values)
        self._keep("held", _HELD)
        self._keep("weights", _WEIGHTS)
        self._keep("weighed", _WEIGHED, values)
        rows = [
            (node, label, float(score), int(shared))
            for node, label, score, shared in self._rows(_ALIKE.format(limit=limit + 1), values)
        ]
        return _cut(("entity", "label", "score", "shared"), rows, limit, "entities")

    def _choose(self, predicates: Iterable[str]) -> None:
        """Name the edges that count."""
        wanted = [name if ":" in name else f"imid:{name}" for name in several(predicates)]
        values = {f"relation{number}": name for number, name in enumerate(wanted)}
        if values:
            self._keep("wanted", " UNION ALL ".join(f"SELECT :{name} AS predicate" for name in values), values)
        self._engine.name("links", _CHOSEN if values else _ALL)

    def _follow(self, predicates: Iterable[str], directed: bool, back: bool = False) -> None:
        """Name the steps that a traversal may take."""
        self._choose(several(predicates))
        both = f"{_FORTH} UNION ALL {_BACK}"
        self._engine.name("ways", (_BACK if back else _FORTH) if directed else both)

    def _spread(self, node: str, hops: int) -> None:
        """Keep, as ``seen``, the nodes within some hops of one with their distances."""
        self._keep("ring", "SELECT :node AS node", {"node": node})
        self._keep("seen", "SELECT node, 0 AS distance FROM ring")
        for distance in range(1, hops + 1):
            if not self._keep("ring", _RING):
                break
            self._keep(
                "seen", "SELECT node, distance FROM seen UNION ALL SELECT node, :far AS distance FROM ring", {"far": distance}
            )

    def _keep(self, name: str, sql: str, values: Values | None = None) -> int:
        return self._engine.keep(name, sql, values or {}, self._timeout)

    def _rows(self, sql: str, values: Values | None = None) -> list[Row]:
        return self._engine.rows(sql, values or {}, self._timeout)


def _walk(length: int, limit: int) -> str:
    """Write the query for the simple paths of a length: each of their nodes is another one."""
    nodes = ["p1.one", *(f"p{number}.other" for number in range(1, length + 1))]
    joins = "".join(f" JOIN pairs AS p{number} ON p{number}.one = p{number - 1}.other" for number in range(2, length + 1))
    ends = [f"{nodes[0]} = :source", f"{nodes[-1]} = :target"]
    apart = [f"{one} <> {other}" for number, one in enumerate(nodes) for other in nodes[number + 2 :]]
    listed = ", ".join(f"{node} AS node{number}" for number, node in enumerate(nodes))
    order = ", ".join(f"node{number}" for number in range(length + 1))
    bounds = " AND ".join(ends + apart)
    return f"SELECT {listed} FROM pairs AS p1{joins} WHERE {bounds} ORDER BY {order} LIMIT {limit}"  # noqa: S608 - our names


def _cut(header: tuple[str, ...], rows: Sequence[Any], limit: int, what: str) -> Table:
    told = f"cut at {limit} {what}; there are more" if len(rows) > limit else None
    return Table(header, [tuple(row) for row in rows[:limit]], limit=told)
