"""Canvas: what the plots are drawn with: text that fits, marks that link, and nothing that a strict policy forbids."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import cast
from xml.etree.ElementTree import Element, SubElement, tostring

Link = Callable[[str], str | None]
"""Gives the address of a thing by its IRI; None where it has no page."""

SIZE = 20
"""Units of the height of text: 11 pixels where 640 units are shown on 360 pixels."""
SMALL = 18
LEADING = 25
"""Units from one line of text to the next."""
MARGIN = 10
NARROW, WIDE = 640, 1280
"""Units of the width of a plot: for a phone or a column of text, and for a slide."""

INK, MARK, AGAINST = "currentColor", "#0072B2", "#D55E00"
"""The colors of text, of what is stated and of what speaks against it: they differ for the color-blind too."""

_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")  # what XML cannot hold
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # would put figures in another order
_RELATIVE = re.compile(r"(?!//)[^:/?#]*(?:[/?#]|$)")
_WORDY = 2000  # signs of a text that are measured
_BOLD = 1.15  # how much broader bold text is
_THIN, _BROAD = set("iljtfrI.,:;|!'()[] -*"), set("mwMW@%&—…")


def nowhere(_: str) -> None:
    """Lead nowhere: the link of a plot that stands alone."""


def plain(text: str) -> str:
    r"""Give a text on one line, without what XML cannot hold or what turns the direction of its neighbors.

    Examples
    --------
    >>> plain("51 %\u202e of\n300"), plain("\x00") == "\ufffd"
    ('51 % of 300', True)
    """
    return " ".join(_UNFIT.sub("\ufffd", _TURNING.sub("", text)).split())


def length(text: str, size: float) -> float:
    """Estimate the units that a text is wide, rather too many than too few.

    Examples
    --------
    >>> length("ill", 20) < length("www", 20)
    True
    """
    return size * sum(map(_breadth, text))


def _breadth(sign: str) -> float:
    if sign in _THIN:
        return 0.36
    if unicodedata.combining(sign):
        return 0.0
    if sign in _BROAD or not sign.isascii():
        return 1.0
    return 0.72 if sign.isupper() else 0.6


def fitted(text: str, width: float, lines: int = 1, size: float = SIZE) -> list[str]:
    """Break a text into lines that fit, and shorten it where there are too many.

    Examples
    --------
    >>> fitted("relapsed multiple myeloma", 150, 2)
    ['relapsed', 'multiple my…']
    >>> fitted("relapsed multiple myeloma", 150, 3)
    ['relapsed', 'multiple', 'myeloma']
    """
    found: list[str] = []
    rest = plain(text)[:_WORDY]
    while rest and len(found) < lines:
        end = _end(rest, width, size)
        if end >= len(rest):
            found.append(rest)
            break
        if len(found) == lines - 1:
            found.append(rest[: max(_end(rest, width - size, size), 1)].rstrip() + "…")
            break
        space = rest.rfind(" ", 1, end + 1)
        cut = space if space > 0 else max(end, 1)
        found.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return found or [""]


def _end(text: str, width: float, size: float) -> int:
    left = width / size
    for place, sign in enumerate(text):
        left -= _breadth(sign)
        if left < 0:
            return place
    return len(text)


def is_safe(address: str) -> bool:
    """Tell whether a link may lead to an address: one of the web, or a relative one.

    Examples
    --------
    >>> [is_safe(text) for text in ("https://example.org/", "/imid/x?y#z", "../x", "javascript:alert(1)", "//example.org")]
    [True, True, True, False, False]
    """
    if any(sign <= " " or sign == "\\" for sign in address) or plain(address) != address:
        return False
    return address.startswith(("http://", "https://")) or bool(_RELATIVE.match(address))


def shape(parent: Element, tag: str, kind: str, **attributes: object) -> Element:
    """Add a shape with a class of its own; underlines in the names of attributes stand for hyphens."""
    given = {name.replace("_", "-"): _number(value) for name, value in attributes.items()}
    return SubElement(parent, tag, {"class": f"plot-{kind}"} | given)


def write(parent: Element, x: float, y: float, text: str, kind: str = "label", whole: str = "", **looks: object) -> Element:
    """Add one line of text; where its whole is longer, the pointer shows that."""
    element = shape(parent, "text", kind, **{"x": x, "y": y, "font_size": SIZE, "fill": INK} | looks)
    element.text = text
    if whole and plain(whole) != text:
        element.text, title = None, SubElement(element, "title")
        title.text, title.tail = plain(whole), text
    return element


def write_lines(
    parent: Element, place: tuple[float, float], text: str, width: float, most: int, kind: str = "label", **looks: object
) -> float:
    """Add a text in lines below one another, and give the place of what comes next."""
    x, y = place
    size = cast(float, looks.get("font_size", SIZE))
    lines = fitted(text, width, most, size * _BOLD if "font_weight" in looks else size)
    for line in lines:
        write(parent, x, y, line, kind, text if line.endswith("…") else "", **looks)
        y += LEADING
    return y


def write_tick(parent: Element, x: float, y: float, text: str) -> None:
    """Add what stands at a line of a scale."""
    write(parent, x, y, text, "axis", font_size=SMALL, text_anchor="middle", fill_opacity="0.75")


def told(parent: Element, text: str, address: str | None) -> Element:
    """Add a group of marks that tells what it is, and leads there where the address is a safe one."""
    words = plain(text)
    leads = address is not None and is_safe(address)
    group = shape(parent, "a", "link", href=address) if leads else shape(parent, "g", "mark")
    SubElement(group, "title").text = words
    return group


def cover(parent: Element, x: float, y: float, width: float, height: float) -> None:
    """Add what nobody sees around a mark, so that a finger meets it."""
    place = {"x": x - width / 2, "y": y - height / 2, "width": width, "height": height}
    shape(parent, "rect", "cover", fill="none", pointer_events="all", **place)


def drawing(kind: str, title: str, description: str) -> Element:
    """Start a drawing."""
    root = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "class": f"plot plot-{kind}", "role": "group"})
    root.set("font-family", "system-ui, Helvetica, Arial, sans-serif")
    SubElement(root, "title").text = plain(title)
    SubElement(root, "desc").text = plain(description)
    return root


def finished(root: Element, width: float, height: float) -> str:
    """Give a drawing as text, as large as it is."""
    root.set("viewBox", f"0 0 {_number(width)} {_number(height)}")
    return tostring(root, encoding="unicode")


def _number(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
