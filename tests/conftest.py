"""What tests share: how they say what they need, and the graph on each engine."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import settings

import imidgraph
from imidgraph import KnowledgeGraph
from imidgraph.resources import RELEASE
from imidgraph.stores.disk import build_store
from imidgraph.stores.oxigraph import OxigraphStore
from imidgraph.stores.rdflib import RdflibStore
from imidgraph.stores.upload import put_graph
from tests.checkout import write_checkout
from tests.servers import GRAPH, Served, comunica, oxigraph, virtuoso

ROOT = Path(__file__).resolve().parents[1]

os.environ.pop("COLUMNS", None)  # pytest-xdist hands the width of its own terminal on; ours are laid out for a pipe

# how long an example takes is a matter of the benchmarks: a busy machine fails no test
settings.register_profile("unhurried", parent=settings.default, deadline=None)
settings.load_profile("unhurried")


# --- what a test needs beyond Python, git and make -------------------------------------------------------------------

_PROGRAMS = {"cat", "git", "make", "sh", "sha256sum", "uname"}  # what each machine has, and what `need` has found
_OURS = {Path(sys.prefix), Path(sys.base_prefix)}


def need(what: str) -> Path:
    """Find what a test needs, or skip the test.

    The marker `needs` says the same of a whole test or module: `@pytest.mark.needs("dot")`.

    Parameters
    ----------
    what
        A program ("dot"), a package of npm ("node_modules/axe-core"), a path beside the checkout ("../shared/facts")
        or a variable that names a program ("IMIDGRAPH_KGX_PYTHON").

    Returns
    -------
    Path
        Where it is.

    Examples
    --------
    >>> need("sh").name
    'sh'
    """
    kind, _, name = what.partition("/")
    if kind == "..":
        found = ROOT / what
    elif kind == "node_modules":
        found = Path(os.environ.get("IMIDGRAPH_NODE_MODULES") or os.environ.get("NODE_PATH", "")) / name
    else:
        found = Path(shutil.which(os.environ.get(what, "") if what.isupper() else what) or "absent")
    if not found.exists():
        pytest.skip(f"{what} is missing")
    _PROGRAMS.update((found.name, str(found)))
    return found


def _hide_program(event: str, arguments: tuple[object, ...]) -> None:
    """Let no program be found that `need` has not named: on a machine with only Python, git and make it is not there."""
    if event == "subprocess.Popen":
        program = os.fsdecode(arguments[0])  # type: ignore[arg-type]
        ours = _OURS | {*map(Path, sys.path)}  # and what a package brings, as PySpark does
        if not {program, Path(program).name} & _PROGRAMS and not ours & {*Path(program).parents}:
            raise FileNotFoundError(errno.ENOENT, "the test does not say with need() that it starts", program)


sys.addaudithook(_hide_program)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose marker names what is not here, before any fixture is made."""
    for mark in item.iter_markers("needs"):
        for what in mark.args:
            need(what)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(report)
    return report


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Make a skipped test a failed one in the full run of `.ci/run`, which sets CI: skipped there is tested nowhere."""
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome, report.longrepr = "failed", f"{reason}. The full run of CI must skip nothing."


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was missing, and how many tests were skipped for it."""
    skipped = terminalreporter.stats.get("skipped", ())
    reasons = Counter(report.longrepr[-1].removeprefix("Skipped: ") for report in skipped)
    if reasons:
        terminalreporter.section("skipped (.ci/run installs what is missing, and runs all)")
        for reason, count in reasons.most_common():
            terminalreporter.write_line(f"{count:4} tests: {reason}")


# --- a checkout, and the graph on each engine --------------------------------------------------------------------------


@pytest.fixture
def ontology(tmp_path: Path) -> Path:
    """A small ontology with one fact."""
    return write_checkout(tmp_path / "ontology")


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let commands prepare the graph in a folder of the tests, not in that of the user."""
    os.environ["IMIDGRAPH_CACHE"] = str(tmp_path_factory.mktemp("cache") / "imidgraph")


@pytest.fixture(scope="session")
def kg() -> KnowledgeGraph:
    return imidgraph.load()


@pytest.fixture(scope="session")
def reference() -> RdflibStore:
    return RdflibStore.read(RELEASE)


@pytest.fixture(scope="session")
def virtuoso_address() -> Iterator[str]:
    with virtuoso(need("virtuoso-t")) as address:
        triples = list(OxigraphStore.read(RELEASE).triples())
        put_graph(f"{address}/sparql-graph-crud-auth", GRAPH, triples, ("dba", "dba"))
        yield address


@pytest.fixture(scope="session")
def on_virtuoso(virtuoso_address: str) -> KnowledgeGraph:
    return imidgraph.connect(f"{virtuoso_address}/sparql", GRAPH, timeout=60)


@pytest.fixture(scope="session")
def on_oxigraph() -> Iterator[KnowledgeGraph]:
    with oxigraph() as address:
        put_graph(f"{address}/store", GRAPH, OxigraphStore.read(RELEASE).triples())
        yield imidgraph.connect(f"{address}/query", GRAPH, timeout=60)


@pytest.fixture(scope="session")
def on_comunica(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    with comunica(need("comunica-sparql-file-http"), tmp_path_factory.mktemp("comunica")) as address:
        yield imidgraph.connect(address, timeout=120)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`imidgraph serve` with the options that it has by default."""
    with Served(tmp_path_factory.mktemp("served")) as server:
        yield server


@pytest.fixture(scope="session")
def client(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.address, timeout=60) as connection:
        yield connection


@pytest.fixture(scope="session")
def on_served(served: Served) -> KnowledgeGraph:
    return imidgraph.connect(f"{served.address}/sparql", timeout=60)


@pytest.fixture(scope="session")
def on_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    directory = tmp_path_factory.mktemp("disk")
    build_store([RELEASE], directory)
    with imidgraph.load(directory) as graph:
        yield graph
