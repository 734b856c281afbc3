"""Qualifiers: what limits a statement, in words: when, where and for whom it holds, with what numbers.

A qualifier of this ontology is worded by one line of the table below, which is in the order in which they are told. What the
table does not know is told by its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from imidgraph.words import counted, listed, spaced

Qualifiers = Mapping[str, Sequence[Any]]

_DURATION = re.compile(r"P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?)?")
_UNITS = ("year", "month", "week", "day", "hour")


def told(qualifiers: Qualifiers) -> Iterator[str]:
    """Tell qualifiers in words, in one order, those that the table does not know last.

    Examples
    --------
    >>> list(told({"population": ["multiple myeloma"], "boxedWarning": [True], "severity": ["fatal"]}))
    ['boxed warning', 'fatal', 'multiple myeloma']
    >>> list(told({"doseAmount": [Decimal("2.5")], "doseUnit": ["mg"], "clearanceUpper": [30], "example:seenIn": ["Ghent"]}))
    ['2.5 mg', 'creatinine clearance below 30 mL/min', 'seen in: Ghent']
    """
    for place in sorted({_PLACES[name] for name in qualifiers if name in _PLACES}):
        yield from _TABLE[place][1](qualifiers)
    for name in sorted(qualifiers.keys() - _PLACES.keys()):
        values, words = qualifiers[name], spaced(re.split("[/#:]", name)[-1])
        yield words if values == (True,) else f"not {words}" if values == (False,) else f"{words}: {listed(shown(values))}"


def shown(values: Sequence[Any]) -> list[str]:
    """Give values as texts: names of things, numbers without an exponent, days as they are written.

    Examples
    --------
    >>> shown([Decimal("1E+1"), "US", True])
    ['10', 'US', 'true']
    """
    return [str(value).lower() if isinstance(value, bool) else number(value) for value in values]


def number(value: Any) -> str:
    """Give a number as people write it; any other value as text."""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def span(lower: Any, upper: Any, unit: str = "", at_least: str = "at least", below: str = "up to") -> str:
    """Give a range in words; nothing where it has no end.

    Examples
    --------
    >>> span(3, 7, " %"), span(None, 59, " %"), span(1000, None)
    ('3 to 7 %', 'up to 59 %', 'at least 1000')
    """
    if lower is not None and upper is not None:
        return f"{number(lower)} to {number(upper)}{unit}"
    if lower is None and upper is None:
        return ""
    return f"{below} {number(upper)}{unit}" if lower is None else f"{at_least} {number(lower)}{unit}"


def duration(text: str) -> str:
    """Give an ISO 8601 duration in words; any other text as it is.

    Examples
    --------
    >>> duration("P7D"), duration("P1M"), duration("P4W2D"), duration("weekly")
    ('7 days', '1 month', '4 weeks and 2 days', 'weekly')
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        return text
    return listed([counted(int(part), unit) for part, unit in zip(match.groups(), _UNITS, strict=True) if part]) or text


def _first(qualifiers: Qualifiers, name: str) -> Any:
    return next(iter(qualifiers.get(name, ())), None)


def _one(name: str, template: str) -> tuple[tuple[str, ...], Callable[[Qualifiers], Iterator[str]]]:
    def tell(qualifiers: Qualifiers) -> Iterator[str]:
        yield template.format(listed(shown(qualifiers[name])))

    return (name,), tell


def _each(name: str, template: str) -> tuple[tuple[str, ...], Callable[[Qualifiers], Iterator[str]]]:
    def tell(qualifiers: Qualifiers) -> Iterator[str]:
        yield from (template.format(duration(value)) for value in shown(qualifiers[name]))

    return (name,), tell


def _boxed(qualifiers: Qualifiers) -> Iterator[str]:
    if True in qualifiers["boxedWarning"]:  # that there is none is no comfort
        yield "boxed warning"


def _lines(qualifiers: Qualifiers) -> Iterator[str]:
    for value in qualifiers["minimumPriorLines"]:
        yield f"after at least {counted(value, 'prior line')}" if isinstance(value, int) else f"prior lines: {value}"


def _dose(qualifiers: Qualifiers) -> Iterator[str]:
    amounts = " to ".join(shown(sorted(qualifiers.get("doseAmount", ()))))
    parts = [*([amounts] if amounts else []), *shown(qualifiers.get("doseUnit", ()))]
    yield " ".join([*parts, *shown(qualifiers.get("doseSchedule", ()))])


def _clearance(qualifiers: Qualifiers) -> Iterator[str]:
    bounds = _first(qualifiers, "clearanceLower"), _first(qualifiers, "clearanceUpper")
    yield f"creatinine clearance {span(*bounds, ' mL/min', below='below')}"


def _threshold(qualifiers: Qualifiers) -> Iterator[str]:
    lower, upper = (_thousands(_first(qualifiers, f"threshold{end}")) for end in ("Lower", "Upper"))
    unit = "".join(f" {value}" for value in shown(qualifiers.get("thresholdUnit", ())))
    measure = listed(shown(qualifiers.get("thresholdMeasure", ())))
    yield " ".join(part for part in (measure, span(lower, upper, unit, below="below")) if part)


def _thousands(value: Any) -> Any:
    return value if value is None else format(value, ",f" if isinstance(value, Decimal) else ",")


def _interval(qualifiers: Qualifiers) -> Iterator[str]:
    if "intervalText" in qualifiers:
        yield from shown(qualifiers["intervalText"])
    else:
        yield from (f"every {duration(value).removeprefix('1 ')}" for value in shown(qualifiers["interval"]))


