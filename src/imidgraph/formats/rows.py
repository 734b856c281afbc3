"""Rows: the records of KGX and node-link files of others, whatever pandas, R or a spreadsheet left in them."""

from __future__ import annotations

import csv
import itertools
import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import IO, Any

from imidgraph.formats.records import VERSION

Record = Mapping[str, Any]

CORE = frozenset(
    {
        *("id", "key", "source", "target", "subject", "predicate", "object", "label", "name", "category"),
        *("evidence", "publications", "negated"),
    }
)
"""The keys that have a meaning here, in any case that a program wrote them in."""

LISTS = frozenset(
    {
        *("FDA_regulatory_approvals", "affiliation", "aggregator_knowledge_source", "authors", "available_from"),
        *("broad_matches", "broad_synonym", "category", "equivalent_identifiers", "exact_matches", "exact_synonym"),
        *("has_attribute", "has_constituent", "has_device", "has_drug", "has_evidence", "has_evidence_of_type"),
        *("has_gene", "has_gene_or_gene_product", "has_procedure", "has_quantitative_value", "has_studies"),
        *("has_study_results", "has_supporting_studies", "hgvs_nomenclature", "in_taxon", "keywords", "knowledge_source"),
        *("mesh_terms", "narrow_matches", "narrow_synonym", "provided_by", "publication_type", "publications"),
        *("qualifiers", "related_synonym", "retrieval_source_ids", "routes_of_delivery", "same_as", "source_record_urls"),
        *("sources", "subsets", "support_graphs", "supporting_data_set", "supporting_data_source"),
        *("supporting_documents", "supporting_text", "synonym", "systematic_synonym", "type", "upstream_resource_ids"),
        *("xref"),
    }
)
"""The slots of Biolink that hold several values, which tables join with ``|``."""

_TRUE, _FALSE = {"true", "t", "yes", "y", "1", "1.0"}, {"false", "f", "no", "n", "0", "0.0"}
_DENIAL = re.compile(r"(biolink:|https://w3id\.org/biolink/vocab/)?((is_?)?negated|negation)")  # the same slot by other names
_MISSING = {"NA", "<NA>", "NaN", "nan"}  # what R and pandas write where nothing is
_NAMES = {"name", "label", "symbol", "synonym"}  # where NA may be a name, as that of a gene is
_UNNAMED = re.compile(r"(Unnamed: [0-9]+)?")  # the column of row names, as R and pandas write it and read it back
_JOINED = re.compile(r"((?:[^\\|]|\\.)*)(?:\||$)", re.DOTALL)
_LONGEST_LINE = 1 << 24  # bytes: the parser takes no term that is longer
_LARGEST_DOCUMENT = 1 << 28  # bytes of JSON, which is held in memory as a whole
_MOST_VALUES = 10_000_000  # of such a document: an empty list takes 3 bytes of it, and 64 of memory


def read_document(file: IO[bytes]) -> Record:
    """Read a JSON document.

    Raises
    ------
    ValueError
        Where it is no JSON object, or too large to be held in memory.

    Examples
    --------
    >>> import io
    >>> read_document(io.BytesIO(b'{"nodes": []}'))
    {'nodes': []}
    """
    content = file.read(_LARGEST_DOCUMENT + 1)
    if len(content) > _LARGEST_DOCUMENT:
        raise ValueError(f"it has more than {_LARGEST_DOCUMENT} bytes, and KGX JSON Lines has no such limit")
    if sum(content.count(mark) for mark in (b",", b"[", b"{")) > _MOST_VALUES:
        raise ValueError(f"it has more than {_MOST_VALUES} values, and KGX JSON Lines has no such limit")
    return _object(content)


def read_rows(file: IO[bytes], suffix: str) -> Iterator[tuple[int, Record]]:
    r"""Read the records of KGX, with the line that each ends in.

    Parameters
    ----------
    file : file of bytes
        The file.
    suffix : str
        ``.jsonl``, ``.tsv`` or ``.csv``.

    Raises
    ------
    ValueError
        Where a line is too long, or is no record.

    Examples
    --------
    >>> import io
    >>> list(read_rows(io.BytesIO(b"ID\tsynonym\nX:1\ta|b\n\n"), ".tsv"))
    [(2, {'id': 'X:1', 'synonym': ['a', 'b']})]
    """
    lines = _lines(file)
    if suffix == ".jsonl":
        return ((number, _object(line)) for number, line in enumerate(lines, start=1) if line.strip())
    return _table(lines, tabs=suffix == ".tsv")


