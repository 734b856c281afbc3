"""Mentions: the entities that a text names, and the search for entities by words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from imidgraph.knowledge.names import Names
from imidgraph.knowledge.spelling import key_of, normalize, singular
from imidgraph.model import Term
from imidgraph.stores import Store

_REGIMENS = """
SELECT ?regimen ?label ?drug WHERE { ?regimen a imid:Regimen ; rdfs:label ?label ; imid:hasComponent ?drug }
"""
_TOKEN = re.compile(r"[^\W_]+")
_LONGEST = 14  # words of a name
_UNNAMED = frozenset(
    {"Authority", "Endpoint", "Generation", "Jurisdiction", "ResistanceMechanism", "ResistanceStrategy", "Setting"}
)
_MEDICAL = frozenset({"AdverseEffect", "Disease", "Drug", "Regimen"})
_MISSPELLED = 8  # letters from which a word may be one that is misspelled by one letter
_LIKE = 82  # how alike a name is at the least that words may have meant, from 0 to 100
_MOST = 100_000  # characters of a text that are read


@dataclass(frozen=True)
class Match:
    """An entity that a search found, by which of its names and how well (0 to 100)."""

    entity: Term
    name: str
    score: float


@dataclass(frozen=True)
class Mention:
    """An entity that a text names.

    Parameters
    ----------
    entity : Term
        The entity.
    text : str
        How the text names it.
    start, end : int
        Where, as offsets in the text.
    """

    entity: Term
    text: str
    start: int
    end: int


class Finder:
    """Finds the entities that texts name.

    Parameters
    ----------
    names : Names
        The names of the entities.
    store : Store
        The engine that holds the graph.
    """

    def __init__(self, names: Names, store: Store) -> None:
        self._names = names
        self._store = store

    @cached_property
    def _regimens(self) -> dict[frozenset[str], Term]:
        """The regimens, by the IRIs of their drugs."""
        parts: dict[Term, set[str]] = {}
        for regimen, label, drug in self._store.select(_REGIMENS).rows:
            parts.setdefault(Term(regimen, label, "Regimen"), set()).add(drug)
        return {
            frozenset(drugs): regimen
            for regimen, drugs in sorted(parts.items(), key=lambda item: (-len(item[0].label), item[0].iri))
        }

    def find(self, text: str) -> list[Mention]:
        """Find the entities that a text names, in its order; a longer name goes before the shorter ones in it.

        A short name or an abbreviation counts only in its own spelling and never inside a word. One of two letters counts
        only where the text names something else of medicine too.
        """
        text = text[:_MOST]
        tokens = [(match.start(), match.end(), key_of(match[0])) for match in _TOKEN.finditer(text)]
        shouted = _is_shouted(text)
        found: list[tuple[Mention, str]] = []
        place = 0
        while place < len(tokens):
            for size in range(min(_LONGEST, len(tokens) - place), 0, -1):
                start, end = tokens[place][0], tokens[place + size - 1][1]
                key = "".join(token[2] for token in tokens[place : place + size])
                term = self._named(key, text[start:end], shouted, size)
                if term is not None and not self._is_told(term, [token[2] for token in tokens[place : place + size]]):
                    found.append((Mention(term, text[start:end], start, end), self._needs(term, key, shouted)))
                    place += size
                    break
            else:
                place += 1
        sure = {mention.entity for mention, needs in found if not needs}
        is_medical = any(term.category in _MEDICAL for term in sure)
        met = {"": True, "medicine": is_medical}
        return [mention for mention, needs in found if met.get(needs, mention.entity in sure)]

    def regimen(self, terms: Iterable[Term]) -> Term | None:
        """Give the regimen that some drugs make together; None where they make none that the graph holds."""
        drugs = frozenset(term.iri for term in terms if term.category == "Drug")
        return self._regimens.get(drugs) if len(drugs) > 1 else None

    def search(self, words: str, limit: int) -> list[Match]:
        """Find entities by words, the best first.

        Who is called so stands first, then whose name goes on so, then whom the words name, then in whose name they all
        stand. Names that are only like the words are given where none of these is.
        """
        found: dict[str, Match] = {}

        def add(term: Term, name: str, score: float) -> None:
            if term.iri not in found:
                found[term.iri] = Match(term, name, score)

        exact = self._names.exact(words)
        for term in exact:
            add(term, self._spelling(term, words), 100.0)
        named = list(dict.fromkeys(mention.entity for mention in self.find(words)))
        if not exact:
            made = self.regimen(named)
            for place, term in enumerate([*named, *([made] if made and made not in named else [])]):
                add(term, self._spelling(term, words), round(95 - 0.1 * place, 1))
        for term, name, score in self._containing(words):
            add(term, name, score)
        if not found:
            for term, name, score in self._alike(words):
                add(term, name, score)
        ranked = sorted(found.values(), key=lambda match: (not self._names.fits(match.entity, "Entity"), -match.score))
        return ranked[:limit]

    def _is_told(self, term: Term, words: list[str]) -> bool:
        """Tell whether a name only tells drugs, or the dose of one: the drugs are then found one by one."""
        if len(words) == 1 or self._drug_keys.isdisjoint(words):
            return False
        return term.category == "Regimen" or "dose" in words

    def _needs(self, term: Term, key: str, shouted: bool) -> str:
        """Say what a text must name too, so that a name in it is no chance: itself in full, or something of medicine."""
        if shouted and len(key) <= 4 and term.category != "Drug" and any(map(_is_abbreviation, self._names.spelled(key))):
            return "itself"
        is_word = term.category == "Trial" and key.isalpha()
        return "medicine" if len(key) <= 2 or is_word else ""

    def _named(self, key: str, written: str, shouted: bool, size: int) -> Term | None:
        for form in (key, singular(key)):
            ranked = self._names.by_key().get(form or "", {})
            terms = [term for term in ranked if self._names.fits(term, "Entity") and term.category not in _UNNAMED]
            best = min((ranked[term] for term in terms), default=None)
            terms = [term for term in terms if ranked[term] == best]
            if len(terms) == 1 and self._is_spelled(terms[0], form or "", written, shouted, size):
                return terms[0]
        return self._misspelled(key) if size == 1 and len(key) >= _MISSPELLED else None

    def _is_spelled(self, term: Term, key: str, written: str, shouted: bool, size: int) -> bool:
        """Tell whether a text can mean a name that is written so: the case of short names and abbreviations counts."""
        spelled = self._names.spelled(key)
        if size > 1 and len(key) <= 5 and key.isalpha() and normalize(written) not in map(normalize, spelled):
            return False  # two short words, such as "is a"
        if term.category == "Drug":
            return len(key) > 3 or (len(key) == 3 and not written.islower())
        if len(key) <= 3 and all(name.islower() for name in spelled):
            return False  # a lay word such as fit
        if len(key) > 4 and not any(map(_is_abbreviation, spelled)):
            return True
        bare = _bare(written)
        alike = {_bare(name) for name in spelled}
        return shouted or bare in alike or bare.removesuffix("s") in alike or bare.casefold() in alike

    def _misspelled(self, key: str) -> Term | None:
        """Give the drug whose name is misspelled by one letter, as in other languages."""
        from rapidfuzz import process
        from rapidfuzz.distance import Levenshtein

        found = process.extractOne(key, self._drugs.keys(), scorer=Levenshtein.distance, score_cutoff=1)
        return self._drugs[found[0]] if found else None

    @cached_property
    def _drugs(self) -> dict[str, Term]:
        named = ((key_of(name), term) for name, term, _ in self._names.texts() if term.category == "Drug" and name.isalpha())
        return {key: term for key, term in named if len(key) >= _MISSPELLED}

    @cached_property
    def _drug_keys(self) -> frozenset[str]:
        return frozenset(key_of(name) for name, term, _ in self._names.texts() if term.category == "Drug")

    def _spelling(self, term: Term, words: str) -> str:
        """Give the name of an entity by which words found it."""
        wanted = {key_of(words), singular(key_of(words))}
        return next((name for name, other, _ in self._names.texts() if other == term and key_of(name) in wanted), term.label)

    def _containing(self, words: str) -> Iterator[tuple[Term, str, float]]:
        """Give the names that begin with the words, and those in which all of them stand as words."""
        folded = normalize(words)
        asked = folded.split()
        if not asked or len(folded) < 2:
            return
        found = []
        for name, term, rank in self._names.texts():
            text = normalize(name)
            if text.startswith(folded):
                found.append((90.0 - min(20, len(text) - len(folded)) / 2, len(text), rank, name, term))
            elif len(folded) > 2 and set(asked) <= set(text.split()):
                found.append((75.0 - min(20, len(text) - len(folded)) / 2, len(text), rank, name, term))
        for score, _, _, name, term in sorted(found, key=lambda item: (-item[0], *item[1:3], item[3])):
            yield term, name, score

    def _alike(self, words: str) -> Iterator[tuple[Term, str, float]]:
        from rapidfuzz import fuzz, process

        folded = normalize(words)
        if len(folded) < 5:
            return
        names = [(name, term) for name, term, _ in self._names.texts() if len(name) >= 5]
        for _, score, place in process.extract(
            folded, [normalize(name) for name, _ in names], scorer=fuzz.ratio, limit=10, score_cutoff=_LIKE
        ):
            yield names[place][1], names[place][0], round(score, 1)


def _is_abbreviation(name: str) -> bool:
    capitals = sum(letter.isupper() for letter in name)
    return capitals >= 2 and " " not in name.strip() and (len(name) <= 8 or name.isupper())


def _is_shouted(text: str) -> bool:
    """Tell whether a text is all in capitals, so that they say nothing."""
    return len(text) > 10 and " " in text.strip() and text.isupper()


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text))
