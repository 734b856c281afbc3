"""Releases: the graph in every format in one folder, with checksums, a description, a license, a citation and its changes."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from imidgraph import formats
from imidgraph.errors import ExportError
from imidgraph.files import umask, writing
from imidgraph.formats.projection import Projection
from imidgraph.namespaces import IMID, PREFIXES
from imidgraph.prose import NOT_ADVICE
from imidgraph.rdf import Literal, NamedNode, RdfFormat, Triple, serialize
from imidgraph.release.changes import Changes, changes, semantic

_LICENSE = "https://creativecommons.org/licenses/by/4.0/"
_ABOUT = "Drugs, generations, mechanisms, indications, risks and articles of the IMiDs, every statement with its evidence."
_KEYWORDS = ("knowledge graph", "RDF", "multiple myeloma", "thalidomide", "lenalidomide", "pomalidomide", "pharmacology")
_DUMPS = {"jsonld", "nq", "nt", "rdf", "trig", "ttl"}
_SHOWN = 5
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
        Where the graph has no semantic version, or one that its changes do not allow; where names are gone that were not
        retired; where the folder holds something, or cannot be written.
    """
    version = semantic(graph.version)
    if version is None:
        found = repr(graph.version) if graph.version else "missing"
        raise ExportError(f"The version of the graph is {found}. Give its ontology an owl:versionInfo such as 1.2.3.")
    differences = changes(previous, graph) if previous is not None else None
    least = differences.least if differences is not None else None
    if differences is not None and least is not None and version < (semantic(least) or version):
        raise ExportError(
            f"From {differences.old}, with {len(differences.added)} facts added, {len(differences.removed)} removed and "
            f"{len(differences.changed)} changed, the version is at least {least}, not {graph.version}. Raise owl:versionInfo."
        )
    if differences is not None and differences.lost:
        lost = ", ".join(differences.lost[:_SHOWN]) + (", ..." if len(differences.lost) > _SHOWN else "")
        raise ExportError(
            f"{len(differences.lost)} names from {differences.old} are gone: {lost}. "
            "Add them to ontology/facts/retired.yaml, with their successors."
        )
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise ExportError(f"{directory} is not empty. Choose a new folder.")
    with writing(directory):
        beside = Path(tempfile.mkdtemp(prefix=f".{directory.name}.", dir=directory.parent))
        try:
            _fill(graph, beside, differences, proceed)
            beside.chmod(0o777 & ~umask())
            beside.replace(directory)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    return sorted(directory.iterdir())


def _fill(graph: Projection, folder: Path, differences: Changes | None, proceed: Callable[[str], object]) -> None:
    name = f"imidgraph-{graph.version}"
    rows = []
    for format, chosen in formats.FORMATS.items():
        proceed(format)
        written = formats.write(graph, folder / f"{name}.{format}", format)
        rows.append(
            f"| {', '.join(f'`{path.name}`' for path in written.paths)} | {chosen.title} | {written.note} |".replace("\\", "")
        )
    files = sorted(folder.iterdir())
    sums = {path.name: _checksum(path) for path in files}
    texts = {
        "CITATION.cff": _citation(graph.version),
        "README.md": _readme(graph.version, rows),
        "LICENSE": f"{_TITLE}, version {graph.version}, is licensed under CC BY 4.0: {_LICENSE}\n\n{NOT_ADVICE}\n",
        "void.ttl": _description(graph, [(path, sums[path.name]) for path in files], differences.old if differences else ""),
    }
    if differences is not None:
        texts["CHANGES.md"] = differences.to_markdown()
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
keywords: [{", ".join(_KEYWORDS)}]
"""


def _readme(version: str, rows: list[str]) -> str:
    told = "\n".join(rows)
    return f"""# {_TITLE}, version {version}

License: [CC BY 4.0]({_LICENSE}). How to cite it: `CITATION.cff`. What it is, for programs: `void.ttl`.
Check what you downloaded with `sha256sum --check SHA256SUMS`.

**{NOT_ADVICE}**

| file | format | note |
|---|---|---|
{told}
"""


def _description(graph: Projection, files: list[tuple[Path, str]], previous: str) -> str:
    def term(name: str) -> NamedNode:
        prefix, _, local = name.partition(":")
        return NamedNode(_VOCABULARIES[prefix] + local)

    dataset, kind = NamedNode(f"{IMID}{graph.version}"), NamedNode(PREFIXES["rdf"] + "type")
    found = [
        Triple(dataset, kind, term("void:Dataset")),
        Triple(dataset, kind, term("dcat:Dataset")),
        Triple(dataset, term("dcterms:title"), Literal(_TITLE, language="en")),
        Triple(dataset, term("dcterms:license"), NamedNode(_LICENSE)),
        Triple(dataset, term("dcterms:description"), Literal(_ABOUT, language="en")),
        Triple(dataset, term("dcat:isVersionOf"), NamedNode(IMID)),
        Triple(dataset, term("dcat:landingPage"), NamedNode(IMID)),
        Triple(dataset, term("dcat:version"), Literal(graph.version)),
        Triple(dataset, term("void:uriSpace"), Literal(IMID)),
        Triple(dataset, term("void:triples"), Literal(sum(1 for _ in graph.triples()))),
        Triple(dataset, term("void:entities"), Literal(sum(1 for _ in graph.nodes()))),
    ]
    if previous:
        found.append(Triple(dataset, term("dcat:previousVersion"), NamedNode(f"{IMID}{previous}")))
    found += [Triple(dataset, term("dcat:keyword"), Literal(word, language="en")) for word in _KEYWORDS]
    found += [Triple(dataset, term("void:vocabulary"), NamedNode(PREFIXES[prefix])) for prefix in ("owl", "prov", "skos")]
    for path, checksum in files:
        file, digest = NamedNode(f"{IMID}{graph.version}/{path.name}"), NamedNode(f"{IMID}{graph.version}/{path.name}#sha256")
        media = _MEDIA_TYPES.get(path.suffix[1:])
        found += [
            Triple(dataset, term("dcat:distribution"), file),
            Triple(file, kind, term("dcat:Distribution")),
            Triple(file, term("dcterms:title"), Literal(path.name)),
            Triple(file, term("dcat:downloadURL"), file),
            Triple(file, term("dcterms:license"), NamedNode(_LICENSE)),
            Triple(file, term("dcat:byteSize"), Literal(str(path.stat().st_size), datatype=term("xsd:nonNegativeInteger"))),
            Triple(file, term("spdx:checksum"), digest),
            Triple(digest, kind, term("spdx:Checksum")),
            Triple(digest, term("spdx:algorithm"), term("spdx:checksumAlgorithm_sha256")),
            Triple(digest, term("spdx:checksumValue"), Literal(checksum, datatype=term("xsd:hexBinary"))),
        ]
        if path.suffix[1:] in _DUMPS:
            found.append(Triple(dataset, term("void:dataDump"), file))
        if media:
            types = "https://www.iana.org/assignments/media-types/"
            found.append(Triple(file, term("dcat:mediaType"), NamedNode(types + media)))
    return (serialize(found, format=RdfFormat.TURTLE, prefixes=_VOCABULARIES) or b"").decode()
