"""Known questions, asked in the four ways in which one can ask, and how good the answers are.

Print the table with: python -m tests.questions
"""

from __future__ import annotations

import datetime
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import yaml
from click.testing import CliRunner

import imidgraph
from imidgraph import KnowledgeGraph
from imidgraph.answers import Answer
from imidgraph.cli import main as cli
from imidgraph.knowledge.lookups import Status
from imidgraph.mcp.tools import TOOLS
from imidgraph.namespaces import compress
from tests.servers import Served

Question = dict[str, Any]
QUESTIONS: list[Question] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
WORDS = {True: "supported", False: "denied", "sources disagree": "disputed", "not curated": "not curated"}
GRADES = ("right with source", "right", "partly", "wrong")
SOURCE = re.compile(r"source$|^sources$", re.IGNORECASE)
KINDS = ("status", "search", "get", "compare", "explain", "run")


@dataclass(frozen=True)
class Given:
    """What one way of asking gave."""

    text: str
    word: str | None = None
    rows: list[dict[str, Any]] = field(default_factory=list)
    sources: frozenset[str] = frozenset()


def kind_of(question: Question) -> str:
    return next(kind for kind in KINDS if kind in question)


# --- the ways --------------------------------------------------------------------------------------------------------


def call_of(question: Question) -> tuple[str, dict[str, Any]]:
    """Give the tool that answers a question, and its arguments."""
    more = {"max_bytes": question["most_bytes"]} if "most_bytes" in question else {}
    match question:
        case {"status": [subject, predicate, object_, *day]}:
            as_of = {"as_of": str(day[0])} if day else {}
            return "status", {"subject": subject, "predicate": predicate, "object": object_, **as_of, **more}
        case {"search": words}:
            return "search", {"words": words, **more}
        case {"get": [name, *section]}:
            return "get", {"name": name, **({"section": section[0]} if section else {}), **more}
        case {"compare": drugs}:
            return "compare", {"drugs": drugs, **more}
        case {"explain": [start, end]}:
            return "explain", {"start": start, "end": end, **more}
        case {"run": [name, parameters]}:
            return "run_query", {"name": name, "parameters": parameters, **more}
    raise AssertionError(question)


def through_tools(call: Callable[[str, dict[str, Any]], Mapping[str, Any]], question: Question) -> Given:
    """Ask the tools, page by page."""
    name, arguments = call_of(question)
    rows, texts, sources, cursor = [], [], set(), None
    while True:
        data = call(name, arguments | ({"cursor": cursor} if cursor else {}))
        known = {source["number"]: source["id"] for source in data["sources"]}
        # a row names its sources by number: put back what a query calls them
        rows += [row | {"source": [known[each] for each in row.get("sources", ())]} for row in data["items"]]
        texts += [data["answer"], json.dumps(data["items"], ensure_ascii=False), *data["gaps"]]
        sources |= set(known.values())
        if (cursor := data["cursor"]) is None:
            word = data["answer"].partition(":")[0] if name == "status" else None
            return Given("\n".join(texts), word, rows, frozenset(sources))


def through_python(kg: KnowledgeGraph, question: Question) -> Given:
    """Ask the graph itself."""
    match question:
        case {"run": [name, parameters]}:
            answer: Answer = kg.run(name, **parameters)
        case {"status": [*fact]}:
            answer = kg.status(*map(str, fact[:3]), *fact[3:])
        case {"search": words}:
            answer = kg.search(words)
        case {"get": [name, *section]}:
            answer = kg.entity(name).section(section[0]) if section else kg.entity(name)
        case {"compare": drugs}:
            answer = kg.compare(*drugs)
        case {"explain": ends}:
            answer = kg.explain(*ends)
    word = answer.word if isinstance(answer, Status) else None
    text = f"{answer.markdown()}\n{answer.to_json()}\n{' '.join(answer.gaps)}"
    rows = answer.to_dicts()
    return Given(text, word, rows, frozenset(source.curie for source in answer.sources) | _cited(rows))


def through_shell(question: Question) -> Given:
    """Ask the command line."""
    kind, asked = kind_of(question), question[kind_of(question)]
    match kind:
        case "run":
            words = ["run", asked[0], *(f"{name}={value}" for name, value in asked[1].items())]
        case "status":
            words = ["status", *map(str, asked[:3]), *(["--as-of", str(day)] if (day := next(iter(asked[3:]), None)) else [])]
        case "get":
            words = ["show", asked[0], *(["--section", asked[1]] if asked[1:] else [])]
        case _:
            words = [kind, *([asked] if isinstance(asked, str) else asked)]
    found = [
        CliRunner().invoke(cli, [*words, "--format", format]) for format in (["json"] if kind == "run" else ["json", "markdown"])
    ]
    assert all(result.exit_code in (0, 1) for result in found), found[0].output
    return _document(json.loads(found[0].stdout), "\n".join(result.output for result in found))


