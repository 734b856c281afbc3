"""What the schema tells of the words that facts are written with: classes, properties and their ranges."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from imidgraph.namespaces import IMID, PREFIXES, compress
from imidgraph.rdf import Literal, NamedNode, Triple

_TYPE = PREFIXES["rdf"] + "type"
_XSD = PREFIXES["xsd"]
_OWL = PREFIXES["owl"]
_DATES = (
    (re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"), "date"),
    (re.compile(r"\d{4}-(0[1-9]|1[0-2])"), "gYearMonth"),
    (re.compile(r"\d{4}"), "gYear"),
    (re.compile(r"--(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"), "gMonthDay"),
)
_NUMBERS = {
    "decimal": (re.compile(r"[+-]?\d+\.\d+|[+-]?\d+"), "a number such as 12.5"),
    "integer": (re.compile(r"[+-]?\d+"), "a whole number"),
    "boolean": (re.compile("true|false"), "true or false"),
}


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
        Local names or CURIEs, None where the schema leaves them open.
    """

    name: str
    is_object: bool
    domain: str | None
    range: str | None

    @property
    def iri(self) -> NamedNode:
        """The IRI of the property."""
        return NamedNode(IMID + self.name)

    def literal(self, text: str) -> Literal:
        """Give the literal that a text stands for; a property without a range takes a day, a month or a year.

        Raises
        ------
        ValueError
            Where the text is none of its range, with what would be.

        Examples
        --------
        >>> Property("percent", False, "Frequency", "xsd:decimal").literal("12.5").datatype.value
        'http://www.w3.org/2001/XMLSchema#decimal'
        """
        if self.range is None:
            for pattern, name in _DATES:
                if pattern.fullmatch(text):
                    return Literal(text, datatype=NamedNode(_XSD + name))
            raise ValueError("a date such as 2026-11-30, 2026-11 or 2026")
        if self.range == "rdf:langString":
            return Literal(text, language="en")
        name = self.range.removeprefix("xsd:")
        if name in _NUMBERS and not _NUMBERS[name][0].fullmatch(text):
            raise ValueError(_NUMBERS[name][1])
        return Literal(text, datatype=NamedNode(_XSD + name))


@dataclass(frozen=True, slots=True)
class Terms:
    """The classes and properties of the schema.

    Parameters
    ----------
    properties : dict of str to Property
        By local name.
    parents : dict of str to set of str
        The superclasses of each class, all by local name.
    """

    properties: dict[str, Property]
    parents: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, triples: Iterable[Triple]) -> Terms:
        """Read the terms from the triples of the schema."""
        described: dict[str, dict[str, list[str]]] = {}
        for triple in triples:
            name = compress(triple.predicate.value)
            described.setdefault(compress(triple.subject.value), {}).setdefault(name, []).append(  # type: ignore[union-attr]
                compress(triple.object.value)  # type: ignore[union-attr]
            )
        properties, parents = {}, {}
        for curie, facts in described.items():
            name = curie.removeprefix("imid:")
            kinds = facts.get("rdf:type", [])
            if "owl:ObjectProperty" in kinds or "owl:DatatypeProperty" in kinds:
                domain, range_ = (next(iter(facts.get(key, [])), None) for key in ("rdfs:domain", "rdfs:range"))
                properties[name] = Property(name, "owl:ObjectProperty" in kinds, _local(domain), _local(range_))
            elif "owl:Class" in kinds:
                parents[name] = {parent.removeprefix("imid:") for parent in facts.get("rdfs:subClassOf", [])}
        return cls(properties, parents)

    def is_a(self, name: str, ancestor: str) -> bool:
        """Tell whether a class is another one or below it."""
        return name == ancestor or any(self.is_a(parent, ancestor) for parent in self.parents.get(name, ()))


def _local(curie: str | None) -> str | None:
    return curie and curie.removeprefix("imid:")
