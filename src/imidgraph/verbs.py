"""Verbs: what can be asked of a graph by name, each with typed parameters; HTTP and tools for agents offer these.

A verb is a method of `KnowledgeGraph` that gives an answer. What comes from outside, as text of an address or as JSON, is read
into the types that the method takes.
"""

from __future__ import annotations

import contextlib
import datetime
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from imidgraph.answers import Answer
from imidgraph.errors import QueryError
from imidgraph.graph import KnowledgeGraph
from imidgraph.limits import ALIKE_IN, MAX_LENGTH, MOST_ALIKE, MOST_MATCHES, MOST_NODES, MOST_PATHS

MOST_CHARACTERS = 2000
"""Characters of a name or of words."""
MOST_TEXT = 20_000
"""Characters of a text in which names are looked for."""
MOST_NAMES = 20
"""Names that a parameter takes at once."""
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True)
class Parameter:
    """A parameter of a verb.

    Parameters
    ----------
    name : str
        Its name.
    help : str
        What to give, in a sentence.
    kind : str
        ``text``, ``texts``, ``date``, ``integer`` or ``boolean``.
    required : bool
        Whether there is no answer without it.
    default : object
        What it is where it is left out.
    most : int
        The most characters of a text, the most texts, the largest number.
    least : int
        The fewest texts, the smallest number.
    example : object
        A value that has an answer.
    """

    name: str
    help: str
    kind: str = "text"
    required: bool = False
    default: Any = None
    most: int = MOST_CHARACTERS
    least: int = 1
    example: Any = None

    @property
    def schema(self) -> dict[str, Any]:
        """What it takes, as JSON Schema."""
        text = {"type": "string", "minLength": 1, "maxLength": self.most}
        kinds: dict[str, dict[str, Any]] = {
            "text": text,
            "texts": {"type": "array", "items": text | {"maxLength": MOST_CHARACTERS}, "maxItems": self.most},
            "integer": {"type": "integer", "minimum": self.least, "maximum": self.most},
            "boolean": {"type": "boolean"},
            "date": {"type": "string", "format": "date"},
        }
        told = kinds[self.kind]
        if self.kind == "texts" and self.required:
            told["minItems"] = self.least
        return told if self.default in (None, ()) else told | {"default": self.default}

    def read(self, value: object) -> Any:
        """Read a value from outside: of JSON, or the text or the texts of an address.

        Raises
        ------
        QueryError
            Where it is not of its kind, or too long or large.

        Examples
        --------
        >>> Parameter("limit", "", "integer", most=50).read("10")
        10
        """
        match self.kind, value:
            case "text", str(text):
                return self._text(text, self.most)
            case "texts", str(text):
                return self._several([text])
            case "texts", list(texts):
                return self._several(texts)
            case "integer", bool():
                pass
            case "integer", int() | str() | float():
                return self._number(value)
            case "date", str(text):
                with contextlib.suppress(ValueError):
                    return datetime.date.fromisoformat(text)
            case "boolean", bool():
                return value
            case "boolean", str(text) if text.lower() in _TRUTH:
                return _TRUTH[text.lower()]
        raise self._wrong(value)

    def _several(self, texts: list[object]) -> tuple[str, ...]:
        if not self.least <= len(texts) <= self.most and (self.required or texts):
            raise QueryError(f"{self.name} takes {self.least} to {self.most} names, not {len(texts)}.")
        return tuple(self._text(text, MOST_CHARACTERS) for text in texts)

    def _text(self, value: object, most: int) -> str:
        if not isinstance(value, str) or not value.strip() or len(value) > most or _is_broken(value):
            raise self._wrong(value)
        return value

    def _number(self, value: float | str) -> int:
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not (number.is_integer() and self.least <= number <= self.most):
            raise self._wrong(value)
        return int(number)

    def _wrong(self, value: object) -> QueryError:
        wanted = {
            "text": f"a text of 1 to {self.most} characters",
            "texts": f"{self.least} to {self.most} texts of 1 to {MOST_CHARACTERS} characters",
            "integer": f"a whole number from {self.least} to {self.most}",
            "boolean": "true or false",
            "date": "a day such as 2013-01-01",
        }[self.kind]
        return QueryError(f"{self.name} must be {wanted}, not {_short(value)}.")


