"""Labels: the one that a thing with several is called by, the same wherever it is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

from imidgraph.rdf import NamedNode, label_rank
from imidgraph.stores import Store

_LABELS = "SELECT ?thing ?label (LANG(?label) AS ?language) WHERE { VALUES ?thing { %s } ?thing rdfs:label ?label }"
_BATCH = 500  # things in one query


def labels(store: Store, pairs: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Give the label of each thing: the English one before those of other languages, as `label_rank` puts them.

    Parameters
    ----------
    store : Store
        The engine that holds the graph; it is asked for languages only where a thing has several labels.
    pairs : iterable of tuple
        The IRI of a thing, and one of its labels.

    Examples
    --------
    >>> import imidgraph
    >>> from imidgraph.stores.oxigraph import OxigraphStore
    >>> from imidgraph.resources import RELEASE
    >>> labels(OxigraphStore.read(RELEASE), [("https://w3id.org/imidgraph/IKZF1", "IKZF1")])
    {'https://w3id.org/imidgraph/IKZF1': 'IKZF1'}
    """
    found: dict[str, str] = {}
    several: dict[str, None] = {}
    for iri, label in pairs:
        if found.setdefault(iri, label) != label:
            several[iri] = None
    rest = iter(several)
    while batch := list(islice(rest, _BATCH)):
        rows = store.select(_LABELS % " ".join(str(NamedNode(iri)) for iri in batch)).rows
        ranked = sorted((label_rank(str(label), language), str(iri)) for iri, label, language in rows)
        found |= {iri: label for (_, _, label), iri in reversed(ranked)}
    return found
