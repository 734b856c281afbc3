from __future__ import annotations

import contextlib
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal
from rdflib.plugins.sparql.parser import parseQuery

from imidgraph import KnowledgeGraph, QueryError
from imidgraph.sparql.text import bind, query_form, tokens

REFUSED = [
    "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "select * { service ?where { ?s ?p ?o } }",
    "SELECT * { \\u0053ERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
    "SELECT * FROM NAMED <http://example.org/> { ?s ?p ?o }",
    "PREFIX ex: <file:///etc/> SELECT * FROM ex:passwd { ?s ?p ?o }",
    "BASE <file:///etc/> SELECT * FROM <passwd> { ?s ?p ?o }",
    "SELECT * \\u0046ROM <file:///etc/passwd> { ?s ?p ?o }",
    "LOAD <http://127.0.0.1:9/>",
    "INSERT DATA { <a:a> <a:a> <a:a> }",
    "PREFIX a: <a:> DELETE WHERE { ?s ?p ?o }",
    "CLEAR ALL",
    "DROP DEFAULT",
    "WITH <a:a> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "",
    "not sparql",
]
HARMLESS = [
    'SELECT ("SERVICE" AS ?word) {}',
    "SELECT ('LOAD <a>' AS ?word) {}",
    '''SELECT ("""a " SERVICE " FROM """ AS ?word) {}''',
    "SELECT * { ?SERVICE ?FROM ?LOAD }  # SERVICE <http://example.org/>",
    "PREFIX SERVICE: <http://example.org/FROM/> SELECT * { SERVICE:FROM ?p SERVICE:LOAD }",
    "PREFIX insert: <http://example.org/> ASK { insert:delete ?p ?o }",
    "SELECT * { <http://example.org/SERVICE> ?p ?o FILTER(1<2 && 2>1) }",
    "BASE <http://example.org/> DESCRIBE <LOAD>",
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_local_read_is_refused(kg: KnowledgeGraph, text: str) -> None:
    for verb in (kg.select, kg.ask, kg.construct):
        with pytest.raises(QueryError):
            verb(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_words_in_strings_iris_comments_and_names_are_no_keywords(text: str) -> None:
    assert query_form(text) in {"SELECT", "ASK", "DESCRIBE"}


def test_every_error_says_what_to_do(kg: KnowledgeGraph) -> None:
    for text in ("SELECT * { ?s ?p }", "SELECT ?x WHERE { ?x", "ASK {}"):
        with pytest.raises(QueryError, match=r"\.$"):
            kg.select(text)


QUERY = "PREFIX imid: <https://w3id.org/imidgraph/> SELECT ?name WHERE { ?entity imid:brandName ?name . }"


@given(st.text())
def test_no_value_changes_the_parse_tree(value: str) -> None:
    try:
        term = str(Literal(value))
    except ValueError:  # surrogates are no characters
        return
    bound = bind(QUERY, {"name": term})
    plain = bind(QUERY, {"name": '"x"'})
    assert [(kind, token) for kind, token, _ in tokens(bound) if kind != "string"] == [
        (kind, token) for kind, token, _ in tokens(plain) if kind != "string"
    ]
    if "\\u" not in value and "\\U" not in value:  # rdflib decodes escapes before it parses, against the standard
        assert _shape(parseQuery(bound)) == _shape(parseQuery(plain))


@given(st.text())
def test_tokens_lose_nothing(text: str) -> None:
    with contextlib.suppress(QueryError):  # a string that does not end is refused
        for kind, token, offset in tokens(text):
            assert kind
            assert text[offset : offset + len(token)] == token


def _shape(tree: object) -> object:
    """The parse tree without the texts of its literals."""
    if isinstance(tree, dict):
        return type(tree).__name__, {key: _shape(value) for key, value in tree.items()}
    if isinstance(tree, list | tuple) or type(tree).__name__ == "ParseResults":
        return [_shape(value) for value in tree]  # type: ignore[attr-defined]
    return type(tree).__name__


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * {{ ?s ?p trueSERVICE <http://127.0.0.1:{port}/> {{ ?x ?y ?z }} }}",
        "SELECT * {{ ?s ?p 1e5SERVICE <http://127.0.0.1:{port}/> {{ ?x ?y ?z }} }}",
        "SELECT * {{ ?s ?p falseservice silent <http://127.0.0.1:{port}/> {{ ?x ?y ?z }} }}",
        "SELECT * {{ SERV\\u0049CE <http://127.0.0.1:{port}/> {{ ?x ?y ?z }} }}",
        '# \\u000A """\nSELECT * {{ SERVICE <http://127.0.0.1:{port}/> {{ ?x ?y ?z }} }} # """',
        '# \\u000A """\nSELECT * {{ SERV\\u0049CE <http://127.0.0.1:{port}/> {{ ?x ?y ?z }} }} # """',
        "SELECT * {{ ?s ?a ?b FILTER(?a<?b)SERVICE#>\n<http://127.0.0.1:{port}/> {{ ?x ?y ?z }} }}",
        "PREFIX a: <a:> SELECT * {{ ?s ?a ?b FILTER(?a<a:b)SERVICE#>\n<http://127.0.0.1:{port}/> {{ ?x ?y ?z }} }}",
        "SELECT * {{ ?s ?p ?o FILTER(?o > 1.)SERVICE <http://127.0.0.1:{port}/> {{ ?x ?y ?z }} }}",
    ],
)
def test_service_cannot_be_spelled_past_the_check(text: str, kg: KnowledgeGraph) -> None:
    """In the process nothing else would stop it: a server listens, and nobody comes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        with pytest.raises(QueryError, match="SERVICE"):
            kg.select(text.format(port=server.getsockname()[1]))
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?service { ?service a <http://example.org/service> }",
        "PREFIX service: <http://example.org/service/> SELECT * { ?s service:is 'SERVICE' } # SERVICE",
        "SELECT * { ?s ?p 'caf\\u00e9' }",
    ],
)
def test_the_word_service_is_no_crime(text: str) -> None:
    assert query_form(text) == "SELECT"
