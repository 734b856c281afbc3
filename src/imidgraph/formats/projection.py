"""The graph as nodes and edges: what property-graph formats write.

A node is an entity or a source, named by its CURIE; its literals and identifiers are attributes. An edge is a
statement, named by its CURIE, with its qualifiers as attributes and its evidence; where a graph holds a relation that no
statement describes, such as the hierarchy, the edge stands for the bare triple. The terms of the schema are neither, and
statements are no nodes, unless an edge leads to them: each end of an edge is a node.
`network` walks the same nodes and relations, without attributes.

Nodes and edges come in the order of their names, whatever the order of insertion. Those of a large graph are made one
subject at a time, each time anew: the memory that a projection needs does not grow with the number of edges.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import product
from typing import Any
from urllib.parse import unquote

from imidgraph.formats.columns import Column, Facts, Observed, Value, text_of
from imidgraph.formats.elements import Edge, Node, attributes, bare_edge, id_of, iri_of, joins, made_name, own_first, term_of
from imidgraph.formats.subjects import Subject, Subjects
from imidgraph.knowledge import assembly
from imidgraph.knowledge.relations import Relations
from imidgraph.model import Evidence, Relation, Source, Statement, Term
from imidgraph.namespaces import IMID, PREFIXES, local_name, short_name
from imidgraph.rdf import BlankNode, NamedNode, QuadStore, Triple, label_rank
from imidgraph.stores.oxigraph import OxigraphStore

_TYPE = PREFIXES["rdf"] + "type"
_LABEL = PREFIXES["rdfs"] + "label"
_SUBJECT, _PREDICATE, _OBJECT = (NamedNode(IMID + name) for name in ("subject", "predicate", "object"))
_EVIDENCE = NamedNode(IMID + "evidence")
_SOURCE = NamedNode(IMID + "source")
_ENDS = {_SUBJECT, _OBJECT}
_ENDS_OF_STATEMENT = {_SUBJECT.value, _OBJECT.value}
_ENDS_AND_EVIDENCE = {"", _TYPE, _SUBJECT.value, _PREDICATE.value, _OBJECT.value, _EVIDENCE.value}
_DEPRECATED = PREFIXES["owl"] + "deprecated"
_VERSION = NamedNode(PREFIXES["owl"] + "versionInfo")
_EVIDENCE_KINDS = {IMID + "Evidence", IMID + "Frequency"}
_SCHEMA = {PREFIXES["owl"] + name for name in ("AnnotationProperty", "Class", "DatatypeProperty", "ObjectProperty", "Ontology")}
_COLUMNS = ("subject", "relation", "object", "sources", "id", "category", "identifiers")  # what tables call their own
_HELD = 500_000  # triples of a graph that is read once and held


class Projection:
    """The nodes and edges of a graph, in order.

    Parameters
    ----------
    store : pyoxigraph.Store
        The triples.

    Examples
    --------
    >>> import imidgraph
    >>> projection = imidgraph.load().projection
    >>> edge = next(edge for edge in projection.edges() if edge.subject == "imid:lenalidomide" and edge.object == "imid:IKZF1")
    >>> edge.predicate, edge.category, edge.evidence[0]["source"]
    ('imid:degrades', 'MechanismOfAction', ('pubmed:24292625',))
    """

    def __init__(self, store: QuadStore) -> None:
        self._store = store
        self._relations: dict[str, Relation] = {}
        self._sources: dict[str, Source] = {}

    @cached_property
    def version(self) -> str:
        """The version of the graph, or nothing where it has none."""
        versions = sorted(quad.object.value for quad in self._store.quads_for_pattern(None, _VERSION, None))  # type: ignore[union-attr]
        return versions[0] if versions else ""

    def triples(self) -> Iterator[Triple]:
        """Iterate over the triples, in no order."""
        return (quad.triple for quad in self._store)

    def nodes(self) -> Iterator[Node]:
        """Iterate over the nodes, in the order of their IRIs."""
        return iter(self._held_nodes) if self._is_small else self._read_nodes()

    def edges(self) -> Iterator[Edge]:
        """Iterate over the edges, in the order of the IRIs of their subjects, predicates and objects."""
        return iter(self._held_edges) if self._is_small else self._read_edges()

    @cached_property
    def _is_small(self) -> bool:
        return len(self._store) <= _HELD  # the store counts one by one

    @cached_property
    def _held_nodes(self) -> list[Node]:
        return list(self._read_nodes())

    @cached_property
    def _held_edges(self) -> list[Edge]:
        return list(self._read_edges())

    def _read_nodes(self) -> Iterator[Node]:
        return (node for subject in self._subjects if (node := self._node(subject)) is not None)

    def _read_edges(self) -> Iterator[Edge]:
        return (edge for subject in self._subjects for edge in self._edges(subject))

    def describe(self, iri: str) -> Facts:
        """Give what the graph says of any term, the mappings and parents of a class or property among it.

        Examples
        --------
        >>> import imidgraph
        >>> imidgraph.load().projection.describe("https://w3id.org/imidgraph/degrades")["broadMatch"]
        ('biolink:affects',)
        """
        return attributes(self._facts(NamedNode(iri)), set())

    @cached_property
    def named(self) -> dict[str, Node]:
        """The nodes by name, for formats that hold the whole graph."""
        return {node.id: node for node in self.nodes()}

    @cached_property
    def relations(self) -> Relations:
        """What the ontology of the graph says of its relations and classes."""
        return Relations(OxigraphStore(self._store))

    def label(self, name: str) -> str:
        """Give the label of a node, class or property by its name; where it has none, its local name.

        Examples
        --------
        >>> import imidgraph
        >>> graph = imidgraph.load().projection
        >>> graph.label("imid:IKZF1"), graph.label("hasAdverseEffect"), graph.label("skos:broader")
        ('IKZF1', 'has adverse effect', 'is a kind of')
        """
        return self.named[name].label if name in self.named else self.relation(name if ":" in name else f"imid:{name}").label

    def relation(self, name: str) -> Relation:
        """Give a relation, or any other term of the schema, by its name; it is read when it is first asked for.

        Examples
        --------
        >>> import imidgraph
        >>> imidgraph.load().projection.relation("imid:degrades").sign
        -1
        """
        if name not in self._relations:
            iri = iri_of(name)
            labels = () if iri in self.relations else self.describe(iri).get("label", ())
            label = text_of(labels[0]) if labels else unquote(local_name(iri)).rpartition(":")[2]
            self._relations[name] = self.relations.get(iri) or Relation(iri, label)
        return self._relations[name]

    @cached_property
    def titles(self) -> dict[str, str]:
        """What attributes are called in words: the label of the property, with its CURIE where that is not enough."""
        names = dict.fromkeys(column.name for column in (*self.node_columns, *self.edge_columns, *self.evidence_columns))
        alike = Counter([*map(self.label, names), *_COLUMNS])
        return {name: f"{self.label(name)} ({name})" if alike[self.label(name)] > 1 else self.label(name) for name in names}

    def in_words(self, facts: Facts) -> dict[str, str]:
        """Give attributes in words: the label of the property and its values, names instead of CURIEs."""
        return {
            self.titles.get(name) or self.label(name): ", ".join(map(self._named_text, values)) for name, values in facts.items()
        }

    def _named_text(self, value: Value) -> str:
        text = text_of(value)
        return self.named[text].label if text in self.named else text

    def statement(self, edge: Edge) -> Statement:
        """Give an edge as a statement, with the names of what it joins.

        Examples
        --------
        >>> import imidgraph
        >>> graph = imidgraph.load().projection
        >>> edge = next(edge for edge in graph.edges() if edge.subject == "imid:lenalidomide" and edge.object == "imid:CSNK1A1")
        >>> graph.statement(edge).object
        Term(iri='https://w3id.org/imidgraph/CSNK1A1', label='CSNK1A1', category='Protein')
        """
        evidence = [item for facts in edge.evidence for item in self._evidence(facts)]
        ends = self._term(edge.subject), self.relation(edge.predicate), self._term(edge.object)
        return assembly.statement(iri_of(edge.id), ends, edge.category, self._valued(edge.attributes), evidence)

    def source(self, name: str) -> Source:
        """Give a source by its name."""
        if name not in self._sources:
            node = self.named.get(name)
            self._sources[name] = (
                assembly.source(iri_of(name), node.label, node.category, node.attributes)
                if node is not None and (node.category or node.attributes)
                else assembly.named(iri_of(name))
            )
        return self._sources[name]

    def _evidence(self, facts: Facts) -> Iterable[Evidence]:
        kinds = facts.get("category", ("",))
        sources = [self.source(str(source)) for source in facts.get("source", ())]
        said = {name: values for name, values in facts.items() if name not in {"id", "category", "source"}}
        return assembly.evidence(iri_of(str(facts["id"][0])), str(kinds[0]), self._valued(said), sources)

    def _valued(self, facts: Facts) -> dict[str, list[Any]]:
        """Give attributes with terms in the place of their names."""
        return {
            name: [
                self._term(value) if isinstance(value, str) and (value in self.named or value in self._ids) else value
                for value in values
            ]
            for name, values in facts.items()
        }

    @cached_property
    def _ids(self) -> frozenset[str]:
        """The names of statements, which another statement may name."""
        return frozenset(edge.id for edge in self.edges())

    def _term(self, name: str) -> Term:
        node = self.named.get(name)
        return Term(iri_of(name), node.label, node.category) if node else Term(iri_of(name), self.label(name))

    def about(self, name: str) -> Iterator[Triple]:
        """Give the triples whose subject has a CURIE or IRI."""
        return (quad.triple for quad in self._store.quads_for_pattern(term_of(name), None, None))

    def schema(self) -> Iterator[Triple]:
        """Give the triples of the classes, the properties and the header."""
        for kind in sorted(_SCHEMA):
            for quad in self._store.quads_for_pattern(None, NamedNode(_TYPE), NamedNode(kind)):
                yield from (found.triple for found in self._store.quads_for_pattern(quad.subject, None, None))

    @cached_property
    def node_columns(self) -> tuple[Column, ...]:
        """The attributes of nodes, in alphabetical order."""
        observed = Observed()
        for node in self.nodes():
            observed.note(node.attributes)
        return observed.columns()

    @cached_property
    def edge_columns(self) -> tuple[Column, ...]:
        """The attributes of edges, in alphabetical order."""
        return self._columns_of_edges[0]

    @cached_property
    def evidence_columns(self) -> tuple[Column, ...]:
        """The attributes of evidence, in alphabetical order."""
        return self._columns_of_edges[1]

    @cached_property
    def _columns_of_edges(self) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
        edges, evidence = Observed(), Observed()
        for quad in self._store.quads_for_pattern(None, _SUBJECT, None):  # bare edges have no attributes
            facts = self._facts(quad.subject)
            edges.note(attributes(facts, _ENDS_AND_EVIDENCE))
            for item in facts.get(_EVIDENCE.value, ()):
                evidence.note(self._item(item))
        return edges.columns(), evidence.columns()

    @cached_property
    def _subjects(self) -> Subjects:
        return Subjects(self._store)

    def _node(self, subject: Subject) -> Node | None:
        term, facts, joined = subject
        kinds = [kind.value for kind in facts.get(_TYPE, ())]
        is_told = bool(facts or joined)
        if not (is_told and self._is_thing(*subject)) and not self._is_joined(term, _ENDS if is_told else _ENDS | {_SOURCE}):
            return None
        labels = sorted(facts.get(_LABEL, ()), key=lambda label: label_rank(label.value, getattr(label, "language", None)))
        found = attributes(facts, skip={_LABEL, _TYPE})
        kinds = sorted(kinds, key=own_first)
        if len(labels) > 1:
            found["rdfs:label"] = tuple(label.value for label in labels)
        if len(kinds) > 1:
            found["rdf:type"] = tuple(map(short_name, kinds))
        name = id_of(term)
        label = labels[0].value if labels else local_name(name) if isinstance(term, NamedNode) else name
        return Node(name, label, short_name(kinds[0]) if kinds else "", found)

    def _is_thing(self, term: NamedNode | BlankNode, facts: dict[str, list[Any]], joined: Sequence[tuple[str, str]] = ()) -> bool:
        """Tell whether what is described is neither a statement, nor evidence, nor a term of the schema, nor a retired name."""
        if _DEPRECATED in facts and _TYPE not in facts:
            return False
        if _PREDICATE.value in facts and {*facts, *(predicate[1:-1] for predicate, _ in joined)} >= _ENDS_OF_STATEMENT:
            return False
        if any(kind.value in _SCHEMA or kind.value in _EVIDENCE_KINDS for kind in facts.get(_TYPE, ())):
            return False
        return not any(True for _ in self._store.quads_for_pattern(None, _EVIDENCE, term))

    def _is_joined(self, term: NamedNode | BlankNode, ends: set[NamedNode]) -> bool:
        """Tell whether an edge leads to a term, whatever it is."""
        for quad in self._store.quads_for_pattern(None, None, term):
            if quad.predicate in ends:
                return True
            if joins(quad.predicate.value) and self._is_thing(quad.subject, self._facts(quad.subject)):  # type: ignore[arg-type]
                return True
        return False

    def _edges(self, subject: Subject) -> Iterator[Edge]:
        term, _, joined = subject
        stated = [
            self._facts(quad.subject) | {"": [quad.subject]} for quad in self._store.quads_for_pattern(None, _SUBJECT, term)
        ]
        found: list[tuple[str, str, str, Edge]] = []
        name = id_of(term)
        described = set()
        for statement in stated:
            for predicate, object_, edge_name in self._ends(term, statement):
                edge = self._edge(edge_name, name, predicate, object_, statement)
                described.add((str(predicate), str(object_)))
                found.append((predicate.value, object_.value, edge.id, edge))
        if joined and self._is_thing(*subject):
            text = str(term)
            for predicate, object_ in joined:
                if (predicate, object_) not in described:
                    edge = bare_edge(text, name, predicate, object_)
                    found.append((predicate[1:-1], object_.strip("<_:>"), edge.id, edge))
        found.sort(key=lambda item: item[:3])
        return (edge for *_, edge in found)

    def _ends(self, subject: Any, statement: dict[str, list[Any]]) -> Iterator[tuple[Any, Any, str]]:
        """Give predicate, object and name of each edge of a statement that starts here.

        One with several ends is several edges: those that the graph holds as triples too. Which others are meant, nobody knows.
        """
        (own,) = statement[""]
        ends = [statement.get(end.value, []) for end in (_SUBJECT, _PREDICATE, _OBJECT)]
        whole = list(product(*ends))
        if sum(len(values) > 1 for values in ends) > 1:
            whole = [(s, p, o) for s, p, o in whole if any(True for _ in self._store.quads_for_pattern(s, p, o))]
        for number, (start, predicate, object_) in enumerate(whole):
            if start == subject:
                yield predicate, object_, made_name(own, *map(str, (start, predicate, object_))) if number else id_of(own)

    def _edge(self, name: str, subject: str, predicate: Any, object_: Any, facts: dict[str, list[Any]]) -> Edge:
        kinds = sorted((kind.value for kind in facts.get(_TYPE, ())), key=own_first)
        evidence = sorted(facts.get(_EVIDENCE.value, ()), key=str)
        return Edge(
            name,
            subject,
            id_of(predicate),
            id_of(object_),
            short_name(kinds[0]) if kinds else "",
            attributes(facts, _ENDS_AND_EVIDENCE),
            tuple(self._item(item) for item in evidence),
        )

    def _item(self, term: Any) -> Facts:
        facts = self._facts(term)
        kinds = sorted(kind.value for kind in facts.get(_TYPE, ()))
        item: Facts = {"id": (id_of(term),)}
        if kinds:
            item["category"] = (short_name(kinds[0]),)
        return item | attributes(facts, {_TYPE})

    def _facts(self, term: Any) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for _, predicate, object_, _ in self._store.quads_for_pattern(term, None, None):
            found.setdefault(predicate.value, []).append(object_)
        return {name: sorted(set(objects), key=str) if len(objects) > 1 else objects for name, objects in found.items()}