def through_http(address: str, question: Question) -> Given:
    """Ask the server."""
    kind, asked = kind_of(question), question[kind_of(question)]
    if kind == "run":
        asking = httpx.get(
            f"{address}/queries/{asked[0]}", params=asked[1], headers={"Accept": "application/sparql-results+json"}
        )
        bindings = asking.raise_for_status().json()["results"]["bindings"]
        return _document({"rows": [{name: each["value"] for name, each in row.items()} for row in bindings]}, asking.text)
    match kind:
        case "status":
            path, values = "status", dict(zip(("subject", "predicate", "object", "as_of"), map(str, asked), strict=False))
        case "get":
            path, values = f"entities/{asked[0]}", {"section": asked[1]} if asked[1:] else {}
        case "search":
            path, values = "search", {"words": asked}
        case "compare":
            path, values = "compare", {"drugs": asked}
        case _:
            path, values = "explain", {"start": asked[0], "end": asked[1]}
    types = ("application/json", "text/markdown")
    found = [httpx.get(f"{address}/api/{path}", params=values, headers={"Accept": each}, timeout=60) for each in types]
    return _document(found[0].raise_for_status().json(), "\n".join(answer.text for answer in found))


def _document(document: Mapping[str, Any], text: str) -> Given:
    rows = document.get("rows", [])
    cited = {source["id"] for source in document.get("sources", ())}
    return Given(text, document.get("status"), rows, frozenset(cited) | _cited(rows))


def _cited(rows: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Give what rows name as sources: by identifier, or in words."""
    return frozenset(plain(value) for row in rows for name, value in row.items() if SOURCE.search(name) and value)


@cache
def _label(source: str) -> str:
    """Give the name of a source, as rows tell it in words."""
    rows = imidgraph.load().select(f"SELECT ?label {{ {source} rdfs:label ?label }}").rows
    return str(rows[0][0]) if rows else source


# --- the grade -------------------------------------------------------------------------------------------------------


def plain(value: Any) -> str:
    """Write a value in one way, whatever way it came."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | Decimal):
        return format(Decimal(str(value)).normalize(), "f")
    text = value.isoformat() if isinstance(value, datetime.date) else str(value)
    if text.startswith("http"):
        return compress(text) or text
    try:
        return format(Decimal(text).normalize(), "f")
    except ArithmeticError:
        return text


def grade(question: Question, given: Given) -> str:
    """Say how good an answer is."""
    text = given.text.casefold()
    parts = [part.casefold() in text for part in question.get("says", ())]
    answer = question.get("answer")
    if kind_of(question) == "status" and "answer" in question:
        parts.append(given.word == WORDS[answer])
    elif "column" in question:
        wanted = {plain(each) for each in (answer if isinstance(answer, list) else [answer])}
        found = {plain(each) for row in given.rows if _chosen(row, question) for each in _values(row, question["column"])}
        parts += [each in found for each in sorted(wanted)] + ([found == wanted] if found - wanted or not wanted else [])
    if not any(parts):
        return "wrong"
    if not all(parts):
        return "partly"
    needs_none = answer == "not curated" or answer == [] or kind_of(question) == "search"
    cites = _cites(question["source"], given) if "source" in question else bool(given.sources) or needs_none
    return "right with source" if cites else "right"


def _cites(source: str, given: Given) -> bool:
    if source in given.sources:
        return True
    told = _label(source) if source.startswith("imid:") else source  # in words a paper stands by its identifier
    return any(told in each for each in given.sources)


def _values(row: Mapping[str, Any], column: str) -> list[Any]:
    value = row.get(column)
    return value if isinstance(value, list) else [] if value is None else [value]


def _chosen(row: Mapping[str, Any], question: Question) -> bool:
    return all(plain(wanted) in map(plain, _values(row, name)) for name, wanted in question.get("where", {}).items())


def asked(way: Callable[[Question], Given], question: Question) -> str:
    """Ask a question in one way, and grade the answer; an error is a wrong answer."""
    try:
        return grade(question, way(question))
    except (imidgraph.ImidgraphError, httpx.HTTPError, AssertionError) as error:
        return f"wrong: {error}"


def main() -> int:
    """Ask every question in every way, and print how good the answers are."""
    kg = imidgraph.load()
    with tempfile.TemporaryDirectory() as folder, Served(Path(folder)) as served:
        ways: dict[str, Callable[[Question], Given]] = {
            "tools": lambda question: through_tools(lambda name, values: TOOLS[name].call(kg, values).data, question),
            "Python": lambda question: through_python(kg, question),
            "shell": through_shell,
            "HTTP": lambda question: through_http(served.address, question),
        }
        grades = {name: [asked(way, question) for question in QUESTIONS] for name, way in ways.items()}
    print(f"{'':20}" + "".join(f"{name:>8}" for name in ways))
    for each in GRADES:
        counts = (Counter(item.partition(":")[0] for item in given)[each] for given in grades.values())
        print(f"{each:20}" + "".join(f"{count:8}" for count in counts))
    worse = [
        f"{name}: {question['ask']} {given}"
        for name, found in grades.items()
        for question, given in zip(QUESTIONS, found, strict=True)
        if given != GRADES[0]
    ]
    print("\n".join(worse))
    return bool(worse)


if __name__ == "__main__":
    sys.exit(main())
