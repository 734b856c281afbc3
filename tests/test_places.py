"""Places to run: systems without Linux's limits, odd streams, odd names, forks and terminals."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest

import imidgraph
from imidgraph import ExportError
from imidgraph.resources import RELEASE
from imidgraph.workers import worker as worker_module
from imidgraph.workers.worker import WorkerStore

ALPHA = "SELECT ('\u03b1' AS ?x) {}"
COMMANDS = [
    ["sparql", ALPHA],
    ["search", "TNF alpha"],
    ["show", "TNF"],
    ["queries", "list"],
    ["show", "revlimid", "-f", "markdown"],
]


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "imidgraph.cli", *arguments]
    return subprocess.run(command, capture_output=True, timeout=120, **options)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: arguments[0])
def test_any_letter_is_written_in_any_encoding(arguments: list[str]) -> None:
    done = run(*arguments, env=os.environ | {"PYTHONIOENCODING": "cp1252"})
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert done.stdout.decode("utf-8")
    if arguments[0] == "sparql":
        assert done.stdout.decode("utf-8").splitlines() == ["x", "\u03b1"]


@pytest.mark.parametrize("closed", ["1>&-", "2>&-", "1>&- 2>&-", "0<&-"])
@pytest.mark.parametrize("arguments", ["show revlimid", "queries list", "export - --format nt", "export a.nt", "nothing"])
def test_closed_streams_are_no_traceback(tmp_path: Path, arguments: str, closed: str) -> None:
    command = f"exec {sys.executable} -m imidgraph.cli {arguments} {closed}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert "Traceback" not in done.stderr
    assert done.returncode in ({0} if arguments == "export a.nt" else {0, 1, 2})
    if arguments == "export a.nt":
        assert (tmp_path / "a.nt").stat().st_size > 1_000_000


LIMITS = {
    "no /proc": "from pathlib import Path; Path.read_text = lambda *a, **k: (_ for _ in ()).throw(FileNotFoundError()); ",
    "no resource": "import sys; sys.modules['resource'] = None; ",
    "refused limits": "import resource; resource.setrlimit = lambda *a: (_ for _ in ()).throw(ValueError('no')); ",
}


@pytest.mark.parametrize("place", LIMITS)
def test_free_queries_are_answered_where_the_limits_of_linux_are_missing(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on macOS, which has no /proc and no limit of memory, and on Windows, which has no resource: simulated."""
    monkeypatch.setattr(worker_module, "_COMMAND", LIMITS[place] + worker_module._COMMAND)
    with WorkerStore(RELEASE) as store:
        assert store.query("ASK { imid:lenalidomide imid:degrades imid:IKZF1 }") is True
        with pytest.raises(imidgraph.QueryTimeout):
            store.query("SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", timeout=0.5)
        with pytest.raises(imidgraph.QueryError):
            store.query("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")


@pytest.mark.parametrize("suffix", ["kgx.tsv", "csv", "graphml"])
def test_an_export_needs_nothing_that_only_posix_has(
    suffix: str, tmp_path: Path, kg: imidgraph.KnowledgeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("pread", "pwrite", "fork", "getuid", "killpg"):
        monkeypatch.delattr(os, name, raising=False)
    assert all(path.stat().st_size for path in kg.write(tmp_path / f"graph.{suffix}", part=kg.part(only=["generations"])).paths)


def test_a_fork_of_a_busy_process_asks_with_a_worker_of_its_own() -> None:
    """The lock that another thread held in the moment of the fork is not held for ever in the child."""
    with WorkerStore(RELEASE) as store:
        assert store.query("ASK {}") is True

        def keep_busy() -> None:
            with pytest.raises(imidgraph.QueryTimeout):
                store.query(SLOW, 2)

        busy = threading.Thread(target=keep_busy)
        busy.start()
        child = os.fork()
        if child == 0:
            answer = store.query("ASK {}", timeout=20)
            store.close()
            os._exit(0 if answer is True else 1)
        assert os.waitpid(child, 0)[1] == 0
        busy.join()
        assert store.query("ASK {}") is True, "the parent's worker is its own"


SLOW = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def test_a_name_may_be_as_long_as_the_system_lets_it(tmp_path: Path, kg: imidgraph.KnowledgeGraph) -> None:
    path = tmp_path / ("a" * 244 + ".nt")
    kg.write(path)
    assert path.stat().st_size > 1_000_000
    with pytest.raises(ExportError, match="too long"):
        kg.write(tmp_path / ("a" * 300 + ".nt"))


def test_links_that_lead_nowhere_are_one_clear_error(tmp_path: Path, kg: imidgraph.KnowledgeGraph) -> None:
    loop = tmp_path / "loop.nt"
    loop.symlink_to(loop)
    with pytest.raises(ExportError, match="cannot be written"):
        kg.write(loop)


def test_a_pipe_that_nobody_reads_is_not_waited_for(
    tmp_path: Path, kg: imidgraph.KnowledgeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imidgraph.files._PATIENCE", 0.2)
    pipe = tmp_path / "pipe.nt"
    os.mkfifo(pipe)
    with pytest.raises(ExportError, match="cannot be written"):
        kg.write(pipe)


def test_a_pipe_that_somebody_reads_is_written(tmp_path: Path, kg: imidgraph.KnowledgeGraph) -> None:
    pipe = tmp_path / "pipe.nt"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    kg.write(pipe)
    reader.join()
    assert read == [kg.serialize("nt")]


ESCAPE = "SELECT ('a\\u001b]0;pwned\\u0007\\u202eb' AS ?x) {}"


@pytest.mark.parametrize("format", ["table", "tsv", "csv", "json", "markdown"])
def test_a_terminal_shows_control_signs_and_does_not_obey_them(format: str) -> None:
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "imidgraph.cli", "sparql", ESCAPE, "--format", format], stdout=child, stderr=child, stdin=child
    )
    os.close(child)
    written = b""
    while True:
        try:
            part = os.read(parent, 1 << 16)
        except OSError:
            break
        if not part:
            break
        written += part
    os.close(parent)
    assert process.wait(60) == 0
    assert b"\x1b]0;" not in written
    assert b"\x07" not in written
    assert "\u202e".encode() not in written
    assert b"pwned" in written


def test_an_error_shows_control_signs_too() -> None:
    done = run("show", "a\x1b[31mb")
    assert b"\x1b[31m" not in done.stderr


@pytest.mark.parametrize("from_file", [True, False])
def test_a_byte_order_mark_is_no_part_of_a_query(tmp_path: Path, from_file: bool) -> None:
    (tmp_path / "a.rq").write_text("\ufeffASK {}", encoding="utf-8")
    result = run("sparql", "--file", str(tmp_path / "a.rq") if from_file else "-", input="\ufeffASK {}".encode())
    assert (result.returncode, result.stdout.strip()) == (0, b"true")


def test_an_archive_is_one_clear_line(tmp_path: Path) -> None:
    package = Path(imidgraph.__file__).parent
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for path in package.rglob("*.py"):
            archive.write(path, path.relative_to(package.parent))
    code = "import imidgraph; imidgraph.load()"
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "a.zip")}
    run = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert run.stderr.splitlines()[-1].endswith("is inside an archive. Install it, or unpack that.")
