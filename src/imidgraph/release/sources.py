"""Sources: articles, labels, register entries and pages, written with the fields of CSL."""

from __future__ import annotations

from collections.abc import Iterator

from imidgraph.namespaces import IMID, PREFIXES
from imidgraph.rdf import Literal, NamedNode, Triple
from imidgraph.release.terms import Terms
from imidgraph.release.yamltext import Fields, Items, Node, Text

_CLASSES = {"article-journal": "Article", "document": "DrugLabel", "entry": "RegisterEntry", "webpage": "WebPage"}
_FIELDS = {"container-title": "journal", "issued": "published", "URL": "url"}


def iri_of(name: str) -> NamedNode:
    """Give the IRI that a local name or a CURIE stands for.

    Raises
    ------
    ValueError
        Where the prefix is not known.

    Examples
    --------
    >>> iri_of("pubmed:26131937").value, iri_of("lenalidomide").value
    ('https://pubmed.ncbi.nlm.nih.gov/26131937', 'https://w3id.org/imidgraph/lenalidomide')
    """
    prefix, colon, local = name.partition(":")
    if not colon:
        return NamedNode(IMID + name)
    if prefix not in PREFIXES:
        raise ValueError(f"Unknown prefix {prefix!r}.")
    return NamedNode(PREFIXES[prefix] + local)


def triples_of(entry: Fields, terms: Terms) -> Iterator[Triple]:
    """Give the triples of a source."""
    fields = {key.text: value for key, value in entry.pairs}
    source = iri_of(_text(fields.pop("id")))
    yield Triple(source, _node("rdf:type"), NamedNode(IMID + _CLASSES[_text(fields.pop("type"))]))
    yield Triple(source, _node("rdfs:label"), Literal(_text(fields.pop("title")), language="en"))
    for key, value in fields.items():
        if key == "author":
            yield Triple(source, NamedNode(IMID + "firstAuthor"), Literal(_first_author(value)))
        elif key == "DOI":
            yield Triple(source, _node("skos:exactMatch"), iri_of("doi:" + _text(value)))
        elif key == "exactMatch":
            yield Triple(source, _node("skos:exactMatch"), iri_of(_text(value)))
        elif key == "note":
            yield Triple(source, _node("skos:scopeNote"), Literal(_text(value), language="en"))
        else:
            stated = terms.properties[_FIELDS[key]]
            yield Triple(source, stated.iri, stated.literal(_text(value)))


def _node(curie: str) -> NamedNode:
    prefix, _, local = curie.partition(":")
    return NamedNode(PREFIXES[prefix] + local)


def _text(node: Node) -> str:
    assert isinstance(node, Text)
    return node.text


def _first_author(node: Node) -> str:
    assert isinstance(node, Items)
    first = node.items[0]
    assert isinstance(first, Fields)
    names = {key.text: _text(value) for key, value in first.pairs}
    return names.get("literal") or f"{names['family']} {names['given']}"
