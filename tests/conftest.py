"""What tests share: the graph on each engine, and the material that lies beside the project."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import imidgraph
from imidgraph import KnowledgeGraph
from imidgraph.resources import RELEASE
from imidgraph.stores.disk import build_store
from imidgraph.stores.oxigraph import OxigraphStore
from imidgraph.stores.rdflib import RdflibStore
from imidgraph.stores.upload import put_graph
from tests.servers import GRAPH, Served, comunica, virtuoso

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


@pytest.fixture(scope="session")
def virtuoso_address(program: Callable[[str], str]) -> Iterator[str]:
    with virtuoso(program("virtuoso-t")) as address:
        triples = list(OxigraphStore.read(RELEASE).triples())
        put_graph(f"{address}/sparql-graph-crud-auth", GRAPH, triples, ("dba", "dba"))
        yield address


@pytest.fixture(scope="session")
def on_virtuoso(virtuoso_address: str) -> KnowledgeGraph:
    return imidgraph.connect(f"{virtuoso_address}/sparql", GRAPH, timeout=60)


@pytest.fixture(scope="session")
def on_comunica(tmp_path_factory: pytest.TempPathFactory, program: Callable[[str], str]) -> Iterator[KnowledgeGraph]:
    name = os.environ.get("IMIDGRAPH_COMUNICA", "comunica-sparql-file-http")
    with comunica(program(name), tmp_path_factory.mktemp("comunica")) as address:
        yield imidgraph.connect(address, timeout=120)


@pytest.fixture(scope="session")
def on_served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    with Served(tmp_path_factory.mktemp("served")) as server:
        yield imidgraph.connect(f"{server.address}/sparql", timeout=60)


@pytest.fixture(scope="session")
def on_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    directory = tmp_path_factory.mktemp("disk")
    build_store([RELEASE], directory)
    with imidgraph.load(directory) as graph:
        yield graph
