"""What a page tells search engines of itself, in the words of schema.org."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imidgraph.knowledge.entities import Entity
from imidgraph.model import Source
from imidgraph.namespaces import IMID

_LICENSE = "https://creativecommons.org/licenses/by/4.0/"
_KINDS = {
    "Drug": "Drug",
    "Disease": "MedicalCondition",
    "AdverseEffect": "MedicalSignOrSymptom",
    "Trial": "MedicalStudy",
    "Protein": "Protein",
}


def entity(found: Entity) -> dict[str, Any]:
    """Describe an entity, as a kind of schema.org where that has one.

    Examples
    --------
    >>> import imidgraph
    >>> entity(imidgraph.load().entity("Revlimid"))["@type"]
    'Drug'
    """
    return _described(
        {
            "@type": _KINDS.get(found.category, "MedicalEntity"),
            "@id": found.iri,
            "url": found.iri,
            "name": found.label,
            "alternateName": list(found.synonyms),
            "description": found.definition,
            "sameAs": list(map(str, found.attributes.get("exactMatch", ()))),
            "subjectOf": {"@type": "Dataset", "@id": IMID, "name": "imidgraph"},
        }
    )


def article(source: Source, reference: Mapping[str, Any]) -> dict[str, Any]:
    """Describe an article.

    Parameters
    ----------
    source : Source
        The article.
    reference : mapping
        It in CSL.
    """
    names = (("familyName", "family"), ("givenName", "given"))
    authors = [
        {"@type": "Person"} | {key: author[name] for key, name in names if name in author}
        for author in reference.get("author", ())
    ]
    return _described(
        {
            "@type": "ScholarlyArticle",
            "@id": source.iri,
            "name": source.label,
            "author": [author for author in authors if len(author) > 1],
            "datePublished": str(source.published or ""),
            "isPartOf": {"@type": "Periodical", "name": source.journal} if source.journal else None,
            "sameAs": source.url or source.iri,
        }
    )


def dataset(version: str | None) -> dict[str, Any]:
    """Describe the graph."""
    return _described(
        {
            "@type": "Dataset",
            "@id": IMID,
            "url": IMID,
            "name": "imidgraph",
            "description": "A knowledge graph of the immunomodulatory imide drugs (IMiDs): drugs, generations, mechanisms, "
            "indications, risks and articles. Each statement names its sources.",
            "keywords": ["thalidomide", "lenalidomide", "pomalidomide", "IMiD", "CELMoD", "multiple myeloma"],
            "license": _LICENSE,
            "isAccessibleForFree": True,
            "version": version,
        }
    )


def _described(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"@context": "https://schema.org"} | {name: value for name, value in values.items() if value not in (None, "", [])}
