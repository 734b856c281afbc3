"""The tools for agents over HTTP: the same answers as over standard streams, to those who may ask."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from mcp.client.client import Client

from imidgraph import KnowledgeGraph
from imidgraph.mcp.tools import MOST_ROWS, SPARQL, TOOLS
from tests.agents import search_at_once
from tests.servers import Served

ACCEPT = {"Accept": "application/json, text/event-stream"}
PING = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("agents"), "--workers", "2", "--cors", "https://friend.example") as server:
        yield server


def asked(served: Served, work: Callable[[Client], Any]) -> Any:
    async def run() -> Any:
        async with Client(f"{served.address}/mcp") as client:
            return await work(client)

    return anyio.run(run)


def posted(served: Served, **headers: str) -> httpx.Response:
    return httpx.post(f"{served.address}/mcp", json=PING, headers=ACCEPT | headers, timeout=30)


def test_the_answers_are_those_of_the_tools(kg: KnowledgeGraph, served: Served) -> None:
    async def work(client: Client) -> list[Any]:
        listed = await client.list_tools()
        assert [tool.name for tool in listed.tools] == list(TOOLS)
        return [await client.call_tool("get", {"name": "Revlimid"}), await client.call_tool("get", {"name": "revlimit"})]

    found, missing = asked(served, work)
    assert found.structured_content == TOOLS["get"].call(kg, {"name": "Revlimid"}).data
    assert missing.is_error
    assert "Not in the graph does not mean no." in missing.content[0].text


def test_free_queries_only_where_they_are_switched_on(served: Served, kg: KnowledgeGraph, tmp_path: Path) -> None:
    query = "SELECT ?drug { ?drug imid:degrades imid:CSNK1A1 } ORDER BY ?drug"

    async def refused(client: Client) -> Any:
        return await client.call_tool("sparql", {"query": query})

    assert asked(served, refused).is_error

    async def work(client: Client) -> dict[str, Any]:
        texts = {
            "select": query,
            "ask": "ASK { imid:lenalidomide imid:degrades imid:IKZF1 }",
            "construct": "CONSTRUCT WHERE { imid:lenalidomide imid:degrades imid:IKZF1 }",
            "many": "SELECT ?s { ?s ?p ?o }",
            "service": "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
            "endless": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
            "wrong": "SELECT",
        }
        listed = await client.list_tools()
        assert [tool.name for tool in listed.tools] == [*TOOLS, "sparql"]
        found: dict[str, Any] = {}

        async def one(name: str, text: str) -> None:
            found[name] = await client.call_tool("sparql", {"query": text})

        endless = texts.pop("endless")
        for name, text in texts.items():
            found[name] = await client.call_tool("sparql", {"query": text})
        async with anyio.create_task_group() as group:  # the lookup does not wait for it
            group.start_soon(one, "endless", endless)
            found["lookup"] = await client.call_tool("status", {"subject": "CC-5013", "predicate": "degrades", "object": "IKZF1"})
            assert "endless" not in found
        return found

    with Served(tmp_path, "--agent-sparql", "--timeout", "5", "--workers", "2") as server:
        found = asked(server, work)
    assert found["select"].structured_content == SPARQL.call(kg, {"query": query}).data
    assert found["ask"].structured_content["items"] == [{"answer": True}]
    assert found["construct"].structured_content["total"] == 1
    assert found["many"].structured_content["total"] == MOST_ROWS
    assert any("cut at" in gap for gap in found["many"].structured_content["gaps"])
    assert "supported" in found["lookup"].content[0].text
    for name, said in (("service", "SERVICE"), ("endless", "5 seconds"), ("wrong", "not valid SPARQL")):
        assert found[name].is_error
        assert said in found[name].content[0].text


def test_there_are_no_sessions(served: Served) -> None:
    answer = posted(served)
    assert answer.status_code == 200
    assert "mcp-session-id" not in answer.headers
    assert answer.headers["content-type"] == "application/json"
    assert [tool["name"] for tool in answer.json()["result"]["tools"]] == list(TOOLS)
    for method in ("GET", "DELETE"):
        refused = httpx.request(method, f"{served.address}/mcp", headers=ACCEPT)
        assert refused.status_code == 405
        assert "POST" in refused.headers["allow"]


def test_hosts_and_origins_are_checked(served: Served) -> None:
    assert posted(served, Host="evil.example").status_code == 421
    refused = posted(served, Origin="https://evil.example")
    assert refused.status_code == 403
    assert "--cors" in refused.json()["detail"]
    assert posted(served, Origin="null").status_code == 403
    for origin in (served.address, "https://friend.example"):
        assert posted(served, Origin=origin).status_code == 200


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"{", 400), (b"[]", 400), (b'{"jsonrpc": "2.0"}', 400), (b" " * (1 << 21), 413), (b"[" * 100_000, 400)],
)
def test_what_is_no_message_is_refused(served: Served, content: bytes, status: int) -> None:
    answer = httpx.post(f"{served.address}/mcp", content=content, headers=ACCEPT | {"Content-Type": "application/json"})
    assert answer.status_code == status


def test_a_request_for_news_is_answered_and_holds_nothing_up(served: Served) -> None:
    envelope = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}
    message = PING | {"method": "subscriptions/listen", "params": {"_meta": envelope, "notifications": {}}}
    headers = {"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "subscriptions/listen"}
    answer = httpx.post(f"{served.address}/mcp", json=message, headers=ACCEPT | headers, timeout=10)
    assert answer.json()["error"]["code"] == -32601
    assert httpx.get(f"{served.address}/health", timeout=10).status_code == 200


def test_many_agents_at_once(served: Served) -> None:
    found = asked(served, search_at_once)
    assert len(found) == 200
    assert len({result.content[0].text for result in found}) == 1


def test_clients_that_leave_free_their_lanes(served: Served) -> None:
    for place in range(20):
        arguments = {"start": "pomalidomide", "end": "multiple myeloma", "max_bytes": 8000 + place}
        message = PING | {"method": "tools/call", "params": {"name": "explain", "arguments": arguments}}
        body = json.dumps(message).encode()
        head = f"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {ACCEPT['Accept']}\r\nContent-Type: application/json\r\n"
        with socket.create_connection(("127.0.0.1", served.port)) as client:
            client.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    answer = httpx.post(f"{served.address}/mcp", json=message, headers=ACCEPT, timeout=60)
    assert not answer.json()["result"].get("isError")


def test_without_the_sdk_the_rest_of_the_server_answers(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("bare")
    (folder / "mcp_types.py").write_text("raise ImportError('No module named mcp_types')\n")
    monkeypatch.setenv("PYTHONPATH", f"{folder}:{':'.join(path for path in sys.path if path.endswith('src'))}")
    with Served(folder) as server:
        refused = posted(server)
        assert refused.status_code == 501
        assert "pip install 'imidgraph[mcp]'" in json.loads(refused.content)["detail"]
        assert httpx.get(f"{server.address}/api/search?words=Revlimid").status_code == 200
