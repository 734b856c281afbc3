"""What is served: the edition that a request is answered from."""

from __future__ import annotations

from starlette.requests import Request

from imidgraph.server.edition import Edition


def edition_of(request: Request) -> Edition:
    """Give the edition that a request is answered from: the same one from its first byte to its last."""
    state = request.scope.setdefault("state", {})
    if "edition" not in state:
        state["edition"] = request.app.state.editions.current
    edition: Edition = state["edition"]
    return edition
