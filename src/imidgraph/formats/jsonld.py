"""JSON-LD that reads as JSON: short names for properties and classes, plain values, and a context that says what they mean.

A property whose values are all alike (things, texts of one language, values of one datatype) says so once in the
context, and its values are plain strings, numbers and booleans; only what does not fit is written in full.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from imidgraph.namespaces import PREFIXES, compress, local_name
from imidgraph.rdf import Literal, NamedNode, Triple

_TYPE = PREFIXES["rdf"] + "type"
_IS = NamedNode(_TYPE)
_ENCODE = json.JSONEncoder(ensure_ascii=False).encode
_XSD = PREFIXES["xsd"]
_STRING, _BOOLEAN, _INTEGER = _XSD + "string", _XSD + "boolean", _XSD + "integer"
_LANGUAGE = PREFIXES["rdf"] + "langString"
_SHORT = tuple(PREFIXES[prefix] for prefix in ("imid", "rdfs", "skos", "owl", "dcterms", "prov", "vann"))
_GEN_DELIMS = tuple(":/?#[]@")


def write_jsonld(triples: Iterable[Triple]) -> Iterator[bytes]:
    """Write triples in JSON-LD; the same triples give the same bytes.

    Examples
    --------
    >>> drug, degrades, protein = (NamedNode("https://w3id.org/imidgraph/" + name) for name in ("a", "degrades", "b"))
    >>> print(b"".join(write_jsonld([Triple(drug, degrades, protein)])).decode().splitlines()[-2])
      {"@id": "imid:a", "degrades": "imid:b"}
    """
    ordered = sorted(set(triples), key=str)
    context = _Context(ordered)
    yield b'{\n"@context": ' + json.dumps(context.document, ensure_ascii=False, indent=2).encode() + b',\n"@graph": ['
    separator = b"\n  "
    for _, facts in groupby(ordered, key=lambda triple: triple.subject):
        yield separator + _ENCODE(context.thing(list(facts))).encode()
        separator = b",\n  "
    yield b"\n]}\n"


class _Context:
    """The short names of a graph, and how its values are written with them."""

    def __init__(self, triples: list[Triple]) -> None:
        iris = {term.value for triple in triples for term in triple if isinstance(term, NamedNode)}
        schemes = {iri.partition(":")[0] for iri in iris}
        used = {compress(iri).partition(":")[0] for iri in iris | _datatypes(triples)}
        # an IRI whose scheme is called like a prefix would be taken for a CURIE
        self._prefixes = {prefix: PREFIXES[prefix] for prefix in sorted(used & PREFIXES.keys()) if prefix not in schemes}
        kinds = _kinds(triples)
        properties = set(kinds)
        classes = {triple.object.value for triple in triples if triple.predicate == _IS and isinstance(triple.object, NamedNode)}
        self._names = _short_names(properties | classes, set(self._prefixes))
        self._kinds = {predicate: found.pop() if len(found) == 1 else "" for predicate, found in kinds.items()}
        self._compacted: dict[str, str] = {}
        self.document = self._document(properties - {_TYPE}, classes)

    def thing(self, facts: list[Triple]) -> dict[str, Any]:
        """Write what is known of one subject."""
        found: dict[str, Any] = {"@id": self._reference(facts[0].subject)}
        values: dict[str, list[Any]] = {}
        types = []
        for _, predicate, term in facts:
            if predicate == _IS and isinstance(term, NamedNode):
                types.append(self._name(term.value))
            else:
                name = predicate.value
                values.setdefault(name, []).append(self._value(term, self._kinds[name]))
        if types:
            found["@type"] = types[0] if len(types) == 1 else types
        return found | {self._name(name): several if len(several) > 1 else several[0] for name, several in values.items()}

    def _document(self, properties: set[str], classes: set[str]) -> dict[str, Any]:
        document: dict[str, Any] = {"@version": 1.1}
        for prefix, namespace in self._prefixes.items():
            document[prefix] = namespace if namespace.endswith(_GEN_DELIMS) else {"@id": namespace, "@prefix": True}
        for iri in sorted(properties | classes):
            kind = self._kinds.get(iri, "") if iri in properties else ""
            definition: dict[str, Any] = {"@id": self._compact(iri)}
            if kind == "@id":
                definition["@type"] = "@id"
            elif kind.startswith("@"):
                definition["@language"] = kind[1:]
            elif kind not in {"", _STRING, _BOOLEAN, _INTEGER}:
                definition["@type"] = self._compact(kind)
            if len(definition) > 1 or iri in self._names:
                document[self._name(iri)] = definition if len(definition) > 1 else definition["@id"]
        return document

    def _name(self, iri: str) -> str:
        return self._names.get(iri) or self._compact(iri)

    def _compact(self, iri: str) -> str:
        if iri not in self._compacted:
            curie = compress(iri)
            prefix, _, local = curie.partition(":")
            self._compacted[iri] = curie if prefix in self._prefixes and not local.startswith("//") else iri
        return self._compacted[iri]

    def _reference(self, term: Any) -> str:
        return self._compact(term.value) if isinstance(term, NamedNode) else str(term)

    def _value(self, term: Any, kind: str) -> Any:
        if not isinstance(term, Literal):
            return self._reference(term) if kind == "@id" else {"@id": self._reference(term)}
        datatype = term.datatype.value
        if datatype == _BOOLEAN and term.value in {"true", "false"}:
            return term.value == "true"
        if datatype == _INTEGER and term.value == str(_whole(term.value)):
            return int(term.value)
        if term.language is not None:
            alike = kind == "@" + term.language
            return term.value if alike else {"@value": term.value, "@language": term.language}
        if datatype == _STRING or (datatype == kind and kind not in {_BOOLEAN, _INTEGER}):
            return term.value
        return {"@value": term.value, "@type": self._compact(datatype)}


def _kinds(triples: list[Triple]) -> dict[str, set[str]]:
    """Tell what the values of each property are: ``@id``, ``@`` and a language, a datatype."""
    found: dict[str, set[str]] = {}
    for _, predicate, term in triples:
        found.setdefault(predicate.value, set()).add(_kind_of(term))
    return found


def _kind_of(term: Any) -> str:
    if not isinstance(term, Literal):
        return "@id"
    return f"@{term.language}" if term.language is not None else term.datatype.value


def _whole(text: str) -> int | None:
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 16 else None


def _datatypes(triples: list[Triple]) -> set[str]:
    return {triple.object.datatype.value for triple in triples if isinstance(triple.object, Literal)}


def _short_names(iris: set[str], taken: set[str]) -> dict[str, str]:
    found: dict[str, list[str]] = defaultdict(list)
    for iri in sorted(iris):
        if iri.startswith(_SHORT):
            found[local_name(iri)].append(iri)
    return {same[0]: name for name, same in found.items() if len(same) == 1 and name.isalnum() and name not in taken}
