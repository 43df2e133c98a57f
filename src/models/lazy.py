"""The one loader of modules that are imported late: slow libraries that few commands need, and commands themselves.

In a module that needs one, the import that type checkers read stands beside the late one::

    if TYPE_CHECKING:
        import lightgbm
    else:
        lightgbm = lazy("lightgbm")
"""

from __future__ import annotations

import gc
from importlib import import_module
from types import ModuleType
from typing import Any


class LazyModule:
    """A module that is imported when something in it is first asked for.

    Names with double underscores never load it: tools look for them in whatever they meet.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return getattr(load(self._name), attribute)

    def __repr__(self) -> str:
        return f"<{self._name}, imported on demand>"


def lazy(name: str) -> Any:
    """A module by its full name, imported on demand.

    >>> lazy("math").sqrt(4.0)
    2.0
    """
    return LazyModule(name)


def load(name: str) -> ModuleType:
    """A module by its full name, imported now.

    Garbage is not collected meanwhile: an import makes much that stays, and looking for what does not was a fifth of
    the time of a short command.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        return import_module(name)
    finally:
        if was_on:
            gc.enable()
