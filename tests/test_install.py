"""The graph and the queries are found wherever the package runs from."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import imidgraph
from imidgraph import resources
from tests.conftest import ROOT


def _python(*arguments: str, cwd: Path) -> str:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, cwd=cwd, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _python("-m", "build", "--wheel", "--outdir", str(folder), str(ROOT), cwd=folder)
    return next(folder.glob("*.whl"))


CODE = "import imidgraph.resources; kg = imidgraph.load(); print(len(kg), len(kg.queries), imidgraph.resources.RELEASE)"


def test_a_checkout_has_its_ontology_at_the_top() -> None:
    assert ROOT / "ontology" / "imid.ttl" == resources.RELEASE
    assert ROOT / "queries" == resources.QUERIES


def test_an_editable_install_finds_the_checkout(tmp_path: Path) -> None:
    assert str(resources.RELEASE) in _python(
        "-c", CODE.replace("imidgraph.load", "imidgraph.resources and imidgraph.load"), cwd=tmp_path
    )


def test_a_wheel_carries_ontology_shapes_and_queries(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path)
    assert "imidgraph/ontology/imid.ttl" in names
    assert "imidgraph/py.typed" in names
    assert any(name.startswith("imidgraph/ontology/shapes/") for name in names)
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {CODE}"
    triples, queries, release = _python("-c", code, cwd=tmp_path).split()
    assert Path(release).is_relative_to(tmp_path)
    assert int(triples) == len(imidgraph.load())
    assert int(queries) == len(imidgraph.load().queries)


def test_a_source_distribution_builds(tmp_path: Path) -> None:
    _python("-m", "build", "--sdist", "--outdir", str(tmp_path), str(ROOT), cwd=tmp_path)
    assert list(tmp_path.glob("imidgraph-*.tar.gz"))


def test_user_code_type_checks(tmp_path: Path) -> None:
    path = tmp_path / "user.py"
    path.write_text("""
import imidgraph

kg = imidgraph.load()
drug = kg.entity("Revlimid")
labels: list[str] = [risk.label for risk in drug.risks if risk.boxed_warning]
sources: list[str] = [item.source.citation for risk in drug.risks for item in risk.evidence]
columns: tuple[str, ...] = kg.run("boxed-warnings", drug="Revlimid").columns
""")
    _python("-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(path), cwd=tmp_path)
