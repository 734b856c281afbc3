"""Views: the pages that answer a question: search, comparison, explanation, reasons, graph, catalog, about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import imidgraph
from imidgraph.errors import EntityNotFound
from imidgraph.graph import KnowledgeGraph
from imidgraph.knowledge.entities import Entity
from imidgraph.knowledge.sections import BOXED
from imidgraph.model import Term
from imidgraph.namespaces import local_name
from imidgraph.pages import plots
from imidgraph.prose.citations import Notes
from imidgraph.server.explorer.cards import Line, lines, near
from imidgraph.server.explorer.elements import elements
from imidgraph.server.explorer.facts import facts
from imidgraph.server.explorer.glance import GENERATION, stated
from imidgraph.server.explorer.glance import drugs as members
from imidgraph.server.explorer.view import View
from imidgraph.traversals.compare import Comparison
from imidgraph.traversals.paths import Paths, Step
from imidgraph.words import begun

_PATHS: dict[str, Any] = {"max_length": 3, "limit": 30}  # of the paths in the graph view
_MOST_NODES = 150  # of a network that a browser draws at first


def _found(graph: KnowledgeGraph, name: str) -> Entity | None:
    try:
        return graph.entity(name)
    except EntityNotFound:
        return None


def search(graph: KnowledgeGraph, words: str) -> View:
    """Show what some words may mean: entities whose names are like them, and those that a longer text names."""
    matches = list(graph.search(words)) if words else []
    mentions = [item.entity for item in graph.mentions(words)] if words else []
    known = {match.entity.iri for match in matches}
    named = [term for term in dict.fromkeys(mentions) if term.iri not in known]
    ids = [entity for term in [*named, *(match.entity for match in matches)] if (entity := _found(graph, term.curie))]
    told = {entity.iri: entity.definition for entity in ids}
    title = f"Search: {words}" if words else "Search"
    verb = "search" if matches else ""
    values = {"words": words, "matches": matches, "named": named, "told": told}
    return View("search.html", title, values, verb=verb, asked={"words": words})


def compare(graph: KnowledgeGraph, drugs: Iterable[str]) -> View:
    """Set drugs side by side."""
    names = [name for name in drugs if name]
    known = sorted(drug.label for drug in members(stated(graph, GENERATION)))
    if len(names) < 2:
        return View("compare.html", "Compare drugs", {"names": names, "comparison": None, "drugs": known})
    found = graph.compare(*names)
    notes = Notes()
    parts = []
    for part in found.parts:
        rows = []
        for contrast in part.contrasts:
            cells = [
                (
                    contrast.side(place, drug).removeprefix(f"{drug}: "),
                    list(dict.fromkeys(map(notes.mark, contrast.passages(place)))),
                )
                for place, drug in enumerate(found.drugs)
            ]
            rows.append((contrast.about, cells))
        parts.append((part, rows))
    aspects = [aspect for aspect in found.aspects if aspect.predicate.is_headline and not aspect.predicate.is_license]
    told = {
        "About both": found.between,
        "Compared in trials": [result for duel in found.trials for result in duel.results],
        "Disputed or denied": found.disputes,
    }
    cards = [graph.entity(drug.curie) for drug in found.drugs]
    values = {
        "names": names,
        "comparison": found,
        "drugs": known,
        "parts": parts,
        "first": _beside(cards, _FIRST, notes),
        "last": _beside(cards, _LAST, notes),
        "plot": _degraded(found, notes),
        "aspects": [aspect for aspect in aspects if any(aspect.statements)],
        "told": {heading: list(facts(items, notes)) for heading, items in told.items() if items},
    }
    return View("compare.html", f"Compare {found.title}", values, notes, found.statements, "compare", {"drugs": names})


_FIRST = (BOXED, "contraindications", "what must be done and watched", "interactions", "doses")
_LAST = ("resistance", "comparisons")


def _beside(cards: Iterable[Entity], names: Iterable[str], notes: Notes) -> list[tuple[str, list[list[Line]]]]:
    """Set sections of cards side by side, those that any of the cards has."""
    known = [{section.name: section for section in card.sections} for card in cards]
    return [
        (name, [lines(card[name].leading, notes) if name in card else [] for card in known])
        for name in names
        if any(name in card for card in known)
    ]


def _degraded(comparison: Comparison, notes: Notes) -> plots.Plot | None:
    """Draw which proteins the drugs degrade, and which they do not."""
    aspect = comparison.aspect("degrades")
    items = [] if aspect is None else [item for items in aspect.statements for item in items]
    denied = [item for item in comparison.disputes if local_name(item.predicate.iri) == "degrades"]
    return plots.matrix(dict.fromkeys([*items, *denied]), near, notes) if items else None


def explain(graph: KnowledgeGraph, start: str, end: str) -> View:
    """Show how one thing affects another: as a picture, and the same in words."""
    if not start or not end:
        return View("explain.html", "Explain a link", {"start": start, "end": end, "explanation": None})
    found = graph.explain(start, end)
    notes = Notes()
    chains = [
        (chain, found.verdict(chain), [(hop, _sentences(hop, notes)) for hop in chain.hops])
        for chain in found.chains[: found.shown]
    ]
    values = {
        "start": start,
        "end": end,
        "explanation": found,
        "stated": list(facts(found.stated, notes))[: 2 * found.shown],
        "mentions": list(facts(found.mentions, notes))[: found.shown],
        "chains": chains,
    }
    title = f"How {found.start} affects {found.end}"
    return View("explain.html", title, values, notes, found.statements, "explain", {"start": start, "end": end})


def _sentences(hop: Any, notes: Notes) -> list[tuple[str, list[Any]]]:
    if hop.is_hierarchy:
        return []
    return [(text, notes.marks(items)) for text, items in hop.sentences.items()]


def why(graph: KnowledgeGraph, drug: str, over: str, disease: str) -> View:
    """Show the reasons for one drug over another."""
    values: dict[str, Any] = {"drug": drug, "over": over, "disease": disease, "answer": None}
    if not (drug and over and disease):
        return View("why.html", "Why this drug and not the other", values)
    found = graph.why(drug, over, disease)
    notes = Notes()
    headings = {"for": f"For {found.drug}", "against": f"For {found.over}", "neither": "For neither"}
    sides = [
        (headings[side], [(reason, notes.marks(reason.statements)) for reason in reasons])
        for side, reasons in found.sides.items()
    ]
    values |= {"answer": found, "sides": sides}
    title = f"{begun(str(found.drug))} over {found.over} for {found.disease}"
    asked = {"drug": drug, "over": over, "disease": disease}
    return View("why.html", title, values, notes, found.statements, "why", asked)


def around(graph: KnowledgeGraph, center: str, start: str = "", end: str = "") -> View:
    """Show what lies around an entity, or how two of them are linked."""
    values: dict[str, Any] = {"center": center, "start": start, "end": end, "neighborhood": None, "paths": None}
    notes = Notes()
    if center:
        near = graph.neighborhood(center)
        values |= {"neighborhood": near, "facts": list(facts(near.joins, notes))}
        return View("graph.html", f"Around {near.center}", values, notes, near.joins, "neighborhood", {"center": center})
    if start and end:
        found = _paths(graph, {"start": start, "end": end})
        values |= {
            "paths": found,
            "ways": [[(_hop(step), step.end) for step in path.steps] for path in found],
            "facts": list(facts(found.statements, notes)),
        }
        asked = {"start": start, "end": end, **_PATHS}
        return View("graph.html", found.title, values, notes, found.statements, "paths", asked)
    return View("graph.html", "Graph view", values)


def _hop(step: Step) -> str:
    """Name the relations of a hop in words, with the way that they lead."""
    ahead = dict.fromkeys(item.predicate.label for item in step.ahead)
    back = dict.fromkeys(item.predicate.label for item in step.statements if item not in step.ahead)
    return " and ".join([*([f"{', '.join(ahead)} →"] if ahead else []), *([f"← {', '.join(back)}"] if back else [])])


def about(graph: KnowledgeGraph) -> View:
    """Show what the graph covers and what not, how sure it is, how to cite it, and what changed."""
    topics: dict[str, dict[str, int | float]] = {}
    for count in graph.stats():
        topics.setdefault(count.topic, {})[count.kind] = count.number
    unread = [(Term(str(iri), str(label)), str(note)) for iri, label, note in graph.select(_UNREAD).rows]
    twice, retired = (graph.select(query).rows[0][0] for query in (_READ_TWICE, _RETIRED))
    values = {
        "topics": topics,
        "places": graph.names.labels("Jurisdiction"),
        "unread": unread,
        "twice": twice,
        "retired": retired,
        "package": imidgraph.__version__,
    }
    return View("about.html", "About imidgraph", values, verb="stats")


_UNREAD = """
SELECT ?thing ?label ?note WHERE { ?thing a ?class ; rdfs:label ?label ; skos:editorialNote ?note .
    ?class rdfs:subClassOf imid:Entity }
