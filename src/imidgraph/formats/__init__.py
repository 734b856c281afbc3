"""Exports: one format, one module; the table says which suffix belongs to which.

A writer gives bytes piece by piece, the same for the same graph. One of RDF takes triples; every other takes the
nodes and edges of a `Projection`. A format whose writers are named by the tails of file names is written as several files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imidgraph.errors import ExportError
from imidgraph.files import PACKED, Progress, packed, write_all, writing

if TYPE_CHECKING:
    from imidgraph.formats.projection import Projection


@dataclass(frozen=True)
class Format:
    """A format that the graph can be written in.

    Parameters
    ----------
    title : str
        Its name.
    writers : str or dict of str to str
        The writer as ``module:function``; one for each tail of a file name where the format needs several files.
    rdf : bool
        Whether its writers take triples.
    flat : bool
        Whether it cannot hold lists and maps, so that `records.flatten` is at work.
    hint : str
        What whoever writes it should know.
    """

    title: str
    writers: str | dict[str, str]
    rdf: bool = False
    flat: bool = False
    hint: str = ""

    def streams(self, graph: Projection) -> dict[str, Iterator[bytes]]:
        """Give the bytes of each file of the format, by the tail of its name."""
        writers = {"": self.writers} if isinstance(self.writers, str) else self.writers
        return {tail: _writer(name)(graph.triples() if self.rdf else graph) for tail, name in writers.items()}


@dataclass(frozen=True)
class Written:
    """What an export wrote.

    Parameters
    ----------
    paths : tuple of Path
        The files.
    note : str
        What was flattened or left out, in one line; nothing where nothing was.
    """

    paths: tuple[Path, ...]
    note: str


FORMATS: dict[str, Format] = {
    "ttl": Format("Turtle", "turtle:write_turtle", rdf=True),
    "nt": Format("N-Triples", "ntriples:write_ntriples", rdf=True),
    "nq": Format("N-Quads", "ntriples:write_ntriples", rdf=True),
    "trig": Format("TriG", "turtle:write_turtle", rdf=True),
    "rdf": Format("RDF/XML", "rdfxml:write_rdfxml", rdf=True),
    "jsonld": Format("JSON-LD", "jsonld:write_jsonld", rdf=True),
    "rdf12.ttl": Format("Turtle of RDF 1.2", "annotated:write_annotated", rdf=True),
    "nanopub.trig": Format("nanopublications", "nanopub:write_nanopubs"),
    "sssom.tsv": Format("SSSOM mappings", "sssom:write_sssom", rdf=True),
    "json": Format("node-link JSON", "jsongraph:write_node_link"),
    "cyjs": Format("Cytoscape.js JSON", "jsongraph:write_cytoscape"),
    "cx2": Format("CX2", "cx2:write_cx2"),
    "graphml": Format("GraphML", "graphml:write_graphml", flat=True),
    "gexf": Format("GEXF", "gexf:write_gexf", flat=True),
    "gml": Format("GML", "gml:write_gml", flat=True),
    "dot": Format("Graphviz DOT", "drawing:write_dot", flat=True),
    "mmd": Format(
        "Mermaid",
        "drawing:write_mermaid",
        hint="Mermaid shows names and relations, without attributes and evidence, and by default no more than 500 of them: "
        "write a part with --only or --neighborhood.",
    ),
    "edges": Format(
        "edge list",
        "drawing:write_edge_list",
        hint="An edge list has no attributes and no negated statements. "
        "Read it with networkx.read_edgelist(FILE, delimiter='\\t', comments=None): an IRI may hold a #.",
    ),
    "csv": Format(
        "CSV",
        {
            "_nodes.csv": "tables:write_node_table",
            "_edges.csv": "tables:write_edge_table",
            "_evidence.csv": "tables:write_evidence_table",
        },
        flat=True,
    ),
    "parquet": Format(
        "Parquet",
        {
            "_nodes.parquet": "parquet:write_node_parquet",
            "_edges.parquet": "parquet:write_edge_parquet",
            "_evidence.parquet": "parquet:write_evidence_parquet",
        },
    ),
    "sqlite": Format("SQLite", "sqlite:write_sqlite", flat=True),
    "neo4j.csv": Format(
        "Neo4j import CSV",
        {"_neo4j_nodes.csv": "tables:write_neo4j_nodes", "_neo4j_edges.csv": "tables:write_neo4j_edges"},
        hint="Import with: neo4j-admin database import full --array-delimiter=U+001F --multiline-fields=true "
        "--nodes=..._nodes.csv --relationships=..._edges.csv",
    ),
    "kgx.tsv": Format(
        "KGX TSV",
        {"_nodes.tsv": "kgx:write_kgx_nodes", "_edges.tsv": "kgx:write_kgx_edges"},
        flat=True,
    ),
    "kgx.jsonl": Format(
        "KGX JSON Lines",
        {"_nodes.jsonl": "kgx:write_kgx_node_lines", "_edges.jsonl": "kgx:write_kgx_edge_lines"},
    ),
    "cypher": Format("Cypher script", "cypher:write_cypher"),
    "xlsx": Format("spreadsheet", "xlsx:write_xlsx"),
    "html": Format("printable reference", "html:write_html"),
}


def find(name: str) -> str:
    """Find a format by a file name or by its own name.

    Parameters
    ----------
    name : str
        A file name, whose longest known suffix counts and where ``.gz`` and ``.zst`` do not, or the name of a format.

    Returns
    -------
    str
        The key of the format in `FORMATS`.

    Raises
    ------
    ExportError
        Where no format has the suffix; the message names those that exist.

    Examples
    --------
    >>> find("imid.ttl.gz"), find(".nt"), find("ttl")
    ('ttl', 'nt', 'ttl')
    """
    plain = _unpacked(name).lower()
    if plain in FORMATS:
        return plain
    for format in sorted(FORMATS, key=len, reverse=True):
        if plain.endswith("." + format):
            return format
    raise ExportError(f"Unknown file format: {name!r}. Use one of {', '.join('.' + key for key in FORMATS)}.")


def write(graph: Projection, path: Path, format: str | None = None, progress: Progress | None = None) -> Written:
    """Write a graph to a file, or to several that belong together, whole or not at all.

    Parameters
    ----------
    graph : Projection
        The graph.
    path : Path
        The file; its suffix tells the format. Of a format with several files, ``imid.csv`` becomes ``imid_nodes.csv``,
        ``imid_edges.csv`` and so on.
    format : str, optional
        The name of the format, where the suffix does not tell it.
    progress : callable, optional
        Is told how many bytes were made.

    Raises
    ------
    ExportError
        Where the suffix names no format or a file cannot be written.
    MissingExtra
        Where the format needs a library that is not installed.
    """
    key = find(format or path.name)
    chosen = FORMATS[key]
    with writing(path):  # what is sorted on the way goes to temporary files
        contents = {_target(path, key, tail): _watched(stream, progress) for tail, stream in chosen.streams(graph).items()}
        write_all(contents)
        return Written(tuple(contents), _note(chosen, graph))


def stream(graph: Projection, format: str) -> Iterator[bytes]:
    """Give the bytes of a graph in a format of one file.

    Parameters
    ----------
    graph : Projection
        The graph.
    format : str
        A format, also packed: ``ttl.gz``.

    Raises
    ------
    ExportError
        Where there is no such format, or where it needs several files.
    """
    if isinstance(FORMATS[find(format)].writers, dict):
        raise ExportError(f"{FORMATS[find(format)].title} needs several files. Give a file name instead of standard output.")
    with writing("The graph"):
        yield from packed(FORMATS[find(format)].streams(graph)[""], Path(f"x.{format}").suffix)


def _note(format: Format, graph: Projection) -> str:
    if not format.flat:
        return format.hint
    from imidgraph.formats.records import summary

    return summary(graph)


def _target(path: Path, key: str, tail: str) -> Path:
    if not tail:
        return path
    name = _unpacked(path.name)
    stem = name[: -len(key) - 1] if name.lower().endswith("." + key) else name.partition(".")[0]
    return path.with_name(stem + tail + path.name[len(name) :])


def _unpacked(name: str) -> str:
    return next((name[: -len(suffix)] for suffix in PACKED if name.lower().endswith(suffix)), name)


def _watched(pieces: Iterator[bytes], progress: Progress | None) -> Iterator[bytes]:
    if progress is None:
        return pieces
    return (_told(piece, progress) for piece in pieces)


def _told(piece: bytes, progress: Progress) -> bytes:
    progress(len(piece))
    return piece


def _writer(name: str) -> Callable[[Any], Iterator[bytes]]:
    module, _, function = name.partition(":")
    return getattr(import_module(f"{__name__}.{module}"), function)  # type: ignore[no-any-return]


__all__ = ["FORMATS", "Format", "Written", "find", "stream", "write"]
