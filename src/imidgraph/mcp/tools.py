"""Tools: what an agent can ask, with typed parameters, and what each gives."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

from imidgraph.answers import Answer, Table
from imidgraph.errors import AmbiguousLabel, EntityNotFound, ImidgraphError, PathNotFound, QueryError, QueryNotFound
from imidgraph.graph import KnowledgeGraph
from imidgraph.kept import Kept
from imidgraph.knowledge.entities import Entity
from imidgraph.knowledge.lookups import Status
from imidgraph.knowledge.sections import Section
from imidgraph.knowledge.solutions import FACT
from imidgraph.knowledge.statements import SOURCES, read_sources
from imidgraph.limits import SECONDS
from imidgraph.mcp.items import Cited
from imidgraph.mcp.replies import LARGEST, MOST_BYTES, Prepared, Reply, prepare
from imidgraph.rdf import Iri, NamedNode
from imidgraph.sparql.results import Results, Triples
from imidgraph.traversals.compare import Comparison
from imidgraph.traversals.explanation import Explanation
from imidgraph.verbs import SEARCHES, VERBS, Parameter, Verb

_CURSOR = Parameter("cursor", "The cursor from the previous reply, to get the next items.", most=9)
_BYTES = Parameter("max_bytes", "Maximum size of the reply in bytes.", "integer", default=MOST_BYTES, least=1000, most=LARGEST)
_MOST_KEPT = 64  # answers of a graph
_KEPT: WeakKeyDictionary[KnowledgeGraph, Kept[Prepared]] = WeakKeyDictionary()  # for as long as a graph is there
MOST_ROWS = 1000
"""Rows of a free query."""
_SECONDS = 10.0


@dataclass(frozen=True)
class Asked:
    """What an agent asks of a tool: the values of its parameters, and which part of the answer."""

    values: Mapping[str, Any]
    cursor: str | None
    most: int


@dataclass(frozen=True)
class Tool:
    """A tool.

    Parameters
    ----------
    name : str
        Its name.
    description : str
        When to use it, and what it gives.
    verb : Verb
        What it asks.
    is_kept : bool
        Whether the last answers are kept, so that one that is read page by page is looked up once.
    """

    name: str
    description: str
    verb: Verb
    is_kept: bool = True

    @property
    def schema(self) -> dict[str, Any]:
        """What it takes, as JSON Schema."""
        parameters = (*self.verb.parameters, _CURSOR, _BYTES)
        return {
            "type": "object",
            "properties": {item.name: item.schema | {"description": item.help} for item in parameters},
            "required": [item.name for item in parameters if item.required],
            "additionalProperties": False,
        }

    def read(self, arguments: Mapping[str, object]) -> Asked:
        """Read what the agent gave.

        Raises
        ------
        QueryError
            Where an argument is wrong.
        """
        rest = dict(arguments)
        cursor = _read(_CURSOR, rest)
        most = _read(_BYTES, rest) or MOST_BYTES
        return Asked(self.verb.read(rest), cursor, most)

    def call(self, graph: KnowledgeGraph, arguments: Mapping[str, object], timeout: float = SECONDS) -> Reply:
        """Answer a call.

        Parameters
        ----------
        graph : KnowledgeGraph
            The graph.
        arguments : mapping
            What the agent gave.
        timeout : float
            Seconds of one search.

        Raises
        ------
        ImidgraphError
            Where an argument is wrong, or nothing is called so; `told` says it to the agent.
        """
        asked = self.read(arguments)
        bounds = {"timeout": timeout} if self.verb.name in SEARCHES else {}

        def ask() -> tuple[Prepared, bool]:
            answer = self.verb.ask(graph, asked.values, **bounds)
            return prepare(answer, _headline(answer)), self.is_kept and not (bounds and answer.limit)  # time may not be up again

        key = json.dumps([self.name, asked.values, datetime.date.today()], default=str)  # a card tells what holds today
        return _KEPT.setdefault(graph, Kept(_MOST_KEPT)).get(key, ask).reply(asked.cursor, asked.most)


def told(error: ImidgraphError) -> str:
    """Say what is wrong and what to do next, to an agent.

    Examples
    --------
    >>> told(EntityNotFound("revlimit", ["Revlimid"]))
    "No entity is called 'revlimit'. Did you mean 'Revlimid'? Not in the graph does not mean no. Use the tool search."
    """
    match error:
        case EntityNotFound():
            return f"{error.finding} Not in the graph does not mean no. Use the tool search."
        case QueryError() if isinstance(error.__cause__, EntityNotFound):
            return f"{error} Not in the graph does not mean no. Use the tool search."
        case QueryNotFound():
            return f"{error.finding} Use the tool list_queries."
        case AmbiguousLabel() | PathNotFound():
            return f"{error} Use the tool search."
    return str(error)


def _read(parameter: Parameter, rest: dict[str, object]) -> Any:
    value = rest.pop(parameter.name, None)
    return None if value is None else parameter.read(value)


def _headline(answer: Answer) -> str:
    """Give the answer in one line that starts with a word of ours: no name in the graph can pass for one."""
    match answer:
        case Status():
            return f"{answer.word}: {answer.sentence}"
        case Entity():
            return f"{answer.category}: {answer.label} ({answer.curie})"
        case Section():
            return f"All of '{answer.name}': {answer.term}"
        case Comparison():
            return f"Comparison of {answer.title}."
        case Explanation():
            return f"How {answer.start} is linked to {answer.end}: {len(answer.stated)} statements, {len(answer.chains)} chains."
    return f"{answer.title}." if answer else " ".join(answer.gaps)


def _listed(graph: KnowledgeGraph, topic: str | None = None) -> Answer:
    return graph.queries.tagged(topic)


def _run(graph: KnowledgeGraph, name: str, parameters: Mapping[str, Any] | None = None) -> Answer:
    found = graph.run(name, **(parameters or {}))
    places = [place for place, column in enumerate(found.columns) if column.lower().endswith("source")]
    if not places and FACT in found.columns:
        place = found.columns.index(FACT)
        behind = graph.reader.behind(dict.fromkeys(str(row[place]) for row in found.rows))
        sources = tuple(tuple(behind[str(row[place])]) for row in found.rows)
    else:
        cited = [dict.fromkeys(str(row[place]) for place in places if isinstance(row[place], Iri)) for row in found.rows]
        every = {iri for each in cited for iri in each}
        known = read_sources(graph.select(SOURCES % _terms(every)).rows) if every else {}
        sources = tuple(tuple(known[iri] for iri in each if iri in known) for each in cited)
    return Cited(found, sources, graph.queries[name].summary, limit=found.limit, graph_version=found.graph_version)


def _terms(iris: Iterable[object]) -> str:
    return " ".join(sorted({str(NamedNode(str(iri))) for iri in iris}))


def _query(graph: KnowledgeGraph, query: str) -> Answer:
    return _as_answer(graph.query(query, timeout=_SECONDS, limit=MOST_ROWS))


def _as_answer(found: Results | bool | Triples) -> Answer:
    return Table(("answer",), ((found,),)) if isinstance(found, bool) else found


def replied(asked: Asked, found: Results | bool | Triples, graph_version: str | None) -> Reply:
    """Give what a free query found that someone else asked, such as a pool of workers."""
    answer = replace(_as_answer(found), graph_version=graph_version)
    return prepare(answer, _headline(answer)).reply(asked.cursor, asked.most)


class _Values(Parameter):
    """The parameters of a query, by name."""

    @property
    def schema(self) -> dict[str, Any]:
        """Names and values."""
        return {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}}

    def read(self, value: object) -> Any:
        """Read the values; the query checks them."""
        if not isinstance(value, dict) or not all(isinstance(each, str | int | float | bool) for each in value.values()):
            raise QueryError(f"{self.name} must be an object of names and values, such as {{'drug': 'Revlimid'}}.")
        return {str(name): str(each) for name, each in value.items()}


_ASKED = Verb(
    "run_query",
    "",
    (
        Parameter("name", "The name of the query, from list_queries.", required=True, example="boxed-warnings"),
        _Values("parameters", "Its parameters by name; omit one to match all.", example={"drug": "Revlimid"}),
    ),
    call=_run,
)

TOOLS: dict[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool(
            "search",
            "Find the entity for a name, brand, lay word or code. Use it first if you are unsure of a name.",
            VERBS["search"],
        ),
        Tool(
            "get",
            "A summary of a drug, disease, effect, protein, trial or regimen; with a section, all its statements.",
            VERBS["entity"],
        ),
        Tool(
            "compare",
            "Compare two or three drugs side by side: approvals, adverse effects with figures, disputes.",
            VERBS["compare"],
        ),
        Tool(
            "explain",
            "Explain step by step how one entity is linked to another: a drug to a disease, a drug to a risk.",
            VERBS["explain"],
        ),
        Tool(
            "status",
            "Check whether a fact is supported, disputed, denied or not curated, with sources. Not curated does not mean no.",
            VERBS["status"],
        ),
        Tool(
            "list_queries",
            "List the named queries, for questions that the other tools do not answer.",
            Verb(
                "list_queries",
                "",
                (
                    Parameter(
                        "topic",
                        "Only queries on this topic: articles, drugs, indications, mechanisms, regimens, resistance, risks "
                        "or trials.",
                    ),
                ),
                call=_listed,
            ),
        ),
        Tool("run_query", "Run a named query.", _ASKED),
    )
}
"""The tools that every server offers."""

SPARQL = Tool(
    "sparql",
    "Run a SPARQL 1.1 query within limits; the prefix imid: is predefined.",
    Verb(
        "sparql",
        "",
        (Parameter("query", "A SELECT, ASK, CONSTRUCT or DESCRIBE query.", required=True, most=20_000, example="ASK {}"),),
        call=_query,
    ),
    is_kept=False,
)
"""Free queries: only where the operator switches it on."""
