"""Mutated queries through the worker: hangs, crashes of the parent, growth of memory and of open files.

Run it with: python benchmarks/fuzz.py [QUERIES] [SEED]
Each text is a query of the catalog in which pieces were cut out, doubled, swapped, or joined by what is likely to hurt.
Time and rows are limited as `kg.query` limits them; a query that is not back half a second after its limit counts as a hang.
"""

from __future__ import annotations

import contextlib
import gc
import random
import resource
import sys
import time
from collections import Counter
from pathlib import Path

from imidgraph.errors import QueryError, QueryTimeout
from imidgraph.resources import QUERIES, RELEASE
from imidgraph.sparql.text import tokens
from imidgraph.workers.worker import WorkerStore

TIMEOUT = 0.25
LATE = 0.5
PATTERNS = """
SERVICE <http://127.0.0.1:9/> { ?s ?p ?o }
?a ?b ?c . ?d ?e ?f .
{ SELECT (COUNT(*) AS ?n) WHERE { ?x ?y ?z . ?u ?v ?w } }
?s (!<a:b>)* ?o .
?s (imid:subject|^imid:object)+ ?o .
FILTER REGEX(STR(?s), "(a+)+$")
FILTER NOT EXISTS { ?a ?b ?c }
OPTIONAL { ?q ?r ?s }
MINUS { ?s ?p ?o }
BIND(REPLACE(STR(?o), "(a|a)*", "$9") AS ?replaced)
BIND(SUBSTR("a", -1e308, 1e308) AS ?part)
BIND(xsd:integer("9999999999999999999999999") AS ?number)
BIND(1 / 0 AS ?nothing)
BIND(UUID() AS ?new)
VALUES ?x { UNDEF 1 "a" <a:b> }
GRAPH ?g { ?s ?p ?o }
""".strip().splitlines()  # what may stand after an opening brace
PIECES = [
    "FROM <file:///etc/passwd>",
    "LOAD <file:///etc/passwd>",
    "DROP ALL",
    "\\u0053ERVICE",
    "'\\uD800'",
    "\x00",
    "\u202e",
    "😀" * 50,
]
PIECES += [
    "{" * 300,
    "(" * 300,
    "}" * 30,
    "'" * 7,
    '"""',
    "9" * 400,
    "-" * 400,
    "<<( ?s ?p ?o )>>",
    "BASE <a:>",
    "OFFSET -1",
    "UNDEF",
]


def mutated(text: str, choice: random.Random) -> str:
    """Change a text in one to three places; half of the changes keep it valid SPARQL."""
    for _ in range(choice.choice((1, 1, 2, 3))):
        found = _tokens(text) or [("mark", text, 0)]
        kind, token, start = choice.choice(found)
        end = start + len(token)
        way = choice.randrange(10)
        if way < 3:  # another word of the same kind
            text = text[:start] + choice.choice([other for same, other, _ in found if same == kind]) + text[end:]
        elif way < 6:  # a pattern more
            braces = [offset + 1 for _, other, offset in found if other == "{"] or [end]
            position = choice.choice(braces)
            text = f"{text[:position]} {choice.choice(PATTERNS)} {text[position:]}"
        elif way == 6:
            text = text[:start] + text[end:]
        elif way == 7:
            text = text[:end] + f" {token}" * choice.choice((1, 2, 50)) + text[end:]
        elif way == 8:
            text = f"{text[:end]} {choice.choice(PIECES)} {text[end:]}"
        else:
            letter = chr(choice.choice((choice.randrange(128), choice.randrange(0x110000))))
            text = choice.choice((text[:start], text[:start] + letter + text[start:]))
    return text


def _tokens(text: str) -> list[tuple[str, str, int]]:
    found = []
    with contextlib.suppress(QueryError):  # a string that does not end
        for token in tokens(text):
            found.append(token)
    return found


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
        heads = ("queries", "answered", "refused", "stopped", "replaced", "hangs", "files", "MB", "worker MB")
        print("".join(f"{head:>10}" for head in heads))
        for count in range(1, number + 1):
            if not worker._worker.ready:
                worker.query("ASK {}")  # it opens the graph anew, which is no part of the limit
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
                figures = (count, *(outcomes[kind] for kind in heads[1:4]), replaced, hangs, _open_files())
                print(
                    "".join(f"{figure:10}" for figure in figures)
                    + f"{_memory():10.1f}{_memory(child.pid if child else 'self'):10.1f}"
                )
        print(f"{number} queries in {time.perf_counter() - start:.0f} s; slowest {slowest:.2f} s at a limit of {TIMEOUT} s")
        print(f"hangs {hangs}, memory since the first tenth {_memory() - memory:+.1f} MB, open files {_open_files() - files:+}")


if __name__ == "__main__":
    main()
