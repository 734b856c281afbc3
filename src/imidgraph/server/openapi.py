"""The routes in OpenAPI 3.1, each lookup with its parameters and a real answer."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from imidgraph.errors import ImidgraphError
from imidgraph.graph import KnowledgeGraph
from imidgraph.server.lookups import PAGE, PAGED, WRITERS, path_of
from imidgraph.server.negotiation import HTML, ROWS, TRIPLES
from imidgraph.server.refusals import PROBLEM
from imidgraph.sparql.catalog import Catalog
from imidgraph.verbs import VERBS, Parameter, Verb

Json = dict[str, Any]

_SHOWN = ("search", "status")  # the verbs whose answers are short enough to be shown whole
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
_SOURCE: Json = {
    "type": "object",
    "required": ["number", "id", "citation"],
    "properties": {"number": {"type": "integer"}, "id": _TEXT, "citation": _TEXT, "url": {"type": ["string", "null"]}},
}
_ANSWER: Json = {
    "type": "object",
    "description": "What a lookup found, with its numbered sources, what is unanswered, and why it stopped",
    "required": ["limit", "gaps", "sources", "graph_version", "notice"],
    "properties": {
        "limit": {"type": ["string", "null"], "description": "Why it stopped early; null if the answer is complete"},
        "gaps": {"type": "array", "items": _TEXT, "description": "What is unanswered: not curated does not mean no"},
        "sources": {"type": "array", "items": _SOURCE},
        "graph_version": {"type": ["string", "null"]},
        "notice": {"type": "string", "description": "The notice that goes with the answer"},
    },
}
_PROBLEM: Json = {
    "type": "object",
    "description": "What is wrong (RFC 9457)",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong and what to do next, in a sentence"},
        "suggestions": {"type": "array", "items": _TEXT, "description": "Similar names"},
    },
}
_HEADERS: Json = {
    "ETag": {"schema": _TEXT, "description": "Identifies this answer while the graph is unchanged"},
    "X-Imidgraph-Truncated": {"schema": _TEXT, "description": "Where and why the answer was cut, if it was"},
    "Link": {"schema": _TEXT, "description": "The next page, if there is one"},
}
_ERRORS = {
    "BadRequest": ("400", "The query or a parameter is wrong"),
    "Forbidden": ("403", "The endpoint is read-only"),
    "NotFound": ("404", "Nothing has this name"),
    "NotAcceptable": ("406", "No answer is available in an accepted media type"),
    "TooLarge": ("413", "The request is too long"),
    "AddressTooLong": ("414", "The address is too long"),
    "Unsupported": ("415", "The content type is not supported"),
    "Busy": ("503", "All workers are busy; ask again after the seconds in Retry-After"),
    "Timeout": ("504", "The query exceeded the time limit"),
}


def openapi(graph: KnowledgeGraph, version: str) -> Json:
    """Describe the routes in OpenAPI 3.1.

    Parameters
    ----------
    graph : KnowledgeGraph
        What is served; it gives the named queries and the examples.
    version : str
        The version of the package.

    Examples
    --------
    >>> import imidgraph
    >>> openapi(imidgraph.load(), "1")["openapi"]
    '3.1.0'
    """
    status: Json = {"type": "object", "required": ["status"]}
    paths: Json = {path_of(verb): {"get": _lookup(verb, graph)} for verb in VERBS.values()}
    paths |= {
        "/queries": _document("listQueries", "List the named queries", {"application/json": {"schema": {"type": "array"}}}),
        "/queries/{name}": {"get": _named(graph.queries)},
        "/sparql": _sparql(),
        "/catalog": _described("catalog", "Describe the named queries as SHACL executables"),
        "/void": _described("void", "Describe the data set"),
        "/version": _document(
            "version",
            "Show the versions of the graph and of the package",
            {"application/json": {"schema": status | {"required": ["graph"]}}},
        ),
        "/openapi.json": _document("openapi", "Describe the routes", {"application/json": {"schema": {"type": "object"}}}),
        "/metrics": _document("metrics", "Show what was counted, for Prometheus", {"text/plain": {"schema": _TEXT}}),
        "/health": {
            "get": {
                "operationId": "health",
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
    problem = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    components = {
        "schemas": {"Answer": _ANSWER, "Problem": _PROBLEM, "Table": _RESULTS},
        "parameters": {name: _parameter(part, "query") for name, part in PAGE.items()},
        "headers": _HEADERS,
        "responses": {
            "Answer": _answered(None)["200"],
            "Description": _ok("The description", _content(TRIPLES))["200"],
            "Solutions": _ok("The answer", _content(ROWS, "Table") | _content(TRIPLES), "X-Imidgraph-Truncated")["200"],
        }
        | {name: {"description": told, "content": problem} for name, (_, told) in _ERRORS.items()},
    }
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": components}


def _lookup(verb: Verb, graph: KnowledgeGraph) -> Json:
    responses: Json = {"200": {"$ref": "#/components/responses/Answer"}}
    if verb.name in _SHOWN:
        with contextlib.suppress(ImidgraphError):  # another graph than ours may not know the names
            responses = _answered(json.loads(verb.ask(graph, verb.read(verb.example)).to_json()))
    return {
        "operationId": verb.name,
        "summary": verb.summary,
        "tags": ["lookups"],
        "parameters": [
            *(_parameter(item, "path" if f"{{{item.name}}}" in path_of(verb) else "query") for item in verb.parameters),
            *({"$ref": f"#/components/parameters/{name}"} for name in (PAGE if verb.name in PAGED else ())),
        ],
        "responses": responses | _failures("BadRequest", "NotFound", "NotAcceptable", "AddressTooLong", "Busy"),
    }


def _answered(example: Json | None) -> Json:
    answer: Json = {"schema": {"$ref": "#/components/schemas/Answer"}} | ({} if example is None else {"example": example})
    texts: Json = {media_type: {} for media_type in (*WRITERS, HTML)}
    return _ok("The answer", texts | {"application/json": answer}, "X-Imidgraph-Truncated", "Link")


def _parameter(parameter: Parameter, place: str) -> Json:
    described: Json = {
        "name": parameter.name,
        "in": place,
        "description": parameter.help,
        "schema": parameter.schema,
    }
    if parameter.required:
        described["required"] = True
    return described if parameter.example is None else described | {"example": parameter.example}


def _named(catalog: Catalog) -> Json:
    name: Json = {"name": "name", "in": "path", "required": True, "schema": {"type": "string", "enum": sorted(catalog)}}
    values: Json = {"type": "object", "additionalProperties": _TEXT}
    return {
        "operationId": "runQuery",
        "summary": "Run a named query; /queries lists them with their parameters",
        "tags": ["queries"],
        "parameters": [
            name | {"description": "The name of the query", "example": "boxed-warnings"},
            {
                "name": "parameters",
                "in": "query",
                "description": "The parameters of the query, each under its own name",
                "schema": values,
                "example": {"drug": "Revlimid"},
            },
        ],
        "responses": _ok("The rows", _content(ROWS, "Table"), "X-Imidgraph-Truncated")
        | _failures("BadRequest", "NotFound", "NotAcceptable", "Busy", "Timeout"),
    }


def _sparql() -> Json:
    graphs = [
        {"name": f"{kind}-graph-uri", "in": "query", "schema": {"type": "array", "items": _TEXT}, "description": description}
        for kind, description in (("default", "A graph to query instead of all graphs"), ("named", "A graph that GRAPH can name"))
    ]
    query = {"name": "query", "in": "query", "schema": _TEXT, "description": "SPARQL 1.1; without it: the service description"}
    form = {
        "type": "object",
        "required": ["query"],
        "properties": {"query": _TEXT} | {item["name"]: item["schema"] for item in graphs},
    }
    bodies = {"application/x-www-form-urlencoded": {"schema": form}, "application/sparql-query": {"schema": _TEXT}}
    solutions = {"200": {"$ref": "#/components/responses/Solutions"}}
    failures = ("BadRequest", "NotAcceptable", "Busy", "Timeout")
    return {
        "get": {
            "operationId": "querySparql",
            "summary": "Answer a SPARQL 1.1 query, or describe the service",
            "parameters": [query, *graphs],
            "responses": solutions | _failures(*failures, "AddressTooLong"),
        },
        "post": {
            "operationId": "postSparql",
            "summary": "Answer a SPARQL 1.1 query",
            "parameters": graphs,
            "requestBody": {"required": True, "content": bodies},
            "responses": solutions | _failures(*failures, "Forbidden", "TooLarge", "AddressTooLong", "Unsupported"),
        },
    }


def _document(operation: str, summary: str, content: Json, *failures: str) -> Json:
    responses = _ok("The document", content) | _failures(*failures)
    return {"get": {"operationId": operation, "summary": summary, "responses": responses}}


def _described(operation: str, summary: str) -> Json:
    responses = {"200": {"$ref": "#/components/responses/Description"}} | _failures("NotAcceptable")
    return {"get": {"operationId": operation, "summary": summary, "responses": responses}}


def _ok(description: str, content: Json, *headers: str) -> Json:
    told = {name: {"$ref": f"#/components/headers/{name}"} for name in ("ETag", *headers)}
    return {"200": {"description": description, "content": content, "headers": told}}


def _failures(*names: str) -> Json:
    return {_ERRORS[name][0]: {"$ref": f"#/components/responses/{name}"} for name in names}


def _content(media_types: tuple[str, ...], schema: str | None = None) -> Json:
    return {
        media_type: {"schema": {"$ref": f"#/components/schemas/{schema}"}}
        if schema and "json" in media_type
        else {"schema": _TEXT}
        for media_type in media_types
    }
