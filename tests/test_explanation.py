"""Explanations: the textbook chains come first, each step with its sources, and what is not curated is said."""

from __future__ import annotations

import re

import pytest

from imidgraph import KnowledgeGraph, QueryError
from imidgraph.pages.outlines import outline
from imidgraph.prose.citations import Notes
from imidgraph.traversals.explanation import Explanation

# The chains that textbooks and reviews tell, as the proteins and processes that one of the first three must pass in order.
TEXTBOOK = [
    ("thalidomide", "multiple myeloma", [{"CRBN"}, {"IKZF1", "IKZF3"}, {"IRF4", "MYC"}], -1),
    ("lenalidomide", "multiple myeloma", [{"CRBN"}, {"IKZF1", "IKZF3"}, {"IRF4", "MYC"}], -1),
    ("pomalidomide", "multiple myeloma", [{"CRBN"}, {"IKZF1", "IKZF3"}, {"IRF4", "MYC"}], -1),
    ("iberdomide", "multiple myeloma", [{"CRBN"}, {"IKZF1", "IKZF3"}], -1),
    ("mezigdomide", "multiple myeloma", [{"CRBN"}, {"IKZF1", "IKZF3"}], -1),
    ("lenalidomide", "imid:myelodysplastic-syndrome-del5q", [{"CRBN"}, {"CSNK1A1"}], -1),
    ("thalidomide", "birth defects", [{"CRBN"}, {"SALL4"}], 1),
    ("thalidomide", "erythema nodosum leprosum", [{"TNF"}], -1),
    ("eragidomide", "acute myeloid leukemia", [{"CRBN"}, {"GSPT1"}], -1),
    ("CC-885", "acute myeloid leukemia", [{"CRBN"}, {"GSPT1"}], -1),
    ("avadomide", "diffuse large B-cell lymphoma", [{"CRBN"}, {"IKZF1", "IKZF3"}], -1),
    ("golcadomide", "diffuse large B-cell lymphoma", [{"CRBN"}, {"IKZF1", "IKZF3"}], -1),
    ("lenalidomide", "neutropenia", [{"CRBN"}, {"IKZF1"}, {"SPI1"}], 1),
    ("pomalidomide", "thrombocytopenia", [{"CRBN"}, {"CYP19A1"}], 1),
]
# Mechanism paths that others curated (SuLab's DrugMechDB, CC0, DB00480, DB08910 and DB01041 to MESH:D009101), by the identifiers
# that they use; where its own steps are coarser or finer than ours, the steps that both have.
CURATED_ELSEWHERE = [
    ("MESH:C467567", ["UniProt:Q96SW2", "UniProt:Q13422"], 3),
    ("MESH:C467567", ["UniProt:Q96SW2", "UniProt:Q9UKT9"], 3),
    ("MESH:C467567", ["GO:0001525"], None),
    ("pomalidomide", ["GO:0001525"], None),
    ("thalidomide", ["UniProt:P15692", "GO:0001525"], None),
]


def _passes(explanation: Explanation, steps: list[set[str]], among: int | None) -> bool:
    for chain in explanation.chains[:among]:
        places = iter({term.label for term in place} for place in chain.nodes)
        if all(any(step <= place for place in places) for step in steps):
            return True
    return False


@pytest.mark.parametrize(("drug", "end", "steps", "sign"), TEXTBOOK)
def test_the_textbook_chain_is_among_the_first_three(
    kg: KnowledgeGraph, drug: str, end: str, steps: list[set[str]], sign: int
) -> None:
    explanation = kg.explain(drug, end)
    assert _passes(explanation, steps, 3), [str(chain) for chain in explanation.chains[:3]]
    assert explanation.chains[0].sign == sign


@pytest.mark.parametrize(("drug", "steps", "among"), CURATED_ELSEWHERE)
def test_chains_that_others_curated_are_found(kg: KnowledgeGraph, drug: str, steps: list[str], among: int | None) -> None:
    explanation = kg.explain(drug, "MESH:D009101")
    assert _passes(explanation, [{kg.entity(step).label} for step in steps], among)


