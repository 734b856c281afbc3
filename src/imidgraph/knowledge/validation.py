"""Checks a graph: the invariants of the catalog, and the SHACL shapes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from imidgraph.errors import MissingExtra
from imidgraph.sparql.catalog import Catalog
from imidgraph.stores import Store

if TYPE_CHECKING:
    import rdflib


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


def check_shapes(graph: rdflib.Graph, shapes: Path) -> list[Violation]:
    """Validate a graph against the SHACL shapes of a folder.

    Raises
    ------
    MissingExtra
        Where pySHACL is not installed.
    """
    try:
        import pyshacl
    except ImportError as error:
        raise MissingExtra("pyshacl", "validate") from error
    import rdflib
    from rdflib.namespace import RDF, SH

    shapes_graph = rdflib.Graph()
    for path in sorted(shapes.glob("*.ttl")):
        shapes_graph.parse(path)
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes_graph, advanced=False, inference="none")
    assert isinstance(report, rdflib.Graph)
    results = report.subjects(RDF.type, SH.ValidationResult)
    violations = [
        Violation("shapes", str(report.value(result, SH.focusNode)), str(report.value(result, SH.resultMessage)))
        for result in results
    ]
    return sorted(violations, key=lambda violation: (violation.focus, violation.message))
