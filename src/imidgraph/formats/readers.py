"""Imports: graphs of others, in KGX or node-link JSON, as triples that can be loaded beside ours.

A node gets its IRI from its CURIE; one whose identifier is an exact match of an entity of ours becomes that entity, so that the
two graphs meet. An edge becomes the direct triple, unless it is negated, and an association with its publications as
evidence, so that everything which works on our statements works on theirs.
"""

from __future__ import annotations

import csv
import json
import math
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path
from typing import Any
from urllib.parse import quote

from imidgraph.errors import ImidgraphError, OntologyError
from imidgraph.files import PACKED, unpacked, write_whole
from imidgraph.formats.elements import joins
from imidgraph.formats.ntriples import write_ntriples
from imidgraph.formats.records import VERSION
from imidgraph.formats.rows import CORE, Record, keyed, read_document, read_rows, truth
from imidgraph.namespaces import IMID, PREFIXES, expand, local_name
from imidgraph.rdf import Literal, NamedNode, Triple

SUFFIXES = (".jsonl", ".tsv", ".csv", ".json")
"""The suffixes of files that are read here, packed or not: KGX (``_nodes`` and ``_edges``) and node-link JSON."""

_BIOLINK, _SKOS, _XSD = PREFIXES["biolink"], PREFIXES["skos"], PREFIXES["xsd"]
_TYPE, _LABEL = NamedNode(PREFIXES["rdf"] + "type"), NamedNode(PREFIXES["rdfs"] + "label")
_EVIDENCE, _SOURCE = NamedNode(IMID + "evidence"), NamedNode(IMID + "source")
_UNKNOWN = "https://bioregistry.io/"  # in which a name that can be no IRI becomes one
_NODE_KEYS = {"id", "label", "name", "category", "original_category", VERSION}
_ENDS = {"id", "key", "source", "target", "subject", "predicate", "object"}
_EDGE_KEYS = CORE - {"label", "name"} | {"original_category", VERSION}
_SKOS_NAMES = {"altLabel", "broadMatch", "closeMatch", "definition", "exactMatch", "narrowMatch", "relatedMatch", "scopeNote"}
_SLOTS = {
    "agent_type": IMID + "agentType",
    "knowledge_level": IMID + "knowledgeLevel",
    "description": _SKOS + "definition",
    "equivalent_identifiers": _SKOS + "exactMatch",
    "same_as": _SKOS + "exactMatch",
    "synonym": _SKOS + "altLabel",
    "xref": _SKOS + "closeMatch",
}
_MATCHES = {f"{_SKOS}{kind}Match" for kind in ("broad", "close", "exact", "narrow", "related")}
_ENTITY, _CLASS = NamedNode(IMID + "Entity"), NamedNode(PREFIXES["owl"] + "Class")
_PROPERTY = NamedNode(PREFIXES["owl"] + "ObjectProperty")
_SUBCLASS, _SUBPROPERTY = (NamedNode(PREFIXES["rdfs"] + name) for name in ("subClassOf", "subPropertyOf"))
_RELATED = NamedNode(IMID + "relatedTo")
_ALSO = {_LABEL.value: NamedNode(_SKOS + "altLabel"), _SKOS + "definition": NamedNode(_SKOS + "note")}
_NOT_IN_IRIS = re.compile(r"[\x00-\x20<>\"{}|\\^`]|%(?![0-9A-Fa-f]{2})")


