"""Items: an answer in small pieces, each with its sources, so that an agent gets as many as fit and a cursor to the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from imidgraph.answers import Answer, Row
from imidgraph.knowledge.entities import Entity
from imidgraph.knowledge.kinds import KINDS
from imidgraph.knowledge.lookups import Statements, Status
from imidgraph.knowledge.sections import Section
from imidgraph.knowledge.solutions import FACT
from imidgraph.model import Evidence, Frequency, Source, Statement
from imidgraph.prose.citations import UNREAD
from imidgraph.prose.statement import details, doubt, figure, sentence, unsure
from imidgraph.sparql.results import Results
from imidgraph.traversals.chains import Chain
from imidgraph.traversals.compare import Comparison
from imidgraph.traversals.explanation import Explanation
from imidgraph.words import counted

Item = dict[str, Any]
Numbers = Mapping[Source, int]

MOST_CITED = 1
"""Sources that one sentence of an explanation cites."""


@dataclass(frozen=True, repr=False)
class Cited(Answer):
    """The rows of a named query, with the sources behind each.

    Parameters
    ----------
    found : Results
        The rows.
    behind : tuple of tuple of Source
        For each row its sources.
    summary : str
        What the query answers, in a sentence.
    """

    found: Results
    behind: tuple[tuple[Source, ...], ...]
    summary: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self.found.columns

    @property
    def rows(self) -> Sequence[Row]:
        """The rows."""
        return self.found.rows

    @property
    def title(self) -> str:
        """How many rows, of what."""
        return f"{counted(len(self.found), 'row')}: {self.summary.removesuffix('.')}"

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources behind the rows, each once."""
        return tuple(dict.fromkeys(source for each in self.behind for source in each))

    @property
    def gaps(self) -> tuple[str, ...]:
        """What it leaves open, in sentences."""
        return self.found.gaps


@singledispatch
def items(answer: Answer, numbers: Numbers) -> Iterator[Item]:
    """Give an answer in pieces, what matters most first.

    Parameters
    ----------
    answer : Answer
        The answer.
    numbers : mapping of Source to int
        The numbers of its sources.
    """
    yield from (
        {name: _plain(value) for name, value in zip(answer.columns, row, strict=True) if value is not None} for row in answer.rows
    )


@items.register
def _(answer: Cited, numbers: Numbers) -> Iterator[Item]:
    for row, behind in zip(answer.to_dicts(), answer.behind, strict=True):
        known = {source.iri for source in behind}
        told = {_named(name): _plain(value) for name, value in row.items() if value is not None and value not in known}
        yield told | {"sources": [numbers[source] for source in behind]}


def _named(column: str) -> str:
    """Name a column of a query as the other items do."""
    return {FACT: "id", "sources": "passages"}.get(column, column)


@items.register
def _(answer: Entity, numbers: Numbers) -> Iterator[Item]:
    yield {
        "entity": answer.curie,
        "label": answer.label,
        "category": answer.category,
        "text": answer.definition or "",
        "synonyms": list(answer.synonyms),
        "sections": [f"{section.name} ({len(section)})" for section in answer.sections],
    }
    told = [(KINDS, group) for group in answer.kind_groups]
    told += [(section.name, group) for section in answer.sections for group in section.leading]
    for name, group in told:
        cited = [numbers[passage.source] for passage in group.passages]
        yield {"section": name, "text": group.line, "sources": list(dict.fromkeys(cited))}


@items.register
def _(answer: Statements, numbers: Numbers) -> Iterator[Item]:
    yield from (_stated(item, numbers) for item in answer)


@items.register
def _(answer: Section, numbers: Numbers) -> Iterator[Item]:
    leading = [item for group in answer.groups for item in group.statements]  # what no longer holds comes last
    yield from (_stated(item, numbers) | {"details": details(item)} for item in dict.fromkeys((*leading, *answer)))


@items.register
def _(answer: Status, numbers: Numbers) -> Iterator[Item]:
    yield from (_stated(item, numbers) for item in answer.found)
    yield from (_stated(item, numbers) | {"narrower_kind": item.object.label} for item in answer.narrower)
    yield from (_stated(item, numbers) for item in answer.beside)
    yield from (_stated(item, numbers) for each in answer.members for item in each.statements)


@items.register
def _(answer: Comparison, numbers: Numbers) -> Iterator[Item]:
    for part in answer.parts:
        for contrast in part.contrasts:
            sides = [contrast.side(place, drug) for place, drug in enumerate(answer.drugs)]
            cited = (passage for place in range(len(answer.drugs)) for passage in contrast.passages(place))
            sources = list(dict.fromkeys(numbers[passage.source] for passage in cited))
            yield {"section": part.name, "about": str(contrast.about), "text": "; ".join(sides), "sources": sources}
    for item in dict.fromkeys((*answer.between, *answer.disputes)):
        yield _stated(item, numbers)


@items.register
def _(answer: Explanation, numbers: Numbers) -> Iterator[Item]:
    leading = (group.statements[0] for section in answer.sections for group in section.leading)
    told = [_brief(item, numbers) for item in dict.fromkeys((*leading, *answer.stated))]
    yield from told[:1]
    for chain in answer.chains:
        verdict = answer.verdict(chain)
        yield {
            "chain": str(chain) + (f" ({verdict})" if verdict else ""),
            "steps": list(_steps(chain, numbers)),
            "open": chain.gaps,
        }
    yield from told[1:]


def _steps(chain: Chain, numbers: Numbers) -> Iterator[Item]:
    for hop in chain.hops:
        if hop.is_hierarchy:
            yield {"step": str(hop), "text": "A step in the hierarchy.", "sources": []}
        for told, stated in (hop.sentences if not hop.is_hierarchy else {}).items():
            yield {"step": str(hop), "text": told} | _cited(stated, numbers)


def _brief(item: Statement, numbers: Numbers) -> Item:
    return {"id": item.curie, "text": sentence(item)} | _cited((item,), numbers) | _doubted(item)


def _cited(stated: Iterable[Statement], numbers: Numbers) -> Item:
    """Cite a few sources, and count the rest: `status` gives all of them."""
    every = list(dict.fromkeys(numbers[evidence.source] for item in stated for evidence in item.evidence))
    more = len(every) - MOST_CITED
    return {"sources": every[:MOST_CITED]} | ({"more_sources": more} if more > 0 else {})


def _doubted(item: Statement) -> Item:
    doubts = [*doubt(item), *(["a source denies it"] if item.negated else [])]
    return {"doubt": doubts} if doubts else {}


def _stated(item: Statement, numbers: Numbers) -> Item:
    told = {"id": item.curie, "text": sentence(item), "evidence": list(_evidence(item.evidence, numbers))}
    return told | _doubted(item)


def _evidence(evidence: Iterable[Evidence], numbers: Numbers) -> Iterator[Item]:
    for item in evidence:
        told: Item = {"source": numbers[item.source], "locator": str(item.locator or "")}
        if isinstance(item, Frequency) and (found := figure(item)):
            told |= {"figure": found, "in": "; ".join(str(part) for part in (item.arm, item.population) if part)}
        doubts = [*(["disputes it"] if item.disputes else []), *unsure(item)]
        doubts += [UNREAD] if item.reading_date is None else []
        yield told | ({"doubt": doubts} if doubts else {})


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool | int | float) else str(getattr(value, "curie", value))
