"""A page of HTML to read, search and print: the entities with their statements, the ontology and the sources, without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from urllib.parse import quote

from imidgraph.formats.columns import Facts, text_of
from imidgraph.formats.elements import Node, iri_of
from imidgraph.formats.projection import Projection
from imidgraph.model import Source, Statement, Term
from imidgraph.namespaces import compress
from imidgraph.pages.card import grouped
from imidgraph.pages.html import definitions, linked, told
from imidgraph.prose import NOT_ADVICE
from imidgraph.prose.citations import LEGEND, Notes, unread
from imidgraph.rdf import NamedNode

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; overflow-wrap: break-word; }
h1, h2, h3 { line-height: 1.2; } h2 { margin-top: 3rem; border-bottom: 2px solid; } h3 { margin: 2rem 0 .25rem; }
h2::first-letter { text-transform: uppercase; } p { margin: .25rem 0; }
.notice { border: 2px solid; padding: .5rem 1rem; font-weight: 600; } .warning { font-weight: 700; }
.skip { position: absolute; left: -99rem; } .skip:focus { position: static; }
.id, .of { opacity: .75; } .of { font-weight: normal; } dd .of { font-size: .875em; }
.id { font: .85em ui-monospace, monospace; overflow-wrap: anywhere; }
nav ul { columns: 9rem; column-gap: 1.5rem; padding-left: 1rem; } nav.index { font-size: .875em; }
dl { margin: .25rem 0; } dt { font-weight: 600; margin-top: .75rem; } dd { margin: 0 0 .5rem 1.5rem; } dd p { margin: 0; }
dd > a { font-weight: 600; }
a { color: inherit; } a:focus-visible { outline: 3px solid; } :target { outline: 2px solid; outline-offset: .25rem; }
ol.sources li { overflow-wrap: anywhere; }
@page { margin: 15mm 12mm; @bottom-center { content: "VERSION - " counter(page); font: 8pt sans-serif; } }
@media print {
  body { font-size: 8pt; line-height: 1.35; max-width: none; padding: 0; } a { text-decoration: none; }
  nav.index, .skip { display: none; } main > section { columns: 2; column-gap: 8mm; break-before: page; }
  h2 { column-span: all; margin-top: 0; } h3 { margin-top: 1rem; } h3, dt { break-after: avoid; } dd { margin-left: 1em; }
  .short { break-inside: avoid; } :target { outline: none; }
}
"""
_SCHEMA = (("Class", "Classes"), ("ObjectProperty", "Relations"), ("DatatypeProperty", "Attributes"))
_PARTS = {
    "kind of": ("rdfs:subClassOf", "rdfs:subPropertyOf"),
    "from": ("rdfs:domain",),
    "to": ("rdfs:range",),
    "means the same as": ("exactMatch", "owl:equivalentClass", "owl:equivalentProperty"),
    "close to": ("closeMatch",),
    "within": ("broadMatch",),
}
_MATCHES = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")
_TOLD = {"altLabel", "brandName", "definition", "label", "scopeNote", *_MATCHES}


def write_html(graph: Projection) -> Iterator[bytes]:
    """Write a graph as a page: its entities with their statements, its classes and properties, its sources.

    Examples
    --------
    >>> import imidgraph
    >>> b"not medical advice" in b"".join(write_html(imidgraph.load().projection))
    True
    """
    return (piece.encode() for piece in _Page(graph).pieces())


