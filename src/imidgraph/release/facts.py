"""Facts: statements with their evidence, written as YAML, as triples."""

from __future__ import annotations

from collections.abc import Iterator

from imidgraph.namespaces import IMID, PREFIXES
from imidgraph.rdf import NamedNode, Triple
from imidgraph.release.sources import iri_of
from imidgraph.release.terms import Property, Terms
from imidgraph.release.yamltext import Fields, Items, Node, Text

_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_EVIDENCE = NamedNode(IMID + "evidence")


def triples_of(fact: Fields, terms: Terms) -> Iterator[Triple]:
    """Give the triples of a statement and its evidence."""
    fields = {key.text: value for key, value in fact.pairs}
    statement = NamedNode(IMID + _text(fields.pop("id")))
    evidence = fields.pop("evidence")
    assert isinstance(evidence, Items)
    for key, value in fields.items():
        if key in terms.parents:
            yield Triple(statement, _TYPE, NamedNode(IMID + key))
            for part, name in zip(("subject", "predicate", "object"), _text(value).split(" | "), strict=True):
                yield Triple(statement, NamedNode(IMID + part), iri_of(name))
        else:
            yield from _values(statement, terms.properties[key], value)
    for item in evidence.items:
        assert isinstance(item, Fields)
        parts = {key.text: value for key, value in item.pairs}
        name = NamedNode(f"{statement.value}-{_text(parts.pop('id'))}")
        yield Triple(statement, _EVIDENCE, name)
        for key, value in parts.items():
            if key in terms.parents:
                yield Triple(name, _TYPE, NamedNode(IMID + key))
                yield Triple(name, NamedNode(IMID + "source"), iri_of(_text(value)))
            else:
                yield from _values(name, terms.properties[key], value)


def _values(subject: NamedNode, stated: Property, node: Node) -> Iterator[Triple]:
    for value in node.items if isinstance(node, Items) else [node]:
        text = _text(value)
        yield Triple(subject, stated.iri, iri_of(text) if stated.is_object else stated.literal(text))


def _text(node: Node) -> str:
    assert isinstance(node, Text)
    return node.text
