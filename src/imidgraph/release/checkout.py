"""A checkout of the ontology: schema, entities, sources, facts, retired names and second readings, read and checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from imidgraph.errors import OntologyError
from imidgraph.rdf import Triple
from imidgraph.release import entities
from imidgraph.release.entries import Entry, read_entries
from imidgraph.release.facts import Fact
from imidgraph.release.faults import Faults, Place
from imidgraph.release.names import Names
from imidgraph.release.reader import FactReader
from imidgraph.release.readings import Reading, judged, read_readings
from imidgraph.release.retired import read_retired, retire
from imidgraph.release.sources import CLASSES, fields_of, read_source, source_name
from imidgraph.release.terms import Terms

_RETIRED = "retired.yaml"


@dataclass(frozen=True, slots=True)
class Checkout:
    """What the files of an ontology directory hold.

    Parameters
    ----------
    terms : Terms
        The classes and properties.
    names : Names
        What is described, and where.
    described : list of Triple
        The triples of the schema, the entities, the sources and the retired names.
    facts : list of Fact
        The statements with their evidence.
    readings, void : list of Reading
        The second readings that count, and those that a change of what was read has made void.
    """

    terms: Terms
    names: Names
    described: list[Triple]
    facts: list[Fact]
    readings: list[Reading]
    void: list[Reading]

    def triples(self) -> Iterator[Triple]:
        """Give all triples that are written; rules derive more."""
        yield from self.described
        for fact in self.facts:
            yield from fact.triples()
        for reading in self.readings:
            yield from reading.triples()


def read_checkout(directory: Path, only: Path | None = None) -> Checkout:
    """Read an ontology directory.

    Parameters
    ----------
    directory : Path
        A directory with ``schema.ttl``, ``entities/*.ttl``, ``sources/**/*.yaml``, ``facts/<topic>/*.yaml``, and where there
        are any, retired names in ``facts/retired.yaml`` and second readings in ``readings/*.tsv``.
    only : Path, optional
        A file of it: faults of other files are passed over, and so are facts that its own have nothing to do with.

    Raises
    ------
    OntologyError
        Where something is wrong, with a line for each fault that names the file, the line and the fact.

    Examples
    --------
    >>> from imidgraph.resources import ONTOLOGY
    >>> not (ONTOLOGY / "facts").exists() or len(read_checkout(ONTOLOGY).facts) > 1000
    True
    """
    directory = directory.resolve()
    if not (directory / "schema.ttl").exists():
        raise OntologyError(f"There is no schema.ttl in {directory}. Build in a checkout of the repository.")
    reading = _Reading(directory)
    shown = None if only is None else reading.shown(only.resolve())
    reading.read_schema()
    retired = reading.entries([directory / "facts" / _RETIRED], Entry.named)
    for entry in retired:
        retire(entry, reading.names)
    reading.read_entities()
    reading.read_sources()
    facts = reading.read_facts(shown)
    for entry in retired:
        reading.described += read_retired(entry, reading.names)
    readings = reading.read_readings()
    reading.faults.raise_any(shown)
    return Checkout(reading.terms, reading.names, reading.described, facts, *judged(readings, facts))


def directory_of(path: Path) -> Path:
    """Give the ontology directory that a file of a checkout belongs to.

    Raises
    ------
    OntologyError
        Where the file is in none.
    """
    for folder in path.resolve().parents:
        if (folder / "schema.ttl").exists() and (folder / "facts").is_dir():
            return folder
    raise OntologyError(f"{path} is in no ontology directory: no folder above it has a schema.ttl and facts.")


class _Reading:
    """One pass through an ontology directory, which collects triples, names and faults."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.faults = Faults()
        self.names = Names()
        self.described: list[Triple] = []

    def shown(self, path: Path) -> str:
        """Give the path as messages show it."""
        return str(path.relative_to(self._directory.parent)) if path.is_relative_to(self._directory.parent) else str(path)

    def entries(self, paths: list[Path], name_of: Callable[[Entry], str | None]) -> list[Entry]:
        """Read the entries of files that have a name."""
        found = []
        for path in paths:
            for entry in read_entries(path, self.shown(path), self.faults) if path.exists() else []:
                name = name_of(entry)
                if name is not None:
                    entry.name = name
                    found.append(entry)
        return found

    def read_schema(self) -> None:
        """Read the schema; nothing else can be read where it cannot."""
        path = self._directory / "schema.ttl"
        self.described = entities.read_turtle(path, self.shown(path), self.faults)
        self.faults.raise_any()
        self.names.terms = dict(entities.places(path, self.shown(path)))
        self.terms = Terms.of(self.described)

    def read_entities(self) -> None:
        """Read the entities, which claim their names."""
        for path in sorted((self._directory / "entities").glob("*.ttl")):
            shown = self.shown(path)
            triples = entities.read_turtle(path, shown, self.faults)
            for name, place in entities.places(path, shown):
                self.names.claim(self.names.entities, name, place, self.faults)
            entities.check_named(path, shown, triples, self.faults)
            entities.check_properties(triples, self.names.entities, self.terms, self.faults)
            self.names.labels.update(entities.labels(triples))
            self.described += triples

    def read_sources(self) -> None:
        """Read the sources, which claim their names."""
        named = self.entries(sorted((self._directory / "sources").rglob("*.yaml")), source_name)
        for entry in named:
            self.names.claim(self.names.sources, entry.name, entry.place, self.faults)
        fields = {kind: fields_of(kind, self.terms) for kind in CLASSES.values()}
        for entry in named:
            self.described += read_source(entry, fields, self.names)

    def read_facts(self, only: str | None) -> list[Fact]:
        """Read the facts: first all names, then the statements about them, only those in a file and around it if it is given."""
        reader = FactReader(self.terms, self.names)
        named = self.entries(self._fact_files(), reader.name_of)
        for entry in named:
            self.names.claim(self.names.facts, entry.name, entry.place, self.faults)
            for name, place in reader.evidence_names(entry):
                self.names.claim(self.names.facts, name, place, self.faults)
        own = [fact for entry in named if only in (None, entry.path) if (fact := reader.read(entry))]
        if only is None:
            return own
        pairs, mentioned = {fact.ends for fact in own}, {name for fact in own for name in fact.mentioned}
        others = (entry for entry in named if entry.path != only)
        around = (entry for entry in others if entry.name in mentioned or reader.ends_of(entry) in pairs)
        return own + [fact for entry in around if (fact := reader.read(entry))]

    def read_readings(self) -> list[Reading]:
        """Read the ledgers of second readings."""
        paths = sorted((self._directory / "readings").glob("*.tsv"))
        return [found for path in paths for found in read_readings(path, self.shown(path), self.names, self.faults)]

    def _fact_files(self) -> list[Path]:
        folder = self._directory / "facts"
        found = sorted(folder.glob("*/*.yaml"))
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path not in found and path != folder / _RETIRED:
                self.faults.add(Place(self.shown(path), 1), "This file is not read. Facts are in facts/<topic>/<family>.yaml.")
        return found
