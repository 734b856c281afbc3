"""YAML as text: it is read as it is written, and whatever is no plain YAML is one sentence with its file and its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from imidgraph.release.yamltext import Items, Node, Text, YamlFault, read_yaml
from tests.checkout import message

BOMB = "- &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"- &{name} [{', '.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (BOMB.encode(), ":1: There is an anchor (&). Write the text out in each place."),
        (b"x" * 50_000_000, ":1: The file is larger than 1,000,000 bytes. Split it."),
        (b"- id: \xff\n", ":1: The text is not UTF-8. Save the file as UTF-8."),
        (b"- id: a\n  b: \x00\n", ":2: There is a control character. Remove it."),
        (b"[" * 5000, ":1: Lists and mappings are nested too deeply."),
        (b"- " * 500 + b"x", ":1: Lists and mappings are nested too deeply."),
        (b"id: a", ":1: The file must be a list. Start each entry with '- '."),
        (b"- a\n", ":1: An entry must be written as 'key: value' lines."),
        (b"---\n- id: a\n---\n- id: b\n", ":3: A second document starts here. Keep one list in a file."),
        (b"- ? [a]\n  : b\n", ":1: A key must be a plain word."),
    ],
    ids=["bomb", "50 MB", "not UTF-8", "control", "brackets", "dashes", "no list", "no mapping", "documents", "key"],
)
def test_a_file_that_is_no_list_of_facts_is_one_sentence(ontology: Path, content: bytes, reason: str) -> None:
    (ontology / "facts/risks/more.yaml").write_bytes(content)
    told = message(ontology)
    assert told.startswith("ontology/facts/risks/more.yaml" + reason)
    assert "\n" not in told


@pytest.mark.parametrize("file", ["entities/drugs.ttl", "sources/all.yaml", "facts/risks/drugs.yaml", "schema.ttl"])
def test_a_file_that_is_not_utf_8_is_one_sentence(ontology: Path, file: str) -> None:
    path = ontology / file
    path.write_bytes(path.read_bytes().replace(b"title", b"\xff").replace(b"label", b"\xff").replace(b"locator", b"\xff"))
    assert re.match(rf"ontology/{file}:\d+: ", message(ontology))


_CHARACTERS = st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufeff\u2028\u2029\x85")
_TEXTS = st.text(_CHARACTERS, min_size=1, max_size=40)
_ENTRIES = st.lists(st.dictionaries(_TEXTS, _TEXTS | st.lists(_TEXTS), min_size=1, max_size=4), min_size=1, max_size=4)


def _plain(node: Node) -> object:
    if isinstance(node, Text):
        return node.text
    return [_plain(item) for item in node.items] if isinstance(node, Items) else {key.text: _plain(v) for key, v in node.pairs}


@given(_ENTRIES)
def test_yaml_is_read_as_the_text_that_was_written(tmp_path_factory: pytest.TempPathFactory, data: list[object]) -> None:
    path = tmp_path_factory.getbasetemp() / "texts.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    assert _plain(read_yaml(path)) == data


@given(st.binary(max_size=200) | st.text("-:[]{}\"'&*!|>#% \r\nab", max_size=60).map(str.encode))
@example(b'- a\r\r- "b\rc"')
def test_whatever_is_no_yaml_is_one_sentence(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.yaml"
    path.write_bytes(content)
    try:
        read_yaml(path)
    except YamlFault as fault:
        lines = len(re.split(r"\r\n|[\r\n\x85\u2028\u2029]", content.decode(errors="replace")))
        told = 1 <= fault.line <= lines and fault.reason.endswith(".")
    else:
        told = True
    assert told, content.hex()
