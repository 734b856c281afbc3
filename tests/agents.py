"""What the tests of the tools for agents ask on each transport."""

from __future__ import annotations

from typing import Any

import anyio
from mcp.client.client import Client


async def search_at_once(client: Client, times: int = 200) -> list[Any]:
    """Call one tool many times at once."""
    found: list[Any] = []

    async def one() -> None:
        found.append(await client.call_tool("search", {"words": "blood clots"}))

    async with anyio.create_task_group() as group:
        for _ in range(times):
            group.start_soon(one)
    return found
