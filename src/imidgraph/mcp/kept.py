"""Kept answers: an agent reads an answer page by page, and many agents ask the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from weakref import WeakKeyDictionary

from imidgraph.graph import KnowledgeGraph
from imidgraph.mcp.replies import Prepared

MOST_KEPT = 64
"""Answers that are kept of a graph."""
_GRAPHS: WeakKeyDictionary[KnowledgeGraph, Kept] = WeakKeyDictionary()


class Kept:
    """The last answers of a graph, those first forgotten that were not asked for the longest time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: OrderedDict[str, Prepared] = OrderedDict()

    def get(self, key: str, ask: Callable[[], tuple[Prepared, bool]]) -> Prepared:
        """Give the answer that is kept under a key, or ask for it.

        Parameters
        ----------
        key : str
            What was asked.
        ask : callable
            Gives the answer, and whether it is to be kept.
        """
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        answer, is_kept = ask()
        if is_kept:
            with self._lock:
                self._known[key] = answer
                if len(self._known) > MOST_KEPT:
                    self._known.popitem(last=False)
        return answer


def kept_of(graph: KnowledgeGraph) -> Kept:
    """Give what is kept of a graph, for as long as the graph is there."""
    return _GRAPHS.setdefault(graph, Kept())
