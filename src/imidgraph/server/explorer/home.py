"""Home: where to start: the drugs side by side, the pillars, questions, what is new."""

from __future__ import annotations

from collections.abc import Iterable

from imidgraph.graph import KnowledgeGraph
from imidgraph.model import Statement
from imidgraph.server.explorer.glance import glances, stated
from imidgraph.server.explorer.schema import dataset
from imidgraph.server.explorer.view import View

PILLARS = {
    "drugs": "What each drug is, its names, its regimens",
    "generations": "Which generation each source assigns a drug to",
    "mechanisms": "What a drug binds and degrades, what follows, and resistance",
    "indications": "Where a drug is approved, studied or used, and its doses",
    "risks": "Boxed warnings, adverse effects, what must be done and watched",
    "articles": "The papers and labels that each statement rests on",
}
_TOPICS = {"generations": "drugs"}  # a pillar whose queries stand with another
_MOST_NEW = 6
_COUNTED = """
SELECT ?pillar (COUNT(DISTINCT ?thing) AS ?number) WHERE {
    { ?thing imid:predicate ?relation . ?relation imid:pillar ?pillar }
    UNION
    { ?passage imid:source ?thing . BIND("articles" AS ?pillar) }
}
GROUP BY ?pillar
"""


def home(graph: KnowledgeGraph) -> View:
    """Show where to start."""
    topics = {query.topic for query in graph.queries.values()}
    numbers = {str(pillar): number for pillar, number in graph.select(_COUNTED).rows}
    pillars = [
        (name, text, _TOPICS.get(name, name), numbers.get(name, 0), "source" if name == "articles" else "statement")
        for name, text in PILLARS.items()
        if _TOPICS.get(name, name) in topics
    ]
    approvals = stated(graph, "approvedFor")
    new = _newest([*approvals, *stated(graph, "hasLabelChange")])
    values = {"drugs": glances(graph, approvals), "pillars": pillars, "new": new, "schema": dataset(graph.version)}
    return View("home.html", "imidgraph", values)


def _newest(events: Iterable[Statement]) -> list[tuple[str, Statement]]:
    """Give the newest of dated events, each once."""
    dated = sorted((_day(item), item.iri, item) for item in events if not item.negated and _day(item))
    once = {str(item): (day, item) for day, _, item in dated}
    return sorted(once.values(), key=lambda pair: (pair[0], pair[1].iri), reverse=True)[:_MOST_NEW]


def _day(item: Statement) -> str:
    return str(item.value("approvalDate") or item.value("changeDate") or item.value("validFrom") or "")
