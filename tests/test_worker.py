"""Free queries: stopped at their limits, without files or network, and the next query works."""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import signal
import socket
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imidgraph import KnowledgeGraph, OntologyError, QueryError, QueryTimeout, WorkerError
from imidgraph.resources import QUERIES, RELEASE
from imidgraph.stores import Results, Triples
from imidgraph.workers import worker as worker_module
from imidgraph.workers.worker import WorkerStore

ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
HUNGRY = "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?c), STR(?d), STR(?f))) AS ?all) WHERE { ?a ?b ?c . ?d ?e ?f }"


@pytest.fixture(scope="module")
def worker() -> Iterator[WorkerStore]:
    with WorkerStore(RELEASE) as store:
        store.start()
        yield store


def test_it_answers_as_the_embedded_engine_does(worker: WorkerStore, kg: KnowledgeGraph) -> None:
    query = "SELECT ?s ?p ?o WHERE { ?s a imid:Drug ; ?p ?o } ORDER BY ?s ?p ?o"
    answer = worker.query(query)
    assert isinstance(answer, Results)
    assert answer.rows == kg.select(query).rows
    assert answer.limit is None
    assert worker.query("ASK { imid:lenalidomide imid:degrades imid:IKZF1 }") is True
    triples = worker.query("CONSTRUCT WHERE { ?drug imid:degrades ?protein }")
    assert isinstance(triples, Triples)
    assert list(triples) == list(kg.construct("CONSTRUCT WHERE { ?drug imid:degrades ?protein }"))


def test_an_endless_query_is_stopped_and_the_next_one_works(worker: WorkerStore) -> None:
    worker.query("ASK {}")
    start = time.monotonic()
    with pytest.raises(QueryTimeout) as caught:
        worker.query(ENDLESS, timeout=0.5)
    assert caught.value.seconds == 0.5
    assert isinstance(caught.value, TimeoutError)
    waited = time.monotonic() - start
    assert worker.query("ASK {}") is True
    assert waited < 5  # the figure itself is the benchmark's


def test_rows_beyond_the_limit_are_cut_and_said_to_be(worker: WorkerStore) -> None:
    for limit in (0, 1, 7):
        answer = worker.query("SELECT ?s WHERE { ?s ?p ?o }", limit=limit)
        assert isinstance(answer, Results)
        assert (len(answer), answer.limit) == (limit, f"cut at {limit} rows")
        triples = worker.query("CONSTRUCT WHERE { ?s ?p ?o }", limit=limit)
        assert isinstance(triples, Triples)
        assert (len(triples), triples.limit) == (limit, f"cut at {limit} rows")
    exact = worker.query("SELECT ?n WHERE { VALUES ?n { 1 2 3 } }", limit=3)
    assert isinstance(exact, Results)
    assert (len(exact), exact.limit) == (3, None)


def test_memory_is_capped() -> None:
    with WorkerStore(RELEASE, memory=100 << 20) as store:
        with pytest.raises(QueryError, match="memory"):
            store.query(HUNGRY, timeout=60)
        assert store.query("ASK {}") is True


@pytest.mark.parametrize(
    "text", ["SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", "DROP ALL", "SELECT ?x {", "ASK { ?s ?p }"]
)
def test_what_is_refused_is_one_clear_error(worker: WorkerStore, text: str) -> None:
    with pytest.raises(QueryError, match=r"\.$"):
        worker.query(text)


def test_limits_must_make_sense(worker: WorkerStore) -> None:
    for limits in ({"timeout": 0}, {"timeout": -1}, {"timeout": float("nan")}, {"limit": -1}):
        with pytest.raises(QueryError, match="limit"):
            worker.query("ASK {}", **limits)  # type: ignore[arg-type]


