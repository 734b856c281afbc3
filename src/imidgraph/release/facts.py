"""Facts: statements with their evidence, and the triples that they stand for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from imidgraph.namespaces import IMID, PREFIXES, compress
from imidgraph.rdf import Literal, NamedNode, Triple
from imidgraph.release.faults import Place
from imidgraph.release.terms import local

_TYPE = NamedNode(PREFIXES["rdf"] + "type")
Values = tuple[tuple[str, NamedNode | Literal], ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A piece of evidence as it is written.

    Parameters
    ----------
    name : str
        The name of its statement and its suffix.
    kind : str
        Its class.
    values : tuple
        Its source and its other properties, by local name.
    place : Place
        Where it is written.
    """

    name: str
    kind: str
    values: Values
    place: Place


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement as it is written.

    Parameters
    ----------
    name : str
        Its id.
    kind : str
        Its class.
    values : tuple
        Its ends, its predicate and its qualifiers, by local name.
    evidence : tuple of Evidence
        What supports or disputes it.
    place : Place
        Where it is written.
    """

    name: str
    kind: str
    values: Values
    evidence: tuple[Evidence, ...]
    place: Place

    @property
    def mentioned(self) -> Iterator[str]:
        """The names of the things that it speaks of, its subject and its object first."""
        return (local(compress(value.value)) for _, value in self.values if isinstance(value, NamedNode))

    @property
    def ends(self) -> tuple[str, str]:
        """The names of its subject and its object."""
        subject, _, object_, *_ = self.mentioned
        return subject, object_

    def triples(self) -> Iterator[Triple]:
        """Give the triples of the statement and its evidence."""
        yield from _triples(self)
        for item in self.evidence:
            yield Triple(NamedNode(IMID + self.name), NamedNode(IMID + "evidence"), NamedNode(IMID + item.name))
            yield from _triples(item)


def _triples(written: Fact | Evidence) -> Iterator[Triple]:
    subject = NamedNode(IMID + written.name)
    yield Triple(subject, _TYPE, NamedNode(IMID + written.kind))
    for name, value in written.values:
        yield Triple(subject, NamedNode(IMID + name), value)
