"""The lookups over HTTP: the same answers as in Python, in every media type, and what is wrong told in words for HTTP."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pytest

from imidgraph import KnowledgeGraph
from imidgraph.server.lookups import path_of
from imidgraph.verbs import SEARCHES, VERBS, Verb


def asked(client: httpx.Client, verb: Verb, accept: str | None = None, **given: Any) -> httpx.Response:
    given = given or verb.example
    path = path_of(verb).format(**given)
    rest = {name: value for name, value in given.items() if f"{{{name}}}" not in path_of(verb)}
    return client.get(path, params=rest, headers={"Accept": accept} if accept else {})


@pytest.mark.parametrize("verb", VERBS.values(), ids=lambda verb: verb.name)
def test_a_verb_answers_as_in_python(client: httpx.Client, kg: KnowledgeGraph, verb: Verb) -> None:
    wanted = verb.ask(kg, verb.read(verb.example))
    answer = asked(client, verb)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.text == wanted.to_json()
    assert answer.headers.get("x-notice", "") == wanted.notice
    assert answer.headers.get("x-imidgraph-truncated") == wanted.limit
    table = list(csv.reader(io.StringIO(asked(client, verb, "text/csv").text)))
    assert (tuple(table[0]), len(table) - 1) == (wanted.columns, len(wanted.rows))
    assert asked(client, verb, "text/markdown").text == wanted.markdown()
    lines = asked(client, verb, "text/tab-separated-values").text.splitlines()
    assert (lines[0].split("\t"), len(lines) - 1) == (list(wanted.columns), len(wanted.rows))
    page = asked(client, verb, "text/html,*/*;q=0.1")
    assert page.headers["content-type"].startswith("text/html")
    assert "not medical advice" in page.text


def test_an_answer_is_named_by_its_etag(client: httpx.Client) -> None:
    answer = asked(client, VERBS["status"])
    assert answer.headers["etag"]
    again = client.get(answer.request.url, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/api/statements?subject=lenalidomide&predicate=degrades",
        "/api/entities/Revlimid?section=approvals",
    ],
)
def test_the_pages_of_a_list_make_the_whole(client: httpx.Client, path: str) -> None:
    whole = client.get(path).json()["statements"]
    seen: list[dict[str, Any]] = []
    answer = client.get(f"{path}&limit=3")
    while True:
        told = answer.json()
        assert len(told["statements"]) <= 3
        assert told["limit"].startswith(f"statements {len(seen) + 1} to {len(seen) + len(told['statements'])} of {len(whole)}")
        assert {passage["source"] for item in told["statements"] for passage in item["evidence"]} == {
            source["id"] for source in told["sources"]
        }
        seen += told["statements"]
        if "next" not in answer.links:
            break
        answer = client.get(answer.request.url.join(answer.links["next"]["url"]))
    assert seen == whole
    assert len(whole) > 3
    table = client.get(f"{path}&limit=3", headers={"Accept": "text/csv"})
    assert (table.text.count("\n"), table.links["next"]["url"]) == (4, f"?{path.partition('?')[2]}&limit=3&cursor=3")


@pytest.mark.parametrize(
    ("path", "status", "detail"),
    [
        ("/api/statements?subject=lenalidomide&predicate=degrades&cursor=500", 400, "cursor must be less than"),
        ("/api/statements?subject=lenalidomide&limit=0", 400, "limit must be a whole number from 1 to 1000"),
        ("/api/entities/Revlimid?limit=5", 400, "section=approvals"),
        ("/api/entities/revlimit", 404, "Search at /api/search."),
        ("/api/search", 400, "search needs words"),
        ("/api/search?words=", 400, "search needs words"),
        ("/api/search?words=a&limit=0", 400, "limit must be a whole number from 1 to 100, not '0'."),
        ("/api/search?words=a&limit=1e3", 400, "limit must be a whole number"),
        ("/api/search?words=a&words=b", 400, "given twice"),
        ("/api/search?words=a&color=red", 400, "has no parameter 'color'"),
        ("/api/search?words=%00", 400, "words must be a text"),
        ("/api/compare?drugs=lenalidomide", 400, "drugs takes 2 to 3 names, not 1."),
        ("/api/paths?start=SALL4&end=leprosy&max_length=1", 404, "Allow more hops"),
        ("/api/paths?start=lenalidomide&end=thalidomide&directed=maybe", 400, "true or false"),
        ("/api/statements?predicate=cures", 400, "cures"),
        ("/api/nothing", 404, "Start at /."),
    ],
)
def test_what_is_wrong_is_told(client: httpx.Client, path: str, status: int, detail: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert detail in answer.json()["detail"]


def test_names_that_may_have_been_meant_are_data(client: httpx.Client) -> None:
    assert "lenalidomide" in client.get("/api/entities/lenalidomidd").json()["suggestions"]


def test_what_is_not_known_is_not_a_no(client: httpx.Client) -> None:
    told = client.get("/api/search", params={"words": "xylophone"}).json()
    assert (told["rows"], told["gaps"]) == ([], ["No name in the graph is like 'xylophone'; that is not a no."])


def test_searches_take_a_time_limit(kg: KnowledgeGraph) -> None:
    for name in SEARCHES:
        verb = VERBS[name]
        assert verb.ask(kg, verb.read(verb.example), timeout=60.0).limit in {None, verb.ask(kg, verb.read(verb.example)).limit}
