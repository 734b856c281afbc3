"""Commands for whoever keeps the graph: export, validate, build."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from imidgraph.cli.group import NOTHING, opened, stoppable
from imidgraph.cli.output import emit, format_option, progress_bar, progress_lines, say
from imidgraph.cli.queries import read_parameters

if TYPE_CHECKING:
    from imidgraph.release.names import Names


@click.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.argument("parameters", nargs=-1, metavar="[PARAMETER=VALUE]...")
@click.option("--format", metavar="NAME", help="The format, if the suffix does not show it.")
@click.option(
    "--only", metavar="PILLAR,...", help="Only these pillars: drugs, generations, mechanisms, indications, risks, articles."
)
@click.option("--neighborhood", metavar="ENTITY", help="Only the neighborhood of this entity, by any of its names.")
@click.option("--hops", default=1, type=click.IntRange(min=0), show_default=True, help="Size of the neighborhood, in statements.")
@click.option(
    "--query", metavar="NAME", help="Only the entities in the answer of a named query, and the statements between them."
)
def export(
    file: Path,
    parameters: tuple[str, ...],
    format: str | None,
    only: str | None,
    neighborhood: str | None,
    hops: int,
    query: str | None,
) -> None:
    """Write the graph, or a part of it, to FILE. The suffix sets the format; add .gz or .zst to compress.

    Use - for standard output. A format with several files adds a name to each: imid.csv becomes imid_nodes.csv and so on.

    \b
    For example:
      imidgraph export imid.graphml
      imidgraph export mechanisms.cyjs --only mechanisms,drugs
      imidgraph export around.dot --neighborhood lenalidomide --hops 1
      imidgraph export warned.jsonld --query boxed-warnings drug=Revlimid
    """
    from imidgraph.files import writing
    from imidgraph.formats import find, stream, write

    if parameters and query is None:
        raise click.UsageError("PARAMETER=VALUE needs --query NAME.")
    chosen = find(format or ("ttl" if str(file) == "-" else file.name))
    graph = opened(whole=True)
    pillars = [name.strip() for name in only.split(",")] if only else []
    part = graph.part(pillars, neighborhood, hops, query, read_parameters(parameters))
    if str(file) == "-":
        with writing("standard output"):
            for piece in stream(part, format or chosen):
                sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()
        return
    with progress_bar("writing") as progress, stoppable():
        written = write(part, file, chosen, progress)
    say(f"Wrote {', '.join(map(str, written.paths))}.")
    if written.note:
        say(written.note)


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--shapes/--no-shapes", default=True, show_default=True, help="Also check the SHACL shapes.")
@format_option()
def validate(file: Path | None, shapes: bool, format: str | None) -> None:
    """Check the graph, or the RDF file FILE.

    Against the invariants and the SHACL shapes. In a checkout, each violation is told with the file and line of its source.
    The exit code is 1 where something is wrong.
    """
    answer = opened(file, whole=True).validate(shapes)
    if not answer:
        say(answer.nothing)
        return
    names = _names(file) if format is None else None
    if names is None:
        emit(answer, format)
    else:
        from imidgraph.release.check import sentence

        for violation in answer:
            click.echo(sentence(violation, names))
    say(f"{answer.title}.")
    sys.exit(NOTHING)


def _names(file: Path | None) -> Names | None:
    """Give where things are described, where the graph is the release of a checkout."""
    from imidgraph.release.checkout import read_checkout
    from imidgraph.resources import RELEASE

    given = click.get_current_context().find_root().params.get("graph")
    folder = (file or Path(given or RELEASE)).parent
    return read_checkout(folder).names if (folder / "facts").is_dir() else None


@click.command()
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if the release is out of date.")
@click.option("--readings", is_flag=True, help="Only list the second readings that later changes have made void.")
@format_option()
def build(path: Path | None, check: bool, readings: bool, format: str | None) -> None:
    """Build the release, ontology/imid.ttl, from its sources.

    What is wrong in a source is told with its file and line; nothing is built then. PATH is another ontology directory.
    With --check it can be one file of facts, sources or entities: only that file is checked, and nothing else.

    \b
    For example:
      imidgraph build
      imidgraph build --check
      imidgraph build --check ontology/facts/risks/lenalidomide.yaml
    """
    from imidgraph.answers import Table
    from imidgraph.files import write_all
    from imidgraph.release.build import built_files
    from imidgraph.release.check import check_file
    from imidgraph.release.checkout import read_checkout
    from imidgraph.resources import ONTOLOGY, QUERIES
    from imidgraph.sparql.catalog import Catalog

    if path is not None and path.is_file():
        if not check:
            raise click.UsageError(f"{path} is a single file. Add --check to check it, or omit it to build the release.")
        check_file(path, Catalog(QUERIES))
        say(f"No errors in {path}.")
        return
    directory = path or ONTOLOGY
    if readings:
        rows = [(str(void.place), void.evidence, void.day, void.outcome) for void in read_checkout(directory).void]
        emit(Table(("place", "evidence", "day", "outcome"), rows), format)
        return
    checkout, files = built_files(directory)
    if checkout.void:
        say(
            f"{len(checkout.void)} second readings are void, because what they read has changed. "
            "List them with 'imidgraph build --readings'."
        )
    if not check:
        write_all(files)
        say(f"Built {', '.join(map(str, files))}.")
        return
    stale = [file for file, content in files.items() if not file.exists() or file.read_bytes() != content]
    if stale:
        say(f"Out of date: {', '.join(map(str, stale))}. Run 'imidgraph build' and commit the result.")
        sys.exit(NOTHING)
    say(f"Up to date: {', '.join(file.name for file in files)}.")


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--previous", type=click.Path(exists=True, path_type=Path), help="The previous version: an RDF file or a store.")
def release(directory: Path, previous: Path | None) -> None:
    """Write a citable release into the new folder DIRECTORY.

    Every format, checksums, a description, a license and a citation.

    With --previous, a report lists the facts that were added, removed and changed.

    \b
    For example:
      imidgraph release imidgraph-0.2.0 --previous imidgraph-0.1.0/imidgraph-0.1.0.ttl
    """
    from imidgraph.loading import load
    from imidgraph.release.publish import write_release

    before = load(previous).projection if previous else None
    with progress_lines("writing") as proceed, stoppable():
        files = write_release(opened(whole=True).projection, directory, before, proceed)
    say(f"Wrote {len(files)} files to {directory}.")


COMMANDS = (export, validate, build, release)
