"""Summaries: what several statements of one kind say, in one line, for the first look; each statement says it in full."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from imidgraph.model import Frequency, Relation, Statement, Term
from imidgraph.namespaces import local_name
from imidgraph.prose.qualifiers import told as in_words
from imidgraph.prose.statement import doubt, figure, graded, sentence, share
from imidgraph.words import begun, denied, initials, listed, plural

MOST_NAMED = 8
"""Things that a line names."""
_RATIOS = ("hazardRatio", "hazardRatioLower", "hazardRatioUpper", "oddsRatio", "oddsRatioLower", "oddsRatioUpper")
_CHANCES = ("pValue", "pSided")
_DAY = re.compile(r" \((\d{4})[-\d]*\)")


def warned(items: Sequence[Statement], term: Term, kinds: Mapping[Term, Sequence[Term]] | None = None) -> str:
    """Tell what a boxed warning names, and the gravest of it in a sentence; or whose boxed warnings name a thing.

    What is narrower than something else that it names stands behind that in parentheses.

    Examples
    --------
    >>> from imidgraph.model import Relation
    >>> ends = Term("x:1", "thalidomide", "Drug"), Relation("", "has adverse effect"), Term("x:2", "stroke")
    >>> warned([Statement("", *ends)], ends[0])
    'Stroke'
    """
    is_subject = items[0].subject.iri == term.iri
    things = list(dict.fromkeys(item.object if is_subject else item.subject for item in items))
    narrower = {thing: [kind for kind in things if kind in (kinds or {}).get(thing, ())] for thing in things}
    behind = {kind for found in narrower.values() for kind in found}
    wide = [f"{thing} ({listed(narrower[thing])})" if narrower[thing] else str(thing) for thing in things if thing not in behind]
    names = begun("; ".join(wide) if behind else listed(wide))
    grave = [sentence(item) for item in items if is_subject and item.value("severity") == "fatal" and item.statement]
    return f"{names}. {grave[0]}" if grave else names


def approval(about: Term, items: Sequence[Statement]) -> str:
    """Tell where something is approved for a disease, with the day of the first approval; or that it is not.

    Examples
    --------
    >>> from imidgraph.model import Relation
    >>> from imidgraph.namespaces import IMID
    >>> ends = Term("", "lenalidomide"), Relation(IMID + "approvedFor", "is approved for"), Term("", "multiple myeloma")
    >>> where = {"jurisdiction": (Term(IMID + "US", "United States"),), "approvalDate": ("2006-06-29",)}
    >>> approval(ends[2], [Statement("", *ends, qualifiers=where)])
    'multiple myeloma: US (2006-06-29)'
    """
    if items[0].negated:
        said = sentence(items[0])
        return said if str(about) in said else f"Not for {about}: {said}"
    own = [item for item in items if is_own(item)]
    days = {place: str(item.value("approvalDate") or "") for item in own for place in _places(item)}
    partner = dict.fromkeys(place for item in items if item not in own for place in _places(item) if place not in days)
    told = [", ".join(f"{place} ({day})" if day else place for place, day in days.items())] if own else []
    told += [f"under the label of a partner drug: {', '.join(partner)}"] if partner else []
    return f"{about}: {'; '.join(told)}"


def licensed(about: Term, items: Sequence[Statement]) -> str:
    """Tell where something is approved for a disease as `approval` does, with the years only.

    Examples
    --------
    >>> from imidgraph.model import Relation
    >>> from imidgraph.namespaces import IMID
    >>> ends = Term("", "lenalidomide"), Relation(IMID + "approvedFor", "is approved for"), Term("", "multiple myeloma")
    >>> where = {"jurisdiction": (Term(IMID + "US", "United States"),), "approvalDate": ("2006-06-29",)}
    >>> licensed(ends[2], [Statement("", *ends, qualifiers=where)])
    'multiple myeloma: US 2006'
    """
    told = approval(about, items)
    return told if items[0].negated else _DAY.sub(r" \1", told)


def is_own(item: Statement) -> bool:
    """Tell whether an approval is the drug's own, and not one of a partner."""
    return local_name(item.predicate.iri) == "approvedFor"


