"""The tree is the architecture: a module imports only from the rows below its own."""

from __future__ import annotations

import ast
import statistics
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "src" / "imidgraph"
ROWS = {
    "errors": 0,
    "kept": 0,
    "lazy": 0,
    "namespaces": 0,
    "resources": 0,
    "words": 0,
    "files": 1,
    "limits": 1,
    "model": 1,
    "rdf": 1,
    "prose": 2,
    "answers": 3,
    "sparql": 4,
    "tables": 4,
    "stores": 5,
    "workers": 6,
    "knowledge": 7,
    "traversals": 8,
    "pages": 9,
    "formats": 10,
    "release": 11,
    "graph": 12,
    "loading": 13,
    "__init__": 14,
    "prepared": 15,
    "verbs": 15,
    "mcp": 16,
    "server": 17,
    "cli": 18,
}
UPWARD = {("answers", "imidgraph.pages")}
"""What is imported from above, and only when it is used: an answer is laid out when it is shown."""
HOMES = {
    "SPARQLWrapper": {"stores"},
    "anyio": {"mcp", "server", "workers"},
    "click": {"cli"},
    "duckdb": {"tables"},
    "jinja2": {"server"},
    "markupsafe": {"server"},
    "mcp": {"mcp"},
    "mcp_types": {"mcp"},
    "mimeparse": {"server"},
    "networkx": {"traversals"},
    "pandas": {"answers"},
    "pyarrow": {"formats"},
    "pydantic": {"mcp"},
    "pyspark": {"tables"},
    "pyoxigraph": {"rdf", "stores"},
    "rapidfuzz": {"knowledge", "sparql"},
    "rdflib": {"graph", "stores"},
    "rich": {"cli"},
    "starlette": {"server"},
    "uvicorn": {"server"},
    "xlsxwriter": {"formats"},
    "yaml": {"release", "sparql"},
    "zstandard": {"files", "stores"},
}
WITHIN = {
    "traversals": {
        "centrality": 0,
        "chains": 0,
        "contrast": 0,
        "edges": 0,
        "similar": 0,
        "walks": 0,
        "neighborhood": 1,
        "paths": 1,
        "mechanisms": 2,
        "networkx": 2,
        "trials": 2,
        "compare": 3,
        "explain": 3,
        "explanation": 1,
        "without": 3,
        "why": 4,
        "__init__": 5,
    }
}
"""The rows of a package whose modules stand on one another."""
MODULES = sorted(PACKAGE.rglob("*.py"))


def _noun(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path) -> None:
    own = _noun(path)
    assert own in ROWS, f"give {own} a row in the table"
    for name in _imports(path):
        first, _, rest = name.partition(".")
        if first == "imidgraph" and (own, name) not in UPWARD:
            noun, _, inner = rest.partition(".")
            other = noun if noun in ROWS else "__init__"
            assert other == own or ROWS[other] < ROWS[own], f"{own} imports {name}"
            if other == own and own in WITHIN:
                within = inner.split(".")[0]
                assert WITHIN[own][within] < WITHIN[own][path.stem], f"{path.stem} imports {name}"
        elif first != "imidgraph" and first not in sys.stdlib_module_names:
            assert own in HOMES.get(first, set()), f"{first} has no home in {own}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_and_functions_stay_small(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
            assert (node.end_lineno or 0) - first.lineno < 50, node.name


def test_a_module_is_short_in_the_middle() -> None:
    assert statistics.median(len(path.read_text().splitlines()) for path in MODULES) < 150


def test_the_command_line_starts_without_what_it_may_not_need() -> None:
    import subprocess

    code = "import sys, imidgraph.cli; print(sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    for name in ("rdflib", "networkx", "pandas", "rich", "rapidfuzz", "SPARQLWrapper", "pyshacl", "yaml"):
        assert f"'{name}'" not in loaded, f"{name} is imported at start"
