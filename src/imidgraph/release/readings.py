"""Second readings: a ledger of who held which piece of evidence against its source, and what came of it.

A reading names the digest of what was read. Where the statement or its evidence has changed since, the reading is void: it
stays in the ledger, and the release leaves it out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from imidgraph.namespaces import IMID, PREFIXES
from imidgraph.rdf import Literal, NamedNode, Triple
from imidgraph.release.facts import Evidence, Fact
from imidgraph.release.faults import Faults, Place, meant
from imidgraph.release.names import Names
from imidgraph.release.terms import Property

COLUMNS = ("evidence", "day", "outcome", "digest", "note")
OUTCOMES = ("right", "misleading", "mis-cited", "wrong", "unreadable")
_DAY = Property("readingDate", is_object=False, domain="Evidence", range="xsd:date")
_STRING = NamedNode(PREFIXES["xsd"] + "string")


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a piece of evidence.

    Parameters
    ----------
    evidence : str
        The name of the evidence: the id of its statement and its suffix.
    day : str
        When it was read, such as 2026-11-30.
    outcome : str
        One of right, misleading, mis-cited, wrong and unreadable.
    digest : str
        The digest of what was read.
    note : str
        What the reader remarked.
    place : Place
        Where it is written.
    """

    evidence: str
    day: str
    outcome: str
    digest: str
    note: str
    place: Place

    def triples(self) -> Iterator[Triple]:
        """Give the triples that the reading adds to its evidence."""
        subject = NamedNode(IMID + self.evidence)
        yield Triple(subject, NamedNode(IMID + "readingDate"), _DAY.literal(self.day))
        yield Triple(subject, NamedNode(IMID + "readingOutcome"), Literal(self.outcome, datatype=_STRING))
        yield Triple(subject, NamedNode(IMID + "readingDigest"), Literal(self.digest, datatype=_STRING))


def digest(fact: Fact, evidence: Evidence) -> str:
    """Give the digest of a piece of evidence and its statement as they are written, whatever their names and their order."""
    parts = [(fact.kind, fact.values), (evidence.kind, evidence.values)]
    lines = ["\n".join([kind, *sorted(f"{name} {value}" for name, value in values)]) for kind, values in parts]
    return hashlib.sha256("\n\n".join(lines).encode()).hexdigest()[:16]


def digests(facts: Iterable[Fact]) -> dict[str, str]:
    """Give the digest of each piece of evidence, by name."""
    return {item.name: digest(fact, item) for fact in facts for item in fact.evidence}


def read_readings(path: Path, shown: str, names: Names, faults: Faults) -> Iterator[Reading]:
    """Read a ledger; what is wrong with it is noted.

    Parameters
    ----------
    path : Path
        A table of tab-separated values with the columns evidence, day, outcome, digest and note.
    shown : str
        How messages name it.
    names : Names
        The evidence that there is.
    faults : Faults
        Where faults are noted.
    """
    header, *rows = path.read_text(encoding="utf-8", errors="replace").split("\n")
    if tuple(header.split("\t")) != COLUMNS:
        faults.add_unreadable(Place(shown, 1), f"The first line must be the columns {', '.join(COLUMNS)}, separated by tabs.")
        return
    for number, row in enumerate(rows, 2):
        cells, place = row.split("\t"), Place(shown, number)
        if not row:
            continue
        if len(cells) != len(COLUMNS):
            faults.add(place, f"The row has {len(cells)} cells. It needs {len(COLUMNS)}, separated by tabs.", cells[0])
            continue
        evidence, day, outcome, read, note = cells
        if evidence not in names.facts and evidence not in names.retired:
            faults.add(place, "Unknown evidence.", evidence, partial(meant, evidence, names.facts))
        elif outcome not in OUTCOMES:
            faults.add(place, f"Unknown outcome {outcome!r}. Choose from {', '.join(OUTCOMES)}.", evidence)
        elif not _is_day(day):
            faults.add(place, f"The day {day!r} must be a day such as 2026-11-30.", evidence)
        else:
            yield Reading(evidence, day, outcome, read, note, place)


def _is_day(text: str) -> bool:
    try:
        return bool(_DAY.literal(text))
    except ValueError:
        return False


def judged(readings: Iterable[Reading], facts: Iterable[Fact]) -> tuple[list[Reading], list[Reading]]:
    """Tell the readings that count, the last of each piece of evidence, from those that a change has made void.

    Returns
    -------
    valid, void : list of Reading
        Those that fit what is written now; and of evidence that has none, the last one that does not.
    """
    written = digests(facts)
    valid: dict[str, Reading] = {}
    void: dict[str, Reading] = {}
    for reading in sorted(readings, key=lambda reading: (reading.day, reading.place)):
        fits = written.get(reading.evidence) == reading.digest
        (valid if fits else void)[reading.evidence] = reading
    return list(valid.values()), [reading for name, reading in void.items() if name not in valid]
