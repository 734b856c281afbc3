"""Checks a graph: the invariants of the catalog, and the SHACL shapes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from imidgraph.answers import Listing, Row
from imidgraph.knowledge.shapes import Described, read_shapes, term_of
from imidgraph.rdf import Triple
from imidgraph.resources import ONTOLOGY
from imidgraph.sparql.catalog import Catalog
from imidgraph.sparql.results import undisturbed
from imidgraph.stores import Store


@dataclass(frozen=True)
class Violation:
    """Something wrong in a graph.

    Parameters
    ----------
    check : str
        The invariant or the shape that found it.
    focus : str
        The thing that is wrong.
    message : str
        What is wrong with it.
    """

    check: str
    focus: str
    message: str


@dataclass(frozen=True, repr=False)
class Validation(Listing[Violation]):
    """What is wrong in a graph; empty, and false, where nothing is."""

    columns = ("check", "focus", "message")
    notice = ""
    nothing = "No violations."

    @property
    def rows(self) -> list[Row]:
        """The violations."""
        return [(item.check, item.focus, item.message) for item in self]

    @property
    def title(self) -> str:
        """How many."""
        return "1 violation" if len(self) == 1 else f"{len(self)} violations"


@undisturbed()
def validate(store: Store, catalog: Catalog, shapes: bool = True) -> Validation:
    """Check a graph against the invariants of the catalog and the SHACL shapes.

    Parameters
    ----------
    store : Store
        The engine that holds the graph.
    catalog : Catalog
        The catalog with the invariants.
    shapes : bool
        Whether to check the shapes too.
    """
    violations = check_invariants(store, catalog)
    if shapes:
        violations += check_shapes(store.triples(), ONTOLOGY / "shapes")
    return Validation(tuple(violations))


def check_invariants(store: Store, catalog: Catalog) -> list[Violation]:
    """Run the queries of ``verify/``: each row is a violation."""
    violations = []
    for query in catalog.invariants:
        for row in store.select(query.text).to_dicts():
            shown = {name: getattr(value, "curie", value) for name, value in row.items() if value is not None}
            focus, *rest = shown.items()
            details = ", ".join(f"{name} {value}" for name, value in rest)
            violations.append(Violation(query.name, str(focus[1]), f"{query.summary} {details}".strip()))
    return violations


def check_shapes(triples: Iterable[Triple], folder: Path) -> list[Violation]:
    """Check a graph against the SHACL shapes of a folder.

    Parameters
    ----------
    triples : iterable of pyoxigraph.Triple
        The graph.
    folder : Path
        Shapes in Turtle.
    """
    graph = Described(triples)
    found = {
        Violation("shapes", term_of(thing).value, message)
        for shape in read_shapes(folder)
        for thing in shape.focus(graph)
        for message in shape.faults(graph, thing)
    }
    return sorted(found, key=lambda violation: (violation.focus, violation.message))
