"""The names that facts may use: entities, sources, and facts themselves, with the place where each is described."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from imidgraph.release.faults import Faults, Place, meant


@dataclass(slots=True)
class Names:
    """What is described in a checkout, by the names that facts are written with.

    Parameters
    ----------
    terms, entities, sources, facts : dict of str to Place
        Where each is described. Those of facts hold their evidence too.
    labels : dict of str to str
        The entities by their labels and synonyms in lower case, for suggestions.
    retired : dict of str to str
        Why names must not be used again.

    Examples
    --------
    >>> names = Names(entities={"lenalidomide": Place("drugs.ttl", 1)}, labels={"revlimid": "lenalidomide"})
    >>> names.suggest("Revlimid", names.entities)
    " Did you mean 'lenalidomide'?"
    """

    terms: dict[str, Place] = field(default_factory=dict)
    entities: dict[str, Place] = field(default_factory=dict)
    sources: dict[str, Place] = field(default_factory=dict)
    facts: dict[str, Place] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    retired: dict[str, str] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return any(name in group for group in self._groups())

    def _groups(self) -> Iterator[dict[str, Place]]:
        yield from (self.facts, self.entities, self.sources, self.terms)

    def where(self, name: str) -> Place | None:
        """Give the place where a name is described."""
        return next((group[name] for group in self._groups() if name in group), None)

    def claim(self, group: dict[str, Place], name: str, place: Place, faults: Faults) -> bool:
        """Take a name for what is described at a place; a name that is taken or retired is a fault."""
        taken = self.where(name)
        if taken is not None:
            faults.add(place, f"The id is already used at {taken}. Choose another one.", name)
        elif name in self.retired:
            faults.add(place, f"The id was retired ({self.retired[name]}). Choose another one.", name)
        else:
            group[name] = place
            return True
        return False

    def suggest(self, word: str, group: dict[str, Place], otherwise: str = "") -> str:
        """Ask whether a similar name of a group was meant, or the entity that has the word as its label."""
        labeled = self.labels.get(word.lower())
        if group is self.entities and labeled:
            return f" Did you mean {labeled!r}?"
        return meant(word, group) or otherwise
