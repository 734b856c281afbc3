"""Cards: the statements about one entity, relation by relation, in one order, whatever the page is written in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from imidgraph.knowledge.entities import card_order
from imidgraph.model import Statement, Term


@dataclass(frozen=True)
class Group:
    """The statements of a card that have one relation.

    Parameters
    ----------
    relation : str
        The relation, in words.
    about : str
        Nothing where the entity of the card is the subject; its name where it is the object.
    items : tuple of tuple
        What the entity is related to, each with the statement.
    """

    relation: str
    about: str
    items: tuple[tuple[Term, Statement], ...]

    @property
    def heading(self) -> str:
        """The relation, and where the entity of the card is its object, that entity."""
        return f"... {self.relation} {self.about}" if self.about else self.relation


def grouped(term: Term, statements: Iterable[Statement]) -> Iterator[Group]:
    """Put statements about an entity together by relation.

    Examples
    --------
    >>> import imidgraph
    >>> entity = imidgraph.load().entity("CSNK1A1")
    >>> [group.heading for group in grouped(entity, entity.statements)][:2]
    ['... degrades CSNK1A1', '... does not degrade CSNK1A1']
    """
    groups: dict[tuple[str, str], list[tuple[Term, Statement]]] = {}
    for item in sorted(dict.fromkeys(statements), key=lambda item: card_order(item, term.iri)):
        is_subject = item.subject.iri == term.iri
        other = item.object if is_subject else item.subject
        groups.setdefault((item.relation, "" if is_subject else term.label), []).append((other, item))
    return (Group(*heading, tuple(items)) for heading, items in groups.items())
