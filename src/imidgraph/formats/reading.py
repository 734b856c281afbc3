"""The graph in words, as people's formats show it: names instead of CURIEs, each statement with its qualifiers and sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from imidgraph.formats.columns import Facts, text_of
from imidgraph.formats.projection import Edge, Node, Projection, iri_of
from imidgraph.namespaces import local_name

_HIDDEN = {"agentType", "knowledgeLevel", "label", "negated", "statement"}
_DOUBTS = {"copy": "seen in a copy", "unconfirmed": "unconfirmed"}


@dataclass(frozen=True)
class Statement:
    """An edge in words.

    Parameters
    ----------
    edge : Edge
        The edge.
    subject, relation, object : str
        Names; the relation starts with ``not:`` where the statement denies it.
    sentence : str
        The statement as a sentence, where the graph has one.
    details : dict of str to str
        Its qualifiers, names by names.
    """

    edge: Edge
    subject: str
    relation: str
    object: str
    sentence: str
    details: dict[str, str]


class Reading:
    """The names of a graph, and its statements in words.

    Parameters
    ----------
    graph : Projection
        The graph.

    Examples
    --------
    >>> import imidgraph
    >>> reading = Reading(imidgraph.load().projection)
    >>> reading.name("imid:IKZF1"), reading.name("imid:hasAdverseEffect")
    ('IKZF1', 'has adverse effect')
    """

    def __init__(self, graph: Projection) -> None:
        self.graph = graph
        self._terms = {"skos:broader": "is a kind of"}

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """The nodes, by CURIE."""
        return {node.id: node for node in self.graph.nodes()}

    def name(self, curie: str) -> str:
        """Give the name of a node, class or property; where it has none, its local name in words."""
        if curie in self.nodes:
            return self.nodes[curie].label
        if curie not in self._terms:
            labels = self.graph.describe(iri_of(curie)).get("label", ())
            self._terms[curie] = text_of(labels[0]) if labels else local_name(iri_of(curie)).rpartition(":")[2]
        return self._terms[curie]

    def term(self, name: str) -> str:
        """Give the name of a class or property of this graph by its short name."""
        return self.name(name if ":" in name else f"imid:{name}")

    def statements(self) -> Iterator[Statement]:
        """Give the statements in words; what a source is about is left out, for it follows from them."""
        for edge in self.graph.edges():
            if edge.predicate != "imid:isAbout":
                denied = "not: " if edge.attributes.get("negated") == (True,) else ""
                yield Statement(
                    edge,
                    self.name(edge.subject),
                    denied + self.name(edge.predicate),
                    self.name(edge.object),
                    " ".join(map(text_of, edge.attributes.get("statement", ()))),
                    self.details(edge.attributes),
                )

    def details(self, attributes: Facts) -> dict[str, str]:
        """Give qualifiers or attributes in words, names by names."""
        return {
            self.term(name): ", ".join(map(self._value, map(text_of, values)))
            for name, values in attributes.items()
            if name not in _HIDDEN
        }

    def source(self, item: Facts) -> str:
        """Give the source of a piece of evidence, with the place in it, its figure and what speaks against trusting it."""
        sources = " and ".join(self.name(str(source)) for source in item.get("source", ()))
        parts = [sources, *(text_of(value) for value in item.get("locator", ()))]
        notes = [self.figure(item), *(_DOUBTS.get(str(value), "") for value in item.get("verification", ()))]
        told = "; ".join(note for note in notes if note)
        dispute = "DISPUTES: " if item.get("stance") == ("disputes",) else ""
        return dispute + ", ".join(part for part in parts if part) + (f" ({told})" if told else "")

    def figure(self, item: Facts) -> str:
        """Give the frequency that a piece of evidence reports, with its population; nothing where it reports none."""
        percent, lower, upper = (_one(item, name) for name in ("percent", "percentLower", "percentUpper"))
        here = f"{percent} %" if percent else f"{lower or '?'} to {upper or '?'} %" if lower or upper else ""
        there = f" vs {other} %" if here and (other := _one(item, "comparatorPercent")) else ""
        grade = f", grade {found}" if here and (found := _one(item, "grade")) else ""
        people = f" of {found}" if here and (found := _one(item, "population")) else ""
        return here + there + grade + people

    def _value(self, text: str) -> str:
        return self.nodes[text].label if text in self.nodes else text


def _one(item: Facts, name: str) -> str:
    return "".join(text_of(value) for value in item.get(name, ())[:1])
