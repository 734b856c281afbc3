"""Doses, measures, requirements and contraindications in one line each, with the places and the people that they hold in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from imidgraph.model import Statement, Term
from imidgraph.prose.qualifiers import told as in_words
from imidgraph.prose.statement import sentence
from imidgraph.words import begun, initials, listed

_MOST_DOSES = 2  # of one group of patients that a line tells
_AMOUNT = ("doseAmount", "doseUnit")
_DOSE = (*_AMOUNT, "doseSchedule", "thresholdMeasure", "thresholdLower", "thresholdUpper", "thresholdUnit", "action")
_TIMING = ("timing",)  # what a schedule is told by where no number is curated
_SCHEDULE = ("interval", "lastsFor", "startsBefore", "durationAfter")


def doses(items: Sequence[Statement], term: Term) -> str:
    """Tell doses and rules for doses, each with the places and the diseases that it holds in.

    Examples
    --------
    >>> from imidgraph.model import Relation
    >>> from imidgraph.namespaces import IMID
    >>> ends = Term("x:1", "lenalidomide"), Relation("", "has a dose for"), Term("x:2", "people on dialysis", "PatientGroup")
    >>> dose = {"doseAmount": (5,), "doseUnit": ("mg",), "doseSchedule": ("once daily",)}
    >>> where = {"jurisdiction": (Term(IMID + "EU", "European Union"),), "disease": (Term("", "multiple myeloma"),)}
    >>> doses([Statement("", *ends, qualifiers=dose | where)], ends[0])
    'People on dialysis: 5 mg once daily (EU, multiple myeloma)'
    """
    if items[0].subject.iri == term.iri and items[0].object.category != "PatientGroup":
        return f"By disease: {'; '.join(_amounts(items))}"
    found: dict[Term, dict[str, dict[str, list[str]]]] = {}
    for item in sorted(items, key=lambda item: "doseAmount" not in item.qualifiers):
        other = item.object if item.subject.iri == term.iri else item.subject
        dose = ", ".join(_of(item, _DOSE))
        found.setdefault(other, {}).setdefault(dose, {}).setdefault(_whom(item), []).extend(_codes(item))
    told = (f"{other}: {_first([_placed(*dose) for dose in each.items()])}" for other, each in found.items())
    return begun("; ".join(told))


def _first(doses: Sequence[str]) -> str:
    """Tell the first doses of a group, and count the others."""
    left = len(doses) - _MOST_DOSES
    return "; ".join([*doses[:_MOST_DOSES], *([f"and {left} more"] if left > 0 else [])])


def _amounts(items: Iterable[Statement]) -> Iterator[str]:
    """Tell the amounts of one dose for each disease; how often it is taken stands in the section."""
    found: dict[Term, dict[str, dict[str, list[str]]]] = {}
    for item in items:
        if dose := " ".join(_of(item, _AMOUNT)):
            whom = ", ".join(str(value) for name in ("setting", "population") for value in item.qualifiers.get(name, ()))
            found.setdefault(item.object, {}).setdefault(dose, {}).setdefault(whom, []).extend(_codes(item))
    for disease, each in found.items():
        yield f"{disease} {', '.join(_placed(*dose) for dose in each.items())}"


def _placed(dose: str, whom: Mapping[str, Iterable[str]]) -> str:
    """Tell a dose with the places and the people that it holds in."""
    told = (", ".join([*sorted(set(codes)), *filter(None, [words])]) for words, codes in whom.items())
    return f"{dose} ({'; '.join(told)})"


def measures(abouts: Sequence[Term], items: Sequence[Statement], left: int = 0) -> str:
    """Tell what is done against effects: one measure in its sentence, several by name, with how often and how long.

    Examples
    --------
    >>> from imidgraph.model import Relation
    >>> risk = Term("", "neutropenia")
    >>> ends = Term("", "blood count monitoring"), Relation("", "mitigates"), risk
    >>> measures([risk], [Statement("", *ends, statement="Blood counts are checked weekly.")])
    'Against neutropenia: Blood counts are checked weekly.'
    """
    sentences = {str(item) for item in items if item.statement}
    alone = len(sentences) == 1 and len({item.subject for item in items}) == 1
    return f"Against {listed(abouts)}: {sentence(items[0]) if alone else asked(items, left)}"


def asked(items: Iterable[Statement], left: int = 0) -> str:
    """Tell what is to be done, in each place with how often and how long; what is asked for alike is told together.

    Examples
    --------
    >>> from imidgraph.model import Relation
    >>> from imidgraph.namespaces import IMID
    >>> rule = {"jurisdiction": (Term(IMID + "EU", "European Union"),), "durationAfter": ("P7D",)}
    >>> ends = Term("", "lenalidomide"), Relation("", "requires"), Term("", "no blood donation")
    >>> asked([Statement("", *ends, category="Requirement", qualifiers=rule)])
    'no blood donation (EU: until 7 days after the last dose)'
    """
    found: dict[Term, dict[str, list[Statement]]] = {}
    for item in items:
        places = found.setdefault(item.object if item.category == "Requirement" else item.subject, {})
        for code in _codes(item):
            places.setdefault(code, []).append(item)
    alike: dict[str, list[str]] = {}
    for thing, places in found.items():
        alike.setdefault(_rules(places), []).append(str(thing))
    told = [", ".join(names) + (f" ({rules})" if rules else "") for rules, names in alike.items()]
    return "; ".join(told) + (f"; and {left} more" if left else "")


def contraindicated(items: Iterable[Statement]) -> str:
    """Tell in whom a drug must not be used, where, and unless what.

    Examples
    --------
    >>> from imidgraph.model import Relation
    >>> from imidgraph.namespaces import IMID
    >>> ends = Term("", "thalidomide"), Relation("", "is contraindicated in"), Term("", "pregnant women")
    >>> contraindicated([Statement("", *ends, qualifiers={"jurisdiction": (Term(IMID + "US", "United States"),)})])
    'Must not be used in pregnant women (US)'
    """
    found: dict[tuple[Term, str], list[str]] = {}
    for item in items:
        unless = "; ".join(str(value) for value in item.qualifiers.get("population", ()))
        found.setdefault((item.object, unless), []).extend(_codes(item))
    # what harms an unborn child first, then what holds in most places
    named = sorted(found.items(), key=lambda entry: (not str(entry[0][0]).startswith("pregnan"), -len(entry[1])))
    told = (f"{group} ({', '.join(sorted(codes))}{f', {unless}' if unless else ''})" for (group, unless), codes in named)
    return f"Must not be used in {listed(list(told))}"


def _codes(item: Statement) -> list[str]:
    return sorted(initials(place.label) for place in item.qualifiers.get("jurisdiction", ()))


def _whom(item: Statement) -> str:
    """Say in whom a dose holds: in which disease and setting, with which partners."""
    parts = [str(value) for name in ("disease", "setting") for value in item.qualifiers.get(name, ())]
    partners = [str(value) for value in item.qualifiers.get("inCombinationWith", ())]
    return ", ".join([*parts, *([f"with {listed(partners)}"] if partners else [])])


def _rules(places: Mapping[str, Sequence[Statement]]) -> str:
    """Tell what holds in each place, those with the same rule together."""
    found: dict[str, list[str]] = {}
    for code in sorted(places):
        found.setdefault(_schedule(places[code]), []).append(code)
    return "; ".join(": ".join(filter(None, (", ".join(codes), words))) for words, codes in found.items())


def _schedule(items: Sequence[Statement]) -> str:
    """Tell how often and how long something is asked for in one place; a schedule for each disease stands in its section."""
    if len({item.qualifiers.get("disease") for item in items if item.category == "Requirement"}) > 1:
        return "by disease"
    phases = sorted(items, key=lambda item: "lastsFor" not in item.qualifiers)
    told = [*filter(None, (" ".join(_of(item, _SCHEDULE)) for item in phases))] or [
        " ".join(_of(item, _TIMING)) for item in phases
    ]
    first, *rest = dict.fromkeys(filter(None, told)) or [""]
    return ", then ".join(filter(None, (first, " or ".join(rest))))


def _of(item: Statement, names: Sequence[str]) -> Iterator[str]:
    """Tell some qualifiers of a statement in words."""
    return in_words({name: item.qualifiers[name] for name in names if name in item.qualifiers})
