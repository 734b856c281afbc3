"""Runs the attacks that the project knows, and measures the figures of SECURITY.md: python -m tests.attacks.

Each attack is one or more tests; what came of them is one line. Words behind the command choose the attacks whose line holds
one of them.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import io
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from imidgraph import QueryError, QueryTimeout
from imidgraph.resources import RELEASE
from imidgraph.workers.worker import WorkerStore
from tests.conftest import ROOT
from tests.servers import Served

ATTACKS = {
    "worker": {
        "SERVICE in any spelling, a listener watching": "sparql:service_cannot_be sparql:no_local_read worker:even_unparsed",
        "files through FROM, GRAPH and LOAD": "worker:names_a_file worker:even_unparsed",
        "bombs of depth, joins, text and memory": "worker:nested_too_deeply worker:endless worker:long_to_read worker:memory_is",
        "a literal over 16 MiB": "worker:huge_value",
        "rows of 8,000 unbound columns": "worker:cells_are_bounded",
        "a decimal of 99,999,999 digits": "formats_odd:no_value_of_its_type formats_odd:digits_and_times",
        "a fork while another thread asks": "places:fork_of_a_busy worker:fork_has",
        "threads, Ctrl-C, a parent that is gone": "worker:threads_share worker:interrupted worker:forgotten worker:closing_ends",
    },
    "server": {
        "markup of a query": "server_pages:nothing_that_a_query",
        "other hosts, methods": "server_descriptions:host_of_a_request server_protocol:what_is_wrong_has",
        "hang-ups, signals, kill": "server_busy:hangs_up server_process:stops_gracefully server_process:end_with_it",
        "endless headers and addresses": "server_limits:long_headers server_limits:sixty_thousand",
        "pipelined requests, unread": "server_limits:pipelined",
        "long Accept headers": "server_limits:long_accept",
        "answers that nobody reads": "server_limits:nobody_reads",
        "a page for a query of a few bytes": "server_limits:never_huge",
        "heavy queries of one client": "server_limits:leave_the_rest server_limits:frees_its_query",
        "queries that crash the worker": "server_busy:kills_its_worker server_busy:worker_that_dies",
        "2,000 slow senders": "server_limits:slow_senders",
        "the served graph is replaced": "server_limits:is_replaced",
        "a half-written graph": "server_limits:broken_meanwhile",
        "a worker killed from outside": "server_limits:stopped_from_outside",
        "an answer that is too large": "server_limits:too_large_an_answer",
        "other origins": "server_answers:other_origins",
        "names of other hosts, sniffing": "server_limits:own_names server_limits:says_what_it_is",
    },
    "files": {
        "exports and stores that are killed, a full disk": "export:kill_leaves export:full_disk disk:kill_at disk:full_disk",
        "two loaders, one store": "disk:two_loaders disk:two_builds",
        "a damaged store": "disk:damaged",
        "nested entities, depth, triple terms, huge literals": "reading:take_the_process_down",
        "packed bombs of KGX and JSON": "imports:bomb_is_refused",
        "wrong KGX and node-link files": "imports:no_graph_is_one_line",
        "links that run in a page": "formats_odd:only_web_addresses",
        "pipes, loops of links, long names, closed output": "places:pipe places:links_that places:name_may places:closed_streams",
        "escapes for terminals": "places:terminal_shows places:error_shows",
    },
    "other servers": {
        "redirects of a push or a query, with a password": "endpoint:never_travels endpoint:each_fault",
        "triple terms, entities, packed bombs as an answer": "endpoint:take_the_process_down",
        "endless bodies": "endpoint:endless_bodies",
        "drips of headers, status, bodies, trailers": "endpoint:left_in_time endpoint:slow_server",
        "rows without number": "endpoint:rows_without_number",
        "odd headers": "endpoint:take_the_process_down",
        "a part of an answer": "endpoint:part_of_an_answer endpoint:no_part_for_the_whole",
        "a password in an address": "endpoint:password_in_an_address",
    },
    "install": {
        "a store that others may read": "disk:who_may_read",
    },
}
"""By place and attack, the tests that hold it: the end of a file's name, and a part of a test's."""
HUNGRY = "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?c), STR(?d), STR(?f))) AS ?all) WHERE { ?a ?b ?c . ?d ?e ?f }"
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


class Outcomes:
    """Takes down what came of each test."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take down one test; what fails anywhere has failed."""
        if report.when == "call" or report.outcome != "passed":
            self.found.setdefault(report.nodeid, report.outcome)

    def of(self, tests: str) -> tuple[str, int]:
        """Say what came of the tests of an attack."""
        pairs = [test.split(":") for test in tests.split()]
        mine = {
            pair: [outcome for name, outcome in self.found.items() if f"test_{pair[0]}.py" in name and pair[1] in name]
            for pair in map(tuple, pairs)
        }
        outcomes = [outcome for found in mine.values() for outcome in found]
        if "failed" in outcomes or not all(mine.values()):
            return "FAILS", len(outcomes)
        return ("holds" if "passed" in outcomes else "skipped"), len(outcomes)


