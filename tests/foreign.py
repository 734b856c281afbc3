"""Programs of others that read what we write: JavaScript packages and Python environments beside the project."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest


def run_javascript(code: str, packages: tuple[str, ...], *arguments: str) -> str:
    """Run JavaScript that needs packages of npm, found in IMIDGRAPH_NODE_MODULES or NODE_PATH."""
    node = shutil.which("node")
    modules = os.environ.get("IMIDGRAPH_NODE_MODULES") or os.environ.get("NODE_PATH", "")
    if node is None:
        _missing("node")
    for package in packages:
        if not (Path(modules) / package).is_dir():
            _missing(f"the npm package {package}")
    done = subprocess.run(
        [node, "-e", code, *arguments],
        capture_output=True,
        text=True,
        env=os.environ | {"NODE_PATH": modules},
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def run_python(variable: str, code: str, *arguments: str) -> str:
    """Run Python in another environment, whose interpreter a variable names: its packages do not fit beside ours."""
    python = os.environ.get(variable)
    if not python:
        _missing(f"an interpreter in {variable}")
    done = subprocess.run([python, "-c", code, *arguments], capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def _missing(what: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing on CI")
    pytest.skip(f"{what} is not installed")
