"""Cards: the pages about one thing, of each kind that the graph holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from imidgraph.errors import EntityNotFound
from imidgraph.graph import KnowledgeGraph
from imidgraph.knowledge.entities import Entity
from imidgraph.knowledge.groups import Group
from imidgraph.knowledge.sections import BOXED, Section
from imidgraph.model import Statement, Term
from imidgraph.namespaces import compress
from imidgraph.pages import plots
from imidgraph.prose import references
from imidgraph.prose.citations import Mark, Notes
from imidgraph.prose.statement import doubt
from imidgraph.server.explorer import schema
from imidgraph.server.explorer.addresses import address
from imidgraph.server.explorer.facts import facts, folded
from imidgraph.server.explorer.glance import Glance, brands
from imidgraph.server.explorer.things import Kind, Thing
from imidgraph.server.explorer.view import View

Line = tuple[str, Term, list[Mark]]
"""A line of a brief card: its text, what it is about, and what it cites."""
_MOST_DOTS = 12  # figures that a plot shows; the table below has all
_MOST_FLAT = 5  # sections that stand on a page without the headings of their pillars
_EXPECTED = {
    "Drug": (
        "boxed warnings",
        "contraindications",
        "what must be done and watched",
        "adverse effects",
        "interactions",
        "approvals",
        "doses",
        "mechanism",
        "resistance",
    ),
    "Trial": ("design", "results"),
}
"""The sections that a reader looks for, by category: where there is none, the page says that nothing is curated."""


def entity(graph: KnowledgeGraph, thing: Thing, section: str | None = None) -> View:
    """Show an entity: what to know first, or all statements of one section."""
    found = graph.entity(compress(thing.iri))
    notes = Notes()
    if section is not None:
        return _section(found, found.section(section), notes)
    told = [(part, lines(part.leading, notes)) for part in found.sections]
    names = {part.name for part in found.sections}
    values = {
        "entity": found,
        "schema": schema.entity(found),
        "brands": brands(found.attributes.get("brandName", ()), found.statements),
        "glance": Glance(found, (), found.statements) if found.category == "Drug" else None,
        "boxed": next((pair for pair in told if pair[0].name == BOXED), None),
        "pillars": _by_pillar(told),
        "kinds": lines(found.kind_groups, notes),
        "missing": [name for name in _EXPECTED.get(found.category, ()) if name not in names],
        "plot": _plot(found.category, found.as_object, notes),
    }
    return View("entity.html", found.label, values, notes, found.statements)


def _section(found: Entity, part: Section, notes: Notes) -> View:
    every = list(facts(part, notes, found))
    now, past = [fact for fact in every if fact.is_current], [fact for fact in every if not fact.is_current]
    places = {group.about: place for place, group in enumerate(part.groups)}
    values = {
        "entity": found,
        "section": part,
        "now": folded(now, lambda fact: fact.other, lambda term: places.get(term, len(places))),
        "told": {group.about: group.line for group in part.groups},
        "past": past,
        "number": len(now),
        "plot": _plot(part.name, tuple(part), notes) if found.category in {"Drug", "Disease"} else None,
    }
    return View("section.html", f"{found.label}: {part.name}", values, notes, tuple(part))


def _by_pillar(told: Iterable[tuple[Section, list[Line]]]) -> dict[str, list[tuple[Section, list[Line]]]]:
    """Put the sections of a card below the pillars of the graph; few stay without headings."""
    every = list(told)
    pillars: dict[str, list[tuple[Section, list[Line]]]] = {}
    for part, lines in every:
        if part.name == BOXED:  # stands before all
            continue
        pillar = max((name for item in part for name in item.predicate.pillars), default="")
        pillars.setdefault(pillar if len(every) > _MOST_FLAT else "", []).append((part, lines))
    return pillars


def lines(groups: Iterable[Group], notes: Notes) -> list[Line]:
    """Give what a brief card tells of some groups: each in a line, what it is about, and what it cites."""
    return [(group.line, group.about, [*dict.fromkeys(map(notes.mark, group.passages))]) for group in groups]


def _plot(kind: str, items: Sequence[Statement], notes: Notes) -> plots.Plot | None:
    """Draw what is easier seen than read: how often an effect is, and when something was approved where."""
    if kind == "AdverseEffect" and any(item.category == "Risk" for item in items):
        return plots.dots([item for item in items if item.category == "Risk"], near, notes, most=_MOST_DOTS)
    if kind == "approvals" and items:
        return plots.timeline(items, near, notes)
    return None


def near(iri: str) -> str:
    """Give the address of a thing from a page that lies directly below the root."""
    return address(iri, "")


def statement(graph: KnowledgeGraph, thing: Thing) -> View:
    """Show one statement: its sentence, its parts, every source, disputes, when it was read twice."""
    item = graph.reader.named(thing.iri)
    if item is None:
        raise EntityNotFound(compress(thing.iri), ())
    notes = Notes()
    rivals = graph.reader.rivals(item.subject.iri, item.predicate.iri, item.object.iri)
    same = [other for other in graph.reader.find(item.subject.iri, item.predicate.iri, item.object.iri) if other.iri != item.iri]
    (fact,) = facts([item], notes)
    values = {
        "fact": fact,
        "parts": _parts(item),
        "evidence": [(passage, notes.mark(passage), _remarks(passage)) for passage in item.evidence],
        "rivals": list(facts(rivals, notes)),
        "same": list(facts(same, notes)),
    }
    return View("statement.html", fact.sentence, values, notes, (item,))


def _parts(item: Statement) -> list[tuple[str, list[Any]]]:
    parts: list[tuple[str, list[Any]]] = [("subject", [item.subject]), ("relation", [item.predicate]), ("object", [item.object])]
    return parts + [(name, list(values)) for name, values in item.qualifiers.items()]


def _remarks(passage: Any) -> list[tuple[str, Any]]:
    """Give what is known of a passage beside its source, its place and its figure."""
    named = ("arm", "population", "sample_size", "study_design", "study_detail", "system")
    known = [(name.replace("_", " "), getattr(passage, name)) for name in named]
    return [(name, value) for name, value in known if value is not None]


def source(graph: KnowledgeGraph, thing: Thing) -> View:
    """Show a source: how to cite it, and everything that it says here."""
    found = graph.reader.source(thing.iri)
    notes = Notes()
    items = graph.reader.citing(thing.iri)
    reference = references.csl(found)
    told = list(facts(items, notes, source=thing.iri))
    sizes = Counter(item.subject for item in items)
    values = {
        "source": found,
        "schema": schema.article(found, reference) if found.category == "Article" else None,
        "reference": reference,
        "bibtex": references.bibtex([reference]),
        "number": len(items),
        "told": folded(told, lambda fact: fact.statement.subject, lambda term: -sizes[term]),
    }
    return View("source.html", found.label, values, notes, tuple(items))


def term(graph: KnowledgeGraph, thing: Thing) -> View:
    """Show a class or a relation: its definition, its mappings, and what there is of it."""
    attributes = graph.reader.attributes(thing.iri)
    label = str(next(iter(attributes.get("label", ())), compress(thing.iri)))
    iris = {str(value) for values in attributes.values() for value in values if str(value).startswith(("http://", "https://"))}
    known = graph.reader.terms(iris)
    members = graph.select(_MEMBERS % thing.iri).rows if "Class" in thing.types else []
    uses = 0 if "Class" in thing.types else graph.select(_USES % thing.iri).rows[0][0]
    told = {name: attributes[name] for name in sorted(attributes) if name not in _TOLD}
    values = {
        "label": label,
        "name": compress(thing.iri),
        "attributes": attributes,
        "told": {name: values for name, values in told.items() if name not in _WORKING},
        "working": {name: values for name, values in told.items() if name in _WORKING},
        "known": known,
        "members": [Term(str(iri), str(name)) for iri, name in members],
        "uses": uses,
        "pairs": _related(graph.reader.find(predicate=thing.iri)) if 0 < uses <= _MOST_USES else {},
    }
    return View("term.html", label, values)


_TOLD = {"label", "type", "isDefinedBy", "definition", "scopeNote"}
_WORKING = {"isBetterWhenHigher", "isHeadline", "isSharedTrait", "isStep", "order", "section", "sectionAsObject"}
"""What the software reads of a term, and a reader seldom wants to know."""
_MOST_USES = 400  # statements whose pairs a page lists
_MEMBERS = "SELECT ?thing ?label WHERE { ?thing a <%s> ; rdfs:label ?label } ORDER BY ?label ?thing LIMIT 2000"
_USES = "SELECT (COUNT(DISTINCT ?a) AS ?n) WHERE { ?a imid:predicate <%s> }"


def _related(items: Iterable[Statement]) -> dict[Term, list[tuple[Term, list[str]]]]:
    """Put the objects of a relation together by their subjects, each with what all of its statements say of their own doubts."""
    pairs: dict[Term, dict[Term, list[Statement]]] = {}
    for item in sorted(items, key=lambda item: (item.subject.label, item.object.label)):
        pairs.setdefault(item.subject, {}).setdefault(item.object, []).append(item)
    return {subject: [(term, _doubts(stated)) for term, stated in objects.items()] for subject, objects in pairs.items()}


def _doubts(stated: Sequence[Statement]) -> list[str]:
    denied = ["denied"] if all(item.negated for item in stated) else []
    return denied + [text for text in doubt(stated[0]) if all(text in doubt(item) for item in stated)]


def retired(graph: KnowledgeGraph, thing: Thing) -> View:
    """Show a name that is gone, and what took its place."""
    attributes = graph.reader.attributes(thing.iri)
    reasons = attributes.get("editorialNote", ()) + attributes.get("comment", ()) + attributes.get("changeNote", ())
    return View("retired.html", compress(thing.iri), {"successors": thing.successors, "reasons": reasons})


CARDS: Mapping[Kind, Callable[[KnowledgeGraph, Thing], View]] = {
    Kind.ENTITY: entity,
    Kind.STATEMENT: statement,
    Kind.SOURCE: source,
    Kind.TERM: term,
    Kind.RETIRED: retired,
}
"""How each kind of thing is shown."""
