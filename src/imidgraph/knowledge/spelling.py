"""Spelling: what does not tell names apart, and the other ways in which people write one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from imidgraph.namespaces import expand

_GREEK = str.maketrans({"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "κ": "kappa", "λ": "lambda", "μ": "mu", "²": "2"})
_FOLDED = str.maketrans("’-_‐‑–—", "'      ", "®™©")
# What British and American spelling differ in, in the words of medicine.
_BRITISH = re.compile(r"(?<=[a-z])aem|\baem|haem|oedem|rrhoea|oestr|foet|paed|tumour|leukaem|oesoph|neighbour|coeliac")
_AMERICAN = {"tumour": "tumor", "rrhoea": "rrhea", "neighbour": "neighbor"}
_ENDING = re.compile(r"(?:um|[aeo])$")  # of the name of a drug in Latin or another language
_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]\s*")
_LIST = re.compile(r"[,;+/&]|\b(?:and|with|plus|or)\b", re.IGNORECASE)  # a text that names several things
_REGISTER = re.compile(r"([A-Za-z][A-Za-z.\s-]*?)[\s:#]+((?:[A-Za-z]+[-:]?)?\d[\w.:-]*)")
_OTHER_REGISTERS = {"icd 10": "icd10cm", "icd 10 cm": "icd10cm", "pubchem cid": "pubchem", "clinicaltrials.gov": "clinicaltrials"}


@lru_cache(maxsize=1 << 14)
def normalize(name: str) -> str:
    """Fold what does not tell names apart: case, accents, hyphens, spaces, trademark signs, Greek letters, British spelling.

    Examples
    --------
    >>> normalize("Behçet’s  DISEASE") == normalize("Behcet's disease")
    True
    >>> normalize("TNF-α"), normalize("Anaemia")
    ('tnf alpha', 'anemia')
    """
    text = name
    if not name.isascii():
        decomposed = unicodedata.normalize("NFKD", name.translate(_GREEK))
        text = "".join(letter for letter in decomposed if not unicodedata.combining(letter)).translate(_GREEK)
    folded = " ".join(text.translate(_FOLDED).casefold().split())
    return _BRITISH.sub(_american, folded) if "ae" in folded or "o" in folded else folded


def key_of(name: str) -> str:
    """Give what a name is found by: its letters and digits alone.

    Examples
    --------
    >>> key_of("CC-5013") == key_of("CC 5013") == key_of("cc5013")
    True
    """
    return "".join(filter(str.isalnum, normalize(name)))


def singular(key: str) -> str | None:
    """Give the singular that a plural word may be of; None where it is none.

    Examples
    --------
    >>> singular("bloodclots"), singular("neuropathies"), singular("thromboses"), singular("sepsis")
    ('bloodclot', 'neuropathy', 'thrombosis', None)
    """
    if len(key) > 6 and key.endswith("oses"):
        return f"{key[:-2]}is"
    if len(key) < 6 or not key.endswith("s") or key.endswith(("ss", "us", "is")):
        return None
    return f"{key[:-3]}y" if key.endswith("ies") else key[:-1]


def inn(key: str) -> str:
    """Fold what languages write differently in the international name of a drug: h behind a consonant, y, ph, the ending.

    Examples
    --------
    >>> inn("thalidomide") == inn("talidomida") == inn("thalidomidum"), inn("ciclofosfamida") == inn("cyclophosphamide")
    (True, True)
    >>> inn("prednisone") == inn("prednisolone")
    False
    """
    return _ENDING.sub("", key.replace("ph", "f").replace("th", "t").replace("y", "i"))


def spellings(name: str) -> Iterator[str]:
    """Give other ways to write a name, the likeliest first.

    Without what is in brackets, what is in brackets, a thesaurus's inverted form turned round, a singular.

    Examples
    --------
    >>> list(spellings("Revlimid (lenalidomide)"))
    ['Revlimid', 'lenalidomide']
    >>> list(spellings("Leukemia, Lymphocytic, Chronic"))
    ['Chronic Lymphocytic Leukemia', 'Lymphocytic Chronic Leukemia']
    """
    outside, inside = _BRACKETS.sub(" ", name).strip(), _BRACKETS.findall(name)
    if inside and not _LIST.search(outside):
        yield from (part.strip() for part in (outside, *inside) if part.strip())
    parts = [part.strip() for part in name.split(",")]
    if 1 < len(parts) < 5 and all(parts):
        yield " ".join(reversed(parts))
        if len(parts) > 2:
            yield " ".join([*parts[1:], parts[0]])


def identifier(name: str) -> str | None:
    """Give the IRI that an identifier with its register stands for; None where it is none.

    Examples
    --------
    >>> identifier("RxNorm 342369"), identifier("MeSH D009101"), identifier("stage 3")
    ('http://purl.bioontology.org/ontology/RXNORM/342369', 'http://id.nlm.nih.gov/mesh/D009101', None)
    """
    if iri := expand(name):
        return iri
    match = _REGISTER.fullmatch(name.strip())
    if match is None:
        return None
    register = normalize(match[1])
    return expand(f"{_OTHER_REGISTERS.get(register, register.replace(' ', ''))}:{match[2]}")


def _american(match: re.Match[str]) -> str:
    return _AMERICAN.get(match[0], match[0].replace("ae", "e").replace("oe", "e"))
