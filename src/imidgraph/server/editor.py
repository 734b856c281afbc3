"""The editor of free queries: its examples, what it completes, and the place where a query is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from imidgraph.graph import KnowledgeGraph
from imidgraph.namespaces import PREFIXES, compress

_TERMS = """SELECT ?term ?kind (SAMPLE(?name) AS ?label) (SAMPLE(?text) AS ?definition) WHERE {
    VALUES ?kind { owl:Class owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty }
    ?term a ?kind ; rdfs:label ?name .
    OPTIONAL { ?term skos:definition ?text }
} GROUP BY ?term ?kind ORDER BY ?term"""
_PLACE = re.compile(r"error at (?P<line>\d+):(?P<column>\d+):(?P<wanted>.*)", re.DOTALL)
_OPEN = re.compile(r"starts at character (\d+)")
_PLAIN = "this is not valid SPARQL"
_REMARKS = {
    "Prefix not found": "this prefix is unknown. Declare it with PREFIX",
    "contains a variable that is unbound": "this variable is neither in the pattern nor in GROUP BY",
}
"""What the parser says in words, in ours."""


@dataclass(frozen=True)
class Example:
    """A query to start from."""

    title: str
    text: str


EXAMPLES = (
    Example(
        "Which drugs degrade IKZF1?",
        "SELECT ?drug ?drugLabel WHERE {\n    ?drug imid:degrades imid:IKZF1 ;\n        rdfs:label ?drugLabel .\n}\n"
        "ORDER BY ?drugLabel",
    ),
    Example(
        "How often is neutropenia, by drug?",
        "SELECT ?drug ?drugLabel ?percent ?n ?population WHERE {\n"
        "    ?risk imid:subject ?drug ;\n        imid:object imid:neutropenia ;\n        imid:evidence ?evidence .\n"
        "    ?evidence imid:percent ?percent .\n"
        "    OPTIONAL { ?evidence imid:n ?n }\n    OPTIONAL { ?evidence imid:population ?population }\n"
        "    ?drug rdfs:label ?drugLabel .\n}\nORDER BY ?drugLabel ?percent",
    ),
    Example(
        "What does each drug degrade, as a picture?",
        "CONSTRUCT { ?drug imid:degrades ?protein } WHERE {\n    ?drug a imid:Drug ;\n        imid:degrades ?protein .\n}",
    ),
    Example(
        "Which statements do sources dispute?",
        "SELECT ?statement ?text WHERE {\n    ?statement imid:statement ?text ;\n        imid:evidence ?evidence .\n"
        '    ?evidence imid:stance "disputes" .\n}\nORDER BY ?text',
    ),
    Example(
        "How many statements has each kind?",
        "SELECT ?kind (COUNT(?statement) AS ?statements) WHERE {\n    ?statement imid:subject ?subject ;\n        a ?kind .\n}\n"
        "GROUP BY ?kind\nORDER BY DESC(?statements)",
    ),
)
"""The first one is there when the editor opens."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a query, and where.

    Parameters
    ----------
    told : str
        What is wrong, in a sentence.
    line, column : int
        Where, from 1; 0 where it is not known.
    text : str
        The line of the query.
    """

    told: str
    line: int = 0
    column: int = 0
    text: str = ""

    @property
    def pointer(self) -> str:
        """A mark that stands below the place, in a font of one width."""
        return "".join("\t" if sign == "\t" else " " for sign in self.text[: self.column - 1]) + "^"


def fault(error: Exception, query: str) -> Fault:
    r"""Say what is wrong with a query, and where, out of what the parser says.

    Examples
    --------
    >>> found = fault(ValueError("not SPARQL: error at 2:3: expected one of OPTIONAL, ['a'], \"{\". Correct it"), "ASK\n{ ? }")
    >>> found.told, found.line, found.column, found.text
    ('Line 2, column 3: this is not valid SPARQL.', 2, 3, '{ ? }')
    """
    told = str(error)
    if match := _OPEN.search(told):
        before = query[: int(match[1]) - 1].split("\n")
        return _at(query, len(before), len(before[-1]) + 1, told)
    match = _PLACE.search(told)
    if match is None:
        return Fault(told)
    line, column = int(match["line"]), int(match["column"])
    remark = next((told for sign, told in _REMARKS.items() if sign in match["wanted"]), _PLAIN)
    place = sum(len(text) + 1 for text in query.split("\n")[: line - 1]) + column - 1
    if remark == _PLAIN and place >= len(query.rstrip()):
        remark = "something is missing before the end of the query"
    return _at(query, line, column, remark)


def _at(query: str, line: int, column: int, told: str) -> Fault:
    lines = query.split("\n")
    text = lines[line - 1].rstrip("\r") if 0 < line <= len(lines) else ""
    return Fault(f"Line {line}, column {column}: {told.rstrip('.')}.", line, column, text)


def terms(graph: KnowledgeGraph) -> dict[str, Any]:
    """Give what a query can be written with: the prefixes, and the classes and properties of the graph."""
    rows = graph.select(_TERMS).rows
    found = [
        {"name": compress(term), "kind": kind.rpartition("#")[2], "label": label, "definition": definition or ""}
        for term, kind, label, definition in rows
    ]
    known = {prefix: PREFIXES[prefix] for prefix in sorted(PREFIXES)}
    return {"prefixes": known, "terms": found, "version": graph.version}
