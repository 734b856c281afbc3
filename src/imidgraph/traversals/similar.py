"""Similarity: which entities have most in common with one, and what that is."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from imidgraph.answers import Listing, Row
from imidgraph.knowledge.network import Network
from imidgraph.limits import ALIKE_IN, MOST_ALIKE, MOST_NAMED, Deadline, OutOfTime, whole
from imidgraph.model import Term

_Feature = tuple[str, str, bool]  # relation, other entity, and whether that entity is the subject


@dataclass(frozen=True)
class Likeness:
    """An entity that is like another one, and why.

    Parameters
    ----------
    entity : Term
        The entity.
    score : float
        From 0 to 1: the weight of what both have, of the weight of what either has. What few have weighs more.
    shared : dict of str to tuple of Term
        What both are related to, by pillar, the rarest first.
    """

    entity: Term
    score: float
    shared: dict[str, tuple[Term, ...]]

    def reasons(self, pillar: str, most: int | None = None) -> str:
        """Name what both are related to in a pillar, so many of the rarest and the number of the rest."""
        terms = self.shared.get(pillar, ())
        named = [term.label for term in terms[:most]]
        left = len(terms) - len(named)
        return ", ".join(named) + (f" and {left} more" if left else "")

    def to_dict(self) -> dict[str, Any]:
        """Give it as a dictionary that can be written as JSON."""
        shared = {pillar: [term.curie for term in terms] for pillar, terms in self.shared.items()}
        return {"entity": self.entity.curie, "label": self.entity.label, "score": round(self.score, 4), "shared": shared}

    def __str__(self) -> str:
        reasons = "; ".join(f"{pillar}: {self.reasons(pillar, MOST_NAMED)}" for pillar in self.shared)
        return f"{self.entity} {self.score:.2f} ({reasons})"


@dataclass(frozen=True, repr=False)
class Similar(Listing[Likeness]):
    """The entities that have most in common with one, the likest first.

    Parameters
    ----------
    items : tuple of Likeness
        The entities, with what they have in common.
    entity : Term
        The one that they are like.
    aspects : tuple of str
        The pillars whose relations count.
    """

    entity: Term
    aspects: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns: one for each pillar."""
        return ("entity", "score", *self.aspects)

    @property
    def rows(self) -> list[Row]:
        """The entities, with all that they have in common in each pillar."""
        return [(item.entity.label, round(item.score, 3), *map(item.reasons, self.aspects)) for item in self]

    @property
    def title(self) -> str:
        """The entity."""
        return f"Similar to {self.entity}"

    def _document(self) -> dict[str, Any]:
        return {"entity": self.entity.curie, "similar": [item.to_dict() for item in self]}


def similar(
    network: Network, entity: Term, deadline: Deadline, aspects: tuple[str, ...] = ALIKE_IN, limit: int = MOST_ALIKE
) -> Similar:
    """Find the entities of the same category that have most in common with one.

    Parameters
    ----------
    network : Network
        The nodes and relations.
    entity : Term
        The entity.
    deadline : Deadline
        When the search ends; all are compared in time, or none.
    aspects : tuple of str
        The pillars whose relations count.
    limit : int
        The most entities to give.

    Raises
    ------
    QueryError
        Where there is no such pillar, or the limit makes no sense.

    Notes
    -----
    The weighted Jaccard index of the relations of two entities; a relation to what n of N entities are related to
    weighs log(1 + N / n).
    """
    whole("limit", limit)
    pillar_of = {relation: pillar for pillar in aspects for relation in network.relations_of(pillar)}
    try:
        found = sorted(_alike(network, entity, pillar_of, deadline), key=lambda item: (-round(item.score, 6), item.entity.label))
    except OutOfTime:
        return Similar((), entity, aspects, limit=str(deadline))
    cut = f"cut at {limit} entities; there are more" if len(found) > limit else None
    return Similar(tuple(found[:limit]), entity, aspects, limit=cut)


def _alike(network: Network, entity: Term, pillar_of: Mapping[str, str], deadline: Deadline) -> Iterator[Likeness]:
    own = _features(network, entity.curie, pillar_of, deadline)
    network.fetch((other for _, other, _ in own), deadline)
    names = sorted({node for feature in deadline.each(own) for node in _holders(network, feature)} - {entity.curie})
    network.fetch(names, deadline)
    kin = [term for term in network.terms(names, deadline) if term.category == entity.category]
    features = {term: _features(network, term.curie, pillar_of, deadline) for term in kin}
    network.fetch(sorted({other for held in features.values() for _, other, _ in held}), deadline)
    weight = _weights(network, {entity: own, **features}, deadline)
    for term, held in deadline.each(features.items()):
        common = sorted(held & own, key=lambda feature: (-weight[feature], feature))
        score = sum(weight[feature] for feature in common) / sum(weight[feature] for feature in held | own)
        shared: dict[str, dict[str, None]] = defaultdict(dict)
        for relation, other, _ in common:
            shared[pillar_of[relation]][other] = None
        pillars = [pillar for pillar in dict.fromkeys(pillar_of.values()) if pillar in shared]
        yield Likeness(term, score, {pillar: tuple(network.terms(shared[pillar], deadline)) for pillar in pillars})


def _weights(network: Network, features: Mapping[Term, set[_Feature]], deadline: Deadline) -> dict[_Feature, float]:
    """Weigh each feature of some entities: the fewer of them have it, the more it weighs."""
    group = {term.curie for term in features}
    weight: dict[_Feature, float] = {}
    for feature in deadline.each({feature for held in features.values() for feature in held}):
        weight[feature] = math.log(1 + len(group) / len(_holders(network, feature) & group))
    return weight


def _features(network: Network, node: str, pillar_of: Mapping[str, str], deadline: Deadline) -> set[_Feature]:
    network.fetch([node], deadline)
    ahead = {(relation, other, False) for other, joined in network.objects.get(node, {}).items() for relation in joined}
    back = {(relation, other, True) for other in network.subjects.get(node, ()) for relation in network.objects[other][node]}
    return {feature for feature in ahead | back if feature[0] in pillar_of}


def _holders(network: Network, feature: _Feature) -> set[str]:
    relation, other, is_subject = feature
    if is_subject:
        return network.neighbors(other, {relation}, directed=True)
    return network.sources(other, {relation})
