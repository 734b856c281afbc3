"""What commands print: a table for a person, CSV, TSV or JSON for a program."""

from __future__ import annotations

import contextlib
import csv
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

import click

from imidgraph.prose.citations import NOT_ADVICE

if TYPE_CHECKING:
    from rich.console import Console

FORMATS = ("table", "csv", "tsv", "json")

Command = TypeVar("Command", bound=Callable[..., Any])


def format_option(command: Command) -> Command:
    """Add ``--format`` to a command: a table on a terminal, TSV in a pipe, unless the user says otherwise."""
    option = click.option(
        "--format",
        "-f",
        "format_",
        type=click.Choice(FORMATS),
        help="How to print.  [default: table on a terminal, tsv in a pipe]",
    )
    return option(command)


def print_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]], format_: str | None, title: str | None = None) -> None:
    """Print rows on standard output."""
    format_ = format_ or ("table" if sys.stdout.isatty() else "tsv")
    if format_ == "table":
        _print_table(columns, rows, title)
    elif format_ == "json":
        items = [dict(zip(columns, map(_plain, row), strict=True)) for row in rows]
        click.echo(json.dumps(items, indent=2, ensure_ascii=False))
    elif format_ == "csv":
        csv.writer(sys.stdout, lineterminator="\n").writerows([columns, *(map(_text, row) for row in rows)])
    else:
        for row in [columns, *rows]:
            click.echo("\t".join(_text(cell).translate(_TSV_ESCAPES) for cell in row))


def say(message: str) -> None:
    """Say something to the person, on standard error."""
    click.secho(message, fg="yellow", err=True)


def say_not_advice() -> None:
    """Say in one line that this is not medical advice."""
    say(NOT_ADVICE)


@contextlib.contextmanager
def progress_bar(what: str, total: int | None = None) -> Iterator[Callable[[int], None] | None]:
    """Show on a terminal how many bytes of a long work are done; elsewhere give nothing to tell."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn(what), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda done: progress.update(task, advance=done)


@contextlib.contextmanager
def progress_lines(what: str) -> Iterator[Callable[[str], object]]:
    """Show on a terminal which step of a long work is under way; elsewhere say nothing."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    with Console(stderr=True).status(what) as status:
        yield lambda step: status.update(f"{what} {step}")


_PIPE_WIDTH = 140  # characters of a table that is written to a file or a pipe
_NARROWEST = 16  # characters that a column needs to be read
_TSV_ESCAPES = str.maketrans({"\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]], title: str | None) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    # A person reads names: an entity gives way to its label, a source to the place in it.
    kept = [position for position, column in enumerate(columns) if f"{column}Label" not in columns]
    names = [columns[position].removesuffix("Label") for position in kept]
    cells = [[_shown(row[position]) for position in kept] for row in rows]
    console = Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False)
    if len(names) * _NARROWEST > console.width:
        _print_records(console, names, cells)
        return
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for name in names:
        table.add_column(name, overflow="fold")
    for row in cells:
        table.add_row(*map(Text, row))
    console.print(table)


def _print_records(console: Console, names: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    """Print one block a row, where a table would be too narrow to read."""
    from rich.padding import Padding
    from rich.text import Text

    for row in cells:
        console.print(Text(row[0], style="bold"))
        for name, cell in zip(names[1:], row[1:], strict=True):
            if cell:
                console.print(Padding(Text.assemble((f"{name}: ", "cyan"), cell), (0, 0, 0, 2)))


def _shown(cell: Any) -> str:
    return str(getattr(cell, "curie", None) or _text(cell))


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def _plain(cell: Any) -> Any:
    if isinstance(cell, Decimal):
        return int(cell) if cell == cell.to_integral_value() else float(cell)
    return cell if cell is None or isinstance(cell, bool | int | float) else str(cell)
