"""The conversation in docs/agents.md: its calls, and the replies of the tools.

Write the replies again with: python -m tests.conversation
"""

from __future__ import annotations

import json
import re

import imidgraph
from imidgraph import KnowledgeGraph
from imidgraph.mcp.tools import TOOLS
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "agents.md"
TURN = re.compile(r"```json call\n(.*?)\n```\n\n```text\n(.*?)```", re.DOTALL)


def told(kg: KnowledgeGraph, call: str) -> str:
    """Make a call that stands in the page, and give the text of its reply."""
    asked = json.loads(call)
    return TOOLS[asked["name"]].call(kg, asked["arguments"]).text


def written(kg: KnowledgeGraph, page: str) -> str:
    """Write the replies of a page."""
    return TURN.sub(lambda turn: f"```json call\n{turn[1]}\n```\n\n```text\n{told(kg, turn[1])}\n```", page)


def main(kg: KnowledgeGraph) -> None:
    """Write the replies of the page."""
    PAGE.write_text(written(kg, PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(imidgraph.load())
