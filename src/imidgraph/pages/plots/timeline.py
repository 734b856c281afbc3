"""Timeline: when and where drugs were approved, each approval at its date as exactly as the source states it."""

from __future__ import annotations

import calendar
import datetime
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from xml.etree.ElementTree import Element

from imidgraph.model import Statement, Term
from imidgraph.namespaces import local_name
from imidgraph.pages.plots import canvas
from imidgraph.pages.plots.canvas import AGAINST, INK, LEADING, MARGIN, MARK, NARROW, SMALL, WIDE, Link
from imidgraph.pages.plots.plot import Plot, not_drawn
from imidgraph.prose import NOT_ADVICE
from imidgraph.prose.citations import LEGEND, Notes
from imidgraph.prose.statement import details
from imidgraph.words import counted, initials, listed

HEADER = ("drug", "disease", "place", "approved", "ended", "kind", "details", "references", "statement")
_READ = (
    "Each mark is one approval, at its date, or in the middle of its month or year where a source states no more, with a "
    "bar over that where it is wider than the mark. A filled dot is a regular approval, or one whose kind is not stated; an "
    "open diamond an accelerated or conditional one, with a line to the date of its conversion where there is one; a square "
    "an approval of a combination under the label of another drug. A cross on the scale is an end. Before the scale, a "
    "cross is an approval that a source denies, and a dashed ring one without a date. First is the earliest date that is "
    "curated. That no mark stands somewhere does not mean that nothing is approved there."
)
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_PARTNER = "licensedInCombinationFor"
_STEPS = (1, 2, 5, 10, 20, 50, 100, 500, 1000, 5000)  # years from one line to the next
_EARLY = {"accelerated", "conditional"}
_ENDS = ("withdrawalDate", "validUntil", "endDate")
_MOST_CITED = 2  # sources that a row names
_LANE = 24  # units from one mark to the next where they would touch
_APART = 20


@dataclass(frozen=True)
class Approval:
    """An approval of a drug.

    Parameters
    ----------
    item : Statement
        The statement.
    """

    item: Statement

    @property
    def place(self) -> Term | None:
        """Where it holds."""
        return self.item.value("jurisdiction")  # type: ignore[no-any-return]

    @property
    def code(self) -> str:
        """The place, as short as it is known."""
        return "place not stated" if self.place is None else initials(self.place.label)

    @property
    def date(self) -> str:
        """The day, month or year; nothing where none is stated."""
        return min(map(str, self.item.qualifiers.get("approvalDate", ())), default="")

    @property
    def period(self) -> tuple[float, float] | None:
        """The start and the end of that day, month or year, in years."""
        return period(self.date)

    @property
    def ended(self) -> str:
        """When it ended; nothing where that is not stated."""
        return min((str(value) for name in _ENDS for value in self.item.qualifiers.get(name, ())), default="")

    @property
    def conversions(self) -> tuple[str, ...]:
        """When it became a regular one."""
        return tuple(map(str, self.item.qualifiers.get("conversionDate", ())))

    @property
    def kind(self) -> str:
        """What it is, in words."""
        parts = ["not approved"] if self.item.negated else list(map(str, self.item.qualifiers.get("approvalType", ())))
        parts += [f"regular since {value}" for value in self.conversions]
        parts += ["under the label of a partner drug"] if self.is_partner else []
        return ", ".join(parts)

    @property
    def is_partner(self) -> bool:
        """Whether the label of another drug names the combination."""
        return local_name(self.item.predicate.iri) == _PARTNER

    @property
    def is_early(self) -> bool:
        """Whether it is accelerated or conditional."""
        return not _EARLY.isdisjoint(self.item.qualifiers.get("approvalType", ()))


def period(date: str) -> tuple[float, float] | None:
    """Give the start and the end of a day, month or year, in years; None where it is no date.

    Examples
    --------
    >>> period("2006"), [round(end, 2) for end in period("2006-07")], period("soon")
    ((2006.0, 2007.0), [2006.5, 2006.58], None)
    """
    match = _DATE.fullmatch(date)
    if match is None:
        return None
    _, month, day = (None if part is None else int(part) for part in match.groups())
    try:
        first = datetime.date(int(match[1]), month or 1, day or 1)
    except ValueError:
        return None
    days = 1 if day else calendar.monthrange(first.year, first.month)[1] if month else 365 + calendar.isleap(first.year)
    whole = 365 + calendar.isleap(first.year)
    start = first.timetuple().tm_yday - 1
    return first.year + start / whole, first.year + (start + days) / whole


