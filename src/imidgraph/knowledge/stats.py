"""Statistics: what the graph knows and how well it is backed, in counts."""

from __future__ import annotations

from dataclasses import dataclass

from imidgraph.answers import Listing, Row
from imidgraph.namespaces import local_name
from imidgraph.stores import Store

_COUNTED = {
    "entities": """
        SELECT ?kind (COUNT(DISTINCT ?entity) AS ?n) WHERE { ?entity a ?kind . ?kind rdfs:subClassOf imid:Entity } GROUP BY ?kind
    """,
    "statements": """
        SELECT ?kind (COUNT(DISTINCT ?a) AS ?n) WHERE { ?a a ?kind . ?kind rdfs:subClassOf imid:Association } GROUP BY ?kind
    """,
    "evidence by kind of source": """
        SELECT ?kind (COUNT(DISTINCT ?evidence) AS ?n) WHERE { ?evidence imid:source ?source . ?source a ?kind } GROUP BY ?kind
    """,
    "evidence by verification": """
        SELECT ?kind (COUNT(DISTINCT ?evidence) AS ?n) WHERE { ?evidence imid:verification ?kind } GROUP BY ?kind
    """,
    "evidence by stance": "SELECT ?kind (COUNT(DISTINCT ?evidence) AS ?n) WHERE { ?evidence imid:stance ?kind } GROUP BY ?kind",
    "evidence by second reading": """
        SELECT ?kind (COUNT(DISTINCT ?evidence) AS ?n) WHERE {
            ?evidence imid:source ?source .
            OPTIONAL { ?evidence imid:readingOutcome ?outcome }
            BIND(COALESCE(?outcome, "not read twice") AS ?kind)
        } GROUP BY ?kind
    """,
    "entities without an external identifier": """
        SELECT ?kind (COUNT(DISTINCT ?entity) AS ?n) WHERE {
            ?entity a ?kind . ?kind rdfs:subClassOf imid:Entity .
            FILTER NOT EXISTS { ?entity skos:exactMatch|skos:closeMatch|skos:broadMatch ?identifier }
        } GROUP BY ?kind
    """,
}
_SOURCES_OF_STATEMENTS = """
SELECT ?a (COUNT(DISTINCT ?evidence) AS ?items) (COUNT(DISTINCT ?source) AS ?sources) WHERE {
    ?a imid:subject ?subject . OPTIONAL { ?a imid:evidence ?evidence . ?evidence imid:source ?source }
} GROUP BY ?a
"""
_DISPUTED = """
SELECT (COUNT(DISTINCT ?a) AS ?n) WHERE {
    { ?a imid:evidence ?evidence . ?evidence imid:stance "disputes" }
    UNION
    {
        ?predicate imid:singleValued true .
        ?a imid:subject ?subject ; imid:predicate ?predicate ; imid:object ?object .
        ?other imid:subject ?subject ; imid:predicate ?predicate ; imid:object ?else .
        FILTER(?object != ?else)
    }
}
"""
_NEGATED = "SELECT (COUNT(DISTINCT ?a) AS ?n) WHERE { ?a imid:negated true }"


@dataclass(frozen=True)
class Count:
    """One line of the report.

    Parameters
    ----------
    topic : str
        What is counted, such as ``statements``.
    kind : str
        Of which kind.
    number : int or float
        How many.
    """

    topic: str
    kind: str
    number: int | float


@dataclass(frozen=True, repr=False)
class Stats(Listing[Count]):
    """What a graph knows and how well it is backed, topic by topic."""

    columns = ("topic", "kind", "number")
    notice = ""

    @property
    def rows(self) -> list[Row]:
        """The counts."""
        return [(count.topic, count.kind, count.number) for count in self]

    @property
    def title(self) -> str:
        """What is counted."""
        return "What is in the graph, and how well it is supported"


def stats(store: Store) -> Stats:
    """Count what a graph knows and how well it is backed.

    Parameters
    ----------
    store : Store
        The engine that holds the graph.

    Examples
    --------
    >>> from imidgraph.resources import RELEASE
    >>> from imidgraph.stores.oxigraph import OxigraphStore
    >>> counts = stats(OxigraphStore.read(RELEASE))
    >>> next(count.number for count in counts if count.kind == "without evidence")
    0
    """
    report = []
    for topic, query in _COUNTED.items():
        rows = sorted((local_name(kind), number) for kind, number in store.select(query).rows)
        report += [Count(topic, kind, number) for kind, number in rows]
        report.append(Count(topic, "all", sum(number for _, number in rows)))
    backed = [(items, sources) for _, items, sources in store.select(_SOURCES_OF_STATEMENTS).rows]
    total = len(backed) or 1
    report += [
        Count("support of statements", "evidence items each", round(sum(items for items, _ in backed) / total, 2)),
        Count("support of statements", "without evidence", sum(items == 0 for items, _ in backed)),
        Count("support of statements", "with one source", sum(sources == 1 for _, sources in backed)),
        Count("support of statements", "with several sources", sum(sources > 1 for _, sources in backed)),
        Count("support of statements", "disputed", store.select(_DISPUTED).rows[0][0]),
        Count("support of statements", "negated", store.select(_NEGATED).rows[0][0]),
    ]
    return Stats(tuple(report))
