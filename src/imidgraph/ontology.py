"""Builds the release, one file with everything, from the hand-written modules and the rules.

The modules write associations and their evidence as blank nodes; the build names them from their content, so that
the same sources always give the same bytes. An association with several subjects or objects stands for one
association of each pair.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable
from pathlib import Path

from imidgraph.errors import OntologyError
from imidgraph.formats.turtle import write_turtle
from imidgraph.namespaces import IMID, PREFIXES, compress
from imidgraph.rdf import BlankNode, NamedNode, Quad, QuadStore, RdfFormat, Triple, parse

_RDF_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_SUBJECT = NamedNode(IMID + "subject")
_PREDICATE = NamedNode(IMID + "predicate")
_OBJECT = NamedNode(IMID + "object")
_EVIDENCE = NamedNode(IMID + "evidence")
_UNNAMED = {_EVIDENCE, NamedNode(IMID + "statement")}  # do not tell one association from another


def build(directory: Path) -> bytes:
    """Build the release from an ontology directory.

    Parameters
    ----------
    directory : Path
        A directory with ``src/*.ttl`` (the modules) and ``rules/*.rq`` (SPARQL CONSTRUCT).

    Returns
    -------
    bytes
        The release in Turtle, without blank nodes, the same for the same sources.

    Raises
    ------
    OntologyError
        Where there is no module, a file cannot be parsed, or a blank node is neither association nor evidence.

    Examples
    --------
    >>> from imidgraph.resources import ONTOLOGY, RELEASE
    >>> not (ONTOLOGY / "src").exists() or build(ONTOLOGY) == RELEASE.read_bytes()
    True
    """
    triples = _name_blank_nodes(_read_modules(directory / "src"))
    store = QuadStore()
    store.extend(Quad(*triple) for triple in triples)
    derived: set[Triple] = set()
    for rule in sorted((directory / "rules").glob("*.rq")):
        try:
            derived |= set(store.query(rule.read_text(encoding="utf-8")))  # type: ignore[arg-type]
        except SyntaxError as error:
            raise OntologyError(f"The rule {rule.name} is not valid SPARQL: {error}. Correct it and build again.") from error
    return b"".join(write_turtle(triples | derived))


def _read_modules(directory: Path) -> list[Triple]:
    modules = sorted(directory.glob("*.ttl"))
    if not modules:
        raise OntologyError(f"There are no Turtle modules in {directory}. Build in a checkout of the repository.")
    triples: list[Triple] = []
    for module in modules:
        try:
            quads = parse(path=str(module), format=RdfFormat.TURTLE, rename_blank_nodes=True)
            triples += [quad.triple for quad in quads]
        except SyntaxError as error:
            raise OntologyError(f"The module {module.name} is not valid Turtle: {error}. Correct it and build again.") from error
    return triples


def _name_blank_nodes(triples: list[Triple]) -> set[Triple]:
    described: dict[NamedNode | BlankNode, list[Triple]] = {}
    for triple in triples:
        described.setdefault(triple.subject, []).append(triple)  # type: ignore[arg-type]
    named = {triple for triple in triples if not isinstance(triple.subject, BlankNode) and triple.predicate != _EVIDENCE}
    evidence_nodes: set[object] = set()
    for node, facts in described.items():
        if not any(fact.predicate == _SUBJECT for fact in facts):
            continue
        shared = [fact for fact in facts if fact.predicate not in {_SUBJECT, _OBJECT, _EVIDENCE}]
        pairs = itertools.product(_values(facts, _SUBJECT), _values(facts, _OBJECT) or [None])
        for subject, object_ in pairs:
            statement = [(fact.predicate, fact.object) for fact in shared] + [(_SUBJECT, subject)]
            if object_ is not None:
                statement.append((_OBJECT, object_))
            association = node if isinstance(node, NamedNode) else _association_name(statement)
            named |= {Triple(association, predicate, value) for predicate, value in statement}  # type: ignore[arg-type]
            for item in _values(facts, _EVIDENCE):
                parts = [(fact.predicate, fact.object) for fact in described.get(item, [])]  # type: ignore[call-overload]
                name = NamedNode(IMID + "evidence-" + _digest([(_EVIDENCE, association), *parts], 12))
                named.add(Triple(association, _EVIDENCE, name))
                named |= {Triple(name, predicate, value) for predicate, value in parts}
                if not any(predicate == _RDF_TYPE for predicate, _ in parts):
                    named.add(Triple(name, _RDF_TYPE, NamedNode(IMID + "Evidence")))
                evidence_nodes.add(item)
    for node, facts in described.items():
        if isinstance(node, BlankNode) and node not in evidence_nodes and not any(f.predicate == _SUBJECT for f in facts):
            example = f"{facts[0].predicate} {facts[0].object}"
            raise OntologyError(f"A blank node with {example} is neither an association nor its evidence. Give it a name.")
    return named


def _values(facts: list[Triple], predicate: NamedNode) -> list[object]:
    return sorted((fact.object for fact in facts if fact.predicate == predicate), key=str)


def _association_name(statement: list[tuple[NamedNode, object]]) -> NamedNode:
    ends = dict(statement)
    parts = [part for part in map(ends.get, (_SUBJECT, _PREDICATE, _OBJECT)) if isinstance(part, NamedNode)]
    if len(parts) < 3:
        raise OntologyError(
            f"An association needs a subject, a predicate and an object; this one has {ends}. Add what is missing."
        )
    locals_ = [compress(part.value).rpartition(":")[2] for part in parts]
    told_apart = [(predicate, value) for predicate, value in statement if predicate not in _UNNAMED]
    return NamedNode(IMID + "-".join([*locals_, _digest(told_apart, 8)]))


def _digest(pairs: Iterable[tuple[NamedNode, object]], length: int) -> str:
    text = "\n".join(sorted(f"{predicate} {value}" for predicate, value in pairs))
    return hashlib.sha256(text.encode()).hexdigest()[:length]
