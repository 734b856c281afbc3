"""Entities: one thing with all that is said of it, and typed views of the statements about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from imidgraph.answers import Answer, Row
from imidgraph.knowledge.lookups import COLUMNS, statement_rows
from imidgraph.knowledge.names import Names
from imidgraph.knowledge.statements import Reader
from imidgraph.model import GenerationAssignment, Indication, MechanismOfAction, Risk, Source, Statement, Term
from imidgraph.namespaces import compress, local_name


@dataclass(frozen=True, repr=False)
class Entity(Answer, Term):
    """An entity of the graph, with the statements about it.

    It reads them when they are first asked for; pickled, it holds them all.

    Examples
    --------
    >>> import imidgraph
    >>> drug = imidgraph.load().entity("Revlimid")
    >>> drug.curie, drug.category
    ('imid:lenalidomide', 'Drug')
    """

    _reader: Reader | None = field(default=None, compare=False, kw_only=True)

    columns = COLUMNS

    @property
    def rows(self) -> list[Row]:
        """The statements about it."""
        return list(statement_rows(self.statements))

    @property
    def title(self) -> str:
        """Its name."""
        return self.label

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements about it, as their subject or object, in the order of a card."""
        return tuple(sorted((*self.as_subject, *self.as_object), key=_order))

    def __bool__(self) -> bool:
        return True

    def __getstate__(self) -> dict[str, Any]:
        parts = {name: getattr(self, name) for name in ("attributes", "as_subject", "as_object", "articles")}
        return super().__getstate__() | parts | {"_reader": None}

    def _document(self) -> dict[str, Any]:
        return {
            "id": self.curie,
            "label": self.label,
            "category": self.category,
            "definition": self.definition,
            "synonyms": list(self.synonyms),
            "identifiers": list(self.identifiers),
            "statements": [item.to_dict() for item in self.statements],
        }

    def _reading(self) -> Reader:
        assert self._reader is not None, "an entity without a reader was unpickled, and has what it would read"
        return self._reader

    @cached_property
    def attributes(self) -> dict[str, tuple[Any, ...]]:
        """Its literal attributes and identifiers, by the local name of the property."""
        return self._reading().attributes(self.iri)

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
        return self._reading().find(subject=self.iri)

    @cached_property
    def as_object(self) -> list[Statement]:
        """The statements that have it as their object."""
        return self._reading().find(object=self.iri)

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

    @cached_property
    def articles(self) -> list[Source]:
        """The articles that are evidence on it."""
        return [source for source in self._reading().sources_about(self.iri) if source.category == "Article"]


_FIRST = (
    "belongsTo",
    "inGeneration",
    "binds",
    "modulates",
    "degrades",
    "approvedFor",
    "licensedInCombinationFor",
    "hasAdverseEffect",
    "dispensedUnder",
)


def _order(item: Statement) -> tuple[object, ...]:
    local = local_name(item.predicate.iri)
    rank = _FIRST.index(local) if local in _FIRST else len(_FIRST)
    return rank, item.negated, local, not item.value("boxedWarning"), item.object.label, str(item.value("approvalDate") or "")


def entity(names: Names, reader: Reader, name: str) -> Entity:
    """Find one entity by any of its names.

    Parameters
    ----------
    names : Names
        The names of the entities.
    reader : Reader
        Where the statements about it are looked up.
    name : str
        Its name; see `Names.find`.
    """
    term = names.find(name)
    return Entity(term.iri, term.label, term.category, _reader=reader)
