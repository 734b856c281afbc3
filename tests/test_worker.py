"""Free queries: stopped at their limits, without files or network, and the next query works."""

from __future__ import annotations

import contextlib
import gc
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imidgraph import KnowledgeGraph, OntologyError, QueryError, QueryTimeout
from imidgraph.resources import QUERIES, RELEASE
from imidgraph.stores import Results, Triples
from imidgraph.stores.worker import WorkerStore, request

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
    assert answer.truncated is None
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
        assert (len(answer), answer.truncated) == (limit, f"cut at {limit} rows")
        triples = worker.query("CONSTRUCT WHERE { ?s ?p ?o }", limit=limit)
        assert isinstance(triples, Triples)
        assert (len(triples), triples.truncated) == (limit, f"cut at {limit} rows")
    exact = worker.query("SELECT ?n WHERE { VALUES ?n { 1 2 3 } }", limit=3)
    assert isinstance(exact, Results)
    assert (len(exact), exact.truncated) == (3, None)


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


def test_even_unparsed_a_query_reaches_neither_network_nor_file(worker: WorkerStore, tmp_path: Path) -> None:
    """What the parser would refuse fails all the same: the worker cannot open a socket or a file."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.3)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(QueryError):
            worker._ask(request(f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}", 10, "text/csv", None), 5)
        with pytest.raises(TimeoutError):
            server.accept()
    secret = tmp_path / "secret.ttl"
    secret.write_text("<a:secret> <a:b> <a:c> .")
    with pytest.raises(QueryError, match="holds no graph"):
        worker._ask(request(f"SELECT * FROM <{secret.as_uri()}> {{ ?s ?p ?o }}", 10, "text/csv", None), 5)


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
        answer = graph.sparql("SELECT ?drug { ?drug imid:degrades imid:CSNK1A1 }")
        assert isinstance(answer, Results)
        assert answer.graph_version == graph.version
        with pytest.raises(QueryTimeout):
            graph.sparql(ENDLESS, timeout=0.3)
