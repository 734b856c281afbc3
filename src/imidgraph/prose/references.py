"""References: sources as citation managers take them, in CSL-JSON, RIS and BibTeX.

Sources: Citation Style Language 1.0.2, "CSL-JSON"; Research Information Systems, "RIS Format Specifications" (2012).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from imidgraph.model import Source

Reference = dict[str, Any]

_PUBMED = "pubmed:"
_BREAKS = re.compile(r"\s+")
_TYPES = {"Article": "article-journal", "DrugLabel": "document", "RegisterEntry": "document", "WebPage": "webpage"}
_KEY = re.compile(r"[^A-Za-z0-9.-]")  # what a BibTeX key may not hold
_TEX = {sign: f"\\{sign}" for sign in "&%$#_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_RIS_TYPES = {"article-journal": "JOUR", "webpage": "ELEC"}


def csl(source: Source) -> Reference:
    """Give a source with the fields of CSL.

    Examples
    --------
    >>> article = Source("https://pubmed.ncbi.nlm.nih.gov/1", "On glue", "Article", published="2010", authors="Ito T, Ando H")
    >>> csl(article)["author"], csl(article)["issued"], csl(article)["PMID"]
    ([{'family': 'Ito', 'given': 'T'}, {'family': 'Ando', 'given': 'H'}], {'date-parts': [[2010]]}, '1')
    """
    authors = source.authors or source.first_author or ""
    fields = {
        "id": source.curie,
        "type": _TYPES.get(source.category, "document"),
        "title": source.label,
        "author": [_name(name) for name in authors.split(", ") if name],
        "container-title": source.journal,
        "issued": _issued(source.published),
        "volume": source.volume,
        "issue": source.issue,
        "page": source.pages,
        "DOI": source.doi,
        "PMID": source.curie.removeprefix(_PUBMED) if source.curie.startswith(_PUBMED) else None,
        "URL": source.url,
    }
    return {name: value for name, value in fields.items() if value}


def ris(references: Iterable[Reference]) -> str:
    """Write references as RIS.

    Examples
    --------
    >>> ris([{"type": "article-journal", "title": "On glue", "author": [{"family": "Ito", "given": "T"}]}]).splitlines()
    ['TY  - JOUR', 'TI  - On glue', 'AU  - Ito, T', 'ER  - ']
    """
    return "".join(f"{tag}  - {_BREAKS.sub(' ', str(value))}\n" for each in references for tag, value in _tags(each))


def bibtex(references: Iterable[Reference]) -> str:
    """Write references as BibTeX.

    Examples
    --------
    >>> author = {"family": "Ito", "given": "T"}
    >>> print(bibtex([{"id": "pubmed:1", "type": "article-journal", "title": "On glue", "author": [author]}]))
    @article{pubmed1,
      title = {{On glue}},
      author = {Ito, T}
    }
    <BLANKLINE>
    """
    return "".join(map(_entry, references))


def _entry(reference: Reference) -> str:
    dates = reference["issued"]["date-parts"][0] if "issued" in reference else []
    names = (
        ", ".join(author[part] for part in ("family", "given", "literal") if part in author)
        for author in reference.get("author", ())
    )
    fields = {
        "title": f"{{{_tex(reference['title'])}}}",
        "author": " and ".join(map(_tex, names)),
        "journal": _tex(reference.get("container-title", "")),
        "year": str(dates[0]) if dates else "",
        "volume": _tex(reference.get("volume", "")),
        "number": _tex(reference.get("issue", "")),
        "pages": _tex(reference.get("page", "")).replace("-", "--"),
        "doi": reference.get("DOI", ""),
        "url": reference.get("URL", ""),
    }
    kind = "article" if reference["type"] == "article-journal" else "misc"
    told = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@{kind}{{{_KEY.sub('', reference['id'])},\n{told}\n}}\n"


def _full(author: Mapping[str, str]) -> str:
    return ", ".join(author[part] for part in ("family", "given", "literal") if part in author)


def _tex(text: object) -> str:
    """Write a text so that TeX shows it and runs none of it."""
    return "".join(_TEX.get(sign, sign) for sign in _BREAKS.sub(" ", str(text)))


def _tags(reference: Reference) -> Iterator[tuple[str, Any]]:
    yield "TY", _RIS_TYPES.get(reference["type"], "GEN")
    yield "TI", reference["title"]
    for author in reference.get("author", ()):
        yield "AU", _full(author)
    first, _, last = reference.get("page", "").partition("-")
    year = "/".join(f"{part:02}" for part in reference["issued"]["date-parts"][0]) if "issued" in reference else None
    named = {"JO": "container-title", "VL": "volume", "IS": "issue"}
    values = {tag: reference.get(name) for tag, name in named.items()} | {"SP": first, "EP": last, "PY": year}
    values |= {"DO": reference.get("DOI"), "AN": reference.get("PMID"), "UR": reference.get("URL")}
    yield from ((tag, value) for tag, value in values.items() if value)
    yield "ER", ""


def _name(name: str) -> dict[str, str]:
    family, space, given = name.rpartition(" ")
    return {"family": family, "given": given} if space else {"literal": name}


def _issued(published: object) -> dict[str, list[list[int]]] | None:
    parts = re.fullmatch(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", str(published or ""))
    return None if parts is None else {"date-parts": [[int(part) for part in parts.groups() if part]]}
