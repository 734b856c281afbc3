"""Checks a checkout: what the shapes and the invariants find in the graph is told with the file and line of its source."""

from __future__ import annotations

from pathlib import Path

from imidgraph.errors import OntologyError
from imidgraph.knowledge.validation import Violation, check_invariants, check_shapes
from imidgraph.namespaces import compress
from imidgraph.release.build import derive
from imidgraph.release.checkout import directory_of, read_checkout
from imidgraph.release.names import Names
from imidgraph.release.terms import local
from imidgraph.sparql.catalog import Catalog
from imidgraph.sparql.results import undisturbed
from imidgraph.stores.oxigraph import OxigraphStore

_FOLDERS = ("entities", "facts", "readings", "sources")


def sentence(violation: Violation, names: Names) -> str:
    """Say what is wrong in the graph with the file and the line of its source, and the name of the fact, entity or source.

    Parameters
    ----------
    violation : Violation
        What is wrong.
    names : Names
        Where things are described.

    Examples
    --------
    >>> from imidgraph.release.faults import Place
    >>> names = Names(entities={"lenalidomide": Place("ontology/entities/drugs.ttl", 12)})
    >>> sentence(Violation("shapes", "imid:lenalidomide", "An entity has one label."), names)
    'ontology/entities/drugs.ttl:12: lenalidomide: An entity has one label.'
    """
    name = local(compress(violation.focus))
    place = names.where(name)
    return f"{place}: {name}: {violation.message}" if place else f"{name}: {violation.message}"


@undisturbed()
def check_file(path: Path, catalog: Catalog) -> None:
    """Check one file of a checkout, with the shapes and the invariants, as far as its own things go.

    Parameters
    ----------
    path : Path
        A file of facts, sources or entities.
    catalog : Catalog
        The invariants.

    Raises
    ------
    OntologyError
        Where something is wrong, with a line for each fault.

    Examples
    --------
    >>> from imidgraph.resources import ONTOLOGY, QUERIES
    >>> file = ONTOLOGY / "facts" / "risks" / "thalidomide.yaml"
    >>> check_file(file, Catalog(QUERIES)) if file.exists() else None
    """
    directory = directory_of(path)
    if path.resolve().relative_to(directory).parts[0] not in _FOLDERS:
        raise OntologyError(f"{path} is not a file of {', '.join(_FOLDERS)}. Build and validate to check the rest.")
    checkout = read_checkout(directory, only=path)
    shown = str(path.resolve().relative_to(directory.parent))
    store = OxigraphStore(derive(checkout.triples(), directory)[0])
    violations = check_shapes(store.triples(), directory / "shapes") + check_invariants(store, catalog)
    lines = [sentence(violation, checkout.names) for violation in violations]
    lines = [line for line in lines if line.startswith(f"{shown}:")]
    if lines:
        raise OntologyError("\n".join(lines))
