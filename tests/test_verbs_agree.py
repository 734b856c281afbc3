"""One answer, many ways in: each verb says the same of fifty entities in Python, the shell, over HTTP and through the tools."""

from __future__ import annotations

import json
from typing import Any

import httpx
from click.testing import CliRunner

from imidgraph import EntityNotFound, KnowledgeGraph, PathNotFound
from imidgraph.answers import Answer
from imidgraph.cli import main as cli
from imidgraph.mcp.tools import TOOLS
from imidgraph.server.lookups import path_of
from imidgraph.verbs import VERBS

PARTS = {"Drug": 14, "Disease": 8, "AdverseEffect": 8, "Protein": 8, "Trial": 6, "Regimen": 4, "BiologicalProcess": 2}
TOOL_OF = {"search": "search", "entity": "get", "status": "status", "compare": "compare", "explain": "explain"}
Asked = tuple[str, dict[str, Any]]


def entities(kg: KnowledgeGraph) -> list[str]:
    """Choose fifty entities of all kinds, spread over their names."""
    every = {category: kg.names.labels(category) for category in PARTS}
    return [every[category][place * len(every[category]) // most] for category, most in PARTS.items() for place in range(most)]


def asked_of(kg: KnowledgeGraph, name: str, place: int) -> list[Asked]:
    """Ask of an entity with every verb that takes it."""
    entity = kg.entity(name)
    found: list[Asked] = [
        ("search", {"words": name, "limit": 5}),
        ("entity", {"name": name}),
        ("statements", {"subject": name}),
        ("explain", {"start": name, "end": "multiple myeloma" if name != "multiple myeloma" else "cereblon"}),
        ("paths", {"start": name, "end": "cereblon" if name != "CRBN" else "IKZF1", "max_length": 2, "limit": 5}),
        ("neighborhood", {"center": name, "limit": 20}),
        ("similar", {"entity": name, "limit": 3}),
        ("mentions", {"text": f"{name} and lenalidomide"}),
    ]
    if entity.sections:
        found.append(("entity", {"name": name, "section": entity.sections[-1].name}))
    if stated := [*kg.statements(subject=name), *kg.statements(object=name)]:
        first = stated[place % len(stated)]
        fact = {"subject": first.subject.curie, "predicate": first.predicate.curie, "object": first.object.curie}
        found += [("status", fact), ("status", {"subject": name, "predicate": "degrades", "object": "GSPT1"})]
    if entity.category == "Drug" and name != "lenalidomide":
        found.append(("compare", {"drugs": [name, "lenalidomide"]}))
        found.append(("why", {"drug": name, "over": "lenalidomide", "disease": "multiple myeloma"}))
    if entity.category in {"Protein", "BiologicalProcess"}:
        found.append(("without", {"entity": name}))
    return found


def in_python(kg: KnowledgeGraph, verb: str, values: dict[str, Any]) -> Answer | None:
    """Ask the graph; nothing where it raises that there is no such thing."""
    try:
        return VERBS[verb].ask(kg, VERBS[verb].read(values))
    except (EntityNotFound, PathNotFound):
        return None


def over_http(client: httpx.Client, verb: str, values: dict[str, Any]) -> Any:
    """Ask the server."""
    path = path_of(VERBS[verb]).replace("{name}", str(values.get("name")))
    rest = {name: value for name, value in values.items() if f"{{{name}}}" not in path_of(VERBS[verb])}
    answer = client.get(path, params=rest)
    return None if answer.status_code == 404 else answer.raise_for_status().json()


def in_shell(verb: str, values: dict[str, Any]) -> Any:
    """Ask the command line."""
    match verb, values:
        case "entity", {"name": name}:
            words = ["show", name, *(["--section", values["section"]] if "section" in values else [])]
        case "statements", _:
            words = ["statements", *(part for name, value in values.items() for part in (f"--{name}", value))]
        case "compare", {"drugs": drugs}:
            words = ["compare", *drugs]
        case "why", {"drug": drug, "over": other, "disease": disease}:
            words = ["why", drug, "--over", other, "--for", disease]
        case _:
            options = [f"--{name.replace('_', '-')}={values[name]}" for name in ("limit", "max_length") if name in values]
            words = [verb, *options, *(value for name, value in values.items() if name not in {"limit", "max_length"})]
    found = CliRunner().invoke(cli, [*words, "--format", "json"])
    assert found.exit_code in (0, 1), found.output
    return json.loads(found.stdout) if found.stdout.strip() else None


def through_tool(kg: KnowledgeGraph, verb: str, values: dict[str, Any]) -> dict[str, Any]:
    """Ask a tool, page by page."""
    taken = {name: value for name, value in values.items() if name in TOOLS[TOOL_OF[verb]].schema["properties"]}
    items: list[Any] = []
    sources: set[str] = set()
    cursor = None
    while True:
        data = TOOLS[TOOL_OF[verb]].call(kg, taken | {"max_bytes": 64_000} | ({"cursor": cursor} if cursor else {})).data
        items, sources = items + data["items"], sources | {source["id"] for source in data["sources"]}
        if (cursor := data["cursor"]) is None:
            return data | {"items": items, "sources": sources}


def test_every_verb_says_the_same_in_every_way(kg: KnowledgeGraph, client: httpx.Client) -> None:
    names = entities(kg)
    assert len(set(names)) == 50
    asked = [each for place, name in enumerate(names) for each in asked_of(kg, name, place)] + [("stats", {})]
    assert {verb for verb, _ in asked} == set(VERBS)
    for place, (verb, values) in enumerate(asked):
        known = in_python(kg, verb, values)
        document = None if known is None else json.loads(known.to_json())
        assert over_http(client, verb, values) == document, (verb, values)
        if place % 13 == 0:  # each command starts from nothing, and reads the graph
            assert in_shell(verb, values) == document, (verb, values)
        if verb in TOOL_OF and known is not None:
            _compare(known, through_tool(kg, verb, values))


def _compare(known: Answer, reply: dict[str, Any]) -> None:
    """Hold a reply to the answer that it was made of."""
    assert reply["total"] == len(reply["items"])
    assert reply["gaps"] == list(known.gaps)
    document = known.to_dict()
    if "status" in document:
        assert reply["answer"].startswith(f"{document['status']}: {document['sentence']}")
    if stated := [*document.get("statements", ()), *document.get("narrower", ())]:
        told = {item["id"]: item for item in reply["items"] if "id" in item}
        if "section" in document or "status" in document:
            assert {item["id"] for item in stated} == set(told)
            assert {source["id"] for source in document["sources"]} == reply["sources"]
            for item in stated:
                assert told[item["id"]]["text"].removeprefix("Hypothesis: ") == item["sentence"]
                assert len(told[item["id"]]["evidence"]) == len(item["evidence"])
    if "rows" in document and "score" in document["columns"]:
        assert [item["entity"] for item in reply["items"]] == [row["entity"] for row in document["rows"]]
    assert reply["sources"] <= {source.curie for source in known.sources}
