"""The package ``models`` by the project's own name: ``import clientvalue`` leads to the same objects.

A folder called ``models`` in somebody's project does no harm: the package beside this one is taken, wherever Python
would look first. Modules have both names: ``clientvalue.errors`` is ``models.errors``.

>>> import models
>>> from clientvalue import Book
>>> Book is models.Book
True
"""

from __future__ import annotations

import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec, spec_from_file_location, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

_OWN = "models"
_PLACE = Path(__file__).resolve().parents[1] / _OWN


def _package() -> ModuleType:
    """The package of ours. Raises ``ImportError`` where another of its name was imported before."""
    found = sys.modules.get(_OWN)
    if found is None:
        spec = spec_from_file_location(_OWN, _PLACE / "__init__.py", submodule_search_locations=[str(_PLACE)])
        assert spec is not None and spec.loader is not None  # noqa: S101, PT018 - it is a file of Python
        found = sys.modules[_OWN] = module_from_spec(spec)
        spec.loader.exec_module(found)
    elif _PLACE not in [Path(place).resolve() for place in getattr(found, "__path__", ())]:
        raise ImportError(
            f"clientvalue needs its own package {_OWN}, got another, imported before from "
            f"{getattr(found, '__file__', None)}: rename that one, or import clientvalue in a process without it"
        )
    return found


class _BothNames(MetaPathFinder, Loader):
    """Finds ``clientvalue.x`` as ``models.x``: one module, whichever name it is imported by."""

    def find_spec(self, fullname: str, *_: Any) -> ModuleSpec | None:
        """A module of ours; None of others, and of the one file that lies beside this one."""
        package, _, name = fullname.partition(".")
        return spec_from_loader(fullname, self) if package == __name__ and name not in ("", "__main__") else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module by its other name."""
        module = _by_its_name(f"{_OWN}.{spec.name.partition('.')[2]}")
        self._own_spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """It is as it was."""
        module.__spec__ = self._own_spec


def _by_its_name(name: str) -> ModuleType:
    __import__(name)
    return sys.modules[name]


_models = _package()
__all__ = list(_models.__all__)
sys.meta_path.insert(0, _BothNames())


def __getattr__(name: str) -> Any:
    return getattr(_models, name)


def __dir__() -> list[str]:
    return [*__all__]
