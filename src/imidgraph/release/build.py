"""Builds the release, one file with everything, from the schema, the entities, the sources, the facts and the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from imidgraph.errors import OntologyError
from imidgraph.formats.turtle import write_turtle
from imidgraph.rdf import BlankNode, Quad, QuadStore, RdfFormat, Triple, parse
from imidgraph.release import facts, sources
from imidgraph.release.terms import Terms
from imidgraph.release.yamltext import Fields, Items, YamlFault, read_yaml


def build(directory: Path) -> bytes:
    """Build the release from an ontology directory.

    Parameters
    ----------
    directory : Path
        A directory with ``schema.ttl``, ``entities/*.ttl``, ``sources/**/*.yaml``, ``facts/*/*.yaml`` and
        ``rules/*.rq`` (SPARQL CONSTRUCT).

    Returns
    -------
    bytes
        The release in Turtle, without blank nodes, the same for the same sources.

    Raises
    ------
    OntologyError
        Where there is no schema, or a file does not hold what it should.

    Examples
    --------
    >>> from imidgraph.resources import ONTOLOGY, RELEASE
    >>> not (ONTOLOGY / "facts").exists() or build(ONTOLOGY) == RELEASE.read_bytes()
    True
    """
    triples = set(_read_sources(directory))
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


def _read_sources(directory: Path) -> Iterator[Triple]:
    schema = directory / "schema.ttl"
    if not schema.exists():
        raise OntologyError(f"There is no schema.ttl in {directory}. Build in a checkout of the repository.")
    stated = list(_read_turtle(schema))
    terms = Terms.of(stated)
    yield from stated
    for path in sorted((directory / "entities").glob("*.ttl")):
        yield from _read_turtle(path)
    for path in sorted((directory / "sources").rglob("*.yaml")):
        yield from _read_list(path, terms, sources.triples_of)
    for path in sorted((directory / "facts").glob("*/*.yaml")):
        yield from _read_list(path, terms, facts.triples_of)


def _read_turtle(path: Path) -> Iterator[Triple]:
    try:
        for quad in parse(path=str(path), format=RdfFormat.TURTLE):
            yield quad.triple
    except SyntaxError as error:
        raise OntologyError(f"{path.name} is not valid Turtle: {error}. Correct it and build again.") from error


def _read_list(path: Path, terms: Terms, triples_of: Callable[[Fields, Terms], Iterator[Triple]]) -> Iterator[Triple]:
    try:
        entries = read_yaml(path.read_bytes())
    except YamlFault as fault:
        raise OntologyError(f"{path}:{fault.line}: {fault.reason}") from fault
    assert isinstance(entries, Items)
    for entry in entries.items:
        assert isinstance(entry, Fields)
        yield from triples_of(entry, terms)
