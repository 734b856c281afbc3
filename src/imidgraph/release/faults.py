"""What is wrong with the files of a checkout: a line each, with the file, the line in it and the name of the fact."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import NamedTuple

from imidgraph.errors import OntologyError

_MOST = 50
Hint = Callable[[], str]


class Place(NamedTuple):
    """A line of a file.

    Parameters
    ----------
    path : str
        The file, relative to the folder above the ontology.
    line : int
        The line, the first is 1.

    Examples
    --------
    >>> str(Place("ontology/facts/risks/lenalidomide.yaml", 12))
    'ontology/facts/risks/lenalidomide.yaml:12'
    """

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class Faults:
    """Collects what is wrong, so that a curator sees all of it at once.

    Examples
    --------
    >>> faults = Faults()
    >>> faults.add(Place("ontology/facts/risks/lenalidomide.yaml", 12), "Unknown key 'severty'.", "a-fact")
    >>> faults.raise_any()
    Traceback (most recent call last):
        ...
    imidgraph.errors.OntologyError: ontology/facts/risks/lenalidomide.yaml:12: a-fact: Unknown key 'severty'.
    """

    def __init__(self) -> None:
        self._found: list[tuple[Place, str, Hint]] = []
        self._unreadable: list[tuple[Place, str, Hint]] = []

    def add(self, place: Place, reason: str, name: str = "", hint: Hint = str) -> None:
        """Note a fault.

        Parameters
        ----------
        place : Place
            Where it is.
        reason : str
            What is wrong, in a sentence.
        name : str
            The fact, entity or source that has it.
        hint : callable
            Gives the end of the sentence. It is only called where the fault is shown, for it may search long lists.
        """
        self._found.append((place, f"{name}: {reason}" if name else reason, hint))

    def add_unreadable(self, place: Place, reason: str) -> None:
        """Note a file that cannot be read; what others miss in it is then no fault of theirs."""
        self._unreadable.append((place, reason, str))

    def raise_any(self, path: str | None = None) -> None:
        """Raise what was found.

        Parameters
        ----------
        path : str, optional
            Only what was found in this file, and files that cannot be read.

        Raises
        ------
        OntologyError
            Where something was found: a line for each fault, up to 50; only the files that cannot be read, where there are any.
        """
        chosen = [fault for fault in self._found if path is None or fault[0].path == path]
        found = sorted(self._unreadable or chosen, key=lambda fault: fault[:2])
        if found:
            lines = [f"{place}: {reason}{hint()}" for place, reason, hint in found[:_MOST]]
            rest = [f"... and {len(found) - _MOST} more."] if len(found) > _MOST else []
            raise OntologyError("\n".join([*lines, *rest]))


def meant(word: str, words: Iterable[str]) -> str:
    """Ask whether a similar word was meant; nothing where none is similar.

    Examples
    --------
    >>> meant("severty", ["severity", "setting"])
    " Did you mean 'severity'?"
    >>> meant("xyz", ["severity"])
    ''
    """
    near = difflib.get_close_matches(word, words, n=1)
    return f" Did you mean {near[0]!r}?" if near else ""
