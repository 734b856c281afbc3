"""The network of a graph: its entities as nodes, joined by the relations that its statements make.

Nodes are CURIE strings. The edges of a node are asked from the store when they are first needed and kept, so that
a walk through a large disk store or a remote engine fetches only the neighborhoods that it passes; `fetch_all`
takes the whole graph at once. A negated statement joins nothing. Articles stand outside: they are the evidence on
the edges, and joined to entities only where `isAbout` is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from functools import cached_property
from itertools import islice, takewhile

from imidgraph.errors import EntityNotFound, QueryError
from imidgraph.knowledge.labels import labels
from imidgraph.knowledge.relations import Relations
from imidgraph.limits import NEVER, Deadline, OutOfTime, several
from imidgraph.model import Relation, Term
from imidgraph.namespaces import IMID, compress, expand, local_name
from imidgraph.stores import Store

_FROM = """
SELECT ?subject ?relation ?object WHERE {
    VALUES ?subject { %s }
    ?subject ?relation ?object .
    FILTER(ISIRI(?object))
}
"""
_TO = """
SELECT ?subject ?relation ?object WHERE {
    VALUES ?object { %s }
    ?subject ?relation ?object .
    FILTER(ISIRI(?subject) && ?relation NOT IN (imid:subject, imid:object, imid:isAbout, rdf:type))
}
"""
_OF_RELATION = "SELECT ?subject ?object WHERE { ?subject <%s> ?object . FILTER(ISIRI(?subject) && ISIRI(?object)) }"
_TERMS = """
SELECT ?entity ?label ?category WHERE {
    VALUES ?entity { %s }
    ?entity rdfs:label ?label .
    OPTIONAL { ?entity a ?category }
}
ORDER BY ?entity ?label ?category
"""
_NO_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]')
_BATCH = 500  # nodes in one query


class Network:
    """The entities of a graph and the relations between them.

    Parameters
    ----------
    store : Store
        The engine that holds the graph.
    vocabulary : Relations, optional
        What its ontology says of its relations, where it was read before.

    Attributes
    ----------
    objects, subjects : dict of str to dict
        For each node whose edges were fetched, the nodes that it is related to (and that are related to it), each
        with the CURIEs of the relations.

    Examples
    --------
    >>> import imidgraph
    >>> network = imidgraph.load().network
    >>> network.fetch(["imid:lenalidomide"])
    >>> network.objects["imid:lenalidomide"]["imid:IKZF1"]
    ('imid:degrades',)
    """

    def __init__(self, store: Store, vocabulary: Relations | None = None) -> None:
        self._store = store
        self.vocabulary = Relations(store) if vocabulary is None else vocabulary
        self.objects: dict[str, dict[str, tuple[str, ...]]] = {}
        self.subjects: dict[str, set[str]] = {}
        self.whole = False
        self._fetched: set[str] = set()
        self._terms: dict[str, Term] = {}
        self._curies: dict[str, str] = {}
        self._sets: dict[tuple[str, ...], tuple[str, ...]] = {}

    @cached_property
    def relations(self) -> dict[str, Relation]:
        """The relations of the graph, by CURIE, and the hierarchy."""
        return {compress(relation.iri): relation for relation in self.vocabulary.joining()}

    @cached_property
    def steps(self) -> frozenset[str]:
        """The CURIEs of the relations that a chain of causes follows."""
        return frozenset(curie for curie, relation in self.relations.items() if relation.is_step)

    @cached_property
    def joining(self) -> frozenset[str]:
        """The CURIEs of the relations between entities: all but `isAbout`, which starts at a source."""
        return frozenset(self.relations) - {"imid:isAbout"}

    def relation(self, name: str) -> str:
        """Find the CURIE of a relation by its local name, label, CURIE or IRI.

        Raises
        ------
        QueryError
            Where the graph has no such relation; the message names those that it has.

        Examples
        --------
        >>> import imidgraph
        >>> imidgraph.load().network.relation("has adverse effect")
        'imid:hasAdverseEffect'
        """
        wanted = expand(name) or name
        for curie, relation in self.relations.items():
            if wanted in (relation.iri, local_name(relation.iri), relation.label):
                return curie
        known = ", ".join(sorted(local_name(relation.iri) for relation in self.relations.values()))
        raise QueryError(f"Unknown relation {name!r}. Choose from {known}.")

    def relations_of(self, pillar: str) -> list[str]:
        """List the CURIEs of the relations of a pillar.

        Raises
        ------
        QueryError
            Where there is no such pillar; the message names the six.
        """
        named = (compress(relation.iri) for relation in self.vocabulary.pillar(pillar))
        return [curie for curie in named if curie in self.relations]

    def chosen(self, predicates: Iterable[str] = (), pillars: Iterable[str] = ()) -> frozenset[str]:
        """Give the CURIEs of some relations and of those of some pillars; of all between entities where neither is named.

        Raises
        ------
        QueryError
            Where there is no such relation or pillar.
        """
        found = {self.relation(name) for name in several(predicates)}
        found |= {curie for pillar in several(pillars) for curie in self.relations_of(pillar)}
        return frozenset(found) or self.joining

    def fetch(self, nodes: Iterable[str], deadline: Deadline = NEVER) -> None:
        """Make sure that the edges of some nodes are here.

        Parameters
        ----------
        nodes : iterable of str
            Their CURIEs.
        deadline : Deadline
            Checked before each query.
        """
        if self.whole:
            return
        missing = iter(node for node in nodes if node not in self._fetched)
        while batch := sorted(islice(missing, _BATCH)):
            values = " ".join(f"<{self.iri(node)}>" for node in batch)
            edges: dict[str, list[tuple[str, str]]] = {}
            for query in deadline.each((_FROM, _TO)):
                found = iter(self.curies(self._store.iris(query % values)))
                for subject, relation, object in zip(found, found, found, strict=True):
                    edges.setdefault(relation, []).append((subject, object))
            for relation in self.joining & edges.keys():
                self._add(relation, edges[relation])
            self._fetched.update(batch)

    def fetch_all(self, deadline: Deadline = NEVER) -> None:
        """Take the edges of the whole graph, one relation at a time; the deadline is checked before each."""
        if self.whole:
            return
        for curie in sorted(self.joining):
            deadline.check()
            self._add(curie, self.ends(curie))
        self.whole = True

    def ends(self, relation: str) -> Iterator[tuple[str, str]]:
        """Ask the store for the CURIEs of subject and object of each edge of a relation."""
        found = iter(self.curies(self._store.iris(_OF_RELATION % self.relations[relation].iri)))
        return zip(found, found, strict=True)

    def neighbors(self, node: str, relations: Set[str], directed: bool = False) -> set[str]:
        """Give the nodes that some relations join to a node; it is fetched first if need be."""
        self._have(node)
        everything = relations >= self.joining
        ahead = self.objects.get(node, {})
        found = set(ahead) if everything else {other for other, joined in ahead.items() if not relations.isdisjoint(joined)}
        if not directed:
            found |= self.sources(node, relations)
        found.discard(node)
        return found

    def sources(self, node: str, relations: Set[str]) -> set[str]:
        """Give the nodes that some relations lead from to a node; it is fetched first if need be."""
        self._have(node)
        before = self.subjects.get(node, set())
        if relations >= self.joining:
            return before - {node}
        return {other for other in before if other != node and not relations.isdisjoint(self.objects[other][node])}

    def between(self, one: str, other: str) -> Iterator[tuple[str, str, str]]:
        """Give subject, relation and object of each edge that joins two nodes, whichever way."""
        for subject, object in ((one, other), (other, one)):
            for relation in self.objects.get(subject, {}).get(object, ()):
                yield subject, relation, object

    def edges(self) -> Iterator[tuple[str, str, str]]:
        """Iterate over subject, relation and object of each edge that was fetched."""
        for subject, objects in self.objects.items():
            for object, relations in objects.items():
                for relation in relations:
                    yield subject, relation, object

    def stream(self, relations: Iterable[str]) -> Iterator[tuple[str, str, str]]:
        """Give subject, relation and object of each edge of some relations, without keeping them."""
        wanted = frozenset(relations)
        if self.whole:
            yield from (edge for edge in self.edges() if edge[1] in wanted)
            wanted -= self.joining  # `isAbout` is never kept
        for relation in sorted(wanted):
            for subject, object in self.ends(relation):
                yield subject, relation, object

    def terms(self, nodes: Iterable[str], deadline: Deadline = NEVER) -> list[Term]:
        """Give the name and the category of each of some nodes; the deadline is checked before each query."""
        wanted = list(nodes)
        missing = iter(dict.fromkeys(node for node in wanted if node not in self._terms))
        while batch := list(islice(missing, _BATCH)):
            deadline.check()
            rows = self._store.select(_TERMS % " ".join(f"<{self.iri(node)}>" for node in batch)).rows
            called = labels(self._store, ((entity, label) for entity, label, _ in rows))
            for entity, _, category in rows:
                term = Term(str(entity), called[entity], local_name(category or ""))
                self._terms.setdefault(self.curie(entity), term)
            for node in batch:
                self._terms.setdefault(node, Term(self.iri(node), local_name(self.iri(node))))
        return [self._terms[node] for node in wanted]

    def named(self, nodes: Iterable[str], deadline: Deadline) -> list[Term]:
        """Give the terms of the first of some nodes: of a few hundred in any case, then of as many as time allows."""
        wanted = list(nodes)
        found = self.terms(wanted[:_BATCH])
        try:
            return found + self.terms(wanted[_BATCH:], deadline)
        except OutOfTime:
            return found + [self._terms[node] for node in takewhile(self._terms.__contains__, wanted[_BATCH:])]

    def curie(self, iri: str) -> str:
        """Give the CURIE of a node, always the same object."""
        curie = self._curies.get(iri)
        if curie is None:
            own = iri.startswith(IMID)  # most are, and no other prefix need be tried
            curie = self._curies[str(iri)] = "imid:" + iri[len(IMID) :] if own else compress(iri)
        return curie

    def curies(self, iris: Sequence[str]) -> Iterator[str]:
        """Give the CURIEs of many nodes, each looked up once."""
        for iri in set(iris) - self._curies.keys():
            self.curie(iri)
        return map(self._curies.__getitem__, iris)

    def iri(self, curie: str) -> str:
        """Give the IRI of a node.

        Raises
        ------
        EntityNotFound
            Where the text can be no IRI.
        """
        iri = expand(curie) or curie
        if _NO_IRI.search(iri):
            raise EntityNotFound(curie)
        return iri

    def _have(self, node: str) -> None:
        if not self.whole and node not in self._fetched:
            self.fetch([node])

    def _add(self, relation: str, ends: Iterable[tuple[str, str]]) -> None:
        objects, subjects = self.objects, self.subjects
        alone = self._shared((relation,))
        for subject, object in ends:  # this loop runs once for each edge of the graph
            joined = objects.get(subject)
            if joined is None:
                joined = objects[subject] = {}
            known = joined.get(object)
            if known is None:
                joined[object] = alone
                before = subjects.get(object)
                if before is None:
                    subjects[object] = {subject}
                else:
                    before.add(subject)
            elif relation not in known:
                joined[object] = self._shared(tuple(sorted((*known, relation))))

    def _shared(self, relations: tuple[str, ...]) -> tuple[str, ...]:
        return self._sets.setdefault(relations, relations)
