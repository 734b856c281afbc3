"""Comparisons, the reasons for a choice, and similarity: side by side, cited, and never two trials taken as one."""

from __future__ import annotations

import re

import pytest

from imidgraph import KnowledgeGraph, QueryError
from imidgraph.limits import NEVER
from imidgraph.model import Relation, Source, Statement, Term
from imidgraph.namespaces import IMID
from imidgraph.traversals.trials import Duel, duels
from imidgraph.traversals.why import Why


def _duel(kg: KnowledgeGraph, one: str, other: str, trial: str) -> Duel:
    found = duels(kg._edges, kg.names.find(one), kg.names.find(other), NEVER)
    return next(duel for duel in found if duel.trial.label == trial)


def test_shared_and_own_mechanisms(kg: KnowledgeGraph) -> None:
    degrades = kg.compare("lenalidomide", "pomalidomide").aspect("degrades")
    assert degrades is not None
    assert {"IKZF1", "IKZF3"} <= set(map(str, degrades.shared))
    assert list(map(str, degrades.only(0))) == ["CSNK1A1"]
    assert {"DTWD1", "ZNF653"} <= set(map(str, degrades.only(1)))
    assert "CSNK1A1" not in set(map(str, degrades.only(1)))


def test_settings_of_approval_stand_side_by_side(kg: KnowledgeGraph) -> None:
    comparison = kg.compare("lenalidomide", "pomalidomide")
    settings = {str(disease): places for disease, places in comparison.settings.items()}["multiple myeloma"]
    assert "maintenance after transplant" in set(map(str, settings[0]))
    assert "maintenance after transplant" not in set(map(str, settings[1]))


def test_frequencies_keep_their_population_and_source(kg: KnowledgeGraph) -> None:
    comparison = kg.compare("lenalidomide", "pomalidomide")
    figures = {str(effect): groups for effect, groups in comparison.frequencies.items()}["neutropenia"]
    assert all(figure.population and figure.source for group in figures for figure in group)
    assert "do not subtract" in str(comparison)


def test_what_sources_dispute_is_shown(kg: KnowledgeGraph) -> None:
    disputes = {(str(item.subject), str(item.object)) for item in kg.compare("lenalidomide", "pomalidomide").disputes}
    assert {("pomalidomide", "second generation"), ("pomalidomide", "third generation")} <= disputes
    assert ("lenalidomide", "chronic lymphocytic leukemia") in disputes


def test_trials_between_two_drugs_arm_by_arm(kg: KnowledgeGraph) -> None:
    comparison = kg.compare("lenalidomide", "thalidomide")
    first = next(duel for duel in comparison.trials if duel.trial.label == "FIRST")
    assert list(map(str, first.arms)) == ["Rd", "MPT"]
    assert first.tested
    survival = next(item for item in first.results if item.object.label == "overall survival" and item.value("hazardRatio"))
    assert first.outcome(survival) == 1
    assert _duel(kg, "thalidomide", "lenalidomide", "FIRST").outcome(survival) == -1
    assert not any(duel.trial.label == "MAIA" for duel in comparison.trials)  # both arms hold lenalidomide


def test_a_ratio_of_the_control_arm_to_the_tested_one_is_read_the_other_way(kg: KnowledgeGraph) -> None:
    """E1A06 tested lenalidomide and printed the hazard ratio of thalidomide to it."""
    duel = _duel(kg, "lenalidomide", "thalidomide", "ECOG E1A06")
    assert list(map(str, duel.arms)) == ["MPR-R", "MPT-T"]
    assert {str(result.value("experimentalArm")) for result in duel.results} == {"MPT-T"}
    worse = Statement(
        "",
        duel.trial,
        duel.results[0].predicate,
        duel.results[0].object,
        qualifiers={"experimentalArm": (duel.arms[1],), "hazardRatioLower": (0.6,), "hazardRatioUpper": (0.9,)},
    )
    assert duel.outcome(worse) == -1


@pytest.mark.parametrize(
    ("measured", "favored"),
    [
        ({"hazardRatio": 0.7, "hazardRatioLower": 0.6, "hazardRatioUpper": 0.8}, 1),
        ({"hazardRatio": 0.9, "hazardRatioLower": 0.7, "hazardRatioUpper": 1.1, "pValue": "<0.001"}, 0),
        ({"hazardRatio": 1.4, "hazardRatioLower": 1.1, "hazardRatioUpper": 1.8}, -1),
        ({"hazardRatio": 0.72, "pValue": "<0.001"}, 1),
        ({"experimentalValue": 33.0, "comparatorValue": 18.0, "pValue": "0.013"}, 1),
        ({"experimentalValue": 18.0, "comparatorValue": 33.0, "pValue": "0.03"}, -1),
        ({"experimentalValue": 33.0, "comparatorValue": 18.0, "pValue": "0.031", "pSided": "one-sided"}, 0),
        ({"experimentalValue": 33.0, "comparatorValue": 18.0, "pValue": "0.016", "pSided": "one-sided"}, 1),
        ({"experimentalValue": 33.0, "comparatorValue": 18.0, "pValue": "0.14"}, 0),
        ({"experimentalValue": 33.0, "comparatorValue": 18.0, "pValue": ">0.99"}, 0),
        ({"experimentalValue": 33.0, "comparatorValue": 18.0}, 0),
        ({}, 0),
    ],
)
def test_a_difference_that_can_be_chance_favors_nobody(measured: dict[str, object], favored: int) -> None:
    trial, arm, control = (Term(IMID + name, name) for name in ("trial", "arm", "control"))
    endpoint = Term(IMID + "overall-survival", "overall survival", "Endpoint")
    qualifiers = {name: (value,) for name, value in {**measured, "experimentalArm": arm, "comparatorArm": control}.items()}
    result = Statement("", trial, Relation(IMID + "hasResultFor", "has a result for"), endpoint, qualifiers=qualifiers)
    better = {endpoint.iri: True}
    assert Duel(trial, (arm, control), True, (), (result,), better).outcome(result) == favored
    assert Duel(trial, (control, arm), False, (), (result,), better).outcome(result) == -favored


