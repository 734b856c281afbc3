"""Mentions: the entities that a text names, and the search for entities by words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from imidgraph.knowledge.names import Names
from imidgraph.knowledge.spelling import inn, key_of, normalize, singular
from imidgraph.model import Term
from imidgraph.stores import Store

_REGIMENS = """
SELECT ?regimen ?label ?drug WHERE { ?regimen a imid:Regimen ; rdfs:label ?label ; imid:hasComponent ?drug }
"""
_TOKEN = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"[A-Z][a-z]+")
_SHORT = 4  # letters of a short name of a drug, which stands in those of regimens
_JOINING = frozenset({"and", "plus", "with"})
_JOINED = re.compile(r"\s?[-/+&]\s?")  # between names that are told together
_DOSED = re.compile(r"\b(?:dose|ld|hd)[\s-]+$", re.IGNORECASE)
_OF_PLACEBO = re.compile(
    r"\bplacebos?\b[\s\w(-]{0,25}?\b(?:for|of|matching|matched (?:to|with)|to match|identical to|mimicking|resembling)"
    r"\s+(?:the\s+|oral\s+)?$",
    re.IGNORECASE,
)
_PLACEBO = re.compile(
    r"(?:[\s-]+(?:matching|matched|identical|oral|capsules?|tablets?|\d+ ?mg))*[\s-]+placebos?\b", re.IGNORECASE
)
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
    is_guess : bool
        Whether its spelling is that of no name, and one letter away from one.
    """

    entity: Term
    text: str
    start: int
    end: int
    is_guess: bool = False


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
        tokens = [token for match in _TOKEN.finditer(text) for token in self._tokens(match)]
        shouted = _is_shouted(text)
        found: list[tuple[Mention, str]] = []
        place = 0
        while place < len(tokens):
            for size in range(min(_LONGEST, len(tokens) - place), 0, -1):
                start, end = tokens[place][0], tokens[place + size - 1][1]
                words = [token[2] for token in tokens[place : place + size]]
                key = "".join(words)
                term = self._named(key, text[start:end], shouted, size)
                if term is not None and not self._is_told(term, words):
                    is_guess = size == 1 and not self._is_name(key)
                    found.append(
                        (Mention(term, text[start:end], start, end, is_guess), self._needs(term, key, shouted, text[:start]))
                    )
                    place += size
                    break
            else:
                place += 1
        return [mention for mention in _met(found, text) if not _is_placebo(mention, text)]

    def drugs(self, mentions: Iterable[Mention]) -> list[Term]:
        """Give the drugs that a text names, those of the regimens that it names among them, in its order."""
        parts = {regimen: drugs for drugs, regimen in self._regimens.items()}
        drugs = {term.iri: term for term in self._named_drugs}
        named: dict[str, None] = {}
        for mention in mentions:
            term = mention.entity
            named.update(dict.fromkeys([term.iri] if term.category == "Drug" else sorted(parts.get(term, ()))))
        return [drugs[iri] for iri in named if iri in drugs]

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
        named = [word for word in words if word in self._drug_keys]
        is_list = any(len(word) > _SHORT for word in named) or all(word in _JOINING for word in words if word not in named)
        return "dose" in words or term.category == "Product" or (term.category == "Regimen" and is_list)

    def _tokens(self, match: re.Match[str]) -> Iterator[tuple[int, int, str]]:
        """Give a word with its place; two names of drugs that are written as one, such as LenDex, are two."""
        parts = _CAMEL.findall(match[0])
        if len(parts) > 1 and "".join(parts) == match[0] and all(key_of(part) in self._drug_keys for part in parts):
            place = match.start()
            for part in parts:
                yield place, place + len(part), key_of(part)
                place += len(part)
        else:
            yield match.start(), match.end(), key_of(match[0])

    def _is_name(self, key: str) -> bool:
        """Tell whether a word is a name in some spelling or language, and not one that is only like a name."""
        known = self._names.by_key()
        return key in known or (singular(key) or "") in known or inn(key) in self._inns

    def _needs(self, term: Term, key: str, shouted: bool, before: str) -> str:
        """Say what a text must name too, so that a name in it is no chance: itself in full, a drug, or something of medicine."""
        if term.category == "Drug" and len(key) == 3 and not _DOSED.search(before):
            return "drug"
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
        if size > 1 or len(key) < _MISSPELLED or not key.isalpha():
            return None
        return self._inns.get(inn(key)) or self._misspelled(key)

    def _is_spelled(self, term: Term, key: str, written: str, shouted: bool, size: int) -> bool:
        """Tell whether a text can mean a name that is written so: the case of short names and abbreviations counts."""
        spelled = self._names.spelled(key)
        if size > 1 and len(key) <= 5 and key.isalpha() and normalize(written) not in map(normalize, spelled):
            return False  # two short words, such as "is a"
        if term.category == "Drug":
            return len(key) >= 3
        if len(key) <= 3 and all(name.islower() for name in spelled):
            return False  # a lay word such as fit
        if len(key) > 4 and not any(map(_is_abbreviation, spelled)):
            return True
        bare = _bare(written)
        alike = {_bare(name) for name in spelled}
        return shouted or bare in alike or bare.removesuffix("s") in alike or bare.casefold() in alike

    def _misspelled(self, key: str) -> Term | None:
        """Give the drug whose name is misspelled by one letter."""
        from rapidfuzz import process
        from rapidfuzz.distance import Levenshtein

        found = process.extractOne(key, self._drugs.keys(), scorer=Levenshtein.distance, score_cutoff=1)
        return self._drugs[found[0]] if found else None

    @cached_property
    def _inns(self) -> dict[str, Term]:
        """The drugs by what languages have in common of their names."""
        return {inn(key): term for key, term in self._drugs.items()}

    @cached_property
    def _named_drugs(self) -> list[Term]:
        return list(dict.fromkeys(term for _, term, _ in self._names.texts() if term.category == "Drug"))

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


def _met(found: Sequence[tuple[Mention, str]], text: str) -> Iterator[Mention]:
    """Give the mentions beside which a text names what they need."""
    sure = {mention.entity for mention, needs in found if not needs}
    joined: set[Mention] = set()  # short names of drugs that stand together, such as len/dex
    for (one, _), (other, _) in pairwise(found):
        if {one.entity.category, other.entity.category} == {"Drug"} and _JOINED.fullmatch(text[one.end : other.start]):
            joined |= {one, other}
    has_drug = any(term.category in {"Drug", "Regimen"} for term in sure)
    met = {"": True, "medicine": any(term.category in _MEDICAL for term in sure)}
    for mention, needs in found:
        if needs == "drug":
            if has_drug or mention in joined or not mention.text.islower():
                yield mention
        elif met.get(needs, mention.entity in sure):
            yield mention


def _is_placebo(mention: Mention, text: str) -> bool:
    """Tell whether a text names a drug only to say what a placebo looks like."""
    if mention.entity.category != "Drug":
        return False
    return bool(_OF_PLACEBO.search(text[: mention.start]) or _PLACEBO.match(text, mention.end))


def _is_abbreviation(name: str) -> bool:
    capitals = sum(letter.isupper() for letter in name)
    return capitals >= 2 and " " not in name.strip() and (len(name) <= 8 or name.isupper())


def _is_shouted(text: str) -> bool:
    """Tell whether a text is all in capitals, so that they say nothing."""
    return len(text) > 10 and " " in text.strip() and text.isupper()


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text))
