"""Mutated queries through the worker: hangs, crashes of the parent, growth of memory and of open files.

Run it with: python benchmarks/fuzz.py [QUERIES] [SEED]
Each text is a query of the catalogue in which pieces were cut out, doubled, swapped, nested or replaced by what is likely to hurt.
Time and rows are limited as `kg.sparql` limits them; a query that is not back half a second after its limit counts as a hang.
"""

from __future__ import annotations

import gc
import random
import resource
import sys
import time
from collections import Counter
from pathlib import Path

from imidgraph.errors import QueryError, QueryTimeout
from imidgraph.resources import QUERIES, RELEASE
from imidgraph.sparql import tokens
from imidgraph.stores.worker import WorkerStore

TIMEOUT = 0.5
LATE = 0.5
HURTS = [
    "SERVICE <http://127.0.0.1:9/> { ?s ?p ?o }", "FROM <file:///etc/passwd>", "LOAD <file:///etc/passwd>", "DROP ALL",
    "?a ?b ?c . ?d ?e ?f .", "{ SELECT (COUNT(*) AS ?n) { ?x ?y ?z . ?u ?v ?w } }", "(!<a:b>)*", "(imid:subject|^imid:object)+",
    "GROUP_CONCAT(?s)", "REGEX(?s, '(a+)+$')", "REPLACE(STR(?o), '(a|a)*', '$9')", "SUBSTR('a', -1e308, 1e308)", "1/0", "'\\uD800'",
    "\\u0053ERVICE", "\x00", "\u202e", "😀" * 50, "{" * 300, "(" * 300, "}" * 30, "'" * 7, '"""', "9" * 400, "-" * 400, "BNODE()",
    "VALUES ?x { " + "1 " * 2000 + "}", "FILTER NOT EXISTS { ?a ?b ?c }", "OPTIONAL { ?q ?r ?s }", "MINUS { ?s ?p ?o }", "UNDEF",
    "xsd:integer('9999999999999999999999999')", "UUID()", "NOW()", "<<( ?s ?p ?o )>>", "BASE <a:>", "LIMIT 99999999999999999999", "OFFSET -1",
]  # fmt: skip


def mutated(text: str, choice: random.Random) -> str:
    """Change a text in one to four places."""
    for _ in range(choice.randint(1, 4)):
        spans = [(offset, offset + len(token)) for _, token, offset in _tokens(text)] or [(0, len(text))]
        start, end = choice.choice(spans)
        other = choice.choice(spans)
        kind = choice.randrange(7)
        if kind == 0:
            text = text[:start] + text[end:]
        elif kind == 1:
            text = text[:end] + " " + text[start:end] * choice.choice((1, 2, 50)) + text[end:]
        elif kind == 2:
            text = text[:start] + text[other[0] : other[1]] + text[end:]
        elif kind == 3:
            text = text[:start] + choice.choice(HURTS) + text[end:]
        elif kind == 4:
            text = text[:end] + " " + choice.choice(HURTS) + " " + text[end:]
        elif kind == 5:
            text = text[: choice.randrange(len(text) + 1)]
        else:
            position = choice.randrange(len(text) + 1)
            text = text[:position] + chr(choice.choice((choice.randrange(128), choice.randrange(0x110000)))) + text[position:]
    return text


def _tokens(text: str) -> list[tuple[str, str, int]]:
    try:
        return list(tokens(text))
    except QueryError:
        return []


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def _memory(process: str | int = "self") -> float:
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def main() -> None:
    """Run and print what happened."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    choice = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    texts = [path.read_text(encoding="utf-8") for path in sorted(QUERIES.glob("*/*.rq"))]
    bare = ["\n".join(line for line in text.splitlines() if not line.startswith("#+")) for text in texts]
    outcomes, replaced, hangs, slowest = Counter[str](), 0, 0, 0.0
    with WorkerStore(RELEASE) as worker:
        worker.query("ASK {}")
        files, memory, start = _open_files(), 0.0, time.perf_counter()
        print(
            f"{'queries':>8} {'answered':>9} {'refused':>8} {'stopped':>8} {'replaced':>9} {'hangs':>6} {'files':>6} {'memory':>9} {'worker':>9}"
        )
        for count in range(1, number + 1):
            process = worker._worker._process
            asked = time.perf_counter()
            try:
                worker.query(mutated(choice.choice(bare), choice), timeout=TIMEOUT, limit=100)
                outcomes["answered"] += 1
            except QueryTimeout:
                outcomes["stopped"] += 1
            except QueryError:
                outcomes["refused"] += 1
            elapsed = time.perf_counter() - asked
            slowest = max(slowest, elapsed)
            hangs += elapsed > TIMEOUT + LATE
            replaced += worker._worker._process is not process
            if count % (number // 10 or 1) == 0:
                gc.collect()
                memory = memory or _memory()
                assert worker.query("ASK {}") is True
                child = worker._worker._process
                print(
                    f"{count:8} {outcomes['answered']:9} {outcomes['refused']:8} {outcomes['stopped']:8} {replaced:9} {hangs:6}"
                    f" {_open_files():6} {_memory():6.1f} MB {_memory(child.pid if child else 'self'):6.1f} MB"
                )
    total = time.perf_counter() - start
    grown = _memory() - memory
    print(f"{number} queries in {total:.0f} s; slowest {slowest:.2f} s at a limit of {TIMEOUT} s")
    print(f"hangs {hangs}, memory since the first tenth {grown:+.1f} MB, open files {_open_files() - files + 1:+}")


if __name__ == "__main__":
    main()
