"""Commands that ask: the named queries, and free SPARQL."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from imidgraph.cli.group import FOUND, NOTHING, Group, opened
from imidgraph.cli.output import emit, format_option, prints
from imidgraph.errors import QueryError
from imidgraph.limits import LIMIT, TIMEOUT
from imidgraph.resources import QUERIES, query_files

if TYPE_CHECKING:
    from imidgraph.answers import Answer
    from imidgraph.sparql.catalog import Catalog, Query


@click.group(cls=Group)
def queries() -> None:
    """List and show the named queries; `imidgraph run` runs them."""


@queries.command("list")
@click.option("--tag", help="Only queries on this topic, such as risks.")
@prints
def list_queries(tag: str | None) -> Answer:
    """List the named queries."""
    return _catalog().tagged(tag)


def _catalog() -> Catalog:
    from imidgraph.sparql.catalog import Catalog

    return Catalog(QUERIES)


def _complete_query(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    return [path.stem for path in query_files() if path.stem.startswith(incomplete)]


@queries.command("show")
@click.argument("name", shell_complete=_complete_query)
@click.option("--sparql", "only_sparql", is_flag=True, help="Print only the SPARQL text.")
def show_query(name: str, only_sparql: bool) -> None:
    """Show what a named query answers, its parameters and its text."""
    item = _catalog()[name]
    if not only_sparql:
        click.secho(item.name, bold=True)
        click.echo("\n".join(part for part in (item.summary, item.description) if part))
        for parameter in item.params.values():
            kind = parameter.entity_class or parameter.type
            click.echo(f"  {parameter.name} ({kind}{', required' if parameter.required else ''}): {parameter.help}")
            if parameter.allowed:
                click.echo(f"    one of {', '.join(parameter.allowed)}")
        click.echo("columns: " + ", ".join(f"{column.name} ({column.meaning})" for column in item.returns))
        click.echo(f"example: {_example(item)}\n")
    click.echo(item.body)


def _example(item: Query) -> str:
    return " ".join(["imidgraph run", item.name, *(f"{name}={value}" for name, value in item.example.items())])


@click.command()
@click.argument("name", shell_complete=_complete_query)
@click.argument("parameters", nargs=-1, metavar="[PARAMETER=VALUE]...")
@prints
def run(name: str, parameters: tuple[str, ...]) -> Answer:
    """Run a named query; `imidgraph queries list` lists them.

    \b
    For example:
      imidgraph run boxed-warnings drug=Revlimid
    """
    return opened().run(name, **read_parameters(parameters))


@click.command()
@click.argument("text", required=False)
@click.option(
    "--file", "path", type=click.Path(dir_okay=False, path_type=Path), help="Read the query from a file; - is standard input."
)
@click.option("--timeout", default=TIMEOUT, show_default=True, help="Time limit in seconds.")
@click.option("--limit", default=LIMIT, show_default=True, help="Maximum number of rows.")
@format_option()
def sparql(text: str | None, path: Path | None, timeout: float, limit: int, format: str | None) -> None:
    """Run a SPARQL query.

    The prefixes of the graph are known. A table is printed as --format says, triples as Turtle unless it says otherwise.

    \b
    For example:
      imidgraph sparql 'SELECT ?drug { ?drug imid:degrades imid:IKZF1 }'
    """
    if (text is None) == (path is None):
        raise click.UsageError("Give the query as an argument or with --file.")
    from imidgraph.sparql.results import Results

    with opened() as graph:
        answer = graph.query(text if text is not None else _read(path), timeout, limit)
    if isinstance(answer, bool):
        click.echo(str(answer).lower())
    else:
        emit(answer, format or (None if isinstance(answer, Results) else "table"))
    sys.exit(FOUND if answer else NOTHING)


def read_parameters(parameters: tuple[str, ...]) -> dict[str, str]:
    """Read parameters that are written as name=value."""
    values: dict[str, str] = {}
    for parameter in parameters:
        key, equals, value = parameter.partition("=")
        if not equals:
            raise click.UsageError(f"Not a parameter: {parameter!r}. Write it as name=value, such as drug=lenalidomide.")
        if key in values:
            raise click.UsageError(f"The parameter {key!r} is given twice. Give it once.")
        values[key] = value
    return values


def _read(path: Path | None) -> str:
    try:
        if path is None or str(path) == "-":
            return sys.stdin.read().removeprefix("\ufeff")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(f"{path} cannot be read: {error}. Check the path and that the file is UTF-8 text.") from error


COMMANDS = (run, queries, sparql)
