"""At a glance: what to know first of a drug, on its own page and beside the others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from imidgraph.graph import KnowledgeGraph
from imidgraph.knowledge.groups import certainty
from imidgraph.model import Statement, Term
from imidgraph.namespaces import IMID
from imidgraph.prose.summary import is_own

_BOXED = """
SELECT DISTINCT ?drug ?effect WHERE {
    ?association imid:boxedWarning true ; imid:subject ?drug ; imid:object ?effect .
}
"""
GENERATION = "inGeneration"
"""The relation by which sources assign drugs to generations."""


@dataclass(frozen=True)
class Glance:
    """What to know first of a drug.

    Parameters
    ----------
    drug : Term
        The drug.
    brands : tuple of str
        Its brands, those first that most of its labels name.
    statements : tuple of Statement
        What is stated of it; of these, its generations, its own approvals and its boxed warnings are told.
    """

    drug: Term
    brands: tuple[str, ...]
    statements: tuple[Statement, ...]

    @property
    def generations(self) -> list[Term]:
        """The generations that sources assign it to."""
        return list(dict.fromkeys(item.object for item in self._of("GenerationAssignment")))

    @property
    def first(self) -> str:
        """The earliest approval that is curated: the day, and where."""
        dated = [item for item in self._approvals if item.value("approvalDate")]
        if not dated:
            return ""
        item = min(dated, key=lambda item: (str(item.value("approvalDate")), item.iri))
        day = str(item.value("approvalDate"))
        places = ", ".join(str(place) for place in item.qualifiers.get("jurisdiction", ()))
        return f"{day} ({places})" if places else day

    @property
    def diseases(self) -> list[Term]:
        """What it is approved for, those first for which it has most approvals."""
        return [term for term, _ in Counter(item.object for item in self._approvals).most_common()]

    @property
    def boxed(self) -> list[Term]:
        """What its boxed warning names, the gravest first."""
        boxed = [item for item in self._of("Risk") if item.value("boxedWarning") is True]
        return list(dict.fromkeys(item.object for item in sorted(boxed, key=certainty)))

    @property
    def _approvals(self) -> list[Statement]:
        return [item for item in self._of("Indication") if "jurisdiction" in item.qualifiers and is_own(item)]

    def _of(self, category: str) -> list[Statement]:
        own = [item for item in self.statements if item.subject.iri == self.drug.iri and item.category == category]
        return [item for item in own if not item.negated]


def glances(graph: KnowledgeGraph, approvals: Sequence[Statement]) -> list[Glance]:
    """Give the drugs of the class, those that a source assigns to a generation, in the order of their approval.

    Parameters
    ----------
    graph : KnowledgeGraph
        The graph.
    approvals : sequence of Statement
        All that it says of approvals.
    """
    assigned = stated(graph, GENERATION)
    pairs = [(str(drug), str(effect)) for drug, effect in graph.select(_BOXED).rows]
    known = [*assigned, *approvals, *graph.reader.between(pairs)]
    found = []
    for drug in drugs(assigned):
        own = tuple(item for item in known if item.subject == drug)
        found.append(Glance(drug, brands(graph.reader.attributes(drug.iri).get("brandName", ()), own), own))
    return sorted(found, key=lambda item: (item.first or "9999", item.drug.label))


def drugs(assigned: Iterable[Statement]) -> list[Term]:
    """Give the drugs that some statements assign to a generation."""
    return list(dict.fromkeys(item.subject for item in assigned))


def brands(names: Iterable[str], statements: Sequence[Statement]) -> tuple[str, ...]:
    """Put the brands of a drug first that the sources of most statements name."""
    titles = Counter(passage.source.label for item in statements for passage in item.evidence)
    number = {}
    for name in names:
        word = re.compile(rf"(?<!\w){re.escape(str(name))}(?!\w)", re.IGNORECASE)  # Lenalid is no part of lenalidomide
        number[name] = sum(times for title, times in titles.items() if word.search(title))
    return tuple(sorted(number, key=lambda name: (-number[name], name)))


def stated(graph: KnowledgeGraph, relation: str) -> list[Statement]:
    """Give the statements with a relation of ours; none where a graph, which need not be ours, has no such relation."""
    return graph.reader.find(predicate=IMID + relation)