def read_graph(path: Path, entities: Mapping[str, str] | None = None, told: dict[str, int] | None = None) -> Iterator[Triple]:
    """Read a file of another graph.

    Parameters
    ----------
    path : Path
        ``..._nodes.tsv``, ``..._edges.tsv`` or the same with ``.jsonl`` (KGX), or node-link JSON; also packed.
    entities : mapping of str to str, optional
        The IRIs of our entities by the IRIs that are an exact match of theirs, as `own_entities` gives them.
    told : dict of str to int, optional
        A digest of what each name means, where several files are read: an identifier of others need not be unique.

    Yields
    ------
    pyoxigraph.Triple
        What the file says.

    Raises
    ------
    OntologyError
        Where the file cannot be read, or is of another kind.
    """
    reader = _Reader(entities or {}, {} if told is None else told)
    suffix, place = _suffix(path), ""
    try:
        with unpacked(path) as file:
            if suffix == ".json":
                yield from reader.document(keyed(read_document(file)))
                return
            what = path.name.removesuffix(path.suffix if path.suffix in PACKED else "").removesuffix(suffix).rpartition("_")[2]
            if what not in {"nodes", "edges"}:
                raise ValueError(f"its name must end in _nodes{suffix} or _edges{suffix}")
            for number, record in read_rows(file, suffix):
                place = f"line {number}: "
                yield from reader.node(keyed(record)) if what == "nodes" else reader.edge(keyed(record))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, csv.Error) as error:
        if isinstance(error, ImidgraphError):
            raise
        reason = f"{error} is missing" if isinstance(error, KeyError) else error
        raise OntologyError(f"{path} cannot be read as a graph: {place}{reason}. Give KGX or node-link JSON.") from error


def as_rdf(paths: Iterable[Path], folder: Path, entities: Mapping[str, str] | None = None) -> list[Path]:
    """Turn those of some files that are KGX or node-link JSON into N-Triples; the others stay what they are.

    Parameters
    ----------
    paths : iterable of Path
        The files.
    folder : Path
        Where the N-Triples are written.
    entities : mapping of str to str, optional
        As for `read_graph`.
    """
    found = []
    told: dict[str, int] = {}
    for number, path in enumerate(sorted(paths, key=lambda path: "_edges" in path.name)):  # a node keeps its name
        if _suffix(path) in SUFFIXES:
            write_whole(folder / f"{number}.nt", write_ntriples(read_graph(path, entities, told)))
            path = folder / f"{number}.nt"
        found.append(path)
    return found


def own_entities(triples: Iterable[Triple]) -> dict[str, str]:
    """Give the entities of a graph by the identifiers that are an exact match; one that two entities share means neither.

    Parameters
    ----------
    triples : iterable of pyoxigraph.Triple
        Our graph.

    Examples
    --------
    >>> import imidgraph
    >>> own_entities(imidgraph.load().triples())["http://purl.obolibrary.org/obo/CHEBI_63791"]
    'https://w3id.org/imidgraph/lenalidomide'
    """
    found: dict[str, str] = {}
    shared = set()
    for subject, predicate, object_ in triples:
        matches = predicate.value == _SKOS + "exactMatch" and isinstance(object_, NamedNode) and isinstance(subject, NamedNode)
        # classes and relations stay theirs: what they call to treat need not be an approval
        if matches and not object_.value.startswith(_BIOLINK) and found.setdefault(object_.value, subject.value) != subject.value:
            shared.add(object_.value)
    return {identifier: entity for identifier, entity in found.items() if identifier not in shared}


def _suffix(path: Path) -> str:
    return (path.suffixes[-2] if len(path.suffixes) > 1 else "") if path.suffix in PACKED else path.suffix


def _name(record: Record, *keys: str) -> str:
    """Give the identifier of a node, or of an end of an edge, under the first of some keys that it has."""
    value = next((record[key] for key in keys if record.get(key) is not None), "")
    if isinstance(value, bool | list | dict) or not str(value).strip():
        raise ValueError(f"it has no {' or '.join(keys)}")
    return str(value).strip()


