"""Kinds: what a wider term answers with, so that a question about blood clots finds the boxed warnings of each kind of clot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from imidgraph.knowledge.groups import Form, Group, other
from imidgraph.model import Statement, Term
from imidgraph.prose import summary
from imidgraph.words import listed

KINDS = "kinds, each with a card of its own"
"""What stands above them on a card."""


def groups(term: Term, kinds: Sequence[Term], statements: Iterable[Statement]) -> Iterator[Group]:
    """Give the kinds of a thing: each that a boxed warning names with its drugs, the others by name, then what is done.

    Parameters
    ----------
    term : Term
        The wider thing.
    kinds : sequence of Term
        Its kinds.
    statements : iterable of Statement
        The statements that have a kind as their object.

    Examples
    --------
    >>> import imidgraph
    >>> clots = imidgraph.load().entity("blood clots")
    >>> next(groups(clots, clots.kinds, clots.of_kinds)).line
    'venous thromboembolism: boxed warning of iberdomide, lenalidomide, pomalidomide and thalidomide'
    """
    every = list(statements)
    boxed: dict[Term, list[Statement]] = {}
    for item in every:
        if item.value("boxedWarning") is True:
            boxed.setdefault(item.object, []).append(item)
    for kind, items in sorted(boxed.items(), key=lambda entry: (-len(entry[1]), entry[0].label)):
        yield Group(kind, tuple(items), term, _WARNED)
    if bare := tuple(kind for kind in kinds if kind not in boxed):
        yield Group(bare[0], (), term, _NAMED, bare[1:])
    if done := tuple(item for item in every if item.category == "RiskMitigation"):
        yield Group(done[0].predicate, done, term, _AGAINST)


def _kind(item: Statement, term: Term) -> tuple[Term, str]:
    return item.object, ""


def _subject(item: Statement, term: Term) -> Term:
    return item.subject


_WARNED = Form(
    lambda group: f"{group.about}: boxed warning of {listed([str(other(item, group.about)) for item in group.told])}",
    _kind,
    _subject,
    names=20,
)
_NAMED = Form(lambda group: summary.capped(map(str, (group.about, *group.others))), _kind)
_AGAINST = Form(lambda group: f"Against them: {summary.placed(group.told, group.left)}", _kind, _subject, names=8)
