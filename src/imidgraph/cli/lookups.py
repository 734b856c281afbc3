"""Commands that look things up: show, search, mentions, statements, status, stats."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imidgraph.cli.group import opened
from imidgraph.cli.output import prints
from imidgraph.limits import MOST_MATCHES

if TYPE_CHECKING:
    from datetime import datetime

    from imidgraph.answers import Answer


@click.command()
@click.argument("name")
@click.option("--section", "-s", help="Show only this section, in full, such as approvals.")
@click.option("--all", "-a", "whole", is_flag=True, help="Show everything, not only the summary.")
@prints
def show(name: str, section: str | None, whole: bool) -> Answer:
    """Show what to know first about NAME, on one screen, with its sources.

    NAME is a label, synonym, brand, lay word, identifier or IRI: revlimid, "blood clots", CHEBI:63791. The last line names
    the sections that hold the rest. --format csv or tsv gives the lines of the card as rows, with --all the statements;
    --format markdown makes a card for a document.

    \b
    For example:
      imidgraph show lenalidomide
      imidgraph show lenalidomide --section "adverse effects"
      imidgraph show lenalidomide --all --format markdown > lenalidomide.md
    """
    entity = opened().entity(name)
    if section is not None:
        return entity.section(section)
    return entity.whole() if whole else entity


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", "-n", default=MOST_MATCHES, show_default=True, help="Maximum number of matches.")
@prints
def search(words: tuple[str, ...], limit: int) -> Answer:
    """Search for entities with names like WORDS."""
    return opened().search(" ".join(words), limit)


@click.command()
@click.argument("text", nargs=-1, required=True)
@prints
def mentions(text: tuple[str, ...]) -> Answer:
    """Find the entities that TEXT mentions, in order.

    \b
    For example:
      imidgraph mentions "Carfilzomib, Lenalidomide, Dexamethasone (KRd) + Daratumumab"
    """
    return opened().mentions(" ".join(text))


@click.command()
@click.option("--subject", "-s", help="The subject of the statements.")
@click.option("--predicate", "-p", help="The relation, such as degrades or approvedFor.")
@click.option("--object", "-o", help="The object of the statements.")
@prints
def statements(subject: str | None, predicate: str | None, object: str | None) -> Answer:
    """List statements by subject, relation or object, with their sources."""
    if subject is None and predicate is None and object is None:
        raise click.UsageError("Give at least one of --subject, --predicate and --object.")
    return opened().statements(subject, predicate, object)


@click.command()
@click.argument("subject")
@click.argument("predicate")
@click.argument("object")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The date to check, such as 2013-01-01.")
@prints
def status(subject: str, predicate: str, object: str, as_of: datetime | None) -> Answer:
    """Check whether a fact is supported, disputed, denied or not curated.

    Not curated does not mean false. The first line is the answer; the statements behind it follow, with their sources.
    The exit code is 0 if the fact is supported or disputed, otherwise 1.

    \b
    For example:
      imidgraph status pomalidomide inGeneration "third generation"
      imidgraph status pomalidomide approvedFor "multiple myeloma" --as-of 2013-01-01
    """
    return opened().status(subject, predicate, object, as_of.date() if as_of else None)


@click.command()
@prints
def stats() -> Answer:
    """Count what is in the graph and how well it is supported."""
    return opened().stats()


COMMANDS = (show, search, mentions, statements, status, stats)
