"""What the README shows is what happens."""

from __future__ import annotations

import re
import shlex

import pytest
from click.testing import CliRunner

from imidgraph.cli import main
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text()
PYTHON = re.findall(r"```python\n(.*?)```", README, re.S)
CONSOLE = re.findall(r"^\$ (imidgraph .*)$", README, re.M)


@pytest.mark.parametrize("code", PYTHON, ids=range(len(PYTHON)))
def test_its_python_runs(code: str, monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.chdir(str(tmp_path))
    exec(compile(code, "README.md", "exec"), {})


@pytest.mark.parametrize("command", CONSOLE)
def test_its_commands_run(command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.chdir(str(tmp_path))
    result = CliRunner().invoke(main, shlex.split(command, comments=True)[1:])
    assert result.exit_code == 0, result.output
