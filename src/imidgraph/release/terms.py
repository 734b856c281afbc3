"""What the schema tells of the words that facts are written with: classes, properties and their ranges."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass

from imidgraph.namespaces import IMID, PREFIXES, compress
from imidgraph.rdf import Literal, NamedNode, Triple

_XSD = PREFIXES["xsd"]
_DATES = (  # a pattern, its datatype, and what makes a day of it
    (re.compile(r"\d{4}-\d\d-\d\d"), "date", "{}"),
    (re.compile(r"\d{4}-\d\d"), "gYearMonth", "{}-01"),
    (re.compile(r"\d{4}"), "gYear", "{}-01-01"),
    (re.compile(r"--\d\d-\d\d"), "gMonthDay", "2000{}"),
)
_FORMS = {
    "xsd:boolean": (re.compile(r"true|false"), "true or false"),
    "xsd:date": (_DATES[0][0], "a day such as 2026-11-30"),
    "xsd:decimal": (re.compile(r"[+-]?\d+(\.\d+)?"), "a number such as 12.5"),
    "xsd:integer": (re.compile(r"[+-]?\d+"), "a whole number"),
}
_ANY_DATE = "a day, month or year such as 2026-11-30, 2026-11 or 2026"


@dataclass(frozen=True, slots=True)
class Property:
    """A property of the schema.

    Parameters
    ----------
    name : str
        Its local name.
    is_object : bool
        Whether its values are things and not literals.
    domain, range : str or None
        Local names, or CURIEs of other vocabularies; None where the schema leaves them open.
    """

    name: str
    is_object: bool
    domain: str | None
    range: str | None

    @property
    def takes(self) -> str:
        """What a value of a data property looks like."""
        return _ANY_DATE if self.range is None else _FORMS.get(self.range, (None, "text"))[1]

    def literal(self, text: str) -> Literal:
        """Give the literal that a text stands for. A data property without a range takes a day, a month or a year.

        Raises
        ------
        ValueError
            Where the text does not fit the range.

        Examples
        --------
        >>> Property("percent", False, "Frequency", "xsd:decimal").literal("12.5").datatype.value
        'http://www.w3.org/2001/XMLSchema#decimal'
        >>> Property("startDate", False, None, None).literal("2026-11").datatype.value
        'http://www.w3.org/2001/XMLSchema#gYearMonth'
        """
        if self.range == "rdf:langString":
            return Literal(text, language="en")
        if self.range is None:
            return Literal(text, datatype=NamedNode(_XSD + _kind_of_date(text)))
        form = _FORMS.get(self.range)
        if form and not form[0].fullmatch(text):
            raise ValueError(text)
        if self.range == "xsd:date":
            _kind_of_date(text)
        return Literal(text, datatype=NamedNode(_XSD + self.range.removeprefix("xsd:")))


def _kind_of_date(text: str) -> str:
    for pattern, kind, day in _DATES:
        if pattern.fullmatch(text):
            datetime.date.fromisoformat(day.format(text.removeprefix("-")))
            return kind
    raise ValueError(text)


@dataclass(frozen=True, slots=True)
class Terms:
    """The classes and properties of the schema.

    Parameters
    ----------
    properties : dict of str to Property
        By local name, or by CURIE where they are of another vocabulary.
    above : dict of str to set of str
        Each class and each property, with itself and all that it is below.
    definitions : dict of str to str
        The definition of each.
    """

    properties: dict[str, Property]
    above: dict[str, set[str]]
    definitions: dict[str, str]

    @classmethod
    def of(cls, triples: Iterable[Triple]) -> Terms:
        """Read the terms from the triples of the schema."""
        described: dict[str, dict[str, list[str]]] = {}
        for subject, predicate, object_ in triples:
            value = compress(object_.value) if isinstance(object_, NamedNode) else object_.value
            facts = described.setdefault(local(compress(subject.value)), {})
            facts.setdefault(compress(predicate.value), []).append(local(value))
        properties = {}
        for name, facts in described.items():
            kinds = facts.get("rdf:type", [])
            if "owl:ObjectProperty" in kinds or "owl:DatatypeProperty" in kinds:
                domain, range_ = (next(iter(facts.get(key, [])), None) for key in ("rdfs:domain", "rdfs:range"))
                properties[name] = Property(name, "owl:ObjectProperty" in kinds, domain, range_)
        parents = {
            name: {*facts.get("rdfs:subClassOf", ()), *facts.get("rdfs:subPropertyOf", ())} for name, facts in described.items()
        }
        definitions = {name: facts["skos:definition"][0] for name, facts in described.items() if "skos:definition" in facts}
        return cls(properties, {name: _above(name, parents) for name in parents}, definitions)

    def is_a(self, name: str | None, ancestor: str) -> bool:
        """Tell whether a class or property is another one or below it."""
        return name is not None and ancestor in self.above.get(name, ())

    def below(self, ancestor: str) -> list[str]:
        """Give a class or property and all below it, by name."""
        return sorted(name for name, above in self.above.items() if ancestor in above)

    @property
    def fact_classes(self) -> list[str]:
        """The classes of statements."""
        return [name for name in self.below("Association") if name != "Association"]

    @property
    def evidence_classes(self) -> list[str]:
        """The classes of evidence."""
        return self.below("Evidence")

    def keys_of(self, kind: str) -> list[str]:
        """Give the properties that a statement or a piece of evidence of a class may have, besides its ends and its source."""
        return [
            name
            for name, stated in self.properties.items()
            if name not in _RESERVED
            and ":" not in name
            and not self.is_a(name, "relatedTo")
            and (stated.domain is None or self.is_a(kind, stated.domain))
        ]


def _above(name: str, parents: dict[str, set[str]]) -> set[str]:
    found, waiting = set(), [name]
    while waiting:
        found.add(term := waiting.pop())
        waiting += parents.get(term, set()) - found
    return found


_RESERVED = {
    *("subject", "predicate", "object", "evidence", "source"),  # have a place of their own
    *("readingDate", "readingDigest", "readingOutcome"),  # come from the ledger of readings
}


def local(curie: str) -> str:
    """Give the local name of a CURIE of the graph; another CURIE stays as it is.

    Examples
    --------
    >>> local("imid:lenalidomide"), local("pubmed:26131937")
    ('lenalidomide', 'pubmed:26131937')
    """
    return curie.removeprefix("imid:")


def iri_of(name: str) -> NamedNode:
    """Give the IRI that a local name or a CURIE stands for.

    Raises
    ------
    ValueError
        Where the prefix is not known, or the rest cannot stand in an IRI.

    Examples
    --------
    >>> iri_of("pubmed:26131937").value, iri_of("lenalidomide").value
    ('https://pubmed.ncbi.nlm.nih.gov/26131937', 'https://w3id.org/imidgraph/lenalidomide')
    """
    prefix, colon, rest = name.partition(":")
    if not colon:
        return NamedNode(IMID + name)
    if prefix not in PREFIXES:
        raise ValueError(f"Unknown prefix {prefix!r}.")
    return NamedNode(PREFIXES[prefix] + rest)
