"""Contrasts: statements about several drugs and one disease or effect, side by side, the most informative first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from imidgraph.knowledge.groups import Group
from imidgraph.knowledge.sections import BOXED, Section, sections
from imidgraph.model import Evidence, Frequency, Statement, Term
from imidgraph.prose import summary

_MOST = {"Indication": 3, "Risk": 5}
"""Contrasts that a brief comparison tells, by what their statements are."""
_MOST_FIGURES = 40  # figures of one drug that are set beside those of another
_NOTHING = {"Indication": "nothing curated", "Risk": "no figure curated"}


@dataclass(frozen=True)
class Contrast:
    """One disease or effect, with the statements about each drug.

    Parameters
    ----------
    about : Term
        The disease or effect.
    category : str
        What the statements are.
    sides : tuple
        The statements of each drug, in the order of the drugs; None where nothing is curated.
    figures : tuple
        The figure of each drug to set beside those of the others: in people as alike as the figures allow.
    boxed : frozenset of int
        The places of the drugs whose boxed warning names it.
    """

    about: Term
    category: str
    sides: tuple[Group | None, ...]
    figures: tuple[Frequency | None, ...] = ()
    boxed: frozenset[int] = frozenset()

    def passages(self, place: int) -> tuple[Evidence, ...]:
        """Give the evidence to cite for one drug."""
        if self.figures:
            figure = self.figures[place]
            return () if figure is None else (figure,)
        group = self.sides[place]
        return () if group is None else group.passages

    def side(self, place: int, drug: Term) -> str:
        """Summarize one drug in one line; that nothing is curated is not an advantage."""
        group = self.sides[place]
        if self.category == "Indication":
            told = f"{drug}: {_NOTHING[self.category]}" if group is None else summary.approval(drug, group.told)
        elif group is None or (figure := self.figures[place]) is None:
            told = f"{drug}: {_NOTHING[self.category]}"
        else:
            told = summary.effect(drug, group.holding(figure), figure)
        return f"{told} (boxed warning)" if place in self.boxed else told


@dataclass(frozen=True)
class Part:
    """A section of several cards, side by side.

    Parameters
    ----------
    name : str
        The name of the section.
    contrasts : tuple of Contrast
        What to tell first in front.
    left : int
        How many more there are.
    """

    name: str
    contrasts: tuple[Contrast, ...]
    left: int

    @property
    def is_counted(self) -> bool:
        """Whether it is told with figures."""
        return any(contrast.category == "Risk" for contrast in self.contrasts)


def parts(drugs: Sequence[Term], statements: Sequence[Sequence[Statement]]) -> Iterator[Part]:
    """Set the approvals and the adverse effects of drugs side by side.

    Parameters
    ----------
    drugs : sequence of Term
        The drugs.
    statements : sequence of sequence of Statement
        The statements about each.
    """
    cards = [{section.name: section for section in sections(drug, items)} for drug, items in zip(drugs, statements, strict=True)]
    boxed = [_boxed(card.get(BOXED)) for card in cards]
    names = dict.fromkeys(name for card in cards for name, section in card.items() if _is_told(section))
    for name in names:
        if name != BOXED:
            found = [*_contrasts([card.get(name) for card in cards], boxed)]
            most = _MOST[found[0].category] if found else 0
            yield Part(name, tuple(found[:most]), len(found[most:]))


def _is_told(section: Section) -> bool:
    """Tell whether it holds adverse effects, or approvals: what is only studied is no ground for a comparison."""
    category = section[0].category
    return category == "Risk" or (category == "Indication" and any("jurisdiction" in item.qualifiers for item in section))


def _boxed(section: Section | None) -> set[Term]:
    return set() if section is None else {item.object for item in section}


def _contrasts(found: Sequence[Section | None], boxed: Sequence[set[Term]]) -> list[Contrast]:
    groups = [{group.about: group for group in section.groups} if section else {} for section in found]
    category = next(section[0].category for section in found if section)
    contrasts = []
    for about in dict.fromkeys(about for side in groups for about in side):
        warned = frozenset(place for place, effects in enumerate(boxed) if about in effects)
        sides = tuple(side.get(about) for side in groups)
        if category == "Risk":
            contrasts.append(Contrast(about, category, sides, _alike(sides), warned))
        else:
            contrasts.append(Contrast(about, category, sides))
    return sorted(contrasts, key=_telling, reverse=True)


def _alike(sides: Sequence[Group | None]) -> tuple[Frequency | None, ...]:
    """Choose a figure of each drug: of one grade, in people that are described alike, so far as there are such."""
    every = [side.figures[:_MOST_FIGURES] if side is not None else () for side in sides]
    known = [figures for figures in every if figures]
    if len(known) < 2:
        return tuple(next(iter(figures), None) for figures in every)
    chosen: tuple[Frequency | None, ...] = ()
    best = -1.0
    for first in known[0]:
        row = tuple(max(figures, key=partial(_likeness, first), default=None) for figures in every)
        score = sum(_likeness(first, figure) for figure in row if figure is not None)
        if score > best:
            chosen, best = row, score
    return chosen


def _likeness(one: Frequency, other: Frequency) -> float:
    """Measure how far two figures count the same thing: grade first, then the words of who was counted."""
    words = [set(f"{item.population or ''} {item.arm or ''}".lower().replace(",", " ").split()) for item in (one, other)]
    shared = len(words[0] & words[1]) / max(len(words[0] | words[1]), 1)
    return 2.0 * (one.grade == other.grade) + (one.percent is not None and other.percent is not None) + shared


def _telling(contrast: Contrast) -> tuple[bool, int, int, float]:
    """Rank a contrast: one with a boxed warning and figures, then what is known of most drugs, then the higher figures."""
    shares = [float(figure.percent) for figure in contrast.figures if figure is not None and figure.percent is not None]
    stated = sum(len(group.statements) for group in contrast.sides if group is not None)
    return bool(contrast.boxed and shares), len(shares), 0 if shares else stated, max(shares, default=0.0)
