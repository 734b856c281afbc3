from __future__ import annotations

import bioregistry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imidgraph import KnowledgeGraph
from imidgraph.namespaces import PREFIXES, SYNONYMS, compress, expand

OWN = {"imid", "vann", "rdf", "rdfs", "owl", "xsd", "skos", "schema", "prov", "dcterms", "biolink"}
KINDS = {
    "atc": {"Drug", "DrugClass"},
    "cas": {"Drug"},
    "CHEBI": {"Drug", "DrugClass", "Agent"},
    "chembl.compound": {"Drug"},
    "CL": {"CellType"},
    "clinicaltrials": {"Trial"},
    "DOID": {"Disease"},
    "drugbank": {"Drug"},
    "GO": {"BiologicalProcess", "ProteinComplex"},
    "hgnc": {"Protein"},
    "HP": {"AdverseEffect", "Disease"},
    "icd10cm": {"Disease"},
    "iuphar.ligand": {"Drug"},
    "kegg.drug": {"Drug"},
    "mesh": {"AdverseEffect", "BiologicalProcess", "CellType", "Disease", "Drug", "DrugClass", "Protein"},
    "MONDO": {"Disease", "AdverseEffect"},
    "NCBIGene": {"Protein"},
    "ORPHA": {"Disease"},
    "pdb.ligand": {"Drug"},
    "pubchem.compound": {"Drug"},
    "reactome": {"BiologicalProcess"},
    "rxnorm": {"Drug"},
    "unii": {"Drug"},
    "uniprot": {"Protein"},
    "omim": {"Disease"},
}


@pytest.mark.parametrize("prefix", sorted(set(PREFIXES) - OWN))
def test_prefixes_are_those_of_bioregistry(prefix: str) -> None:
    resource = bioregistry.get_resource(prefix)
    assert resource is not None
    assert prefix == (bioregistry.get_preferred_prefix(prefix) or resource.prefix)


@given(st.sampled_from(sorted(PREFIXES)), st.from_regex(r"[A-Za-z0-9]{1,12}", fullmatch=True))
def test_compress_after_expand_is_the_identity(prefix: str, local: str) -> None:
    assert compress(str(expand(f"{prefix}:{local}"))) == f"{prefix}:{local}"
    assert expand(f"{prefix.upper()}:{local}") == expand(f"{prefix}:{local}")


@given(st.text())
def test_no_text_breaks_expand(text: str) -> None:
    iri = expand(text)
    assert iri is None or any(iri.startswith(namespace) for namespace in PREFIXES.values())


def test_synonyms_lead_to_prefixes() -> None:
    assert set(SYNONYMS.values()) <= set(PREFIXES)
    assert not set(SYNONYMS) & {prefix.lower() for prefix in PREFIXES}


def test_identifiers_have_the_pattern_of_their_prefix_and_sit_on_the_right_kind(kg: KnowledgeGraph) -> None:
    query = """
    SELECT DISTINCT ?entity ?category ?identifier WHERE {
        VALUES ?match { skos:exactMatch skos:closeMatch }
        VALUES ?root { imid:Entity imid:Source }
        ?category rdfs:subClassOf+ ?root .
        ?entity a ?category ; ?match ?identifier .
    } ORDER BY ?entity
    """
    rows = kg.select(query).rows
    assert len(rows) > 500
    for entity, category, identifier in rows:
        prefix, _, local = identifier.curie.partition(":")
        assert prefix in PREFIXES, f"{entity} has {identifier}"
        assert bioregistry.is_valid_identifier(str(bioregistry.normalize_prefix(prefix)), local), (
            f"{entity.curie} has {identifier.curie}"
        )
        kind = category.curie.partition(":")[2]
        assert kind in KINDS.get(prefix, {kind}), f"{identifier.curie} is on the {kind} {entity.curie}"
