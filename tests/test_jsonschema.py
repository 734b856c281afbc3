"""The JSON Schemas that editors check facts and sources with."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from imidgraph.resources import ONTOLOGY
from tests.checkout import FACT

FILES = sorted([*(ONTOLOGY / "facts").glob("*/*.yaml"), *(ONTOLOGY / "sources").rglob("*.yaml")])


class _CoreSchema(yaml.CBaseLoader):
    """The types that an editor takes scalars for."""


_CoreSchema.yaml_implicit_resolvers = {}
for _tag, _form, _first, _make in (
    ("int", r"[-+]?[0-9]+", "-+0123456789", int),
    ("float", r"[-+]?[0-9]+\.[0-9]+", "-+0123456789", float),
    ("bool", r"true|false", "tf", lambda text: text == "true"),
):
    _CoreSchema.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_form})$"), list(_first))
    _CoreSchema.add_constructor(f"tag:yaml.org,2002:{_tag}", lambda _, node, make=_make: make(node.value))


def _schema_of(path: Path) -> dict[str, object]:
    named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", path.read_text())
    assert named, "the first line names the JSON Schema"
    return json.loads((path.parent / named[1]).read_text())


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_each_file_fits_the_json_schema_that_it_names(path: Path) -> None:
    entries = yaml.load(path.read_text(), _CoreSchema)
    assert list(jsonschema.Draft7Validator(_schema_of(path)).iter_errors(entries)) == []


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("severity:", "severty:"),
        ("severity: severe", "severity: dire"),
        ("severity: severe", "percent: 5.0"),
        ("Risk:", "Rsik:"),
        ("| neutropenia", ""),
        ("percent: 55.4", "percent: many"),
        ("sampleSize: 148", "sampleSize: 14.8"),
        ("startDate: 2005-12", "startDate: December"),
        ("id: a, ", ""),
        ("Evidence: revlimid-us-label, ", ""),
        ("verification: copy", "verification: rumor"),
    ],
)
def test_an_editor_sees_what_is_wrong(good: str, bad: str) -> None:
    validator = jsonschema.Draft7Validator(_schema_of(FILES[0]))
    assert validator.is_valid(yaml.load(FACT, _CoreSchema))
    assert good in FACT
    assert not validator.is_valid(yaml.load(FACT.replace(good, bad), _CoreSchema))
