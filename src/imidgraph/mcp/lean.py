"""A lean import of the SDK: only what a server on standard streams needs, or all of it where a new SDK needs more.

``import mcp`` imports its clients, two web frameworks and a second framework of its own, and builds the models of the messages of
all revisions. An assistant that starts a server waits for that. Here packages stand empty while their modules are imported, what
speaks HTTP is absent, and a model is built when it is first used.
"""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, cast

_PACKAGES = ("mcp", "mcp.server")  # what these import, no module of a server needs
_OVER_HTTP = (  # what is imported from these, a server on standard streams never uses
    "mcp.server.auth",
    "mcp.server.streamable_http",
    "mcp.server.streamable_http_manager",
    "mcp.server.transport_security",
    "starlette",
)


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
    except (ImportError, AttributeError, TypeError):  # another SDK takes more from a module than it finds here
        for name in [name for name in sys.modules if name not in before and name.partition(".")[0] in {"mcp", "mcp_types"}]:
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
    found = find_spec("mcp")
    if found is None or found.origin is None:
        raise ImportError("No module named 'mcp'")
    folder = Path(found.origin).parents[1]
    empty = {name: ModuleType(name) for name in _PACKAGES if name not in sys.modules}
    for name, module in empty.items():
        module.__path__ = [str(folder.joinpath(*name.split(".")))]
    sys.modules |= empty
    absent = _Absent()
    sys.meta_path.insert(0, absent)
    was_collecting = gc.isenabled()
    gc.disable()  # thousands of classes are made, and none is thrown away
    try:
        with _built_later():
            yield
    finally:
        sys.meta_path.remove(absent)
        for name in {*empty, *absent.touched()}:
            del sys.modules[name]
        if was_collecting:
            gc.enable()


@contextlib.contextmanager
def _built_later() -> Iterator[None]:
    """Let models that are made here, and unions of models, be built when they are first used."""
    from pydantic import BaseModel, TypeAdapter

    settings, adapter, is_deferred = BaseModel.model_config, cast("Any", TypeAdapter), "_defer_build"
    before, told = settings.get("defer_build", False), vars(adapter).get(is_deferred)
    settings["defer_build"] = True
    setattr(adapter, is_deferred, True)  # a union takes no setting; a pydantic that asks for another name builds it at once
    try:
        yield
    finally:
        settings["defer_build"] = before
        delattr(adapter, is_deferred) if told is None else setattr(adapter, is_deferred, told)


class _Absent(MetaPathFinder, Loader):
    """Finds the modules that speak HTTP, and puts an empty class in the place of each name that is imported from them."""

    def __init__(self) -> None:
        self._modules: list[str] = []
        self._classes: dict[int, type] = {}

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Give the specification of a module that is to be absent."""
        return ModuleSpec(name, self, is_package=True) if name.startswith(_OVER_HTTP) else None

    def exec_module(self, module: ModuleType) -> None:
        """Let a module make the names that are imported from it."""
        self._modules.append(module.__name__)
        module.__getattr__ = self._named  # type: ignore[method-assign]

    def touched(self) -> list[str]:
        """Name the modules that are absent, and those that hold a name of theirs: who imports them later needs the real ones."""
        holding = [name for name, module in sys.modules.items() if self._classes.keys() & set(map(id, vars(module).values()))]
        packages = [name.rpartition(".")[0] for name in holding]  # they hold what their modules define
        return [name for name in {*self._modules, *holding, *packages} if name in sys.modules]

    def _named(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        made = type(name, (), {})
        self._classes[id(made)] = made
        return made