def timeline(
    statements: Iterable[Statement],
    link: Link | None = None,
    notes: Notes | None = None,
    wide: bool = False,
    most: int | None = None,
) -> Plot:
    """Draw when and where drugs were approved, disease by disease.

    Parameters
    ----------
    statements : iterable of Statement
        Approvals with dates and places, as the relations ``approvedFor`` and ``licensedInCombinationFor`` have them.
    link : callable, optional
        Gives the address of a statement, a drug or a disease by its IRI.
    notes : Notes, optional
        Where the sources get their numbers.
    wide : bool
        Whether it is laid out for a slide, and not for a phone.
    most : int, optional
        The approvals that are drawn at most, the first ones; the table has all.

    Examples
    --------
    >>> import imidgraph
    >>> plot = timeline(imidgraph.load().statements("lenalidomide", "approvedFor").statements)
    >>> plot.rows[0][:4]
    ('lenalidomide', 'adult T-cell leukemia/lymphoma', 'Japan', '2017-03-02')
    """
    notes = notes or Notes()
    found = sorted(map(Approval, statements), key=_order)
    first = sorted(found, key=lambda one: (not one.date, one.date))[:most]
    drawn = sorted(first, key=_order)
    drugs = list(dict.fromkeys(one.item.subject.label for one in found))
    named = listed(drugs) if len(drugs) < 5 else f"{len(drugs)} drugs and regimens"
    title = f"Approvals{' of ' if named else ''}{named} by date and place"
    rows = tuple(_cells(one, notes) for one in found)
    left = len(found) - len(drawn)
    cut = not_drawn(left, "more approval")
    nothing = "" if found else "No approval is curated; that does not mean that there is none. "
    description = f"{counted(len(found), 'approval')}. {nothing}{_READ} {cut}{LEGEND}. {NOT_ADVICE}"
    root = canvas.drawing("timeline", title, description)
    svg = _Drawing(root, drawn, notes, link or canvas.nowhere, wide, nothing + cut).svg(title)
    return Plot(title, description, svg, HEADER, rows, notes.cited)


def _order(one: Approval) -> tuple[object, ...]:
    item = one.item
    return item.subject.label, item.subject.iri, item.object.label, item.object.iri, one.code, not one.date, one.date, item.iri


def _cells(one: Approval, notes: Notes) -> tuple[str, ...]:
    item = one.item
    cited = notes.cite([item]).strip()
    return item.subject.label, item.object.label, one.code, one.date, one.ended, one.kind, details(item), cited, item.curie


