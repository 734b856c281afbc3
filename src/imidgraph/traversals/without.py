"""Without: what becomes of the effects of drugs where a protein, a complex or a process is lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from imidgraph.answers import Answer, Row
from imidgraph.limits import Deadline, OutOfTime
from imidgraph.model import Statement, Term
from imidgraph.traversals.chains import Chain
from imidgraph.traversals.edges import Edges
from imidgraph.traversals.mechanisms import RECEPTOR, Mechanisms
from imidgraph.traversals.trials import kinds_of
from imidgraph.words import counted

_COMPONENT = "imid:hasComponent"


@dataclass(frozen=True)
class Outcome:
    """An effect of a drug, with the chains that a loss cuts and those that it leaves.

    Parameters
    ----------
    drug, effect : Term
        The drug, and the disease or adverse effect that it affects.
    cut, left : tuple of Chain
        The chains that need what is lost, and those that do not.
    """

    drug: Term
    effect: Term
    cut: tuple[Chain, ...]
    left: tuple[Chain, ...]

    @property
    def is_lost(self) -> bool:
        """Whether no chain is left that starts at a molecule the drug acts on.

        What is left without a known target may depend on the lost one all the same.
        """
        return not any(chain.is_direct for chain in self.left)

    def __str__(self) -> str:
        seen = ", without a known target" if self.left and self.is_lost else ""
        left = f"{len(self.left)} left{seen}" if self.left else "none left"
        return f"{self.drug}: {self.effect} ({counted(len(self.cut), 'chain')} cut, {left})"


@dataclass(frozen=True, repr=False)
class Without(Answer):
    """What becomes of the effects of drugs where one entity is lost.

    This is reasoning over the curated chains, not an observation: compare it with what the sources say of resistance.

    Parameters
    ----------
    entity : Term
        What is lost.
    outcomes : tuple of Outcome
        The effects that lose some or all of their chains.
    """

    entity: Term
    outcomes: tuple[Outcome, ...]

    columns = ("drug", "effect", "fate", "cut", "left", "chains", "sources")
    nothing = "No curated chain depends on it."

    @property
    def lost(self) -> tuple[Outcome, ...]:
        """The effects that lose every chain with a known target."""
        return tuple(outcome for outcome in self.outcomes if outcome.is_lost)

    @property
    def weakened(self) -> tuple[Outcome, ...]:
        """The effects that lose some chains and keep others."""
        return tuple(outcome for outcome in self.outcomes if not outcome.is_lost)

    @property
    def rows(self) -> list[Row]:
        """The effects: of which drug, what becomes of them, how many chains are cut and left, and the cut ones with sources."""
        return [
            (
                one.drug.label,
                one.effect.label,
                "lost" if one.is_lost else "weakened",
                len(one.cut),
                len(one.left),
                "; ".join(map(str, one.cut)),
                ", ".join(
                    dict.fromkeys(source.curie for chain in one.cut for item in chain.statements for source in item.sources)
                ),
            )
            for one in self.outcomes
        ]

    @property
    def title(self) -> str:
        """What is lost."""
        return f"Without {self.entity}"

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements of the chains that are cut."""
        hops = (hop for one in self.outcomes for chain in one.cut for hop in chain.hops)
        return tuple(dict.fromkeys(item for hop in hops for item in hop.statements))

    def _document(self) -> dict[str, Any]:
        outcomes = [
            {
                "drug": outcome.drug.curie,
                "effect": outcome.effect.curie,
                "lost": outcome.is_lost,
                "cut": [chain.to_dict() for chain in outcome.cut],
                "left": [chain.to_dict() for chain in outcome.left],
            }
            for outcome in self.outcomes
        ]
        return {"entity": self.entity.curie, "outcomes": outcomes}


def without(edges: Edges, entity: Term, deadline: Deadline) -> Without:
    """Find the effects of drugs whose chains need an entity.

    A neosubstrate is degraded through cereblon: such a step needs cereblon, the ligase that holds it, and its parts.

    Parameters
    ----------
    edges : Edges
        The network, with the statements on its edges.
    entity : Term
        What is lost: a protein, a complex, a process or a cell.
    deadline : Deadline
        When the search ends.
    """
    outcomes: list[Outcome] = []
    limit = None
    try:
        through_receptor = entity.curie in _ligase(edges, deadline)
        lost = {entity.curie} if entity.category in {"Protein", "ProteinComplex"} else kinds_of(edges, entity, deadline)
        drugs = _before(edges, {RECEPTOR} if through_receptor else lost, deadline)
        ends = {(drug.curie, effect.curie): (drug, effect) for drug in drugs for effect in _after(edges, drug, deadline)}
        for pair, (chains, stopped) in Mechanisms(edges).chains_of(ends, deadline).items():
            limit = limit or stopped
            cut = tuple(chain for chain in chains if _needs(chain, lost, through_receptor))
            if cut:
                outcomes.append(Outcome(*ends[pair], cut, tuple(chain for chain in chains if chain not in cut)))
    except OutOfTime:
        limit = str(deadline)
    return Without(entity, tuple(sorted(outcomes, key=lambda one: (one.drug.label, one.effect.label))), limit=limit)


def _needs(chain: Chain, lost: set[str], through_receptor: bool) -> bool:
    if through_receptor and any(hop.relation == "degrades" for hop in chain.hops):
        return True
    return any({term.curie for term in terms} <= lost for terms in chain.nodes[1:-1])


def _ligase(edges: Edges, deadline: Deadline) -> set[str]:
    """Give the receptor, the complexes that hold it, and their parts."""
    network = edges.network
    complexes = network.sources(RECEPTOR, {_COMPONENT})
    network.fetch(complexes, deadline)
    parts = {part for name in complexes for part in network.neighbors(name, {_COMPONENT}, directed=True)}
    return {RECEPTOR} | complexes | parts


def _before(edges: Edges, nodes: set[str], deadline: Deadline) -> list[Term]:
    """Give the drugs from which causes lead to some nodes."""
    network = edges.network
    follow = network.steps | {"imid:binds"}
    seen, frontier = set(nodes), set(nodes)
    while frontier:
        deadline.check()
        network.fetch(frontier, deadline)
        frontier = {other for node in deadline.each(frontier) for other in network.sources(node, follow)} - seen
        seen |= frontier
    return [term for term in network.terms(sorted(seen), deadline) if term.category == "Drug"]


def _after(edges: Edges, drug: Term, deadline: Deadline) -> list[Term]:
    """Give the diseases and adverse effects to which causes lead from a drug."""
    network = edges.network
    passed = network.vocabulary.kinds("BiologicalEntity")
    seen, frontier = {drug.curie}, {drug.curie}
    while frontier:
        deadline.check()
        network.fetch(frontier, deadline)
        stepped = (network.neighbors(node, network.steps, directed=True) for node in deadline.each(frontier))
        reached = set[str]().union(*stepped) - seen
        seen |= reached
        frontier = {term.curie for term in network.terms(sorted(reached), deadline) if term.category in passed}
    return [term for term in network.terms(sorted(seen), deadline) if term.category in network.vocabulary.kinds("Condition")]
