"""Bounds on RDF of others: what would take the process down, or all of its memory, is refused before it is parsed.

pyoxigraph's parsers go down with a stack overflow where triple terms or JSON-LD are nested too deeply, take the square of
the depth of RDF/XML, and expand its entities without end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.parsers import expat

from imidgraph.errors import OntologyError

MOST_DEPTH = 500
"""How deep triple terms, JSON-LD and RDF/XML may be nested."""
_MOST_EXPANDED = 64 << 20  # bytes that the entities of a document may stand for
_STRINGS = re.compile(rb'"(?:[^"\\\n\r]|\\.)*"|<[^<>\s]*>|#[^\n\r]*')
_TERMS = re.compile(rb"<<|>>")
_JSON_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"')
_NO_MARKS = bytes(sign for sign in range(256) if sign not in b"{}[]")
_STEPS = {ord("{"): 1, ord("["): 1, ord("}"): -1, ord("]"): -1}
_TERMS_TOO_DEEP = f"Triple terms are nested more than {MOST_DEPTH} deep. Name them instead."


def check_depth(text: bytes) -> None:
    """Refuse Turtle, N-Triples or results in JSON in which triple terms are nested too deeply.

    Raises
    ------
    OntologyError
        Where they are.

    Examples
    --------
    >>> check_depth(b"<a:a> <a:b> " + b"<<( <a:a> <a:b> " * 5000 + b"<a:c>" + b" )>>" * 5000 + b" .")
    Traceback (most recent call last):
    imidgraph.errors.OntologyError: Triple terms are nested more than 500 deep. Name them instead.
    """
    check_terms([text])
    if text.count(b'"triple"') > MOST_DEPTH and json_depth([text]) > 4 * MOST_DEPTH:
        raise OntologyError(_TERMS_TOO_DEEP)


def check_terms(pieces: Iterable[bytes]) -> None:
    """Refuse Turtle and its kin, in pieces, in which triple terms are nested too deeply.

    Raises
    ------
    OntologyError
        Where they are.
    """
    depth = 0
    rest = b""
    for piece in pieces:
        if not depth and b"<<" not in piece:
            continue
        text = rest + piece
        rest = text[-1:] if text.endswith((b"<", b">")) and not text.endswith((b"<<", b">>")) else b""
        for match in _TERMS.finditer(_STRINGS.sub(b"", text)):
            depth = depth + 1 if match[0] == b"<<" else max(0, depth - 1)
            if depth > MOST_DEPTH:
                raise OntologyError(_TERMS_TOO_DEEP)


def check_json(pieces: Iterable[bytes]) -> None:
    """Refuse JSON, in pieces, that is nested too deeply.

    Raises
    ------
    OntologyError
        Where it is.
    """
    if json_depth(pieces) > MOST_DEPTH:
        raise OntologyError(f"Objects or lists are nested more than {MOST_DEPTH} deep. Describe things side by side instead.")


def json_depth(pieces: Iterable[bytes]) -> int:
    """Give how deep the objects and lists of a JSON text are nested.

    Examples
    --------
    >>> json_depth([b'{"a": [1, {"b": "]]]"}]}']), json_depth([b'{"a": "[[', b'[[", "b": [1]}'])
    (3, 2)
    """
    deepest = depth = 0
    rest = b""
    for piece in pieces:
        text = _JSON_STRINGS.sub(b"", rest + piece)
        cut = text.find(b'"')  # a string that goes on in the next piece
        text, rest = (text, b"") if cut < 0 else (text[:cut], text[cut:])
        for step in map(_STEPS.__getitem__, text.translate(None, _NO_MARKS)):
            depth += step
            deepest = max(deepest, depth)
    return deepest


def check_xml(pieces: Iterable[bytes]) -> None:
    """Refuse RDF/XML that is nested too deeply, or whose entities stand for too much.

    Raises
    ------
    OntologyError
        Where it is, or if it is not XML.

    Examples
    --------
    >>> check_xml([b'<!DOCTYPE a [<!ENTITY c "&b;&b;">]><a/>'])
    Traceback (most recent call last):
    imidgraph.errors.OntologyError: The entity c holds other entities, which may stand for too much. Write it out.
    """
    depth = expanded = 0
    sizes: dict[str, int] = {}

    def start(_: str, __: object) -> None:
        nonlocal depth
        depth += 1
        if depth > MOST_DEPTH:
            raise OntologyError(f"The elements are nested more than {MOST_DEPTH} deep. Describe things side by side instead.")

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    def declare(name: str, _: int, value: str | None, *__: object) -> None:
        if value is not None and ("&" in value or "%" in value):
            raise OntologyError(f"The entity {name} holds other entities, which may stand for too much. Write it out.")
        sizes[name] = len(value or "")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.EntityDeclHandler = start, end, declare
    try:
        for piece in pieces:
            parser.Parse(piece, False)
            if sizes:
                expanded += sum(size * piece.count(f"&{name};".encode()) for name, size in sizes.items())
                if expanded > _MOST_EXPANDED:
                    raise OntologyError(f"The entities stand for more than {_MOST_EXPANDED >> 20} MiB. Write shorter ones.")
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError) as error:  # the last two of an encoding that Python does not know
        if isinstance(error, OntologyError):
            raise
        raise OntologyError(f"This is not valid XML: {error}") from error
