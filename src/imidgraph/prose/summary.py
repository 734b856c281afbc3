"""Summaries: what several statements of one kind say, in one line, for the first look; each statement says it in full."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from imidgraph.model import Frequency, Statement, Term
from imidgraph.namespaces import local_name
from imidgraph.prose.qualifiers import told as in_words
from imidgraph.prose.statement import doubt, occurrence, sentence
from imidgraph.words import begun, denied, listed, plural

MOST_NAMED = 8
"""Things that a line names."""
_MOST_DOSES = 2  # of one group of patients that a line tells
_MOST_REQUIRED = 6  # measures that a line tells
_AMOUNT = ("doseAmount", "doseUnit")
_DOSE = (*_AMOUNT, "doseSchedule", "thresholdMeasure", "thresholdLower", "thresholdUpper", "thresholdUnit", "action")
_SCHEDULE = ("interval", "lastsFor", "startsBefore", "durationAfter")


def approval(about: Term, items: Sequence[Statement]) -> str:
    """Tell where something is approved for a disease, since when, and how many approvals name a combination.

    Examples
    --------
    >>> from imidgraph.model import Relation
    >>> from imidgraph.namespaces import IMID
    >>> ends = Term("", "lenalidomide"), Relation(IMID + "approvedFor", "is approved for"), Term("", "multiple myeloma")
    >>> where = {"jurisdiction": (Term(IMID + "US", "United States"),), "approvalDate": ("2006",)}
    >>> approval(ends[2], [Statement("", *ends, qualifiers=where)])
    'multiple myeloma: US since 2006'
    """
    first: dict[str, str] = {}
    for item in items:
        if not item.negated and local_name(item.predicate.iri) == "approvedFor":
            for place in item.qualifiers.get("jurisdiction", ()):
                day = min(map(str, item.qualifiers.get("approvalDate", ())), default="")
                code = local_name(place.iri)
                first[code] = min(filter(None, (first.get(code), day)), default="")
    own = ", ".join(f"{code} since {day}" if day else code for code, day in sorted(first.items(), key=_dated))
    partner = [item for item in items if not item.negated and local_name(item.predicate.iri) != "approvedFor"]
    places = sorted({local_name(place.iri) for item in partner for place in item.qualifiers.get("jurisdiction", ())})
    shared = f"under the label of a partner drug ({', '.join(places)})" if partner else ""
    denied = [sentence(item) for item in items if item.negated]
    return f"{about}: {'; '.join([part for part in (own, shared) if part] + denied)}"


def _dated(item: tuple[str, str]) -> tuple[bool, str, str]:
    return not item[1], item[1], item[0]


def effect(about: Term, items: Sequence[Statement], figure: Frequency | None) -> str:
    """Tell an effect with its figure.

    Examples
    --------
    >>> effect(Term("", "neutropenia"), [], None)
    'neutropenia'
    """
    told = "" if figure is None else occurrence(_alone(figure))
    remarks = [text for text in (doubt(items[0]) if items else []) if text != "disputed"]
    return ": ".join(part for part in (str(about), told) if part) + (f" ({'; '.join(remarks)})" if remarks else "")


def _alone(figure: Frequency) -> Frequency:
    """Give a figure without the one that it is compared with; people that may count both groups go with that."""
    both = figure.comparator_percent is not None and figure.comparator_n is None
    bare = replace(figure, comparator=None, comparator_percent=None, comparator_n=None)
    return replace(bare, sample_size=None) if both else bare


def measures(about: Term, items: Iterable[Statement], name: Callable[[Statement], Term]) -> str:
    """Tell what is done against an effect, and where each measure is required.

    Examples
    --------
    >>> measures(Term("", "neutropenia"), [], lambda item: item.subject)
    'Against neutropenia: '
    """
    places: dict[str, set[str]] = {}
    for item in items:
        codes = places.setdefault(name(item).label, set())
        codes |= {local_name(place.iri) for place in item.qualifiers.get("jurisdiction", ())}
    told = [f"{label} ({', '.join(sorted(codes))})" if codes else label for label, codes in places.items()]
    return f"Against {about}: {capped(told)}"


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
    'people on dialysis: 5 mg once daily (EU, multiple myeloma)'
    """
    if items[0].subject.iri == term.iri and items[0].object.category != "PatientGroup":
        return f"By disease: {'; '.join(_amounts(items))}"
    found: dict[Term, dict[str, dict[str, list[str]]]] = {}
    for item in items:
        other = item.object if item.subject.iri == term.iri else item.subject
        dose = ", ".join(in_words({name: item.qualifiers[name] for name in _DOSE if name in item.qualifiers}))
        found.setdefault(other, {}).setdefault(dose, {}).setdefault(_whom(item), []).extend(_codes(item))
    told = (f"{other}: {capped((_placed(*dose) for dose in each.items()), _MOST_DOSES, '; ')}" for other, each in found.items())
    return "; ".join(told)


