"""Dots: how often an effect was seen, by grade, drug and population, each figure in a row of its own."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from statistics import NormalDist
from xml.etree.ElementTree import Element

from imidgraph.model import Evidence, Frequency, Statement
from imidgraph.pages.plots import canvas
from imidgraph.pages.plots.canvas import AGAINST, INK, LEADING, MARGIN, MARK, NARROW, SMALL, WIDE, Link
from imidgraph.pages.plots.plot import Plot, not_drawn
from imidgraph.prose import NOT_ADVICE
from imidgraph.prose.citations import LEGEND, Notes
from imidgraph.prose.statement import doubt, doubts, figure
from imidgraph.words import begun, counted, listed

HEADER = (
    "grade",
    "drug",
    "given with",
    "arm",
    "population",
    "figure",
    "people",
    "95 % interval, computed here",
    "compared with",
    "interval of that, computed here",
    "remarks",
    "references",
    "statement",
)
_READ = (
    "Each row is one figure of a source, in its own people: rows with other grades, arms or populations are not to be "
    "subtracted from one another. A line through a dot is the 95 % interval (Wilson) that imidgraph computed from the percentage "
    "and the number of people; the source does not state it. Without a number of people there is none. "
    "A bar is a range, or where it is dashed a class of frequency, that the source states; an arrow is a range with one end. "
    "A diamond is the group that was compared."
)
_BANDS = {
    "very common": (10.0, 100.0),
    "common": (1.0, 10.0),
    "uncommon": (0.1, 1.0),
    "rare": (0.01, 0.1),
    "very rare": (0.0, 0.01),
}
_ENDS = (1, 2, 5, 10, 20, 30, 40, 60, 80, 100)
_Z = NormalDist().inv_cdf(0.975)
_MOST_CITED = 4  # sources that a row names
_BESIDE = 620  # units that the words take on a slide


@dataclass(frozen=True)
class Row:
    """A figure, with what it is a figure of.

    Parameters
    ----------
    item : Statement
        The statement that it is evidence of.
    figure : Frequency
        The figure.
    backing : tuple of Evidence
        All evidence that reports the same figure of the same people.
    """

    item: Statement
    figure: Frequency
    backing: tuple[Evidence, ...]

    @property
    def grade(self) -> str:
        """The grades that count, in words."""
        grade = self.figure.grade or "grade not stated"
        return f"grade {grade}" if grade[:1].isdigit() else f"{grade} grade" if grade in {"any", "high", "low"} else grade

    @property
    def given_with(self) -> str:
        """The drugs that were given together."""
        return listed(sorted(term.label for term in self.item.combined_with))

    @property
    def population(self) -> str:
        """The people that were counted."""
        return self.figure.population or self.item.population or ""

    @property
    def who(self) -> str:
        """Which people were counted, and what they were given."""
        one = self.figure
        both = f"{one.sample_size} people, maybe of both groups" if self.is_shared and one.sample_size else ""
        given = f"with {self.given_with}" if self.given_with else ""
        parts = (given, one.arm or "", self.population or "population not stated", both)
        return "; ".join(part for part in parts if part)

    @property
    def remarks(self) -> str:
        """What speaks against trusting it."""
        found = [*doubt(self.item), *(text for one in self.backing for text in doubts(one) if text != "seen in a copy")]
        return "; ".join(dict.fromkeys(found))

    @property
    def alone(self) -> str:
        """The figure with its people and its grade, without the one that it is compared with."""
        bare = replace(self.figure, comparator=None, comparator_percent=None, comparator_n=None)
        return figure(replace(bare, sample_size=None) if self.is_shared else bare) + ("" if bare.grade else ", grade not stated")

    @property
    def against(self) -> str:
        """What the figure is compared with."""
        one = self.figure
        other = Frequency("", one.source, percent=one.comparator_percent, sample_size=one.comparator_n)
        return " with ".join(part for part in (figure(other), one.comparator or "") if part)

    @property
    def is_shared(self) -> bool:
        """Whether the number of people may count both groups."""
        return self.figure.comparator_percent is not None and self.figure.comparator_n is None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The interval of the figure."""
        return None if self.is_shared else interval(self.figure.percent, self.figure.sample_size)

    @property
    def compared(self) -> tuple[float, float] | None:
        """The interval of the figure of the group that was compared."""
        return interval(self.figure.comparator_percent, self.figure.comparator_n)

    @property
    def span(self) -> tuple[float, float] | None:
        """The range or class of frequency that the source states instead of a percentage."""
        one = self.figure
        if one.percent is not None:
            return None
        if one.percent_lower is not None and one.percent_upper is not None:
            return float(one.percent_lower), float(one.percent_upper)
        return _BANDS.get(one.band or "") if self.bound is None else None

    @property
    def bound(self) -> tuple[float, int] | None:
        """The only end of a range that the source states, and the direction in which it is open: 1 is up."""
        one = self.figure
        if one.percent is not None or (one.percent_lower is None) == (one.percent_upper is None):
            return None
        return (float(one.percent_lower), 1) if one.percent_lower is not None else (float(one.percent_upper or 0), -1)

    @property
    def order(self) -> tuple[object, ...]:
        """Its place: like beside like."""
        item, grade = self.item, self.figure.grade
        rank = (grade != "any", grade is None, not (grade or "")[:1].isdigit(), grade or "")
        return *rank, item.subject.label, item.subject.iri, item.object.label, not self.is_numeric, self.who, item.iri

    @property
    def is_numeric(self) -> bool:
        """Whether the source gives a number."""
        one = self.figure
        return any(value is not None for value in (one.percent, one.percent_lower, one.percent_upper))


