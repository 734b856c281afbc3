"""Pictures: what they hold, and that real Graphviz draws them without one label on another."""

from __future__ import annotations

import itertools
import re
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from imidgraph import ExportError, KnowledgeGraph, MissingProgram, QueryError
from imidgraph.pages.picture import Arrow, Node, Picture
from imidgraph.prose import NOT_ADVICE
from tests.conftest import need


def _boxes(picture: Picture) -> dict[str, tuple[float, float, float, float]]:
    """Give the left, lower, right and upper edge of each node, as Graphviz lays it out."""
    plain = subprocess.run([need("dot"), "-Tplain"], input=picture.dot(), capture_output=True, text=True, check=True).stdout
    boxes = {}
    for line in re.sub(r"\\\n", "", plain).splitlines():
        if line.startswith("node "):
            name, *numbers = re.findall(r'"[^"]*"|\S+', line)[1:6]
            x, y, width, height = map(float, numbers)
            boxes[name.strip('"')] = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    return boxes


def test_the_way_of_a_drug_leads_from_left_to_right(kg: KnowledgeGraph) -> None:
    boxes = _boxes(kg.draw("pomalidomide", "multiple myeloma"))
    way = ["imid:pomalidomide", "imid:CRBN", "imid:IKZF1", "imid:IRF4", "imid:myeloma-cell-survival", "imid:multiple-myeloma"]
    lefts = [boxes[name][0] for name in way]
    assert lefts == sorted(lefts)


def test_no_node_lies_on_another(kg: KnowledgeGraph) -> None:
    pictures = (
        kg.draw("pomalidomide", "multiple myeloma"),
        kg.draw("CRBN"),
        kg.draw(kg.compare("lenalidomide", "pomalidomide")),
        kg.draw(kg.paths("thalidomide", "pomalidomide", max_length=2)),
    )
    for picture in pictures:
        boxes = _boxes(picture)
        assert len(boxes) == len(picture.nodes)
        for one, other in itertools.combinations(boxes.values(), 2):
            assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


@pytest.mark.needs("dot")
@pytest.mark.parametrize(("suffix", "mark"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_pictures_are_written(kg: KnowledgeGraph, tmp_path: Path, suffix: str, mark: bytes) -> None:
    path = kg.draw("thalidomide", "birth defects").write(tmp_path / f"why.{suffix}")
    assert path.read_bytes().startswith(mark)


@pytest.mark.needs("dot")
def test_an_svg_holds_labels_legend_sources_and_the_warning(kg: KnowledgeGraph) -> None:
    picture = kg.draw("thalidomide", "birth defects")
    root = ElementTree.fromstring(picture.render("svg"))
    text = " ".join(root.itertext())
    for word in ("SALL4", "degrades", "lowers", "raises", "protein", NOT_ADVICE):
        assert word in text
    assert "pubmed:30067223" in picture._repr_svg_()


def test_raising_and_lowering_differ_in_more_than_color() -> None:
    nodes = (Node("a", "A", "Drug"), Node("b", "B", "Protein"))
    raised = Picture("t", nodes, (Arrow("a", "b", "increases", 1),))
    lowered = Picture("t", nodes, (Arrow("a", "b", "decreases", -1),))
    assert "arrowhead=normal" in raised.dot()
    assert "arrowhead=tee" in lowered.dot()
    assert "-->" in raised.mermaid()
    assert "--x" in lowered.mermaid()


def _awkward() -> Picture:
    name = 'a "quoted" \\ <b> & {c} | x\ny'
    return Picture(name, (Node(name, name, "Disease"), Node("b", "B", "")), (Arrow(name, "b", name, told=name),), name)


@pytest.mark.needs("dot")
def test_awkward_names_are_drawn() -> None:
    labels = "".join(ElementTree.fromstring(_awkward().render("svg")).itertext())
    assert 'a "quoted" \\ <b> & {c} | x' in labels


def test_awkward_names_are_written_for_mermaid() -> None:
    assert "#quot;quoted#quot;" in _awkward().mermaid()


def test_a_neighborhood_that_is_too_large_is_cut_and_says_so(kg: KnowledgeGraph) -> None:
    picture = kg.draw(kg.neighborhood("multiple myeloma", hops=2))
    assert len(picture.nodes) == 40
    assert "40 of" in picture.caption


def test_entities_that_are_joined_alike_are_drawn_as_one_group(kg: KnowledgeGraph) -> None:
    picture = kg.draw("pomalidomide")
    assert len(picture.nodes) < 40
    labels = {node.label for node in picture.nodes if node.category == "AdverseEffect"}
    assert any("neutropenia" in label and "more" in label for label in labels)
    told = "\n".join(arrow.told for arrow in picture.arrows)
    assert all(str(item) in told for item in kg.neighborhood("pomalidomide").statements if item.subject.label == "pomalidomide")
    compared = kg.draw(kg.compare("lenalidomide", "pomalidomide"))
    assert any(node.label.startswith("CSNK1A1") for node in compared.nodes)
    assert len(compared.nodes) < 20
    shared = kg.draw("lenalidomide", "thalidomide")
    assert len(shared.nodes) < 15
    assert {arrow.sign for arrow in shared.arrows if arrow.label == "degrades"} == {-1}
    assert "curated for bortezomib" in kg.draw(kg.compare("lenalidomide", "bortezomib")).caption


def test_what_is_stated_is_drawn_where_no_chain_leads(kg: KnowledgeGraph) -> None:
    picture = kg.draw("lenalidomide", "blood clots")
    joined = {(arrow.start, arrow.end) for arrow in picture.arrows}
    assert ("imid:lenalidomide", "imid:deep-vein-thrombosis") in joined
    assert ("imid:venous-thromboembolism", "imid:thromboembolism") in joined
    assert "No chain" in picture.caption
    regimen = kg.draw("Rd", "blood clots")
    assert {("imid:Rd", "imid:lenalidomide"), ("imid:lenalidomide", "imid:stroke")} <= {(a.start, a.end) for a in regimen.arrows}


def test_bad_input_is_a_typed_error(kg: KnowledgeGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = kg.draw("thalidomide", "birth defects")
    with pytest.raises(ExportError, match="svg"):
        picture.write(tmp_path / "why.doc")
    with pytest.raises(QueryError, match="nothing to draw"):
        kg.draw("eragidomide", "leprosy")
    with pytest.raises(QueryError, match="one or two names"):
        kg.draw("a", "b", "c")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingProgram, match="Graphviz"):
        picture.write(tmp_path / "why.svg")
    assert not (tmp_path / "why.svg").exists()
    assert picture.write(tmp_path / "why.mmd").read_text().startswith("---\ntitle:")
