"""Conformance: the protocol's own suite against both transports, and two clients of another make.

What does not pass is listed in tests/conformance/, by the name of the check; the suite fails where one of these passes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from imidgraph import KnowledgeGraph
from imidgraph.mcp.tools import TOOLS
from tests.bridge import bridge
from tests.conftest import ROOT, need
from tests.servers import Served

pytestmark = pytest.mark.needs("IMIDGRAPH_NODE", "node_modules/@modelcontextprotocol/conformance")
REVISIONS = ("2025-11-25", "2026-07-28")
WAYS = ("http", "stdio")
CLIENT = """
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
const given = JSON.parse(process.env.GIVEN);
const transport = given.url
  ? new StreamableHTTPClientTransport(new URL(given.url))
  : new StdioClientTransport({ command: given.command[0], args: given.command.slice(1), env: process.env });
const client = new Client({ name: "test", version: "1" });
await client.connect(transport);
const { tools } = await client.listTools();
const found = await client.callTool({ name: "get", arguments: { name: "Revlimid" } });
const card = await client.readResource({ uri: "imidgraph://entities/Revlimid" });
const prompt = await client.getPrompt({ name: "what_to_watch_for", arguments: { drug: "Revlimid" } });
console.log(JSON.stringify({ tools, found, card, prompt, instructions: client.getInstructions() }));
await client.close();
"""


@contextmanager
def served(way: str, folder: Path) -> Iterator[str]:
    """Serve on a transport: one connection serves one era of the protocol."""
    if way == "stdio":
        with bridge() as address:
            yield address
    else:
        with Served(folder) as server:
            yield f"{server.address}/mcp"


@pytest.mark.parametrize("revision", REVISIONS)
@pytest.mark.parametrize("way", WAYS)
def test_the_suite_passes(way: str, revision: str, tmp_path: Path) -> None:
    known = yaml.safe_load((ROOT / "tests" / "conformance" / f"{revision}.yaml").read_text(encoding="utf-8"))
    expected = tmp_path / "expected.yaml"
    expected.write_text(yaml.safe_dump({"server": [*known["both"], *known[way]]}))
    suite = need("node_modules/@modelcontextprotocol/conformance") / "dist/index.js"
    options = ["--requirements", revision, "--expected-failures", expected, "--output-dir", tmp_path / "results"]
    with served(way, tmp_path) as address:
        command = [need("IMIDGRAPH_NODE"), suite, "server", "--url", address, *options]
        found = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert found.returncode == 0, found.stdout.partition("=== SUMMARY")[2]


@pytest.mark.parametrize("way", WAYS)
def test_a_client_of_the_typescript_sdk(kg: KnowledgeGraph, way: str, tmp_path: Path) -> None:
    if way == "stdio":
        found = _asked({"command": [sys.executable, "-m", "imidgraph.cli", "mcp"]})
    else:
        with Served(tmp_path) as server:
            found = _asked({"url": f"{server.address}/mcp"})
    assert [tool["name"] for tool in found["tools"]] == list(TOOLS)
    assert found["found"]["structuredContent"] == TOOLS["get"].call(kg, {"name": "Revlimid"}).data
    assert found["card"]["contents"][0]["text"] == kg.entity("Revlimid").markdown()
    assert "Revlimid" in found["prompt"]["messages"][0]["content"]["text"]
    assert "cite it" in found["instructions"]


@pytest.mark.parametrize("way", WAYS)
def test_the_inspector_on_the_command_line(kg: KnowledgeGraph, way: str, tmp_path: Path) -> None:
    inspector = need("node_modules/@modelcontextprotocol/inspector") / "clients/launcher/build/index.js"
    given = {"subject": "Revlimid", "predicate": "approvedFor", "object": "CLL"}

    def inspect(*server: str) -> None:
        command: list[Any] = [need("IMIDGRAPH_NODE"), inspector, "--cli", *server, "--method"]
        asked = ["tools/call", "--tool-name", "status", *(f"--tool-arg={name}={value}" for name, value in given.items())]
        for question, answers in ((["tools/list", "--strict"], "tools"), (asked, "content")):
            home = os.environ | {"HOME": str(tmp_path)}
            found = subprocess.run([*command, *question], capture_output=True, text=True, env=home, timeout=120)
            assert found.returncode == 0, found.stderr
            told.append(json.loads(found.stdout)[answers])

    told: list[Any] = []
    if way == "stdio":
        inspect("-e", f"PYTHONPATH={ROOT / 'src'}", sys.executable, "-m", "imidgraph.cli", "mcp")
    else:
        with Served(tmp_path) as server:
            inspect(f"{server.address}/mcp", "--transport", "http")
    tools, content = told
    assert [tool["name"] for tool in tools] == list(TOOLS)
    assert content[0]["text"] == TOOLS["status"].call(kg, given).text


def _asked(given: dict[str, Any]) -> Any:
    folder = need("node_modules/@modelcontextprotocol/sdk").parents[2]
    command = [need("IMIDGRAPH_NODE"), "--input-type=module", "--eval", CLIENT]
    environment = os.environ | {"GIVEN": json.dumps(given)}
    found = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment, timeout=120)
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)
