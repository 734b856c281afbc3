"""Metrics: how many requests were answered and how fast, in the text format that Prometheus collects.

Source: Prometheus, Exposition formats, text-based format 0.0.4.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})  # a client may make up others


class Metrics:
    """Counts the requests of a server, by the route that answered.

    Examples
    --------
    >>> metrics = Metrics()
    >>> metrics.count("/{name}", "GET", 200, 0.004)
    >>> [line for line in metrics.lines({"imidgraph_triples": 3}) if "total" in line or "triples" in line][1::2]
    ['imidgraph_triples 3', 'imidgraph_requests_total{route="/{name}",method="GET",status="200"} 1']
    """

    def __init__(self) -> None:
        self.running = 0
        self._answered: Counter[tuple[str, str, int]] = Counter()
        self._within: dict[str, list[int]] = {}
        self._seconds: dict[str, float] = {}

    def count(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request that was answered.

        Parameters
        ----------
        route : str
            The pattern of its address.
        method : str
            Its method.
        status : int
            The status of its answer.
        seconds : float
            How long it took.
        """
        self._answered[route, method if method in _METHODS else "other", status] += 1
        self._within.setdefault(route, [0] * (len(_BOUNDS) + 1))[bisect_left(_BOUNDS, seconds)] += 1
        self._seconds[route] = self._seconds.get(route, 0.0) + seconds

    def lines(self, states: Mapping[str, float]) -> Iterator[str]:
        """Write what was counted, and what holds now.

        Parameters
        ----------
        states : mapping of str to float
            What holds now, by the names under which it is collected.
        """
        for name, value in {**states, "imidgraph_requests_running": self.running}.items():
            yield f"# TYPE {name.partition('{')[0]} gauge"
            yield f"{name} {value:.15g}"
        yield "# TYPE imidgraph_requests_total counter"
        for (route, method, status), number in sorted(self._answered.items()):
            yield f'imidgraph_requests_total{{route="{route}",method="{method}",status="{status}"}} {number}'
        yield "# TYPE imidgraph_request_seconds histogram"
        for route, numbers in sorted(self._within.items()):
            for place, bound in enumerate((*_BOUNDS, "+Inf")):
                yield f'imidgraph_request_seconds_bucket{{route="{route}",le="{bound}"}} {sum(numbers[: place + 1])}'
            yield f'imidgraph_request_seconds_sum{{route="{route}"}} {self._seconds[route]:.6f}'
            yield f'imidgraph_request_seconds_count{{route="{route}"}} {sum(numbers)}'