def seen(figures: Sequence[tuple[Term, Frequency]], items: Sequence[Statement], left: int = 0) -> str:
    """Tell effects that were counted in the same people, or that a label puts in one class of frequency.

    Examples
    --------
    >>> from decimal import Decimal
    >>> from imidgraph.model import Source
    >>> found = Frequency("", Source("", "Label"), percent=Decimal("12.5"), grade="any", population="multiple myeloma")
    >>> seen([(Term("", "fatigue"), found)], [])
    'Multiple myeloma, any grade: fatigue 12.5 %'
    """
    first = figures[0][1]
    shares = {share(each) for _, each in figures}
    alike = shares.pop() if len(shares) == 1 and len(figures) > 1 else None
    who = [part for part in (first.population, _arm(first, items)) if part]
    people = [f"{first.sample_size} people"] if first.sample_size and not _counts_both(first) else []
    common = [alike or figure(replace(first, grade=None))] if alike is not None else []
    where = ", ".join([*who, *people, *filter(None, (graded(first.grade),)), *common])
    effects = [str(effect) if common else f"{effect} {share(each)}".strip() for effect, each in figures]
    return begun(f"{where}: {', '.join(effects)}" + (f" and {left} more" if left else ""))


def effect(about: Term, items: Sequence[Statement], found: Frequency | None) -> str:
    """Tell an effect with its figure, and with whom and with what else it was counted.

    Examples
    --------
    >>> effect(Term("", "neutropenia"), [], None)
    'neutropenia'
    """
    counted = "" if found is None else figure(_alone(found))
    who = [] if found is None else [part for part in (_arm(found, items), found.population) if part]
    remarks = [text for text in (doubt(items[0]) if items else []) if text != "disputed"]
    around = "; ".join([*who, *remarks])
    return ": ".join(part for part in (str(about), counted) if part) + (f" ({around})" if around else "")


def _arm(found: Frequency, items: Sequence[Statement]) -> str:
    partners = listed(items[0].combined_with) if items else ""
    told = f"{found.population or ''}".lower()
    return found.arm or ("" if not partners or partners.lower() in told else f"with {partners}")


def _alone(found: Frequency) -> Frequency:
    """Give a figure without the one that it is compared with; people that may count both groups go with that."""
    bare = replace(found, comparator=None, comparator_percent=None, comparator_n=None)
    return replace(bare, sample_size=None) if _counts_both(found) else bare


def _counts_both(found: Frequency) -> bool:
    return found.comparator_percent is not None and found.comparator_n is None


def uncounted(things: Iterable[Term], left: int = 0) -> str:
    """Name what no figure is curated for.

    Examples
    --------
    >>> uncounted([Term("", "infection"), Term("", "neutropenia")])
    'No figure curated: infection and neutropenia'
    """
    return f"No figure curated: {named(things, left)}"


def named(things: Iterable[Term], left: int = 0) -> str:
    """Name things, and count those beside them.

    Examples
    --------
    >>> named([Term("", "KRd"), Term("", "Rd")]), named([Term("", "KRd"), Term("", "Rd")], 3)
    ('KRd and Rd', 'KRd, Rd and 3 more')
    """
    names = list(dict.fromkeys(map(str, things)))
    return f"{', '.join(names)} and {left} more" if left else listed(names)


def placed(items: Iterable[Statement], left: int = 0) -> str:
    """Name measures or programs, those that hold in the same places together, with these places.

    Examples
    --------
    >>> placed([])
    ''
    """
    places: dict[Term, dict[str, None]] = {}
    for item in items:
        thing = item.object if item.category == "ProgramRequirement" else item.subject
        places.setdefault(thing, {}).update(dict.fromkeys(_places(item)))
    alike: dict[tuple[str, ...], list[str]] = {}
    for thing, found in places.items():
        alike.setdefault(tuple(sorted(found)), []).append(str(thing))
    several = sorted(alike.items(), key=lambda entry: -len(entry[0]))
    told = [", ".join(names) + (f" ({', '.join(found)})" if found else "") for found, names in several]
    return "; ".join(told) + (f" and {left} more" if left else "")


