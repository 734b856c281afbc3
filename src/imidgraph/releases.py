"""Releases: the graph in every format in one folder, with checksums, a description, a licence, a citation and its changes."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from imidgraph import export
from imidgraph.changes import changes
from imidgraph.citations import NOT_ADVICE
from imidgraph.errors import ExportError
from imidgraph.files import umask, writing
from imidgraph.namespaces import IMID, PREFIXES
from imidgraph.projection import Projection

_LICENSE = "https://creativecommons.org/licenses/by/4.0/"
_TITLE = "imidgraph: a knowledge graph of the immunomodulatory imide drugs"
_VOCABULARIES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": PREFIXES["dcterms"],
    "spdx": "http://spdx.org/rdf/terms#",
    "void": "http://rdfs.org/ns/void#",
    "xsd": PREFIXES["xsd"],
}
_MEDIA_TYPES = {
    "csv": "text/csv",
    "gexf": "application/gexf+xml",
    "html": "text/html",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "jsonld": "application/ld+json",
    "nq": "application/n-quads",
    "nt": "application/n-triples",
    "parquet": "application/vnd.apache.parquet",
    "rdf": "application/rdf+xml",
    "sqlite": "application/vnd.sqlite3",
    "trig": "application/trig",
    "tsv": "text/tab-separated-values",
    "ttl": "text/turtle",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def write_release(
    graph: Projection, directory: Path, previous: Projection | None = None, proceed: Callable[[str], object] = lambda _: None
) -> list[Path]:
    """Write a release into a new folder; it appears when it is complete.

    Parameters
    ----------
    graph : Projection
        The graph, with its version.
    directory : Path
        The folder, which must not be there or be empty.
    previous : Projection, optional
        The version before, for the report of changes.
    proceed : callable, optional
        Is told the name of each format before it is written.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    ExportError
        Where the graph has no version, or that of the version before; where the folder holds something, or cannot be written.
    """
    if not graph.version:
        raise ExportError("The graph has no version. Give its ontology an owl:versionInfo.")
    if previous is not None and previous.version == graph.version:
        raise ExportError(f"Both versions are called {graph.version}. Raise owl:versionInfo of the new one.")
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise ExportError(f"{directory} is not empty. Choose a new folder.")
    with writing(directory):
        beside = Path(tempfile.mkdtemp(prefix=f".{directory.name}.", dir=directory.parent))
        try:
            _fill(graph, beside, previous, proceed)
            beside.chmod(0o777 & ~umask())
            beside.replace(directory)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    return sorted(directory.iterdir())


def _fill(graph: Projection, folder: Path, previous: Projection | None, proceed: Callable[[str], object]) -> None:
    name = f"imidgraph-{graph.version}"
    for format in export.FORMATS:
        proceed(format)
        export.write(graph, folder / f"{name}.{format}", format)
    files = sorted(folder.iterdir())
    sums = {path.name: _checksum(path) for path in files}
    texts = {
        "CITATION.cff": _citation(graph.version),
        "LICENSE": f"{_TITLE}, version {graph.version}, is licensed under CC BY 4.0: {_LICENSE}\n\n{NOT_ADVICE}\n",
        "void.ttl": _description(graph, [(path, sums[path.name]) for path in files]),
    }
    if previous is not None:
        texts["CHANGES.md"] = changes(previous, graph).to_markdown()
    for file, text in texts.items():
        (folder / file).write_text(text, encoding="utf-8")
        sums[file] = _checksum(folder / file)
    lines = "".join(f"{checksum}  {file}\n" for file, checksum in sorted(sums.items()))
    (folder / "SHA256SUMS").write_text(lines, encoding="utf-8")


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _citation(version: str) -> str:
    return f"""cff-version: 1.2.0
message: If you use this graph, please cite it, with its version.
type: dataset
title: "{_TITLE}"
authors:
  - name: The imidgraph contributors
version: "{version}"
identifiers:
  - type: url
    value: {IMID}{version}
license: CC-BY-4.0
url: {IMID}
keywords: [knowledge graph, RDF, multiple myeloma, thalidomide, lenalidomide, pomalidomide, pharmacology]
"""


def _description(graph: Projection, files: list[tuple[Path, str]]) -> str:
    def term(name: str) -> NamedNode:
        prefix, _, local = name.partition(":")
        return NamedNode(_VOCABULARIES[prefix] + local)

    dataset, kind = NamedNode(f"{IMID}{graph.version}"), NamedNode(PREFIXES["rdf"] + "type")
    found = [
        Triple(dataset, kind, term("void:Dataset")),
        Triple(dataset, kind, term("dcat:Dataset")),
        Triple(dataset, term("dcterms:title"), Literal(_TITLE, language="en")),
        Triple(dataset, term("dcterms:license"), NamedNode(_LICENSE)),
        Triple(dataset, term("dcterms:isVersionOf"), NamedNode(IMID)),
        Triple(dataset, term("dcat:version"), Literal(graph.version)),
        Triple(dataset, term("void:uriSpace"), Literal(IMID)),
        Triple(dataset, term("void:triples"), Literal(sum(1 for _ in graph.triples()))),
        Triple(dataset, term("void:entities"), Literal(sum(1 for _ in graph.nodes()))),
    ]
    for path, checksum in files:
        file, digest = NamedNode(f"{IMID}{graph.version}/{path.name}"), NamedNode(f"{IMID}{graph.version}/{path.name}#sha256")
        media = _MEDIA_TYPES.get(path.suffix[1:])
        found += [
            Triple(dataset, term("dcat:distribution"), file),
            Triple(file, kind, term("dcat:Distribution")),
            Triple(file, term("dcterms:title"), Literal(path.name)),
            Triple(file, term("dcat:byteSize"), Literal(path.stat().st_size)),
            Triple(file, term("spdx:checksum"), digest),
            Triple(digest, term("spdx:algorithm"), term("spdx:checksumAlgorithm_sha256")),
            Triple(digest, term("spdx:checksumValue"), Literal(checksum)),
        ]
        if media:
            types = "https://www.iana.org/assignments/media-types/"
            found.append(Triple(file, term("dcat:mediaType"), NamedNode(types + media)))
    return (serialize(found, format=RdfFormat.TURTLE, prefixes=_VOCABULARIES) or b"").decode()
