"""A test that needs what is missing is skipped, and says so; in CI's full run it fails, as does any other that is skipped."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

TESTS = """
import subprocess
import pytest
from tests.conftest import need

def test_by_function():
    need("no-such-program")

@pytest.mark.needs("../no-such-folder")
def test_by_marker():
    raise AssertionError

@pytest.mark.needs("node_modules/no-such-package", "sh")
def test_by_package():
    raise AssertionError

def test_for_another_reason():
    pytest.skip("no wish")

@pytest.mark.needs("sh")
def test_that_runs():
    assert need("sh").exists()
    with pytest.raises(FileNotFoundError, match="say with need"):
        subprocess.run(["env"])
"""


@pytest.mark.parametrize(
    ("ci", "outcome"), [({}, "1 passed, 5 skipped"), ({"CI": "true"}, "2 failed, 1 passed, 3 errors")], ids=["bare", "full"]
)
def test_what_is_missing_skips_a_test_and_fails_the_full_run(tmp_path: Path, ci: dict[str, str], outcome: str) -> None:
    (tmp_path / "test_some.py").write_text(TESTS)
    (tmp_path / "test_module.py").write_text("import pytest\npytest.importorskip('no_such_module')\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = needs\n")
    environment = {name: value for name, value in os.environ.items() if name not in {"CI", "PYTEST_ADDOPTS"}}
    environment |= {"PYTHONPATH": str(ROOT)} | ci
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "--continue-on-collection-errors", str(tmp_path)]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert outcome in done.stdout
    assert done.returncode == (1 if ci else 0)
    for missing in ("no-such-program is missing", "../no-such-folder is missing", "node_modules/no-such-package is missing"):
        assert missing in done.stdout
    assert "no wish" in done.stdout
