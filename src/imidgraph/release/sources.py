"""Sources: articles, labels, register entries and pages, written with the fields of CSL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from imidgraph.namespaces import IMID, PREFIXES
from imidgraph.rdf import Literal, NamedNode, Triple
from imidgraph.release.entries import Entry
from imidgraph.release.names import Names
from imidgraph.release.terms import Property, Terms, iri_of

CLASSES = {"article-journal": "Article", "document": "DrugLabel", "entry": "RegisterEntry", "webpage": "WebPage"}
"""The classes of the graph for the types of CSL."""
_PROPERTIES = {"URL": "url", "container-title": "journal", "issued": "published", "page": "pages"}
"""The properties of the graph for fields of CSL that have another name."""
_IDENTIFIERS = {"DOI": "doi", "PMID": "pubmed"}
UNUSED = {"PMCID", "abstract", "accessed", "container-title-short", "language", "publisher", "version"}
"""Fields of CSL that citation managers read and the graph does not hold."""
_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_LABEL = NamedNode(PREFIXES["rdfs"] + "label")
_NOTE = NamedNode(PREFIXES["skos"] + "scopeNote")
_EXACT = NamedNode(PREFIXES["skos"] + "exactMatch")
_LINKS = {"isVersionOf": NamedNode(PREFIXES["dcterms"] + "isVersionOf"), "jurisdiction": NamedNode(IMID + "jurisdiction")}
"""What links a source to another one, and to the territory where it applies."""


def source_name(entry: Entry) -> str | None:
    """Give the id of a source, a local name or a CURIE, where it is one."""
    name = entry.text("id")
    if name is None:
        if "id" not in entry:
            entry.fault("The source has no id. Write one such as 'id: pubmed:26131937' or 'id: revlimid-us-label'.")
        return None
    if ":" not in name:
        return entry.named()
    try:
        iri_of(name)
    except ValueError as error:
        entry.fault(f"The id {name!r} is not an identifier. {error}", entry.line_of("id"))
        return None
    return name


def initials(given: str) -> str:
    """Shorten given names to their initials, as bibliographies print them.

    Examples
    --------
    >>> initials("Paul G"), initials("Jean-Luc"), initials("S. Z."), initials("PG")
    ('PG', 'JL', 'SZ', 'PG')
    """
    words = [word for word in re.split(r"[\s.\-]+", given) if word and not word.islower()]
    return "".join(word if word.isupper() else word[0] for word in words)


def fields_of(kind: str, terms: Terms) -> dict[str, Property]:
    """Give the properties that a class of sources has, by the names that CSL has for them."""
    own = {name: stated for name, stated in terms.properties.items() if stated.domain and terms.is_a(kind, stated.domain)}
    renamed = {*_PROPERTIES.values(), "authors", "firstAuthor"}
    fields = {key: own[name] for key, name in _PROPERTIES.items() if name in own}
    return fields | {name: stated for name, stated in own.items() if name not in renamed and not stated.is_object}


def read_source(entry: Entry, fields_by_class: dict[str, dict[str, Property]], names: Names) -> Iterator[Triple]:
    """Give the triples of a source; what is wrong with it is noted.

    Parameters
    ----------
    entry : Entry
        The source, with its name.
    fields_by_class : dict of str to dict
        What `fields_of` gives for each class of sources.
    names : Names
        The sources that it may name.
    """
    source = iri_of(entry.name)
    for key in ("type", "title"):
        if key not in entry:
            entry.fault(f"The source has no {key}. Add it.")
    type_ = entry.text("type")
    kind = CLASSES.get(type_ or "")
    if type_ is not None and kind is None:
        entry.fault(f"Unknown type {type_!r}. Choose from {', '.join(CLASSES)}.", entry.line_of("type"))
    if kind is None:
        return
    fields = fields_by_class[kind]
    entry.check_keys({"id", "type", "title", "author", "note", *fields, *_IDENTIFIERS, "exactMatch", *_LINKS, *UNUSED})
    yield Triple(source, _TYPE, NamedNode(IMID + kind))
    title, note = entry.text("title"), entry.text("note")
    if title is not None:
        yield Triple(source, _LABEL, Literal(title, language="en"))
    if note is not None:
        yield Triple(source, _NOTE, Literal(note, language="en"))
    yield from _links(entry, source, names)
    authors = list(_authors(entry)) if "author" in entry else []
    if authors:
        yield Triple(source, NamedNode(IMID + "firstAuthor"), Literal(authors[0]))
    if len(authors) > 1:
        yield Triple(source, NamedNode(IMID + "authors"), Literal(", ".join(authors)))
    for key in entry:
        if key in fields:
            yield from _values(entry, key, source, fields[key])


def _values(entry: Entry, key: str, source: NamedNode, stated: Property) -> Iterator[Triple]:
    text = entry.text(key)
    if text is not None:
        try:
            yield Triple(source, NamedNode(IMID + stated.name), stated.literal(text))
        except ValueError:
            entry.fault(f"The value {text!r} of {key!r} must be {stated.takes}.", entry.line_of(key))


def _links(entry: Entry, source: NamedNode, names: Names) -> Iterator[Triple]:
    for key in _IDENTIFIERS.keys() & set(entry):
        for value in entry.texts(key):
            link = _identifier(entry, key, f"{_IDENTIFIERS[key]}:{value.text}", value.line)
            if link is not None and link != source:
                yield Triple(source, _EXACT, link)
    for value in entry.texts("exactMatch") if "exactMatch" in entry else []:
        link = _identifier(entry, "exactMatch", value.text, value.line)
        if link is not None:
            yield Triple(source, _EXACT, link)
    for key, (group, what) in {"isVersionOf": (names.sources, "source"), "jurisdiction": (names.entities, "entity")}.items():
        name = entry.text(key)
        if name in group:
            yield Triple(source, _LINKS[key], iri_of(name))
        elif name is not None:
            entry.fault(f"Unknown {what} {name!r}.", entry.line_of(key), partial(names.suggest, name, group))


def _identifier(entry: Entry, key: str, name: str, line: int) -> NamedNode | None:
    try:
        if ":" in name:
            return iri_of(name)
        reason = " Write its prefix too, such as dailymed:."
    except ValueError as error:
        reason = f" {error}"
    entry.fault(f"The value {name!r} of {key!r} is not an identifier.{reason}", line)
    return None


def _authors(entry: Entry) -> Iterator[str]:
    for author in entry.entries("author"):
        author.check_keys({"family", "given", "literal"})
        given = author.text("given")
        parts = [author.text("literal"), author.text("family"), initials(given) if given else None]
        yield " ".join(part for part in parts if part)
