"""Risks, rules and labels: each kind of fault that was mended is refused when it comes again.

Each fault is a small graph, and beside it stands the same fact as it should be told.
"""

from __future__ import annotations

import pytest

from tests.faults import complaints, rows

LABELS = """
:us a :DrugLabel ; :jurisdiction :US . :eu a :DrugLabel ; :jurisdiction :EU .
:old a :DrugLabel ; :jurisdiction :US ; dcterms:isVersionOf :us .
:news a :WebPage ; :url "https://example.org/news"^^xsd:anyURI .
:fda a :WebPage ; :url "https://www.fda.gov/drugs/news"^^xsd:anyURI .
:copied a :WebPage ; :url "https://hemonc.org/wiki/Lenalidomide"^^xsd:anyURI .
:lenalidomide a :Drug . :trial :enrollment 700 .
"""
FIGURE = ":planted-a a :Frequency ; :population 'myeloma'"
RISK = ":planted a :Risk ; :subject :lenalidomide ; :evidence :planted-a"
# the kind of fault: a graph that has it, the same as it should be, and words of the complaint
SHAPES = {
    "a band told as a range up to 100 percent": (
        f"{FIGURE} ; :percentLower 10.0 ; :percentUpper 100.0 .",
        f"{FIGURE} ; :band 'very common' .",
        "For 'very common', give the band.",
    ),
    "a bound that is no bound": (
        f"{FIGURE} ; :percentLower 0.0 ; :percentUpper 59.0 .",
        f"{FIGURE} ; :percentUpper 59.0 ; :boundExcluded false .",
        "The lower bound of a frequency must be above 0",
    ),
    "an excluded bound beside another": (
        f"{FIGURE} ; :percentLower 3.0 ; :percentUpper 7.0 ; :boundExcluded true .",
        f"{FIGURE} ; :percentUpper 7.0 ; :boundExcluded true .",
        "A bound that is excluded must be the only one",
    ),
    "an upper bound that may or may not be reached": (
        f"{FIGURE} ; :percentUpper 5.0 .",
        f"{FIGURE} ; :percentUpper 5.0 ; :boundExcluded true .",
        "'less than 5 %' is not 'up to 5 %'",
    ),
    "an excluded bound of an exact figure": (
        f"{FIGURE} ; :percent 5.0 ; :boundExcluded true .",
        f"{FIGURE} ; :percentLower 5.0 ; :boundExcluded true .",
        "A bound that is excluded must be the only one",
    ),
    "a band beside a percentage": (
        f"{FIGURE} ; :band 'common' ; :percent 5.0 .",
        f"{FIGURE} ; :percent 5.0 .",
        "A frequency must give a percentage or a band, not both.",
    ),
    "a frequency without a figure": (
        f"{FIGURE} .",
        f"{FIGURE} ; :percent 5.0 .",
        "A frequency must give a percentage, a range of percentages or a band.",
    ),
    "a percentage of nobody": (
        f"{FIGURE} ; :percent 5.0 ; :comparatorPercent 3.0 .",
        f"{FIGURE} ; :percent 5.0 ; :comparatorPercent 3.0 ; :comparator 'placebo' .",
        "A percentage of a comparator needs the comparator.",
    ),
    "a grade in words": (
        f"{FIGURE} ; :percent 5.0 ; :grade 'all grades' .",
        f"{FIGURE} ; :percent 5.0 ; :grade 'any' .",
        "A grade must be from the closed list.",
    ),
    "a page without an address": (
        ":page a :WebPage ; rdfs:label 'Announcement'@en .",
        ":page a :WebPage ; rdfs:label 'Announcement'@en ; skos:scopeNote 'Seen in print.'@en .",
        "A page must have an address",
    ),
    "a label of no place": (
        ":us a :DrugLabel ; :url 'https://example.org'^^xsd:anyURI .",
        ":us a :DrugLabel ; :url 'https://example.org'^^xsd:anyURI ; :jurisdiction :US . :US a :Jurisdiction .",
        "A label must name where it applies.",
    ),
}
# the kind of fault: the query that finds it, a graph that has it, and the same as it should be
QUERIED = {
    "a band read on a US label": (
        "bands-outside-leaflets",
        f"{FIGURE} ; :source :us ; :band 'unknown' .",
        f"{FIGURE} ; :source :eu ; :band 'unknown' .",
    ),
    "a European rule cited from a US label": (
        "rules-of-other-places",
        ":planted :jurisdiction :EU ; :evidence :planted-a . :planted-a :source :us .",
        ":planted :jurisdiction :EU ; :evidence :planted-a . :planted-a :source :eu .",
    ),
    "an old label under the address of the new one": (
        "old-label-versions",
        ":planted-a :source :us ; :locator 'section 6.1 (older version)' .",
        ":planted-a :source :old ; :locator 'section 6.1' .",
    ),
    "a figure from a section that has none": (
        "figures-without-section",
        f"{FIGURE} ; :source :us ; :locator 'section 8.5' ; :percent 5.0 .",
        f"{FIGURE} ; :source :us ; :locator 'section 6.1, Table 2' ; :percent 5.0 .",
    ),
    "a band from a section of rules": (
        "figures-without-section",
        f"{FIGURE} ; :source :eu ; :locator 'package leaflet, section 2' ; :band 'common' .",
        f"{FIGURE} ; :source :eu ; :locator 'package leaflet, section 4' ; :band 'common' .",
    ),
    "a severity that no source gives": (
        "unfounded-severity",
        f"{RISK} ; :severity 'moderate' ; :statement 'Rash.' . {FIGURE} ; :grade 'any' ; :source :us .",
        f"{RISK} ; :severity 'moderate' ; :statement 'Rash.' . {FIGURE} ; :grade '1-2' ; :source :us .",
    ),
    "a serious risk that no label warns of": (
        "unfounded-severity",
        f"{RISK} ; :severity 'serious' ; :statement 'Clots.' . :planted-a :source :us ; :locator 'section 6.2' .",
        f"{RISK} ; :severity 'serious' ; :statement 'Clots.' . :planted-a :source :us ; :locator 'section 5.4' .",
    ),
    "a fatal risk whose sentence names no death": (
        "unfounded-severity",
        f"{RISK} ; :severity 'fatal' ; :statement 'Liver failure.' . :planted-a :source :us ; :locator 'section 5.8' .",
        f"{RISK} ; :severity 'fatal' ; :statement 'Fatal liver failure.' . :planted-a :source :us ; :locator 'section 5.8' .",
    ),
    "all grades taken for the severe ones": (
        "grades-out-of-order",
        f"{RISK} , :planted-b . {FIGURE} ; :source :us ; :sampleSize 9 ; :grade '3-4' ; :percent 42.0 . "
        ":planted-b :population 'myeloma' ; :source :us ; :sampleSize 9 ; :grade 'any' ; :percent 7.0 .",
        f"{RISK} , :planted-b . {FIGURE} ; :source :us ; :sampleSize 9 ; :grade '3-4' ; :percent 7.0 . "
        ":planted-b :population 'myeloma' ; :source :us ; :sampleSize 9 ; :grade 'any' ; :percent 42.0 .",
    ),
    "an arm that is the whole trial": (
        "arms-as-whole-trial",
        f"{FIGURE} ; :comparator 'placebo' ; :sampleSize 700 ; :supportingTrial :trial .",
        f"{FIGURE} ; :comparator 'placebo' ; :sampleSize 350 ; :supportingTrial :trial .",
    ),
    "a figure of a combination told of the drug alone": (
        "figures-of-combinations",
        f"{RISK} . :planted-a :percent 7.7 ; :arm 'thalidomide and dexamethasone' .",
        f"{RISK} ; :inCombinationWith :dexamethasone . :planted-a :percent 7.7 ; :arm 'thalidomide and dexamethasone' .",
    ),
    "a partner that only the sentence names": (
        "partners-in-sentences",
        f"{RISK} ; :statement 'Clots occur in people who also take dexamethasone.' .",
        f"{RISK} ; :statement 'Clots occur in people who also take dexamethasone.' ; :inCombinationWith :dexamethasone .",
    ),
    "a rule for one disease told of everybody": (
        "populations-left-unsaid",
        ":planted a :Requirement ; :population 'mantle cell lymphoma' ; :statement 'Blood counts are checked weekly.' .",
        ":planted a :Requirement ; :population 'mantle cell lymphoma' ; :statement 'In mantle cell lymphoma, weekly.' .",
    ),
    "labels told of where one label lists it": (
        "labels-left-unnamed",
        f"{RISK} ; :statement 'Labels list rash.' . :planted-a :source :us .",
        f"{RISK} , :planted-b ; :statement 'Labels list rash.' . :planted-a :source :us . :planted-b :source :eu .",
    ),
    "the label of another place": (
        "labels-left-unnamed",
        f"{RISK} ; :statement 'The US label lists rash.' . :planted-a :source :eu .",
        f"{RISK} ; :statement 'The US label lists rash.' . :planted-a :source :us .",
    ),
    "a name of the ontology told as the words of the source": (
        "diseases-beyond-population",
        ":planted :predicate :enrolls ; :object :del5q ; :population 'MDS with del(5q), alone or with other changes' ; "
        ":statement 'It enrolled people with MDS with isolated del(5q).' . :del5q rdfs:label 'MDS with isolated del(5q)' .",
        ":planted :predicate :enrolls ; :object :del5q ; :population 'MDS with del(5q), alone or with other changes' ; "
        ":statement 'It enrolled people with MDS with del(5q).' . :del5q rdfs:label 'MDS with isolated del(5q)' .",
    ),
    "an attempt told without a verb": (
        "fragments",
        ":planted :predicate :triedIn ; :statement 'Daratumumab and pomalidomide against pomalidomide.' .",
        ":planted :predicate :triedIn ; :statement 'APOLLO tested daratumumab added to pomalidomide.' .",
    ),
    "a dose for people whom the license leaves out": (
        "doses-for-everybody",
        ":planted a :Dose ; :subject :lenalidomide ; :object :lymphoma ; :jurisdiction :US . :license :predicate :approvedFor ; "
        ":subject :lenalidomide ; :object :lymphoma ; :jurisdiction :US ; :minimumPriorLines 1 .",
        ":planted a :Dose ; :subject :lenalidomide ; :object :lymphoma ; :jurisdiction :US ; :setting :previously-treated . "
        ":license :predicate :approvedFor ; "
        ":subject :lenalidomide ; :object :lymphoma ; :jurisdiction :US ; :minimumPriorLines 1 .",
    ),
    "a difference by chance": (
        "differences-by-chance",
        ":result a :TrialResult ; :pValue '0.26' ; :statement 'Survival was 13 months versus 12.' .",
        ":result a :TrialResult ; :pValue '0.26' ; :statement 'Survival was 13 months versus 12, not significantly longer.' .",
    ),
    "the day of an announcement": (
        "dates-without-authority",
        """:planted a :Indication ; :approvalDate "2025-04-17"^^xsd:date ; :evidence :planted-a .
        :planted-a :source :news .""",
        """:planted a :Indication ; :approvalDate "2025-04-17"^^xsd:date ; :evidence :planted-a , :planted-b .
        :planted-a :source :news . :planted-b :source :fda .""",
    ),
    "a dose in a locator": (
        "numbers-in-locators",
        ":planted a :RiskMitigation ; :evidence :planted-a . :planted-a :locator 'section 2.6 (10 mg a day)' .",
        ":planted a :Dose ; :doseAmount 10.0 ; :evidence :planted-a . :planted-a :locator 'section 2.6 (10 mg)' .",
    ),
    "a result from the news although the paper is known": (
        "news-alone",
        ":result a :TrialResult ; :subject :trial ; :object :survival ; :evidence :planted-a . :planted-a :source :news . "
        ":other a :TrialResult ; :subject :trial ; :object :survival ; :evidence :b . :b :source :paper . :paper a :Article .",
        ":result a :TrialResult ; :subject :trial ; :object :survival ; :evidence :planted-a , :b . :planted-a :source :news . "
        ":other a :TrialResult ; :subject :trial ; :object :survival ; :evidence :b . :b :source :paper . :paper a :Article .",
    ),
    "a database that must not be copied": (
        "closed-databases",
        ":planted-a :source :copied .",
        ":planted-a :source :fda .",
    ),
    "a fact of the class told of each drug": (
        "class-evidence-alone",
        f"{RISK} . :planted-a :stance 'supports' ; :locator 'abstract (for the class)' .",
        f"{RISK} ; :population 'IMiDs as a class' . :planted-a :stance 'supports' ; :locator 'abstract (for the class)' .",
    ),
    "a duty that seems to end with treatment": (
        "precautions-cut-short",
        """:rule a :Requirement ; :subject :lenalidomide ; :object :condom-use ; :jurisdiction :US ;
        :durationAfter 'P4W' . :planted a :RiskMitigation ; :subject :condom-use ; :jurisdiction :US ;
        :inCombinationWith :lenalidomide ; :statement 'Men use a condom.' .""",
        """:rule a :Requirement ; :subject :lenalidomide ; :object :condom-use ; :jurisdiction :US ;
        :durationAfter 'P4W' . :planted a :RiskMitigation ; :subject :condom-use ; :jurisdiction :US ;
        :inCombinationWith :lenalidomide ; :statement 'Men use a condom until four weeks after treatment.' .""",
    ),
}


@pytest.mark.parametrize(("fault", "right", "complaint"), SHAPES.values(), ids=SHAPES)
def test_shapes_refuse_the_fault(fault: str, right: str, complaint: str) -> None:
    assert complaint in complaints(fault)
    assert complaint not in complaints(right)


@pytest.mark.parametrize(("name", "fault", "right"), QUERIED.values(), ids=QUERIED)
def test_queries_find_the_fault(name: str, fault: str, right: str) -> None:
    assert rows(name, LABELS + fault)
    assert not rows(name, LABELS + right)
