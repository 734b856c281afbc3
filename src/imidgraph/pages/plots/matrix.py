"""Matrix: which of many things each drug acts on, as far as curated: yes, no, disputed, and not curated, which is not a no."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from xml.etree.ElementTree import Element

from imidgraph.model import Statement, Term
from imidgraph.pages.plots import canvas
from imidgraph.pages.plots.canvas import AGAINST, INK, LEADING, MARGIN, MARK, NARROW, SMALL, WIDE, Link
from imidgraph.pages.plots.plot import Plot, not_drawn
from imidgraph.prose import NOT_ADVICE
from imidgraph.prose.citations import LEGEND, Notes
from imidgraph.prose.statement import details, doubt
from imidgraph.words import begun, counted, denied, listed, plural

HEADER = ("object", "drug", "answer", "details", "references", "statements")
_UNSURE = "hypothesis or unconfirmed"
_NOTHING = "not curated"
_LIMITED = "†"
_MOST_CITED = 3  # sources that a row names
_NAME = 116  # units for the name of a row
_REFERENCES = 178  # units for the numbers of its sources
_HEAD = 130  # units for the names of the columns
_CELL = 34  # units of the height of a row
_LEAST = 34  # units of the width of a column


@dataclass(frozen=True)
class Cell:
    """The statements about one drug and one thing.

    Parameters
    ----------
    items : tuple of Statement
        The statements that say it.
    """

    items: tuple[Statement, ...]

    @property
    def kind(self) -> str:
        """The answer: ``yes``, ``no``, ``disputed``, ``unsure`` or ``none``."""
        if not self.items:
            return "none"
        if any(item.disputed for item in self.items) or len({item.negated for item in self.items}) > 1:
            return "disputed"
        if all(item.knowledge_level not in {"assertion", "observation"} or "unconfirmed" in doubt(item) for item in self.items):
            return "unsure"
        return "no" if self.items[0].negated else "yes"

    @property
    def is_limited(self) -> bool:
        """Whether each statement names the cells or people for which it holds."""
        return bool(self.items) and all("population" in item.qualifiers for item in self.items)

    @property
    def details(self) -> str:
        """What limits it, in words."""
        return "; ".join(dict.fromkeys(text for item in self.items if (text := details(item))))


def matrix(
    statements: Iterable[Statement],
    link: Link | None = None,
    notes: Notes | None = None,
    wide: bool = False,
    most: int | None = None,
) -> Plot:
    """Draw which things the drugs act on, a row for each thing and a column for each drug.

    Parameters
    ----------
    statements : iterable of Statement
        Statements of one relation, such as ``degrades``, denied ones among them.
    link : callable, optional
        Gives the address of a statement, a drug or a thing by its IRI.
    notes : Notes, optional
        Where the sources get their numbers.
    wide : bool
        Whether it is laid out for a slide, and not for a phone.
    most : int, optional
        The rows that are drawn at most, those that are curated for most drugs; the table has all.

    Examples
    --------
    >>> import imidgraph
    >>> plot = matrix(imidgraph.load().statements(predicate="degrades").statements)
    >>> [row[2] for row in plot.rows if row[:2] in {("CSNK1A1", "lenalidomide"), ("CSNK1A1", "pomalidomide")}]
    ['does not degrade', 'degrades']
    """
    notes = notes or Notes()
    cells: dict[tuple[Term, Term], list[Statement]] = {}
    for item in dict.fromkeys(statements):
        cells.setdefault((item.object, item.subject), []).append(item)
    things, drugs = (_ranked(pair[place] for pair in cells) for place in (0, 1))
    table = {(one, drug): Cell(tuple(cells.get((one, drug), ()))) for one in things for drug in drugs}
    relations = sorted({item.predicate.label for items in cells.values() for item in items})
    words = _words(relations[0] if len(relations) == 1 else "")
    rows = tuple(_cells(one, drug, cell, words, notes) for (one, drug), cell in table.items())
    named = listed([plural(name) for name in relations]) or "act on"
    title = f"What {counted(len(drugs), 'drug')} {named if len(drugs) != 1 else listed(relations)}, as far as curated"
    left = len(things) - len(things[:most])
    cut = not_drawn(left, "more row")
    kinds = Counter(cell.kind for cell in table.values())
    sums = ", ".join(f"{words[kind]}: {kinds[kind]}" for kind in words if kinds[kind])
    description = f"{begun(sums)}. {_read(words)} {cut}{LEGEND}. {NOT_ADVICE}"
    root = canvas.drawing("matrix", title, description)
    svg = _Drawing(root, things[:most], drugs, table, words, notes, link or canvas.nowhere, wide, cut).svg(title)
    return Plot(title, description, svg, HEADER, rows, notes.cited)


def _ranked(terms: Iterable[Term]) -> list[Term]:
    found = Counter(terms)
    return sorted(found, key=lambda term: (-found[term], term.label, term.iri))


def _words(relation: str) -> dict[str, str]:
    yes, no = (relation, denied(relation)) if relation else ("stated", "denied")
    return {"yes": yes, "no": no, "disputed": "sources disagree", "unsure": _UNSURE, "none": _NOTHING}


def _read(words: dict[str, str]) -> str:
    return (
        f"Filled square: {words['yes']}. Cross in a frame: {words['no']}. Half-filled diamond: {words['disputed']}. "
        f"Dashed frame: {words['unsure']}. Small dash: {words['none']}, which is not a no. "
        f"{_LIMITED} only stated of certain cells, people or drugs as a class; the table says which."
    )


def _cells(one: Term, drug: Term, cell: Cell, words: dict[str, str], notes: Notes) -> tuple[str, ...]:
    names = ", ".join(item.curie for item in cell.items)
    return one.label, drug.label, words[cell.kind], cell.details, notes.cite(cell.items).strip(), names


@dataclass(frozen=True)
class _Drawing:
    """The drawing of some rows."""

    root: Element
    things: Sequence[Term]
    drugs: Sequence[Term]
    table: dict[tuple[Term, Term], Cell]
    words: dict[str, str]
    notes: Notes
    link: Link
    wide: bool
    cut: str

    @cached_property
    def name(self) -> int:
        return _NAME * (2 if self.wide else 1)

    @cached_property
    def step(self) -> float:
        room = (WIDE if self.wide else NARROW) - 2 * MARGIN - self.name - _REFERENCES
        return max(min(room / max(len(self.drugs), 1), 90), _LEAST)

    @cached_property
    def width(self) -> float:
        needed = 2 * MARGIN + self.name + self.step * len(self.drugs) + _REFERENCES
        return max(float(WIDE if self.wide else NARROW), needed)

    def svg(self, title: str) -> str:
        room = self.width - 2 * MARGIN
        y = canvas.write_lines(self.root, (MARGIN, 30), title, room, 3, "title", font_weight="bold")
        y = self._heads(y + _HEAD)
        for one in self.things:
            self._row(one, y)
            y += _CELL
        y = self._legend(y + 16)
        is_limited = any(cell.is_limited for cell in self.table.values())
        limited = f"{_LIMITED} stated of certain cells, people or a class only: see the table. " if is_limited else ""
        text = f"{limited}{self.cut}{LEGEND}. {NOT_ADVICE}"
        looks = {"font_size": SMALL, "fill_opacity": "0.75"}
        y = canvas.write_lines(self.root, (MARGIN, y + LEADING), text, room, 8, "legend", **looks)
        return canvas.finished(self.root, self.width, y + 4)

    def _heads(self, y: float) -> float:
        for place, drug in enumerate(self.drugs):
            x = self._x(place) + 6
            group = canvas.told(self.root, drug.label, self.link(drug.iri))
            text = canvas.fitted(drug.label, _HEAD * 1.1, size=SMALL)[0]
            turned = f"rotate(-50 {x:.1f} {y - 12:.1f})"
            canvas.write(group, x, y - 12, text, "column", font_size=SMALL, transform=turned)
        return y

    def _row(self, one: Term, y: float) -> None:
        middle, end = y + _CELL / 2, self._x(len(self.drugs) - 1) + self.step / 2
        looks = {"stroke": INK, "stroke_opacity": "0.15"}
        canvas.shape(self.root, "line", "grid", x1=MARGIN, x2=end, y1=y, y2=y, **looks)
        group = canvas.told(self.root, one.label, self.link(one.iri))
        canvas.write(group, MARGIN, middle + 6, canvas.fitted(one.label, self.name - 12, size=SMALL)[0], font_size=SMALL)
        items: list[Statement] = []
        for place, drug in enumerate(self.drugs):
            cell = self.table[one, drug]
            items += cell.items
            words = f"{drug.label}, {one.label}: {self.words[cell.kind]}"
            words += f" ({cell.details})" if cell.details else ""
            address = self.link(cell.items[0].iri) if cell.items else None
            mark = canvas.told(self.root, words + self.notes.cite(cell.items), address)
            canvas.cover(mark, self._x(place), middle, self.step, _CELL)
            _MARKS[cell.kind](mark, self._x(place), middle)
            if cell.is_limited:
                canvas.write(mark, self._x(place) + 12, middle - 3, _LIMITED, "limited", font_size=SMALL)
        whole = self.notes.cite_evidence(evidence for item in items for evidence in item.evidence).strip()
        text = self.notes.numbers(items, _MOST_CITED)
        canvas.write(self.root, end + 12, middle + 6, text, "references", whole, font_size=SMALL, fill_opacity="0.75")

    def _legend(self, y: float) -> float:
        x: float = MARGIN
        kinds = {cell.kind for cell in self.table.values()}
        for kind in (kind for kind in self.words if kind in kinds):
            text = canvas.fitted(f"{self.words[kind]}{', not a no' if kind == 'none' else ''}", self.width / 2, size=SMALL)[0]
            needed = canvas.length(text, SMALL) + 50
            if x + needed > self.width and x > MARGIN:
                x, y = MARGIN, y + LEADING + 4
            _MARKS[kind](self.root, x + 12, y + 14)
            canvas.write(self.root, x + 30, y + 20, text, "legend", font_size=SMALL)
            x += needed
        return y + LEADING

    def _x(self, place: int) -> float:
        return MARGIN + self.name + self.step * (place + 0.5)


def _yes(parent: Element, x: float, y: float) -> None:
    canvas.shape(parent, "rect", "yes", x=x - 9, y=y - 9, width=18, height=18, rx=2, fill=MARK, stroke=MARK, stroke_width=2)


def _no(parent: Element, x: float, y: float) -> None:
    path = f"M{x - 9:.1f} {y - 9:.1f}h18v18h-18zl18 18m0 -18l-18 18"
    canvas.shape(parent, "path", "no", d=path, fill="none", stroke=AGAINST, stroke_width=2.5)


def _disputed(parent: Element, x: float, y: float) -> None:
    path = f"M{x:.1f} {y - 12:.1f}l12 12l-12 12l-12 -12z"
    canvas.shape(parent, "path", "disputed", d=path, fill="none", stroke=AGAINST, stroke_width=2.5)
    canvas.shape(parent, "path", "disputed-half", d=f"M{x:.1f} {y - 12:.1f}v24l-12 -12z", fill=AGAINST)


def _unsure(parent: Element, x: float, y: float) -> None:
    looks = {"fill": "none", "stroke": MARK, "stroke_width": 2, "stroke_dasharray": "4 3"}
    canvas.shape(parent, "rect", "unsure", x=x - 9, y=y - 9, width=18, height=18, **looks)


def _none(parent: Element, x: float, y: float) -> None:
    canvas.shape(parent, "line", "none", x1=x - 5, x2=x + 5, y1=y, y2=y, stroke=INK, stroke_opacity="0.5", stroke_width=2)


_MARKS = {"yes": _yes, "no": _no, "disputed": _disputed, "unsure": _unsure, "none": _none}
