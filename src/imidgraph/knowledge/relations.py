"""Relations: what the ontology says of its relations and classes, read from the graph in one query when it is first needed.

Which relations belong to a pillar, in what order they stand on a card, which of them lead on as causes: all this is
annotated in the ontology. A graph without such annotations still works: its relations stand in alphabetical order, belong to
no pillar, and those with a sign are causes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from functools import cached_property
from typing import Any

from imidgraph.errors import QueryError
from imidgraph.knowledge.labels import labels
from imidgraph.model import Relation
from imidgraph.namespaces import IMID, PREFIXES, local_name
from imidgraph.stores import Store

BROADER = PREFIXES["skos"] + "broader"
HIERARCHY = Relation(BROADER, "is a kind of", "ObjectProperty")
"""The relation from a kind to what it is a kind of."""

PILLARS = ("drugs", "generations", "mechanisms", "indications", "risks", "articles")
"""The pillars of the graph, in their order."""

MIDDLE = 500
"""The place of a category that has none."""

_BETTER = "SELECT ?endpoint ?better WHERE { ?endpoint imid:betterWhenHigher ?better }"
_TERMS = """
SELECT ?term ?kind ?property ?value WHERE {
    VALUES ?kind { owl:ObjectProperty owl:Class }
    ?term a ?kind ; ?property ?value .
    VALUES ?property {
        rdfs:label rdfs:subClassOf rdfs:subPropertyOf
        imid:isHeadline imid:isSharedTrait imid:isStep imid:needs imid:order imid:pillar imid:section
        imid:sectionAsObject imid:sign imid:singleValued imid:alsoAbout
    }
}
"""
_LABEL, _SUBCLASS, _SUBPROPERTY = (PREFIXES["rdfs"] + name for name in ("label", "subClassOf", "subPropertyOf"))
_CLASS = PREFIXES["owl"] + "Class"


class Relations(Mapping[str, Relation]):
    """The relations of a graph by IRI, and the order and the kinds of its classes.

    Parameters
    ----------
    store : Store
        The engine that holds the graph.

    Examples
    --------
    >>> from imidgraph.resources import RELEASE
    >>> from imidgraph.stores.oxigraph import OxigraphStore
    >>> relations = Relations(OxigraphStore.read(RELEASE))
    >>> degrades = relations["https://w3id.org/imidgraph/degrades"]
    >>> degrades.sign, degrades.pillars, degrades.is_step
    (-1, ('mechanisms',), True)
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kinds: dict[str, frozenset[str]] = {}

    def __getitem__(self, iri: str) -> Relation:
        return self._relations[iri]

    def __iter__(self) -> Iterator[str]:
        return iter(self._relations)

    def __len__(self) -> int:
        return len(self._relations)

    def joining(self) -> Iterator[Relation]:
        """Give the relations between things: those below `relatedTo`, what sources are about, and the hierarchy."""
        inside = {IMID + "isAbout", BROADER, *self.narrower("relatedTo")}
        return (relation for iri, relation in self.items() if iri in inside)

    def narrower(self, name: str) -> set[str]:
        """Give the IRIs of a relation, by its local name, and of all that it follows from.

        Examples
        --------
        >>> from imidgraph.resources import RELEASE
        >>> from imidgraph.stores.oxigraph import OxigraphStore
        >>> sorted(map(local_name, Relations(OxigraphStore.read(RELEASE)).narrower("decreases")))
        ['decreases', 'degrades']
        """
        return below(self._parents(_SUBPROPERTY), IMID + name)

    @cached_property
    def pillars(self) -> dict[str, tuple[Relation, ...]]:
        """The relations of each pillar, in their order; the six pillars first."""
        named = {name for relation in self.values() for name in relation.pillars}
        others = sorted(named - set(PILLARS))
        return {name: tuple(item for item in self.values() if name in item.pillars) for name in (*PILLARS, *others)}

    def pillar(self, name: str) -> tuple[Relation, ...]:
        """Give the relations of a pillar.

        Raises
        ------
        QueryError
            Where there is no such pillar; the message names those that there are.
        """
        if name not in self.pillars:
            raise QueryError(f"Unknown pillar {name!r}. Choose from {', '.join(self.pillars)}.")
        return self.pillars[name]

    def kinds(self, name: str) -> frozenset[str]:
        """Give the local name of a class and those of all classes below it.

        Examples
        --------
        >>> from imidgraph.resources import RELEASE
        >>> from imidgraph.stores.oxigraph import OxigraphStore
        >>> sorted(Relations(OxigraphStore.read(RELEASE)).kinds("Condition"))
        ['AdverseEffect', 'Condition', 'Disease']
        """
        if name not in self._kinds:
            self._kinds[name] = frozenset(map(local_name, below(self._parents(_SUBCLASS), IMID + name)))
        return self._kinds[name]

    def place(self, category: str) -> int:
        """Give the place of a category, from what is treated with to what is treated; one without an order stands in the middle.

        Examples
        --------
        >>> from imidgraph.resources import RELEASE
        >>> from imidgraph.stores.oxigraph import OxigraphStore
        >>> relations = Relations(OxigraphStore.read(RELEASE))
        >>> sorted(["Disease", "Protein", "Drug"], key=relations.place)
        ['Drug', 'Protein', 'Disease']
        """
        return self.places.get(category, MIDDLE)

    @cached_property
    def better_when_higher(self) -> dict[str, bool]:
        """Whether a higher value is better, by the IRI of each endpoint for which the graph says it."""
        return {str(iri): value is True for iri, value in self._store.select(_BETTER).rows}

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each category that has one, from what is treated with to what is treated."""
        return {
            local_name(iri): order
            for iri, facts in self._terms.items()
            if facts[""] == [_CLASS] and (order := _number(facts.get(IMID + "order", ()))) is not None
        }

    @cached_property
    def _terms(self) -> dict[str, dict[str, list[Any]]]:
        """The annotations of each relation and class, by property."""
        found: dict[str, dict[str, list[Any]]] = {}
        rows = self._store.select(_TERMS).rows
        called = labels(self._store, ((term, value) for term, _, property_, value in rows if property_ == _LABEL))
        for term, kind, property_, value in sorted(rows, key=lambda row: tuple(map(str, row))):
            if property_ == _LABEL and value != called[term]:
                continue
            values = found.setdefault(term, {"": [kind]}).setdefault(property_, [])
            if value not in values:
                values.append(value)
        return found

    @cached_property
    def _relations(self) -> dict[str, Relation]:
        described = {iri: facts for iri, facts in self._terms.items() if facts[""] != [_CLASS]}
        has_steps = any(IMID + "isStep" in facts for facts in described.values())
        found = [HIERARCHY, *(_relation(iri, facts, has_steps) for iri, facts in described.items() if iri != BROADER)]
        return {relation.iri: relation for relation in sorted(found, key=lambda item: (item.order, item.label, item.iri))}

    def _parents(self, property_: str) -> set[tuple[str, str]]:
        return {(iri, parent) for iri, facts in self._terms.items() for parent in facts.get(property_, ())}


def below(pairs: Set[tuple[str, str | None]] | Set[tuple[str, str]], root: str) -> set[str]:
    """Give a term and all that lie below it, from pairs of a term and its parent.

    The closure is made here, since engines differ in how they follow property paths.

    Examples
    --------
    >>> sorted(below({("degrades", "decreases"), ("decreases", "relatedTo"), ("source", None)}, "relatedTo"))
    ['decreases', 'degrades', 'relatedTo']
    """
    found, frontier = {root}, {root}
    while frontier:
        frontier = {child for child, parent in pairs if parent in frontier} - found
        found |= frontier
    return found


def _relation(iri: str, facts: Mapping[str, list[Any]], has_steps: bool) -> Relation:
    sign = _number(facts.get(IMID + "sign", ()))
    order = _number(facts.get(IMID + "order", ()))
    shared = {"order": order} if order is not None else {}
    section = str(next(iter(facts.get(IMID + "section", ())), ""))
    return Relation(
        iri,
        str(facts.get(_LABEL, [local_name(iri)])[0]),
        "ObjectProperty",
        sign=sign,
        pillars=tuple(map(str, facts.get(IMID + "pillar", ()))),
        is_step=True in facts.get(IMID + "isStep", ()) if has_steps else sign is not None,
        is_shared_trait=True in facts.get(IMID + "isSharedTrait", ()),
        is_headline=True in facts.get(IMID + "isHeadline", ()),
        is_single_valued=True in facts.get(IMID + "singleValued", ()),
        needs=tuple(map(str, facts.get(IMID + "needs", ()))),
        section=section,
        section_as_object=str(next(iter(facts.get(IMID + "sectionAsObject", ())), section)),
        also_about=tuple(map(str, facts.get(IMID + "alsoAbout", ()))),
        **shared,
    )


def _number(values: Iterable[Any]) -> int | None:
    return next((value for value in values if isinstance(value, int)), None)