def truth(value: Any) -> bool:
    """Read a truth value in any spelling of Python, R, spreadsheets and databases; what is missing is false.

    Raises
    ------
    ValueError
        Where it is none: a denial that is not understood must not become an assertion.

    Examples
    --------
    >>> truth("TRUE"), truth("1"), truth(None), truth("no")
    (True, True, False, False)
    """
    if isinstance(value, list):
        flags = {truth(item) for item in value}
        if len(flags) > 1:
            raise ValueError(f"{value} is true and false. Keep one of the two")
        return True in flags
    text = "" if value is None else str(value).strip()
    if text.lower() in _TRUE | _FALSE:
        return text.lower() in _TRUE
    if text in {"", *_MISSING, "None", "null"}:
        return False
    raise ValueError(f"{text!r} is no truth value. Write true or false")


def _table(lines: Iterator[str], tabs: bool) -> Iterator[tuple[int, Record]]:
    csv.field_size_limit(_LONGEST_LINE)
    first = next(lines, "")
    quoted = not tabs or first.startswith('"')  # KGX itself quotes nothing in TSV, and R everything
    rows = csv.reader(
        itertools.chain([first], lines),
        delimiter="\t" if tabs else ",",
        quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
    )
    header = next(rows, None)
    if not header:
        raise ValueError("it is empty")
    names: list[str] | None = None
    for row in rows:
        if not any(text.strip() for text in row):
            continue
        if names is None:
            without = first.startswith('"') and len(row) == len(header) + 1  # R gives the column of row names no name
            names = _columns([*([""] if without else []), *header])
        if len(row) > len(names):
            raise ValueError(f"line {rows.line_num}: {len(row)} fields for {len(names)} columns")
        fields = zip(names, row, strict=False)
        yield rows.line_num, {name: _cell(name, text, VERSION in names) for name, text in fields if name and _holds(name, text)}


def _columns(header: list[str]) -> list[str]:
    """Give each column a name of its own; a column without one gives nothing."""
    found: list[str] = []
    stripped = [name.strip() for name in header]
    for name, count in Counter(map(_key, stripped)).items():
        if name in CORE and count > 1:
            raise ValueError(f"{count} columns are called {name!r}. Keep one")
    for name in stripped:
        key, number = "" if _UNNAMED.fullmatch(name) else _key(name), 1
        while key and key in found:
            number += 1
            key = f"{name} ({number})"
        found.append(key)
    return found


def _holds(name: str, text: str) -> bool:
    text = text.strip()
    return bool(text) and (text not in _MISSING or (name in _NAMES and text == "NA"))


def _cell(name: str, text: str, escaped: bool) -> str | list[str]:
    if name not in LISTS:
        return text
    if not escaped:  # only we escape
        return [item for item in text.split("|") if item.strip()]
    return [re.sub(r"\\(.)", r"\1", item, flags=re.DOTALL) for item in _JOINED.findall(text) if item]


def _key(name: str) -> str:
    lowered = name.strip().lower()
    if _DENIAL.fullmatch(lowered):
        return "negated"
    return lowered if lowered in CORE else name


def _lines(file: IO[bytes]) -> Iterator[str]:
    number = 0
    while line := file.readline(_LONGEST_LINE + 1):
        number += 1
        if len(line) > _LONGEST_LINE:
            raise ValueError(f"line {number}: it has more than {_LONGEST_LINE} bytes")
        yield line.decode("utf-8-sig" if number == 1 else "utf-8")


def _object(text: str | bytes) -> Record:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("a JSON object is expected")
    return found


def keyed(record: Record) -> Record:
    """Give a record of JSON with the keys that have a meaning here in lower case, and without what is not a number.

    Examples
    --------
    >>> keyed({"Negated": True, "score": float("nan"), "Score": 1})
    {'negated': True, 'Score': 1}
    """
    if not isinstance(record, dict):
        raise ValueError("a JSON object is expected")
    denials = [key for key in record if _key(key) == "negated"]
    if len(denials) > 1:
        raise ValueError(f"{', '.join(map(repr, denials))} say the same. Keep one of them")
    return {
        key if key in CORE or _key(key) in record else _key(key): value
        for key, value in record.items()
        if not (isinstance(value, float) and math.isnan(value))
    }