def test_each_step_is_told_in_a_sentence_with_its_sources(kg: KnowledgeGraph) -> None:
    for drug, end, _, _ in TEXTBOOK:
        for chain in kg.explain(drug, end).chains:
            for hop in chain.hops:
                items = [item for item in hop.statements if item.iri]
                assert all(item.evidence and item.statement and not item.negated for item in items)
                assert hop.statements


def test_a_chain_passes_neither_articles_nor_classes_nor_other_drugs(kg: KnowledgeGraph) -> None:
    for chain in kg.explain("pomalidomide", "multiple myeloma").chains:
        assert {term.category for place in chain.nodes[1:-1] for term in place} <= kg.network.vocabulary.kinds("BiologicalEntity")


def test_the_net_sign_is_the_product_of_the_steps(kg: KnowledgeGraph) -> None:
    explanation = kg.explain("lenalidomide", "imid:myelodysplastic-syndrome-del5q")
    chain = explanation.chains[0]
    assert [hop.sign for hop in chain.hops] == [0, -1, 1, 1] or [hop.sign for hop in chain.hops] == [None, -1, 1, 1]
    assert explanation.verdict(chain).startswith("works against")
    harm = kg.explain("thalidomide", "birth defects")
    assert harm.verdict(harm.chains[0]) == "can cause phocomelia"


def test_effects_that_were_seen_are_told_with_the_chain_that_explains_them(kg: KnowledgeGraph) -> None:
    chains = kg.explain("pomalidomide", "multiple myeloma").chains
    chain = next(chain for chain in chains if "IKZF1 and IKZF3 > IRF4 and MYC" in str(chain))
    assert {item.object.label for item in chain.observed} >= {"IRF4", "MYC"}
    assert not any(str(other).startswith("pomalidomide > IRF4") for other in chains)


def test_hypotheses_count_half_and_are_said(kg: KnowledgeGraph) -> None:
    chain = next(chain for chain in kg.explain("pomalidomide", "multiple myeloma").chains if "ARID2" in str(chain))
    (guess,) = (hop for hop in chain.hops if hop.starts[0].label == "ARID2")
    assert guess.strength == pytest.approx(guess.statements[0].strength / 2)
    assert any(gap == "That ARID2 increases MYC is a hypothesis." for gap in chain.gaps)


def test_gaps_are_said(kg: KnowledgeGraph) -> None:
    unknown = kg.explain("thalidomide", "nerve damage")
    assert unknown.stated
    assert not unknown.chains
    assert "No chain of curated steps" in unknown.gaps[0]
    seen = kg.explain("thalidomide", "erythema nodosum leprosum").chains[0]
    assert any("the target behind it is not curated" in gap for gap in seen.gaps)
    assert any("dispute" in gap for gap in seen.gaps)
    nothing = kg.explain("eragidomide", "leprosy")
    assert not nothing
    assert "does not mean that there is none" in str(nothing)


def test_a_denied_use_is_stated_as_denied(kg: KnowledgeGraph) -> None:
    explanation = kg.explain("lenalidomide", "chronic lymphocytic leukemia")
    assert any(item.negated and item.predicate.label == "is approved for" for item in explanation.stated)


def test_the_order_of_drug_and_disease_does_not_matter(kg: KnowledgeGraph) -> None:
    assert kg.explain("birth defects", "thalidomide").chains == kg.explain("thalidomide", "birth defects").chains


def test_resistance_is_where_the_way_of_the_drug_is_cut(kg: KnowledgeGraph) -> None:
    explanation = kg.explain("loss or low expression of cereblon", "lenalidomide")
    assert any(item.predicate.label == "confers resistance to" for item in explanation.stated)
    assert str(explanation.chains[0]) == "lenalidomide > CRBN > loss or low expression of cereblon"
    assert kg.explain("lenalidomide", "imid:cereblon-loss").chains == explanation.chains
    ligase = kg.explain("imid:ube2m-loss", "lenalidomide")
    assert "CUL4A" in str(ligase.chains[0])


def test_two_drugs_are_explained_by_what_they_share(kg: KnowledgeGraph) -> None:
    explanation = kg.explain("thalidomide", "pomalidomide")
    degraded = explanation.chains[0]
    assert {"IKZF1", "IKZF3", "SALL4"} <= {term.label for term in degraded.nodes[1]}
    assert any(item.predicate.label == "is derived from" for item in explanation.stated)


