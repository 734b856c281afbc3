"""Terms: the things that statements are about, their relations, and the sources that statements rest on."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from imidgraph.namespaces import compress

Date = datetime.date | str
"""A day, or a month or year as a string where a source says no more."""


def plain(value: Any) -> Any:
    """Turn a value into what JSON has: a string, a number or a boolean.

    Examples
    --------
    >>> plain(Decimal("22.5")), plain(datetime.date(2006, 6, 29)), plain(Term("https://w3id.org/imidgraph/US", "US"))
    (22.5, '2006-06-29', 'imid:US')
    """
    if isinstance(value, Term):
        return value.curie
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value if isinstance(value, bool | int | float) else str(getattr(value, "curie", value))


@dataclass(frozen=True)
class Term:
    """A thing with a name: an entity, a class or a relation.

    Parameters
    ----------
    iri : str
        Its IRI.
    label : str
        Its name.
    category : str
        The class that it belongs to, such as ``Drug``.
    """

    iri: str
    label: str
    category: str = ""

    @property
    def curie(self) -> str:
        """The CURIE of this thing.

        Examples
        --------
        >>> Term("https://w3id.org/imidgraph/IKZF1", "IKZF1", "Protein").curie
        'imid:IKZF1'
        """
        return compress(self.iri)

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True)
class Relation(Term):
    """A relation, with what the annotations of the ontology say of it.

    Parameters
    ----------
    sign : int or None
        1 where the object goes up with the subject, -1 where it goes down, 0 where the relation says neither, None
        where it is no effect at all.
    pillars : tuple of str
        The pillars of the graph that it belongs to.
    order : float
        Its place on a card, the first one lowest; infinite where the ontology gives it none.
    is_step : bool
        Whether a chain of causes may follow it.
    is_shared_trait : bool
        Whether two drugs that share an object of it are alike in something.
    is_headline : bool
        Whether it is among the first things to tell of a drug.
    is_single_valued : bool
        Whether two objects of it are a disagreement of sources.
    needs : tuple of str
        The IRIs of the qualifiers without which it is not true.
    section, section_as_object : str
        The section of a card in which its statements stand: with the entity of the card as subject, and as object.
    also_about : tuple of str
        The IRIs of the qualifiers whose values its statements tell of too.
    """

    sign: int | None = None
    pillars: tuple[str, ...] = ()
    order: float = math.inf
    is_step: bool = False
    is_shared_trait: bool = False
    is_headline: bool = False
    is_single_valued: bool = False
    needs: tuple[str, ...] = ()
    section: str = ""
    section_as_object: str = ""
    also_about: tuple[str, ...] = ()

    @property
    def is_license(self) -> bool:
        """Whether its statements stand among the approvals on the card of a drug."""
        return self.section == "approvals"


@dataclass(frozen=True)
class Source(Term):
    """A document or record that statements rest on.

    Parameters
    ----------
    url : str or None
        Where it can be opened.
    journal, volume, issue, pages : str or None
        Where an article was printed.
    first_author : str or None
        Its first author.
    authors : str or None
        All of its authors that are known, with commas between them.
    published : date or str or None
        The day, month or year in which it appeared.
    doi : str or None
        Its DOI.
    """

    url: str | None = None
    journal: str | None = None
    first_author: str | None = None
    published: Date | None = None
    authors: str | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    doi: str | None = None

    @property
    def citation(self) -> str:
        """The source in one line.

        Examples
        --------
        >>> Source("https://pubmed.ncbi.nlm.nih.gov/1", "On glue", "Article", None, "Nature", "Ito T", "2010").citation
        'Ito T. On glue. Nature, 2010. pubmed:1'
        """
        where = ", ".join(str(part) for part in (self.journal, self.published) if part)
        parts = [part for part in (self.first_author, self.label, where) if part]
        return ". ".join(dict.fromkeys([*parts, self.url or self.curie]))
