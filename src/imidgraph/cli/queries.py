"""Commands that ask: the named queries, and free SPARQL."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from imidgraph.cli.group import FOUND, NOTHING, Group, opened
from imidgraph.cli.output import format_option, print_rows, say, say_not_advice
from imidgraph.errors import QueryError
from imidgraph.resources import QUERIES
from imidgraph.sparql.catalog import Catalog, Query
from imidgraph.stores import LIMIT, TIMEOUT, Results


@click.group(cls=Group)
def query() -> None:
    """List, show and run the named queries."""


@query.command("list")
@click.option("--tag", help="Only those of one topic, such as risks.")
@format_option
def list_(tag: str | None, format_: str | None) -> None:
    """List the named queries."""
    found = [item for item in Catalog(QUERIES).values() if tag is None or tag == item.topic or tag in item.tags]
    if not found:
        say(f"No query has the tag {tag!r}.")
        sys.exit(NOTHING)
    found.sort(key=lambda item: (item.topic, item.name))
    rows = [(item.topic, item.name, item.summary, ", ".join(item.params)) for item in found]
    print_rows(("topic", "query", "answers", "parameters"), rows, format_)


def _complete_query(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in Catalog(QUERIES) if name.startswith(incomplete)]


@query.command("show")
@click.argument("name", shell_complete=_complete_query)
@click.option("--sparql", "only_sparql", is_flag=True, help="Print the SPARQL text only.")
def show_query(name: str, only_sparql: bool) -> None:
    """Show what a named query answers, its parameters and its text."""
    item = Catalog(QUERIES)[name]
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
    return " ".join(["imidgraph query run", item.name, *(f"{name}={value}" for name, value in item.example.items())])


@query.command("run")
@click.argument("name", shell_complete=_complete_query)
@click.argument("parameters", nargs=-1, metavar="[PARAMETER=VALUE]...")
@format_option
def run(name: str, parameters: tuple[str, ...], format_: str | None) -> None:
    """Run a named query.

    \b
    For example:
      imidgraph query run boxed-warnings drug=Revlimid
    """
    results = opened().run(name, **read_parameters(parameters))
    print_rows(results.columns, results.rows, format_)
    if not results.rows:
        say("Nothing found. That may mean that it is not curated here.")
        sys.exit(NOTHING)
    say_not_advice()


@click.command()
@click.argument("text", required=False)
@click.option(
    "--file", "path", type=click.Path(dir_okay=False, path_type=Path), help="Read the query from a file; - is standard input."
)
@click.option("--timeout", default=TIMEOUT, show_default=True, help="Seconds that the query may take.")
@click.option("--limit", default=LIMIT, show_default=True, help="Rows that the answer may have.")
@format_option
def sparql(text: str | None, path: Path | None, timeout: float, limit: int, format_: str | None) -> None:
    """Answer a SPARQL query.

    The prefixes of the graph are known.

    \b
    For example:
      imidgraph sparql 'SELECT ?drug { ?drug imid:degrades imid:IKZF1 }'
    """
    if (text is None) == (path is None):
        raise click.UsageError("Give the query as an argument or with --file.")
    with opened() as graph:
        answer = graph.query(text if text is not None else _read(path), timeout, limit)
    if isinstance(answer, bool):
        click.echo(str(answer).lower())
    elif isinstance(answer, Results):
        print_rows(answer.columns, answer.rows, format_)
    else:
        click.echo(answer.serialize("turtle").decode(), nl=False)
    if not isinstance(answer, bool) and answer.truncated:
        say(f"The answer is {answer.truncated}. Raise --limit for more.")
    sys.exit(FOUND if answer else NOTHING)


def read_parameters(parameters: tuple[str, ...]) -> dict[str, str]:
    """Read parameters that are written as name=value."""
    values: dict[str, str] = {}
    for parameter in parameters:
        key, equals, value = parameter.partition("=")
        if not equals:
            raise click.UsageError(f"{parameter!r} is no parameter. Write it as name=value, such as drug=lenalidomide.")
        if key in values:
            raise click.UsageError(f"The parameter {key!r} is given twice.")
        values[key] = value
    return values


def _read(path: Path | None) -> str:
    try:
        if path is None or str(path) == "-":
            return sys.stdin.read()
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(f"{path} cannot be read: {error}. Check the path and that the file is UTF-8 text.") from error


COMMANDS = (query, sparql)
