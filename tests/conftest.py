"""What tests share: the graph on each engine, and the material that lies beside the project."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import imidgraph
from imidgraph import KnowledgeGraph
from imidgraph.resources import RELEASE
from imidgraph.stores.rdflib import RdflibStore

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def kg() -> KnowledgeGraph:
    return imidgraph.load()


@pytest.fixture(scope="session")
def reference() -> RdflibStore:
    return RdflibStore.read(RELEASE)


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """Find a program; on CI a missing one fails the test, elsewhere it skips it."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None and os.environ.get("CI"):
            pytest.fail(f"{name} is missing on CI")
        if path is None:
            pytest.skip(f"{name} is not installed")
        return path

    return find
