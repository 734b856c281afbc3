"""Exports as a whole: which format a name means, packing, determinism, and files written whole or not at all."""

from __future__ import annotations

import gzip
import os
import resource
import signal
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard

from imidgraph import ExportError, KnowledgeGraph, formats
from imidgraph.errors import EndpointError
from imidgraph.files import write_all, write_whole
from imidgraph.formats import FORMATS


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_writes_what_its_suffix_says(kg: KnowledgeGraph, tmp_path: Path, name: str) -> None:
    written = kg.write(tmp_path / f"imid.{name}")
    assert sorted(written.paths) == sorted(tmp_path.iterdir())
    assert all(path.stat().st_size for path in written.paths)
    assert ("Flattened" in written.note) == FORMATS[name].flat


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_graph_gives_the_same_bytes(kg: KnowledgeGraph, tmp_path: Path, name: str) -> None:
    paths = kg.write(tmp_path / f"a.{name}").paths
    first = [path.read_bytes() for path in paths]
    assert [path.read_bytes() for path in kg.write(tmp_path / f"b.{name}").paths] == first


@pytest.mark.parametrize("name", FORMATS)
def test_each_file_tells_the_version(kg: KnowledgeGraph, tmp_path: Path, name: str) -> None:
    assert kg.version
    for path in kg.write(tmp_path / f"imid.{name}", part=kg.part(only=["generations"])).paths:
        content = path.read_bytes()
        if name == "xlsx":
            with zipfile.ZipFile(path) as book:
                content = book.read("xl/sharedStrings.xml")
        assert kg.version.encode() in content, path


def test_the_longest_known_suffix_counts() -> None:
    assert formats.find("imid.neo4j.csv") == "neo4j.csv"
    assert formats.find("imid.v1.csv.gz") == "csv"
    assert formats.find("IMID.TTL") == "ttl"


def test_an_unknown_suffix_names_those_that_exist(kg: KnowledgeGraph, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"\.ttl, \.nt, .*\.jsonld"):
        kg.write(tmp_path / "imid.doc")
    assert list(tmp_path.iterdir()) == []


def test_a_suffix_packs(kg: KnowledgeGraph, tmp_path: Path) -> None:
    plain = kg.serialize("nt")
    kg.write(tmp_path / "imid.nt.gz")
    assert gzip.decompress((tmp_path / "imid.nt.gz").read_bytes()) == plain
    kg.write(tmp_path / "imid.nt.zst")
    with (tmp_path / "imid.nt.zst").open("rb") as file:
        assert zstandard.ZstdDecompressor().stream_reader(file).read() == plain
    assert {path.name for path in kg.write(tmp_path / "imid.csv.gz").paths} >= {"imid_nodes.csv.gz", "imid_edges.csv.gz"}
    assert gzip.decompress(kg.serialize("nt.gz")) == plain


def test_a_format_of_several_files_cannot_be_one_stream(kg: KnowledgeGraph) -> None:
    with pytest.raises(ExportError, match="several files"):
        kg.serialize("csv")


def test_a_failure_leaves_the_old_files(kg: KnowledgeGraph, tmp_path: Path) -> None:
    path = tmp_path / "imid.nt"
    path.write_text("old")
    folder = tmp_path / "folder.nt"
    folder.mkdir()
    for target in (folder, tmp_path / "absent" / "imid.nt", Path("/proc/imid.nt")):
        with pytest.raises(ExportError, match="cannot be written"):
            kg.write(target)
    other = tmp_path / "other.nt"
    for error in (EndpointError("http://localhost", "it is gone"), KeyboardInterrupt()):

        def broken(error: BaseException = error) -> Iterator[bytes]:
            yield b"new"
            raise error

        with pytest.raises(type(error)):
            write_all({other: [b"new"], path: broken()})
    assert path.read_text() == "old"
    assert sorted(item.name for item in tmp_path.iterdir()) == ["folder.nt", "imid.nt"]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "imid.nt"
    path.write_text("old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    previous = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(ExportError):
            write_whole(path, (b"x" * 10 for _ in range(100)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, previous)
    assert path.read_text() == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["imid.nt"]


@pytest.mark.parametrize("name", FORMATS)
def test_a_full_disk_is_one_line_for_every_format(tmp_path: Path, name: str) -> None:
    """No file may grow beyond 20 kB: neither the target nor what long work keeps in temporary files."""
    code = """
import resource, sys
import imidgraph
from pathlib import Path
kg = imidgraph.load()
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    kg.write(Path(sys.argv[1]))
except imidgraph.ExportError as error:
    print(error)
"""
    (tmp_path / "temporary").mkdir()
    (tmp_path / f"imid.{name}").write_text("old")
    environment = os.environ | {"TMPDIR": str(tmp_path / "temporary")}
    command = [sys.executable, "-c", code, str(tmp_path / f"imid.{name}")]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert "cannot be written" in done.stdout
    assert done.stdout.endswith(".\n")
    assert (tmp_path / f"imid.{name}").read_text() == "old"
    assert sorted(path.name for path in tmp_path.rglob("*")) == [f"imid.{name}", "temporary"]


def test_a_full_standard_output_is_one_line() -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "imidgraph.cli", "export", "-", "--format", "nt"]
        buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, env=buffered)
    assert done.returncode == 2
    assert done.stderr.startswith("error: standard output cannot be written: No space left")
    assert "Traceback" not in done.stderr


def test_a_pipe_is_written_into_and_a_link_followed(kg: KnowledgeGraph, tmp_path: Path) -> None:
    pipe, link, target = (tmp_path / name for name in ("pipe.nt", "link.nt", "target.nt"))
    os.mkfifo(pipe)
    with (tmp_path / "read.nt").open("wb") as read, subprocess.Popen(["cat", str(pipe)], stdout=read):
        kg.write(pipe)
    assert (tmp_path / "read.nt").read_bytes() == kg.serialize("nt")
    assert pipe.is_fifo(), "nothing took the place of the pipe"
    target.write_text("old")
    link.symlink_to(target)
    kg.write(link)
    assert link.is_symlink()
    assert target.read_bytes() == kg.serialize("nt")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_release_that_is_stopped_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "imidgraph.cli", "release", str(tmp_path / "new")]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        while not list(tmp_path.rglob("*.ttl")):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(number)
        process.communicate()
    assert process.returncode not in {0, None}
    assert list(tmp_path.iterdir()) == []


def test_a_kill_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "imid.nt"
    path.write_text("old")
    code = """
import itertools, sys
from pathlib import Path
from imidgraph.files import write_whole
def pieces():
    yield b"x" * 1_000_000
    print("writing", flush=True)
    yield from itertools.repeat(b"", )
write_whole(Path(sys.argv[1]), pieces())
"""
    process = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"writing\n"
    process.kill()
    process.communicate()
    assert path.read_text() == "old"


def test_a_file_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "imid.nt"
    write_whole(path, b"a")
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask
    path.chmod(0o600)
    write_whole(path, b"b")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes() == b"b"
