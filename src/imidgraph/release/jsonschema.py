"""JSON Schemas of the files of facts and sources, for editors: they complete and check keys, classes and closed lists.

They come from the schema and the shapes. The build checks more: it knows which entities, sources and facts there are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from imidgraph.knowledge.shapes import Shape
from imidgraph.namespaces import IMID
from imidgraph.release.sources import CLASSES, UNUSED, fields_of
from imidgraph.release.terms import Property, Terms

_DRAFT = "http://json-schema.org/draft-07/schema#"
_NAME = "^[A-Za-z0-9][A-Za-z0-9._-]*$"
_ENDS = r"^[^|\s]+ *\| *[^|\s]+ *\| *[^|\s]+$"
_SOURCE = r"^\S+$"
_TEXT = {"type": ["string", "number", "boolean"]}  # YAML makes a number of a text such as 3
_TYPES: dict[str | None, dict[str, Any]] = {
    "xsd:boolean": {"type": "boolean"},
    "xsd:date": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
    "xsd:decimal": {"type": "number"},
    "xsd:integer": {"type": "integer"},
    None: {"type": ["string", "integer"], "pattern": r"^(\d{4}(-\d\d){0,2}|--\d\d-\d\d)$"},
}


@dataclass(frozen=True, slots=True)
class Values:
    """What shapes say of the values of properties, by local name.

    Parameters
    ----------
    choices : dict of str to set of str
        The closed lists.
    single : set of str
        Properties that take one value wherever a shape speaks of them.
    """

    choices: dict[str, set[str]] = field(default_factory=dict)
    single: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, shapes: Iterable[Shape]) -> Values:
        """Gather what shapes say."""
        parts = [(part.path.strip("<>").removeprefix(IMID), part) for shape in shapes for part in shape.parts if part.path]
        choices: dict[str, set[str]] = {}
        for name, part in parts:
            if part.choices:
                choices.setdefault(name, set()).update(part.choices)
        return cls(choices, {name for name, _ in parts} - {name for name, part in parts if not part.is_single})


def facts_schema(terms: Terms, shapes: Iterable[Shape]) -> bytes:
    """Give the JSON Schema of a file of facts.

    Parameters
    ----------
    terms : Terms
        The classes and properties.
    shapes : iterable of Shape
        The shapes, for closed lists.
    """
    values = Values.of(shapes)
    evidence = _item(terms, values, terms.evidence_classes, {"id": _named("The suffix of its name, such as a. It stays.")})
    own: dict[str, Any] = {
        "id": _named("The name of the statement. It stays, whatever else changes."),
        "evidence": {"type": "array", "minItems": 1, "items": evidence, "description": "What supports or disputes it."},
    }
    return _written("Facts of imidgraph", _item(terms, values, terms.fact_classes, own))


def sources_schema(terms: Terms) -> bytes:
    """Give the JSON Schema of a file of sources."""
    author = {
        "type": "object",
        "properties": {name: {"type": "string"} for name in ("family", "given", "literal")},
        "additionalProperties": False,
    }
    fields: dict[str, Any] = {
        "id": {"type": "string", "description": "A local name, or a CURIE such as pubmed:26131937."},
        "type": {"enum": list(CLASSES)},
        "title": _TEXT,
        "author": {"type": "array", "items": author, "minItems": 1},
        "note": _TEXT,
        "exactMatch": _one_or_more({"type": "string"}),
        "isVersionOf": {"type": "string"},
        "jurisdiction": {"type": "string", "description": "Where a label applies, such as US or EU."},
        "DOI": _TEXT,
        "PMID": _TEXT,
    }
    for kind in CLASSES.values():
        fields |= {key: _value(stated, Values()) for key, stated in fields_of(kind, terms).items()}
    fields |= {key: {} for key in sorted(UNUSED - fields.keys())}
    item = {"type": "object", "required": ["id", "type", "title"], "properties": fields, "additionalProperties": False}
    return _written("Sources of imidgraph", item)


def _item(terms: Terms, values: Values, classes: list[str], own: dict[str, Any]) -> dict[str, Any]:
    """Give the schema of a mapping that has one class as a key, and properties that go with it."""
    keys = {kind: set(terms.keys_of(kind)) for kind in classes}
    names = sorted(set().union(*keys.values()))
    properties = own | {kind: {"type": "string", "pattern": _ENDS if "evidence" in own else _SOURCE} for kind in classes}
    properties |= {name: _value(terms.properties[name], values) for name in names}
    owners = {name: [kind for kind in classes if name in keys[kind]] for name in names}
    return {
        "type": "object",
        "required": list(own),
        "oneOf": [{"required": [kind]} for kind in classes],
        "properties": {name: value | _described(terms, name) for name, value in properties.items()},
        "additionalProperties": False,
        "dependencies": {name: _one_of(kinds) for name, kinds in owners.items() if len(kinds) < len(classes)},
    }


def _one_of(kinds: list[str]) -> Any:
    return kinds if len(kinds) == 1 else {"anyOf": [{"required": [kind]} for kind in kinds]}


def _value(stated: Property, values: Values) -> dict[str, Any]:
    if stated.name in values.choices:
        value: dict[str, Any] = {"enum": [written for text in sorted(values.choices[stated.name]) for written in _as_yaml(text)]}
    elif stated.is_object:
        value = {"type": "string"}
    else:
        value = dict(_TYPES.get(stated.range, _TEXT))
    return value if stated.name in values.single else _one_or_more(value)


def _as_yaml(text: str) -> list[str | int]:
    return [text, int(text)] if text.isdecimal() else [text]


def _one_or_more(value: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [value, {"type": "array", "items": value, "minItems": 1}]}


def _named(description: str) -> dict[str, Any]:
    return {"type": "string", "pattern": _NAME, "description": description}


def _described(terms: Terms, name: str) -> dict[str, str]:
    return {"description": terms.definitions[name]} if name in terms.definitions else {}


def _written(title: str, item: dict[str, Any]) -> bytes:
    schema = {"$schema": _DRAFT, "title": title, "type": "array", "items": item}
    return (json.dumps(schema, indent=2, ensure_ascii=False) + "\n").encode()
