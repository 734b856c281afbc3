"""KGX, the exchange format of Biolink knowledge graphs: TSV, or JSON Lines, which hold everything.

Categories and predicates are Biolink's, found through the mappings of our classes and properties; the narrower relation
stays in ``original_predicate``. Identifiers are spelled as in Biolink (``PMID:24292623``). What Biolink has no slot for keeps
our name. In TSV, lists are joined, evidence is JSON, and a tab or a line break becomes a space, as KGX itself does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from imidgraph.formats.columns import Column, Facts
from imidgraph.formats.elements import iri_of
from imidgraph.formats.projection import Projection
from imidgraph.formats.records import VERSION, Record, edge_records, flatten, node_records, plain_text
from imidgraph.formats.rows import LISTS

_NODE_SLOTS = {
    "altLabel": "synonym",
    "closeMatch": "xref",
    "definition": "description",
    "exactMatch": "equivalent_identifiers",
    "label": "name",
}
KNOWLEDGE_LEVELS = {"assertion": "knowledge_assertion", "hypothesis": "prediction"}
"""Biolink's words for the levels of knowledge that it calls by another name."""

_EDGE_SLOTS = {"agentType": "agent_type", "knowledgeLevel": "knowledge_level", "negated": "negated"}
_FIRST_NODE = ("id", "category", "name", "description", "equivalent_identifiers", "xref", "synonym")
_FIRST_EDGE = (
    *("id", "category", "subject", "predicate", "object", "original_predicate", "negated", "qualified_predicate"),
    *("object_aspect_qualifier", "object_direction_qualifier", "knowledge_level", "agent_type", "primary_knowledge_source"),
    "publications",
)
_IDENTITY = {"id", "category", "subject", "predicate", "object", "name"}
_SINGLE = {"primary_knowledge_source", "knowledge_level", "agent_type", "description"}
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
    names = _slots(graph.node_columns, _NODE_SLOTS, _FIRST_NODE).values()
    return _table([*_FIRST_NODE, *(name for name in names if name not in _FIRST_NODE)], _nodes(graph))


def write_kgx_edges(graph: Projection) -> Iterator[bytes]:
    r"""Write the edges in KGX TSV.

    Examples
    --------
    >>> import imidgraph
    >>> next(write_kgx_edges(imidgraph.load().projection)).startswith(b"id\tcategory\tsubject\tpredicate\tobject\t")
    True
    """
    names = _slots(graph.edge_columns, _EDGE_SLOTS, _FIRST_EDGE).values()
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
    slots = _slots(graph.node_columns, _NODE_SLOTS, _FIRST_NODE)
    for record in node_records(graph):
        category = _class(record.pop("category"))
        found: Record = {
            "id": biolink_curie(record.pop("id")),
            "category": [biolink.term(category, "biolink:NamedThing") if category else "biolink:NamedThing"],
            "name": record.pop("label"),
        }
        for name, value in record.items():
            slot = slots[name]
            found[slot] = _shaped(slot, _spelt(value) if slot in {"xref", "equivalent_identifiers"} else value)
        if category:
            found["original_category"] = category
        if graph.version:
            found[VERSION] = graph.version
        yield found


def _edges(graph: Projection) -> Iterator[Record]:
    biolink = Biolink(graph)
    relations: dict[str, Record] = {}
    slots = _slots(graph.edge_columns, _EDGE_SLOTS, _FIRST_EDGE)
    for record in edge_records(graph):
        relation = record.pop("predicate")
        if relation not in relations:
            relations[relation] = _relation(biolink, relation)
        ours = _is_ours(record, relation)
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
        if ours:  # what others state is not signed by us
            found["primary_knowledge_source"] = _SOURCE
        evidence = record.pop("evidence", [])
        publications = dict.fromkeys(source for item in evidence for source in _listed(item.get("source", [])))
        if publications:
            found["publications"] = [biolink_curie(source) for source in publications]
        if category:
            found["original_category"] = category
        found |= {slots[name]: _shaped(slots[name], value) for name, value in record.items()}
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


def _slots(columns: Iterable[Column], own: Mapping[str, str], first: Collection[str]) -> dict[str, str]:
    """Give the slot of each attribute: what came from Biolink keeps its name there, unless another has it."""
    found: dict[str, str] = {}
    taken = {*first, "evidence", "original_category", VERSION}
    for column in columns:
        name = column.name
        theirs = unquote(name.removeprefix("biolink:")) if name.startswith("biolink:") else ""
        if name in own:
            found[name] = own[name]
        elif theirs in first and theirs not in _IDENTITY:
            found[name] = theirs
        elif (theirs or name) not in taken:
            found[name] = theirs or name
        else:
            found[name] = name if ":" in name else f"imid:{name}"
        taken.add(found[name])
    return found


def _shaped(slot: str, value: Any) -> Any:
    """Give a value as its slot has it: a list where Biolink says so."""
    if slot in LISTS and not isinstance(value, list):
        return [value]
    return value[0] if slot in _SINGLE and isinstance(value, list) and len(value) == 1 else value


def _is_ours(record: Record, relation: str) -> bool:
    return record["id"].startswith("imid:") or (
        not record["category"] and record["subject"].startswith("imid:") and relation.startswith(("imid:", "skos:"))
    )


def _class(name: str) -> str:
    return name if not name or ":" in name else f"imid:{name}"


def _spelt(value: Any) -> Any:
    if isinstance(value, list):
        return [_spelt(item) for item in value]
    return biolink_curie(value) if isinstance(value, str) else value


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
