"""Commands that look things up: show, search, statements, status."""

from __future__ import annotations

import sys
from typing import Any

import click

from imidgraph.cli.group import FOUND, NOTHING, opened
from imidgraph.cli.output import format_option, print_rows, say, say_not_advice
from imidgraph.knowledge.entities import Entity
from imidgraph.model import Evidence, Frequency, Indication, Risk, Statement
from imidgraph.prose.citations import Notes


@click.command()
@click.argument("name")
@format_option
def show(name: str, format_: str | None) -> None:
    """Show what the graph knows about NAME, with its sources.

    NAME is a label, synonym, brand, lay word, identifier or IRI: revlimid, "blood clots", CHEBI:63791.
    """
    entity = opened().entity(name)
    if format_ in {"csv", "tsv", "json"} or (format_ is None and not sys.stdout.isatty()):
        _print_statements(entity.as_subject + entity.as_object, format_)
    else:
        _print_card(entity)
    say_not_advice()


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", "-n", default=10, show_default=True, help="How many matches at most.")
@format_option
def search(words: tuple[str, ...], limit: int, format_: str | None) -> None:
    """Search for entities whose names come close to WORDS."""
    matches = opened().search(" ".join(words), limit)
    rows = [(match.entity.curie, match.entity.label, match.entity.category, match.name, match.score) for match in matches]
    if not rows:
        say(f"Nothing is called anything like {' '.join(words)!r}.")
        sys.exit(NOTHING)
    print_rows(("entity", "label", "category", "matched", "score"), rows, format_)


@click.command()
@click.option("--subject", "-s", help="Whom the statements are about.")
@click.option("--predicate", "-p", help="The relation, such as degrades or approvedFor.")
@click.option("--object", "-o", "object_", help="What the subject is related to.")
@format_option
def statements(subject: str | None, predicate: str | None, object_: str | None, format_: str | None) -> None:
    """List statements by any of their ends, with their sources."""
    if subject is None and predicate is None and object_ is None:
        raise click.UsageError("Name at least one of --subject, --predicate and --object.")
    graph = opened()
    found = graph.statements(subject, predicate, object_)
    if not found:
        say("Not curated here: the graph has no such statement. That does not mean that it is false.")
        sys.exit(NOTHING)
    _print_statements(found, format_)
    say_not_advice()


@click.command()
@click.argument("subject")
@click.argument("predicate")
@click.argument("object_", metavar="OBJECT")
def status(subject: str, predicate: str, object_: str) -> None:
    """Tell whether a fact is supported, negated or disputed.

    Or not curated, which is not the same as false.

    \b
    For example:
      imidgraph status pomalidomide inGeneration "third generation"
    """
    answer = opened().status(subject, predicate, object_)
    click.echo(answer)
    sys.exit(FOUND if answer in {"supported", "disputed"} else NOTHING)


def _print_statements(found: list[Statement], format_: str | None) -> None:
    columns: tuple[str, ...] = ("subject", "relation", "object", "details", "sources", "statement")
    rows: list[tuple[str, ...]] = [
        (
            item.subject.label,
            ("not: " if item.negated else "") + item.predicate.label,
            item.object.label,
            _details(item),
            "; ".join(_cite(evidence) for evidence in item.evidence),
            item.curie,
        )
        for item in found
    ]
    if format_ == "table" or (format_ is None and sys.stdout.isatty()):
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    print_rows(columns, rows, format_)


def _print_card(entity: Entity) -> None:
    click.secho(f"{entity.label}  ", bold=True, nl=False)
    click.secho(f"{entity.category}  {entity.curie}", dim=True)
    if entity.definition:
        click.echo(entity.definition)
    for name, values in (("also called", entity.synonyms), ("identifiers", entity.identifiers)):
        if values:
            click.echo(f"{name}: {', '.join(values)}")
    groups: dict[str, list[Statement]] = {}
    for item in sorted(entity.as_subject + entity.as_object, key=_card_order):
        relation = ("not: " if item.negated else "") + item.predicate.label
        groups.setdefault(relation if item.subject.iri == entity.iri else f"... {relation} {entity.label}", []).append(item)
    notes = Notes()
    for relation, items in groups.items():
        click.echo()
        click.secho(relation, bold=True, fg="cyan")
        for item in items:
            details = _details(item)
            other = item.object if item.subject.iri == entity.iri else item.subject
            cited = ", ".join(map(notes.mark, item.evidence))
            click.echo(f"  {other.label}" + (f" ({details})" if details else ""), nl=False)
            click.secho(f"  [{cited}]", dim=True)
            for evidence in item.evidence:
                if isinstance(evidence, Frequency):
                    click.echo(f"      {evidence.figure}: {evidence.population}  [{notes.number(evidence.source)}]")
    click.echo()
    for place, line in enumerate(notes.lines()):
        click.secho(line, bold=not place, fg=None if place else "cyan")


_CARD_ORDER = ("belongsTo", "inGeneration", "binds", "modulates", "degrades", "approvedFor", "hasAdverseEffect", "dispensedUnder")


def _card_order(item: Statement) -> tuple[Any, ...]:
    local = item.predicate.iri.rpartition("/")[2]
    rank = _CARD_ORDER.index(local) if local in _CARD_ORDER else len(_CARD_ORDER)
    boxed = isinstance(item, Risk) and item.boxed_warning
    return rank, item.negated, local, not boxed, item.object.label, str(item.qualifiers.get("approvalDate", ""))


def _details(item: Statement) -> str:
    combined = "with " + " and ".join(map(str, item.combined_with)) if item.combined_with else None
    parts: list[Any]
    if isinstance(item, Risk):
        parts = ["BOXED WARNING" if item.boxed_warning else None, item.severity, combined, item.population]
    elif isinstance(item, Indication):
        parts = [item.jurisdiction, item.approval_date, item.approval_type, item.setting, combined, item.population]
    else:
        parts = [value for name, values in sorted(item.qualifiers.items()) for value in values]
    return ", ".join(str(part) for part in parts if part is not None)


def _cite(evidence: Evidence) -> str:
    figure = f"{evidence.figure} ({evidence.population}): " if isinstance(evidence, Frequency) else ""
    return figure + evidence.reference


COMMANDS = (show, search, statements, status)
