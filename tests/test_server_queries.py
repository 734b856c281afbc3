"""The named queries over HTTP."""

from __future__ import annotations

import httpx

from imidgraph import KnowledgeGraph
from imidgraph.namespaces import IMID
from imidgraph.stores import Results


def test_each_named_query_answers_as_in_python(client: httpx.Client, kg: KnowledgeGraph) -> None:
    listed = {item["name"]: item for item in client.get("/queries").json()}
    assert set(listed) == set(kg.queries)
    for name, query in kg.queries.items():
        assert listed[name]["summary"] == query.summary
        answer = client.get(f"/queries/{name}", params={key: str(value) for key, value in query.example.items()})
        assert answer.status_code == 200, (name, answer.text)
        assert "not medical advice" in answer.headers["x-notice"]
        assert Results.from_json(answer.content).rows == kg.run(name, **query.example).rows


def test_the_parameters_of_named_queries(client: httpx.Client) -> None:
    by_any_name = [
        client.get("/queries/boxed-warnings", params={"drug": name}).content
        for name in ("Revlimid", "lenalidomide", "imid:lenalidomide", "CC-5013", IMID + "lenalidomide")
    ]
    assert len(set(by_any_name)) == 1
    assert b"embryo-fetal" in by_any_name[0]
    cases = {
        "/queries/boxed-warnings?color=red": (400, "It takes: drug"),
        "/queries/boxed-warnings?drug=Revlimid&drug=Thalomid": (400, "given twice"),
        "/queries/boxed-warnings?drug=lenalidomidd": (400, "Did you mean"),
        "/queries/boxed-warning": (404, "Did you mean"),
        "/queries/boxed-warnings?drug=%FF": (400, "URL-encoded"),
        "/queries/approvals-in-year?year=long%20ago": (400, "whole number"),
        "/queries/approvals-in-year?year=" + "9" * 5000: (400, "whole number"),
        "/queries/boxed-warnings?drug=%3Chttp://a%3E%20%7D%20%23": (400, "No entity"),
    }
    for path, (status, message) in cases.items():
        answer = client.get(path)
        assert (answer.status_code, message in answer.text) == (status, True), (path, answer.status_code, answer.text)
