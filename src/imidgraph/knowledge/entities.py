"""Lookups: an entity by any of its names, with typed views of the statements about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from imidgraph.knowledge.names import Names
from imidgraph.knowledge.statements import Statements
from imidgraph.model import GenerationAssignment, Indication, MechanismOfAction, Risk, Source, Statement, Term
from imidgraph.namespaces import compress
from imidgraph.stores import Store


@dataclass(frozen=True)
class Entity(Term):
    """An entity of the graph, with the statements about it.

    Examples
    --------
    >>> import imidgraph
    >>> drug = imidgraph.load().entity("Revlimid")
    >>> drug.curie, drug.category
    ('imid:lenalidomide', 'Drug')
    """

    lookup: Lookup = field(repr=False, compare=False, kw_only=True)

    @cached_property
    def attributes(self) -> dict[str, tuple[Any, ...]]:
        """Its literal attributes and identifiers, by the local name of the property."""
        return self.lookup.statements.attributes(self.iri)

    @property
    def definition(self) -> str | None:
        """What it is, in one sentence."""
        return next(iter(self.attributes.get("definition", ())), None)

    @property
    def synonyms(self) -> tuple[str, ...]:
        """Its other names, brands and lay words included."""
        return self.attributes.get("brandName", ()) + self.attributes.get("altLabel", ())

    @property
    def identifiers(self) -> tuple[str, ...]:
        """Its identifiers in the field's registers, as CURIEs."""
        return tuple(map(compress, self.attributes.get("exactMatch", ()) + self.attributes.get("closeMatch", ())))

    @cached_property
    def as_subject(self) -> list[Statement]:
        """The statements that have it as their subject."""
        return self.lookup.statements.find(subject=self.iri)

    @cached_property
    def as_object(self) -> list[Statement]:
        """The statements that have it as their object."""
        return self.lookup.statements.find(object=self.iri)

    @property
    def generations(self) -> list[Statement]:
        """To which generation each source counts it."""
        return [item for item in self.as_subject if isinstance(item, GenerationAssignment)]

    @property
    def mechanisms(self) -> list[Statement]:
        """The steps by which it acts."""
        return [item for item in self.as_subject if isinstance(item, MechanismOfAction)]

    @property
    def indications(self) -> list[Indication]:
        """The diseases that it is approved, studied or used for."""
        return [item for item in self.as_subject if isinstance(item, Indication)]

    @property
    def risks(self) -> list[Risk]:
        """Its adverse effects, those of the boxed warning first."""
        risks = [item for item in self.as_subject if isinstance(item, Risk)]
        return sorted(risks, key=lambda risk: (not risk.boxed_warning, risk.label))

    @property
    def programs(self) -> list[Statement]:
        """The safety programs that it is dispensed under."""
        return [item for item in self.as_subject if item.category == "ProgramRequirement"]

    @property
    def articles(self) -> list[Source]:
        """The articles that are evidence on it."""
        return [source for source in self.lookup.statements.sources_about(self.iri) if source.category == "Article"]


class Lookup:
    """Finds entities and statements in a store.

    Parameters
    ----------
    store : Store
        The engine that holds the graph.
    """

    def __init__(self, store: Store) -> None:
        self.names = Names(store)
        self.statements = Statements(store)

    def entity(self, name: str, category: str | None = None) -> Entity:
        """Find one entity by any of its names; see `Names.find`."""
        term = self.names.find(name, category)
        return Entity(term.iri, term.label, term.category, lookup=self)
