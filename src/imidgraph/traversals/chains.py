"""Chains: steps that lead from one entity to another, each with its statements, told in words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from imidgraph.model import Source, Statement, Term, strength
from imidgraph.namespaces import PREFIXES, compress
from imidgraph.prose.statement import sentence
from imidgraph.words import listed, plural

_BROADER = compress(PREFIXES["skos"] + "broader")
_LEAST = 0.05  # what a step without evidence counts
_AGAINST = {"AdverseEffect": "protects against", "Disease": "works against"}  # said of less of what is bad
_LEVELS = {"hypothesis": 0.5, "observation": 0.8}  # what a step counts that is not told as established


@dataclass(frozen=True)
class Hop:
    """One step of a chain, from one or several entities to one or several others.

    Parameters
    ----------
    starts, ends : tuple of Term
        The entities; each of the starts is joined to each of the ends.
    relation : str
        The name of the relation.
    statements : tuple of Statement
        The statements behind the step.
    sign : int or None
        1 where the ends go up with the starts, -1 where they go down, 0 where the sources do not say, None where the
        step has no direction.
    backward : bool
        Whether the statements lead from the ends to the starts.
    """

    starts: tuple[Term, ...]
    ends: tuple[Term, ...]
    relation: str
    statements: tuple[Statement, ...]
    sign: int | None = None
    backward: bool = False

    @property
    def strength(self) -> float:
        """How well the step is supported, from 0 to 1: its undisputed sources together.

        A step that is no more than observed counts four fifths, a hypothesis half.
        """
        if not any(item.evidence for item in self.statements):
            return 1.0 if all(not item.iri for item in self.statements) else _LEAST  # a hierarchy needs no evidence
        settled = [item for item in self.statements if not item.disputed] or self.statements
        level = max(_LEVELS.get(item.knowledge_level, 1.0) for item in settled)
        return max(_LEAST, level * strength(evidence for item in settled for evidence in item.evidence))

    @property
    def is_hierarchy(self) -> bool:
        """Whether the step only leads from a kind to what it is a kind of."""
        return bool(self.statements) and all(compress(item.predicate.iri) == _BROADER for item in self.statements)

    @property
    def sentences(self) -> dict[str, list[Statement]]:
        """What the step says, each sentence once, with the statements that say it."""
        found: dict[str, list[Statement]] = {}
        for item in self.statements:
            found.setdefault(sentence(item), []).append(item)
        return found

    @property
    def ends_as_stated(self) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
        """The subjects and the objects of its statements, whatever the direction in which the chain passes."""
        return (self.ends, self.starts) if self.backward else (self.starts, self.ends)

    def __str__(self) -> str:
        one, other = self.ends_as_stated
        relation = _plainly(self.relation, other[0])
        return f"{listed(one)} {plural(relation) if len(one) > 1 else relation} {listed(other)}"


@dataclass(frozen=True)
class Chain:
    """A chain of steps from one entity to another.

    Parameters
    ----------
    hops : tuple of Hop
        The steps.
    observed : tuple of Statement
        Effects of the first entity that were seen and that the chain explains.
    variants : tuple of Chain
        Other ways between the same first and last steps.
    """

    hops: tuple[Hop, ...]
    observed: tuple[Statement, ...] = ()
    variants: tuple[Chain, ...] = ()

    @property
    def nodes(self) -> tuple[tuple[Term, ...], ...]:
        """The entities that it passes, those told together as one."""
        return (self.hops[0].starts, *(hop.ends for hop in self.hops))

    @property
    def reached(self) -> tuple[Term, ...]:
        """What the chain speaks of in the end: where its last steps only lead to wider terms, the narrow ones before them."""
        narrow = self.hops[-1].ends
        for hop in reversed(self.hops):
            if not hop.is_hierarchy:
                break
            narrow = hop.starts
        return narrow

    @property
    def sign(self) -> int | None:
        """The net direction: 1 where the end goes up, -1 where it goes down, 0 where a step does not say.

        None where no step has a direction.
        """
        signs = [hop.sign for hop in self.hops if hop.sign is not None]
        return math.prod(signs) if signs else None

    @cached_property
    def score(self) -> float:
        """What chains are ranked by: how well the steps are supported, and how specific the start is.

        The mean over the steps is geometric, so that one weak step tells. A chain that starts with an effect seen under
        a drug, and not with a molecule that the drug acts on, counts a fifth less for each step away from the end;
        one whose net direction is open counts three fifths.
        """
        hops = [hop for hop in self.hops if not hop.is_hierarchy] or self.hops  # to a wider term costs and gains nothing
        mean = math.prod(hop.strength for hop in hops) ** (1 / len(hops))
        return mean * (1.0 if self.is_direct else 0.8 ** len(hops)) * (1.0 if self.sign else 0.6)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements of all steps, in the order of these."""
        return tuple(dict.fromkeys(item for hop in self.hops for item in hop.statements))

    @property
    def sources(self) -> frozenset[Source]:
        """The sources of all steps."""
        return frozenset(source for hop in self.hops for item in hop.statements for source in item.sources)

    @property
    def is_direct(self) -> bool:
        """Whether it starts at a molecule that the drug binds, changes or has degraded, not with an effect seen under it."""
        first = self._first
        caused = first.starts[0].category == "Drug" and not any(hop.backward for hop in self.hops)
        molecule = all(term.category in {"Protein", "ProteinComplex"} for term in first.ends)
        return not caused or first.relation in {"binds", "degrades"} or (first.relation == "modulates" and molecule)

    @property
    def _first(self) -> Hop:
        """The first step that a drug does: after that from a regimen to the drug."""
        return next((hop for hop in self.hops if hop.starts[0].category != "Regimen"), self.hops[0])

    @property
    def gaps(self) -> tuple[str, ...]:
        """What its evidence leaves open, in words."""
        return tuple(self._gaps())

    def _gaps(self) -> Iterator[str]:
        first = self._first
        if not self.is_direct:
            effect = listed(first.ends)
            yield f"The effect of {listed(first.starts)} on {effect} was seen; the target behind it is not curated."
        for hop in self.hops:
            if hop.sign == 0:
                yield f"The sources do not say whether {listed(hop.ends)} goes up or down."
            for item in hop.statements:
                told = f"{item.subject} {_plainly(item.predicate.label, item.object)} {item.object}"
                if item.disputed:
                    yield f"Sources dispute that {told}."
                elif item.knowledge_level == "hypothesis":
                    yield f"That {told} is a hypothesis."
                elif item.evidence and all(evidence.verification == "unconfirmed" for evidence in item.evidence):
                    yield f"That {told} is unconfirmed."

    def to_dict(self) -> dict[str, Any]:
        """Give the chain as a dictionary that can be written as JSON."""
        return {
            "nodes": [[term.curie for term in terms] for terms in self.nodes],
            "sign": self.sign,
            "score": round(self.score, 3),
            "hops": [
                {
                    "sentence": str(hop),
                    "relation": hop.relation,
                    "sign": hop.sign,
                    "strength": round(hop.strength, 3),
                    "statements": [item.to_dict() for item in hop.statements],
                }
                for hop in self.hops
            ],
            "observed": [item.to_dict() for item in self.observed],
            "variants": [[[term.curie for term in terms] for terms in chain.nodes] for chain in self.variants],
            "gaps": list(self.gaps),
        }

    def __repr__(self) -> str:
        return f"<Chain: {self}>"

    def __str__(self) -> str:
        return " > ".join(listed(terms) for terms in self.nodes)


def _plainly(relation: str, object: Term) -> str:
    """Word a relation so that less of what is bad is no double negative.

    Examples
    --------
    >>> _plainly("decreases", Term("", "phocomelia", "AdverseEffect")), _plainly("decreases", Term("", "IL2", "Protein"))
    ('protects against', 'decreases')
    """
    return _AGAINST.get(object.category, relation) if relation == "decreases" else relation
