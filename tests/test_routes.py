"""Routes: the calls that answer a question can be made, and a tool does what its description says."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import pytest
import yaml

from imidgraph import KnowledgeGraph
from imidgraph.mcp.tools import TOOLS
from tests.conftest import ROOT

FILE = yaml.load((ROOT / "tests" / "routes.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)  # a day stays a text
PROMISES, ROUTES = FILE["promises"], FILE["routes"]


def answered(kg: KnowledgeGraph, tool: str, arguments: dict[str, Any]) -> str:
    """Make a call as the schema of the tool allows it, and give all that the reply says."""
    values = arguments | ({"max_bytes": int(arguments["max_bytes"])} if "max_bytes" in arguments else {})
    jsonschema.validate(values, TOOLS[tool].schema)
    found = TOOLS[tool].call(kg, values)
    return f"{found.text}\n{json.dumps(found.data, ensure_ascii=False)}"


@pytest.mark.parametrize(
    ("tool", "promise"), [(tool, each) for tool, every in PROMISES.items() for each in every], ids=lambda part: str(part)[:60]
)
def test_a_tool_does_what_its_description_promises(kg: KnowledgeGraph, tool: str, promise: dict[str, Any]) -> None:
    assert promise["words"] in TOOLS[tool].description
    said = answered(kg, tool, promise["with"])
    assert [part for part in promise["says"] if part not in said] == []


def test_each_sentence_of_a_description_makes_a_promise_that_is_held() -> None:
    assert set(PROMISES) == set(TOOLS)
    for name, tool in TOOLS.items():
        for sentence in re.split(r"(?<=\.)\s", tool.description):
            assert any(promise["words"] in sentence for promise in PROMISES[name]), f"{name}: {sentence}"


def test_what_a_parameter_lists_is_what_there_is(kg: KnowledgeGraph) -> None:
    topics = {query.topic for query in kg.queries.values()}
    listed = TOOLS["list_queries"].schema["properties"]["topic"]["description"].rpartition(": ")[2]
    assert set(re.findall(r"\w+", listed)) - {"or"} == topics
    for topic in topics:
        assert TOOLS["list_queries"].call(kg, {"topic": topic}).data["total"]
    predicate = TOOLS["status"].schema["properties"]["predicate"]["description"]
    for name in re.findall(r"\b[a-z]+[A-Z]\w+|degrades", predicate):
        assert kg.statements(predicate=name)


@pytest.mark.parametrize("tool", TOOLS.values(), ids=list(TOOLS))
def test_the_examples_of_a_tool_have_an_answer(kg: KnowledgeGraph, tool: Any) -> None:
    assert tool.call(kg, tool.verb.example).data["total"]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route["ask"])
def test_a_route_leads_to_the_answer(kg: KnowledgeGraph, route: dict[str, Any]) -> None:
    known, said = route["ask"].lower(), ""
    for tool, arguments in route["calls"]:
        for value in _chosen(arguments):
            assert value.lower() in known or tool in {"status", "list_queries"}, f"who would give {value!r} to {tool}?"
        said = answered(kg, tool, arguments)
        known += said.lower()
    assert [part for part in route["says"] if part not in said] == []


def test_every_tool_is_on_a_route() -> None:
    assert {tool for route in ROUTES for tool, _ in route["calls"]} == set(TOOLS)


def _chosen(arguments: dict[str, Any]) -> list[str]:
    """Give the texts that whoever calls has to know."""
    found: list[str] = []
    for name, value in arguments.items():
        match value if name != "max_bytes" else None:
            case dict():
                found += [*value, *value.values()]
            case list():
                found += value
            case str():
                found.append(value)
    return found