def _ended(qualifiers: Qualifiers) -> Iterator[str]:
    reasons = "; ".join(shown(qualifiers.get("withdrawalReason", ())))
    when = f"withdrawn {listed(shown(qualifiers['withdrawalDate']))}" if "withdrawalDate" in qualifiers else "withdrawn"
    yield f"{when} ({reasons})" if reasons else when


def _arms(qualifiers: Qualifiers) -> Iterator[str]:
    unit = _first(qualifiers, "unit")
    for arm, role in (("experimental", "experimental arm"), ("comparator", "control arm")):
        value, people = _first(qualifiers, f"{arm}Value"), _first(qualifiers, f"{arm}N")
        bounds = span(*(_first(qualifiers, f"{arm}{end}") for end in ("Lower", "Upper")))
        named = listed(shown(qualifiers.get(f"{arm}Arm", ()))) or role
        measured = "" if value is None else number(value) + _unit(unit)
        measured += (f" ({bounds})" if bounds else "") + ("" if people is None else f" of {number(people)} people")
        if measured or f"{arm}Arm" in qualifiers:
            yield f"{named}: {measured.strip()}" if measured else named


def _unit(unit: Any) -> str:
    return "" if unit is None else " %" if unit == "percent" else f" {unit}"


def _ratio(name: str, words: str) -> tuple[tuple[str, ...], Callable[[Qualifiers], Iterator[str]]]:
    def tell(qualifiers: Qualifiers) -> Iterator[str]:
        value = _first(qualifiers, name)
        bounds = span(_first(qualifiers, f"{name}Lower"), _first(qualifiers, f"{name}Upper"))
        yield f"{words} {bounds}" if value is None else f"{words} {number(value)}" + (f" ({bounds})" if bounds else "")

    return (name, f"{name}Lower", f"{name}Upper"), tell


def _chance(qualifiers: Qualifiers) -> Iterator[str]:
    sides = "".join(f" ({side})" for side in shown(qualifiers.get("pSided", ())))
    for value in shown(qualifiers.get("pValue", ())):
        yield f"p {value}{sides}" if value[:1] in "<>=≤≥" else f"p = {value}{sides}"


def _trials(qualifiers: Qualifiers) -> Iterator[str]:
    trials = shown(qualifiers["supportingTrial"])
    yield f"{'trial' if len(trials) == 1 else 'trials'}: {listed(trials)}"


def _analysis(qualifiers: Qualifiers) -> Iterator[str]:
    """Tell which analysis it is; an interim one is a doubt."""
    values = (value for value in shown(qualifiers["analysis"]) if value != "interim")
    yield from (f"{value} analysis" if value.isalpha() else value for value in values)


def _basis(qualifiers: Qualifiers) -> Iterator[str]:
    """Tell what a comparison rests on; an indirect or interim one is a doubt."""
    values = (value for value in shown(qualifiers["comparisonBasis"]) if value not in {"indirect", "interim"})
    yield from ("head to head" if value == "head-to-head" else value for value in values)


_TABLE: tuple[tuple[tuple[str, ...], Callable[[Qualifiers], Iterator[str]]], ...] = (
    (("boxedWarning",), _boxed),
    _one("severity", "{}"),
    _one("aspect", "in terms of {}"),
    (("doseAmount", "doseUnit", "doseSchedule"), _dose),
    (("clearanceLower", "clearanceUpper"), _clearance),
    (("thresholdMeasure", "thresholdLower", "thresholdUpper", "thresholdUnit"), _threshold),
    _each("action", "{}"),
    (("interval", "intervalText"), _interval),
    _each("timing", "{}"),
    _each("startsBefore", "from {} before treatment"),
    _each("lastsFor", "for {}"),
    _each("durationAfter", "until {} after the last dose"),
    _one("jurisdiction", "{}"),
    _one("approvalDate", "approved {}"),
    _one("approvalType", "{} approval"),
    _one("conversionDate", "converted to regular approval {}"),
    _one("authority", "by {}"),
    _one("licensedProduct", "as {}"),
    _one("validFrom", "from {}"),
    _one("startDate", "from {}"),
    _one("validUntil", "until {}"),
    _one("endDate", "until {}"),
    (("withdrawalDate", "withdrawalReason"), _ended),
    _one("supersededBy", "replaced by: {}"),
    _one("setting", "{}"),
    _one("disease", "for {}"),
    (("minimumPriorLines",), _lines),
    _one("inCombinationWith", "with {}"),
    _one("throughStep", "through {}"),
    _each("interactionType", "{}"),
    _each("effect", "{}"),
    _each("management", "management: {}"),
    (
        ("unit", *(f"{arm}{part}" for arm in ("experimental", "comparator") for part in ("Arm", "Value", "Lower", "Upper", "N"))),
        _arms,
    ),
    _one("statistic", "{}"),
    _one("timePoint", "at {} months"),
    _ratio("hazardRatio", "hazard ratio"),
    _ratio("oddsRatio", "odds ratio"),
    (("pValue", "pSided"), _chance),
    (("analysis",), _analysis),
    _each("analysisDetail", "{}"),
    _one("medianFollowUp", "median follow-up {} months"),
    _one("dataCutoff", "data cutoff {}"),
    _one("assessedBy", "assessed by {}"),
    (("comparisonBasis",), _basis),
    _each("population", "{}"),
    (("supportingTrial",), _trials),
)
"""The qualifiers in the order in which they are told, those that are told in one phrase together, with what words them."""

_PLACES = {name: place for place, (names, _) in enumerate(_TABLE) for name in names}
