"""Commands that walk the network: compare, why, explain, paths, neighborhood, similar, without."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from imidgraph.cli.group import opened
from imidgraph.cli.output import draws, prints
from imidgraph.limits import ALIKE_IN, MAX_LENGTH, MOST_ALIKE, MOST_NODES, MOST_PATHS, MOST_TOLD, SECONDS

if TYPE_CHECKING:
    from imidgraph.answers import Answer, Drawable

timeout_option = click.option("--timeout", default=SECONDS, show_default=True, type=float, help="Time limit in seconds.")
predicate_option = click.option("--predicate", "-p", "predicates", multiple=True, help="A relation to follow. Can be repeated.")


@click.command()
@click.argument("drugs", nargs=-1, required=True)
@click.option("--all", "-a", "whole", is_flag=True, help="Show everything, not only the main differences.")
@timeout_option
@prints
@draws
def compare(drugs: tuple[str, ...], whole: bool, timeout: float) -> Drawable:
    """Compare two or more DRUGS side by side.

    What they share, how often harm was seen, trials between them, what is disputed.

    It is told with numbered sources. As csv or tsv, there is a row for each relation and entity, with what is
    stated of each drug. Frequencies come from different trials: do not subtract them.
    """
    if len(drugs) < 2:
        raise click.UsageError("Name at least two drugs.")
    comparison = opened().compare(*drugs, timeout=timeout)
    return comparison.whole() if whole else comparison


@click.command()
@click.argument("drug")
@click.option("--over", required=True, help="The other drug.")
@click.option("--for", "disease", required=True, help="The disease.")
@click.option("--all", "-a", "whole", is_flag=True, help="Show all reasons in full, not only the first of each kind.")
@timeout_option
@prints
@draws
def why(drug: str, over: str, disease: str, whole: bool, timeout: float) -> Drawable:
    """Show the evidence for DRUG over another drug, and against it.

    Lists each reason in one disease, with its sources.

    \b
    For example:
      imidgraph why lenalidomide --over thalidomide --for "multiple myeloma"
    """
    reasons = opened().why(drug, over, disease, timeout)
    return reasons.whole() if whole else reasons


@click.command()
@click.argument("start")
@click.argument("end")
@click.option("--shown", default=MOST_TOLD, show_default=True, type=click.IntRange(1), help="Number of chains to show.")
@click.option(
    "--all", "-a", "whole", is_flag=True, help="Show all chains with the sentences of each step, not only a line a step."
)
@timeout_option
@prints
@draws
def explain(start: str, end: str, shown: int, whole: bool, timeout: float) -> Drawable:
    """Explain step by step how START is linked to END.

    What is stated of both, then the chains of steps between them, a line a step, each with its sources.

    A drug and a disease or a risk, two drugs, a resistance and a drug. It says what is not curated.

    \b
    For example:
      imidgraph explain pomalidomide "multiple myeloma"
      imidgraph explain thalidomide "birth defects" --picture why.svg
    """
    explanation = replace(opened().explain(start, end, timeout), shown=shown)
    return explanation.whole() if whole else explanation


@click.command()
@click.argument("start")
@click.argument("end")
@click.option("--max-length", default=MAX_LENGTH, show_default=True, help="Maximum number of hops.")
@click.option("--limit", "-n", default=MOST_PATHS, show_default=True, help="Maximum number of paths.")
@timeout_option
@click.option("--via", multiple=True, help="An entity that each path must go through. Can be repeated.")
@click.option("--avoid", multiple=True, help="An entity that no path may go through. Can be repeated.")
@predicate_option
@click.option("--directed", is_flag=True, help="Follow relations only from subject to object.")
@prints
@draws
def paths(start: str, end: str, **bounds: Any) -> Drawable:
    """List the paths from START to END, shortest first.

    Shows the relations of each hop, and says when a limit stopped the search.

    \b
    For example:
      imidgraph paths thalidomide pomalidomide --max-length 2 --predicate degrades
    """
    return opened(whole=True).paths(start, end, **bounds)


@click.command()
@click.argument("center", metavar="NAME")
@click.option("--hops", default=1, show_default=True, type=click.IntRange(0), help="Maximum number of hops.")
@click.option("--limit", "-n", default=MOST_NODES, show_default=True, type=click.IntRange(1), help="Maximum number of entities.")
@timeout_option
@predicate_option
@prints
@draws
def neighborhood(center: str, **bounds: Any) -> Drawable:
    """List the entities within some hops of NAME, the nearest first."""
    return opened(whole=True).neighborhood(center, **bounds)


@click.command()
@click.argument("entity", metavar="NAME")
@click.option("--limit", "-n", default=MOST_ALIKE, show_default=True, type=click.IntRange(1), help="Maximum number of entities.")
@click.option("--aspect", "-a", "aspects", multiple=True, default=ALIKE_IN, show_default=True, help="A pillar to compare by.")
@timeout_option
@prints
def similar(entity: str, **bounds: Any) -> Answer:
    """List the entities that have the most in common with NAME, such as a drug.

    Shows what they have in common; a rare feature counts more than a common one.
    """
    return opened().similar(entity, **bounds)


@click.command()
@click.argument("entity", metavar="NAME")
@timeout_option
@prints
def without(entity: str, timeout: float) -> Answer:
    """Show which drug effects depend on NAME.

    Lists the effects whose chains of steps go through NAME, such as cereblon.

    This is inferred from the curated chains, not observed.
    """
    return opened().without(entity, timeout)


COMMANDS = (compare, why, explain, paths, neighborhood, similar, without)
