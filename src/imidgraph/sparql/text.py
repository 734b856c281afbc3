"""SPARQL text: its tokens, its form, what is refused before anything runs, and parameters bound as terms.

The text is cut into the terminals of the SPARQL 1.1 grammar, so that a word inside a string, an IRI, a comment or a
prefixed name is never taken for a keyword.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from urllib.parse import urljoin

from imidgraph.errors import QueryError
from imidgraph.namespaces import PREFIXES

_ESCAPED = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]"  # in the local part of a prefixed name
_LONG = r'"""(?:"{0,2}(?:[^"\\]|\\.))*+"""' + r"|'{3}(?:'{0,2}(?:[^'\\]|\\.))*+'{3}"
_SHORT = r'"(?:[^"\\\r\n]|\\.)*+"' + r"|'(?:[^'\\\r\n]|\\.)*+'"
_RUN = r"[^\W\d_][\w.-]*+"  # of a prefix, or of words with dots and hyphens between them
_TOKEN = re.compile(  # possessive where a failure would be tried again from each of many starts: text is untrusted
    r"(?P<comment>\#[^\r\n]*)"
    r"|(?P<iri><[^<>\"{}|^`\\\x00-\x20]*>)"
    rf"|(?P<string>{_LONG}|{_SHORT})"
    r"|(?P<variable>[?$]\w+)"
    rf"|(?P<name>(?:{_RUN}(?<!\.))?:(?:(?:[\w:]|{_ESCAPED})(?:[\w:.-]|{_ESCAPED})*+)?)"
    rf"|(?P<run>{_RUN}(?:(?!:)|(?<=\.)))"
    r"|(?P<blank>_:\w[\w.-]*)"
    r"|(?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)"
    r"|(?P<word>_\w*)"
    r"|(?P<space>\s+)"
    r"|(?P<mark>.)",
    re.DOTALL,
)
_WORD = re.compile(r"(?P<word>[^\W\d]\w*)|(?P<mark>.)", re.DOTALL)
_CODEPOINT = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")  # may stand anywhere in a query, in a keyword too
# The engine glues words to numbers and to `true`, and takes `<` for an operator where an expression may stand.
_HIDDEN = re.compile(r"\).*service", re.IGNORECASE)
_NO_SERVICE = "SERVICE would query another server, which is not allowed here. Query that server directly."
_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD"})


def tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """Cut a SPARQL text into tokens, without comments and white space.

    Yields
    ------
    tuple of str, str and int
        The kind of the token, its text and its offset.

    Raises
    ------
    QueryError
        Where a string does not end.

    Examples
    --------
    >>> [kind for kind, _, _ in tokens('ASK { ?drug a "SERVICE" } # LOAD')]
    ['word', 'mark', 'variable', 'word', 'string', 'mark']
    """
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "mark"
        if kind == "run":
            for part in _WORD.finditer(text, match.start(), match.end()):
                yield part.lastgroup or "mark", part[0], part.start()
        elif kind == "mark" and match[0] in "\"'":
            raise QueryError(f"The string that starts at character {match.start() + 1} does not end. Close its quotes.")
        elif kind not in {"comment", "space"}:
            yield kind, match[0], match.start()


def query_form(text: str) -> str:
    """Tell the form of a query, and refuse what is no local read.

    Parameters
    ----------
    text : str
        A SPARQL text from anywhere.

    Returns
    -------
    str
        ``SELECT``, ``ASK``, ``CONSTRUCT`` or ``DESCRIBE``.

    Raises
    ------
    QueryError
        Where the text is an update, or uses SERVICE.

    Examples
    --------
    >>> query_form("PREFIX select: <http://example.org/> ASK {}")
    'ASK'
    """
    decoded = _decoded(text)
    if decoded != text and "SERVICE" in decoded.upper():  # where escapes are, no two parsers agree what is a string or a comment
        raise QueryError(_NO_SERVICE)
    form = ""
    for kind, token, _ in tokens(decoded):
        word = token.upper() if kind == "word" else ""
        if not form and word in _FORMS:
            form = word
        elif not form and word in _UPDATES:
            raise QueryError(f"{word} is an update, and the graph is read-only. Ask with SELECT, ASK, CONSTRUCT or DESCRIBE.")
        elif "SERVICE" in word or (kind == "iri" and _HIDDEN.search(token)):
            raise QueryError(_NO_SERVICE)
    if not form:
        raise QueryError("Not a SPARQL query. Start it with SELECT, ASK, CONSTRUCT or DESCRIBE.")
    return form


def dataset_graphs(text: str, base: str = "") -> list[str]:
    """List the graphs that a query names with FROM and FROM NAMED.

    Parameters
    ----------
    text : str
        A SPARQL query.
    base : str
        What relative IRIs are relative to, where the query does not say it.

    Returns
    -------
    list of str
        The IRIs, relative ones resolved against BASE.

    Examples
    --------
    >>> dataset_graphs("PREFIX ex: <http://example.org/> SELECT * FROM ex:a FROM NAMED <http://example.org/b> {}")
    ['http://example.org/a', 'http://example.org/b']
    """
    found: list[str] = []
    folded = text.lower()
    if "from" not in folded and "\\u" not in folded:  # most queries need not be read at all
        return found
    prefixes = dict(PREFIXES)
    before, last = "", ""
    for kind, token, _ in tokens(_decoded(text)):
        iri = urljoin(base, token[1:-1]) if kind == "iri" else None
        if kind == "name":
            prefix, _, local = token.partition(":")
            iri = prefixes.get(prefix, "") + re.sub(r"\\(.)", r"\1", local)
        if kind == "iri" and last == "BASE":
            base = urljoin(base, token[1:-1])
        elif iri is not None and before == "PREFIX":
            prefixes[last.rstrip(":")] = iri
        elif iri is not None and (last == "FROM" or (before, last) == ("FROM", "NAMED")):
            found.append(iri)
        before, last = last, token.upper() if kind == "word" else token
    return found


def declare_prefixes(text: str) -> str:
    """Declare the prefixes of the graph that a query uses and does not declare.

    Parameters
    ----------
    text : str
        A SPARQL query.

    Returns
    -------
    str
        The query, with PREFIX lines before it where some were missing.

    Examples
    --------
    >>> print(declare_prefixes("ASK { imid:a ?p ?o }"))
    PREFIX imid: <https://w3id.org/imidgraph/>
    ASK { imid:a ?p ?o }
    """
    used: set[str] = set()
    declared: set[str] = set()
    previous = ""
    for kind, token, _ in tokens(text):
        if kind == "name":
            (declared if previous.upper() == "PREFIX" else used).add(token.partition(":")[0])
        previous = token
    missing = sorted((used - declared) & set(PREFIXES))
    return "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in missing) + text


def bind(text: str, terms: Mapping[str, str]) -> str:
    """Bind variables of the outer group to terms, through a VALUES block.

    Parameters
    ----------
    text : str
        A SELECT, ASK or CONSTRUCT query whose first group that is not a template is its WHERE group.
    terms : mapping of str to str
        Variable names, without the question mark, and terms in N-Triples syntax.

    Returns
    -------
    str
        The query with one VALUES block first in its WHERE group.

    Examples
    --------
    >>> bind("SELECT ?drug WHERE { ?drug a ?type }", {"type": "<http://example.org/Drug>"})
    'SELECT ?drug WHERE { VALUES ?type { <http://example.org/Drug> } ?drug a ?type }'
    """
    return bind_rows(text, tuple(terms), [tuple(terms.values())]) if terms else text


def bind_rows(text: str, variables: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Bind variables of the outer group to several rows of terms at once, through a VALUES block.

    Parameters
    ----------
    text : str
        A query as `bind` takes it.
    variables : sequence of str
        Variable names, without the question mark.
    rows : iterable of sequence of str
        A term in N-Triples syntax for each variable.

    Examples
    --------
    >>> bind_rows("ASK WHERE { ?drug a ?type }", ("drug", "type"), [("<a:b>", "<a:D>"), ("<a:c>", "<a:D>")])
    'ASK WHERE { VALUES (?drug ?type) { (<a:b> <a:D>) (<a:c> <a:D>) } ?drug a ?type }'
    """
    given = list(rows)
    if len(given) == 1:  # Virtuoso's compiler fails on some single rows of several variables
        block = "".join(f" VALUES ?{name} {{ {term} }}" for name, term in zip(variables, given[0], strict=True))
    else:
        names = " ".join(f"?{name}" for name in variables)
        block = f" VALUES ({names}) {{ {' '.join('(' + ' '.join(row) + ')' for row in given)} }}"
    inside = _inside_where(text)
    return text[:inside] + block + text[inside:]


@lru_cache(maxsize=256)  # the texts of the catalog are bound over and over
def _inside_where(text: str) -> int:
    seen = False
    for kind, token, offset in tokens(text):
        seen = seen or (kind == "word" and token.upper() == "WHERE")
        if seen and (kind, token) == ("mark", "{"):
            return offset + 1
    raise QueryError("The query has no WHERE group to bind parameters in. Write the word WHERE.")


def _decoded(text: str) -> str:
    return _CODEPOINT.sub(lambda match: chr(min(int(match[1] or match[2], 16), 0x10FFFF)), text)
