"""SHACL, as far as the shapes of this graph use it, checked against a graph in memory.

A general engine reads its shapes anew for each thing that it checks, which takes seconds here; these are compiled once. A shape
that uses more of SHACL is refused, not passed over, and the tests hold every answer against pySHACL. The terms of the graph
are those of N-Triples, text, which costs a third of what objects of Python for them cost.

References
----------
Shapes Constraint Language (SHACL), W3C Recommendation, 20 July 2017.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from imidgraph.errors import OntologyError
from imidgraph.namespaces import PREFIXES, compress
from imidgraph.rdf import Literal, NamedNode, QuadStore, RdfFormat, Triple, parse, python_value, serialize

_SH = "http://www.w3.org/ns/shacl#"
_RDF = PREFIXES["rdf"]
_TYPE = f"<{_RDF}type>"
_BELOW = f"<{PREFIXES['rdfs']}subClassOf>"
_XSD = PREFIXES["xsd"]
_LANGUAGE = re.compile(r'"@([A-Za-z0-9-]+)$')
_CONVERTED = {"date", "dateTime", "decimal", "double", "float", "int", "integer", "long", "nonNegativeInteger"}
_TARGETS = ("targetClass", "targetNode", "targetObjectsOf", "targetSubjectsOf")
_OTHERS = {"description", "message", "name", "order", "path", "property", *_TARGETS}
_KINDS = {"<": "IRI", "_": "BlankNode", '"': "Literal"}
_DEFAULTS = {
    "class": "has a value that is not of the class {}.",
    "datatype": "has a value that is not of the datatype {}.",
    "disjoint": "shares a value with {}.",
    "in": "has a value that is not on the closed list.",
    "maxCount": "has more than {} value.",
    "minCount": "has fewer than {} value.",
    "nodeKind": "is not of the kind {}.",
    "pattern": "has a value that does not have the form {}.",
}
Term = str  # a term as N-Triples write it
Check = Callable[["Described", Term, list[Term]], bool]


class Described:
    """A graph by subject and predicate, with the classes of things.

    Parameters
    ----------
    triples : iterable of pyoxigraph.Triple
        The graph.
    """

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._facts: dict[Term, dict[Term, dict[Term, None]]] = {}
        *lines, _ = (serialize(triples, format=RdfFormat.N_TRIPLES) or b"").decode().split("\n")
        for line in lines:  # the same triple may come from several named graphs
            subject, predicate, object_ = line.removesuffix(" .").split(" ", 2)
            self._facts.setdefault(subject, {}).setdefault(predicate, {})[object_] = None
        self._above: dict[Term, set[Term]] = {}
        self._members: dict[Term, set[Term]] = {}
        for thing, facts in self._facts.items():
            for kind in facts.get(_TYPE, ()):
                self._members.setdefault(kind, set()).add(thing)

    def values(self, subject: Term, predicate: Term) -> list[Term]:
        """Give the values of a property."""
        return list(self._facts.get(subject, {}).get(predicate, ()))

    def is_a(self, thing: Term, kind: Term) -> bool:
        """Tell whether a thing is of a class or of one below it."""
        return any(kind in self._classes(own) for own in self.values(thing, _TYPE))

    def targets(self, how: str, what: Term) -> set[Term]:
        """Give the things that a target of SHACL means."""
        if how == "targetClass":
            return set().union(*(things for kind, things in self._members.items() if what in self._classes(kind)))
        if how == "targetSubjectsOf":
            return {thing for thing, facts in self._facts.items() if what in facts}
        if how == "targetObjectsOf":
            return {value for facts in self._facts.values() for value in facts.get(what, ())}
        return {what}

    def _classes(self, kind: Term) -> set[Term]:
        if kind not in self._above:
            self._above[kind] = {kind}  # a circle ends here
            self._above[kind] |= {above for parent in self.values(kind, _BELOW) for above in self._classes(parent)}
        return self._above[kind]


@dataclass(frozen=True, slots=True)
class Shape:
    """What must hold for a thing, or for the values of one of its properties.

    Parameters
    ----------
    path : str or None
        The property; None for a shape of the thing itself.
    checks : tuple
        Each with what it says where it fails.
    parts : tuple of Shape
        The shapes of properties.
    targets : tuple
        The things that the shape is for: how they are told, and by what.
    choices : tuple of str
        The values of a closed list.
    is_single, is_required : bool
        Whether there may be one value only, and whether there must be one.
    """

    path: str | None
    checks: tuple[tuple[str, Check], ...]
    parts: tuple[Shape, ...]
    targets: tuple[tuple[str, Term], ...]
    choices: tuple[str, ...] = ()
    is_single: bool = False
    is_required: bool = False

    def faults(self, graph: Described, thing: Term) -> Iterator[str]:
        """Say what is wrong with a thing."""
        values = [thing] if self.path is None else graph.values(thing, self.path)
        if not values and not self.is_required:
            return  # all else that a shape asks for holds for nothing
        for message, check in self.checks:
            if not check(graph, thing, values):
                yield message
        for part in self.parts:
            for value in values:
                yield from part.faults(graph, value)

    def focus(self, graph: Described) -> set[Term]:
        """Give the things of a graph that the shape is for."""
        return set().union(*(graph.targets(how, what) for how, what in self.targets))


def read_shapes(folder: Path) -> list[Shape]:
    """Read the shapes of a folder of Turtle.

    Raises
    ------
    OntologyError
        Where a shape uses a part of SHACL that is not known here.

    Examples
    --------
    >>> from imidgraph.resources import ONTOLOGY
    >>> len(read_shapes(ONTOLOGY / "shapes")) > 5
    True
    """
    store = QuadStore()
    for path in sorted(folder.glob("*.ttl")):
        store.load(path=str(path), format=RdfFormat.TURTLE)
    names = {quad.subject for quad in store.quads_for_pattern(None, NamedNode(_RDF + "type"), NamedNode(_SH + "NodeShape"))}
    return [_Reader(store).shape(name) for name in sorted(names, key=str)]


class _Reader:
    """Reads shapes from the triples that describe them."""

    def __init__(self, store: QuadStore) -> None:
        self._store = store

    def shape(self, name: Any) -> Shape:
        """Read a shape."""
        facts: dict[str, list[Any]] = {}
        for quad in self._store.quads_for_pattern(name, None, None):
            if quad.predicate.value != _RDF + "type":
                facts.setdefault(quad.predicate.value.removeprefix(_SH), []).append(quad.object)
        path = next((str(term) for term in facts.get("path", ())), None)
        message = next((term.value for term in facts.get("message", ())), None)
        checks = [
            (message or _told(component, path, parameter), self._check(component, parameter))
            for component in sorted(facts.keys() - _OTHERS)
            for parameter in facts[component]
        ]
        return Shape(
            path,
            tuple(checks),
            tuple(self.shape(part) for part in facts.get("property", ())),
            tuple((how, str(what)) for how in _TARGETS for what in facts.get(how, ())),
            tuple(value.value for choices in facts.get("in", ()) for value in self._items(choices)),
            any(count.value == "1" for count in facts.get("maxCount", ())),
            "minCount" in facts,
        )

    def _items(self, node: Any) -> Iterator[Any]:
        while node.value != _RDF + "nil":
            yield self._object(node, "first")
            node = self._object(node, "rest")

    def _object(self, node: Any, name: str) -> Any:
        return next(self._store.quads_for_pattern(node, NamedNode(_RDF + name), None)).object

    def _check(self, component: str, parameter: Any) -> Check:
        """Compile a constraint into a function that tells whether it holds."""
        if component in ("in", "or"):
            return self._check_of_list(component, list(self._items(parameter)))
        value, term = python_value(parameter), str(parameter)
        checks: dict[str, Check] = {
            "class": lambda graph, thing, values: all(graph.is_a(item, term) for item in values),
            "datatype": lambda graph, thing, values: all(_has_datatype(item, parameter) for item in values),
            "disjoint": lambda graph, thing, values: not set(values).intersection(graph.values(thing, term)),
            "lessThan": lambda graph, thing, values: _compared(operator.lt, values, graph.values(thing, term)),
            "lessThanOrEquals": lambda graph, thing, values: _compared(operator.le, values, graph.values(thing, term)),
            "maxCount": lambda graph, thing, values: len(values) <= value,
            "maxExclusive": lambda graph, thing, values: _compared(operator.lt, values, [term]),
            "maxInclusive": lambda graph, thing, values: _compared(operator.le, values, [term]),
            "minCount": lambda graph, thing, values: len(values) >= value,
            "minExclusive": lambda graph, thing, values: _compared(operator.gt, values, [term]),
            "minInclusive": lambda graph, thing, values: _compared(operator.ge, values, [term]),
            "nodeKind": lambda graph, thing, values: all(_KINDS[item[0]] in value.rpartition("#")[2] for item in values),
            "pattern": lambda graph, thing, values: all(re.search(value, term_of(item).value) for item in values),
            "uniqueLang": lambda graph, thing, values: not value or _are_unique(map(_LANGUAGE.search, values)),
        }
        if component not in checks:
            raise OntologyError(f"A shape uses sh:{component}, which is not supported. Say it with other parts of SHACL.")
        return checks[component]

    def _check_of_list(self, component: str, items: list[Any]) -> Check:
        if component == "in":
            known = set(map(str, items))
            return lambda graph, thing, values: known.issuperset(values)
        shapes = [self.shape(item) for item in items]
        return lambda graph, thing, values: all(any(not [*shape.faults(graph, item)] for shape in shapes) for item in values)


@lru_cache(maxsize=1 << 16)  # the same days and numbers come over and over
def term_of(text: Term) -> Any:
    """Give the object of Python for a term that N-Triples write."""
    return next(iter(parse(f"<x:> <x:> {text} .", format=RdfFormat.N_TRIPLES))).object


def _compared(holds: Callable[[Any, Any], bool], values: list[Term], others: list[Term]) -> bool:
    try:
        return all(holds(python_value(term_of(value)), python_value(term_of(other))) for value in values for other in others)
    except TypeError:  # a text and a number, say
        return False


def _has_datatype(text: Term, datatype: NamedNode) -> bool:
    term = term_of(text)
    if not isinstance(term, Literal) or term.datatype != datatype:
        return False
    if datatype.value == _XSD + "boolean":
        return term.value in {"true", "false", "1", "0"}
    return datatype.value.removeprefix(_XSD) not in _CONVERTED or not isinstance(python_value(term), str)


def _are_unique(languages: Iterable[re.Match[str] | None]) -> bool:
    told = [language[1].lower() for language in languages if language]
    return len(told) == len(set(told))


def _told(component: str, path: str | None, parameter: Any) -> str:
    """Say what a constraint asks for, where its shape does not say it itself."""
    value, what = compress(parameter.value), compress(path.strip("<>")) if path else "It"
    return f"{what} {_DEFAULTS.get(component, 'has a value that does not fit.').format(value)}"