def test_a_regimen_works_through_its_drugs(kg: KnowledgeGraph) -> None:
    assert "lenalidomide > CRBN" in str(kg.explain("Rd", "multiple myeloma").chains[0])


def test_what_no_causes_join_is_reached_by_the_shortest_ways(kg: KnowledgeGraph) -> None:
    explanation = kg.explain("FIRST", "IKZF1")
    assert explanation.chains
    assert all(len(chain.hops) <= 3 for chain in explanation.chains)


def test_bad_input_is_a_typed_error_and_time_is_bounded(kg: KnowledgeGraph) -> None:
    with pytest.raises(QueryError, match="same entity"):
        kg.explain("Revlimid", "lenalidomide")
    hurried = kg.explain("pomalidomide", "multiple myeloma", timeout=1e-9)
    assert hurried.limit
    assert any("stopped after" in gap for gap in hurried.gaps)


def test_an_explanation_is_text_rows_and_a_dictionary(kg: KnowledgeGraph) -> None:
    explanation = kg.explain("lenalidomide", "imid:myelodysplastic-syndrome-del5q")
    told = str(explanation)
    assert "CRBN degrades CSNK1A1" in told
    assert "[1]" in told.split("Sources (*")[1]
    rows = explanation.rows
    assert rows[0][:5] == (1, 1, "lenalidomide", "binds", "CRBN")
    assert all(row[7] for row in rows)
    document = explanation.to_dict()
    assert document["chains"][0]["nodes"][2] == ["imid:CSNK1A1"]
    assert document["chains"][0]["sign"] == -1


def test_without_cereblon_the_degraders_lose_their_way(kg: KnowledgeGraph) -> None:
    loss = kg.without("cereblon")
    lost = {(one.drug.label, one.effect.label) for one in loss.lost}
    assert {("lenalidomide", "multiple myeloma"), ("eragidomide", "acute myeloid leukemia")} <= lost
    assert ("thalidomide", "erythema nodosum leprosum") not in lost
    without_ligase = {(one.drug.label, one.effect.label) for one in kg.without("DDB1").lost}
    assert ("lenalidomide", "multiple myeloma") in without_ligase <= lost
    ikaros = kg.without("Ikaros")
    assert ("pomalidomide", "neutropenia") in {(one.drug.label, one.effect.label) for one in ikaros.lost}
    assert ("pomalidomide", "multiple myeloma") in {(one.drug.label, one.effect.label) for one in ikaros.weakened}
    assert "Without CRBN" in str(loss)
    assert "1 chains" not in str(loss)
    assert "left, without a known target)" in " ".join(str(loss).split())
    chains = [line for line in outline(loss, Notes(loss.sources)) or () if " > " in line.text]
    assert chains
    assert all(re.search(r" \[[^\]]*\d[^\]]*\]$", line.text) for line in chains), "each chain that is told is cited"
    assert all(row[loss.columns.index("sources")] for row in loss.rows)
    assert not kg.without("ILF2").outcomes


def test_a_wider_term_is_explained_by_way_of_its_kinds(kg: KnowledgeGraph) -> None:
    clots = kg.explain("lenalidomide", "blood clots")
    named = {item.object.label for item in clots.stated}
    assert named >= {"venous thromboembolism", "deep vein thrombosis", "pulmonary embolism", "stroke"}
    first = [item.object for item in clots.of_kinds]
    assert len(set(first[: len(set(first))])) == len(set(first))  # each kind is named before one is named again
    told = str(clots)
    assert "Stated about narrower kinds, not about thromboembolism as a whole:\n  " in told
    assert "  pulmonary embolism: The boxed warning" in told
    assert "No statement" not in told
    assert " ".join(told.split()).count("does not mean that there is none") == 1


def test_a_chain_to_a_wider_term_says_of_which_kind_it_speaks(kg: KnowledgeGraph) -> None:
    cancer = kg.explain("lenalidomide", "blood cancer")
    verdicts = {cancer.verdict(chain) for chain in cancer.chains}
    assert {"works against multiple myeloma", "works against diffuse large B-cell lymphoma"} <= verdicts
    assert "multiple myeloma is a kind of blood cancer\n     multiple myeloma is a kind" not in str(cancer)
    narrow = kg.explain("lenalidomide", "multiple myeloma").chains
    wide = [str(chain.hops[0]) for chain in cancer.chains if chain.reached[0].label == "multiple myeloma"]
    assert len(wide) == len(narrow)  # the steps of the hierarchy do not use up the length of a chain
    scores = [chain.score for chain in cancer.chains if chain.reached[0].label == "multiple myeloma"]
    assert max(scores) == pytest.approx(narrow[0].score, abs=0.005)  # and a wider term is no better borne out
    assert {item.object.label for item in cancer.stated} >= {"multiple myeloma", "mantle cell lymphoma"}


