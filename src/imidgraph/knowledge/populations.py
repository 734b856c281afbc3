"""Populations: the adverse effects of a drug by the people in whom they were counted, so that a line compares like with like."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from imidgraph.knowledge.groups import SEEN, Group
from imidgraph.model import Evidence, Frequency, Statement, Term
from imidgraph.prose import summary
from imidgraph.prose.statement import share

Counts = dict[Term, tuple[Statement, Frequency]]
_LINES = 3
_NAMES = 4  # effects that a line names, each with its figure
_LISTED = 5  # effects that a line names without
_TABLE = 4  # effects from which on figures are a table, and no finding on a few effects
_LONG = 12  # effects from which on a table is long enough, and more people count more
_GRADES: dict[str | None, int] = {"any": 0, None: 1}  # the figures of all people with an effect, which are told first
_BANDS = ("very common", "common")


@dataclass(frozen=True)
class Tally(Group):
    """Effects of a drug that were counted in the same people, or that a label puts into one class of frequency.

    Parameters
    ----------
    counts : tuple
        The statements with their figures, the highest in front.
    """

    counts: tuple[tuple[Statement, Frequency], ...] = ()

    @property
    def told(self) -> tuple[Statement, ...]:
        """The statements that its line names: more of them where one figure stands for all."""
        most = _NAMES if _is_exact(self.counts[0][1]) else _LISTED
        return self.statements if len(self.statements) == most + 1 else self.statements[:most]

    @property
    def left(self) -> int:
        """How many effects there are that its line has no room for."""
        return len(self.statements) - len(self.told)

    @property
    def passages(self) -> tuple[Evidence, ...]:
        """The evidence to cite: the figures that its line tells, which are of one source."""
        return tuple(figure for _, figure in self.counts[: len(self.told)])

    @property
    def grade(self) -> str | None:
        """The grades that its figures count."""
        return self.counts[0][1].grade

    def without(self, effects: set[Term]) -> Iterator[Tally]:
        """Give what is left of it where some effects are told elsewhere: nothing where all are."""
        counts = tuple((item, figure) for item, figure in self.counts if item.object not in effects)
        if counts:
            yield replace(self, statements=tuple(item for item, _ in counts), counts=counts)

    @property
    def line(self) -> str:
        """The effects in one line, behind the people that they have in common."""
        named = [(item.object, figure) for item, figure in self.counts[: len(self.told)]]
        return summary.seen(named, self.told, self.left)


def tallies(term: Term, statements: Iterable[Statement], main: str) -> list[Tally]:
    """Choose what to tell of the effects of a drug: one line for each grade in its main use, then other people.

    Parameters
    ----------
    term : Term
        The drug.
    statements : iterable of Statement
        Its effects.
    main : str
        The disease of its main use.

    Examples
    --------
    >>> import imidgraph
    >>> drug = imidgraph.load().entity("lenalidomide")
    >>> first, *_ = tallies(drug, drug.risks, "multiple myeloma")
    >>> first.line.partition(",")[0]
    'Multiple myeloma after at least one prior therapy'
    """
    found: dict[tuple[Any, ...], Counts] = {}
    highest: Counts = {}
    for item in statements:
        for figure in item.evidence:
            if isinstance(figure, Frequency) and not figure.disputes and (share(figure) or figure.band in _BANDS):
                _keep(found.setdefault(_people(item, figure), {}), item, figure)
                _keep(highest, item, figure)
    every = (_tally(term, counts.values(), highest) for counts in found.values())
    ranked = sorted(every, key=lambda tally: _rank(tally, main))
    first: dict[Any, Tally] = {}
    for tally in ranked:
        first.setdefault(_place(tally, main), tally)
    told: list[Tally] = []
    for tally in first.values():
        wide = (each for each in told if {each.grade, tally.grade} <= _GRADES.keys() or each.grade == tally.grade)
        named = {item.object for each in wide for item in each.told}
        told += [tally] if _is_table(tally) else tally.without(named)
    return told[:_LINES]


def _people(item: Statement, figure: Frequency) -> tuple[Any, ...]:
    both = figure.comparator_percent is not None and figure.comparator_n is None
    size = None if both else figure.sample_size
    band = None if share(figure) else figure.band
    return (
        figure.source,
        figure.arm,
        figure.population,
        frozenset(item.combined_with),
        size,
        figure.grade,
        _is_exact(figure),
        band,
    )


def _keep(counts: Counts, item: Statement, figure: Frequency) -> None:
    known = counts.get(item.object)
    if known is None or _height(figure) > _height(known[1]):
        counts[item.object] = item, figure


def _tally(term: Term, counts: Iterable[tuple[Statement, Frequency]], highest: Counts) -> Tally:
    """Put effects in order: by their figures here, then by the highest known of each, then by name."""

    def place(pair: tuple[Statement, Frequency]) -> tuple[float, float, str]:
        effect = pair[0].object
        return -_height(pair[1]), -_height(highest[effect][1]), effect.label

    every = tuple(sorted(counts, key=place))
    items = tuple(item for item, _ in every)
    return Tally(items[0].predicate, items, term, SEEN, counts=every)


def _height(figure: Frequency) -> float:
    ends = (figure.percent, figure.percent_upper, figure.percent_lower)
    return next((float(end) for end in ends if end is not None), 0.0)


def _is_exact(figure: Frequency) -> bool:
    return figure.percent is not None or figure.percent_upper is not None


def _is_table(tally: Tally) -> bool:
    """Tell whether it gives several effects with a figure each."""
    return len(tally.counts) > 1 and _is_exact(tally.counts[0][1])


def _place(tally: Tally, main: str) -> tuple[Any, ...]:
    """Say for which line it stands: one for each grade in the main use, for each other population, for each lone effect."""
    item, figure = tally.counts[0]
    is_main = _is_main(figure, main)
    population = None if is_main else figure.population
    return is_main, figure.grade, _is_exact(figure), population, item.object if len(tally.counts) == 1 else None


def _rank(tally: Tally, main: str) -> tuple[Any, ...]:
    """Rank: the main use, several effects, a figure each, tables, any grade, the drug's own label, many effects and people."""
    figure = tally.counts[0][1]
    number = len(tally.counts)
    is_own = figure.source.category == "DrugLabel" and tally.term.label.lower() in figure.source.label.lower()
    return (
        not _is_main(figure, main),
        number == 1,
        figure.grade not in _GRADES,
        str(figure.grade) if figure.grade not in _GRADES else "",
        not _is_exact(figure),
        not share(figure),
        _BANDS.index(figure.band) if figure.band in _BANDS else 0,
        number < _TABLE,
        _GRADES.get(figure.grade, len(_GRADES)),
        not is_own,
        -min(number, _LONG),
        -(figure.sample_size or 0),
        -number,
        str(figure.population),
    )


def _is_main(figure: Frequency, main: str) -> bool:
    return bool(main) and main.lower() in str(figure.population).lower()