def _amounts(items: Iterable[Statement]) -> Iterator[str]:
    """Tell the amounts of one dose for each disease; how often it is taken stands in the section."""
    found: dict[Term, dict[str, dict[str, list[str]]]] = {}
    for item in items:
        if dose := " ".join(in_words({name: item.qualifiers[name] for name in _AMOUNT if name in item.qualifiers})):
            whom = ", ".join(str(value) for name in ("setting", "population") for value in item.qualifiers.get(name, ()))
            found.setdefault(item.object, {}).setdefault(dose, {}).setdefault(whom, []).extend(_codes(item))
    for disease, each in found.items():
        yield f"{disease} {', '.join(_placed(*dose) for dose in each.items())}"


def _placed(dose: str, whom: Mapping[str, Iterable[str]]) -> str:
    """Tell a dose with the places and the people that it holds in."""
    told = (", ".join([*sorted(set(codes)), *filter(None, [words])]) for words, codes in whom.items())
    return f"{dose} ({'; '.join(told)})"


def required(items: Iterable[Statement]) -> str:
    """Tell what a label asks for, in each place with how often and how long.

    Examples
    --------
    >>> from imidgraph.model import Relation
    >>> from imidgraph.namespaces import IMID
    >>> ends = Term("", "lenalidomide"), Relation("", "requires"), Term("", "no blood donation")
    >>> rule = {"jurisdiction": (Term(IMID + "EU", "European Union"),), "durationAfter": ("P7D",)}
    >>> required([Statement("", *ends, qualifiers=rule)])
    'Requires no blood donation (EU: until 7 days after the last dose)'
    """
    found: dict[Term, dict[str, list[Statement]]] = {}
    for item in items:
        for code in _codes(item):
            found.setdefault(item.object, {}).setdefault(code, []).append(item)
    most = sorted(found.items(), key=lambda entry: -len(entry[1]))
    told = (f"{measure} ({_rules(places)})" for measure, places in most)
    return f"Requires {capped(told, _MOST_REQUIRED)}"


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
    named = sorted(found.items(), key=lambda entry: -len(entry[1]))
    told = (f"{group} ({', '.join(codes)}{f', {unless}' if unless else ''})" for (group, unless), codes in named)
    return f"Must not be used in {listed(list(told))}"


def _codes(item: Statement) -> list[str]:
    return sorted(local_name(place.iri) for place in item.qualifiers.get("jurisdiction", ()))


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
    if len({item.qualifiers.get("disease") for item in items}) > 1:
        return "schedule by disease"
    phases = sorted(items, key=lambda item: "lastsFor" not in item.qualifiers)
    told = [" ".join(in_words({name: item.qualifiers[name] for name in _SCHEDULE if name in item.qualifiers})) for item in phases]
    first, *rest = dict.fromkeys(filter(None, told)) or [""]
    return ", then ".join(filter(None, (first, " or ".join(rest))))


def related(items: Sequence[Statement], term: Term) -> str:
    """Tell what a thing is related to, or what is related to it, by name, in the direction of the relation.

    Parameters
    ----------
    items : sequence of Statement
        Statements of one relation, all of which affirm or all deny.
    term : Term
        The thing.

    Examples
    --------
    >>> from imidgraph.model import Relation
    >>> drug, relation, protein = Term("", "lenalidomide", "Drug"), Relation("", "degrades"), Term("x:1", "IKZF1")
    >>> found = [Statement("", drug, relation, protein)]
    >>> related(found, drug), related(found, protein)
    ('Degrades IKZF1', 'Lenalidomide degrades IKZF1')
    """
    is_subject = items[0].subject.iri == term.iri
    relation = items[0].relation
    told: dict[str, None] = {}
    for item in items:
        other, remarks = (item.object if is_subject else item.subject), doubt(item)
        told[f"{other} ({'; '.join(remarks)})" if remarks else str(other)] = None
    if is_subject:
        return begun(f"{relation} {capped(told)}")
    verb = relation if len(told) == 1 else plural(items[0].predicate.label)
    return begun(f"{capped(told)} {denied(verb) if items[0].negated and len(told) > 1 else verb} {term}")


def capped(names: Iterable[str], most: int = MOST_NAMED, between: str = ", ") -> str:
    """List names, and count those beyond the most that a line names.

    Examples
    --------
    >>> capped(["a", "b", "c", "d"], 2), capped(["a", "b", "c"], 3)
    ('a, b and 2 more', 'a, b and c')
    """
    every = list(names)
    if len(every) <= most:
        return listed(every) if between == ", " else between.join(every)
    return f"{between.join(every[:most])}{between.rstrip() if between != ', ' else ''} and {len(every) - most} more"
