"""HTML: a reference of the ontology and the graph in one file, to read on a screen or on paper, without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from imidgraph.citations import NOT_ADVICE
from imidgraph.columns import Facts, text_of
from imidgraph.export.reading import Reading, Statement
from imidgraph.namespaces import compress
from imidgraph.projection import Node, Projection, iri_of

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1, h2, h3 { line-height: 1.2; } h2 { margin-top: 3rem; border-bottom: 2px solid; } h3 { margin: 2rem 0 .25rem; }
.notice { border: 2px solid; padding: .5rem 1rem; font-weight: 600; }
.id, .of { opacity: .75; font-weight: normal; }
.id { font-family: ui-monospace, monospace; font-size: .85em; overflow-wrap: anywhere; }
nav ul { columns: 14rem; padding-left: 1rem; } dl { margin: .25rem 0; } dt { font-weight: 600; margin-top: .5rem; }
dd { margin: 0 0 .25rem 1.5rem; } dd p { margin: 0; } a { color: inherit; } sup a { text-decoration: none; }
ol.sources li { overflow-wrap: anywhere; }
@media print {
  body { font-size: 9.5pt; max-width: none; padding: 0; } a { text-decoration: none; } nav { display: none; }
  h2 { break-before: page; } h3, dt { break-after: avoid; } dd { break-inside: avoid; }
}
"""
_SCHEMA = (("Class", "Classes"), ("ObjectProperty", "Relations"), ("DatatypeProperty", "Attributes"))


