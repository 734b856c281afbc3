"""What the examples in docstrings are given."""

from __future__ import annotations

from typing import Any

import pytest

import imidgraph


@pytest.fixture(scope="session", autouse=True)
def kg(doctest_namespace: dict[str, Any]) -> None:
    """Give examples the graph that ships with the package, as `kg`."""
    doctest_namespace["kg"] = imidgraph.load()
