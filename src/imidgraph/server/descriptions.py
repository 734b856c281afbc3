"""What describes the endpoint in RDF: service description, VoID, and the catalog as SHACL."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from imidgraph.namespaces import IMID, PREFIXES
from imidgraph.rdf import Literal, RdfFormat, parse, serialize
from imidgraph.sparql.catalog import Catalog

_PREFIXES = {
    "dcterms": PREFIXES["dcterms"],
    "imid": IMID,
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "sh": "http://www.w3.org/ns/shacl#",
    "void": "http://rdfs.org/ns/void#",
    "xsd": PREFIXES["xsd"],
}
_HEAD = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in _PREFIXES.items()) + "\n"
_FORMATS = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "RDF_XML",
    "JSON-LD",
)

PARTITION = """
SELECT ?class (COUNT(?thing) AS ?n) WHERE { ?thing a ?class } GROUP BY ?class ORDER BY ?class
"""


def service_description(endpoint: str) -> str:
    """Describe the service in Turtle.

    Examples
    --------
    >>> "sd:Service" in service_description("http://localhost:8000/sparql")
    True
    """
    formats = " , ".join(f"<http://www.w3.org/ns/formats/{name}>" for name in _FORMATS)
    return (
        _HEAD
        + f"""<{endpoint}>
    a sd:Service ;
    sd:endpoint <{endpoint}> ;
    sd:supportedLanguage sd:SPARQL11Query ;
    sd:resultFormat {formats} ;
    sd:defaultDataset [ a sd:Dataset ; sd:defaultGraph [ a sd:Graph ; dcterms:source <{IMID}> ] ] .
"""
    )


def void_description(endpoint: str, version: str | None, triples: int, partition: list[tuple[str, int]]) -> str:
    """Describe the data set in VoID, in Turtle."""
    parts = " ,\n        ".join(f"[ void:class <{kind}> ; void:entities {count} ]" for kind, count in partition)
    lines = [
        f"<{IMID}>\n    a void:Dataset",
        '    dcterms:title "imidgraph: a knowledge graph of the immunomodulatory imide drugs"@en',
        "    dcterms:license <https://creativecommons.org/licenses/by/4.0/>",
        f'    dcterms:hasVersion "{version or "unknown"}"',
        f"    void:sparqlEndpoint <{endpoint}>",
        f'    void:uriSpace "{IMID}"',
        f"    void:triples {triples}",
    ]
    if parts:
        lines.append(f"    void:classPartition\n        {parts}")
    return _HEAD + " ;\n".join(lines) + " .\n"


def catalog_description(catalog: Catalog) -> str:
    """Describe the named queries as `sh:SPARQLSelectExecutable`, in Turtle.

    Examples
    --------
    >>> from imidgraph.resources import QUERIES
    >>> "sh:SPARQLSelectExecutable" in catalog_description(Catalog(QUERIES))
    True
    """
    blocks = []
    for name, query in sorted(catalog.items()):
        parameters = "".join(
            f"\n    sh:parameter [ sh:path imid:{key} ; sh:description {Literal(item.help)} ;"
            f" sh:optional {str(not item.required).lower()} ] ;"
            for key, item in query.params.items()
        )
        blocks.append(
            f"<{IMID}query/{name}>\n    a sh:SPARQLExecutable , sh:SPARQLSelectExecutable ;\n"
            f"    sh:name {Literal(name)} ;\n    sh:description {Literal(query.summary)} ;{parameters}\n"
            f"    sh:select {Literal(query.body)} .\n"
        )
    return _HEAD + "\n".join(blocks)


@lru_cache(maxsize=32)  # documents are few; an address that varies makes a new one
def translate(turtle: str, media_type: str) -> bytes:
    r"""Write a description in another syntax of RDF.

    Examples
    --------
    >>> translate("<a:b> a <a:c> .", "application/n-triples")
    b'<a:b> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <a:c> .\n'
    """
    format = RdfFormat.from_media_type(media_type)
    if format == RdfFormat.TURTLE:
        return turtle.encode()
    return serialize((quad.triple for quad in parse(turtle, format=RdfFormat.TURTLE)), format=format, prefixes=_PREFIXES) or b""


def query_list(catalog: Catalog) -> list[dict[str, Any]]:
    """List the named queries.

    Examples
    --------
    >>> from imidgraph.resources import QUERIES
    >>> sorted(query_list(Catalog(QUERIES))[0])
    ['name', 'parameters', 'summary', 'topic']
    """
    return [
        {"name": query.name, "topic": query.topic, "summary": query.summary, "parameters": sorted(query.params)}
        for query in catalog.values()
    ]
