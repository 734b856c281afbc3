"""The behavior that all commands share: errors become one line and an exit code, misspelt commands a suggestion."""

from __future__ import annotations

import contextlib
import difflib
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import click

from imidgraph import KnowledgeGraph, connect, load
from imidgraph.errors import AmbiguousLabel, EntityNotFound, ImidgraphError, PathNotFound, QueryNotFound

FOUND, NOTHING, USAGE = 0, 1, 2


class Group(click.Group):
    """A group of commands that suggests the command that was meant, and turns errors into exit codes."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find the command, or say which one was probably meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
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


def opened(path: Path | None = None) -> KnowledgeGraph:
    """Open the graph that a command is about: the one of a path, that of ``--graph``, or the one that ships with imidgraph."""
    named = None if path else click.get_current_context().find_root().params.get("graph")
    if named is not None and "://" in named:
        return connect(named)
    return load(path or named)


def fail(error: ImidgraphError | OSError) -> NoReturn:
    """Say what is wrong on standard error, and exit: 1 where nothing was found, 2 where the request is wrong."""
    click.echo(f"{click.style('error', fg='red')}: {error}", err=True)
    sys.exit(NOTHING if isinstance(error, EntityNotFound | AmbiguousLabel | PathNotFound | QueryNotFound) else USAGE)
