"""Figures: explanations, paths, neighbourhoods and comparisons, turned into pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import product

from imidgraph.bounds import MOST_TOLD
from imidgraph.chains import Chain, Hop
from imidgraph.citations import cited
from imidgraph.comparison import Comparison
from imidgraph.errors import QueryError
from imidgraph.explanation import Explanation
from imidgraph.model import Association, Risk, Term
from imidgraph.namespaces import local_name
from imidgraph.neighbourhood import Neighbourhood
from imidgraph.network import Network
from imidgraph.paths import Paths
from imidgraph.picture import Arrow, Node, Picture

Figure = Comparison | Explanation | Neighbourhood | Paths

MOST_DRAWN = 40
"""The entities that a picture can hold and still be read."""

_PLACES = ("Drug", "Regimen", "DrugClass", "ProteinComplex", "Protein", "CellType", "BiologicalProcess")
_LAST = ("AdverseEffect", "Disease")
_COMPARED = ("binds", "degrades", "approvedFor")


def draw(figure: Figure, network: Network) -> Picture:
    """Draw what was found.

    Parameters
    ----------
    figure : Comparison, Explanation, Neighbourhood or Paths
        What to draw.
    network : Network
        The relations, with their signs.

    Raises
    ------
    QueryError
        Where there is nothing to draw.
    """
    if isinstance(figure, Explanation):
        return _explanation(figure)
    if isinstance(figure, Neighbourhood):
        return _neighbourhood(figure, network)
    if isinstance(figure, Comparison):
        return _comparison(figure, network)
    return _paths(figure, network)


def _explanation(explanation: Explanation) -> Picture:
    if not explanation.chains:
        raise QueryError(f"There is no chain to draw. {' '.join(explanation.gaps)}")
    shown = explanation.chains[:MOST_TOLD]
    ends = {explanation.start.curie, explanation.end.curie}
    hops = [hop for chain in shown for hop in chain.hops]
    arrows: dict[tuple[str, str], Arrow] = {}
    for hop in hops:
        for one, other in product(hop.starts, hop.ends):
            arrows.setdefault((one.curie, other.curie), _arrow(one, other, hop))
    left = len(explanation.chains) - len(shown)
    caption = f"{left} more chains are not drawn." if left else ""
    title = f"{explanation.start} and {explanation.end}"
    return Picture(title, _nodes((term for chain in shown for term in _terms(chain)), ends), tuple(arrows.values()), caption)


def _terms(chain: Chain) -> Iterable[Term]:
    return (term for place in chain.nodes for term in place)


def _arrow(one: Term, other: Term, hop: Hop) -> Arrow:
    ends = {one.iri, other.iri}
    own = [item for item in hop.statements if {item.subject.iri, item.object.iri} == ends] or list(hop.statements)
    return Arrow(
        one.curie,
        other.curie,
        hop.relation,
        hop.sign if any(item.evidence for item in own) else None,  # to be a kind of something is no effect
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


def _neighbourhood(around: Neighbourhood, network: Network) -> Picture:
    kept = around.nodes[:MOST_DRAWN]
    distance = {term.iri: place for place, ring in enumerate(around.rings) for term in ring if term in kept}
    outward = [
        item
        for item in around.statements
        if abs(distance.get(item.subject.iri, -9) - distance.get(item.object.iri, 9)) == 1  # within a ring is too much to read
    ]
    cut = f"{len(kept)} of {len(around)} entities are drawn. " if len(kept) < len(around) else ""
    caption = f"{cut}What joins those of equal distance is not drawn."
    return Picture(f"around {around.centre}", _nodes(kept, {around.centre.curie}), _arrows(outward, network), caption)


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
    nodes = _nodes([*comparison.drugs, *column], {drug.curie for drug in comparison.drugs})
    return Picture(title, nodes, arrows, column=tuple(term.curie for term in column))


def _mirrored(arrow: Arrow) -> Arrow:
    return replace(arrow, start=arrow.end, end=arrow.start, backward=not arrow.backward)


def _arrows(statements: Iterable[Association], network: Network) -> tuple[Arrow, ...]:
    joined: dict[tuple[Term, Term], list[Association]] = {}
    for item in statements:
        one, other = sorted((item.subject, item.object), key=_place)
        joined.setdefault((one, other), []).append(item)
    return tuple(_joined(one, other, items, network) for (one, other), items in joined.items())


def _joined(one: Term, other: Term, items: Sequence[Association], network: Network) -> Arrow:
    signs = {network.relations[network.curie(item.predicate.iri)].sign for item in items}
    return Arrow(
        one.curie,
        other.curie,
        ", ".join(dict.fromkeys(item.predicate.label for item in items)),
        signs.pop() if len(signs) == 1 else None,
        max((item.strength for item in items), default=0.0),
        all(item.subject == other for item in items),
        any(item.disputed for item in items),
        _told(items),
    )


def _nodes(terms: Iterable[Term], ends: set[str]) -> tuple[Node, ...]:
    kept = sorted(dict.fromkeys(terms), key=_place)
    return tuple(Node(term.curie, term.label, term.category, term.curie in ends) for term in kept)


def _place(term: Term) -> tuple[int, str]:
    """Give the place of an entity from left to right."""
    if term.category in _LAST:
        return len(_PLACES) + 1 + _LAST.index(term.category), term.label
    return _PLACES.index(term.category) if term.category in _PLACES else len(_PLACES), term.label


def _told(items: Iterable[Association]) -> str:
    return "\n".join(dict.fromkeys(f"{item} [{cited([item])}]" if item.evidence else str(item) for item in items))
