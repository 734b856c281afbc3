"""Commands for whoever keeps the graph: export, validate, build."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from imidgraph import load
from imidgraph.cli.group import NOTHING, opened, stoppable
from imidgraph.cli.output import format_option, print_rows, progress_bar, progress_lines, say
from imidgraph.cli.queries import read_parameters


@click.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.argument("parameters", nargs=-1, metavar="[PARAMETER=VALUE]...")
@click.option("--format", "format_", metavar="NAME", help="The format, where the suffix does not tell it.")
@click.option("--only", metavar="PILLAR,...", help="Only these: drugs, generations, mechanisms, indications, risks, articles.")
@click.option("--neighborhood", metavar="ENTITY", help="Only what lies around an entity, by any of its names.")
@click.option(
    "--hops", default=1, type=click.IntRange(min=0), show_default=True, help="How many statements away from it an entity may be."
)
@click.option("--query", metavar="NAME", help="Only the entities in the answer of a named query, and what joins them.")
def export(
    file: Path,
    parameters: tuple[str, ...],
    format_: str | None,
    only: str | None,
    neighborhood: str | None,
    hops: int,
    query: str | None,
) -> None:
    """Write the graph, or a part of it, to FILE. The suffix tells the format; with .gz or .zst behind it, FILE is packed.

    A dash is standard output. Formats of several files add their names: imid.csv becomes imid_nodes.csv and so on.

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
        raise click.UsageError("PARAMETER=VALUE belongs to --query NAME.")
    chosen = find(format_ or ("ttl" if str(file) == "-" else file.name))
    graph = opened()
    pillars = [name.strip() for name in only.split(",")] if only else []
    part = graph.part(pillars, neighborhood, hops, query, read_parameters(parameters))
    if str(file) == "-":
        with writing("standard output"):
            for piece in stream(part, format_ or chosen):
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
@click.option("--shapes/--no-shapes", default=True, show_default=True, help="Check the SHACL shapes too.")
@format_option
def validate(file: Path | None, shapes: bool, format_: str | None) -> None:
    """Check the graph, or the RDF file FILE.

    Against the invariants and the SHACL shapes.
    """
    violations = opened(file).validate(shapes)
    if violations:
        rows = [(violation.check, violation.focus, violation.message) for violation in violations]
        print_rows(("check", "focus", "message"), rows, format_)
        say(f"{len(violations)} violations.")
        sys.exit(NOTHING)
    say("No violations.")


@click.command()
@format_option
def stats(format_: str | None) -> None:
    """Count what the graph knows and how well it is backed."""
    rows = [(count.topic, count.kind, count.number) for count in opened().stats()]
    print_rows(("topic", "kind", "number"), rows, format_)


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where the release is not what its sources build.")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path), default=None, required=False)
def build(check: bool, directory: Path | None) -> None:
    """Build ontology/imid.ttl from its sources and rules."""
    from imidgraph.files import write_whole
    from imidgraph.release.build import build as build_release
    from imidgraph.resources import ONTOLOGY

    directory = directory or ONTOLOGY
    release = directory / "imid.ttl"
    content = build_release(directory)
    if check:
        if not release.exists() or release.read_bytes() != content:
            say(f"{release} is not what its sources build. Run 'imidgraph build' and commit the result.")
            sys.exit(NOTHING)
        say(f"{release} is what its sources build.")
        return
    write_whole(release, content)
    say(f"Built {release} ({len(content)} bytes).")


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--previous", type=click.Path(exists=True, path_type=Path), help="The version before: an RDF file or a store.")
def release(directory: Path, previous: Path | None) -> None:
    """Write a citable release into the new folder DIRECTORY.

    Every format, checksums, a description, a license and a citation.

    With --previous, a report tells which facts were added, removed and changed.

    \b
    For example:
      imidgraph release imidgraph-0.2.0 --previous imidgraph-0.1.0/imidgraph-0.1.0.ttl
    """
    from imidgraph.release.publish import write_release

    before = load(previous).projection if previous else None
    with progress_lines("writing") as proceed, stoppable():
        files = write_release(opened().projection, directory, before, proceed)
    say(f"Wrote {len(files)} files into {directory}.")


COMMANDS = (export, validate, build, stats, release)
