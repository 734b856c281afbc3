"""Releases: every format, sums that hold, a description that names each file, and a report of what changed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse, serialize

from imidgraph import ExportError, KnowledgeGraph
from imidgraph.cli import main
from imidgraph.formats import FORMATS
from imidgraph.formats.projection import Projection
from imidgraph.namespaces import IMID, PREFIXES
from imidgraph.release.changes import changes
from imidgraph.release.publish import write_release
from imidgraph.resources import RELEASE
from tests.conftest import need

LABEL = NamedNode(PREFIXES["rdfs"] + "label")


@pytest.fixture(scope="module")
def edited(kg: KnowledgeGraph) -> Projection:
    """A version that lost lenalidomide's degradation of CSNK1A1, gained an entity and renamed another."""
    store = Store()
    store.extend(Quad(*triple) for triple in kg.triples())
    lost = [f"{IMID}{edge.id.removeprefix('imid:')}" for edge in kg.projection.edges() if _degrades(edge)]
    for quad in list(store):
        if quad.subject.value in lost or (quad.subject, quad.predicate.value, quad.object) == (
            NamedNode(IMID + "lenalidomide"),
            IMID + "degrades",
            NamedNode(IMID + "CSNK1A1"),
        ):
            store.remove(quad)
    for name in lost:
        store.add(Quad(NamedNode(name), NamedNode(PREFIXES["owl"] + "deprecated"), Literal("true")))
        store.add(Quad(NamedNode(name), NamedNode(PREFIXES["dcterms"] + "isReplacedBy"), NamedNode(IMID + "a-successor")))
    store.add(Quad(NamedNode(IMID + "novelide"), LABEL, Literal("novelide", language="en")))
    for quad in list(store.quads_for_pattern(NamedNode(IMID + "thalidomide"), LABEL, None)):
        store.remove(quad)
        store.add(Quad(quad.subject, LABEL, Literal("(RS)-thalidomide", language="en")))
    for quad in list(store.quads_for_pattern(None, NamedNode(PREFIXES["owl"] + "versionInfo"), None)):
        store.remove(quad)
        store.add(Quad(quad.subject, quad.predicate, Literal("9.0.0")))
    return Projection(store)


def _degrades(edge: object) -> bool:
    return (edge.subject, edge.predicate, edge.object) == ("imid:lenalidomide", "imid:degrades", "imid:CSNK1A1")  # type: ignore[attr-defined]


def test_changes_name_the_facts(kg: KnowledgeGraph, edited: Projection) -> None:
    found = changes(kg.projection, edited)
    assert found.added == ("novelide (`imid:novelide`)",)
    (removed,) = found.removed
    assert removed.startswith("lenalidomide degrades CSNK1A1: Lenalidomide causes cereblon to target casein kinase 1 alpha")
    assert removed.endswith(" (now `imid:a-successor`)")
    assert found.changed == ("(RS)-thalidomide (`imid:thalidomide`)\n  - label: was thalidomide; is (RS)-thalidomide",)
    assert found.step == "major"
    assert "lenalidomide degrades CSNK1A1" in found.to_markdown()
    assert changes(edited, edited).step == "patch"


def test_one_approval_more_of_the_same_pair_is_a_fact_added(kg: KnowledgeGraph) -> None:
    store = Store()
    store.extend(Quad(*triple) for triple in kg.triples())
    approvals = [edge.id for edge in kg.projection.edges() if edge.predicate == "imid:approvedFor"]
    lost = next(name for name in approvals if name.startswith("imid:lenalidomide-approvedFor-multiple-myeloma-"))
    for quad in list(store.quads_for_pattern(NamedNode(IMID + lost.removeprefix("imid:")), None, None)):
        store.remove(quad)
    found = changes(Projection(store), kg.projection)
    (added,) = found.added
    assert added.startswith("lenalidomide is approved for multiple myeloma: ")
    assert (found.removed, found.changed) == ((), ())
    assert (found.step, found.least) == ("minor", "0.2.0")


def test_a_date_that_was_corrected_is_a_fact_changed(kg: KnowledgeGraph) -> None:
    store = Store()
    store.extend(Quad(*triple) for triple in kg.triples())
    (date,) = store.quads_for_pattern(NamedNode(IMID + _approval(kg)), NamedNode(IMID + "approvalDate"), None)
    store.remove(date)
    store.add(Quad(date.subject, date.predicate, Literal("2017-03-01", datatype=NamedNode(PREFIXES["xsd"] + "date"))))
    found = changes(Projection(store), kg.projection)
    assert (found.added, found.removed) == ((), ())
    assert found.changed == (
        "lenalidomide is approved for adult T-cell leukemia/lymphoma\n  - approval date: was 2017-03-01; is 2017-03-02",
    )


