"""The command that writes cards."""

from __future__ import annotations

import click

from imidgraph.cli.group import opened
from imidgraph.cli.output import say_not_advice


@click.command()
@click.argument("names", nargs=-1, required=True)
def card(names: tuple[str, ...]) -> None:
    """Write a card in Markdown about one or more entities.

    About one entity, or about two or more drugs side by side.

    \b
    For example:
      imidgraph card lenalidomide > lenalidomide.md
      imidgraph card lenalidomide pomalidomide > comparison.md
    """
    from imidgraph.pages.markdown import comparison_card, entity_card

    graph = opened()
    if len(names) == 1:
        click.echo(entity_card(graph.entity(names[0]), graph.version), nl=False)
    else:
        click.echo(comparison_card(graph.compare(*names), graph.version), nl=False)
    say_not_advice()


COMMANDS = (card,)
