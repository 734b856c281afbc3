"""Figures: explanations, paths, neighborhoods and comparisons, turned into pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

from imidgraph.errors import QueryError
from imidgraph.knowledge.network import BROADER, Network
from imidgraph.limits import MOST_TOLD
from imidgraph.model import Risk, Statement, Term
from imidgraph.namespaces import IMID, compress, local_name
from imidgraph.pages.picture import Arrow, Node, Picture
from imidgraph.prose.citations import cited
from imidgraph.traversals.chains import Chain, Hop, counted, in_words
from imidgraph.traversals.compare import Comparison
from imidgraph.traversals.explain import Explanation
from imidgraph.traversals.neighborhood import Neighborhood
from imidgraph.traversals.paths import Paths

Figure = Comparison | Explanation | Neighborhood | Paths

MOST_DRAWN = 40
"""The entities that a picture can hold and still be read."""

_MOST_NAMED = 12  # entities of a group that are named

_PLACES = ("Drug", "Regimen", "DrugClass", "ProteinComplex", "Protein", "CellType", "BiologicalProcess")
_LAST = ("AdverseEffect", "Disease")
_BROADER = compress(BROADER)
_HOLDS = compress(IMID + "hasComponent")
_COMPARED = ("binds", "degrades", "approvedFor")


def draw(figure: Figure, network: Network) -> Picture:
    """Draw what was found.

    Parameters
    ----------
    figure : Comparison, Explanation, Neighborhood or Paths
        What to draw.
    network : Network
        The relations, with their signs.

    Raises
    ------
    QueryError
        Where there is nothing to draw.
    """
    if isinstance(figure, Explanation):
        return _explanation(figure, network) if figure.chains else _stated(figure, network)
    if isinstance(figure, Neighborhood):
        return _neighborhood(figure, network)
    if isinstance(figure, Comparison):
        return _comparison(figure, network)
    if isinstance(figure, Paths):
        return _paths(figure, network)
    raise QueryError(f"{figure!r} cannot be drawn. Give an explanation, a comparison, a neighborhood, paths or names.")


def _explanation(explanation: Explanation, network: Network) -> Picture:
    shown = explanation.chains[:MOST_TOLD]
    ends = {explanation.start.curie, explanation.end.curie}
    hops = [hop for chain in shown for hop in chain.hops]
    arrows: dict[tuple[str, str], Arrow] = {}
    for hop in hops:
        for one, other in product(hop.starts, hop.ends):
            arrows.setdefault((one.curie, other.curie), _arrow(one, other, hop, network))
    left = len(explanation.chains) - len(shown)
    caption = f"Not drawn: {counted(left, 'more chain')}." if left else ""
    title = f"{explanation.start} and {explanation.end}"
    nodes, joins = _nodes((term for chain in shown for term in _terms(chain)), ends), tuple(arrows.values())
    if explanation.start.category == explanation.end.category:  # what two drugs share is many things joined alike
        nodes, joins = _folded(nodes, joins)
    return Picture(title, nodes, joins, caption)


def _stated(explanation: Explanation, network: Network) -> Picture:
    """Draw what is stated where no chain leads, with the kinds of the end that it names."""
    stated = [item for item in explanation.stated if not item.negated]
    if not stated:
        raise QueryError(f"There is nothing to draw. {' '.join(explanation.gaps)}")
    inside = {term.curie: term for term in (*explanation.kinds, explanation.end)}
    arrows = {(arrow.start, arrow.end): arrow for arrow in _arrows(stated, network)}
    named = {term for item in stated for term in (item.subject, item.object)} | {explanation.start, explanation.end}
    for part in sorted(named - {explanation.start}, key=_place):  # the drugs of a regimen
        if _HOLDS in network.objects.get(explanation.start.curie, {}).get(part.curie, ()):
            ends_of = explanation.start.curie, part.curie
            arrows[ends_of] = Arrow(*ends_of, network.relations[_HOLDS].label, strength=1.0)
    waiting = [term for term in named if term.curie in inside]
    while waiting:
        kind = waiting.pop()
        for wider in network.objects.get(kind.curie, {}).keys() & inside.keys():
            if (kind.curie, wider) not in arrows:
                arrows[kind.curie, wider] = Arrow(kind.curie, wider, network.relations[_BROADER].label, strength=1.0)
                named.add(inside[wider])
                waiting.append(inside[wider])  # and on, up to the end that was asked for
    title = f"{explanation.start} and {explanation.end}: what is stated"
    ends = {explanation.start.curie, explanation.end.curie}
    return Picture(title, _nodes(named, ends), tuple(arrows[key] for key in sorted(arrows)), " ".join(explanation.gaps))


def _terms(chain: Chain) -> Iterable[Term]:
    return (term for place in chain.nodes for term in place)


def _arrow(one: Term, other: Term, hop: Hop, network: Network) -> Arrow:
    ends = {one.iri, other.iri}
    own = [item for item in hop.statements if {item.subject.iri, item.object.iri} == ends] or list(hop.statements)
    return Arrow(
        one.curie,
        other.curie,
        hop.relation,
        _sign(own, network) if hop.sign is None else None if hop.is_hierarchy else hop.sign,
        max((item.strength for item in own), default=0.0),
        hop.backward,
        any(item.disputed for item in own),
        _told(own),
    )


def _paths(paths: Paths, network: Network) -> Picture:
    ends = {paths[0].nodes[0], paths[0].nodes[-1]}
    arrows: dict[tuple[str, str], Arrow] = {}
    terms: dict[Term, None] = {}
    for path in paths.load():
        if len({*terms, *path.terms}) > MOST_DRAWN:
            break
        terms |= dict.fromkeys(path.terms)
        for step in path.steps:
            arrows.setdefault((step.start.curie, step.end.curie), _joined(step.start, step.end, step.statements, network))
    drawn = sum(1 for path in paths if {*path.terms} <= terms.keys())
    caption = f"{drawn} of {len(paths)} paths are drawn." if drawn < len(paths) else paths.bound or ""
    title = f"paths from {paths[0].terms[0]} to {paths[0].terms[-1]}"
    return Picture(title, _nodes(terms, ends), tuple(arrows.values()), caption)


def _neighborhood(around: Neighborhood, network: Network) -> Picture:
    distance = {term.iri: place for place, ring in enumerate(around.rings) for term in ring}
    outward = [
        item
        for item in around.statements
        if abs(distance.get(item.subject.iri, -9) - distance.get(item.object.iri, 9)) == 1  # within a ring is too much to read
    ]
    nodes, arrows = _folded(_nodes(around.nodes, {around.center.curie}), _arrows(outward, network))
    kept = sorted(nodes, key=lambda node: distance[network.iri(node.id)])[:MOST_DRAWN]
    drawn = {node.id for node in kept}
    cut = f"{len(kept)} of {len(nodes)} groups of entities are drawn, the nearest. " if len(kept) < len(nodes) else ""
    caption = f"{cut}What joins those of equal distance is not drawn."
    shown = tuple(arrow for arrow in arrows if {arrow.start, arrow.end} <= drawn)
    return Picture(f"around {around.center}", tuple(node for node in nodes if node.id in drawn), shown, caption)


def _comparison(comparison: Comparison, network: Network) -> Picture:
    statements = [
        item
        for aspect in comparison.aspects
        for items in aspect.statements
        for item in items
        if local_name(aspect.predicate.iri) in _COMPARED or (isinstance(item, Risk) and item.boxed_warning)
    ]
    title = " and ".join(map(str, comparison.drugs)) + ": targets, approvals and boxed warnings"
    holders: dict[Term, set[Term]] = {}
    for item in statements:
        holders.setdefault(item.object, set()).add(item.subject)
    first, *_, last = comparison.drugs
    # What only the first drug has stands above what all share, and that above what only the last one has.
    column = sorted(holders, key=lambda term: (_place(term)[0], last in holders[term], first not in holders[term], term.label))
    arrows = _arrows(statements, network)
    if len(comparison.drugs) == 2:  # one drug on each side of what they share
        arrows = tuple(_mirrored(arrow) if arrow.start == last.curie else arrow for arrow in arrows)
    nodes, arrows = _folded(_nodes([*comparison.drugs, *column], {drug.curie for drug in comparison.drugs}), arrows)
    drawn = {node.id for node in nodes}
    bare = [drug for drug in comparison.drugs if not any(item.subject == drug for item in statements)]
    caption = f"Nothing of this is curated for {in_words(bare)}." if bare else ""
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


def _arrows(statements: Iterable[Statement], network: Network) -> tuple[Arrow, ...]:
    joined: dict[tuple[Term, Term], list[Statement]] = {}
    for item in statements:
        one, other = sorted((item.subject, item.object), key=_place)
        joined.setdefault((one, other), []).append(item)
    return tuple(_joined(one, other, items, network) for (one, other), items in joined.items())


def _joined(one: Term, other: Term, items: Sequence[Statement], network: Network) -> Arrow:
    return Arrow(
        one.curie,
        other.curie,
        ", ".join(dict.fromkeys(item.predicate.label for item in items)),
        _sign(items, network),
        max((item.strength for item in items), default=0.0),
        all(item.subject == other for item in items),
        any(item.disputed for item in items),
        _told(items),
    )


def _sign(items: Iterable[Statement], network: Network) -> int | None:
    signs = {network.relations[network.curie(item.predicate.iri)].sign for item in items}
    return signs.pop() if len(signs) == 1 else None


def _nodes(terms: Iterable[Term], ends: set[str]) -> tuple[Node, ...]:
    kept = sorted(dict.fromkeys(terms), key=_place)
    return tuple(Node(term.curie, term.label, term.category, term.curie in ends) for term in kept)


def _place(term: Term) -> tuple[int, str]:
    """Give the place of an entity from left to right."""
    if term.category in _LAST:
        return len(_PLACES) + 1 + _LAST.index(term.category), term.label
    return _PLACES.index(term.category) if term.category in _PLACES else len(_PLACES), term.label


def _told(items: Iterable[Statement]) -> str:
    return "\n".join(dict.fromkeys(f"{item} [{cited([item])}]" if item.evidence else str(item) for item in items))