def interval(percent: Decimal | float | None, people: int | None) -> tuple[float, float] | None:
    """Compute the 95 % interval of a percentage of people, by Wilson's method without correction; None where it has none.

    Wilson EB, J Am Stat Assoc 1927; 22: 209-212.

    Examples
    --------
    >>> low, high = interval(15 / 148 * 100, 148)
    >>> round(low, 1), round(high, 1), interval(50, None)
    (6.2, 16.0, None)
    """
    if percent is None or people is None or people < 1 or not 0 <= percent <= 100:
        return None
    share, spread = float(percent) / 100, _Z * _Z / people
    center = (share + spread / 2) / (1 + spread)
    half = _Z / (1 + spread) * math.sqrt(share * (1 - share) / people + spread / (4 * people))
    return max(center - half, 0.0) * 100, min(center + half, 1.0) * 100


def dots(
    statements: Iterable[Statement],
    link: Link | None = None,
    notes: Notes | None = None,
    wide: bool = False,
    most: int | None = None,
) -> Plot:
    """Draw how often an effect was seen, by grade, drug and population.

    Parameters
    ----------
    statements : iterable of Statement
        The risks whose evidence reports figures; denied ones are left out.
    link : callable, optional
        Gives the address of a statement, or of a drug, by its IRI.
    notes : Notes, optional
        Where the sources get their numbers.
    wide : bool
        Whether it is laid out for a slide, and not for a phone.
    most : int, optional
        The rows that are drawn at most; the table has all.

    Examples
    --------
    >>> import imidgraph
    >>> risks = imidgraph.load().statements(predicate="hasAdverseEffect", object="neutropenia").statements
    >>> dots(risks).title
    'How often neutropenia was seen, by grade, drug and population'
    """
    notes = notes or Notes()
    stated = [item for item in statements if not item.negated]
    rows = sorted(_rows(stated), key=lambda row: row.order)
    effects = sorted({row.item.object.label for row in rows})
    shown = effects if len(effects) < 4 else [*effects[:3], f"{len(effects) - 3} more effects"]
    title = f"How often {listed(shown) or 'an effect'} {'were' if len(shown) > 1 else 'was'} seen, by grade, drug and population"
    table = tuple(_cells(row, notes) for row in rows)
    left = len(rows) - len(rows[:most])
    cut = not_drawn(left, "more row")
    nothing = "" if rows else "No figure is curated; that does not mean that there is none. "
    description = f"{counted(len(rows), 'figure')}. {nothing}{_READ} {cut}{LEGEND}. {NOT_ADVICE}"
    root = canvas.drawing("dots", title, description)
    svg = _Drawing(root, rows[:most], notes, link or canvas.nowhere, wide, nothing + cut).svg(title)
    return Plot(title, description, svg, HEADER, table, notes.cited)