def test_a_lower_value_can_be_the_better_one() -> None:
    trial, arm, control = (Term(IMID + name, name) for name in ("trial", "arm", "control"))
    score = Term(IMID + "score", "severity score", "Endpoint")
    values = {"experimentalValue": (3.0,), "comparatorValue": (5.0,), "pValue": ("0.01",), "experimentalArm": (arm,)}
    result = Statement("", trial, Relation(IMID + "hasResultFor", "has a result for"), score, qualifiers=values)
    assert Duel(trial, (arm, control), True, (), (result,), {score.iri: False}).outcome(result) == 1
    assert Duel(trial, (arm, control), True, (), (result,), {}).outcome(result) == 0


def test_three_drugs_and_a_drug_of_another_class(kg: KnowledgeGraph) -> None:
    three = kg.compare("thalidomide", "lenalidomide", "pomalidomide")
    binds = three.aspect("binds")
    assert binds is not None
    assert "CRBN" in set(map(str, binds.shared))
    other = kg.compare("iberdomide", "bortezomib")
    assert [duel.trial.label for duel in other.trials] == ["EXCALIBER-RRMM"]
    with pytest.raises(QueryError, match="two different drugs"):
        kg.compare("Revlimid", "lenalidomide")


def test_a_comparison_is_rows_and_a_dictionary(kg: KnowledgeGraph) -> None:
    comparison = kg.compare("lenalidomide", "pomalidomide")
    row = next(row for row in comparison.rows if row[:2] == ("degrades", "CSNK1A1"))
    assert "pubmed:26131937" in row[2]
    assert row[3] == ""
    assert comparison.to_dict()["drugs"] == ["imid:lenalidomide", "imid:pomalidomide"]


def _texts(choice: Why, side: str) -> str:
    return " ".join(text for place, _, text, _ in choice.rows if place == side)


def test_why_lenalidomide_and_not_thalidomide(kg: KnowledgeGraph) -> None:
    choice = kg.why("lenalidomide", over="thalidomide", disease="multiple myeloma")
    assert "59.1 months with continuous lenalidomide" in _texts(choice, "for")
    assert "Peripheral neuropathy is less frequent" in _texts(choice, "for")
    assert "suppresses the bone marrow" in _texts(choice, "against")
    both = re.search(r"The boxed warnings of both drugs include ([^.]*)\.", _texts(choice, "neither"))
    assert both is not None
    assert "embryo-fetal toxicity" in both[1]
    assert "was not longer than" in _texts(choice, "neither")
    assert all(isinstance(item.source, Source) for reason in choice.reasons for it in reason.statements for item in it.evidence)
    assert all(reason.statements and all(item.evidence for item in reason.statements) for reason in choice.reasons)


def test_the_other_way_round_the_sides_change(kg: KnowledgeGraph) -> None:
    choice = kg.why("lenalidomide", over="thalidomide", disease="multiple myeloma")
    other = kg.why("thalidomide", over="lenalidomide", disease="multiple myeloma")
    assert {reason.text for reason in choice.for_it} == {reason.text for reason in other.against_it}
    assert {reason.text for reason in choice.against_it} == {reason.text for reason in other.for_it}


def test_pomalidomide_comes_after_lenalidomide(kg: KnowledgeGraph) -> None:
    choice = kg.why("pomalidomide", over="lenalidomide", disease="multiple myeloma")
    assert any(reason.kind == "resistance" and "lenalidomide-refractory" in reason.text for reason in choice.for_it)
    assert any("maintenance after transplant" in reason.text for reason in choice.against_it)


def test_a_license_for_a_wider_setting_covers_the_narrower_one(kg: KnowledgeGraph) -> None:
    """The EU approved lenalidomide for previously treated myeloma: relapsed myeloma is no reason for pomalidomide there."""
    choice = kg.why("pomalidomide", over="lenalidomide", disease="multiple myeloma")
    assert not [reason for reason in choice.for_it if reason.kind == "license"]
    licenses = [reason.text for reason in choice.against_it if reason.kind == "license"]
    assert [text for text in licenses if "European Union" in text and "maintenance after transplant" in text]
    assert len(licenses) == 5
    assert not [text for text in licenses if "no setting named" in text]
    assert [text for text in licenses if "newly diagnosed under the label of Darzalex" in text]