def write_html(graph: Projection) -> Iterator[bytes]:
    """Write a graph as a page: its classes and properties, its entities with their statements, its sources.

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
        sources = {str(source) for edge in graph.edges() for item in edge.evidence for source in item.get("source", ())}
        self._categories: dict[str, list[Node]] = {}
        for node in self._reading.nodes.values():
            if node.id not in sources:
                self._categories.setdefault(node.category, []).append(node)

    def pieces(self) -> Iterator[str]:
        version = escape(self._reading.graph.version)
        yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        yield f"<title>imidgraph {version}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        yield f"<header><h1>imidgraph {version}</h1>\n<p>The knowledge graph of the immunomodulatory imide drugs (IMiDs). "
        yield 'Licence: <a href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>.</p>\n'
        yield f'<p class="notice">{escape(NOT_ADVICE)}</p></header>\n'
        schema = dict(self._schema())
        categories = sorted(self._categories, key=self._title)
        yield '<nav aria-label="contents"><ul>\n'
        for anchor, title in [
            *(("category-" + _anchor(name), self._title(name)) for name in categories),
            *(("schema-" + title, f"Ontology: {title.lower()}") for title in schema),
            ("sources", "Sources"),
        ]:
            yield f'<li><a href="#{anchor}">{escape(title)}</a></li>\n'
        yield "</ul></nav>\n<main>\n"
        for name in categories:
            yield f'<section><h2 id="category-{_anchor(name)}">{escape(self._title(name))}</h2>\n'
            for node in sorted(self._categories[name], key=lambda node: (node.label.lower(), node.id)):
                yield self._entity(node)
            yield "</section>\n"
        for title, terms in schema.items():
            yield f'<section><h2 id="schema-{title}">Ontology: {title.lower()}</h2>\n<dl>\n{terms}</dl></section>\n'
        yield '<section><h2 id="sources">Sources</h2>\n<p>* a copy or a report of it was read, not the source itself; '
        yield '? not confirmed.</p>\n<ol class="sources">\n'
        for source in self._numbers:
            yield self._source(source)
        yield "</ol></section>\n</main>\n</body>\n</html>\n"

    def _schema(self) -> Iterator[tuple[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for iri, facts in _terms(self._reading.graph).items():
            for kind, title in _SCHEMA:
                if f"owl:{kind}" in facts.get("rdf:type", ()):
                    definition = " ".join(map(text_of, facts.get("definition", ())))
                    if definition:
                        label = escape(self._reading.name(compress(iri)))
                        entry = f'<dt>{label} <span class="id">{escape(compress(iri))}</span></dt><dd>{escape(definition)}</dd>\n'
                        found.setdefault(title, {})[iri] = entry
        for _, title in _SCHEMA:
            if title in found:
                yield title, "".join(found[title][iri] for iri in sorted(found[title]))

    def _title(self, category: str) -> str:
        return self._reading.term(category) if category else "other"

    def _entity(self, node: Node) -> str:
        lines = [f'<article><h3 id="{_anchor(node.id)}">{escape(node.label)} <span class="id">{escape(node.id)}</span></h3>\n']
        lines += [f"<p>{escape(text_of(text))}</p>\n" for text in node.attributes.get("definition", ())]
        lines.append(self._names(node.attributes))
        groups: dict[str, list[tuple[str, Statement]]] = {}
        for item in self._about.get(node.id, []):
            groups.setdefault(escape(item.relation), []).append((self._link(item.edge.object, item.object), item))
        for item in self._reverse.get(node.id, []):
            relation = f'<span class="of">... {escape(item.relation)} {escape(node.label)}</span>'
            groups.setdefault(relation, []).append((self._link(item.edge.subject, item.subject), item))
        lines.append("<dl>\n" if groups else "")
        for relation, items in groups.items():
            lines.append(f"<dt>{relation}</dt>\n")
            lines += [f"<dd>{other}{self._details(item)}{self._marks(item)}</dd>\n" for other, item in items]
        return "".join([*lines, "</dl>\n" if groups else "", "</article>\n"])

    def _names(self, attributes: Facts) -> str:
        names = attributes.get("brandName", ()) + attributes.get("altLabel", ())
        matches = attributes.get("exactMatch", ()) + attributes.get("closeMatch", ())
        links = ", ".join(f'<a href="{escape(iri_of(str(match)))}">{escape(str(match))}</a>' for match in matches)
        also = f"<p>Also called: {escape(', '.join(map(text_of, names)))}</p>\n" if names else ""
        return also + (f'<p class="id">{links}</p>\n' if matches else "")

    def _link(self, name: str, label: str) -> str:
        return f'<a href="#{_anchor(name)}">{escape(label)}</a>'

    def _details(self, item: Statement) -> str:
        parts = [f"{name}: {value}" for name, value in item.details.items()]
        return f" ({escape('; '.join(parts))})" if parts else ""

    def _marks(self, item: Statement) -> str:
        marks = [self._mark(evidence, str(source)) for evidence in item.edge.evidence for source in evidence.get("source", ())]
        figures = [
            f"<p>{escape(figure)} {self._mark(evidence, str(source))}</p>"
            for evidence in item.edge.evidence
            for source in evidence.get("source", ())
            if (figure := self._reading.figure(evidence))
        ]
        told = f' <span class="of">{" ".join(dict.fromkeys(marks))}</span>' if marks else ""
        return told + _sentence(item) + "".join(figures)

    def _mark(self, evidence: Facts, source: str) -> str:
        number = self._numbers.setdefault(source, len(self._numbers) + 1)
        doubt = (
            "*" if evidence.get("verification") == ("copy",) else "?" if evidence.get("verification") == ("unconfirmed",) else ""
        )
        dispute = "disputed by " if evidence.get("stance") == ("disputes",) else ""
        place = "".join(f": {text_of(value)}" for value in evidence.get("locator", ()))
        return f'[{dispute}<a href="#source-{number}">{number}</a>{doubt}{escape(place)}]'

    def _source(self, name: str) -> str:
        number = self._numbers[name]
        node = self._reading.nodes.get(name)
        facts = node.attributes if node else {}
        parts = [*map(text_of, facts.get("firstAuthor", ())), self._reading.name(name)]
        parts += [text_of(value) for key in ("journal", "published") for value in facts.get(key, ())]
        address = text_of(facts["url"][0]) if "url" in facts else iri_of(name)
        return f'<li id="source-{number}">{escape(". ".join(parts))}. <a href="{escape(address)}">{escape(address)}</a></li>\n'


def _sentence(item: Statement) -> str:
    return f"<p>{escape(item.sentence)}</p>" if item.sentence else ""


def _terms(graph: Projection) -> dict[str, Facts]:
    return {iri: graph.describe(iri) for iri in dict.fromkeys(triple.subject.value for triple in graph.schema())}  # type: ignore[union-attr]


def _anchor(name: str) -> str:
    return "".join(sign if sign.isalnum() else "-" for sign in name)
