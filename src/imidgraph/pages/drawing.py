"""Drawing: explanations, paths, neighborhoods, comparisons and choices, turned into pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import singledispatch
from itertools import product
from typing import Any

from imidgraph.errors import QueryError
from imidgraph.knowledge.relations import MIDDLE
from imidgraph.limits import MOST_TOLD
from imidgraph.model import Risk, Statement, Term
from imidgraph.pages.picture import Arrow, Node, Picture
from imidgraph.prose.citations import cited
from imidgraph.prose.statement import sentence
from imidgraph.traversals.chains import Chain, Hop
from imidgraph.traversals.compare import Comparison
from imidgraph.traversals.explanation import Explanation
from imidgraph.traversals.neighborhood import Neighborhood
from imidgraph.traversals.paths import Paths
from imidgraph.traversals.why import Why
from imidgraph.words import counted, listed

Places = Mapping[str, int]

MOST_DRAWN = 40
"""The entities that a picture can hold and still be read."""

_MOST_NAMED = 12  # entities of a group that are named


@singledispatch
def draw(answer: object) -> Picture:
    """Draw an answer.

    Parameters
    ----------
    answer : Drawable
        An explanation, a comparison, a neighborhood, paths, or the reasons for a choice.

    Raises
    ------
    QueryError
        Where it cannot be drawn, or there is nothing to draw.
    """
    raise QueryError(
        f"{answer!r} cannot be drawn. Give an explanation, a comparison, a neighborhood, paths, or one or two names."
    )


@draw.register
def _(explanation: Explanation) -> Picture:
    if not explanation.chains:
        return _stated(explanation)
    shown = explanation.chains[:MOST_TOLD]
    hops = [hop for chain in shown for hop in chain.hops]
    arrows: dict[tuple[str, str], Arrow] = {}
    for hop in hops:
        for one, other in product(hop.starts, hop.ends):
            arrows.setdefault((one.curie, other.curie), _arrow(one, other, hop))
    left = len(explanation.chains) - len(shown)
    caption = f"Not drawn: {counted(left, 'more chain')}." if left else ""
    terms = (term for chain in shown for term in _terms(chain))
    nodes, joins = _nodes(terms, _ends(explanation), explanation.places), tuple(arrows.values())
    if explanation.start.category == explanation.end.category:  # what two drugs share is many things joined alike
        nodes, joins = _folded(nodes, joins)
    return Picture(explanation.title, nodes, joins, caption)


def _stated(explanation: Explanation) -> Picture:
    """Draw what is stated where no chain leads, with what joins the things that it names with the ends."""
    stated = [item for item in explanation.stated if not item.negated]
    if not stated:
        raise QueryError(f"There is nothing to draw. {' '.join(explanation.gaps)}")
    arrows = {(arrow.start, arrow.end): arrow for arrow in _arrows(stated, explanation.places)}
    for item in explanation.hierarchy:
        ends = item.subject.curie, item.object.curie
        arrows.setdefault(ends, Arrow(*ends, item.predicate.label, strength=1.0))
    named = {term for item in (*stated, *explanation.hierarchy) for term in (item.subject, item.object)}
    nodes = _nodes(named | {explanation.start, explanation.end}, _ends(explanation), explanation.places)
    title = f"{explanation.title}: what is stated"
    return Picture(title, nodes, tuple(arrows[key] for key in sorted(arrows)), " ".join(explanation.gaps))


def _ends(explanation: Explanation) -> set[str]:
    return {explanation.start.curie, explanation.end.curie}


def _terms(chain: Chain) -> Iterable[Term]:
    return (term for place in chain.nodes for term in place)


def _arrow(one: Term, other: Term, hop: Hop) -> Arrow:
    ends = {one.iri, other.iri}
    own = [item for item in hop.statements if {item.subject.iri, item.object.iri} == ends] or list(hop.statements)
    return Arrow(
        one.curie,
        other.curie,
        hop.relation,
        _sign(own) if hop.sign is None else None if hop.is_hierarchy else hop.sign,
        max((item.strength for item in own), default=0.0),
        hop.backward,
        any(item.disputed for item in own),
        _told(own),
    )


@draw.register
def _(paths: Paths) -> Picture:
    drawn = len(paths)
    nodes, arrows = _walked(paths, drawn)
    while len(nodes) > MOST_DRAWN and drawn > 1:
        drawn = drawn * 3 // 4
        nodes, arrows = _walked(paths, drawn)
    cut = f"{drawn} of {len(paths)} paths are drawn, the first ones. " if drawn < len(paths) else ""
    return Picture(paths.title, nodes, arrows, f"{cut}{paths.limit or ''}".strip())


def _walked(paths: Paths, most: int) -> tuple[tuple[Node, ...], tuple[Arrow, ...]]:
    """Give what the first paths lead through, with what is joined alike as one."""
    arrows: dict[tuple[str, str], Arrow] = {}
    terms: dict[Term, None] = {}
    for path in paths[:most]:
        terms |= dict.fromkeys(path.terms)
        for step in path.steps:
            arrows.setdefault((step.start.curie, step.end.curie), _joined(step.start, step.end, step.statements))
    ends = {paths[0].nodes[0], paths[0].nodes[-1]}
    return _folded(_nodes(terms, ends, paths.places), tuple(arrows.values()))


@draw.register
def _(around: Neighborhood) -> Picture:
    distance = {term.curie: place for place, ring in enumerate(around.rings) for term in ring}
    outward = [
        item
        for item in around.statements
        if abs(distance.get(item.subject.curie, -9) - distance.get(item.object.curie, 9)) == 1  # more is too much to read
    ]
    nodes, arrows = _folded(_nodes(around.nodes, {around.center.curie}, around.places), _arrows(outward, around.places))
    kept = sorted(nodes, key=lambda node: distance[node.id])[:MOST_DRAWN]
    drawn = {node.id for node in kept}
    cut = f"{len(kept)} of {len(nodes)} groups of entities are drawn, the nearest first. " if len(kept) < len(nodes) else ""
    caption = f"{cut}Relations between entities at the same distance are not drawn."
    shown = tuple(arrow for arrow in arrows if {arrow.start, arrow.end} <= drawn)
    return Picture(f"around {around.center}", tuple(node for node in nodes if node.id in drawn), shown, caption)


@draw.register
def _(answer: Why) -> Picture:
    return replace(draw(answer.comparison), title=answer.title)


@draw.register
def _(comparison: Comparison) -> Picture:
    statements = [
        item
        for aspect in comparison.aspects
        for items in aspect.statements
        for item in items
        if aspect.predicate.is_headline or (isinstance(item, Risk) and item.boxed_warning)
    ]
    title = " and ".join(map(str, comparison.drugs)) + ": targets, approvals and boxed warnings"
    holders: dict[Term, set[Term]] = {}
    for item in statements:
        holders.setdefault(item.object, set()).add(item.subject)
    first, *_, last = comparison.drugs
    # What only the first drug has stands above what all share, and that above what only the last one has.
    column = sorted(
        holders,
        key=lambda term: (_place(term, comparison.places)[0], last in holders[term], first not in holders[term], term.label),
    )
    arrows = _arrows(statements, comparison.places)
    if len(comparison.drugs) == 2:  # one drug on each side of what they share
        arrows = tuple(_mirrored(arrow) if arrow.start == last.curie else arrow for arrow in arrows)
    nodes, arrows = _folded(
        _nodes([*comparison.drugs, *column], {drug.curie for drug in comparison.drugs}, comparison.places), arrows
    )
    drawn = {node.id for node in nodes}
    bare = [drug for drug in comparison.drugs if not any(item.subject == drug for item in statements)]
    caption = f"Nothing like this is curated for {listed(bare)}." if bare else ""
    if comparison.limit:  # what was not looked at is not for that not curated
        caption = f"The answer is incomplete: {comparison.limit}."
    return Picture(title, nodes, arrows, caption, tuple(term.curie for term in column if term.curie in drawn))


def _folded(nodes: Sequence[Node], arrows: Sequence[Arrow]) -> tuple[tuple[Node, ...], tuple[Arrow, ...]]:
    """Put entities of a category together that are joined to the same others in the same way, each group as one node."""
    joined: dict[str, list[Arrow]] = {node.id: [] for node in nodes}
    for arrow in arrows:
        joined[arrow.start].append(arrow)
        joined[arrow.end].append(arrow)
    groups: dict[Any, list[Node]] = {}
    for node in nodes:
        alike = {
            (arrow.start == node.id, arrow.end if arrow.start == node.id else arrow.start, arrow.label, arrow.sign, arrow.faint)
            for arrow in joined[node.id]
        }
        key = node.id if node.is_end else (node.category, frozenset(alike))
        groups.setdefault(key, []).append(node)
    first: dict[str, str] = {}
    folded: list[Node] = []
    for group in groups.values():
        group.sort(key=lambda node: -max((arrow.strength for arrow in joined[node.id]), default=0.0))
        first |= {node.id: group[0].id for node in group}
        left = len(group) - _MOST_NAMED
        label = ", ".join(node.label for node in group[:_MOST_NAMED]) + (f" and {left} more" if left > 0 else "")
        folded.append(replace(group[0], label=label))
    merged: dict[Any, list[Arrow]] = {}
    for arrow in arrows:
        start, end = first[arrow.start], first[arrow.end]
        merged.setdefault((start, end, arrow.label, arrow.backward), []).append(replace(arrow, start=start, end=end))
    one_each = (
        replace(several[0], strength=max(arrow.strength for arrow in several), told="\n".join(arrow.told for arrow in several))
        for several in merged.values()
    )
    return tuple(folded), tuple(one_each)


def _mirrored(arrow: Arrow) -> Arrow:
    return replace(arrow, start=arrow.end, end=arrow.start, backward=not arrow.backward)


def _arrows(statements: Iterable[Statement], places: Places) -> tuple[Arrow, ...]:
    joined: dict[tuple[Term, Term], list[Statement]] = {}
    for item in statements:
        one, other = sorted((item.subject, item.object), key=lambda term: _place(term, places))
        joined.setdefault((one, other), []).append(item)
    return tuple(_joined(one, other, items) for (one, other), items in joined.items())


def _joined(one: Term, other: Term, items: Sequence[Statement]) -> Arrow:
    return Arrow(
        one.curie,
        other.curie,
        _label(items),
        _sign(items),
        max((item.strength for item in items), default=0.0),
        all(item.subject == other for item in items),
        any(item.disputed for item in items),
        _told(items),
    )


def _label(items: Sequence[Statement]) -> str:
    """Name the relations, an adverse effect that a boxed warning names as such."""
    warned = {item.predicate for item in items if item.value("boxedWarning") is True}
    names = ("boxed warning" if item.predicate in warned else item.predicate.label for item in items)
    return ", ".join(dict.fromkeys(names))


def _sign(items: Iterable[Statement]) -> int | None:
    found = {item.predicate.sign for item in items}
    return found.pop() if len(found) == 1 else None


def _nodes(terms: Iterable[Term], ends: set[str], places: Places) -> tuple[Node, ...]:
    kept = sorted(dict.fromkeys(terms), key=lambda term: _place(term, places))
    return tuple(Node(term.curie, term.label, term.category, term.curie in ends) for term in kept)


def _place(term: Term, places: Places) -> tuple[int, str]:
    """Give the place of an entity from left to right."""
    return places.get(term.category, MIDDLE), term.label


def _told(items: Iterable[Statement]) -> str:
    return "\n".join(dict.fromkeys(f"{sentence(item)} [{cited([item])}]" if item.evidence else sentence(item) for item in items))
