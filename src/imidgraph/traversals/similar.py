"""Similarity: which entities have most in common with one, and what that is."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from imidgraph.knowledge.network import Network
from imidgraph.limits import ALIKE_IN, MOST_ALIKE, MOST_NAMED, whole
from imidgraph.model import Term

_Feature = tuple[str, str, bool]  # relation, other entity, and whether that entity is the subject


@dataclass(frozen=True)
class Similar:
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


def similar(network: Network, entity: Term, aspects: tuple[str, ...] = ALIKE_IN, limit: int = MOST_ALIKE) -> list[Similar]:
    """Find the entities of the same category that have most in common with one.

    Parameters
    ----------
    network : Network
        The nodes and relations.
    entity : Term
        The entity.
    aspects : tuple of str
        The pillars whose relations count.
    limit : int
        The most entities to give.

    Raises
    ------
    QueryError
        Where there is no such pillar, or no entity is asked for.

    Notes
    -----
    The weighted Jaccard index of the relations of two entities; a relation to what n of N entities are related to
    weighs log(1 + N / n).
    """
    whole("limit", limit)
    pillar_of = {relation: pillar for pillar in aspects for relation in network.relations_of(pillar)}
    own = _features(network, entity.curie, pillar_of)
    network.fetch(other for _, other, _ in own)
    holders = {feature: _holders(network, feature) for feature in own}
    names = sorted({node for nodes in holders.values() for node in nodes} - {entity.curie})
    network.fetch(names)
    kin = [term for term in network.terms(names) if term.category == entity.category]
    features = {term: _features(network, term.curie, pillar_of) for term in kin}
    network.fetch(sorted({other for held in features.values() for _, other, _ in held}))
    group = {term.curie for term in kin} | {entity.curie}
    weight = {
        feature: math.log(1 + len(group) / len(_holders(network, feature) & group))
        for feature in {*own, *(feature for held in features.values() for feature in held)}
    }
    found = []
    for term, held in features.items():
        common = sorted(held & own, key=lambda feature: (-weight[feature], feature))
        score = sum(weight[feature] for feature in common) / sum(weight[feature] for feature in held | own)
        shared: dict[str, dict[str, None]] = defaultdict(dict)
        for relation, other, _ in common:
            shared[pillar_of[relation]][other] = None
        found.append(Similar(term, score, {name: tuple(network.terms(shared[name])) for name in aspects if name in shared}))
    return sorted(found, key=lambda item: (-round(item.score, 6), item.entity.label))[:limit]


def _features(network: Network, node: str, pillar_of: dict[str, str]) -> set[_Feature]:
    network.fetch([node])
    ahead = {(relation, other, False) for other, joined in network.objects.get(node, {}).items() for relation in joined}
    back = {(relation, other, True) for other in network.subjects.get(node, ()) for relation in network.objects[other][node]}
    return {feature for feature in ahead | back if feature[0] in pillar_of}


def _holders(network: Network, feature: _Feature) -> set[str]:
    relation, other, is_subject = feature
    if is_subject:
        return network.neighbors(other, {relation}, directed=True)
    return network.sources(other, {relation})