@dataclass(frozen=True)
class Verb:
    """Something that can be asked of a graph.

    Parameters
    ----------
    name : str
        The method of `KnowledgeGraph` that answers.
    summary : str
        What it answers, in a sentence.
    parameters : tuple of Parameter
        What it takes, in the order of the method.
    star : bool
        Whether the first parameter is given to the method one by one.
    call : callable, optional
        What answers instead of the method.
    """

    name: str
    summary: str
    parameters: tuple[Parameter, ...] = ()
    star: bool = False
    call: Callable[..., Answer] | None = None

    @property
    def example(self) -> dict[str, Any]:
        """Parameters that have an answer."""
        return {parameter.name: parameter.example for parameter in self.parameters if parameter.example is not None}

    def read(self, given: Mapping[str, object]) -> dict[str, Any]:
        """Read parameters from outside.

        Raises
        ------
        QueryError
            Where one is unknown, missing or not of its kind.

        Examples
        --------
        >>> VERBS["search"].read({"words": "blood clots", "limit": "3"})
        {'words': 'blood clots', 'limit': 3}
        """
        names = [parameter.name for parameter in self.parameters]
        for name in given:
            if name not in names:
                raise QueryError(f"{self.name} has no parameter {_short(name)}. It takes {', '.join(names) or 'none'}.")
        for parameter in self.parameters:
            if parameter.required and given.get(parameter.name) in (None, "", [], ()):
                raise QueryError(f"{self.name} needs {parameter.name}: {parameter.help}")
        known = {parameter.name: parameter for parameter in self.parameters}
        return {name: known[name].read(value) for name, value in given.items() if value is not None}

    def ask(self, graph: KnowledgeGraph, values: Mapping[str, Any], **bounds: Any) -> Answer:
        """Ask a graph.

        Parameters
        ----------
        graph : KnowledgeGraph
            The graph.
        values : mapping
            What `read` gave.
        **bounds
            More that the method takes, such as ``timeout``.
        """
        rest = dict(values)
        one_by_one = rest.pop(self.parameters[0].name) if self.star else ()
        method = getattr(graph, self.name) if self.call is None else partial(self.call, graph)
        answer: Answer = method(*one_by_one, **rest, **bounds)
        return answer


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _is_broken(text: str) -> bool:
    """Tell whether a text holds what no name can hold: half a character, or a NUL."""
    return "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text)


def _entity(graph: KnowledgeGraph, name: str, section: str | None = None) -> Answer:
    found = graph.entity(name)
    return found if section is None else found.section(section)


_NAME = "By any of its names: label, brand, lay word, CURIE."
_LIMIT = "Maximum number of items."


def _name(name: str, example: str, help: str = _NAME, required: bool = True) -> Parameter:
    return Parameter(name, help, required=required, example=example)


def _bounded(verb: str, default: int, most: int) -> Parameter:
    return Parameter(verb, _LIMIT, "integer", default=default, most=most)


