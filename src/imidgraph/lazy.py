"""Lazy imports: a module's `__getattr__` that imports what it gives when it is first used (PEP 562)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any


def submodules(package: str, names: Iterable[str]) -> Callable[[str], ModuleType]:
    """Give the `__getattr__` of a package, which imports its modules.

    Examples
    --------
    >>> submodules("imidgraph", ["limits"])("limits").MAX_LENGTH
    4
    """
    known = frozenset(names)

    def find(name: str) -> ModuleType:
        if name not in known:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return import_module(f"{package}.{name}")

    return find


def attributes(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """Give the `__getattr__` of a package, which imports names from the modules in which they are at home.

    Examples
    --------
    >>> attributes("imidgraph", {"Deadline": "limits"})("Deadline").__name__
    'Deadline'
    """
    modules = submodules(package, homes.values())

    def find(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(modules(homes[name]), name)

    return find