def _rows(statements: Iterable[Statement]) -> Iterator[Row]:
    for item in statements:
        same: dict[tuple[object, ...], list[Frequency]] = {}
        for one in item.evidence:
            if isinstance(one, Frequency) and figure(one):
                same.setdefault((figure(one), one.sample_size, one.arm, one.population, one.disputes), []).append(one)
        yield from (Row(item, found[0], tuple(found)) for found in same.values())


def _cells(row: Row, notes: Notes) -> tuple[str, ...]:
    one = row.figure
    alone = figure(replace(one, comparator=None, comparator_percent=None, comparator_n=None, sample_size=None, grade=None))
    people = "" if one.sample_size is None else f"{one.sample_size}{' (maybe of both groups)' if row.is_shared else ''}"
    where = (row.grade, row.item.subject.label, row.given_with, one.arm or "", row.population)
    figures = (alone, people, _between(row.interval), row.against, _between(row.compared))
    return *where, *figures, row.remarks, notes.cite_evidence(row.backing).strip(), row.item.curie


def _between(bounds: tuple[float, float] | None) -> str:
    return "" if bounds is None else f"{bounds[0]:.1f} to {bounds[1]:.1f} %"


@dataclass(frozen=True)
class _Drawing:
    """The drawing of some rows."""

    root: Element
    rows: Sequence[Row]
    notes: Notes
    link: Link
    wide: bool
    cut: str

    @cached_property
    def width(self) -> int:
        return WIDE if self.wide else NARROW

    @cached_property
    def room(self) -> int:
        return _BESIDE if self.wide else self.width - 2 * MARGIN

    @cached_property
    def left(self) -> int:
        return MARGIN + (_BESIDE + 40 if self.wide else 12)

    @cached_property
    def right(self) -> int:
        return self.width - MARGIN - 24

    @cached_property
    def end(self) -> float:
        return _end(self.rows)

    @cached_property
    def has_several(self) -> bool:
        return len({row.item.object for row in self.rows}) > 1

    def svg(self, title: str) -> str:
        y = canvas.write_lines(self.root, (MARGIN, 30), title, self.width - 2 * MARGIN, 3, "title", font_weight="bold")
        for _, group in groupby(self.rows, key=lambda row: (row.grade, row.item.subject.iri)):
            y = self._group(list(group), y + 12)
        y = self._legend(y + 14)
        return canvas.finished(self.root, self.width, y + 4)

    def _group(self, rows: list[Row], y: float) -> float:
        drug = rows[0].item.subject
        heading = canvas.told(self.root, drug.label, self.link(drug.iri))
        text = f"{begun(rows[0].grade)}: {drug.label}"
        canvas.write_lines(heading, (MARGIN, y + 20), text, self.room, 1, "heading", font_weight="bold")
        grid = canvas.shape(self.root, "g", "grid", stroke=INK, stroke_opacity="0.2")
        top = y + (14 if self.wide else 46)
        self._ticks(top - 4)
        y = top + (20 if self.wide else 10)
        for row in rows:
            y = self._row(row, y)
        for tick in _ticks(self.end):
            canvas.shape(grid, "line", "tick", x1=self._x(tick), x2=self._x(tick), y1=top, y2=y - 10)
        return y

    def _ticks(self, y: float) -> None:
        for tick in _ticks(self.end):
            canvas.write_tick(self.root, self._x(tick), y, f"{tick:g} %")

    def _row(self, row: Row, y: float) -> float:
        effect = f"{row.item.object.label}: " if self.has_several else ""
        who = row.who + (f" ({row.remarks})" if row.remarks else "") + self.notes.cite_evidence(row.backing, _MOST_CITED)
        told = [f"{row.item.subject.label}: {effect}{row.alone}"]
        told += [f"95 % interval {_between(row.interval)}, computed here"] if row.interval else []
        told += [f"compared with {row.against}"] if row.against else []
        group = canvas.told(self.root, "; ".join([*told, who]), self.link(row.item.iri))
        below = canvas.write_lines(group, (MARGIN, y + 18), effect + row.alone, self.room, 2, "figure", font_weight="600")
        below = canvas.write_lines(group, (MARGIN, below), who, self.room, 3, font_size=SMALL)
        if row.against:
            text = f"compared with {row.against}"
            below = canvas.write_lines(group, (MARGIN, below), text, self.room, 2, "against", font_size=SMALL)
        middle = y + 12 if self.wide else below - 6
        self._marks(group, row, middle)
        return max(below, middle + (38 if row.figure.comparator_percent is not None else 20)) + 14

    def _marks(self, group: Element, row: Row, y: float) -> None:
        one = row.figure
        canvas.shape(group, "line", "base", x1=self.left, x2=self.right, y1=y, y2=y, stroke=INK, stroke_opacity="0.2")
        if row.span is not None:
            start, stop = (self._x(min(max(value, 0.0), self.end)) for value in row.span)
            looks = {"fill": MARK, "fill_opacity": "0.3", "stroke": MARK} | (
                {} if row.is_numeric else {"stroke_dasharray": "5 4"}
            )
            kind = "range" if row.is_numeric else "band"
            canvas.shape(group, "rect", kind, x=start, y=y - 7, width=max(stop - start, 3.0), height=14, rx=3, **looks)
        if row.bound is not None and 0 <= row.bound[0] <= self.end:
            start, way = self._x(row.bound[0]), row.bound[1]
            path = f"M{start:.1f} {y - 9:.1f}v18m0 -9h{40 * way}m{-9 * way} -7l{9 * way} 7l{-9 * way} 7"
            canvas.shape(group, "path", "bound", d=path, fill="none", stroke=MARK, stroke_width=3)
        if row.interval is not None:
            self._line(group, row.interval, y, MARK, "interval")
        if (place := self._place(one.percent)) is not None:
            canvas.shape(group, "circle", "dot", cx=place, cy=y, r=8, fill=MARK)
        if row.compared is not None:
            self._line(group, row.compared, y + 18, AGAINST, "interval-compared")
        if (place := self._place(one.comparator_percent)) is not None:
            path = f"M{place:.1f} {y + 9:.1f}l9 9l-9 9l-9 -9z"
            canvas.shape(group, "path", "compared", d=path, fill="none", stroke=AGAINST, stroke_width=3)

    def _line(self, group: Element, bounds: tuple[float, float], y: float, color: str, kind: str) -> None:
        start, stop = map(self._x, bounds)
        path = f"M{start:.1f} {y - 6:.1f}v12m0 -6H{stop:.1f}m0 -6v12"
        canvas.shape(group, "path", kind, d=path, fill="none", stroke=color, stroke_width=2.5)

    def _place(self, percent: Decimal | None) -> float | None:
        return None if percent is None or not 0 <= percent <= 100 else self._x(float(percent))

    def _x(self, percent: float) -> float:
        return self.left + (self.right - self.left) * percent / self.end

    def _legend(self, y: float) -> float:
        text = (
            "Dot: the figure. Line through it: 95 % interval (Wilson), computed here, not stated by the source. Bar: a range, or "
            "dashed a class of frequency, that the source states. Arrow: a bound, such as at least or less than. "
            "Diamond: the group compared. "
            f"{self.cut}{LEGEND}. {NOT_ADVICE}"
        )
        room = self.width - 2 * MARGIN
        return canvas.write_lines(
            self.root, (MARGIN, y + LEADING), text, room, 12, "legend", font_size=SMALL, fill_opacity="0.75"
        )


def _end(rows: Iterable[Row]) -> float:
    """Give the end of the scale: the first round one that takes all."""
    found = [0.0]
    for row in rows:
        found += [float(value) for value in (row.figure.percent, row.figure.comparator_percent) if value is not None]
        found += [bounds[1] for bounds in (row.interval, row.compared, row.span) if bounds]
        found += [row.bound[0] * 1.3] if row.bound else []  # with room for its arrow
    return next((float(end) for end in _ENDS if end >= max(found)), 100.0)


def _ticks(end: float) -> list[float]:
    parts = 3 if end == 30 else 4
    return [end * place / parts for place in range(parts + 1)]
