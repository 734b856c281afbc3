"""The prefixes of the graph, and the two verbs of identifiers: `expand` and `compress`.

Prefixes are spelled as Bioregistry prefers them. `expand` also understands other spellings in use
(``MESH:D009101``, ``PMID:24292625``, ``orphanet:29073``); `compress` always answers with the preferred one.
"""

from __future__ import annotations

import re
from functools import lru_cache

IMID = "https://w3id.org/imidgraph/"

PREFIXES: dict[str, str] = {
    "atc": "http://www.whocc.no/atc_ddd_index/?code=",
    "biolink": "https://w3id.org/biolink/vocab/",
    "cas": "https://commonchemistry.cas.org/detail?cas_rn=",
    "CHEBI": "http://purl.obolibrary.org/obo/CHEBI_",
    "chembl.compound": "http://rdf.ebi.ac.uk/resource/chembl/molecule/",
    "CL": "http://purl.obolibrary.org/obo/CL_",
    "clinicaltrials": "https://clinicaltrials.gov/study/",
    "dailymed": "https://dailymed.nlm.nih.gov/dailymed/drugInfo.cfm?setid=",
    "dcterms": "http://purl.org/dc/terms/",
    "doi": "https://doi.org/",
    "DOID": "http://purl.obolibrary.org/obo/DOID_",
    "drugbank": "https://go.drugbank.com/drugs/",
    "ECO": "http://purl.obolibrary.org/obo/ECO_",
    "EFO": "http://www.ebi.ac.uk/efo/EFO_",
    "GO": "http://purl.obolibrary.org/obo/GO_",
    "hgnc": "http://identifiers.org/hgnc/",
    "HP": "http://purl.obolibrary.org/obo/HP_",
    "icd10cm": "http://purl.bioontology.org/ontology/ICD10CM/",
    "imid": IMID,
    "iuphar.ligand": "https://www.guidetopharmacology.org/GRAC/LigandDisplayForward?ligandId=",
    "kegg.drug": "https://www.kegg.jp/entry/",
    "mesh": "http://id.nlm.nih.gov/mesh/",
    "MONDO": "http://purl.obolibrary.org/obo/MONDO_",
    "NCBIGene": "https://www.ncbi.nlm.nih.gov/gene/",
    "NCIT": "http://purl.obolibrary.org/obo/NCIT_",
    "omim": "https://omim.org/entry/",
    "ORPHA": "http://www.orpha.net/ORDO/Orphanet_",
    "owl": "http://www.w3.org/2002/07/owl#",
    "pdb.ligand": "https://www.rcsb.org/ligand/",
    "prov": "http://www.w3.org/ns/prov#",
    "pubchem.compound": "http://rdf.ncbi.nlm.nih.gov/pubchem/compound/CID",
    "pubmed": "https://pubmed.ncbi.nlm.nih.gov/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "reactome": "https://reactome.org/content/detail/",
    "RO": "http://purl.obolibrary.org/obo/RO_",
    "rxnorm": "http://purl.bioontology.org/ontology/RXNORM/",
    "schema": "https://schema.org/",
    "SIO": "https://semanticscience.org/resource/SIO_",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "umls": "http://linkedlifedata.com/resource/umls/id/",
    "unii": "https://precision.fda.gov/uniisearch/srs/unii/",
    "uniprot": "http://purl.uniprot.org/uniprot/",
    "vann": "http://purl.org/vocab/vann/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

SYNONYMS: dict[str, str] = {
    "chembl": "chembl.compound",
    "cid": "pubchem.compound",
    "ctgov": "clinicaltrials",
    "entrez": "NCBIGene",
    "gtopdb": "iuphar.ligand",
    "icd10": "icd10cm",
    "iuphar": "iuphar.ligand",
    "kegg": "kegg.drug",
    "meshid": "mesh",
    "mim": "omim",
    "nct": "clinicaltrials",
    "ordo": "ORPHA",
    "orphanet": "ORPHA",
    "pmid": "pubmed",
    "pubchem": "pubchem.compound",
    "rxcui": "rxnorm",
    "uniprotkb": "uniprot",
}

_LABEL = PREFIXES["rdfs"] + "label"
_RESERVED = {"id", "subject", "predicate", "object", "category", "evidence", "edge", "graphVersion"}
_SKOS_NAMES = {
    *("altLabel", "broadMatch", "closeMatch", "definition", "exactMatch", "example", "hiddenLabel", "label", "narrowMatch"),
    *("notation", "note", "prefLabel", "relatedMatch", "scopeNote"),
}
_PREFERRED = {prefix.lower(): prefix for prefix in PREFIXES} | SYNONYMS
_PREFIX_OF = {namespace: prefix for prefix, namespace in PREFIXES.items()}
_COMPRESSED = re.compile(f"({'|'.join(map(re.escape, sorted(_PREFIX_OF, key=len, reverse=True)))})(.+)", re.DOTALL)
_CURIE = re.compile(r"([A-Za-z][A-Za-z0-9.]*)[:_](\S+)")


def expand(curie: str) -> str | None:
    """Expand a CURIE in any spelling to its IRI.

    Parameters
    ----------
    curie : str
        A CURIE. The case of the prefix does not matter, and known other prefixes are understood.

    Returns
    -------
    str or None
        The IRI, or None where the text is no CURIE of a known prefix.

    Examples
    --------
    >>> expand("MESH:D009101")
    'http://id.nlm.nih.gov/mesh/D009101'
    >>> expand("PMID:24292625") == expand("pubmed:24292625")
    True
    >>> expand("blood clots") is None
    True
    """
    match = _CURIE.fullmatch(curie.strip())
    prefix = _PREFERRED.get(match[1].lower()) if match else None
    if match is None or prefix is None:
        return None
    local = match[2]
    if local.lower().startswith(prefix.lower() + ":"):  # banana: CHEBI:CHEBI:63791
        local = local[len(prefix) + 1 :]
    if prefix == "pubchem.compound":
        local = local.removeprefix("CID")
    return PREFIXES[prefix] + local


@lru_cache(maxsize=1 << 16)  # a graph names the same things over and over
def compress(iri: str) -> str:
    """Compress an IRI to its CURIE with the preferred prefix.

    Parameters
    ----------
    iri : str
        An IRI.

    Returns
    -------
    str
        The CURIE, or the IRI itself where no known prefix fits.

    Examples
    --------
    >>> compress("https://w3id.org/imidgraph/lenalidomide")
    'imid:lenalidomide'
    >>> compress("https://example.org/x")
    'https://example.org/x'
    """
    match = _COMPRESSED.fullmatch(iri)
    return f"{_PREFIX_OF[match[1]]}:{match[2]}" if match else iri


@lru_cache(maxsize=4096)
def local_name(iri: str) -> str:
    """Give what stands behind the last slash or hash of an IRI.

    Examples
    --------
    >>> local_name("https://w3id.org/imidgraph/degrades")
    'degrades'
    """
    return re.split(r"[/#]", iri)[-1]


@lru_cache(maxsize=4096)
def short_name(iri: str) -> str:
    """Give the short name of a class or property: a local one of this graph's own and SKOS's words, else a CURIE.

    Examples
    --------
    >>> short_name(IMID + "Drug"), short_name(PREFIXES["skos"] + "definition"), short_name("https://schema.org/Drug")
    ('Drug', 'definition', 'schema:Drug')
    """
    local = local_name(iri)
    if iri == _LABEL or (local in _SKOS_NAMES and iri == PREFIXES["skos"] + local):
        return local
    return iri.removeprefix(IMID) if iri.startswith(IMID) else compress(iri)


@lru_cache(maxsize=4096)
def attribute_name(iri: str) -> str:
    """Give the name of an attribute: the short one of its property, unless every record has one of that name.

    Examples
    --------
    >>> attribute_name(IMID + "percent"), attribute_name(IMID + "id"), attribute_name(IMID + "label")
    ('percent', 'imid:id', 'imid:label')
    """
    name = short_name(iri)
    taken = name in _RESERVED or (iri.startswith(IMID) and name in _SKOS_NAMES)
    return compress(iri) if taken else name


def prefixes_in(text: bytes) -> dict[str, str]:
    """Choose the prefixes whose namespaces occur in a text.

    Parameters
    ----------
    text : bytes
        N-Triples, say.

    Returns
    -------
    dict of str to str
        Their namespaces.

    Examples
    --------
    >>> prefixes_in(b"<https://w3id.org/imidgraph/lenalidomide>")
    {'imid': 'https://w3id.org/imidgraph/'}
    """
    return {prefix: namespace for prefix, namespace in PREFIXES.items() if namespace.encode() in text}
