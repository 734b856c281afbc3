"""The routes in OpenAPI 3.1, the named queries with their parameters among them."""

from __future__ import annotations

from typing import Any

from imidgraph.server.negotiation import ROWS, TRIPLES
from imidgraph.sparql.catalog import Catalog, Parameter, Query

Json = dict[str, Any]

_TYPES = {"integer": "integer", "decimal": "number", "boolean": "boolean"}
_TEXT: Json = {"type": "string"}
_ROW: Json = {"type": "object", "additionalProperties": {"type": "object", "required": ["type", "value"]}}
_RESULTS: Json = {
    "type": "object",
    "required": ["head"],
    "properties": {
        "head": {"type": "object", "properties": {"vars": {"type": "array", "items": _TEXT}}},
        "boolean": {"type": "boolean"},
        "results": {"type": "object", "properties": {"bindings": {"type": "array", "items": _ROW}}},
    },
}
_HEADERS: Json = {
    "ETag": {"schema": _TEXT, "description": "Names this answer, for as long as the graph is the same"},
    "X-Imidgraph-Truncated": {"schema": _TEXT, "description": "Where and why the answer was cut, if it was"},
}
_ERRORS = {
    "BadRequest": ("400", "The query or a parameter is wrong"),
    "Forbidden": ("403", "The endpoint is read-only"),
    "NotFound": ("404", "Nothing is called so"),
    "NotAcceptable": ("406", "There is no answer in a media type that is accepted"),
    "TooLarge": ("413", "The request is too long"),
    "AddressTooLong": ("414", "The address is too long"),
    "Unsupported": ("415", "The content type is not taken"),
    "Busy": ("503", "Every worker is at work; ask again after the seconds that Retry-After tells"),
    "Timeout": ("504", "The query took longer than it may"),
}


def openapi(catalog: Catalog, version: str) -> Json:
    """Describe the routes in OpenAPI 3.1.

    Parameters
    ----------
    catalog : Catalog
        The named queries.
    version : str
        The version of the package.

    Examples
    --------
    >>> from imidgraph.resources import QUERIES
    >>> openapi(Catalog(QUERIES), "1")["openapi"]
    '3.1.0'
    """
    table = _content(ROWS, "Table")
    answer = table | _content(TRIPLES)
    status: Json = {"type": "object", "required": ["status"]}
    paths: Json = {"/sparql": _sparql(answer)}
    for name, query in sorted(catalog.items()):
        paths[f"/queries/{name}"] = {"get": _named(query, table)}
    paths |= {
        "/queries": _document("List the named queries", {"application/json": {"schema": {"type": "array"}}}),
        "/catalog": _document("Give the named queries as SHACL executables", _content(TRIPLES), "NotAcceptable"),
        "/void": _document("Describe the data set", _content(TRIPLES), "NotAcceptable"),
        "/.well-known/void": _document("Describe the data set", _content(TRIPLES), "NotAcceptable"),
        "/version": _document(
            "Tell the versions of the graph and of the package",
            {"application/json": {"schema": status | {"required": ["graph"]}}},
        ),
        "/openapi.json": _document("Describe the routes", {"application/json": {"schema": {"type": "object"}}}),
        "/health": {
            "get": {
                "summary": "Run a real query",
                "responses": {
                    "200": {"description": "It works", "content": {"application/json": {"schema": status}}},
                    "503": {"description": "It does not", "content": {"application/json": {"schema": status}}},
                },
            }
        },
    }
    info = {
        "title": "imidgraph",
        "version": version,
        "description": "The knowledge graph of the IMiD drugs. A summary of published sources, not medical advice.",
        "license": {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"},
    }
    components = {
        "schemas": {"Table": _RESULTS},
        "responses": {
            name: {"description": description, "content": {"text/plain": {"schema": _TEXT}}}
            for name, (_, description) in _ERRORS.items()
        },
    }
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": components}


def _sparql(answer: Json) -> Json:
    graphs = [
        {"name": f"{kind}-graph-uri", "in": "query", "schema": {"type": "array", "items": _TEXT}, "description": description}
        for kind, description in (("default", "A graph to ask, instead of all"), ("named", "A graph that GRAPH can name"))
    ]
    query = {"name": "query", "in": "query", "schema": _TEXT, "description": "SPARQL 1.1; without it: the service description"}
    form = {
        "type": "object",
        "required": ["query"],
        "properties": {"query": _TEXT} | {item["name"]: item["schema"] for item in graphs},
    }
    bodies = {"application/x-www-form-urlencoded": {"schema": form}, "application/sparql-query": {"schema": _TEXT}}
    failures = ("BadRequest", "NotAcceptable", "Busy", "Timeout")
    return {
        "get": {
            "summary": "Answer a SPARQL 1.1 query, or describe the service",
            "parameters": [query, *graphs],
            "responses": _ok("The answer", answer) | _failures(*failures, "AddressTooLong"),
        },
        "post": {
            "summary": "Answer a SPARQL 1.1 query",
            "parameters": graphs,
            "requestBody": {"required": True, "content": bodies},
            "responses": _ok("The answer", answer)
            | _failures(*failures, "Forbidden", "TooLarge", "AddressTooLong", "Unsupported"),
        },
    }


def _named(query: Query, table: Json) -> Json:
    return {
        "summary": query.summary,
        "description": query.description,
        "tags": [query.topic],
        "parameters": [_parameter(item, query.example) for item in query.params.values()],
        "responses": _ok("The rows", table) | _failures("BadRequest", "NotFound", "NotAcceptable", "Busy", "Timeout"),
    }


def _parameter(parameter: Parameter, example: Json) -> Json:
    schema: Json = {"type": _TYPES.get(parameter.type, "string")}
    if parameter.allowed:
        schema["enum"] = list(parameter.allowed)
    if parameter.type == "date":
        schema["format"] = "date"
    described = {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": parameter.help,
        "schema": schema,
    }
    if parameter.name in example:
        value = example[parameter.name]
        described["example"] = value if schema["type"] in {"integer", "number", "boolean"} else str(value)
    return described


def _document(summary: str, content: Json, *failures: str) -> Json:
    return {"get": {"summary": summary, "responses": _ok("The document", content) | _failures(*failures)}}


def _ok(description: str, content: Json) -> Json:
    return {"200": {"description": description, "content": content, "headers": _HEADERS}}


def _failures(*names: str) -> Json:
    return {_ERRORS[name][0]: {"$ref": f"#/components/responses/{name}"} for name in names}


def _content(media_types: tuple[str, ...], schema: str | None = None) -> Json:
    return {
        media_type: {"schema": {"$ref": f"#/components/schemas/{schema}"}}
        if schema and "json" in media_type
        else {"schema": _TEXT}
        for media_type in media_types
    }
