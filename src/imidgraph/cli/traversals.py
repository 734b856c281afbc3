"""Commands that walk the network: compare, why, explain, paths, neighborhood, similar, without."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from imidgraph.cli.group import NOTHING, opened
from imidgraph.cli.output import format_option, print_rows, say, say_not_advice
from imidgraph.limits import ALIKE_IN, MAX_LENGTH, MOST_ALIKE, MOST_NAMED, MOST_NODES, MOST_PATHS, MOST_TOLD, SECONDS
from imidgraph.prose.citations import cited

if TYPE_CHECKING:
    from imidgraph import KnowledgeGraph
    from imidgraph.pages.drawing import Figure

Command = TypeVar("Command", bound=Callable[..., Any])


def picture_option(command: Command) -> Command:
    """Add ``--picture`` to a command."""
    option = click.option(
        "--picture",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Draw a picture, too, to this file: .svg, .png or .pdf (these need Graphviz), .dot or .mmd.",
    )
    return option(command)


@click.command()
@click.argument("drugs", nargs=-1, required=True)
@picture_option
@format_option
def compare(drugs: tuple[str, ...], picture: Path | None, format_: str | None) -> None:
    """Compare two or more DRUGS side by side.

    What they share, how often harm was seen, trials between them, what is disputed.

    On a terminal it is told with numbered sources. As data, there is a row for each relation and entity, with what is
    stated of each drug. Frequencies come from different trials: none may be subtracted from another.
    """
    if len(drugs) < 2:
        raise click.UsageError("Name two drugs or more.")
    graph = opened()
    comparison = graph.compare(*drugs)
    columns = ("relation", "entity", *(drug.label for drug in comparison.drugs))
    _print(comparison, columns, list(comparison.rows()), format_)
    _draw(graph, comparison, picture)
    say_not_advice()


@click.command()
@click.argument("drug")
@click.option("--over", required=True, help="The other drug.")
@click.option("--for", "disease", required=True, help="The disease.")
@format_option
def why(drug: str, over: str, disease: str, format_: str | None) -> None:
    """Tell what speaks for DRUG over another one, and against it.

    Each reason that evidence gives in a disease, with its sources.

    \b
    For example:
      imidgraph why lenalidomide --over thalidomide --for "multiple myeloma"
    """
    choice = opened().why(drug, over, disease)
    rows = [(side, kind, text, cited(items)) for side, kind, text, items in choice.rows()]
    _print(choice, ("speaks", "about", "reason", "sources"), rows, format_)
    say_not_advice()
    _leave_if_nothing(choice.reasons)


@click.command()
@click.argument("start")
@click.argument("end")
@click.option("--shown", default=MOST_TOLD, show_default=True, type=click.IntRange(1), help="How many chains to tell.")
@click.option("--timeout", default=SECONDS, show_default=True, type=float, help="The most seconds to search.")
@picture_option
@format_option
def explain(start: str, end: str, shown: int, timeout: float, picture: Path | None, format_: str | None) -> None:
    """Explain step by step how START bears on END.

    The chains of steps between them, a sentence a step, each with its sources.

    A drug and a disease or a risk, two drugs, a resistance and a drug. What is not curated is said.

    \b
    For example:
      imidgraph explain pomalidomide "multiple myeloma"
      imidgraph explain thalidomide "birth defects" --picture why.svg
    """
    graph = opened()
    explanation = graph.explain(start, end, timeout)
    columns = ("chain", "step", "from", "relation", "to", "sign", "statement", "sources", "score")
    if not _print(explanation, columns, list(explanation.rows()), format_, explanation.tell(shown)):
        for gap in explanation.gaps:
            say(gap)
    if explanation.chains or explanation.stated:
        _draw(graph, explanation, picture)
    elif picture:
        say("There is nothing to draw.")
    say_not_advice()
    _leave_if_nothing(explanation)


@click.command()
@click.argument("start")
@click.argument("end")
@click.option("--max-length", default=MAX_LENGTH, show_default=True, help="The most hops of a path.")
@click.option("--limit", "-n", default=MOST_PATHS, show_default=True, help="The most paths.")
@click.option("--timeout", default=SECONDS, show_default=True, type=float, help="The most seconds to search.")
@click.option("--via", multiple=True, help="An entity that each path must pass. Can be given several times.")
@click.option("--avoid", multiple=True, help="An entity that no path may pass. Can be given several times.")
@click.option("--predicate", "-p", "predicates", multiple=True, help="A relation to follow. Can be given several times.")
@click.option("--directed", is_flag=True, help="Follow relations only from subject to object.")
@picture_option
@format_option
def paths(start: str, end: str, picture: Path | None, format_: str | None, **bounds: Any) -> None:
    """List the paths from START to END, shortest first.

    Each hop comes with its relations; a bound that was hit is said.

    \b
    For example:
      imidgraph paths thalidomide pomalidomide --max-length 2 --predicate degrades
    """
    graph = opened()
    found = graph.paths(start, end, **bounds)
    columns = ("path", "hop", "subject", "relation", "object", "statement", "sources")
    _print(found, columns, list(found.rows()), format_)
    say(f"These are all paths of at most {found.complete_to} hops." if found.bound is None else f"The search {found.bound}.")
    _draw(graph, found, picture)
    say_not_advice()


@click.command()
@click.argument("center", metavar="NAME")
@click.option("--hops", default=1, show_default=True, type=click.IntRange(0), help="How far to go.")
@click.option("--limit", "-n", default=MOST_NODES, show_default=True, type=click.IntRange(1), help="The most entities.")
@click.option("--predicate", "-p", "predicates", multiple=True, help="A relation to follow. Can be given several times.")
@picture_option
@format_option
def neighborhood(
    center: str, hops: int, limit: int, predicates: tuple[str, ...], picture: Path | None, format_: str | None
) -> None:
    """List what lies within some hops of NAME, the nearest first."""
    graph = opened()
    around = graph.neighborhood(center, hops, predicates, limit)
    print_rows(("distance", "entity", "label", "category"), list(around.rows()), format_)
    if around.bound:
        say(f"The list is {around.bound}.")
    _draw(graph, around, picture)
    _leave_if_nothing(around.rings[1:])


@click.command()
@click.argument("name")
@click.option("--limit", "-n", default=MOST_ALIKE, show_default=True, type=click.IntRange(1), help="The most entities.")
@click.option("--aspect", "-a", "aspects", multiple=True, default=ALIKE_IN, show_default=True, help="A pillar that counts.")
@format_option
def similar(name: str, limit: int, aspects: tuple[str, ...], format_: str | None) -> None:
    """List what has most in common with NAME, such as a drug.

    What they have in common is told; what few have weighs more.
    """
    found = opened().similar(name, aspects, limit)
    told = format_ == "table" or (format_ is None and sys.stdout.isatty())
    most = MOST_NAMED if told else None
    rows = [(item.entity.label, round(item.score, 3), *(item.reasons(aspect, most) for aspect in aspects)) for item in found]
    if format_ == "json":
        click.echo(json.dumps([item.to_dict() for item in found], indent=2, ensure_ascii=False))
    else:
        print_rows(("entity", "score", *aspects), rows, format_)
    _leave_if_nothing(found)


@click.command()
@click.argument("name")
@format_option
def without(name: str, format_: str | None) -> None:
    """Tell which effects of drugs are lost where NAME is lost.

    Those whose chains of steps go through NAME, such as cereblon.

    This is reasoning over the curated chains, and no observation.
    """
    loss = opened().without(name)
    _print(loss, ("drug", "effect", "fate", "cut", "left"), list(loss.rows()), format_)
    say_not_advice()
    _leave_if_nothing(loss.outcomes)


def _print(
    result: Any, columns: Sequence[str], rows: Sequence[Sequence[Any]], format_: str | None, told: str | None = None
) -> bool:
    """Tell a result to a person; give rows, or a whole JSON document, to a program. Tell whether a person was told."""
    is_told = format_ == "table" or (format_ is None and sys.stdout.isatty())
    if format_ == "json":
        document = result.to_dicts() if hasattr(result, "to_dicts") else result.to_dict()
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    elif is_told:
        click.echo(told or str(result))
    else:
        print_rows(columns, rows, format_)
    return is_told


def _draw(graph: KnowledgeGraph, figure: Figure, path: Path | None) -> None:
    if path is not None:
        say(f"Drew {graph.draw(figure).write(path)}.")


def _leave_if_nothing(found: object) -> None:
    if not found:
        sys.exit(NOTHING)


COMMANDS = (compare, why, explain, paths, neighborhood, similar, without)
