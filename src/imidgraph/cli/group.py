"""The behavior that all commands share: errors become one line and an exit code, misspelled commands a suggestion."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from imidgraph.errors import AmbiguousLabel, EntityNotFound, ImidgraphError, PathNotFound, QueryNotFound

if TYPE_CHECKING:
    from imidgraph.graph import KnowledgeGraph

FOUND, NOTHING, USAGE = 0, 1, 2
# All but tabs and line breaks, and what turns the direction of a line.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Group(click.Group):
    """A group of commands that suggests the command that was meant, and turns errors into exit codes."""

    def main(self, *arguments: Any, **options: Any) -> Any:
        """Run the program, on streams that take any text."""
        _ready_streams()
        gc.set_threshold(200_000)  # a command makes many objects that stay, and the search for garbage goes over all of them
        return super().main(*arguments, **options)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find the command, or say which one was probably meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib

            near = difflib.get_close_matches(args[0], self.list_commands(ctx), n=1)
            if near:
                raise click.UsageError(f"{error.message} Did you mean {near[0]!r}?", ctx) from error
            raise

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; report an error in one line."""
        try:
            try:
                result = super().invoke(ctx)
            except (click.exceptions.Exit, SystemExit):
                sys.stdout.flush()
                raise
            sys.stdout.flush()  # here, where what goes wrong can still be told
            return result
        except BrokenPipeError:  # the reader has seen enough
            _let_output_go()
            sys.exit(FOUND)
        except (ImidgraphError, OSError) as error:
            _let_output_go()
            fail(error)


def _ready_streams() -> None:
    """Make sure that there is a standard output and error, and that each takes any letter.

    Who starts a program without them, as cron or pythonw may, gets silence. In a pipe the text is UTF-8, whatever the
    system's own encoding, as on Windows; a terminal that lacks a letter shows a sign in its place.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - for the life of the process
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace") if stream.isatty() else stream.reconfigure(encoding="utf-8", errors="replace")


def shown(text: str) -> str:
    r"""Give a text with its control signs to be seen, not to be obeyed by a terminal.

    Examples
    --------
    >>> shown("a\x1b[31mb\u202ec\nd")
    'a\\x1b[31mb\\u202ec\nd'
    """
    return _CONTROLS.sub(lambda match: repr(match[0])[1:-1], text)


def _let_output_go() -> None:
    """Write what waits for standard output, or let it go where that takes no more."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Let SIGTERM end a command as Ctrl-C does, so that nothing half-written is left."""

    def stop(number: int, frame: object) -> NoReturn:
        sys.exit(128 + number)

    previous = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


def opened(path: Path | None = None, whole: bool = False, serves: bool = False) -> KnowledgeGraph:
    """Open the graph that a command is about: the one of a path, that of ``--graph``, or the one that ships with imidgraph.

    Parameters
    ----------
    path : Path, optional
        The path.
    whole : bool
        Whether it reads so much of the graph that it is faster from memory.
    serves : bool
        Whether it answers many questions, the first one soon.
    """
    from imidgraph.loading import connect, load

    named = None if path else click.get_current_context().find_root().params.get("graph")
    if named is not None and "://" in named:
        return connect(named)
    if path or named or whole:
        return load(path or named)
    from imidgraph.prepared import load_prepared

    return load_prepared(in_memory=serves)


def fail(error: ImidgraphError | OSError) -> NoReturn:
    """Say what is wrong on standard error, and exit: 1 where nothing was found, 2 where the request is wrong."""
    click.echo(f"{click.style('error', fg='red')}: {shown(str(error))}", err=True)
    sys.exit(NOTHING if isinstance(error, EntityNotFound | AmbiguousLabel | PathNotFound | QueryNotFound) else USAGE)