ORDER BY ?label ?note
"""
_RETIRED = "SELECT (COUNT(DISTINCT ?thing) AS ?number) WHERE { ?thing owl:deprecated true }"
_READ_TWICE = "SELECT (COUNT(DISTINCT ?passage) AS ?number) WHERE { ?passage imid:source ?source ; imid:readingDate ?day }"


def catalog(graph: KnowledgeGraph) -> View:
    """Show the named queries, topic by topic."""
    topics: dict[str, list[Any]] = {}
    for query in sorted(graph.queries.values(), key=lambda query: (query.topic, query.name)):
        topics.setdefault(query.topic, []).append(query)
    return View("catalog.html", "Queries", {"topics": topics})


def picture(graph: KnowledgeGraph, what: str, given: Mapping[str, str]) -> bytes | None:
    """Draw an explanation, a neighborhood or paths as SVG; None where there is no such picture."""
    match what:
        case "explain":
            return graph.explain(given["start"], given["end"]).picture().render("svg")
        case "graph":
            return graph.neighborhood(given["center"]).picture().render("svg")
        case "paths":
            return _paths(graph, given).picture().render("svg")
    return None


def network(graph: KnowledgeGraph, what: str, given: Mapping[str, str], root: str) -> bytes | None:
    """Give a neighborhood or paths as elements that a browser draws; None where there is no such network."""
    match what:
        case "graph":
            near = graph.neighborhood(given["center"], limit=_MOST_NODES)
            return elements(near.nodes, near.joins, root, [near.center], near.places).encode()
        case "paths":
            found = _paths(graph, given)
            terms = [term for path in found for term in path.terms]
            return elements(terms, found.statements, root, [found[0].terms[0], found[0].terms[-1]], found.places).encode()
    return None


def _paths(graph: KnowledgeGraph, given: Mapping[str, str]) -> Paths:
    return graph.paths(given["start"], given["end"], **_PATHS)
