"""Programs of others that read what we write: JavaScript packages and Python environments beside the project."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


def run_javascript(code: str, packages: tuple[str, ...], *arguments: str) -> str:
    """Run JavaScript that needs packages of npm, found in IMIDGRAPH_NODE_MODULES or NODE_PATH."""
    node = shutil.which("node")
    require(node, "node")
    modules = [npm_package(package).parent for package in packages]
    done = subprocess.run(
        [str(node), "-e", code, *arguments],
        capture_output=True,
        text=True,
        env=os.environ | {"NODE_PATH": str(modules[0])},
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def npm_package(name: str) -> Path:
    """Find a package of npm."""
    path = Path(os.environ.get("IMIDGRAPH_NODE_MODULES") or os.environ.get("NODE_PATH", "")) / name
    require(path.is_dir(), f"the npm package {name}")
    return path


@contextlib.contextmanager
def shown(page: Path | str, **looks: Any) -> Iterator[Any]:
    """Open a page, or HTML, in Chromium; whatever it complains about, or asks the network for, fails the test."""
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    require(program, "chromium")
    troubles: list[str] = []
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
    with sync_playwright() as driver, driver.chromium.launch(executable_path=program, args=flags) as browser:
        opened = browser.new_page(**looks)
        opened.on("console", lambda message: troubles.append(message.text))
        opened.on("pageerror", lambda error: troubles.append(str(error)))
        opened.on("request", lambda request: troubles.append(request.url) if request.url.startswith("http") else None)
        if isinstance(page, Path):
            opened.goto(page.as_uri())
        else:
            opened.set_content(page)
        yield opened
    assert troubles == []


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