def run(chosen: dict[str, str]) -> Outcomes:
    """Run the tests of some attacks once."""
    pairs = sorted({tuple(test.split(":")) for tests in chosen.values() for test in tests.split()})
    files = sorted({str(ROOT / f"tests/test_{file}.py") for file, _ in pairs})
    words = " or ".join(f"({file} and {word})" for file, word in pairs)
    outcomes = Outcomes()
    with contextlib.redirect_stdout(io.StringIO()):
        pytest.main(["-q", "-W", "ignore::pytest.PytestAssertRewriteWarning", "-k", words, *files], plugins=[outcomes])
    return outcomes


def figures() -> Iterator[tuple[str, str]]:
    """Measure what SECURITY.md promises."""
    with WorkerStore(RELEASE) as worker:
        worker.query("ASK {}")
        for text, seconds, what in ((ENDLESS, 1, "an endless query"), (HUNGRY, 20, "a query that wants all memory")):
            start = time.monotonic()
            with contextlib.suppress(QueryError, QueryTimeout):
                worker.query(text, timeout=seconds)
            ended, start = time.monotonic() - start, time.monotonic()
            worker.query("ASK {}", timeout=60)
            after = time.monotonic() - start
            yield f"{what}, allowed {seconds} s", f"ended after {ended:.2f} s, the next query answered after {after:.2f} s"
    with Served(Path(tempfile.mkdtemp()), "--timeout", "5") as served:
        yield "health, a page, a named query while 12 free queries run", _beside(served)


def _beside(served: Served) -> str:
    times = []
    with concurrent.futures.ThreadPoolExecutor(12) as threads:
        running = [
            threads.submit(httpx.get, f"{served.address}/sparql", params={"query": ENDLESS}, timeout=60) for _ in range(12)
        ]
        time.sleep(0.5)
        while not all(future.done() for future in running):
            for path in ("/health", "/", "/queries/boxed-warnings"):
                start = time.monotonic()
                httpx.get(served.address + path, timeout=60).raise_for_status()
                times.append(1000 * (time.monotonic() - start))
    times.sort()
    return f"{len(times)} answers, p50 {statistics.median(times):.0f} ms, p99 {times[int(len(times) * 0.99)]:.0f} ms"


def main(*words: str) -> int:
    """Print the table of attacks and the figures; the number of attacks that do not hold."""
    attacks = {f"{place}: {attack}": tests for place, group in ATTACKS.items() for attack, tests in group.items()}
    chosen = {name: tests for name, tests in attacks.items() if not words or any(word in name for word in words)}
    outcomes = run(chosen)
    print(f"{'attack':75} {'tests':>5}")
    told = {name: outcomes.of(tests) for name, tests in chosen.items()}
    for name, (outcome, count) in told.items():
        print(f"{name:75} {count:5} {outcome}")
    held = sum(outcome == "holds" for outcome, _ in told.values())
    print(f"{held} of {len(told)} attacks hold.\n")
    for what, figure in figures():
        print(f"{what}: {figure}")
    return sum(outcome == "FAILS" for outcome, _ in told.values())


if __name__ == "__main__":
    sys.exit(min(main(*sys.argv[1:]), 1))
