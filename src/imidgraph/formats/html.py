"""A page of HTML to read, search and print: the entities with their statements, the ontology and the sources, without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from urllib.parse import quote

from imidgraph.formats.columns import Facts, text_of
from imidgraph.formats.projection import Node, Projection, iri_of
from imidgraph.formats.reading import Reading, Statement
from imidgraph.namespaces import compress
from imidgraph.prose.citations import NOT_ADVICE

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
_FIRST = ("Drug", "DrugClass", "Generation", "Disease", "AdverseEffect", "Mitigation", "Protein", "BiologicalProcess")
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
        self._reading = Reading(graph)
        self._numbers: dict[str, int] = {}
        self._about: dict[str, list[Statement]] = {}
        self._reverse: dict[str, list[Statement]] = {}
        for item in self._reading.statements():
            self._about.setdefault(item.edge.subject, []).append(item)
            self._reverse.setdefault(item.edge.object, []).append(item)
        self._sources = {str(source) for edge in graph.edges() for item in edge.evidence for source in item.get("source", ())}
        self._categories: dict[str, list[Node]] = {}
        for node in self._reading.nodes.values():
            if node.id not in self._sources:
                self._categories.setdefault(node.category, []).append(node)
        for nodes in self._categories.values():
            nodes.sort(key=lambda node: (node.label.lower(), node.id))

    def pieces(self) -> Iterator[str]:
        title = escape(f"imidgraph {self._reading.graph.version}".rstrip())
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
        yield '<section><h2 id="sources">Sources</h2>\n<p>* a copy or a report of it was read, not the source itself; '
        yield '? not confirmed.</p>\n<ol class="sources">\n'
        yield from map(self._source, self._numbers)
        yield "</ol></section>\n</main>\n</body>\n</html>\n"

    def _rank(self, category: str) -> tuple[int, str]:
        return _FIRST.index(category) if category in _FIRST else len(_FIRST), self._title(category)

    def _title(self, category: str) -> str:
        return self._reading.term(category) if category else "other"

    def _schema(self) -> Iterator[tuple[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for iri, facts in _terms(self._reading.graph).items():
            for kind, title in _SCHEMA:
                if f"owl:{kind}" in facts.get("rdf:type", ()) and "definition" in facts:
                    found.setdefault(title, {})[iri] = self._term(compress(iri), facts)
        for _, title in _SCHEMA:
            if title in found:
                yield title, "".join(found[title][iri] for iri in sorted(found[title]))

    def _term(self, name: str, facts: Facts) -> str:
        parts = [
            f"{what} {', '.join(self._reading.name(str(other)) for key in keys for other in facts.get(key, ()))}"
            for what, keys in _PARTS.items()
            if any(key in facts for key in keys)
        ]
        definition = escape(" ".join(map(text_of, facts["definition"])))
        told = f'<p class="of">{escape("; ".join(parts))}</p>' if parts else ""
        entry = f'{escape(self._reading.name(name))} <span class="id">{escape(name)}</span>'
        return f'<dt>{entry}</dt><dd class="short">{definition}{told}</dd>\n'

    def _entity(self, node: Node) -> str:
        title = f'{escape(node.label)} <span class="id">{escape(node.id)}</span>'
        lines = [f'<article><h3 id="{escape(node.id)}">{title}</h3>\n', self._described(node.attributes)]
        groups: dict[str, list[tuple[str, Statement]]] = {}
        for item in self._about.get(node.id, []):
            groups.setdefault(escape(item.relation), []).append((self._link(item.edge.object, item.object), item))
        for item in self._reverse.get(node.id, []):
            relation = f'<span class="of">... {escape(item.relation)} {escape(node.label)}</span>'
            groups.setdefault(relation, []).append((self._link(item.edge.subject, item.subject), item))
        lines.append("<dl>\n" if groups else "")
        for relation, items in groups.items():
            lines.append(f"<dt>{relation}</dt>\n")
            lines += [f'<dd class="short">{other}{self._told(item)}</dd>\n' for other, item in items]
        return "".join([*lines, "</dl>\n" if groups else "", "</article>\n"])

    def _described(self, attributes: Facts) -> str:
        names = attributes.get("brandName", ()) + attributes.get("altLabel", ())
        matches = [str(match) for name in _MATCHES for match in attributes.get(name, ())]
        details = self._reading.details({name: values for name, values in attributes.items() if name not in _TOLD})
        lines = [escape(text_of(text)) for name in ("definition", "scopeNote") for text in attributes.get(name, ())]
        lines += [f"Also called: {escape(', '.join(map(text_of, names)))}"] if names else []
        lines += [escape("; ".join(f"{name}: {text}" for name, text in details.items()))] if details else []
        links = ", ".join(f'<a href="{escape(iri_of(match))}">{escape(match)}</a>' for match in matches)
        told = "".join(f"<p>{line}</p>\n" for line in lines)
        return told + (f'<p class="id">{links}</p>\n' if links else "")

    def _link(self, name: str, label: str) -> str:
        if name in self._sources:
            return _to(f"source-{self._number(name)}", label)
        return _to(name, label) if name in self._reading.nodes else escape(label)

    def _told(self, item: Statement) -> str:
        """Tell a statement: its sentence, its qualifiers, the passages that back it, and the figures that they report."""
        warned = "boxedWarning" in item.edge.attributes
        details = {
            name: text for name, text in item.details.items() if not (warned and name == self._reading.term("boxedWarning"))
        }
        passages = [(evidence, str(source)) for evidence in item.edge.evidence for source in evidence.get("source", ())]
        marks = " ".join(dict.fromkeys(self._mark(evidence, source) for evidence, source in passages))
        qualified = escape("; ".join(f"{name}: {value}" for name, value in details.items()))
        figures = [(self._reading.figure(evidence), self._mark(evidence, source)) for evidence, source in passages]
        lines = [
            f"<p>{escape(item.sentence)}</p>" if item.sentence else "",
            *(f"<p>{escape(figure)} {mark}</p>" for figure, mark in figures if figure),
            f'<p class="of">{" ".join(part for part in (qualified, marks) if part)}</p>' if qualified or marks else "",
        ]
        boxed = item.edge.attributes.get("boxedWarning") == (True,)
        return (' <span class="warning">BOXED WARNING</span>' if boxed else "") + "".join(lines)

    def _mark(self, evidence: Facts, source: str) -> str:
        doubts = {"copy": "*", "unconfirmed": "?"}
        doubt = "".join(doubts.get(str(value), "") for value in evidence.get("verification", ()))
        dispute = "disputed by " if evidence.get("stance") == ("disputes",) else ""
        place = "".join(f": {text_of(value)}" for value in evidence.get("locator", ()))
        return f"[{dispute}{_to(f'source-{self._number(source)}', str(self._number(source)))}{doubt}{escape(place)}]"

    def _number(self, source: str) -> int:
        return self._numbers.setdefault(source, len(self._numbers) + 1)

    def _source(self, name: str) -> str:
        node = self._reading.nodes.get(name)
        facts = node.attributes if node else {}
        parts = [*map(text_of, facts.get("firstAuthor", ())), self._reading.name(name)]
        parts += [text_of(value) for key in ("journal", "published") for value in facts.get(key, ())]
        address = escape(text_of(facts["url"][0]) if "url" in facts else iri_of(name))
        told = escape(". ".join(parts))
        return f'<li id="source-{self._number(name)}">{told}. <a href="{address}">{address}</a></li>\n'


def _terms(graph: Projection) -> dict[str, Facts]:
    return {iri: graph.describe(iri) for iri in dict.fromkeys(triple.subject.value for triple in graph.schema())}  # type: ignore[union-attr]


def _to(anchor: str, text: str) -> str:
    return f'<a href="#{escape(quote(anchor, safe=":/?@!$&()*+,;=-._~"))}">{escape(text)}</a>'
