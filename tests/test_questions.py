"""Known questions have their answers, in every way in which one can ask; the same calls give the same answers everywhere."""

from __future__ import annotations

from collections import Counter
from typing import Any

import anyio
import jsonschema
import pytest
from mcp.client.client import Client

from imidgraph import KnowledgeGraph
from imidgraph.mcp.replies import SCHEMA
from imidgraph.mcp.server import create_server
from tests.questions import (
    GRADES,
    QUESTIONS,
    WORDS,
    Given,
    asked,
    call_of,
    through_http,
    through_python,
    through_shell,
    through_tools,
)
from tests.servers import Served

BEST = GRADES[0]


def test_there_are_many_and_of_every_kind() -> None:
    assert len(QUESTIONS) >= 100
    assert len({question["ask"] for question in QUESTIONS}) == len(QUESTIONS)
    assert {question["about"] for question in QUESTIONS} == {
        "drugs",
        "generations",
        "mechanisms",
        "indications",
        "risks",
        "articles",
    }
    assert len({question["who"] for question in QUESTIONS}) >= 4
    kinds = Counter(str(question["answer"]) for question in QUESTIONS if question.get("answer") in [*WORDS])
    assert all(kinds[str(kind)] >= 3 for kind in WORDS)
    typed = [question["answer"] for question in QUESTIONS if "column" in question]
    assert sum(isinstance(answer, list) for answer in typed) >= 10
    assert sum(isinstance(answer, int | float) for answer in typed) >= 10


def test_the_tools_answer_a_client(kg: KnowledgeGraph) -> None:
    async def run() -> list[str]:
        async with Client(create_server(lambda: kg)) as client:
            return [await _asked_client(client, question) for question in QUESTIONS]

    found = anyio.run(run)
    assert {question["ask"]: grade for question, grade in zip(QUESTIONS, found, strict=True) if grade != BEST} == {}


async def _asked_client(client: Client, question: dict[str, Any]) -> str:
    """Let a client get all pages of an answer, and grade what stands in them."""
    pages: list[Any] = []
    name, arguments = call_of(question)
    while True:
        result = await client.call_tool(name, arguments | ({"cursor": pages[-1]["cursor"]} if pages else {}))
        assert not result.is_error, result.content[0].text
        jsonschema.validate(result.structured_content, SCHEMA)
        assert "not medical advice" in result.content[0].text
        pages.append(result.structured_content)
        if pages[-1]["cursor"] is None:
            return asked(lambda _: through_tools(lambda *_: pages.pop(0), question), question)


def test_python_answers_them(kg: KnowledgeGraph) -> None:
    found = {question["ask"]: asked(lambda each: through_python(kg, each), question) for question in QUESTIONS}
    assert {ask: grade for ask, grade in found.items() if grade != BEST} == {}


def test_http_answers_them(served: Served) -> None:
    found = {question["ask"]: asked(lambda each: through_http(served.address, each), question) for question in QUESTIONS}
    assert {ask: grade for ask, grade in found.items() if grade != BEST} == {}


@pytest.mark.parametrize("question", QUESTIONS[::8], ids=lambda question: question["ask"])
def test_the_shell_answers_them(question: dict[str, Any]) -> None:
    assert asked(through_shell, question) == BEST  # python -m tests.questions asks all of them


def test_a_wrong_answer_is_graded_as_one() -> None:
    question = {"ask": "", "status": ["a", "b", "c"], "answer": True, "source": "imid:x"}
    given = {
        "right with source": Given("", "supported", sources=frozenset({"imid:x"})),
        "right": Given("", "supported", sources=frozenset({"imid:y"})),
        "wrong": Given("", "not curated"),
    }
    assert {grade: asked(lambda _, each=each: each, question) for grade, each in given.items()} == {
        grade: grade for grade in given
    }
    listed = {"ask": "", "run": ["q", {}], "column": "n", "answer": [1, 2]}
    assert asked(lambda _: Given("", rows=[{"n": "1.0"}]), listed) == "partly"
    assert asked(lambda _: Given("", rows=[{"n": 1}, {"n": 2}, {"n": 3}]), listed) == "partly"
    assert asked(lambda _: Given("", rows=[{"n": 1}, {"n": 2}]), listed) == "right"
