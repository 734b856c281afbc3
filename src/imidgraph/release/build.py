"""Builds the release, one file with everything, from the schema, the entities, the sources, the facts and the rules."""

from __future__ import annotations

from pathlib import Path

from imidgraph.errors import OntologyError
from imidgraph.formats.turtle import write_turtle
from imidgraph.rdf import BlankNode, Quad, QuadStore, Triple
from imidgraph.release.checkout import read_checkout


def build(directory: Path) -> bytes:
    """Build the release from an ontology directory.

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
    triples = set(read_checkout(directory).triples())
    store = QuadStore()
    store.extend(Quad(*triple) for triple in triples)
    derived: set[Triple] = set()
    for rule in sorted((directory / "rules").glob("*.rq")):
        try:
            derived |= set(store.query(rule.read_text(encoding="utf-8")))  # type: ignore[arg-type]
        except SyntaxError as error:
            raise OntologyError(f"The rule {rule.name} is not valid SPARQL: {error}. Correct it and build again.") from error
    named = {triple for triple in triples if not isinstance(triple.subject, BlankNode)}  # the lists of the schema stay behind
    return b"".join(write_turtle(named | derived))
