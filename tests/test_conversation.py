"""The page for those who build agents: its conversation is what the tools give, its settings name commands that exist."""

from __future__ import annotations

import json
import re

from imidgraph import KnowledgeGraph
from imidgraph.cli import main
from imidgraph.mcp.prompts import PROMPTS
from imidgraph.mcp.replies import LARGEST, MOST_BYTES
from imidgraph.mcp.tools import SPARQL, TOOLS
from tests.conftest import ROOT
from tests.conversation import PAGE, TURN, written

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_conversation_is_what_the_tools_give(kg: KnowledgeGraph) -> None:
    assert len(TURN.findall(TEXT)) >= 3
    assert written(kg, TEXT) == TEXT


def test_what_the_assistant_says_stands_in_a_reply() -> None:
    replies = " ".join(reply for _, reply in TURN.findall(TEXT))
    answers = re.findall(r"\*\*The assistant answers:\*\* (.*?)\n\n", TEXT, re.DOTALL)
    assert len(answers) == 2
    for figure in re.findall(r"\d+(?:\.\d+)?(?= %)", " ".join(answers)):
        assert figure in replies
    for address in re.findall(r"\((https?://[^)]+)\)", " ".join(answers)):
        assert address in replies


def test_the_settings_start_what_there_is() -> None:
    for page in (TEXT, (ROOT / "README.md").read_text(encoding="utf-8")):
        found = [json.loads(text) for text in re.findall(r"```json\n(.*?)\n```", page, re.DOTALL)]
        assert len(found) >= 2
        for each in found:
            settings = next(iter(each.values()))["imidgraph"]
            assert settings.get("url", "").endswith("/mcp") or settings["args"][0] in main.commands


def test_the_page_names_all_that_there_is() -> None:
    for name in (*TOOLS, SPARQL.name, *PROMPTS):
        assert f"`{name}`" in TEXT
    assert f"{MOST_BYTES:,}" in TEXT
    assert f"{LARGEST:,}" in TEXT