class _Page:
    """The page, piece by piece, with the numbers of the sources that it has cited so far."""

    def __init__(self, graph: Projection) -> None:
        self._graph = graph
        self._notes = Notes()
        self._told: dict[str, str] = {}
        self._statements: dict[str, list[Statement]] = {}
        for edge in graph.edges():
            if edge.predicate != "imid:isAbout":  # it follows from the rest
                statement = graph.statement(edge)
                for end in dict.fromkeys((edge.subject, edge.object)):
                    self._statements.setdefault(end, []).append(statement)
        self._sources = {str(source) for edge in graph.edges() for item in edge.evidence for source in item.get("source", ())}
        self._categories: dict[str, list[Node]] = {}
        for node in graph.named.values():
            if node.id not in self._sources:
                self._categories.setdefault(node.category, []).append(node)
        for nodes in self._categories.values():
            nodes.sort(key=lambda node: (node.label.lower(), node.id))

    def pieces(self) -> Iterator[str]:
        title = escape(f"imidgraph {self._graph.version}".rstrip())
        style = _STYLE.replace("VERSION", "".join(sign for sign in title if sign.isalnum() or sign in " .-+"))
        yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        yield f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        yield f'<header><a class="skip" href="#content">Skip the contents</a>\n<h1>{title}</h1>\n'
        yield "<p>The knowledge graph of the immunomodulatory imide drugs (IMiDs). "
        yield 'License: <a href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>.</p>\n'
        yield f'<p class="notice">{escape(NOT_ADVICE)}</p></header>\n'
        categories = sorted(self._categories, key=self._rank)
        schema = dict(self._schema())
        yield '<nav aria-label="Contents"><ul>\n'
        for anchor, text in [
            *((f"category-{name}", f"{self._title(name)} ({len(self._categories[name])})") for name in categories),
            *((f"schema-{name}", f"ontology: {name.lower()}") for name in schema),
            ("sources", "sources"),
        ]:
            yield f"<li>{_to(anchor, text)}</li>\n"
        yield '</ul></nav>\n<main id="content" tabindex="-1">\n'
        for name in categories:
            heading, nodes = escape(self._title(name)), self._categories[name]
            yield f'<section><h2 id="{escape(f"category-{name}")}">{heading}</h2>\n'
            yield f'<nav class="index" aria-label="Index of {heading}"><ul>\n'
            yield from (f"<li>{_to(node.id, node.label)}</li>\n" for node in nodes)
            yield "</ul></nav>\n"
            yield from map(self._entity, nodes)
            yield "</section>\n"
        for name, terms in schema.items():
            yield f'<section><h2 id="schema-{name}">Ontology: {name.lower()}</h2>\n<dl>\n{terms}</dl></section>\n'
        yield f'<section><h2 id="sources">Sources</h2>\n<p>{escape(LEGEND)}.</p>\n'
        left = unread(item for items in self._statements.values() for item in items)
        yield f"<p>{escape(left)}</p>\n" if left else ""
        yield '<ol class="sources">\n'
        yield from (_source(number, source) for number, source in self._notes.cited.items())
        yield "</ol></section>\n</main>\n</body>\n</html>\n"

    def _rank(self, category: str) -> tuple[int, str]:
        return self._graph.relations.place(category), self._title(category)

    def _title(self, category: str) -> str:
        return self._graph.label(category) if category else "other"

    def _schema(self) -> Iterator[tuple[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for iri, facts in _terms(self._graph).items():
            for kind, title in _SCHEMA:
                if f"owl:{kind}" in facts.get("rdf:type", ()) and "definition" in facts:
                    found.setdefault(title, {})[iri] = self._term(compress(iri), facts)
        for _, title in _SCHEMA:
            if title in found:
                yield title, "".join(found[title][iri] for iri in sorted(found[title]))

    def _term(self, name: str, facts: Facts) -> str:
        parts = [
            f"{what} {', '.join(self._graph.label(str(other)) for key in keys for other in facts.get(key, ()))}"
            for what, keys in _PARTS.items()
            if any(key in facts for key in keys)
        ]
        definition = escape(" ".join(map(text_of, facts["definition"])))
        told = f'<p class="of">{escape("; ".join(parts))}</p>' if parts else ""
        entry = f'{escape(self._graph.label(name))} <span class="id">{escape(name)}</span>'
        return f'<dt>{entry}</dt><dd class="short">{definition}{told}</dd>\n'

    def _entity(self, node: Node) -> str:
        title = f'{escape(node.label)} <span class="id">{escape(node.id)}</span>'
        lines = [f'<article><h3 id="{escape(node.id)}">{title}</h3>\n', self._described(node.attributes)]
        term = Term(iri_of(node.id), node.label, node.category)
        groups = grouped(term, self._statements.get(node.id, ()))
        return "".join([*lines, *definitions(groups, self._name, self._tell), "</article>\n"])

    def _described(self, attributes: Facts) -> str:
        names = attributes.get("brandName", ()) + attributes.get("altLabel", ())
        matches = [str(match) for name in _MATCHES for match in attributes.get(name, ())]
        details = self._graph.in_words({name: values for name, values in attributes.items() if name not in _TOLD})
        lines = [escape(text_of(text)) for name in ("definition", "scopeNote") for text in attributes.get(name, ())]
        lines += [f"Also called: {escape(', '.join(map(text_of, names)))}"] if names else []
        lines += [escape("; ".join(f"{name}: {text}" for name, text in details.items()))] if details else []
        links = ", ".join(linked(iri_of(match), match) for match in matches)
        told = "".join(f"<p>{line}</p>\n" for line in lines)
        return told + (f'<p class="id">{links}</p>\n' if links else "")

    def _name(self, term: Term) -> str:
        name = term.curie
        if name in self._sources:
            return _to(f"source-{self._notes.number(self._graph.source(name))}", term.label)
        return _to(name, term.label) if name in self._graph.named else escape(term.label)

    def _tell(self, item: Statement) -> str:
        if item.iri not in self._told:  # each is told twice, once at either end
            self._told[item.iri] = told(item, self._notes, self._address)
        return self._told[item.iri]

    def _address(self, source: Source) -> str:
        return f"#source-{self._notes.number(source)}"


def _source(number: int, source: Source) -> str:
    address = source.url or source.iri
    parts = [source.first_author, source.label, source.journal, source.published]
    told = escape(". ".join(str(part) for part in parts if part))
    return f'<li id="source-{number}">{told}. {linked(address, address)}</li>\n'


def _terms(graph: Projection) -> dict[str, Facts]:
    named = dict.fromkeys(triple.subject for triple in graph.schema() if isinstance(triple.subject, NamedNode))
    return {term.value: graph.describe(term.value) for term in named}


def _to(anchor: str, text: str) -> str:
    return f'<a href="#{escape(quote(anchor, safe=":/?@!$&()*+,;=-._~"))}">{escape(text)}</a>'
