"""Explanations: what the graph knows of how one entity affects another, the answer that `explain` gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from imidgraph.answers import Drawable, Row
from imidgraph.knowledge.sections import Section, sections
from imidgraph.limits import MOST_TOLD
from imidgraph.model import Source, Statement, Term
from imidgraph.namespaces import IMID, compress
from imidgraph.prose.citations import cited
from imidgraph.prose.statement import sentence
from imidgraph.traversals.chains import Chain
from imidgraph.words import listed

_BINDS = compress(IMID + "binds")


@dataclass(frozen=True, repr=False)
class Explanation(Drawable):
    """What the graph knows of how one entity affects another.

    Parameters
    ----------
    start, end : Term
        The entities.
    stated : tuple of Statement
        The statements that name both, then those that name a narrower kind of one of them.
    chains : tuple of Chain
        The chains of steps between them, the best supported first.
    kinds : tuple of Term
        The narrower kinds of the end.
    mentions : tuple of Statement
        Where nothing is stated and no chain leads: statements about the end that mention the start.
    hierarchy : tuple of Statement
        Where no chain leads: what joins those that are named with the ends, the drugs of a regimen and the kinds of the end.
    shown : int
        The number of chains that its text tells.
    is_brief : bool
        Whether its text gives a line to a step, or all sentences with what was seen and other ways.
    """

    start: Term
    end: Term
    stated: tuple[Statement, ...]
    chains: tuple[Chain, ...]
    kinds: tuple[Term, ...] = ()
    mentions: tuple[Statement, ...] = ()
    hierarchy: tuple[Statement, ...] = ()
    shown: int = field(default=MOST_TOLD, compare=False)
    is_brief: bool = field(default=True, compare=False, kw_only=True)

    columns = ("chain", "step", "from", "relation", "to", "sign", "statement", "sources", "score")

    def __bool__(self) -> bool:
        """Tell whether the graph knows anything of it."""
        return bool(self.stated or self.chains or self.mentions)

    @property
    def of_kinds(self) -> tuple[Statement, ...]:
        """The statements that name a narrower kind of an end, or a drug of a regimen: first the best of each kind."""
        ends = {self.start.iri, self.end.iri}
        return tuple(item for item in self.stated if {item.subject.iri, item.object.iri} != ends)

    def _gaps(self) -> Iterator[str]:
        if not self.chains and not any(item.predicate.is_step or item.predicate.curie == _BINDS for item in self.stated):
            no = "No chain of curated steps leads" if self.stated else "No statement and no chain of curated steps leads"
            kinds = " or one of its kinds" if self.kinds else ""
            yield f"{no} from {self.start} to {self.end}{kinds}. That does not mean that there is none."
        if self.limit:
            yield f"The search was {self.limit}."

    def verdict(self, chain: Chain) -> str:
        """Say in a few words what a chain does to the end.

        Examples
        --------
        >>> import imidgraph
        >>> explanation = imidgraph.load().explain("thalidomide", "birth defects")
        >>> explanation.verdict(explanation.chains[0])
        'can cause phocomelia'
        """
        reached = listed(chain.reached)
        good, bad = {
            "Disease": (f"works against {reached}", f"promotes {reached}"),
            "AdverseEffect": (f"protects against {reached}", f"can cause {reached}"),
        }.get(self.end.category, (f"lowers {reached}", f"raises {reached}"))
        return {-1: good, 1: bad, 0: "overall direction unclear"}.get(2 if chain.sign is None else chain.sign, "")

    def _document(self) -> dict[str, Any]:
        return {
            "start": self.start.curie,
            "end": self.end.curie,
            "stated": [item.to_dict() for item in self.stated],
            "chains": [chain.to_dict() | {"verdict": self.verdict(chain)} for chain in self.chains],
            "kinds": [term.curie for term in self.kinds],
            "mentions": [item.to_dict() for item in self.mentions],
        }

    @cached_property
    def rows(self) -> list[Row]:
        """The sentences of each step of each chain; statements outside the chains follow, with neither chain nor step."""
        return list(self._rows())

    def _rows(self) -> Iterator[Row]:
        for number, chain in enumerate(self.chains, 1):
            for place, hop in enumerate(chain.hops, 1):
                one, other = hop.ends_as_stated
                ends = listed(one), hop.relation, listed(other)
                for told, items in hop.sentences.items():
                    yield number, place, *ends, hop.sign, told, cited(items), round(chain.score, 2)
        for item in (*self.stated, *self.mentions):
            ends = item.subject.label, item.relation, item.object.label
            yield None, None, *ends, None, sentence(item), cited([item]), round(item.strength, 2)

    @property
    def title(self) -> str:
        """The ends."""
        return f"{self.start} and {self.end}"

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements that are told, then those of the chains."""
        found = [*self.stated, *self.mentions]
        for chain in self.chains:
            found += [item for hop in chain.hops if not hop.is_hierarchy for item in hop.statements]
            found += chain.observed
        return tuple(dict.fromkeys(found))

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The statements that name both ends, in the sections of the card of the first."""
        return sections(self.start, self.direct)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of its evidence, each once: those of what is told first in front."""
        told = (passage.source for each in self.sections for group in each.leading for passage in group.passages)
        return tuple(dict.fromkeys((*told, *super().sources)))

    def tell(self, shown: int) -> str:
        """Tell it in words, with so many chains."""
        return str(replace(self, shown=shown))

    def whole(self) -> Explanation:
        """Give the same explanation, shown with the sentences of its steps, what was seen and other ways."""
        return replace(self, is_brief=False)

    @property
    def direct(self) -> tuple[Statement, ...]:
        """The statements that name both ends."""
        kinds = set(self.of_kinds)
        return tuple(item for item in self.stated if item not in kinds)

    @property
    def parts(self) -> str:
        """What `of_kinds` names: the drugs of a regimen, or narrower kinds."""
        return "its drugs" if self.start.category == "Regimen" else "narrower kinds"

    @property
    def wide(self) -> str:
        """The end whose kinds or drugs are told, or both."""
        named = {term.iri for item in self.of_kinds for term in (item.subject, item.object)}
        return " and ".join(str(end) for end in (self.start, self.end) if end.iri not in named) or f"{self.start} and {self.end}"