def test_a_statement_is_followed_by_its_name(kg: KnowledgeGraph) -> None:
    store = Store()
    store.extend(Quad(*triple) for triple in kg.triples())
    name = NamedNode(IMID + _approval(kg))
    for predicate in ("object", "statement"):
        for quad in list(store.quads_for_pattern(name, NamedNode(IMID + predicate), None)):
            store.remove(quad)
    store.add(Quad(name, NamedNode(IMID + "object"), NamedNode(IMID + "multiple-myeloma")))
    (evidence, *_) = store.quads_for_pattern(name, NamedNode(IMID + "evidence"), None)
    (locator,) = store.quads_for_pattern(evidence.object, NamedNode(IMID + "locator"), None)
    store.remove(locator)
    store.add(Quad(locator.subject, locator.predicate, Literal("page 1")))
    found = changes(kg.projection, Projection(store))
    assert not [
        text for text in (*found.added, *found.removed) if not text.startswith("lenalidomide is approved for adult T-cell")
    ]
    (changed,) = found.changed
    assert changed.startswith("lenalidomide is approved for multiple myeloma\n  - evidence: was ")
    assert "  - object: was adult T-cell leukemia/lymphoma; is multiple myeloma" in changed
    assert "locator page 1; " in changed
    assert found.lost == ()


def test_a_release_refuses_names_that_were_lost(kg: KnowledgeGraph, tmp_path: Path) -> None:
    store = Store()
    store.extend(Quad(*triple) for triple in kg.triples())
    name = NamedNode(IMID + _approval(kg))
    for quad in [
        *store.quads_for_pattern(name, None, None),
        *store.quads_for_pattern(None, NamedNode(PREFIXES["owl"] + "versionInfo"), None),
    ]:
        store.remove(quad)
    store.add(Quad(NamedNode(IMID), NamedNode(PREFIXES["owl"] + "versionInfo"), Literal("1.0.0")))
    with pytest.raises(ExportError, match=f"1 names from 0.1.0 are gone: imid:{name.value.removeprefix(IMID)}. Add them to "):
        write_release(Projection(store), tmp_path / "new", kg.projection)
    store.add(Quad(name, NamedNode(PREFIXES["owl"] + "deprecated"), Literal("true")))
    assert changes(kg.projection, Projection(store)).lost == ()


def _approval(kg: KnowledgeGraph) -> str:
    name = "imid:lenalidomide-approvedFor-adult-t-cell-leukemia-lymphoma-"
    (edge,) = (edge for edge in kg.projection.edges() if edge.id.startswith(name))
    return edge.id.removeprefix("imid:")


@pytest.fixture(scope="module")
def released(kg: KnowledgeGraph, edited: Projection, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return list(write_release(edited, tmp_path_factory.mktemp("release") / "new", kg.projection))


def test_a_release_holds_every_format_with_sums(released: list[Path]) -> None:
    files, folder = released, released[0].parent
    listed = (folder / "README.md").read_text(encoding="utf-8")
    assert all(f"`{path.name}`" in listed for path in files if path.name.startswith("imidgraph-"))
    names = {path.name for path in files}
    assert {"CHANGES.md", "CITATION.cff", "LICENSE", "SHA256SUMS", "void.ttl"} <= names
    assert all(
        any(name.startswith("imidgraph-9.0.0") and name.endswith(key.rpartition(".")[2]) for name in names) for key in FORMATS
    )
    done = subprocess.run([need("sha256sum"), "--check", "--strict", "SHA256SUMS"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count(": OK\n") == len(names) - 1
    citation = yaml.safe_load((folder / "CITATION.cff").read_text())
    assert (citation["cff-version"], citation["version"], citation["license"]) == ("1.2.0", "9.0.0", "CC-BY-4.0")
    described = {quad.triple for quad in parse((folder / "void.ttl").read_bytes(), format=RdfFormat.TURTLE)}
    titles = {triple.object.value for triple in described if triple.predicate.value == PREFIXES["dcterms"] + "title"}
    assert {name for name in names if name.startswith("imidgraph-")} <= titles
    assert list(folder.parent.iterdir()) == [folder]


def test_a_release_refuses_what_would_mislead(kg: KnowledgeGraph, edited: Projection, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"at least 9.0.1, not 9.0.0. Raise owl:versionInfo"):
        write_release(edited, tmp_path / "new", edited)
    with pytest.raises(ExportError, match=r"at least 10.0.0, not 0.1.0"):
        write_release(kg.projection, tmp_path / "new", edited)
    with pytest.raises(ExportError, match="version of the graph is missing"):
        write_release(Projection(Store()), tmp_path / "new")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("")
    with pytest.raises(ExportError, match="is not empty"):
        write_release(edited, tmp_path / "full")
    with pytest.raises(ExportError, match="cannot be written"):
        write_release(edited, tmp_path / "absent" / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["full"]


def test_the_command_writes_the_same_release(edited: Projection, released: list[Path], tmp_path: Path) -> None:
    graph, folder = tmp_path / "edited.nt", tmp_path / "new"
    graph.write_bytes(serialize(edited.triples(), format=RdfFormat.N_TRIPLES))
    result = CliRunner().invoke(main, ["--graph", str(graph), "release", str(folder), "--previous", str(RELEASE)])
    assert result.exit_code == 0, result.output
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {path.name: path.read_bytes() for path in released}
