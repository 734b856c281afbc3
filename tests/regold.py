"""Writes the golden answers of the named queries anew, and the replies in docs/agents.md.

Run it with: python -m tests.regold, and read the difference.
"""

from __future__ import annotations

import imidgraph
from tests import conversation
from tests.test_queries import GOLDEN, golden


def main() -> None:
    """Write one CSV file a query, and remove those without one."""
    kg = imidgraph.load()
    GOLDEN.mkdir(exist_ok=True)
    for path in GOLDEN.glob("*.csv"):
        if path.stem not in kg.queries:
            path.unlink()
    for name, query in kg.queries.items():
        (GOLDEN / f"{name}.csv").write_text(golden(kg.run(name, **query.example)), encoding="utf-8")
    conversation.main(kg)


if __name__ == "__main__":
    main()