def test_a_warning_that_only_one_label_has_speaks_for_neither(kg: KnowledgeGraph) -> None:
    choice = kg.why("pomalidomide", over="lenalidomide", disease="multiple myeloma")
    assert not [reason.text for reason in choice.for_it if "boxed warning" in reason.text]
    (told,) = [reason.text for reason in choice.open if "includes neutropenia" in reason.text]
    assert re.search(r"For pomalidomide no such warning is curated, and it was seen in \d", told)


def test_a_drug_without_a_label_is_not_called_safer(kg: KnowledgeGraph) -> None:
    choice = kg.why("mezigdomide", over="pomalidomide", disease="multiple myeloma")
    assert not any("boxed warning" in reason.text for reason in choice.for_it)
    assert any("embryo-fetal toxicity" in reason.text for reason in choice.open)


def test_no_reason_subtracts_frequencies(kg: KnowledgeGraph) -> None:
    choice = kg.why("pomalidomide", over="lenalidomide", disease="multiple myeloma")
    assert not any(reason.kind == "frequency" for reason in choice.reasons)
    with pytest.raises(QueryError, match="Name a different one"):
        kg.why("Revlimid", over="lenalidomide", disease="multiple myeloma")


def test_similarity_says_what_is_shared(kg: KnowledgeGraph) -> None:
    nearest, *others = kg.similar("pomalidomide")
    assert nearest.entity.label == "lenalidomide"
    assert {"IKZF1", "IKZF3"} <= {term.label for term in nearest.shared["mechanisms"]}
    scores = [item.score for item in (nearest, *others)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert all(item.entity.category == "Drug" for item in (nearest, *others))
    back = {item.entity.label: item.score for item in kg.similar("lenalidomide", limit=100)}
    assert back["pomalidomide"] == pytest.approx(nearest.score, abs=0.1)
    assert len(kg.similar("pomalidomide", aspects=["indications"], limit=2)) == 2
    with pytest.raises(QueryError):
        kg.similar("pomalidomide", limit=0)


def test_the_network_turns_on_cereblon(kg: KnowledgeGraph) -> None:
    central = [item.entity.label for item in kg.centrality(pillars=["mechanisms"])]
    assert central.index("CRBN") < 5
    ranks = kg.centrality("pagerank")
    assert sum(item.value for item in ranks) == pytest.approx(1, abs=1e-6)
    degrees = {item.entity: item.value for item in kg.centrality("degree")}
    assert max(degrees.values()) <= 1
    with pytest.raises(QueryError, match="pagerank"):
        kg.centrality("fame")


def test_communities_and_articulation_points(kg: KnowledgeGraph) -> None:
    groups = kg.communities(["mechanisms"])
    members = [term for group in groups for term in group]
    assert len(members) == len(set(members))
    assert groups == kg.communities(["mechanisms"])
    assert all(isinstance(term, Term) for term in members)
    points = kg.articulation_points(["mechanisms"])
    assert points[0].value >= points[-1].value >= 1


def test_a_drug_that_has_failed_is_not_what_overcomes_resistance(kg: KnowledgeGraph) -> None:
    choice = kg.why("lenalidomide", over="bortezomib", disease="multiple myeloma")
    assert not any(reason.kind == "resistance" for reason in choice.for_it)
    after = kg.why("pomalidomide", over="lenalidomide", disease="multiple myeloma")
    assert any(reason.kind == "resistance" for reason in after.for_it)


def test_an_approval_for_one_kind_of_a_disease_covers_no_other(kg: KnowledgeGraph) -> None:
    choice = kg.why("lenalidomide", over="pomalidomide", disease="blood cancer")
    licenses = [reason.text for reason in choice.reasons if reason.kind == "license"]
    assert any("mantle cell lymphoma, relapsed or refractory" in text for text in licenses)


def test_a_grade_is_told_in_plain_words(kg: KnowledgeGraph) -> None:
    told = str(kg.compare("lenalidomide", "pomalidomide"))
    assert "any grade" in told
    assert "grade any" not in told
    assert "grade serious" not in told


def test_many_shared_items_are_counted_in_words_and_kept_as_data(kg: KnowledgeGraph) -> None:
    nearest = kg.similar("pomalidomide", limit=1)[0]
    assert " more" in str(nearest)
    assert len(nearest.to_dict()["shared"]["risks"]) == len(nearest.shared["risks"]) > 20


def test_what_was_found_in_myeloma_says_nothing_of_leprosy(kg: KnowledgeGraph) -> None:
    choice = kg.why("thalidomide", over="lenalidomide", disease="leprosy")
    assert not any(reason.kind == "efficacy" and reason.favors for reason in choice.reasons)
    myeloma = kg.why("thalidomide", over="lenalidomide", disease="multiple myeloma")
    assert any("FIRST trial" in reason.text for reason in myeloma.against_it)