def test_what_is_only_mentioned_is_told_as_that(kg: KnowledgeGraph) -> None:
    explanation = kg.explain("dexamethasone", "thromboembolism")
    assert not explanation.stated
    assert all("dexamethasone" in str(item).lower() for item in explanation.mentions)
    assert "About others, mentioning dexamethasone:" in str(explanation)
    assert "No statement and no chain" in explanation.gaps[0]
    assert not kg.explain("lenalidomide", "thromboembolism").mentions


def test_what_binds_leaves_no_gap(kg: KnowledgeGraph) -> None:
    assert not kg.explain("lenalidomide", "CRBN").gaps
    changed = [chain for chain in kg.explain("iberdomide", "multiple myeloma").chains if chain.hops[0].relation == "modulates"]
    assert not any("The effect of" in gap for chain in changed for gap in chain.gaps)


def test_a_source_is_cited_once_by_its_best_reading(kg: KnowledgeGraph) -> None:
    assert "unconfirmed" not in str(kg.explain("thalidomide", "nerve damage"))


def test_statements_are_rows_too(kg: KnowledgeGraph) -> None:
    rows = kg.explain("thalidomide", "nerve damage").rows
    assert rows
    assert all(row[0] is None and row[6] and row[7] for row in rows)


def test_of_a_regimen_what_is_stated_of_its_drugs_is_told(kg: KnowledgeGraph) -> None:
    told = str(kg.explain("Rd", "blood clots"))
    assert "Stated about its drugs, not about Rd and thromboembolism as a whole:" in told
    assert "  lenalidomide, pulmonary embolism: " in told
    assert "  thalidomide: Nerve damage" in str(kg.explain("VTd", "nerve damage"))


def test_rows_read_in_the_direction_of_the_fact(kg: KnowledgeGraph) -> None:
    for row in kg.explain("lenalidomide", "pomalidomide").to_dicts():
        if row["relation"] in {"degrades", "binds", "is approved for"}:
            assert row["from"] in {"lenalidomide", "pomalidomide"}, row
        if row["relation"] == "confers resistance to":
            assert row["to"] in {"lenalidomide", "pomalidomide"}


@pytest.mark.parametrize(
    ("start", "end", "first"),
    [
        ("pomalidomide", "multiple myeloma", "Approvals: multiple myeloma: US 2013"),
        ("lenalidomide", "thrombocytopenia", "Boxed warnings: Thrombocytopenia"),
        ("thalidomide", "birth defects", "Boxed warnings: Embryo-fetal toxicity"),
        ("VRd", "multiple myeloma", "Approvals: multiple myeloma: EU 2019"),
    ],
)
def test_an_explanation_fits_a_screen_and_leads_with_what_is_stated(kg: KnowledgeGraph, start: str, end: str, first: str) -> None:
    explanation = kg.explain(start, end)
    told = str(explanation).splitlines()
    assert told[1].startswith(first)
    assert len(told) <= 60
    assert all(len(line) <= 100 for line in told)
    assert len(str(explanation.whole()).splitlines()) > len(told)
    assert not [line for line in told if "decreases phocomelia" in line or "decreases embryo" in line]


def test_what_protects_is_told_without_a_double_negative(kg: KnowledgeGraph) -> None:
    told = str(kg.explain("thalidomide", "birth defects"))
    assert "limb development protects against phocomelia" in told
    assert "Sources dispute that SALL4 protects against embryo-fetal toxicity." in told


def test_reasons_fit_a_screen(kg: KnowledgeGraph) -> None:
    reasons = kg.why("lenalidomide", "thalidomide", "multiple myeloma")
    assert len(str(reasons).splitlines()) <= 60
    assert len(str(reasons.whole()).splitlines()) > 65
