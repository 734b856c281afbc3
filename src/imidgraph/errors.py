"""The errors that imidgraph raises.

Every error descends from `ImidgraphError` and from the builtin that a caller would expect, carries the values
that it speaks about, and says what to do next.
"""

from __future__ import annotations

from collections.abc import Sequence


class ImidgraphError(Exception):
    """Any failure that imidgraph reports on purpose."""


class _NotFound(ImidgraphError, LookupError):
    """No entity has this name; with the closest names."""

    what = "Nothing"
    hint = ""

    def __init__(self, name: str, suggestions: Sequence[str] = ()) -> None:
        self.name = name
        self.suggestions = list(suggestions)
        super().__init__(f"{self.finding} {self.hint}")

    @property
    def finding(self) -> str:
        """What is wrong and what may have been meant, without the way to look further, which depends on where one asks."""
        near = f" Did you mean {_either(self.suggestions)}?" if self.suggestions else ""
        return f"{self.what} is called {self.name!r}.{near}"

    def __reduce__(self) -> tuple[type[_NotFound], tuple[str, list[str]]]:
        return type(self), (self.name, self.suggestions)


class EntityNotFound(_NotFound):
    """No entity has this name, synonym, brand, lay word or identifier.

    Examples
    --------
    >>> EntityNotFound("lenalidomid", ["lenalidomide"]).suggestions
    ['lenalidomide']
    """

    what = "No entity"
    hint = "Search with 'imidgraph search WORDS' or kg.search(words)."


class QueryNotFound(_NotFound, KeyError):
    """No query of the catalog has this name.

    Examples
    --------
    >>> print(QueryNotFound("drug-card", ["drugs-by-class"]))
    No query is called 'drug-card'. Did you mean 'drugs-by-class'? List them with 'imidgraph queries list' or kg.queries.
    """

    what = "No query"
    hint = "List them with 'imidgraph queries list' or kg.queries."
    __str__ = Exception.__str__  # that of KeyError quotes the message


class AmbiguousLabel(ImidgraphError, LookupError):
    """Several entities answer to one name.

    Examples
    --------
    >>> AmbiguousLabel("lymphoma", ["imid:a", "imid:b"]).candidates
    ['imid:a', 'imid:b']
    """

    def __init__(self, label: str, candidates: Sequence[str]) -> None:
        self.label = label
        self.candidates = list(candidates)
        super().__init__(f"{label!r} can mean {_either(self.candidates)}. Ask for one of them.")

    def __reduce__(self) -> tuple[type[AmbiguousLabel], tuple[str, list[str]]]:
        return type(self), (self.label, self.candidates)


class PathNotFound(ImidgraphError, LookupError):
    """No path joins two entities within the bounds of a search.

    Examples
    --------
    >>> print(PathNotFound("imid:SALL4", "imid:leprosy", 2))
    No path of at most 2 hops was found between imid:SALL4 and imid:leprosy. Allow more hops or remove conditions.
    """

    def __init__(self, start: str, end: str, max_length: int, limit: str | None = None) -> None:
        self.start = start
        self.end = end
        self.max_length = max_length
        self.limit = limit
        found = f"No path of at most {max_length} hops was found between {start} and {end}"
        if limit is None:
            super().__init__(f"{found}. Allow more hops or remove conditions.")
        else:
            super().__init__(f"{found}: {limit}. Allow more time or fewer hops.")

    def __reduce__(self) -> tuple[type[PathNotFound], tuple[str, str, int, str | None]]:
        return type(self), (self.start, self.end, self.max_length, self.limit)


class QueryError(ImidgraphError, ValueError):
    """A query text, a parameter or the kind of a query is wrong."""


class QueryTimeout(ImidgraphError, TimeoutError):
    """A query took longer than it may.

    Examples
    --------
    >>> print(QueryTimeout(5))
    The query took longer than 5 seconds and was stopped. Narrow it down or allow more time.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"The query took longer than {seconds:g} seconds and was stopped. Narrow it down or allow more time.")

    def __reduce__(self) -> tuple[type[QueryTimeout], tuple[float]]:
        return type(self), (self.seconds,)


class WorkerError(ImidgraphError, ChildProcessError):
    """The process that answers free queries does not start, or ended.

    Examples
    --------
    >>> print(WorkerError("exit 1"))
    The process that answers queries failed: exit 1. Check the limits of the system on memory and processes.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"The process that answers queries failed: {reason.rstrip('.')}."
            " Check the limits of the system on memory and processes."
        )

    def __reduce__(self) -> tuple[type[WorkerError], tuple[str]]:
        return type(self), (self.reason,)


class EndpointError(ImidgraphError, OSError):
    """A SPARQL endpoint cannot be reached, or does not answer as the standard says.

    Examples
    --------
    >>> print(EndpointError("http://localhost/sparql", "it returned status 503", 503))
    The endpoint http://localhost/sparql failed: it returned status 503.
    """

    def __init__(self, url: str, problem: str, status: int | None = None, retry_after: float | None = None) -> None:
        self.url = url
        self.problem = problem
        self.status = status
        self.retry_after = retry_after
        super().__init__(f"The endpoint {url} failed: {problem.rstrip('.')}.")

    def __reduce__(self) -> tuple[type[EndpointError], tuple[str, str, int | None, float | None]]:
        return type(self), (self.url, self.problem, self.status, self.retry_after)


class OntologyError(ImidgraphError, ValueError):
    """An RDF file is missing, cannot be parsed or does not hold what it should."""


class ExportError(ImidgraphError, OSError):
    """A file cannot be written, or its suffix names no known format."""


class MissingExtra(ImidgraphError, ImportError):
    """A feature needs a library that is not installed.

    Examples
    --------
    >>> print(MissingExtra("pandas", "pandas"))
    This needs pandas. Install it with: pip install 'imidgraph[pandas]'
    """

    def __init__(self, library: str, extra: str) -> None:
        self.library = library
        self.extra = extra
        super().__init__(f"This needs {library}. Install it with: pip install 'imidgraph[{extra}]'")

    def __reduce__(self) -> tuple[type[MissingExtra], tuple[str, str]]:
        return type(self), (self.library, self.extra)


class MissingProgram(ImidgraphError, OSError):
    """A feature needs a program that is not installed.

    Examples
    --------
    >>> print(MissingProgram("dot", "Graphviz", "apt-get install graphviz"))
    This needs the program dot of Graphviz. Install it: apt-get install graphviz.
    """

    def __init__(self, program: str, package: str, hint: str) -> None:
        self.program = program
        self.package = package
        self.hint = hint
        super().__init__(f"This needs the program {program} of {package}. Install it: {hint}.")

    def __reduce__(self) -> tuple[type[MissingProgram], tuple[str, str, str]]:
        return type(self), (self.program, self.package, self.hint)


def _either(names: Sequence[str]) -> str:
    quoted = [repr(name) for name in names]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " or " + quoted[-1]