@dataclass(frozen=True)
class _Drawing:
    """The drawing of some approvals."""

    root: Element
    found: Sequence[Approval]
    notes: Notes
    link: Link
    wide: bool
    cut: str

    @cached_property
    def width(self) -> int:
        return WIDE if self.wide else NARROW

    @cached_property
    def left(self) -> int:
        return 360 if self.wide else 246

    @cached_property
    def right(self) -> int:
        return self.width - MARGIN - 26

    @cached_property
    def years(self) -> tuple[int, int]:
        """The first year of the scale and the one after its last."""
        dates = (date for one in self.found for date in (one.date, one.ended, *one.conversions))
        spans = [span for span in map(period, dates) if span]
        first = math.floor(min((span[0] for span in spans), default=2000))
        return first, max(math.ceil(max((span[1] for span in spans), default=first)), first + 1)

    @cached_property
    def ticks(self) -> range:
        """The years with a line."""
        first, last = self.years
        step = next(step for step in _STEPS if (last - first) / step <= (12 if self.wide else 6))
        return range(-(-first // step) * step, last + 1, step)

    def svg(self, title: str) -> str:
        room = self.width - 2 * MARGIN
        y = canvas.write_lines(self.root, (MARGIN, 30), title, room, 3, "title", font_weight="bold")
        for _, group in groupby(self.found, key=lambda one: (one.item.subject.iri, one.item.object.iri)):
            y = self._group(list(group), y + 12)
        text = (
            "Dot: an approval (with a bar over the year where no more is stated). Diamond: accelerated or conditional, with a "
            "line to its conversion. Square: under the label of a partner drug; open where accelerated or conditional. Before "
            "the scale: a cross for not approved, a dashed ring for no date curated. First: the earliest date curated. "
            f"{self.cut}{LEGEND}. {NOT_ADVICE}"
        )
        looks = {"font_size": SMALL, "fill_opacity": "0.75"}
        y = canvas.write_lines(self.root, (MARGIN, y + 14 + LEADING), text, room, 12, "legend", **looks)
        return canvas.finished(self.root, self.width, y + 4)

    def _group(self, found: list[Approval], y: float) -> float:
        item = found[0].item
        both = f"{item.subject.label}: {item.object.label}"
        heading = canvas.told(self.root, both, self.link(item.object.iri))
        text = both if len({one.item.subject.iri for one in self.found}) > 1 else item.object.label
        y = canvas.write_lines(heading, (MARGIN, y + 20), text, self.width - 2 * MARGIN, 2, "heading", font_weight="bold")
        for year in self.ticks:
            canvas.write_tick(self.root, self._x(year), y + 2, str(year))
        grid, top = canvas.shape(self.root, "g", "grid", stroke=INK, stroke_opacity="0.2"), y + 8
        y += 14
        for _, row in groupby(found, key=lambda one: one.code):
            y = self._row(list(row), y)
        for year in self.ticks:
            canvas.shape(grid, "line", "tick", x1=self._x(year), x2=self._x(year), y1=top, y2=y - 4)
        return y

    def _row(self, row: list[Approval], y: float) -> float:
        dated = [one for one in row if one.period and not one.item.negated]
        denied = sum(one.item.negated for one in row)
        undated = len(row) - len(dated) - denied
        first = [f"first {dated[0].date}"] if dated else []
        first += [f"{undated} without date"] if undated else []
        first += ["not approved"] if denied else []
        room = self.left - MARGIN - 46
        text = f"{row[0].code}: {', '.join(first)}"
        below = canvas.write_lines(self.root, (MARGIN, y + 20), text, room, 3, "place", font_size=SMALL)
        cited = self.notes.numbers([one.item for one in row], _MOST_CITED)
        below = canvas.write_lines(self.root, (MARGIN, below), cited, room, 2, "references", font_size=SMALL, fill_opacity="0.75")
        lanes: list[float] = []
        for one in sorted(row, key=lambda one: one.period is not None):  # from left to right
            x = self._x(sum(one.period) / 2) if one.period else self.left - 28
            lane = next((place for place, end in enumerate(lanes) if x - end >= _APART), len(lanes))
            lanes[lane : lane + 1] = [x]
            self._approval(one, x, y + 15 + lane * _LANE)
        return max(below, y + 15 + len(lanes) * _LANE) + 2

    def _approval(self, one: Approval, x: float, y: float) -> None:
        item = one.item
        when = one.date or "no date curated"
        words = "; ".join(part for part in (when, one.kind, details(item)) if part)
        told = f"{item.subject.label}, {item.object.label}, {one.code}: {words}{self.notes.cite([item])}"
        group = canvas.told(self.root, told, self.link(item.iri))
        canvas.cover(group, x, y, _LANE + 8, _LANE)
        if item.negated:
            _cross(group, x, y, "denied")
            return
        if one.period is None:
            looks = {"fill": "none", "stroke": MARK, "stroke_width": 2, "stroke_dasharray": "3 3"}
            canvas.shape(group, "circle", "undated", cx=x, cy=y, r=8, **looks)
            return
        start, end = map(self._x, one.period)
        if end - start > _APART:
            looks = {"fill": MARK, "fill_opacity": "0.5"}
            canvas.shape(group, "rect", "period", x=start, y=y - 3, width=end - start, height=6, **looks)
        for value in one.conversions:
            if span := period(value):
                self._line(group, x + 9, self._x(sum(span) / 2), y, "conversion")
                canvas.shape(group, "circle", "converted", cx=self._x(sum(span) / 2), cy=y, r=5, fill=MARK)
        if span := period(one.ended):
            self._line(group, x + 9, self._x(sum(span) / 2), y, "ended")
            _cross(group, self._x(sum(span) / 2), y, "end")
        if one.is_partner:
            looks = {"fill": "none" if one.is_early else MARK, "stroke": MARK, "stroke_width": 2.5}
            canvas.shape(group, "rect", "partner", x=x - 7, y=y - 7, width=14, height=14, **looks)
        elif one.is_early:
            path = f"M{x:.1f} {y - 9:.1f}l9 9l-9 9l-9 -9z"
            canvas.shape(group, "path", "early", d=path, fill="none", stroke=MARK, stroke_width=2.5)
        else:
            canvas.shape(group, "circle", "approval", cx=x, cy=y, r=8, fill=MARK)

    def _line(self, group: Element, start: float, end: float, y: float, kind: str) -> None:
        canvas.shape(group, "line", kind, x1=start, x2=end, y1=y, y2=y, stroke=MARK, stroke_width=2)

    def _x(self, year: float) -> float:
        first, last = self.years
        return self.left + (self.right - self.left) * (year - first) / (last - first)


def _cross(group: Element, x: float, y: float, kind: str) -> None:
    path = f"M{x - 7:.1f} {y - 7:.1f}l14 14m0 -14l-14 14"
    canvas.shape(group, "path", kind, d=path, fill="none", stroke=AGAINST, stroke_width=3)