VERBS = {
    verb.name: verb
    for verb in (
        Verb(
            "search",
            "Find entities with names like some words, the best matches first.",
            (
                Parameter("words", "The words: a name or a description in lay words.", required=True, example="blood clots"),
                replace(_bounded("limit", MOST_MATCHES, 100), example=3),
            ),
        ),
        Verb(
            "entity",
            "Show a summary of one entity, or everything in one section of its card.",
            (
                _name("name", "Revlimid"),
                Parameter("section", "A section of the card, such as approvals; omit it for a summary."),
            ),
            call=_entity,
        ),
        Verb(
            "statements",
            "Find statements by subject, relation or object, including those that deny something.",
            (
                _name("subject", "lenalidomide", "The subject, by any of its names.", required=False),
                _name("predicate", "degrades", "The relation, such as degrades or approvedFor.", required=False),
                _name("object", "CSNK1A1", "The object, by any of its names.", required=False),
            ),
        ),
        Verb(
            "status",
            "Check whether a fact is supported, disputed, denied or not curated, with sources.",
            (
                _name("subject", "lenalidomide"),
                _name("predicate", "approvedFor", "The relation, such as approvedFor, degrades or hasAdverseEffect."),
                _name("object", "chronic lymphocytic leukemia"),
                Parameter("as_of", "The date to check, such as 2013-01-01; omit it for today.", "date"),
            ),
        ),
        Verb(
            "compare",
            "Compare two or three drugs: similarities, differences, trials that compare them, and what is disputed.",
            (
                Parameter(
                    "drugs",
                    "The drugs, each by any of its names.",
                    "texts",
                    required=True,
                    least=2,
                    most=3,
                    example=["lenalidomide", "pomalidomide"],
                ),
            ),
            star=True,
        ),
        Verb(
            "explain",
            "Explain step by step how one entity is linked to another, with the evidence for each step.",
            (_name("start", "pomalidomide"), _name("end", "multiple myeloma")),
        ),
        Verb(
            "why",
            "Collect the evidence for one drug over another in a disease, and the evidence against it.",
            (_name("drug", "pomalidomide"), _name("over", "lenalidomide"), _name("disease", "multiple myeloma")),
        ),
        Verb(
            "paths",
            "Find the paths between two entities, shortest first, each hop with its evidence.",
            (
                _name("start", "thalidomide"),
                _name("end", "pomalidomide"),
                Parameter("max_length", "Maximum number of hops.", "integer", default=2, most=MAX_LENGTH + 2),
                _bounded("limit", 20, MOST_PATHS),
                Parameter("via", "Entities that each path must go through.", "texts", default=(), most=MOST_NAMES),
                Parameter("avoid", "Entities that no path may go through.", "texts", default=(), most=MOST_NAMES),
                Parameter("predicates", "Relations to follow, such as degrades.", "texts", default=(), most=MOST_NAMES),
                Parameter("directed", "Follow relations only from subject to object.", "boolean", default=False),
            ),
        ),
        Verb(
            "neighborhood",
            "Find the entities within some hops of one, and the statements between them.",
            (
                _name("center", "cereblon"),
                Parameter("hops", "Maximum number of hops.", "integer", default=1, most=4, least=0),
                Parameter("predicates", "Relations to follow, such as degrades.", "texts", default=(), most=MOST_NAMES),
                _bounded("limit", 100, MOST_NODES),
            ),
        ),
        Verb(
            "similar",
            "Find the entities that have the most in common with one, and show what they share.",
            (
                _name("entity", "lenalidomide"),
                Parameter("aspects", "The pillars to compare by.", "texts", default=list(ALIKE_IN), most=MOST_NAMES),
                _bounded("limit", MOST_ALIKE, 100),
            ),
        ),
        Verb(
            "without",
            "Find which effects of drugs depend on a protein, complex, process or cell.",
            (_name("entity", "cereblon"),),
        ),
        Verb(
            "mentions",
            "Find the entities that a text mentions, in order, and the regimen that its drugs form.",
            (
                Parameter(
                    "text",
                    "The text, such as a trial intervention, a sentence or an abstract.",
                    required=True,
                    most=MOST_TEXT,
                    example="Carfilzomib, Lenalidomide, Dexamethasone",
                ),
            ),
        ),
        Verb("stats", "Count what is in the graph and how well it is supported."),
    )
}
"""The verbs by name."""

SEARCHES = frozenset({"compare", "explain", "why", "paths", "neighborhood", "similar", "without"})
"""The verbs that take a time limit."""
