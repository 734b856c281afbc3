"""Entities: one thing with all that is said of it, and typed views of the statements about it."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from imidgraph.answers import Answer, Row
from imidgraph.errors import QueryError
from imidgraph.knowledge import kinds
from imidgraph.knowledge.groups import Group
from imidgraph.knowledge.kinds import KINDS
from imidgraph.knowledge.lookups import COLUMNS, statement_rows
from imidgraph.knowledge.names import Names
from imidgraph.knowledge.sections import Section, sections
from imidgraph.knowledge.statements import Reader
from imidgraph.model import GenerationAssignment, Indication, MechanismOfAction, Risk, Source, Statement, Term
from imidgraph.namespaces import compress


@dataclass(frozen=True, repr=False)
class Entity(Answer, Term):
    """An entity of the graph, with the statements about it.

    It reads them when they are first asked for; pickled, it holds them all. Shown, it is a brief card, and `whole` a long one.

    Parameters
    ----------
    is_brief : bool
        Whether it shows what to know first, on one screen, or everything.

    Examples
    --------
    >>> import imidgraph
    >>> drug = imidgraph.load().entity("Revlimid")
    >>> drug.curie, drug.category
    ('imid:lenalidomide', 'Drug')
    """

    is_brief: bool = field(default=True, compare=False, kw_only=True)
    _reader: Reader | None = field(default=None, compare=False, kw_only=True)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns: of the lines of a brief card, or of statements."""
        return ("section", "text", "sources", "statements") if self.is_brief else COLUMNS

    @property
    def rows(self) -> list[Row]:
        """The lines of its sections on a brief card, or all statements about it."""
        if not self.is_brief:
            return list(statement_rows(self.statements))
        return [
            (section["name"], line["text"], ", ".join(line["sources"]), line["number"])
            for section in self._sections()
            for line in section["lines"]
        ]

    @property
    def title(self) -> str:
        """Its name."""
        return self.label

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """The statements about it, as their subject or object, in the order of a card."""
        every = dict.fromkeys((*self.as_subject, *self.as_object, *self.telling))
        return tuple(sorted(every, key=lambda item: card_order(item, self.iri)))

    def __bool__(self) -> bool:
        return True

    def __getstate__(self) -> dict[str, Any]:
        parts = {
            name: getattr(self, name)
            for name in ("attributes", "as_subject", "as_object", "telling", "kinds", "of_kinds", "boxed_kinds", "articles")
        }
        return super().__getstate__() | parts | {"_reader": None}

    def _document(self) -> dict[str, Any]:
        return {
            "id": self.curie,
            "label": self.label,
            "category": self.category,
            "definition": self.definition,
            "synonyms": list(self.synonyms),
            "identifiers": list(self.identifiers),
            "kinds": [kind.curie for kind in self.kinds],
            **self._told(),
        }

    def _told(self) -> dict[str, Any]:
        if self.is_brief:
            return {"sections": list(self._sections())}
        return {"statements": [item.to_dict() for item in self.statements]}

    def _sections(self) -> Iterator[dict[str, Any]]:
        if self.kind_groups:
            yield {"name": KINDS, "number": len(self.kinds), "lines": list(map(_line, self.kind_groups)), "left": 0}
        for section in self.sections:
            lines = list(map(_line, section.leading))
            yield {"name": section.name, "number": len(section), "lines": lines, "left": len(section.left)}

    @property
    def _told_first(self) -> Iterator[Source]:
        groups = (*self.kind_groups, *(group for section in self.sections for group in section.leading))
        return (item.source for group in groups for item in group.passages)

    def _cited(self) -> Set[Source]:
        return set(self._told_first) if self.is_brief else super()._cited()

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

    @cached_property
    def telling(self) -> list[Statement]:
        """The statements that tell of it though it is neither their subject nor their object: what to do under a drug."""
        return self._reading().telling_of(self.iri)

    @cached_property
    def kinds(self) -> list[Term]:
        """What is narrower than it: the kinds of an effect, of a disease or of a class."""
        return self._reading().kinds(self.iri)

    @cached_property
    def of_kinds(self) -> list[Statement]:
        """The statements that have one of its kinds as their object."""
        return self._reading().to(kind.iri for kind in self.kinds)

    @cached_property
    def kind_groups(self) -> tuple[Group, ...]:
        """What a brief card tells of its kinds."""
        return tuple(kinds.groups(Term(self.iri, self.label, self.category), self.kinds, self.of_kinds))

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The statements about it in the sections of its card, what matters most first."""
        return sections(Term(self.iri, self.label, self.category), self.statements, self.boxed_kinds)

    @cached_property
    def boxed_kinds(self) -> dict[Term, list[Term]]:
        """The kinds of each effect that its boxed warning names."""
        boxed = dict.fromkeys(item.object for item in self.as_subject if item.value("boxedWarning") is True)
        return {effect: self._reading().kinds(effect.iri) for effect in boxed} if len(boxed) > 1 else {}

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of its evidence, each once: those that a brief card cites first."""
        return tuple(dict.fromkeys((*self._told_first, *super().sources)))

    def section(self, name: str) -> Section:
        """Give one section by its name, in the singular or plural, or by a word for it such as side effects.

        Raises
        ------
        QueryError
            Where it has no such section; the message names those that it has.
        """
        wanted = _key(_MEANT.get(_key(name), name))
        for found in self.sections:
            if wanted in map(_key, (found.name, *found.name.split(" and "))):
                return replace(found, graph_version=self.graph_version)
        names = ", ".join(repr(found.name) for found in self.sections)
        raise QueryError(f"{self.label} has no section {name!r}. It has {names or 'none'}.")

    def _gaps(self) -> Iterator[str]:
        """Give what it leaves open, and what its curators could not read."""
        yield from super()._gaps()
        yield from self.attributes.get("editorialNote", ())

    def whole(self) -> Entity:
        """Give the same entity, shown with all that is said of it."""
        return replace(self, is_brief=False)

    @property
    def generations(self) -> list[Statement]:
        """The generation that each source assigns it to."""
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


def _key(name: str) -> str:
    """Give what two spellings of the name of a section share."""
    return " ".join(name.lower().split()).removesuffix("s")


_MEANT = {
    "adverse reaction": "adverse effects",
    "side effect": "adverse effects",
    "black box warning": "boxed warnings",
    "warning": "boxed warnings",
    "dosage": "doses",
    "dosing": "doses",
    "indication": "approvals",
    "license": "approvals",
    "monitoring": "what must be done and watched",
    "precaution": "what must be done and watched",
}
"""The sections that other words for them mean."""


def _line(group: Group) -> dict[str, Any]:
    sources = [passage.source.curie for passage in group.passages]
    return {"text": group.line, "sources": list(dict.fromkeys(sources)), "number": len(group.statements)}


def card_order(item: Statement, iri: str) -> tuple[object, ...]:
    """Give the place of a statement on the card of an entity: by relation, what holds and boxed warnings first."""
    is_object = item.subject.iri != iri
    other = item.subject if is_object else item.object
    dates = tuple(map(str, item.qualifiers.get("approvalDate", ())))
    boxed = item.value("boxedWarning") is True
    return item.predicate.order, item.predicate.label, is_object, item.negated, not boxed, other.label, dates, item.iri


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