class _Reader:
    """Turns nodes and edges into triples."""

    def __init__(self, entities: Mapping[str, str], told: dict[str, int]) -> None:
        self._entities = entities
        self._own = set(entities.values())
        self._named: set[str] = set()
        self._told = told

    def document(self, document: Record) -> Iterator[Triple]:
        """Read node-link JSON; a text that names a node of it, in an attribute, is that node."""
        nodes = [keyed(node) for node in document["nodes"]]
        names = [_name(node, "id") for node in nodes]
        edges = [keyed(edge) for edge in (document["edges"] if "edges" in document else document["links"])]
        self._named = set(names)
        placed = self._are_places(edges)
        for node in nodes:
            yield from self.node(node, isolated=True)
        for edge in edges:
            yield from self.edge({**edge, **{end: names[edge[end]] for end in ("source", "target")}} if placed else edge)

    def _are_places(self, edges: list[Record]) -> bool:
        """Tell whether the ends of edges are the places of nodes in their list, as old programs write them."""
        ends = [edge.get(end) for edge in edges for end in ("source", "target")]
        if all(end is None or str(end) in self._named for end in ends):
            return False
        return all(type(end) is int and 0 <= end < len(self._named) for end in ends)

    def node(self, record: Record, isolated: bool = False) -> Iterator[Triple]:
        own = _name(record, "id")
        self._told[own] = 0
        subject = self._iri(own)
        labels = dict.fromkeys(str(record[key]) for key in ("label", "name") if record.get(key) is not None)
        if not labels and not self._is_ours(subject):
            labels = {own: None}  # else nobody finds it
        for number, label in enumerate(labels):
            yield Triple(subject, _ALSO[_LABEL.value] if number or self._is_ours(subject) else _LABEL, Literal(label))
        kinds = self._kinds(record)
        if not kinds and not (isolated and "category" in record):
            kinds = [NamedNode(_BIOLINK + "NamedThing")]
        for kind in kinds:
            if not kind.value.startswith(IMID):  # a class of theirs is one of entities, which are found by their names
                yield Triple(kind, _TYPE, _CLASS)
                yield Triple(kind, _SUBCLASS, _ENTITY)
        yield from (Triple(subject, _TYPE, kind) for kind in kinds)
        yield from self._facts(subject, record, _NODE_KEYS)

    def edge(self, record: Record) -> Iterator[Triple]:
        subject, object_ = (self._iri(_name(record, *keys)) for keys in (("subject", "source"), ("object", "target")))
        predicate = self._property(str(record.get("predicate") or "biolink:related_to"))
        if not predicate.value.startswith((IMID, _SKOS)):  # a relation, for searches of paths to follow it
            yield Triple(predicate, _TYPE, _PROPERTY)
            yield Triple(predicate, _SUBPROPERTY, _RELATED)
            yield Triple(predicate, _LABEL, Literal(local_name(predicate.value).replace("_", " ")))
        negated = truth(record.get("negated"))
        if not negated:
            yield Triple(subject, predicate, object_)
        if not _is_statement(record) and joins(predicate.value):
            return
        own = self._once(str(record.get("id", record.get("key", ""))), json.dumps(record, sort_keys=True, default=str))
        for part, value in (("subject", subject), ("predicate", predicate), ("object", object_)):
            yield Triple(own, NamedNode(IMID + part), value)
        if negated:
            yield Triple(own, NamedNode(IMID + "negated"), Literal(True))
        kinds = self._kinds(record)
        yield from (Triple(own, _TYPE, kind) for kind in kinds or [NamedNode(IMID + "Association")])
        yield from self._facts(own, record, _EDGE_KEYS)
        yield from self._evidence(own, record)

    def _kinds(self, record: Record) -> list[NamedNode]:
        """Give the classes of a node or an edge: those of ours, where we wrote it."""
        return [self._class(str(name)) for name in _listed(record.get("original_category") or record.get("category")) if name]

    def _once(self, name: str, told: str) -> NamedNode:
        """Name what is told: by its own name, unless it has none, or it was the name of something else."""
        if ":" in name and self._told.setdefault(name, hash(told)) == hash(told):
            return self._iri(name)
        return NamedNode(uuid.uuid5(uuid.NAMESPACE_URL, told).urn)

    def _evidence(self, own: NamedNode, record: Record) -> Iterator[Triple]:
        items = record.get("evidence")
        items = json.loads(items) if isinstance(items, str) and items.startswith("[") else _listed(items)
        if not items:
            items = [{"source": source} for source in _listed(record.get("publications"))]
        for item in items:
            if not isinstance(item, dict):
                raise ValueError("its evidence is not a list of JSON objects")
            told = json.dumps(item, sort_keys=True)
            evidence = self._once(str(item.get("id", "")), told if "id" in item else own.value + told)
            yield Triple(own, _EVIDENCE, evidence)
            kinds = _listed(item.get("category", "imid:Evidence"))
            yield from (Triple(evidence, _TYPE, self._class(str(kind))) for kind in kinds)
            for source in map(str, _listed(item.get("source"))):
                yield Triple(evidence, _SOURCE, self._iri(source))
                if source not in self._named:
                    yield Triple(self._iri(source), _TYPE, NamedNode(IMID + "Source"))
            yield from self._facts(evidence, item, {"id", "category", "source"})

    def _facts(self, subject: NamedNode, record: Record, taken: Set[str]) -> Iterator[Triple]:
        for name, value in record.items():
            if name not in taken and value is not None:
                property_ = self._property(name)
                if self._is_ours(subject):  # our name and definition of a thing stand
                    property_ = _ALSO.get(property_.value, property_)
                for item in _listed(value):
                    yield Triple(subject, property_, self._value(property_.value, item))

    def _value(self, property_: str, value: Any) -> NamedNode | Literal:
        if isinstance(value, bool | int):
            return Literal(value)
        if isinstance(value, float):
            if not math.isfinite(value):
                return Literal("INF" if value > 0 else "-INF" if value < 0 else "NaN", datatype=NamedNode(_XSD + "double"))
            return Literal(repr(value), datatype=NamedNode(_XSD + ("double" if "e" in repr(value) else "decimal")))
        if isinstance(value, dict):
            return Literal(json.dumps(value, ensure_ascii=False))
        text = str(value)
        if text in self._named or (property_ in _MATCHES and ":" in text and " " not in text):
            return self._iri(text)
        return Literal(text)

    def _iri(self, name: str) -> NamedNode:
        name = name.strip()
        bracketed = re.fullmatch(r"<([^<>]+)>", name)  # an IRI that would be taken for a CURIE
        iri = bracketed[1] if bracketed else name if "://" in name or name.startswith("urn:") else expand(name) or name
        iri = _NOT_IN_IRIS.sub(lambda match: f"%{ord(match[0]):02X}", iri)
        try:
            return NamedNode(self._entities.get(iri, iri))  # a CURIE of another prefix is an IRI as it stands
        except ValueError:
            return NamedNode(_UNKNOWN + quote(name, safe=":"))

    def _is_ours(self, thing: NamedNode) -> bool:
        return thing.value in self._own

    def _class(self, name: str) -> NamedNode:
        return self._iri(name) if ":" in name else NamedNode((_BIOLINK if " " in name else IMID) + _local(name.replace(" ", "")))

    def _property(self, name: str) -> NamedNode:
        name = name.lstrip(":")
        if ":" in name:
            return self._iri(name)
        if name in _SLOTS:
            return NamedNode(_SLOTS[name])
        if name in _SKOS_NAMES:
            return NamedNode(_SKOS + name)
        if name == "label":
            return _LABEL
        return NamedNode((_BIOLINK if "_" in name or (name.islower() and not self._named) else IMID) + _local(name))


def _local(name: str) -> str:
    """Give a name as the end of an IRI, so that no two names become one."""
    return "".join(sign if sign.isalnum() or sign in "_-." else quote(sign, safe="") for sign in name)


def _is_statement(record: Record) -> bool:
    """Tell an edge that says more than its triple from a bare one."""
    return any(value not in (None, "", []) for name, value in record.items() if name not in _ENDS | {VERSION})


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
