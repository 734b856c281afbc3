"""Walks: the search for simple paths, over any graph that is given by two functions.

The search meets in the middle. For paths of exactly n hops it grows the nodes that walks reach from the start and
from the end, each time the smaller side, until both sides have n hops together; it keeps, on each layer, only the
nodes that lie on a walk from one end to the other, and lists the simple paths through these layers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, field

from imidgraph.limits import NEVER, Deadline


@dataclass
class _Side:
    """What walks of 0, 1, 2 ... hops reach from one end."""

    origin: str
    target: str
    step: Callable[[str], Set[str]]
    layers: list[Set[str]] = field(init=False)
    known: set[str] = field(init=False)
    ended: bool = False

    def __post_init__(self) -> None:
        self.layers, self.known = [{self.origin}], {self.origin}


class Walker:
    """Lists the simple paths of a graph that is given by two functions.

    Parameters
    ----------
    ahead, behind : callable
        Give the nodes that edges lead to from a node, and those that edges lead from to it.
    prepare : callable, optional
        Told which nodes are needed next, before they are asked for one by one.
    deadline : Deadline
        When the search ends.

    Attributes
    ----------
    done : int
        The number of hops up to which every path was given.

    Examples
    --------
    >>> ring = {"a": {"b", "d"}, "b": {"a", "c"}, "c": {"b", "d"}, "d": {"a", "c"}}
    >>> list(Walker(ring.get, ring.get).paths("a", "b", 3))
    [('a', 'b'), ('a', 'd', 'c', 'b')]
    """

    def __init__(
        self,
        ahead: Callable[[str], Set[str]],
        behind: Callable[[str], Set[str]],
        prepare: Callable[[Set[str]], object] = lambda nodes: None,
        deadline: Deadline = NEVER,
    ) -> None:
        self._ahead = ahead
        self._behind = behind
        self._prepare = prepare
        self.deadline = deadline
        self.done = 0

    def paths(self, start: str, end: str, max_length: int, via: Set[str] = frozenset()) -> Iterator[tuple[str, ...]]:
        """Give each simple path of at most so many hops that passes all of `via`, shortest first."""
        forward, backward = _Side(start, end, self._ahead), _Side(end, start, self._behind)
        for length in range(1, max_length + 1):
            self._grow(min(forward, backward, key=lambda side: len(side.layers[-1])))
            if any(side.ended and length >= len(side.known) for side in (forward, backward)):
                break  # no simple path is so long
            if (forward.ended or backward.ended) and forward.known.isdisjoint(backward.known):
                break  # nothing joins the ends
            if layers := self._layers(forward, backward):
                yield from self._list(layers, len(forward.layers) - 1, via)
            self.done = length
        self.done = max_length

    def _grow(self, side: _Side) -> None:
        nodes = side.layers[-1] - {side.target}
        self._prepare(nodes)
        grown: set[str] = set()
        for node in nodes:
            self.deadline.check()
            grown |= side.step(node)
        grown.discard(side.origin)
        side.ended = side.ended or grown <= side.known
        side.layers.append(grown)
        side.known |= grown

    def _layers(self, forward: _Side, backward: _Side) -> list[Set[str]]:
        """Give the nodes that lie on some walk from end to end, by their place on it; nothing where there is no walk."""
        middle = len(forward.layers) - 1
        layers = [*forward.layers, *reversed(backward.layers[:-1])]
        layers[middle] = forward.layers[-1] & backward.layers[-1]
        for place in range(middle - 1, -1, -1):
            layers[place] = self._touching(layers[place] - {forward.target}, layers[place + 1], self._ahead)
        for place in range(middle + 1, len(layers)):
            layers[place] = self._touching(layers[place] - {backward.target}, layers[place - 1], self._behind)
        return layers if all(layers) else []

    def _touching(self, nodes: Set[str], others: Set[str], step: Callable[[str], Set[str]]) -> set[str]:
        kept = set()
        for node in nodes:
            self.deadline.check()
            if not others.isdisjoint(step(node)):
                kept.add(node)
        return kept

    def _list(self, layers: list[Set[str]], middle: int, via: Set[str]) -> Iterator[tuple[str, ...]]:
        # Beyond the middle the edges are known from the end: nothing is asked of a node that neither side has grown.
        later: list[dict[str, list[str]]] = [{} for _ in layers]
        for place in range(middle, len(layers) - 1):
            for node in sorted(layers[place + 1]):
                self.deadline.check()
                for before in self._behind(node) & layers[place]:
                    later[place].setdefault(before, []).append(node)

        def onward(node: str, place: int) -> Iterator[str]:
            return iter(later[place][node] if place >= middle else sorted(self._ahead(node) & layers[place + 1]))

        length = len(layers) - 1
        path = list(layers[0])
        passed = set(path)
        choices = [onward(path[0], 0)]
        while choices:
            self.deadline.check()
            node = next(choices[-1], "")
            if not node:
                choices.pop()
                passed.discard(path.pop())
            elif node not in passed and len(via - passed - {node}) <= max(0, length - len(path) - 1):
                if len(path) == length:
                    yield (*path, node)
                else:
                    path.append(node)
                    passed.add(node)
                    choices.append(onward(node, len(path) - 1))
