"""The scripts of the pages that stand on packages of npm, bundled while imidgraph is built; without npm the pages do without."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_BUILT = "src/imidgraph/server/static/built"
_INPUTS = "inputs.sha256"  # what is in the folder was made of
_SECONDS = 300
_PATIENCE = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=60000")
_COMMANDS = (
    ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error", *_PATIENCE),
    ("run", "--silent", "build", "--"),
)


class Scripts(BuildHookInterface):  # type: ignore[type-arg]
    """Bundles the scripts into the package before it is packed or installed, unless they are there already."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Bundle the scripts, or say in a line why they are left out."""
        sources, built = Path(self.root, "browser"), Path(self.root, _BUILT)
        digest = _digest(sources)
        made_of = built / _INPUTS
        if made_of.is_file() and made_of.read_text() == digest:
            return
        shutil.rmtree(built, ignore_errors=True)  # what was made of other sources may not fit the pages
        try:
            _bundle(sources, built, digest)
        except (OSError, subprocess.SubprocessError) as error:
            self.app.display_warning(f"The pages are built without completion and graph view: {_reason(error)}")


def _digest(sources: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in sources.iterdir() if path.suffix in {".js", ".json", ".mjs"}):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _bundle(sources: Path, built: Path, digest: str) -> None:
    """Bundle elsewhere, and move what came out in one step: builds may run beside one another."""
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError("npm is not installed")
    with tempfile.TemporaryDirectory(prefix="imidgraph-") as name:
        work, made = Path(name, "work"), Path(name, "built")
        shutil.copytree(sources, work, ignore=shutil.ignore_patterns("node_modules", "*.py", "__pycache__"))
        for command, place in zip(_COMMANDS, ((), (str(made),)), strict=True):
            subprocess.run(  # noqa: S603 - our own lock and build
                [npm, *command, *place], cwd=work, check=True, capture_output=True, text=True, timeout=_SECONDS
            )
        (made / _INPUTS).write_text(digest)
        beside = Path(shutil.copytree(made, f"{built}.{os.getpid()}"))
    try:
        beside.rename(built)
    except OSError:  # another build was faster
        shutil.rmtree(beside)


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        told = [line for line in (error.stderr or error.stdout).splitlines() if line.strip()]
        return told[0].removeprefix("npm error ") if told else str(error)
    return str(error)
