from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse
from rdflib.compare import isomorphic

from imidgraph import ExportError, KnowledgeGraph
from imidgraph.export import FORMATS, writer
from imidgraph.files import write_whole

RDFLIB = {"ttl": "turtle", "nt": "nt", "jsonld": "json-ld"}
IRIS = st.builds(lambda name: NamedNode("https://example.org/" + name), st.text("abcXYZ09", min_size=1))
TEXTS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"))
LITERALS = st.one_of(
    st.builds(Literal, TEXTS),
    st.builds(lambda text: Literal(text, language="en"), TEXTS),
    st.builds(lambda number: Literal(str(number), datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer")), st.integers()),
    st.builds(Literal, st.booleans()),
)
GRAPHS = st.lists(st.builds(Triple, IRIS, IRIS, st.one_of(IRIS, LITERALS)), max_size=12)


@pytest.mark.parametrize("suffix", FORMATS)
def test_what_is_written_reads_back(kg: KnowledgeGraph, tmp_path: Path, suffix: str, reference: object) -> None:
    path = kg.write(tmp_path / f"imid.{suffix}")
    read = rdflib.Graph().parse(path, format=RDFLIB[suffix])
    assert set(read) == set(reference.graph)  # type: ignore[attr-defined]


@pytest.mark.parametrize("suffix", FORMATS)
@given(triples=GRAPHS)
def test_any_graph_reads_back_and_order_does_not_matter(suffix: str, triples: list[Triple]) -> None:
    written = writer(suffix)(triples)
    assert writer(suffix)(reversed(triples)) == written
    own = rdflib.Graph().parse(data=writer("nt")(triples), format="nt")
    assert isomorphic(rdflib.Graph().parse(data=written, format=RDFLIB[suffix]), own)
    if suffix != "jsonld":
        format = RdfFormat.TURTLE if suffix == "ttl" else RdfFormat.N_TRIPLES
        assert {quad.triple for quad in parse(written, format=format)} == set(triples)


def test_an_unknown_suffix_names_those_that_exist(kg: KnowledgeGraph, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"\.jsonld, \.nt, \.ttl"):
        kg.write(tmp_path / "imid.doc")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_the_old_file(kg: KnowledgeGraph, tmp_path: Path) -> None:
    path = tmp_path / "imid.nt"
    path.write_text("old")
    folder = tmp_path / "folder.nt"
    folder.mkdir()
    for target in (folder, tmp_path / "absent" / "imid.nt", Path("/proc/imid.nt")):
        with pytest.raises(ExportError, match="cannot be written"):
            kg.write(target)
    assert path.read_text() == "old"
    assert sorted(item.name for item in tmp_path.iterdir()) == ["folder.nt", "imid.nt"]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import resource

    path = tmp_path / "imid.nt"
    path.write_text("old")
    import signal

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    previous = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(ExportError):
            write_whole(path, b"x" * 1000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, previous)
    assert path.read_text() == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["imid.nt"]


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
