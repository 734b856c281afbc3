"""The prepared graph: what a command answers from is what a parse of the release answers, or it is not used."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import imidgraph
from imidgraph import prepared, resources
from imidgraph.errors import AmbiguousLabel, EntityNotFound
from imidgraph.stores.oxigraph import OxigraphStore


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache in which the release is prepared."""
    folder = tmp_path_factory.mktemp("cache") / "prepared"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(prepared.VARIABLE, str(folder))
        prepared.load_prepared().close()
    return folder


@pytest.fixture
def cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(prepared.VARIABLE, str(folder))
    return folder


def _is_parsed(monkeypatch: pytest.MonkeyPatch) -> bool:
    """Tell whether the release is parsed to load it."""
    read: list[Path] = []
    parse = OxigraphStore.read

    def seen(path: Path) -> OxigraphStore:
        read.append(path)
        return parse(path)

    with monkeypatch.context() as patch:
        patch.setattr(OxigraphStore, "read", seen)
        with prepared.load_prepared() as graph:
            assert graph.run("boxed-warnings", drug="Revlimid")
    return bool(read)


def test_it_answers_as_the_release_does(cache: Path, kg: imidgraph.KnowledgeGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not _is_parsed(monkeypatch)
    with prepared.load_prepared() as graph:
        assert len(graph) == len(kg)
        assert graph.version == kg.version
        assert str(graph.entity("Revlimid")) == str(kg.entity("Revlimid"))
        assert graph.explain("thalidomide", "birth defects").to_json() == kg.explain("thalidomide", "birth defects").to_json()
        assert graph.run("risks-by-drug").to_json() == kg.run("risks-by-drug").to_json()
        assert graph.query("ASK { imid:lenalidomide imid:degrades imid:IKZF1 }") is True


def test_each_name_means_the_same(cache: Path, kg: imidgraph.KnowledgeGraph) -> None:
    names = prepared.load_prepared().names

    def meant(graph_names: object, text: str) -> object:
        try:
            return graph_names.find(text)  # type: ignore[attr-defined]
        except AmbiguousLabel as error:
            return error.candidates
        except EntityNotFound as error:
            return error.suggestions

    texts = sorted({text for text, _, _ in kg.names.texts()})
    assert len(texts) > 2000
    wrong = [
        text
        for text in (*texts, *kg.names.by_iri(), "clots", "revlimd", "RxNorm 342369")
        if meant(names, text) != meant(kg.names, text)
    ]
    assert not wrong


def test_another_graph_is_never_taken_for_it(
    cache: Path, tmp_path: Path, kg: imidgraph.KnowledgeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = tmp_path / "imid.ttl"
    changed.write_text(
        resources.RELEASE.read_text(encoding="utf-8") + "\nimid:lenalidomide imid:brandName 'Changed'.\n", encoding="utf-8"
    )
    monkeypatch.setattr(prepared, "RELEASE", changed)
    with prepared.load_prepared() as graph:
        assert graph.entity("Changed").label == "lenalidomide"
        assert len(graph) == len(kg) + 1


@pytest.mark.parametrize("damaged", ["names.json", "*.sst"])
def test_what_is_damaged_is_not_used_and_prepared_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damaged: str) -> None:
    monkeypatch.setenv(prepared.VARIABLE, str(tmp_path))
    prepared.load_prepared().close()
    file = max(tmp_path.rglob(damaged), key=lambda path: path.stat().st_size)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    assert _is_parsed(monkeypatch)
    prepared.load_prepared().close()
    assert not _is_parsed(monkeypatch)


def test_it_is_not_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.touch()
    for value in ("", str(file), str(file / "below"), "/proc/none"):  # off, no folder, none that can be made
        monkeypatch.setenv(prepared.VARIABLE, value)
        assert _is_parsed(monkeypatch)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_a_folder_that_others_can_write_to_is_not_trusted(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    monkeypatch.setenv(prepared.VARIABLE, str(shared))
    assert _is_parsed(monkeypatch)
    assert not list(shared.iterdir())


def test_many_processes_may_prepare_it_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "imidgraph.cli", "status", "lenalidomide", "degrades", "IKZF1", "-f", "json"]
    environment = os.environ | {prepared.VARIABLE: str(tmp_path)}
    running = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) for _ in range(4)]
    answers = {process.communicate()[0] for process in running}
    assert [process.returncode for process in running] == [0] * 4
    assert len(answers) == 1
    assert len(list(tmp_path.iterdir())) == 1, "one prepared graph, and nothing half-made"


def test_what_nobody_used_for_long_is_removed(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(prepared.VARIABLE, str(tmp_path))
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    os.utime(tmp_path / "old", (0, 0))
    prepared.load_prepared().close()
    assert not (tmp_path / "old").exists()
    assert (tmp_path / "new").exists()
