"""Summaries: what several statements of one kind say, in one line, for the first look; each statement says it in full."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from imidgraph.model import Frequency, Statement, Term
from imidgraph.namespaces import local_name
from imidgraph.prose.statement import doubt, occurrence, sentence
from imidgraph.words import begun, denied, listed, plural

MOST_NAMED = 8
"""Things that a line names."""


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
