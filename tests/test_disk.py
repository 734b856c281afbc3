"""Disk stores: built beside the old one, whole whatever happens, and answering like the graph in memory."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard

import imidgraph
from imidgraph import ExportError, KnowledgeGraph, OntologyError
from imidgraph.resources import RELEASE
from imidgraph.stores import Results
from imidgraph.stores.disk import build_store

TRIPLE = "<https://example.org/a> <https://example.org/b> <https://example.org/{}> .\n"


@pytest.fixture(scope="module")
def disk_graph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    directory = tmp_path_factory.mktemp("disk")
    build_store([RELEASE], directory)
    with imidgraph.load(directory) as graph:
        yield graph


def test_the_whole_interface_works_on_disk(disk_graph: KnowledgeGraph, kg: KnowledgeGraph, tmp_path: Path) -> None:
    assert len(disk_graph) == len(kg)
    assert disk_graph.entity("Revlimid").risks == kg.entity("Revlimid").risks
    for name, query in kg.queries.items():
        assert disk_graph.run(name, **query.example).rows == kg.run(name, **query.example).rows
    assert str(disk_graph.compare("lenalidomide", "pomalidomide")) == str(kg.compare("lenalidomide", "pomalidomide"))
    assert disk_graph.write(tmp_path / "a.ttl").paths[0].read_bytes() == kg.serialize("ttl")
    free = disk_graph.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert isinstance(free, Results)
    assert free.rows == [(len(kg),)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.ttl", TRIPLE.format("c")),
        ("a.nt", TRIPLE.format("c")),
        ("a.nq", TRIPLE.format("c")),
        ("a.trig", TRIPLE.format("c")),
        ("a.jsonld", '{"@id": "https://example.org/a", "https://example.org/b": {"@id": "https://example.org/c"}}'),
        (
            "a.rdf",
            '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="https://example.org/">'
            '<r:Description r:about="https://example.org/a"><e:b r:resource="https://example.org/c"/></r:Description></r:RDF>',
        ),
    ],
)
@pytest.mark.parametrize("packed", ["", ".gz", ".zst"])
def test_each_format_loads_packed_or_not(tmp_path: Path, name: str, content: str, packed: str) -> None:
    data = content.encode()
    path = tmp_path / (name + packed)
    path.write_bytes({"": bytes, ".gz": gzip.compress, ".zst": zstandard.compress}[packed](data))
    read: list[int] = []
    assert build_store([path], tmp_path / "store", read.append) == 1
    assert sum(read) == path.stat().st_size
    with imidgraph.load(tmp_path / "store") as graph:
        assert graph.ask("ASK { <https://example.org/a> <https://example.org/b> <https://example.org/c> }")


def test_a_new_build_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    path, store = tmp_path / "a.nt", tmp_path / "store"
    path.write_text(TRIPLE.format("c"))
    build_store([path], store)
    path.write_text(TRIPLE.format("d") + TRIPLE.format("e"))
    opened = imidgraph.load(store)
    assert build_store([path], store) == 2
    assert len(opened) == 1, "who has it open keeps what he opened"
    assert len(imidgraph.load(store)) == 2
    assert len(list(store.glob("store-*"))) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("broken.nt", b"<a:a> <a:b> <a:c>"),
        ("broken.nt.gz", gzip.compress(TRIPLE.format("c").encode(), mtime=0)[:-12]),
        ("not.nt.gz", b"no gzip"),
        ("not.nt.zst", b"no zstandard"),
        ("cut.nt.zst", zstandard.compress(b"".join(TRIPLE.format(n).encode() for n in range(30_000)))[: 1 << 14]),
        ("cut-at-a-line.nt.zst", zstandard.compress(TRIPLE.format("c").encode())[:-3]),
        ("huge.nt", b'<a:a> <a:b> "' + b"c" * (1 << 25) + b'" .'),
        ("unknown.doc", b""),
    ],
)
def test_a_bad_file_leaves_the_old_store(tmp_path: Path, name: str, content: bytes) -> None:
    good, store = tmp_path / "a.nt", tmp_path / "store"
    good.write_text(TRIPLE.format("c"))
    build_store([good], store)
    bad = tmp_path / name
    bad.write_bytes(content)
    for paths in ([good, bad], [tmp_path / "absent.nt"]):
        with pytest.raises(OntologyError, match=r"\.$"):
            build_store(paths, store)
    assert len(imidgraph.load(store)) == 1
    assert len(list(store.glob("store-*"))) == 1


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(ExportError, match="not empty"):
        build_store([RELEASE], tmp_path)
    with pytest.raises(OntologyError, match="not a store"):
        imidgraph.load(tmp_path)
    (tmp_path / "CURRENT").write_text("../../etc")
    with pytest.raises(OntologyError, match="damaged"):
        imidgraph.load(tmp_path)


def test_a_kill_at_any_moment_leaves_the_old_store(tmp_path: Path) -> None:
    old, new, store = tmp_path / "old.nt", tmp_path / "new.nt", tmp_path / "store"
    old.write_text(TRIPLE.format("c"))
    build_store([old], store)
    new.write_text("".join(TRIPLE.format(number) for number in range(200_000)))
    command = [
        sys.executable,
        "-c",
        f"from imidgraph.stores.disk import *; build_store([Path({str(new)!r})], Path({str(store)!r}))",
    ]
    for wait in (0.15, 0.3, 0.5, 0.8):
        process = subprocess.Popen(command)
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert len(imidgraph.load(store)) in {1, 200_000}
    assert build_store([old], store) == 1
    assert len(list(store.glob("store-*"))) == 1, "what a killed build left is cleared away"


def test_a_full_disk_leaves_the_old_store(tmp_path: Path) -> None:
    old, new, store = tmp_path / "old.nt", tmp_path / "new.nt", tmp_path / "store"
    old.write_text(TRIPLE.format("c"))
    build_store([old], store)
    new.write_text("".join(TRIPLE.format(number) for number in range(50_000)))
    code = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000));"
        f"from imidgraph.stores.disk import *; build_store([Path({str(new)!r})], Path({str(store)!r}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ))
    assert done.returncode != 0
    assert len(imidgraph.load(store)) == 1


def test_two_builds_at_once_leave_a_whole_store(tmp_path: Path) -> None:
    """The one that ends first must not clear away what the other is building."""
    small, large, store = tmp_path / "small.nt", tmp_path / "large.nt", tmp_path / "store"
    small.write_text(TRIPLE.format("c"))
    large.write_text("".join(TRIPLE.format(number) for number in range(300_000)))
    code = f"from imidgraph.stores.disk import *; build_store([Path({str(large)!r})], Path({str(store)!r}))"
    process = subprocess.Popen([sys.executable, "-c", code])
    deadline = time.monotonic() + 30
    while not any(store.glob("store-*/LOCK")):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert build_store([small], store) == 1, "it waits for its turn"
    assert process.wait(60) == 0
    assert len(imidgraph.load(store)) == 1
    assert len(list(store.glob("store-*"))) == 1


def test_two_loaders_lose_nothing(tmp_path: Path) -> None:
    path, store = tmp_path / "a.nt", tmp_path / "store"
    path.write_text(TRIPLE.format("c"))
    code = f"from imidgraph.stores.disk import *; [build_store([Path({str(path)!r})], Path({str(store)!r})) for _ in range(20)]"
    loaders = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
    assert [loader.wait(120) for loader in loaders] == [0, 0]
    assert len(imidgraph.load(store)) == 1


def test_who_may_read_the_folder_may_read_the_store(tmp_path: Path) -> None:
    path, store = tmp_path / "a.nt", tmp_path / "store"
    path.write_text(TRIPLE.format("c"))
    before = os.umask(0o022)
    try:
        build_store([path], store)
    finally:
        os.umask(before)
    (built,) = store.glob("store-*")
    assert built.stat().st_mode & 0o777 == 0o755
    assert {file.stat().st_mode & 0o777 for file in built.iterdir()} == {0o644}


@pytest.mark.parametrize("harm", ["flip", "cut", "lose"])
def test_a_damaged_store_says_so(tmp_path: Path, harm: str) -> None:
    build_store([RELEASE], tmp_path / "store")
    (built,) = (tmp_path / "store").glob("store-*")
    largest = max(built.glob("*.sst"), key=lambda file: file.stat().st_size)
    content = bytearray(largest.read_bytes())
    if harm == "flip":
        content[len(content) // 2] ^= 1
        largest.write_bytes(content)
    elif harm == "cut":
        largest.write_bytes(content[:-100])
    else:
        largest.unlink()
    with pytest.raises(OntologyError, match="damaged"):
        imidgraph.load(tmp_path / "store")


def test_a_store_that_is_replaced_while_it_is_opened_is_opened_all_the_same(tmp_path: Path) -> None:
    path, store = tmp_path / "a.nt", tmp_path / "store"
    path.write_text(TRIPLE.format("c"))
    build_store([path], store)
    code = f"from imidgraph.stores.disk import *; [build_store([Path({str(path)!r})], Path({str(store)!r})) for _ in range(40)]"
    process = subprocess.Popen([sys.executable, "-c", code])
    while process.poll() is None:
        assert len(imidgraph.load(store)) == 1
    assert process.returncode == 0
