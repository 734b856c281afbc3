"""Odd answers: what servers of others send where RDF has no such term, read so that it costs at most that term.

A blank node with a label of its server's own is a blank node; an IRI that is none, a language tag that is none and the
like leave the text of the term.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from imidgraph.rdf import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

_MOST_OBJECTS = 4_000_000  # that are held at once
_NO_TAG = re.compile(rb'(?<=")@(?![A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*[ \t]*\.)[^ \t\r\n"]*(?=[ \t]*\.[ \t]*\r?$)', re.MULTILINE)
_NOT_IN_IRIS = re.compile(r"[\x00-\x20<>\"{}|\\^`]|%(?![0-9A-Fa-f]{2})")


class Odd:
    """Reads answers, and counts the terms that are kept as text.

    Attributes
    ----------
    count : int
        How many terms are kept as text, or left out.
    """

    def __init__(self) -> None:
        self.count = 0

    def rows(self, text: bytes | str) -> tuple[tuple[str, ...], Iterator[tuple[Any, ...]]]:
        """Read results in the W3C's JSON format: the columns, and the rows one by one.

        Raises
        ------
        ValueError, KeyError, TypeError, AttributeError
            Where the text is not such a document.

        Examples
        --------
        >>> text = '{"head": {"vars": ["a"]}, "results": {"bindings": [{"a": {"type": "uri", "value": "http://a b"}}]}}'
        >>> columns, rows = Odd().rows(text)
        >>> columns, [row[0].value for row in rows]
        (('a',), ['http://a b'])
        """
        content = text.encode() if isinstance(text, str) else text
        if content.count(b"{") > _MOST_OBJECTS:
            raise ValueError(f"more than {_MOST_OBJECTS} rows and terms")
        document = json.loads(content, strict=False)  # control signs in a text are an odd term, no odd answer
        columns = tuple(map(_plain, document["head"]["vars"]))
        bindings = document["results"]["bindings"]
        if not isinstance(bindings, list):
            raise TypeError("its rows are no list")
        return columns, (tuple(self._bound(binding, name) for name in columns) for binding in bindings)

    def triples(self, text: bytes, format: RdfFormat) -> Iterator[Triple]:
        """Read triples.

        Raises
        ------
        SyntaxError
            Where the text is not RDF.
        """
        text, tags = _NO_TAG.subn(b"", text)
        self.count += tags
        for quad in parse(text, format=format, lenient=True):
            subject, predicate = self._named(quad.subject), self._named(quad.predicate)
            if subject is None or predicate is None:
                self.count += 1
                continue
            object_ = quad.object
            if isinstance(object_, NamedNode):
                object_ = self._iri(object_.value)
            elif isinstance(object_, Literal):
                object_ = self._literal(object_.value, object_.language, object_.datatype.value)
            yield Triple(subject, predicate, object_)

    def _bound(self, binding: dict[str, Any], name: str) -> Any:
        found = binding.get(name)
        if found is None:
            self.count += name in binding  # null, where nothing should stand
            return None
        return self._term(found)

    def _term(self, found: dict[str, Any]) -> Any:
        kind, value = found["type"], found["value"]
        if kind == "triple":
            parts = [self._term(value[part]) for part in ("subject", "predicate", "object")]
            try:
                return Triple(*parts)
            except TypeError:
                return self._text(json.dumps(value))
        if not isinstance(value, str):
            raise TypeError(f"the value of a term is {type(value).__name__}")
        if kind == "bnode":
            return _blank(value)
        if kind == "uri":
            return self._iri(value)
        if kind not in {"literal", "typed-literal"}:
            raise ValueError(f"a term is called {kind!r}")
        return self._literal(_plain(value), found.get("xml:lang"), found.get("datatype"))

    def _iri(self, value: str) -> Any:
        try:
            return NamedNode(value)
        except ValueError:
            return self._text(value)

    def _named(self, term: Any) -> Any:
        """Give the subject or the predicate of a triple, which can be no text."""
        if not isinstance(term, NamedNode):
            return term
        try:
            return NamedNode(term.value)
        except ValueError:
            self.count += 1
        try:
            return NamedNode(_NOT_IN_IRIS.sub(lambda match: f"%{ord(match[0]):02X}", term.value))
        except ValueError:
            return None

    def _literal(self, value: str, language: str | None, datatype: str | None) -> Literal:
        try:
            if language is not None:
                return Literal(value, language=language)
            return Literal(value, datatype=NamedNode(datatype)) if datatype is not None else Literal(value)
        except ValueError:
            return self._text(value)

    def _text(self, value: str) -> Literal:
        self.count += 1
        return Literal(_plain(value))


def _plain(text: str) -> str:
    """Give a text without halves of letters, which UTF-8 has not."""
    return text.encode("utf-8", "replace").decode()


def _blank(label: str) -> BlankNode:
    try:
        return BlankNode(label)
    except ValueError:
        return BlankNode(f"b{label.encode('utf-8', 'replace').hex()}")
