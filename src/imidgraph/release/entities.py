"""Entities: hand-laid Turtle, with the line on which each thing is described."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from imidgraph.namespaces import IMID, PREFIXES, compress
from imidgraph.rdf import BlankNode, RdfFormat, Triple, parse
from imidgraph.release.faults import Faults, Place, meant
from imidgraph.release.terms import Terms, local

_SUBJECT = re.compile(r"([\w.-]*:[^\s;,]*|<[^>\s]*>)(?=\s|$)")
_BLANK = re.compile(r'"(?:[^"\\]|\\.)*"|<[^>\s]*>|(\[|_:)')
_LABELS = {PREFIXES["rdfs"] + "label", PREFIXES["skos"] + "altLabel", IMID + "brandName"}


def read_turtle(path: Path, shown: str, faults: Faults) -> list[Triple]:
    """Read the triples of a file of Turtle.

    Parameters
    ----------
    path : Path
        The file.
    shown : str
        How messages name it.
    faults : Faults
        Where faults are noted.
    """
    try:
        return [quad.triple for quad in parse(path.read_bytes().removeprefix(codecs.BOM_UTF8), format=RdfFormat.TURTLE)]
    except SyntaxError as error:
        reason = str(error.msg).rpartition(": ")[2].rstrip(".")
        faults.add_unreadable(Place(shown, error.lineno or 1), f"This is not valid Turtle: {reason}.")
        return []


def check_named(path: Path, shown: str, triples: list[Triple], faults: Faults) -> None:
    """Note the first blank node of a file; only the schema needs some."""
    if any(isinstance(term, BlankNode) for triple in triples for term in triple):
        text = path.read_text(encoding="utf-8-sig")
        start = next((match.start() for match in _BLANK.finditer(text) if match[1]), 0)
        faults.add(Place(shown, text.count("\n", 0, start) + 1), "There is a blank node. Give each thing a name.")


def places(path: Path, shown: str) -> Iterator[tuple[str, Place]]:
    """Give each thing that a file of hand-laid Turtle describes, by local name or CURIE, with its place.

    A description starts at the beginning of a line, as the style asks.
    """
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").split("\n"), 1):
        match = _SUBJECT.match(line)
        if match:
            name = compress(match[1][1:-1]) if match[1].startswith("<") else match[1]
            yield local(name), Place(shown, number)


def labels(triples: list[Triple]) -> Iterator[tuple[str, str]]:
    """Give the labels and synonyms of things in lower case, with their names."""
    for subject, predicate, value in triples:
        if predicate.value in _LABELS:
            yield value.value.lower(), local(compress(subject.value))


def check_properties(triples: list[Triple], where: dict[str, Place], terms: Terms, faults: Faults) -> None:
    """Note each property of the graph that the schema does not have."""
    for subject, predicate, _ in triples:
        name = predicate.value.removeprefix(IMID)
        if name != predicate.value and name not in terms.properties:
            thing = local(compress(subject.value))
            faults.add(where[thing], f"Unknown property {name!r}.", thing, partial(meant, name, terms.properties))
