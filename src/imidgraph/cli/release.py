"""Commands for whoever keeps the graph: export, validate, build."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from imidgraph.cli.group import NOTHING, opened
from imidgraph.cli.output import format_option, print_rows, say
from imidgraph.export import FORMATS


@click.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--format", "format_", type=click.Choice(sorted(FORMATS)), help="The format, where the suffix does not tell it.")
def export(file: Path, format_: str | None) -> None:
    """Write the graph to FILE; the suffix tells the format (.ttl, .nt, .jsonld). A dash is standard output."""
    from imidgraph.export import writer
    from imidgraph.files import write_whole

    graph = opened()
    if str(file) == "-":
        sys.stdout.buffer.write(graph.serialize(format_ or "ttl"))
        return
    format_ = format_ or file.suffix
    writer(format_)
    write_whole(file, graph.serialize(format_))
    say(f"Wrote {len(graph)} triples to {file}.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--shapes/--no-shapes", default=True, show_default=True, help="Check the SHACL shapes too.")
@format_option
def validate(file: Path | None, shapes: bool, format_: str | None) -> None:
    """Check the graph, or the RDF file FILE, against the invariants and the SHACL shapes."""
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
    rows = [(count.topic, count.kind, count.number) for count in opened().coverage()]
    print_rows(("topic", "kind", "number"), rows, format_)


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where the release is not what its sources build.")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path), default=None, required=False)
def build(check: bool, directory: Path | None) -> None:
    """Build ontology/imid.ttl from the modules in ontology/src and the rules."""
    from imidgraph.files import write_whole
    from imidgraph.ontology import build as build_release
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


COMMANDS = (export, validate, build, stats)
