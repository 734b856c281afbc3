"""What commands print: an answer as text for a person, as CSV, TSV or JSON for a program, or as Markdown."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from imidgraph import pages
from imidgraph.cli.group import NOTHING, shown
from imidgraph.errors import QueryError

if TYPE_CHECKING:
    from imidgraph.answers import Answer, Drawable

FORMATS = ("table", "csv", "tsv", "json", "markdown", "citations", "csl", "ris", "bib")
_REFERENCES = {"citations": "text", "csl": "csl", "ris": "ris", "bib": "bibtex"}

Command = TypeVar("Command", bound=Callable[..., Any])


def prints(command: Callable[..., Answer]) -> Callable[..., None]:
    """Print the answer that a command gives, and add ``--format`` to it.

    What the answer leaves open and its notice go to standard error. The exit code is 1 where nothing was found.
    """

    @functools.wraps(command)
    def printing(*arguments: Any, format: str | None, **options: Any) -> None:
        answer = command(*arguments, **options)
        emit(answer, format)
        if not answer:
            sys.exit(NOTHING)

    return format_option()(printing)


def format_option(default: str | None = None) -> Callable[[Command], Command]:
    """Add ``--format`` to a command."""
    usual = default or "text; in a pipe tsv where the answer is a table"
    told = f"Output format; citations, csl, ris and bib print the references.  [default: {usual}]"
    return click.option("--format", "-f", type=click.Choice(FORMATS), default=default, help=told)


def draws(command: Callable[..., Drawable]) -> Callable[..., Drawable]:
    """Draw the answer that a command gives, where ``--picture`` names a file."""
    option = click.option(
        "--picture",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Also save a picture to this file: .svg, .png or .pdf (these need Graphviz), .dot or .mmd.",
    )

    @functools.wraps(command)
    def drawing(*arguments: Any, picture: Path | None, **options: Any) -> Drawable:
        answer = command(*arguments, **options)
        if picture is not None:
            try:
                say(f"Drew {answer.picture().write(picture)}.")
            except QueryError as error:  # the answer is printed all the same
                say(str(error))
        return answer

    return option(drawing)


def emit(answer: Answer, format: str | None) -> None:
    """Print an answer: its data on standard output, what else there is to say on standard error."""
    is_told = bool(answer) or bool(answer.rows)  # in this order: the rows of a card take as long as the card
    format = format or ("table" if sys.stdout.isatty() or pages.outlines.is_document(answer) else "tsv")
    if format == "json":
        click.echo(_safe(answer.to_json()))
    elif format == "markdown":
        click.echo(shown(answer.markdown()), nl=False)
    elif format in _REFERENCES:
        click.echo(_safe(answer.bibliography(_REFERENCES[format])), nl=format == "csl")
    elif format == "csv":
        click.echo(_safe(pages.delimited.write_csv(answer)), nl=False)
    elif format == "tsv":
        click.echo(shown(pages.delimited.write_tsv(answer)), nl=False)
    elif is_told:
        _tell(shown(str(answer)))
    if format in {"csv", "tsv", "json"} or not is_told:
        for gap in answer.gaps:
            say(gap)
    if answer.notice:
        say(answer.notice)


def _tell(text: str) -> None:
    """Print text for a person: colored on a terminal, and by a pager where it is longer than the screen."""
    if not sys.stdout.isatty():
        click.echo(text)
    elif text.count("\n") < shutil.get_terminal_size().lines:
        click.echo(_colored(text))
    else:
        os.environ.setdefault("LESS", "-FRX")  # colors, and no trace of it where the text fits after all
        click.echo_via_pager(_colored(text) + "\n")


def say(message: str) -> None:
    """Say something to the person, on standard error."""
    click.secho(shown(message), fg="yellow", err=True)


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


_RULE = re.compile(r"-[- ]*")
_CITED = re.compile(r"\[[^\[\]]*\]$")


def _safe(text: str) -> str:
    """Give data as it is to a program; to a terminal, what it cannot take for a command."""
    return shown(text) if sys.stdout.isatty() else text


def _colored(text: str) -> str:
    """Set off the head of a table, or the headings of a text and its citations."""
    first, *rest = text.splitlines()
    if not (rest and _RULE.fullmatch(rest[0])):
        rest = [
            _CITED.sub(lambda match: click.style(match[0], dim=True), line)
            if line.startswith(" ")
            else click.style(line, fg="cyan", bold=True)
            for line in rest
        ]
    return "\n".join([click.style(first, bold=True), *rest])
