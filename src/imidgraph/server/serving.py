"""What is served: the edition that a request is answered from, and the lane in which a lookup runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from anyio import to_thread
from starlette.requests import Request

from imidgraph.server.edition import Edition

Made = TypeVar("Made")


def edition_of(request: Request) -> Edition:
    """Give the edition that a request is answered from: the same one from its first byte to its last."""
    state = request.scope.setdefault("state", {})
    if "edition" not in state:
        state["edition"] = request.app.state.editions.current
    edition: Edition = state["edition"]
    return edition


async def in_lane(request: Request, make: Callable[[], Made]) -> Made:
    """Make what answers a request, in a thread that no one can stop: it holds its lane until its time is up."""
    edition = edition_of(request)
    client = request.client.host if request.client else ""
    lane = await edition.lanes.take(client)
    try:
        return await to_thread.run_sync(make)
    finally:
        edition.lanes.give(lane, client)
