"""Losses: what becomes of the effects of drugs where a protein, a complex or a process is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from imidgraph.limits import seconds
from imidgraph.model import Term
from imidgraph.traversals.chains import Chain, counted
from imidgraph.traversals.mechanisms import RECEPTOR, RELATIONS, STEPS, Mechanisms
from imidgraph.traversals.paths import EdgeStatements
from imidgraph.traversals.trials import kinds_of
from imidgraph.traversals.walks import Deadline, OutOfTimeError

OUTCOMES = frozenset({"AdverseEffect", "Disease"})
_COMPONENT = "imid:hasComponent"


@dataclass(frozen=True)
class Outcome:
    """An effect of a drug, with the chains that a loss cuts and those that it leaves.

    Parameters
    ----------
    drug, effect : Term
        The drug, and the disease or adverse effect that it bears on.
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


@dataclass(frozen=True)
class Loss:
    """What becomes of the effects of drugs where one entity is lost.

    This is reasoning over the curated chains, not an observation: compare it with what the sources say of resistance.
    """

    entity: Term
    outcomes: tuple[Outcome, ...]
    bound: str | None = None

    @property
    def lost(self) -> tuple[Outcome, ...]:
        """The effects that lose every chain with a known target."""
        return tuple(outcome for outcome in self.outcomes if outcome.is_lost)

    @property
    def weakened(self) -> tuple[Outcome, ...]:
        """The effects that lose some chains and keep others."""
        return tuple(outcome for outcome in self.outcomes if not outcome.is_lost)

    def rows(self) -> Iterator[tuple[str, str, str, int, int]]:
        """Give the effects as rows: drug, effect, what becomes of it, and how many chains are cut and left."""
        for outcome in self.outcomes:
            fate = "lost" if outcome.is_lost else "weakened"
            yield outcome.drug.label, outcome.effect.label, fate, len(outcome.cut), len(outcome.left)

    def to_dict(self) -> dict[str, Any]:
        """Give the loss as a dictionary that can be written as JSON."""
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
        return {"entity": self.entity.curie, "outcomes": outcomes, "bound": self.bound}

    def __repr__(self) -> str:
        return f"<Loss: {self.entity}, {len(self.lost)} effects lost, {len(self.weakened)} weakened>"

    def __str__(self) -> str:
        lines = [f"without {self.entity}"]
        for heading, outcomes in (("lost:", self.lost), ("weakened:", self.weakened)):
            lines += [heading] if outcomes else []
            lines += [f"  {one}" for one in outcomes]
        if not self.outcomes:
            lines.append("No curated chain needs it.")
        return "\n".join([*lines, self.bound] if self.bound else lines)


def lose(statements: EdgeStatements, entity: Term, timeout: float) -> Loss:
    """Find the effects of drugs whose chains need an entity.

    A neosubstrate is degraded through cereblon: such a step needs cereblon, the ligase that holds it, and its parts.

    Parameters
    ----------
    statements : EdgeStatements
        The network, with the statements on its edges.
    entity : Term
        What is lost: a protein, a complex, a process or a cell.
    timeout : float
        The most seconds to search.
    """
    proceed = Deadline(seconds(timeout))
    through_receptor = entity.curie in _ligase(statements)
    outcomes: list[Outcome] = []
    bound = None
    try:
        lost = {entity.curie} if entity.category in {"Protein", "ProteinComplex"} else kinds_of(statements, entity, proceed)
        drugs = _before(statements, {RECEPTOR} if through_receptor else lost, proceed)
        ends = {(drug.curie, effect.curie): (drug, effect) for drug in drugs for effect in _after(statements, drug, proceed)}
        for pair, (chains, stopped) in Mechanisms(statements).chains_of(ends, proceed).items():
            bound = bound or stopped
            cut = tuple(chain for chain in chains if _needs(chain, lost, through_receptor))
            if cut:
                outcomes.append(Outcome(*ends[pair], cut, tuple(chain for chain in chains if chain not in cut)))
    except OutOfTimeError:
        bound = str(proceed)
    return Loss(entity, tuple(sorted(outcomes, key=lambda one: (one.drug.label, one.effect.label))), bound)


def _needs(chain: Chain, lost: set[str], through_receptor: bool) -> bool:
    if through_receptor and any(hop.relation == "degrades" for hop in chain.hops):
        return True
    return any({term.curie for term in terms} <= lost for terms in chain.nodes[1:-1])


def _ligase(statements: EdgeStatements) -> set[str]:
    """Give the receptor, the complexes that hold it, and their parts."""
    network = statements.network
    complexes = network.sources(RECEPTOR, {_COMPONENT})
    network.fetch(complexes)
    parts = {part for name in complexes for part in network.neighbors(name, {_COMPONENT}, directed=True)}
    return {RECEPTOR} | complexes | parts


def _before(statements: EdgeStatements, nodes: set[str], proceed: Deadline) -> list[Term]:
    """Give the drugs from which causes lead to some nodes."""
    network = statements.network
    follow = RELATIONS | {"imid:binds"}
    seen, frontier = set(nodes), set(nodes)
    while frontier:
        proceed()
        network.fetch(frontier, proceed)
        frontier = {other for node in frontier for other in network.sources(node, follow)} - seen
        seen |= frontier
    return [term for term in network.terms(sorted(seen), proceed) if term.category == "Drug"]


def _after(statements: EdgeStatements, drug: Term, proceed: Deadline) -> list[Term]:
    """Give the diseases and adverse effects to which causes lead from a drug."""
    network = statements.network
    seen, frontier = {drug.curie}, {drug.curie}
    while frontier:
        proceed()
        network.fetch(frontier, proceed)
        reached = {other for node in frontier for other in network.neighbors(node, RELATIONS, directed=True)} - seen
        seen |= reached
        frontier = {term.curie for term in network.terms(sorted(reached), proceed) if term.category in STEPS}
    return [term for term in network.terms(sorted(seen), proceed) if term.category in OUTCOMES]
