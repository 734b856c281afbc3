"""Plain American English: what a machine can hold of it, in everything that people read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

BRITISH = re.compile(
    r"\b(?:"
    r"\w+isation(?:s|al)?|\w*(?:summar|organ|recogn|normal|general|special|minim|maxim|optim|real|util|visual|random|author)is(?:e[ds]?|ing)"
    r"|analys(?:ed|ing)|catalys(?:e[ds]?|ing)|\w*(?:behavi|col|fav|neighb|flav|hon|lab|rum|tum)our(?:\w*)"
    r"|(?:an|isch|leuk|h|hyper\w+|hypo\w+|bacter|septic|tox)aemi[ac]|leukaemi\w+|\w*haem(?:at|o|or)\w+|anaem\w+|ischaem\w+|oedem\w+|diarrhoea|oesoph\w+"
    r"|foet\w+|paed\w+|gynaec\w+|oestr\w+|centre[ds]?|fibre[s]?|litre[s]?|metre[s]?|theatre|programmes?|catalogue[ds]?|dialogue"
    r"|licence[ds]?|defence|offence|cheque|grey|tyre|aluminium|whilst|amongst|learnt|spelt|misspelt|burnt"
    r"|enrol|enrolment|fulfil|labell(?:ed|ing)|modell\w+|travell\w+|signall(?:ed|ing)|levell\w+|sulph\w+|ageing|judgement|storey"
    r"|cut-off|breast-feed\w*|smoulder\w*"
    r")\b",
    re.IGNORECASE,
)

ODD = re.compile(
    r"\b(?:"
    r"(?:counts?|counted) (?:\w+ ){0,2}to (?:the|a|each) generation|count each drug to|brings? (?:\w+ ){0,3}about|who says so"
    r"|want of|wakes? up|waking up|is no (?:XML|RDF|SPARQL|pillar|value|format|regimen|query|list)|are no (?:regimen|steps)"
    r"|on a condition|made regular|as finely as|who counts|given up for harm|tells? (?:which|whether) .{0,40} is counted"
    r"|which (?:generation|program) .{0,20} counts|the work of the liver|closes a vessel|does not answer as it should"
    r"|ends in no suffix|none may be subtracted|with \.gz (?:or \.zst )?behind|bears on|borne out|is not taken\b|takes no update"
    r"|names that come close|in whom\b.{0,10}\bit was counted|the weight of this effect is debated|it is curated that"
    r"|a regimen that joins|with a changed sugar chain|in an orderly way|the brake of|the usual companion"
    r"|by what is|what is said of|the other way round|goes with a myelo"
    r")",
    re.IGNORECASE,
)

NAMES = re.compile(
    r"\w*Haematology|3324/haematol|Labour and Welfare|Pregnancy Prevention Programme|neighbourhood|Programme`"
    r"|programme-risks|safety-programmes|`imid:SafetyProgramme|no-breast-feeding"
)
"""Names of others, and our own old names, keep their spelling."""
SPELLINGS = ROOT / "src/imidgraph/knowledge/spelling.py"
"""Holds both spellings, to fold them."""


def texts() -> Iterator[Path]:
    """The files that hold words of ours."""
    for pattern in ("src/**/*.py", "queries/**/*.rq", "ontology/schema.ttl", "ontology/entities/*.ttl", "ontology/shapes/*.ttl"):
        yield from ROOT.glob(pattern)
    yield from ROOT.glob("ontology/rules/*.rq")
    yield from ROOT.glob("docs/*.md")
    yield from ROOT.glob("*.md")


def faults(path: Path, fault: re.Pattern[str]) -> list[str]:
    """The lines with a fault; other names of things, by which people search in any spelling, do not count."""
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    kept = ((number, NAMES.sub("", line)) for number, line in lines if "skos:altLabel" not in line)
    return [f"{path.name}:{number}: {found[0]}" for number, line in kept if (found := fault.search(line))]


@pytest.mark.parametrize("path", sorted(texts()), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_english_is_plain_and_american(path: Path) -> None:
    assert not faults(path, BRITISH) or path == SPELLINGS
    assert not faults(path, ODD)


@pytest.mark.parametrize(
    "text", ["the programme", "Anaemia", "summarised", "tumour", "a misspelt graph", "labelled", "the licence"]
)
def test_british_spellings_are_found(text: str) -> None:
    assert BRITISH.search(text)


@pytest.mark.parametrize(
    "text", ["license", "anemia", "promise", "exercise", "hour", "four", "analyses", "premise", "raised", "otherwise"]
)
def test_american_spellings_pass(text: str) -> None:
    assert not BRITISH.search(text)
