"""Plots: that marks stand where their figures and dates are, that a no is not a gap, and that no text breaks out."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from imidgraph import KnowledgeGraph
from imidgraph.model import Frequency, Indication, Relation, Risk, Source, Statement, Term
from imidgraph.namespaces import IMID
from imidgraph.pages.plots import Plot, canvas, dots, matrix, timeline
from imidgraph.pages.plots.dots import interval
from imidgraph.prose import NOT_ADVICE
from imidgraph.prose.citations import Notes
from tests.conftest import need
from tests.foreign import shown

SVG = "{http://www.w3.org/2000/svg}"
LABEL = Source("https://example.org/label", "Label")
DRUG, EFFECT = Term(IMID + "lenalidomide", "lenalidomide", "Drug"), Term(IMID + "neutropenia", "neutropenia")
SEEN, APPROVED = Relation(IMID + "hasAdverseEffect", "has adverse effect"), Relation(IMID + "approvedFor", "is approved for")
DEGRADES = Relation(IMID + "degrades", "degrades")
HOSTILE = (
    '<script>alert("1")</script>',
    "</title></svg><img src=x onerror=alert(1)>",
    "\u202eesrever\u2066",
    "\x00\x1b\ud800\ufffe]]>",
    "& < > \" '",
    "W" * 10_000,
    "word " * 2_000,
    "",
    "\n\t",
)
Draw = Callable[..., Plot]


def _risk(*figures: Frequency, drug: Term = DRUG, **qualifiers: tuple[object, ...]) -> Risk:
    return Risk(IMID + "risk", drug, SEEN, EFFECT, "Risk", qualifiers=qualifiers, evidence=figures)


def _figure(name: str = "e", **given: object) -> Frequency:
    return Frequency(name, LABEL, **{"population": "multiple myeloma"} | given)  # type: ignore[arg-type]


def _approval(date: str, negated: bool = False, **qualifiers: tuple[object, ...]) -> Indication:
    given = {"jurisdiction": (Term(IMID + "US", "United States"),)} | ({"approvalDate": (date,)} if date else {}) | qualifiers
    return Indication(IMID + f"a{date}", DRUG, APPROVED, EFFECT, "Indication", negated=negated, qualifiers=given)


def _fact(drug: str, protein: str, negated: bool = False, **given: object) -> Statement:
    ends = Term(IMID + drug, drug, "Drug"), DEGRADES, Term(IMID + protein, protein, "Protein")
    return Statement(IMID + f"{drug}-{protein}-{negated}", *ends, negated=negated, **given)  # type: ignore[arg-type]


def _marks(plot: Plot, kind: str) -> list[ElementTree.Element]:
    return [item for item in ElementTree.fromstring(plot.svg).iter() if item.get("class") == f"plot-{kind}"]


def _places(plot: Plot, kind: str) -> list[float]:
    return [float(item.get("cx", "")) for item in _marks(plot, kind)]


def _start(path: ElementTree.Element) -> float:
    return float(path.get("d", "").removeprefix("M").split()[0])


def _linked(iri: str) -> str:
    return "/" + iri.removeprefix(IMID)


def _drawn(kg: KnowledgeGraph) -> dict[str, tuple[Draw, Iterable[Statement]]]:
    approvals = [*kg.statements("thalidomide", "approvedFor"), *kg.statements("thalidomide", "licensedInCombinationFor")]
    return {
        "dots": (dots, kg.statements(predicate="hasAdverseEffect", object="neutropenia").statements),
        "bands": (dots, kg.statements("lenalidomide", "hasAdverseEffect").statements),
        "timeline": (timeline, approvals),
        "matrix": (matrix, kg.statements(predicate="degrades").statements),
    }


@pytest.mark.parametrize("name", ["dots", "bands", "timeline", "matrix"])
def test_a_plot_is_a_picture_and_the_same_as_a_table(kg: KnowledgeGraph, name: str) -> None:
    draw, statements = _drawn(kg)[name]
    plot = draw(statements, _linked)
    root = ElementTree.fromstring(plot.svg)
    assert (root.tag, root[0].tag, root[1].tag) == (f"{SVG}svg", f"{SVG}title", f"{SVG}desc")
    assert root[0].text == plot.title
    assert root[1].text == plot.description
    assert NOT_ADVICE in plot.description
    assert root.get("viewBox", "").startswith("0 0 640 ")
    assert root.get("width") is None
    assert plot.rows
    assert {len(row) for row in plot.rows} == {len(plot.header)}
    assert plot.sources[1].citation
    assert plot._repr_svg_() == plot.svg
    assert pickle.loads(pickle.dumps(plot)) == plot
    assert draw(statements, wide=True).svg.count('viewBox="0 0 1280 ') == 1


@pytest.mark.parametrize("name", ["dots", "bands", "timeline", "matrix"])
def test_a_plot_needs_nothing_that_a_strict_policy_forbids(kg: KnowledgeGraph, name: str) -> None:
    draw, statements = _drawn(kg)[name]
    for item in ElementTree.fromstring(draw(statements, _linked).svg).iter():
        assert item.tag.removeprefix(SVG) not in {"script", "style", "image", "use", "foreignObject"}
        assert not [key for key in item.attrib if key == "style" or key.startswith("on")]


def test_what_is_more_frequent_stands_further_right() -> None:
    figures = [_figure(str(value), percent=Decimal(value), population=f"{value:03}") for value in (0, 2, 17, 50, 98)]
    places = _places(dots([_risk(*figures)]), "dot")
    assert len(places) == 5
    assert places == sorted(set(places))
    half, full = places[3] - places[0], places[4] - places[0]
    assert half / full == pytest.approx(50 / 98, abs=0.01)


def test_all_figures_of_a_plot_share_one_scale() -> None:
    other = Term(IMID + "thalidomide", "thalidomide", "Drug")
    figures = [_figure("1", percent=Decimal(20), grade="any"), _figure("2", percent=Decimal(20), grade="3-4")]
    places = _places(dots([_risk(*figures), _risk(*figures, drug=other)]), "dot")
    assert len(places) == 4
    assert len(set(places)) == 1


@pytest.mark.parametrize(
    ("events", "people", "low", "high"),
    [(81, 263, 25.53, 36.62), (15, 148, 6.24, 16.05), (0, 20, 0.0, 16.11), (1, 29, 0.61, 17.18), (29, 29, 88.30, 100.0)],
)
def test_an_interval_is_the_one_that_newcombe_printed(events: int, people: int, low: float, high: float) -> None:
    """Method 3 of table I in Newcombe RG, Stat Med 1998; 17: 857-872."""
    found = interval(events / people * 100, people)
    assert found == (pytest.approx(low, abs=0.01), pytest.approx(high, abs=0.01))


def test_an_interval_is_said_to_be_ours() -> None:
    plot = dots([_risk(_figure(percent=Decimal("51.3"), sample_size=300, grade="any"))])
    assert plot.rows[0][plot.header.index("95 % interval, computed here")] == "45.7 to 56.9 %"
    assert len(_marks(plot, "interval")) == 1
    assert "not state it" in plot.description
    assert "computed here" in "".join(ElementTree.fromstring(plot.svg).itertext()).split("51.3", 1)[1]


@pytest.mark.parametrize(
    "given",
    [
        {"percent": Decimal(42)},
        {"percent": Decimal(42), "sample_size": 703, "comparator_percent": Decimal(6)},  # it may count both groups
        {"percent_upper": Decimal(59), "sample_size": 100},
        {"band": "common", "sample_size": 100},
        {"percent": Decimal(142), "sample_size": 100},
        {"percent": Decimal(42), "sample_size": 0},
    ],
)
def test_there_is_no_interval_where_it_cannot_be_computed(given: dict[str, object]) -> None:
    plot = dots([_risk(_figure(**given))])
    assert _marks(plot, "interval") == []
    assert plot.rows[0][plot.header.index("95 % interval, computed here")] == ""


def test_what_a_source_states_without_a_percentage_looks_otherwise() -> None:
    figures = [_figure("1", percent_lower=Decimal(20)), _figure("2", band="common")]
    figures += [_figure("3", percent_lower=Decimal(3), percent_upper=Decimal(7)), _figure("4", band="unknown")]
    plot = dots([_risk(*figures)])
    assert [len(_marks(plot, kind)) for kind in ("dot", "bound", "band", "range")] == [0, 1, 1, 1]
    assert len(plot.rows) == 4


def test_a_row_says_grade_arm_people_and_what_was_given_with() -> None:
    given = {"percent": Decimal(48), "sample_size": 300, "grade": "3-4", "arm": "Pd", "comparator": "placebo"}
    figure = _figure(**given, comparator_percent=Decimal(16), comparator_n=150)
    plot = dots([_risk(figure, inCombinationWith=(Term("", "dexamethasone"),))])
    text = " ".join(ElementTree.fromstring(plot.svg).itertext())
    for words in ("48 % of 300, grade 3 or 4", "with dexamethasone; Pd; multiple myeloma [1]", "16 % of 150 with placebo"):
        assert words in text
    assert len(_marks(plot, "interval-compared")) == 1
    assert _start(_marks(plot, "compared")[0]) < _places(plot, "dot")[0]


def test_a_denied_risk_has_no_dot_and_no_figure_is_no_comfort() -> None:
    denied = Risk(IMID + "risk", DRUG, SEEN, EFFECT, negated=True, evidence=(_figure(percent=Decimal(1)),))
    plot = dots([denied])
    assert plot.rows == ()
    assert "does not mean that there is none" in plot.description


def test_a_later_approval_stands_further_right() -> None:
    dates = ["2005-12-27", "2006", "2006-07-01", "2013-06", "2026-01-01"]
    places = _places(timeline([_approval(date) for date in reversed(dates)]), "approval")
    assert len(places) == 5
    in_order = [place for _, place in sorted(zip(dates, places, strict=True))]
    assert in_order == sorted(in_order)


def test_an_approval_without_a_date_stands_before_the_scale() -> None:
    found = [_approval("2005-12-27"), _approval(""), _approval("one day"), _approval("2013-02-31"), _approval("", negated=True)]
    plot = timeline(found)
    (place,) = _places(plot, "approval")
    ticks = [float(item.get("x1", "")) for item in _marks(plot, "tick")]
    assert len(_places(plot, "undated")) == 3
    dated, *undated = (float(_marks(plot, kind)[0].get("cy", "")) for kind in ("approval", "undated"))
    assert undated == [dated]
    assert max(*_places(plot, "undated"), _start(_marks(plot, "denied")[0])) < min(*ticks, place)
    assert [row[5] for row in plot.rows].count("not approved") == 1


def test_kinds_of_approvals_and_their_ends_look_different() -> None:
    partner = Relation(IMID + "licensedInCombinationFor", "is licensed in combination for")
    early = _approval("2013-02-08", approvalType=("accelerated",), conversionDate=("2015-04-23",))
    other = Indication(IMID + "b", DRUG, partner, EFFECT, qualifiers={"approvalDate": ("2017",)})
    plot = timeline([early, other, _approval("2001", withdrawalDate=("2003-05",)), _approval("2020")])
    kinds = ("early", "converted", "partner", "end", "approval", "period")
    assert [len(_marks(plot, kind)) for kind in kinds] == [1, 1, 1, 1, 2, 0]
    assert _start(_marks(plot, "early")[0]) < _places(plot, "converted")[0]
    assert {"accelerated, regular since 2015-04-23", "under the label of a partner drug"} <= {row[5] for row in plot.rows}


def test_a_conversion_after_the_last_approval_is_still_on_the_scale() -> None:
    plot = timeline([_approval("2013-02-08", approvalType=("accelerated",), conversionDate=("2025-04-23",))])
    assert 0 < _places(plot, "converted")[0] < 640


def test_a_date_is_drawn_as_exactly_as_it_is_stated() -> None:
    plot = timeline([_approval("2006"), _approval("2007-06-30"), _approval("2008")])
    bars = [(float(item.get("x", "")), float(item.get("width", ""))) for item in _marks(plot, "period")]
    assert len(bars) == 2
    first, _, last = sorted(_places(plot, "approval"))
    for (start, width), place in zip(sorted(bars), (first, last), strict=True):
        assert start + width / 2 == pytest.approx(place, abs=0.2)


def test_yes_no_disputed_unsure_and_not_curated_are_five_looks() -> None:
    guess = _fact("a", "five", knowledge_level="hypothesis")
    facts = [_fact("a", "one"), _fact("b", "one", True), _fact("a", "two"), _fact("a", "two", True), guess]
    plot = matrix(facts)
    answers = {row[:2]: row[2] for row in plot.rows}
    assert answers["one", "a"] == "degrades"
    assert answers["one", "b"] == "does not degrade"
    assert answers["two", "a"] == "sources disagree"
    assert answers["five", "a"] == "hypothesis or unconfirmed"
    assert answers["two", "b"] == answers["five", "b"] == "not curated"
    legend = 1
    looks = {"yes": 1, "no": 1, "disputed": 1, "unsure": 1, "none": 2}
    for kind, number in looks.items():
        assert len(_marks(plot, kind)) == number + legend, kind


def test_the_matrix_agrees_with_what_the_graph_says_of_each_fact(kg: KnowledgeGraph) -> None:
    words = {"supported": "degrades", "denied": "does not degrade", "disputed": "sources disagree", "not curated": "not curated"}
    for protein, drug, answer, *_ in matrix(kg.statements(predicate="degrades").statements).rows:
        assert answer == words[kg.status(drug, "degrades", protein).word], (drug, protein)


def test_a_plot_says_what_it_leaves_out_and_its_table_has_all() -> None:
    figures = [_figure(str(value), percent=Decimal(value), population=f"{value:03}") for value in range(1, 9)]
    plot = dots([_risk(*figures)], most=3)
    assert (len(_marks(plot, "dot")), len(plot.rows)) == (3, 8)
    assert "Not drawn: 5 more rows" in plot.description
    late = timeline([_approval("2006"), _approval("2013")], most=1)
    assert ([row[3] for row in late.rows], len(_marks(late, "approval"))) == (["2006", "2013"], 1)
    assert "Not drawn: 1 more approval" in late.description
    cut = matrix([_fact("a", "one"), _fact("a", "two"), _fact("b", "two")], most=1)
    assert (len(cut.rows), "Not drawn: 1 more row" in cut.description) == (4, True)


def test_numbers_of_sources_are_those_of_the_page() -> None:
    notes = Notes([Source("https://example.org/other", "Other"), LABEL])
    plot = dots([_risk(_figure(percent=Decimal(5)))], notes=notes)
    assert plot.rows[0][-2] == "[2]"
    assert plot.sources == {2: LABEL}


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "JAVASCRIPT:x", "java\nscript:x", "data:x", "//x", " /x", "\\\\x", None]
)
def test_a_mark_links_nowhere_but_to_pages(address: str | None) -> None:
    plots = [dots([_risk(_figure(percent=Decimal(5)))], lambda _: address), matrix([_fact("a", "b")], lambda _: address)]
    for plot in [*plots, timeline([_approval("2006")], lambda _: address)]:
        assert "href" not in plot.svg


def test_each_mark_links_to_its_statement() -> None:
    plot = dots([_risk(_figure(percent=Decimal(5)))], _linked)
    assert [item.get("href") for item in _marks(plot, "link")] == ["/lenalidomide", "/risk"]


def _hostile(text: str) -> list[Plot]:
    thing, relation = Term(IMID + "x", text), Relation(IMID + "degrades", text)
    figure = _figure(percent=Decimal(5), sample_size=9, grade=text, arm=text, population=text, comparator=text)
    facts = [Statement(IMID + "s", thing, relation, thing, qualifiers={"population": (text,)}, evidence=(figure,))]
    approval = _approval(text, approvalType=(text,), population=(text,), conversionDate=(text,), jurisdiction=(thing,))
    risk = Risk(IMID + "s", thing, SEEN, thing, qualifiers={"inCombinationWith": (thing,)}, evidence=(figure,))
    return [dots([risk], _linked), timeline([approval], _linked), matrix(facts, _linked), dots([risk], wide=True)]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_any_text_stays_text_and_fits(text: str) -> None:
    for plot in _hostile(text):
        root = ElementTree.fromstring(plot.svg.encode())
        assert not [item for item in root.iter() if item.tag.removeprefix(SVG) in {"script", "img"}]
        assert not set("\u202e\u2066\x00\x1b") & set(plot.svg)
        for item in root.iter(f"{SVG}text"):
            visible = (item.text or "") + "".join(child.tail or "" for child in item)
            assert len(visible) < 200
        if text.startswith("W"):
            assert any(text in (item.text or "") for item in root.iter(f"{SVG}title"))


@pytest.mark.needs("chromium")
def test_no_text_is_clipped_on_a_phone_or_a_slide(kg: KnowledgeGraph) -> None:
    plots = [draw(statements, _linked, wide=wide) for draw, statements in _drawn(kg).values() for wide in (False, True)]
    plots += [plot for text in HOSTILE for plot in _hostile(text)]
    plots.append(matrix([_fact(f"drug {number}", "protein") for number in range(40)]))
    with shown("".join(f"<div>{plot.svg}</div>" for plot in plots), viewport={"width": 360, "height": 720}) as page:
        outside = page.evaluate(
            """() => [...document.querySelectorAll("svg")].flatMap((svg) => {
                const frame = svg.getBoundingClientRect();
                return [...svg.querySelectorAll("text")].filter((text) => {
                    const box = text.getBoundingClientRect();
                    return box.width > 0 && (box.left < frame.left - 1 || box.right > frame.right + 1
                        || box.top < frame.top - 1 || box.bottom > frame.bottom + 1);
                }).map((text) => text.textContent.slice(0, 80));
            })"""
        )
        assert outside == []
        assert page.evaluate("() => document.querySelectorAll('svg text').length") > 500


@pytest.mark.needs("chromium", "node_modules/axe-core")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier_and_a_strict_policy_nothing_to_forbid(kg: KnowledgeGraph, scheme: str) -> None:
    axe = need("node_modules/axe-core") / "axe.min.js"
    policy = "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'self'\">"
    head = f"<head>{policy}<title>Plots</title><meta name='color-scheme' content='light dark'></head>"
    plots = "".join(draw(statements, _linked).svg for draw, statements in _drawn(kg).values())
    page_text = f"<!doctype html><html lang='en'>{head}<body><main><h1>Plots</h1>{plots}</main></body></html>"
    with shown(page_text, color_scheme=scheme, viewport={"width": 360, "height": 720}) as page:
        page.evaluate(axe.read_text())
        found = page.evaluate("axe.run({iframes: false})")
        assert [(item["id"], item["nodes"][0]["html"]) for item in found["violations"]] == []


def test_text_is_fitted_by_the_width_of_its_signs() -> None:
    assert canvas.fitted("i" * 40, 400) == ["i" * 40]
    assert canvas.fitted("W" * 40, 400)[0].endswith("W…")
    assert canvas.fitted("漢" * 40, 400)[0].endswith("漢…")
    assert canvas.fitted("", 400) == [""]
