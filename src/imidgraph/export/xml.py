"""What GraphML and GEXF share: text that every XML reader gives back as it was."""

from __future__ import annotations

import re
from typing import Any

from imidgraph.export.records import plain_text

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
_SPECIAL = re.compile('[&<>"\t\n\r]')


def xml_text(value: Any) -> str:
    r"""Give a value as text for XML, in an element or between double quotes.

    Examples
    --------
    >>> xml_text('a "b" & c'), xml_text(True), xml_text("one\ntwo"), xml_text("\x00") == "\ufffd"
    ('a &quot;b&quot; &amp; c', 'true', 'one&#10;two', True)
    """
    text = _NOT_XML.sub("\ufffd", plain_text(value))
    return _SPECIAL.sub(lambda match: _ENTITIES[match[0]], text)
