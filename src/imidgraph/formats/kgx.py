"""KGX, the exchange format of Biolink knowledge graphs: TSV, or JSON Lines, which hold everything.

Categories and predicates are Biolink's, found through the mappings of our classes and properties; the narrower relation
stays in ``original_predicate``. Identifiers are spelled as in Biolink (``PMID:24292623``). What Biolink has no slot for keeps
our name. In TSV, lists are joined, evidence is JSON, and a tab or a line break becomes a space, as KGX itself does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from imidgraph.formats.columns import Facts
from imidgraph.formats.elements import iri_of
from imidgraph.formats.projection import Projection
from imidgraph.formats.records import VERSION, Record, edge_records, flatten, node_records, plain_text

_NODE_SLOTS = {
    "altLabel": "synonym",
    "closeMatch": "xref",
    "definition": "description",
    "exactMatch": "equivalent_identifiers",
    "label": "name",
}
KNOWLEDGE_LEVELS = {"assertion": "knowledge_assertion", "hypothesis": "prediction"}
"""Biolink's words for the levels of knowledge that it calls by another name."""

_EDGE_SLOTS = {"agentType": "agent_type", "knowledgeLevel": "knowledge_level"}
_LISTS = {"category", "publications", "synonym", "xref", "equivalent_identifiers"}
_FIRST_NODE = ("id", "category", "name", "description", "equivalent_identifiers", "xref", "synonym")
_FIRST_EDGE = (
    *("id", "category", "subject", "predicate", "object", "original_predicate", "negated", "qualified_predicate"),
    *("object_aspect_qualifier", "object_direction_qualifier", "knowledge_level", "agent_type", "primary_knowledge_source"),
    "publications",
)
_SOURCE = "infores:imidgraph"
_PREFIXES = {
    "atc": "ATC",
    "cas": "CAS",
    "chembl.compound": "CHEMBL.COMPOUND",
    "clinicaltrials": "CLINICALTRIALS",
    "drugbank": "DRUGBANK",
    "hgnc": "HGNC",
    "icd10cm": "ICD10CM",
    "mesh": "MESH",
    "omim": "OMIM",
    "ORPHA": "orphanet",
    "pubchem.compound": "PUBCHEM.COMPOUND",
    "pubmed": "PMID",
    "reactome": "REACT",
    "rxnorm": "RXCUI",
    "umls": "UMLS",
    "unii": "UNII",
    "uniprot": "UniProtKB",
}
_HIERARCHY = {"skos:broader": "biolink:subclass_of", "skos:narrower": "biolink:superclass_of"}
_PRECISE = {"1": "increased", "-1": "decreased"}
_SPACES = re.compile("[\t\n\r]+")
_SCHEMA_LEVELS = ("exactMatch", "closeMatch", "broadMatch")


def write_kgx_nodes(graph: Projection) -> Iterator[bytes]:
    r"""Write the nodes in KGX TSV.

    Examples
    --------
    >>> import imidgraph
    >>> next(write_kgx_nodes(imidgraph.load().projection)).startswith(b"id\tcategory\tname\t")
    True
    """
    names = [_NODE_SLOTS.get(column.name, column.name) for column in graph.node_columns]
    return _table([*_FIRST_NODE, *(name for name in names if name not in _FIRST_NODE)], _nodes(graph))


def write_kgx_edges(graph: Projection) -> Iterator[bytes]:
    r"""Write the edges in KGX TSV.

    Examples
    --------
    >>> import imidgraph
    >>> next(write_kgx_edges(imidgraph.load().projection)).startswith(b"id\tcategory\tsubject\tpredicate\tobject\t")
    True
    """
    names = [_EDGE_SLOTS.get(column.name, column.name) for column in graph.edge_columns]
    return _table([*_FIRST_EDGE, *(name for name in names if name not in _FIRST_EDGE), "evidence"], _edges(graph))


def write_kgx_node_lines(graph: Projection) -> Iterator[bytes]:
    """Write the nodes in KGX JSON Lines."""
    return (f"{json.dumps(record, ensure_ascii=False)}\n".encode() for record in _nodes(graph))


def write_kgx_edge_lines(graph: Projection) -> Iterator[bytes]:
    """Write the edges in KGX JSON Lines."""
    return (f"{json.dumps(record, ensure_ascii=False)}\n".encode() for record in _edges(graph))


