"""Programs of others that read what we write: JavaScript packages and Python environments beside the project."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.conftest import need


def run_javascript(code: str, packages: tuple[str, ...], *arguments: str) -> str:
    """Run JavaScript that needs packages of npm, found in IMIDGRAPH_NODE_MODULES or NODE_PATH."""
    node = need("node")
    modules = [need(f"node_modules/{package}").parent for package in packages]
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


@contextlib.contextmanager
def shown(page: Path | str, **looks: Any) -> Iterator[Any]:
    """Open a page, or HTML, in Chromium; whatever it complains about, or asks the network for, fails the test."""
    from playwright.sync_api import sync_playwright

    program = need("chromium")
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
    python = need(variable)
    done = subprocess.run([str(python), "-c", code, *arguments], capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout
