"""Lookups: what a search by words, a search for statements and the question whether a fact holds answer."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from imidgraph.answers import Answer, Listing, Row
from imidgraph.errors import EntityNotFound
from imidgraph.knowledge.mentions import Finder, Match, Mention
from imidgraph.knowledge.names import Names
from imidgraph.knowledge.statements import Reader
from imidgraph.limits import whole
from imidgraph.model import Statement, Term
from imidgraph.prose.summary import capped
from imidgraph.words import counted, listed

COLUMNS = ("subject", "relation", "object", "details", "sources", "statement")
"""The columns of a table of statements."""


@dataclass(frozen=True, repr=False)
class Search(Listing[Match]):
    """The entities whose names come close to some words, the best first.

    Parameters
    ----------
    items : tuple of Match
        The entities, each with the name that matched and how well.
    words : str
        What was searched for.
    """

    words: str

    columns = ("entity", "label", "category", "matched", "score")
    notice = ""

    @property
    def rows(self) -> list[Row]:
        """The entities, with the name that matched and how well, from 0 to 100."""
        return [(item.entity.curie, item.entity.label, item.entity.category, item.name, item.score) for item in self]

    @property
    def title(self) -> str:
        """The words."""
        return f"Matches of {self.words!r}"

    def _gaps(self) -> Iterator[str]:
        if not self:
            yield f"No name in the graph is like {self.words!r}; that is not a no."
        else:
            yield from super()._gaps()


@dataclass(frozen=True, repr=False)
class Mentions(Listing[Mention]):
    """The entities that a text names, in its order, and the regimen that its drugs make.

    Parameters
    ----------
    items : tuple of Mention
        The entities, each with how and where the text names it.
    regimen : Term or None
        The regimen that the drugs make together, where the graph holds one.
    drugs : tuple of Term
        The drugs, those of the regimens among them.
    """

    regimen: Term | None = None
    drugs: tuple[Term, ...] = ()

    columns = ("entity", "label", "category", "text", "start", "end")
    notice = ""
    nothing = "The text does not mention anything in the graph."

    @property
    def rows(self) -> list[Row]:
        """The entities, with how and where the text names each."""
        return [(item.entity.curie, item.entity.label, item.entity.category, item.text, item.start, item.end) for item in self]

    @property
    def title(self) -> str:
        """How many, and the regimen."""
        made = f", which make {self.regimen}" if self.regimen else ""
        return f"{len(self)} mentions{made}"

    def _gaps(self) -> Iterator[str]:
        yield from super()._gaps()
        yield from (f"Read {item.text!r} as {item.entity}; no name in the graph is spelled so." for item in self if item.is_guess)

    def _document(self) -> dict[str, Any]:
        drugs = [term.curie for term in self.drugs]
        return {**super()._document(), "regimen": self.regimen and self.regimen.curie, "drugs": drugs}


@dataclass(frozen=True, repr=False)
class StatementTable(Listing[Statement]):
    """Statements as a table, whatever they were asked for."""

    columns = COLUMNS

    @property
    def rows(self) -> list[Row]:
        """The statements: their ends, their qualifiers in words, their sources, and their names."""
        return list(statement_rows(self))

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements."""
        return self.items


@dataclass(frozen=True, repr=False)
class Statements(StatementTable):
    """Statements, with their qualifiers and evidence."""

    nothing = "Not curated here: the graph has no such statement. That does not mean that it is false."

    @property
    def title(self) -> str:
        """How many."""
        return "1 statement" if len(self) == 1 else f"{len(self)} statements"

    def _document(self) -> dict[str, Any]:
        return {"statements": [item.to_dict() for item in self]}


@dataclass(frozen=True, repr=False)
class Status(Answer):
    """Whether a fact holds, as far as the graph knows.

    Parameters
    ----------
    subject, predicate, object : Term
        The fact.
    word : str
        ``supported``, ``disputed``, ``denied`` or ``not curated``.
    found : tuple of Statement
        The statements that say so: those of the fact, and where sources differ the other ones too.
    narrower : tuple of Statement
        Where the fact itself is not curated, the statements about narrower kinds of the object, those of boxed warnings in
        front. A drug that has a kind of an effect has that effect; one that is approved for a kind of a disease is not
        approved for the whole of it.
    members : tuple of Status
        Where the subject is a class or a generation of which it is not curated, the same asked of each of its drugs.
    beside : tuple of Statement
        Where the fact is not curated, what else is stated of both of its ends.
    unknown : tuple of str
        What to say of names that are not in the graph.
    day : str or None
        The day for which it was asked, if it was.
    since : str
        When it began to hold, where it did not on that day.
    """

    subject: Term
    predicate: Term
    object: Term
    word: str
    found: tuple[Statement, ...]
    narrower: tuple[Statement, ...] = ()
    members: tuple[Status, ...] = ()
    beside: tuple[Statement, ...] = ()
    unknown: tuple[str, ...] = ()
    day: str | None = None
    since: str = ""

    columns = ("status", *COLUMNS)

    @property
    def sentence(self) -> str:
        """The answer in one sentence."""
        if self.unknown:
            return f"Not in the graph; that is not a no. {' '.join(self.unknown)}"
        fact = f"{self.subject} {self.predicate} {self.object}"
        if self.day is not None:
            fact += f", on {self.day}"
        if self.since:
            undated = sum(not item.since and not item.negated for item in self.found)
            but = f" Left out: {counted(undated, 'statement')} without a date." if undated else ""
            return f"No, not on {self.day}: {self.subject} {self.predicate} {self.object} from {self.since} on.{but}"
        if self.narrower:
            return self._of_kinds
        if self.members:
            return self._of_members
        return {
            "supported": f"A source says so: {fact}.",
            "disputed": f"Sources disagree: {fact}.",
            "denied": f"A source denies it: {fact}.",
        }.get(self.word, f"Not curated here: {fact}. That does not mean that it is false.")

    @property
    def _of_kinds(self) -> str:
        """The answer in one sentence, where only narrower kinds of the object are curated."""
        fact = f"{self.subject} {self.predicate} {capped(dict.fromkeys(str(item.object) for item in self.narrower))}"
        if self.word == "supported":
            return f"A source says so of kinds of {self.object}: {fact}."
        open_ = f"Not curated here for {self.object} as a whole. That does not mean that it is false."
        return f"{open_} For kinds of it a source says so: {fact}."

    @property
    def _of_members(self) -> str:
        """The answer in one sentence, where the subject is a class and it is curated only of its drugs."""
        alike = {word: [str(each.subject) for each in self.members if each.word == word] for word in _WORDS}
        told = "; ".join(f"{word} for {listed(drugs)}" for word, drugs in alike.items() if drugs)
        fact = f"{self.predicate} {self.object}"
        if self.word == "supported":
            return f"A source says so: each drug of {self.subject} here ({listed(alike['supported'])}) {fact}."
        return (
            f"Not curated here for {self.subject} as a whole: {fact}. That does not mean that it is false. Of its drugs: {told}."
        )

    @property
    def rows(self) -> list[Row]:
        """The word with each of the statements, or alone; then those of narrower kinds, marked as such; or those of each drug."""
        if self.members:
            return [row for each in self.members for row in each.rows]
        nothing = (self.subject.label, self.predicate.label, self.object.label, "", "", "")
        stated = [(self.word, *row) for row in (statement_rows(self.found) if self.found else [nothing])]
        besides = [("also stated", *row) for row in statement_rows(self.beside)]
        return [*stated, *(("narrower kind", *row) for row in statement_rows(self.narrower)), *besides]

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements that say so, or that say it of a narrower kind."""
        return self.found + self.narrower + self.beside + tuple(item for each in self.members for item in each.statements)

    @property
    def title(self) -> str:
        """The word."""
        return self.word

    def __bool__(self) -> bool:
        """Tell whether the fact is supported, disputed or not."""
        return self.word in {"supported", "disputed"}

    def _gaps(self) -> Iterator[str]:
        return iter(())  # the sentence says it

    def _document(self) -> dict[str, Any]:
        return {
            "status": self.word,
            "sentence": self.sentence,
            "subject": self.subject.curie,
            "predicate": self.predicate.curie,
            "object": self.object.curie,
            "statements": [item.to_dict() for item in self.found],
            "narrower": [item.to_dict() for item in self.narrower],
            "beside": [item.to_dict() for item in self.beside],
            "members": [each._document() for each in self.members],
        }


_BESIDE = 5  # statements of another relation that are told beside a fact that is not curated
_WORDS = ("supported", "disputed", "denied", "not curated")


def search(finder: Finder, words: str, limit: int) -> Search:
    """Find entities by words, the best first.

    Parameters
    ----------
    finder : Finder
        Knows the names of the entities.
    words : str
        The words.
    limit : int
        The most entities to give.
    """
    found = finder.search(words, whole("limit", limit) + 1)
    cut = f"cut at {limit} matches; there are more" if len(found) > limit else None
    return Search(tuple(found[:limit]), words, limit=cut)


def mentions(finder: Finder, text: str) -> Mentions:
    """Find the entities that a text names, in its order.

    Parameters
    ----------
    finder : Finder
        Knows the names of the entities.
    text : str
        The text: an intervention of a trial, a sentence, an abstract.
    """
    found = tuple(finder.find(text))
    return Mentions(found, finder.regimen(item.entity for item in found), tuple(finder.drugs(found)))


def statements(
    names: Names, reader: Reader, subject: str | None = None, predicate: str | None = None, object: str | None = None
) -> Statements:
    """Find statements by any of their ends.

    Parameters
    ----------
    names : Names
        The names of the entities.
    reader : Reader
        Where the statements are looked up.
    subject, predicate, object : str, optional
        The ends and the relation, by any of their names; what is left out means any.
    """
    one, other = (name if name is None else names.find(name).iri for name in (subject, object))
    relation = predicate if predicate is None else reader.predicate(predicate).iri
    return Statements(tuple(reader.find(one, relation, other)))


def status(names: Names, reader: Reader, subject: str, predicate: str, object: str, day: datetime.date | None = None) -> Status:
    """Tell whether a fact is supported, disputed, denied or not curated.

    Parameters
    ----------
    names : Names
        The names of the entities.
    reader : Reader
        Where the statements are looked up.
    subject, predicate, object : str
        The fact, by any of the names of its ends and its relation.
    day : date, optional
        The day on which it is to hold; what is said without a date then counts where nothing has one.
    """
    relation = reader.predicate(predicate)
    unknown: list[str] = []
    one, other = (_known(names, name, unknown) for name in (subject, object))
    fact = one, relation, other
    if unknown:
        return Status(*fact, "not curated", (), unknown=tuple(unknown))
    iris = tuple(term.iri for term in fact)
    found = reader.find(*iris)
    if not found and (drugs := reader.members(one.iri)):
        members = tuple(status(names, reader, drug.iri, predicate, object, day) for drug in drugs)
        every = all(each.word == "supported" for each in members)
        return Status(*fact, "supported" if every else "not curated", (), members=members)
    if not found:
        kinds = reader.narrower(*iris)
        if day is not None and any(item.since for item in kinds):
            kinds = [item for item in kinds if item.since and item.holds_on(day)]
        kinds.sort(key=lambda item: (item.value("boxedWarning") is not True, -item.strength))
        has_kind = any(item.category == "Risk" and not item.disputed for item in kinds)
        beside = [] if kinds or day else reader.find(one.iri, None, other.iri)
        beside.sort(key=lambda item: (item.value("boxedWarning") is not True, item.predicate.order))
        return Status(*fact, "supported" if has_kind else "not curated", (), tuple(kinds), beside=tuple(beside[:_BESIDE]))
    if day is not None and any(item.since for item in found):
        return _on(day, fact, found)
    rivals = reader.rivals(*iris)
    stances = {item.stance for statement in found for item in statement.evidence}
    negated = {statement.negated for statement in found}
    contested = len({item.object.iri for item in (*found, *rivals) if not item.negated}) > 1
    disputed = len(negated) > 1 or "disputes" in stances or (contested and bool(rivals))
    word = "disputed" if disputed else "denied" if True in negated else "supported"
    return Status(*fact, word, (*found, *(rivals if disputed else ())))


def _on(day: datetime.date, fact: tuple[Term, Term, Term], found: Sequence[Statement]) -> Status:
    """Tell whether a fact that has dates held on a day."""
    held = tuple(item for item in found if item.since and item.holds_on(day) and not item.negated)
    if held:
        return Status(*fact, "supported", held, day=day.isoformat())
    begun = min((item.since for item in found if item.since and not item.negated), default="")
    ahead = begun if begun > day.isoformat()[: len(begun)] else ""
    if not ahead and (not begun or any(not item.since and not item.negated for item in found)):
        return Status(*fact, "not curated", tuple(found), day=day.isoformat())  # one without a date may have held
    return Status(*fact, "denied", tuple(found), day=day.isoformat(), since=ahead)


def _known(names: Names, name: str, unknown: list[str]) -> Term:
    """Find an entity; of one that is not in the graph it is noted what may have been meant."""
    try:
        return names.find(name)
    except EntityNotFound as error:
        unknown.append(error.finding)
        return Term("", name)


def statement_rows(found: Iterable[Statement]) -> Iterator[Row]:
    """Give the rows of a table of statements."""
    from imidgraph.prose.citations import passage
    from imidgraph.prose.statement import details

    for item in found:
        backing = "; ".join(map(passage, item.evidence))
        yield item.subject.label, item.relation, item.object.label, details(item), backing, item.curie
