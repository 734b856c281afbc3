"""SSSOM: the mappings to the identifiers of other registers and vocabularies, as a table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from imidgraph.namespaces import PREFIXES, compress
from imidgraph.rdf import Literal, NamedNode, Triple, label_rank

_COLUMNS = ("subject_id", "subject_label", "predicate_id", "object_id", "mapping_justification")
_MATCHES = {PREFIXES["skos"] + f"{kind}Match" for kind in ("broad", "close", "exact", "narrow", "related")}
_LABEL = PREFIXES["rdfs"] + "label"
_VERSION = PREFIXES["owl"] + "versionInfo"
_SEMAPV = "https://w3id.org/semapv/vocab/"
_SPACES = re.compile(r"[\t\n\r]+")


def write_sssom(triples: Iterable[Triple]) -> Iterator[bytes]:
    r"""Write the mappings of a graph as SSSOM TSV; how each was found is not told, for the graph does not know.

    Examples
    --------
    >>> import imidgraph
    >>> b"imid:lenalidomide\tlenalidomide\tskos:exactMatch\tCHEBI:63791\t" in imidgraph.load().serialize("sssom.tsv")
    True
    """
    mappings: set[tuple[str, str, str]] = set()
    labels: dict[str, tuple[int, str, str]] = {}
    version = ""
    for subject, predicate, object_ in triples:
        if predicate.value in _MATCHES and isinstance(subject, NamedNode) and isinstance(object_, NamedNode):
            mappings.add((compress(subject.value), compress(predicate.value), compress(object_.value)))
        elif predicate.value == _LABEL and isinstance(subject, NamedNode) and isinstance(object_, Literal):
            curie, rank = compress(subject.value), label_rank(object_.value, object_.language)
            labels[curie] = min(rank, labels.get(curie, rank))
        elif predicate.value == _VERSION and isinstance(object_, Literal):
            version = object_.value
    used = {curie.partition(":")[0] for mapping in mappings for curie in mapping} & PREFIXES.keys()
    lines = [
        *("#mapping_set_id: https://w3id.org/imidgraph/mappings", "#mapping_set_title: Mappings of imidgraph"),
        *([f'#mapping_set_version: "{version}"'] if version else []),
        *("#license: https://creativecommons.org/licenses/by/4.0/", "#curie_map:"),
        *(f'#  {prefix}: "{PREFIXES[prefix]}"' for prefix in sorted(used)),
        *(f'#  semapv: "{_SEMAPV}"', "\t".join(_COLUMNS)),
    ]
    yield ("\n".join(lines) + "\n").encode()
    for subject, predicate, object_ in sorted(mappings):
        label = _SPACES.sub(" ", labels[subject][-1] if subject in labels else "")
        label = '"' + label.replace('"', '""') + '"' if '"' in label else label
        yield f"{subject}\t{label}\t{predicate}\t{object_}\tsemapv:UnspecifiedMatching\n".encode()
