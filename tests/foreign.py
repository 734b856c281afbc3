"""Programs of others that read what we write: JavaScript packages and Python environments beside the project."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def run_javascript(code: str, packages: tuple[str, ...], *arguments: str) -> str:
    """Run JavaScript that needs packages of npm, found in IMIDGRAPH_NODE_MODULES or NODE_PATH."""
    node = shutil.which("node")
    modules = os.environ.get("IMIDGRAPH_NODE_MODULES") or os.environ.get("NODE_PATH", "")
    require(node, "node")
    for package in packages:
        require((Path(modules) / package).is_dir(), f"the npm package {package}")
    done = subprocess.run(
        [str(node), "-e", code, *arguments],
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
    require(python, f"an interpreter in {variable}")
    done = subprocess.run([str(python), "-c", code, *arguments], capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def require(found: object, what: str) -> None:
    """Skip the test where something is missing; on CI, fail it."""
    if not found and os.environ.get("CI"):
        pytest.fail(f"{what} is missing on CI")
    if not found:
        pytest.skip(f"{what} is not installed")
