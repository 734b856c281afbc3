"""Builds the release, one file with everything, from the schema, the entities, the sources, the facts and the rules."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from pathlib import Path

from imidgraph.errors import OntologyError
from imidgraph.formats.turtle import write_turtle
from imidgraph.knowledge.shapes import read_shapes
from imidgraph.rdf import BlankNode, QuadStore, RdfFormat, Triple, serialize
from imidgraph.release.checkout import Checkout, read_checkout
from imidgraph.release.jsonschema import facts_schema, sources_schema
from imidgraph.sparql.results import undisturbed

_N_TRIPLES = RdfFormat.N_TRIPLES
_RULE_ERROR = re.compile(r"(?:error at (\d+):\d+: )?(.*)", re.DOTALL)


def build(directory: Path) -> bytes:
    """Build the release from an ontology directory, as `built_files` does, and nothing else.

    Parameters
    ----------
    directory : Path
        A directory as `read_checkout` reads it, with ``rules/*.rq`` (SPARQL CONSTRUCT).

    Returns
    -------
    bytes
        The release in Turtle, without blank nodes, the same for the same sources.

    Raises
    ------
    OntologyError
        Where a file does not hold what it should.

    Examples
    --------
    >>> from imidgraph.resources import ONTOLOGY, RELEASE
    >>> not (ONTOLOGY / "facts").exists() or build(ONTOLOGY) == RELEASE.read_bytes()
    True
    """
    return _release(read_checkout(directory), directory)


@undisturbed()
def built_files(directory: Path) -> tuple[Checkout, dict[Path, bytes]]:
    """Build all that is made from the sources of an ontology directory.

    Parameters
    ----------
    directory : Path
        A directory as `read_checkout` reads it.

    Returns
    -------
    checkout : Checkout
        What was read.
    files : dict of Path to bytes
        The release, and the JSON Schemas that editors check facts and sources with.

    Raises
    ------
    OntologyError
        Where a file does not hold what it should.
    """
    checkout = read_checkout(directory)
    return checkout, {
        directory / "imid.ttl": _release(checkout, directory),
        directory / "facts.schema.json": facts_schema(checkout.terms, read_shapes(directory / "shapes")),
        directory / "sources.schema.json": sources_schema(checkout.terms),
    }


def derive(triples: Iterable[Triple], directory: Path) -> tuple[QuadStore, set[Triple]]:
    """Derive triples by the rules of an ontology directory, each rule seeing what those before it gave.

    They go into the store as text, which is faster than an object of Python for each.

    Returns
    -------
    store : pyoxigraph.Store
        The triples, and those that are derived.
    derived : set of pyoxigraph.Triple
        Those that are derived.

    Raises
    ------
    OntologyError
        Where a rule is not valid SPARQL.
    """
    store = QuadStore()
    store.load(serialize(triples, format=_N_TRIPLES), format=_N_TRIPLES)
    derived: set[Triple] = set()
    for rule in sorted((directory / "rules").glob("*.rq")):
        try:
            found = set(store.query(rule.read_text(encoding="utf-8-sig")))  # type: ignore[arg-type]
        except SyntaxError as error:
            line, reason = _RULE_ERROR.fullmatch(str(error)).groups()  # type: ignore[union-attr]
            place = f"{rule.relative_to(directory.parent)}:{line or 1}"
            raise OntologyError(f"{place}: This is not valid SPARQL: {reason.rstrip('.')}.") from error
        store.load(serialize(found, format=_N_TRIPLES), format=_N_TRIPLES)
        derived |= found
    return store, derived


def _release(checkout: Checkout, directory: Path) -> bytes:
    triples = list(checkout.triples())
    _, derived = derive(triples, directory)
    named = (triple for triple in triples if not isinstance(triple.subject, BlankNode))  # the lists of the schema stay behind
    return b"".join(write_turtle(itertools.chain(named, derived)))