def programs(items: Sequence[Statement]) -> str:
    """Tell under which programs a drug is dispensed."""
    return begun(f"{items[0].relation} {placed(items).replace('; ', ' and ')}")


def mixed(items: Sequence[Statement], term: Term, left: int = 0) -> str:
    """Tell what a drug does together with others, those with the same consequence together.

    Examples
    --------
    >>> from imidgraph.model import Relation
    >>> ends = Term("x:1", "lenalidomide"), Relation("", "interacts with"), Term("", "estrogens")
    >>> mixed([Statement("", *ends, qualifiers={"effect": ("higher risk of clots",)})], ends[0])
    'With estrogens: higher risk of clots'
    """
    if items[0].negated:
        return related(items, term, left)
    alike: dict[str, list[str]] = {}
    for item in items:
        found = "; ".join(map(str, item.qualifiers.get("effect", ()))) or item.relation
        what = f"{found} (disputed)" if item.disputed else found
        alike.setdefault(what, []).append(str(item.object if item.subject.iri == term.iri else item.subject))
    told = [f"with {listed(names)}: {found}" for found, names in alike.items()]
    return begun("; ".join(told)) + (f"; and {left} more" if left else "")


def measured(item: Statement) -> str:
    """Tell a result of a trial in its sentence, with the ratio and the chance that go with it."""
    known = {name: item.qualifiers[name] for name in (*_RATIOS, *_CHANCES) if name in item.qualifiers}
    around = ", ".join([*in_words(known), *(text for text in doubt(item) if text not in sentence(item))])
    return f"{sentence(item).removesuffix('.')} ({around})." if around else sentence(item)


def told(item: Statement) -> str:
    """Tell one statement in its sentence, with what speaks against trusting it."""
    remarks = doubt(item)
    return f"{sentence(item)} ({'; '.join(remarks)})" if remarks else sentence(item)


def related(items: Sequence[Statement], term: Term, left: int = 0) -> str:
    """Tell what a thing is related to, or what is related to it, by name, in the direction of the relation.

    Parameters
    ----------
    items : sequence of Statement
        Statements of one relation, all of which affirm or all deny.
    term : Term
        The thing.
    left : int
        How many things there are beside those that the statements name.

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
    names: dict[str, None] = {}
    for item in items:
        other, remarks = (item.object if is_subject else item.subject), doubt(item)
        names[f"{other} ({'; '.join(remarks)})" if remarks else str(other)] = None
    things = f"{', '.join(names)} and {left} more" if left else listed(list(names))
    if is_subject:
        return begun(f"{relation} {things}")
    verb = relation if len(names) == 1 and not left else plural(items[0].predicate.label)
    return begun(f"{things} {denied(verb) if items[0].negated and len(names) > 1 else verb} {term}")


def joined(items: Sequence[Statement], term: Term) -> str:
    """Tell several relations of a thing in one line; where sources differ on what has one answer, say so.

    Examples
    --------
    >>> from imidgraph.model import Relation
    >>> drug, made = Term("x:1", "lenalidomide", "Drug"), Relation("x:2", "is derived from")
    >>> joined([Statement("", drug, made, Term("", "thalidomide"))], drug)
    'Is derived from thalidomide'
    """
    alike: dict[Term, list[Statement]] = {}
    for item in items:
        alike.setdefault(item.predicate, []).append(item)
    parts = []
    for relation, stated in alike.items():
        differ = " (sources differ)" if isinstance(relation, Relation) and relation.is_single_valued and len(stated) > 1 else ""
        parts.append(related(stated, term) + differ)
    return begun("; ".join(part[:1].lower() + part[1:] for part in parts))


def capped(names: Iterable[str], most: int = MOST_NAMED) -> str:
    """List names, and count those beyond the most that a line names.

    Examples
    --------
    >>> capped(["a", "b", "c", "d"], 2), capped(["a", "b", "c"], 3)
    ('a, b and 2 more', 'a, b and c')
    """
    every = list(names)
    if len(every) <= most:
        return listed(every)
    return f"{', '.join(every[:most])} and {len(every) - most} more"


def _places(item: Statement) -> list[str]:
    return [initials(place.label) for place in item.qualifiers.get("jurisdiction", ())]