class Biolink:
    """The Biolink terms that the classes and relations of a graph are mapped to.

    Parameters
    ----------
    graph : Projection
        A graph that holds its schema with the mappings.

    Examples
    --------
    >>> import imidgraph
    >>> biolink = Biolink(imidgraph.load().projection)
    >>> biolink.term("imid:degrades", "biolink:related_to"), biolink.term("imid:AdverseEffect", "biolink:NamedThing")
    ('biolink:affects', 'biolink:PhenotypicFeature')
    """

    def __init__(self, graph: Projection) -> None:
        self._graph = graph
        self._described: dict[str, Facts] = {}
        self._terms: dict[tuple[str, str], str] = {}

    def term(self, name: str, otherwise: str) -> str:
        """Give the Biolink term of a class or relation, or of its nearest parent that has one."""
        if name.startswith("biolink:"):
            return name
        key = (name, otherwise)
        if key not in self._terms:
            self._terms[key] = self._find([name], otherwise)
        return self._terms[key]

    def sign(self, name: str) -> str:
        """Tell whether a relation lowers (``-1``) or raises (``1``) its object; nothing where the schema does not say."""
        return "".join(map(str, self._facts(name).get("sign", ())))

    def _find(self, names: list[str], otherwise: str) -> str:
        """Look at the term, then at its parents, then at theirs."""
        seen: set[str] = set()
        while names:
            for name in names:
                for level in _SCHEMA_LEVELS:
                    for match in self._facts(name).get(level, ()):
                        if str(match).startswith("biolink:"):
                            return str(match)
            seen.update(names)
            parents = [self._facts(name).get(f"rdfs:sub{kind}Of", ()) for name in names for kind in ("Class", "Property")]
            names = [str(parent) for found in parents for parent in found if parent not in seen]
        return otherwise

    def _facts(self, name: str) -> Facts:
        if name not in self._described:
            self._described[name] = self._graph.describe(iri_of(name))
        return self._described[name]


@lru_cache(maxsize=1 << 16)
def biolink_curie(curie: str) -> str:
    """Spell the prefix of a CURIE as Biolink does.

    Examples
    --------
    >>> biolink_curie("pubmed:24292623"), biolink_curie("imid:lenalidomide")
    ('PMID:24292623', 'imid:lenalidomide')
    """
    prefix, _, local = curie.partition(":")
    return f"{_PREFIXES[prefix]}:{local}" if prefix in _PREFIXES else curie


def _nodes(graph: Projection) -> Iterator[Record]:
    biolink = Biolink(graph)
    for record in node_records(graph):
        category = _class(record.pop("category"))
        found: Record = {
            "id": biolink_curie(record.pop("id")),
            "category": [biolink.term(category, "biolink:NamedThing") if category else "biolink:NamedThing"],
            "name": record.pop("label"),
        }
        for name, value in record.items():
            slot = _NODE_SLOTS.get(name, name)
            found[slot] = _spelled(value) if slot in {"xref", "equivalent_identifiers"} else value
            if slot in _LISTS and not isinstance(value, list):
                found[slot] = [found[slot]]
        if category:
            found["original_category"] = category
        if graph.version:
            found[VERSION] = graph.version
        yield found


def _edges(graph: Projection) -> Iterator[Record]:
    biolink = Biolink(graph)
    relations: dict[str, Record] = {}
    for record in edge_records(graph):
        relation = record.pop("predicate")
        if relation not in relations:
            relations[relation] = _relation(biolink, relation)
        category = _class(record.pop("category"))
        found: Record = {
            "id": record.pop("id"),
            "category": [biolink.term(category, "biolink:Association") if category else "biolink:Association"],
            "subject": biolink_curie(record.pop("subject")),
            "predicate": "",
            "object": biolink_curie(record.pop("object")),
        } | relations[relation]
        level = record.pop("knowledgeLevel", "not_provided")
        found["knowledge_level"] = KNOWLEDGE_LEVELS.get(level, level)
        found["agent_type"] = record.pop("agentType", "not_provided")
        found["primary_knowledge_source"] = _SOURCE
        evidence = record.pop("evidence", [])
        publications = dict.fromkeys(source for item in evidence for source in _listed(item.get("source", [])))
        if publications:
            found["publications"] = [biolink_curie(source) for source in publications]
        if category:
            found["original_category"] = category
        found |= record
        if evidence:
            found["evidence"] = evidence
        if graph.version:
            found[VERSION] = graph.version
        yield found


def _relation(biolink: Biolink, relation: str) -> Record:
    """Give what all edges of a relation have in common."""
    predicate = _HIERARCHY.get(relation) or biolink.term(relation, "biolink:related_to")
    direction = _PRECISE.get(biolink.sign(relation))
    qualified = {
        "qualified_predicate": "biolink:causes",
        "object_aspect_qualifier": "activity_or_abundance",
        "object_direction_qualifier": direction,
    }
    told = {"predicate": predicate, "original_predicate": relation}
    return told | qualified if predicate == "biolink:affects" and direction else told


def _class(name: str) -> str:
    return name if not name or ":" in name else f"imid:{name}"


def _spelled(value: Any) -> Any:
    return [biolink_curie(item) for item in value] if isinstance(value, list) else biolink_curie(value)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _table(names: list[str], records: Iterable[Record]) -> Iterator[bytes]:
    names = [*names, "original_category", VERSION]
    yield ("\t".join(map(_cell, names)) + "\n").encode()
    for record in records:
        yield ("\t".join(["" if value is None else _cell(value) for value in map(record.get, names)]) + "\n").encode()


def _cell(value: Any) -> str:
    text = value if type(value) is str else plain_text(flatten(value))
    return text if text.isprintable() else _SPACES.sub(" ", text)
