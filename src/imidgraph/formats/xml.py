"""What GraphML and GEXF share: text that every XML reader gives back as it was."""

from __future__ import annotations

import re
from typing import Any

from imidgraph.formats.records import plain_text

_WRITTEN_OTHERWISE = re.compile('[&<>"\x00-\x1f\ufffe\uffff]')  # what XML cannot hold among it
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}


def xml_text(value: Any) -> str:
    r"""Give a value as text for XML, in an element or between double quotes.

    Examples
    --------
    >>> xml_text('a "b" & c'), xml_text(True), xml_text("one\ntwo"), xml_text("\x00") == "\ufffd"
    ('a &quot;b&quot; &amp; c', 'true', 'one&#10;two', True)
    """
    text = value if type(value) is str else plain_text(value)
    if not _WRITTEN_OTHERWISE.search(text):
        return text
    return _WRITTEN_OTHERWISE.sub(lambda match: _ENTITIES.get(match[0], "\ufffd"), text)
