"""Assembly: statements, evidence and sources, put together from what a graph says of them.

What a graph says of a thing comes as values by the name of the property (see `namespaces.attribute_name`), from a store or
from an edge of a projection alike. Whatever has no attribute in the model is kept under its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from imidgraph.model import CATEGORIES, Evidence, Frequency, Relation, Source, Statement, Term, attributes
from imidgraph.namespaces import IMID, compress

Facts = Mapping[str, Sequence[Any]]

_STATEMENT = {name: attribute for name, attribute in attributes(Statement).items() if attribute not in {"negated", "statement"}}
_ELSEWHERE = {"citation", "label", "negated", "statement"} | _STATEMENT.keys()  # a citation says what the evidence holds
_KNOWLEDGE_SOURCE = "biolink:primary_knowledge_source"
_FALSE = {"false", "f", "no", "n", "0", "0.0", ""}
_EVIDENCE, _FREQUENCY = attributes(Evidence), attributes(Frequency)
_FIGURES = _FREQUENCY.keys() - _EVIDENCE.keys()


def statement(
    iri: str,
    ends: tuple[Term, Relation, Term],
    category: str,
    facts: Facts,
    evidence: Iterable[Evidence] = (),
) -> Statement:
    """Put a statement together.

    Parameters
    ----------
    iri : str
        Its name.
    ends : tuple
        Its subject, relation and object.
    category : str
        Its class.
    facts : mapping of str to sequence
        What else is said of it.
    evidence : iterable of Evidence
        Its evidence; where there is none, the source that another graph names stands for it.

    Examples
    --------
    >>> ends = Term("", "lenalidomide"), Relation("", "has adverse effect"), Term("", "neutropenia")
    >>> risk = statement("", ends, "Risk", {"severity": ["severe"], "negated": [False], "example:seen": [1]})
    >>> type(risk).__name__, risk.severity, risk.qualifiers
    ('Risk', 'severe', {'example:seen': (1,), 'severity': ('severe',)})
    """
    subject, predicate, object_ = ends
    text = facts.get("statement", ())
    return CATEGORIES.get(category, Statement)(
        iri=iri,
        subject=subject,
        predicate=predicate,
        object=object_,
        category=category,
        negated=is_denial(facts),
        statement=(str(text[0]) if len(text) == 1 else " ".join(map(str, each_once(text)))) or None,
        qualifiers={name: each_once(facts[name]) for name in sorted(facts) if name not in _ELSEWHERE},
        evidence=tuple(sorted(evidence, key=_name)) or tuple(_provenance(facts)),
        **{attribute: str(each_once(facts[name])[0]) for name, attribute in _STATEMENT.items() if name in facts},
    )


def _provenance(facts: Facts) -> Iterator[Evidence]:
    """Give the source that another graph names for an edge without publications."""
    for value in each_once(facts.get(_KNOWLEDGE_SOURCE, ())):
        yield Evidence("", named(value))


def is_denial(facts: Facts) -> bool:
    """Tell whether a statement denies what it states: a text that is no plain false is taken for a denial, never for a fact.

    Examples
    --------
    >>> is_denial({"negated": [True]}), is_denial({"negated": ["TRUE"]}), is_denial({"negated": ["no"]}), is_denial({})
    (True, True, False, False)
    """
    return any(str(value).strip().lower() not in _FALSE for value in facts.get("negated", ()))


def evidence(iri: str, category: str, facts: Facts, sources: Iterable[Source]) -> list[Evidence]:
    """Put a piece of evidence together, one for each of its sources.

    Of several values of what has an attribute, the attribute holds the first, and `others` the rest.

    Evidence without a source is left out: it is reported by validate, not shown.

    Examples
    --------
    >>> label = Source("https://example.org/label", "Label")
    >>> (item,) = evidence("", "Evidence", {"percent": [5], "example:seen": [True]}, [label])
    >>> type(item).__name__, item.percent, item.others
    ('Frequency', 5, {'example:seen': (True,)})
    """
    kind = Frequency if category == "Frequency" or not _FIGURES.isdisjoint(facts) else Evidence
    own = _FREQUENCY if kind is Frequency else _EVIDENCE
    known: dict[str, Any] = {}
    others: dict[str, tuple[Any, ...]] = {}
    for name, values in facts.items():
        found = each_once(values)
        if name in own:
            known[own[name]] = found[0]
            found = found[1:]
        if found:
            others[name] = found
    if len(others) > 1:
        others = dict(sorted(others.items()))
    return [kind(iri, source, **known, others=others) for source in sources]


def source(iri: str, label: str, category: str, facts: Facts) -> Source:
    """Put a source together.

    Examples
    --------
    >>> article = source("https://pubmed.ncbi.nlm.nih.gov/1", "On glue", "Article", {"journal": ["Nature"]})
    >>> article.journal, article.url
    ('Nature', 'https://pubmed.ncbi.nlm.nih.gov/1')
    """
    known = {name: each_once(facts[key])[0] for key, name in _SOURCE.items() if key in facts}
    known |= {name: str(known[name]) for name in ("volume", "issue") if name in known}
    own = iri.startswith((IMID, "_:")) or "://" not in iri
    matches = (iri, *map(str, facts.get("exactMatch", facts.get("skos:exactMatch", ()))))
    doi = next((match.removeprefix(_DOI) for match in matches if match.startswith(_DOI)), None)
    if doi is not None:
        known["doi"] = doi
    return Source(iri, label, category, **({"url": None if own else iri} | known))


_DOI = "https://doi.org/"
_SOURCE = {
    "url": "url",
    "journal": "journal",
    "firstAuthor": "first_author",
    "published": "published",
    "authors": "authors",
    "volume": "volume",
    "issue": "issue",
    "pages": "pages",
}


def named(value: object) -> Source:
    """Give the source of which nothing is known but its IRI, or a text that stands for it.

    Examples
    --------
    >>> named("https://pubmed.ncbi.nlm.nih.gov/1").label
    'pubmed:1'
    """
    return source(str(value), compress(str(value)), "", {})


def _name(item: Evidence) -> tuple[str, str]:
    return item.iri, item.source.iri


def each_once(values: Sequence[Any]) -> tuple[Any, ...]:
    """Give each value once, in one order; true and 1 are two values.

    Examples
    --------
    >>> each_once(["b", "a", "b"]), each_once([1, True])
    (('a', 'b'), (1, True))
    """
    if len(values) == 1:
        return tuple(values)
    found = {(str(value), type(value).__name__): value for value in values}
    return tuple(found[key] for key in sorted(found))