def test_even_unparsed_a_query_reaches_neither_network_nor_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the parser would refuse fails all the same: the worker cannot open a socket or a file."""
    disarmed = (
        "from imidgraph.stores import oxigraph; oxigraph.dataset_graphs = lambda *_: []; "
        "from imidgraph.workers import sandbox; sandbox.query_form = lambda text: 'SELECT'; "
    )
    monkeypatch.setattr(worker_module, "_COMMAND", disarmed + worker_module._COMMAND)
    secret = tmp_path / "secret.ttl"
    secret.write_text("<a:secret> <a:b> <a:c> .")
    with WorkerStore(RELEASE) as worker, socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.3)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(QueryError, match="The query failed"):
            worker.query(f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}")
        with pytest.raises(TimeoutError):
            server.accept()
        answer = worker.query(f"SELECT * FROM <{secret.as_uri()}> {{ ?s ?p ?o }}")
        assert isinstance(answer, Results)
        assert answer.rows == []
        with pytest.raises(QueryError, match="not valid SPARQL"):
            worker.query(f"LOAD <{address}>")


def test_what_names_a_file_is_refused(worker: WorkerStore, tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="holds no graph"):
        worker.query(f"SELECT * FROM <{(tmp_path / 'secret.ttl').as_uri()}> {{ ?s ?p ?o }}")


@pytest.mark.parametrize("text", ["a." * 200_000, '"\\"' + '\\"' * 200_000, "a.:" * 100_000, "<a" * 100_000, "?a." * 100_000])
def test_no_text_takes_long_to_read(worker: WorkerStore, text: str) -> None:
    """The first of these took hours in the caller's own process, where no limit holds."""
    with pytest.raises(QueryError):
        worker.query("ASK { " + text, timeout=20)
    assert worker.query("ASK {}") is True


@pytest.mark.parametrize("size", [1, 4, 20, 60])
@pytest.mark.parametrize("form", ["SELECT ?d WHERE", "CONSTRUCT { <a:a> <a:b> ?d } WHERE"])
def test_a_huge_value_takes_no_time_beyond_the_limit(worker: WorkerStore, size: int, form: str) -> None:
    doubled = " ".join(f"BIND(CONCAT({', '.join([f'?{old}'] * 16)}) AS ?{new})" for old, new in ("ab", "bc"))
    text = f"{form} {{ BIND('{'a' * 4096}' AS ?a) {doubled} BIND(CONCAT({', '.join(['?c'] * size)}) AS ?d) }}"
    start = time.monotonic()
    try:
        answer = worker.query(text, timeout=5)
        assert isinstance(answer, Results | Triples)
        assert len(answer.rows[0][-1]) == size << 20
    except QueryTimeout:  # on a busy machine
        pass
    except QueryError as error:
        assert size > 4
        assert "larger than" in str(error)  # noqa: PT017 - one of three right answers
    assert time.monotonic() - start < 8
    assert worker.query("ASK {}") is True


def test_cells_are_bounded_as_rows_are(worker: WorkerStore) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = worker.query(f"SELECT {' '.join(f'?v{number}' for number in range(8000))} {{ ?s ?p ?o }}", timeout=20)
    assert isinstance(answer, Results)
    assert answer.limit == "cut at 250 rows"
    assert len(answer.rows) == 250
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400 << 10  # KiB


@pytest.mark.parametrize(
    "text", ["ASK " + "{" * 200_000 + "}" * 200_000, "ASK { FILTER(" + "(" * 200_000 + "1" + ")" * 200_000 + ") }"]
)
def test_what_is_nested_too_deeply_is_one_clear_error(worker: WorkerStore, text: str) -> None:
    with pytest.raises((QueryError, QueryTimeout), match=r"\.$"):
        worker.query(text, timeout=5)
    assert worker.query("ASK {}") is True


def test_an_interrupted_query_leaves_no_answer_for_the_next_one(worker: WorkerStore) -> None:
    """Ctrl-C while a query runs, as in a notebook: the next query must not get the answer of this one."""
    worker.query("ASK {}")
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
    try:
        for _ in range(3):
            threading.Timer(0.2, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT)).start()
            with pytest.raises(KeyboardInterrupt):
                worker.query(ENDLESS, timeout=10)
            answer = worker.query("SELECT (7 AS ?n) {}")
            assert isinstance(answer, Results)
            assert answer.rows == [(7,)]
    finally:
        signal.signal(signal.SIGINT, before)


def test_who_waits_for_another_thread_waits_no_longer_than_asked(worker: WorkerStore) -> None:
    worker.query("ASK {}")
    process = worker._worker._process

    def ask() -> None:
        with contextlib.suppress(QueryTimeout):
            worker.query(ENDLESS, timeout=1.5)

    slow = threading.Thread(target=ask)
    slow.start()
    time.sleep(0.3)
    with pytest.raises(QueryTimeout):
        worker.query("ASK {}", timeout=0.2)
    assert worker._worker._process is process, "the query of the other thread goes on"
    slow.join()
    assert worker.query("ASK {}") is True


