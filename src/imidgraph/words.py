"""Words: verbs, lists, counts and the start of a sentence, as English has them, and values as XML Schema writes them."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_THIRD = {"is": "are", "has": "have", "does": "do"}


def listed(names: Sequence[object]) -> str:
    """Name several things in one phrase.

    Examples
    --------
    >>> listed(["IKZF1"]), listed(["IKZF1", "IKZF3"]), listed(["a", "b", "c"])
    ('IKZF1', 'IKZF1 and IKZF3', 'a, b and c')
    """
    *others, last = map(str, names) if names else [""]
    return f"{', '.join(others)} and {last}" if others else last


def counted(number: int, noun: str) -> str:
    """Count things in words.

    Examples
    --------
    >>> counted(1, "more chain"), counted(2, "more chain")
    ('1 more chain', '2 more chains')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"


def plural(phrase: str) -> str:
    """Put the verb that a relation starts with into the plural.

    Examples
    --------
    >>> plural("is approved for"), plural("degrades"), plural("is a kind of")
    ('are approved for', 'degrade', 'are kinds of')
    """
    verb, space, rest = phrase.replace("a kind", "kinds").partition(" ")
    return f"{_THIRD.get(verb) or _infinitive(verb) or verb}{space}{rest}"


def denied(phrase: str) -> str:
    """Deny a relation.

    Examples
    --------
    >>> denied("is approved for"), denied("has adverse effect"), denied("carries")
    ('is not approved for', 'does not have adverse effect', 'does not carry')
    """
    verb, space, rest = phrase.partition(" ")
    if verb == "is":
        return f"is not{space}{rest}"
    infinitive = _THIRD.get(verb) or _infinitive(verb)
    return f"does not {infinitive}{space}{rest}" if infinitive != verb else f"not {phrase}"


def begun(text: str) -> str:
    """Start a sentence with a text; names with a spelling of their own keep it.

    Examples
    --------
    >>> begun("lenalidomide degrades IKZF1"), begun("mTOR rises"), begun("del(5q) cells die")
    ('Lenalidomide degrades IKZF1', 'mTOR rises', 'del(5q) cells die')
    """
    first = text.partition(" ")[0].rstrip(",:;.")
    return text[:1].upper() + text[1:] if first.replace("-", "").isalpha() and first.islower() else text


def initials(name: str) -> str:
    """Shorten a name of several words to its first letters; leave one of a single word.

    Examples
    --------
    >>> initials("European Union"), initials("Japan")
    ('EU', 'Japan')
    """
    words = name.split()
    return "".join(word[0] for word in words) if len(words) > 1 else name


def spaced(name: str) -> str:
    """Give the local name of a property in words.

    Examples
    --------
    >>> spaced("approvalDate"), spaced("pValue"), spaced("treated_by")
    ('approval date', 'p value', 'treated by')
    """
    parts = _PARTS.findall(name)
    return " ".join(part if len(part) > 1 and part.isupper() else part.lower() for part in parts) or name


def lexical(value: Any) -> str:
    """Give a value as XML Schema writes it.

    Examples
    --------
    >>> lexical(True), lexical(Decimal("1E-7")), lexical(datetime.datetime(2010, 3, 12)), lexical(math.inf)
    ('true', '0.0000001', '2010-03-12T00:00:00', 'INF')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")  # it has no exponents
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "INF" if value > 0 else "-INF"
    return str(value)


def _infinitive(verb: str) -> str:
    if verb.endswith("ies"):
        return f"{verb[:-3]}y"
    if verb.endswith(("sses", "shes", "ches", "xes", "oes")):
        return verb[:-2]
    return verb.removesuffix("s") if not verb.endswith("ss") else verb
