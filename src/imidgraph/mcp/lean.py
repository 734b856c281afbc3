"""A lean import of the SDK: only what a server on standard streams needs, or all of it where a new SDK needs more.

``import mcp`` imports its clients and a second framework with their libraries, and builds the models of the messages of all
revisions. An assistant that starts a server waits for that. Here the packages stand empty while their modules are imported, and a
model is built when it is first used.
"""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

_PACKAGES = ("mcp", "mcp.server")  # what these import, no module of a server needs


def server() -> ModuleType:
    """Import `imidgraph.mcp.server` with as little of the SDK as it needs.

    Raises
    ------
    ImportError
        Where the SDK is not installed.
    """
    before = set(sys.modules)
    try:
        with lean():
            return import_module("imidgraph.mcp.server")
    except (ImportError, AttributeError):  # a module of another SDK takes something from a package that stands empty
        for name in [name for name in sys.modules if name not in before and name.partition(".")[0] == "mcp"]:
            del sys.modules[name]
        return import_module("imidgraph.mcp.server")


@contextlib.contextmanager
def lean() -> Iterator[None]:
    """Import modules of the SDK without all of it; afterwards ``import mcp`` imports all of it, as ever.

    Raises
    ------
    ImportError
        Where the SDK is not installed.
    """
    from pydantic import BaseModel

    found = find_spec("mcp")
    if found is None or found.origin is None:
        raise ImportError("No module named 'mcp'")
    folder = Path(found.origin).parents[1]
    empty = {name: ModuleType(name) for name in _PACKAGES if name not in sys.modules}
    for name, module in empty.items():
        module.__path__ = [str(folder.joinpath(*name.split(".")))]
    sys.modules |= empty
    was_collecting, deferred = gc.isenabled(), BaseModel.model_config.get("defer_build", False)
    gc.disable()  # thousands of classes are made, and none is thrown away
    BaseModel.model_config["defer_build"] = True
    try:
        yield
    finally:
        BaseModel.model_config["defer_build"] = deferred
        for name in empty:
            del sys.modules[name]
        if was_collecting:
            gc.enable()