def test_opening_the_graph_is_no_part_of_the_time_limit(tmp_path: Path) -> None:
    """A graph that takes longer to open than a query may take could never be asked."""
    path = tmp_path / "large.nt"
    path.write_text("".join(f"<a:s{number}> <a:p> <a:o{number % 7}> .\n" for number in range(200_000)))
    with WorkerStore(path) as store:
        assert store.query("ASK { <a:s1> <a:p> <a:o1> }", timeout=0.1) is True


def test_a_fork_has_a_worker_of_its_own(worker: WorkerStore) -> None:
    worker.query("ASK {}")
    process = worker._worker._process
    child = os.fork()
    if child == 0:
        try:
            answer = worker.query("SELECT (1 AS ?n) {}")
            os._exit(0 if isinstance(answer, Results) and answer.rows == [(1,)] else 1)
        finally:
            os._exit(2)
    answer = worker.query("SELECT (2 AS ?n) {}")
    assert os.waitpid(child, 0)[1] == 0
    assert isinstance(answer, Results)
    assert answer.rows == [(2,)]
    assert worker._worker._process is process


def test_nothing_of_the_current_folder_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stranger's folder may hold a json.py: standing in it must not run it."""
    for name in ("json", "imidgraph", "struct", "pyoxigraph"):
        (tmp_path / f"{name}.py").write_text("import pathlib; pathlib.Path('ran').touch(); raise SystemExit(5)")
    monkeypatch.chdir(tmp_path)
    with WorkerStore(RELEASE) as store:
        assert store.query("ASK {}") is True
    assert not (tmp_path / "ran").exists()


def test_a_worker_that_does_not_start_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "_COMMAND", "raise SystemExit(3)")
    with WorkerStore(RELEASE) as store, pytest.raises(WorkerError, match="exit 3"):
        store.query("ASK {}")


@pytest.mark.parametrize("timeout", [1e9, 1e300, float("inf")])
def test_a_limit_may_be_far_away(worker: WorkerStore, timeout: float) -> None:
    assert worker.query("ASK {}", timeout=timeout) is True


def test_a_missing_graph_is_one_clear_error(tmp_path: Path) -> None:
    with WorkerStore(tmp_path / "absent.ttl") as store, pytest.raises(OntologyError, match="cannot be read"):
        store.query("ASK {}")


def test_threads_share_a_worker(worker: WorkerStore) -> None:
    answers: list[object] = []

    def ask(number: int) -> None:
        answer = worker.query(f"SELECT ({number} AS ?n) {{}}")
        assert isinstance(answer, Results)
        answers.append(answer.rows[0][0])

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == list(range(20))  # type: ignore[type-var]


def test_closing_ends_the_process_and_leaves_no_file_open() -> None:
    gc.collect()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        with WorkerStore(RELEASE) as store:
            store.query("ASK {}")
            process = store._worker._process
        assert process is not None
        assert process.poll() is not None
    gc.collect()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


TEXTS = [path.read_text() for path in sorted(QUERIES.glob("*/*.rq"))]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(TEXTS), st.integers(0, 5000), st.integers(0, 40), st.text(max_size=8))
def test_a_mutated_query_is_answered_or_refused(worker: WorkerStore, text: str, at: int, length: int, new: str) -> None:
    at %= len(text)
    with contextlib.suppress(QueryError, QueryTimeout):
        worker.query(text[:at] + new + text[at + length :], timeout=2, limit=100)


def test_the_graph_answers_free_queries() -> None:
    import imidgraph

    with imidgraph.load() as graph:
        answer = graph.query("SELECT ?drug { ?drug imid:degrades imid:CSNK1A1 }")
        assert isinstance(answer, Results)
        assert answer.graph_version == graph.version
        with pytest.raises(QueryTimeout):
            graph.query(ENDLESS, timeout=0.3)


def test_a_forgotten_worker_ends() -> None:
    forgotten = WorkerStore(RELEASE)
    forgotten.start()
    process, channel = forgotten._worker._process, forgotten._worker.socket
    assert process is not None
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        del forgotten
        gc.collect()
        assert process.returncode is not None
        assert channel.fileno() == -1
        del process, channel
        gc.collect()
    assert [str(warning.message) for warning in said] == []
