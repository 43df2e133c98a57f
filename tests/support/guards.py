"""Guards of the fast lane: what would take long there fails the test that does it."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Generator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import pytest

from support.lanes import TRACKER

REMEDY = "the fast lane fits no model, reads no book, tracks no run and starts no process: mark this test `slow`"

ASKED = ("lscpu", "uname", "ldconfig")
"""Programs by which libraries learn how many cores there are and where others lie."""


class NoTracker(MetaPathFinder):
    """Refuses MLflow: a test that loads it fails, a module of tests that does is skipped."""

    def __init__(self) -> None:
        self.running = self.in_doctest = False
        self.half_loaded: set[str] = set()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Raise at MLflow; find nothing."""
        if fullname.partition(".")[0] != TRACKER:
            return None
        if self.running and not self.in_doctest:
            pytest.fail(f"it loads {fullname}; {REMEDY}", pytrace=False)
        frame = inspect.currentframe()
        while frame is not None:
            if frame.f_code.co_name == "<module>":
                self.half_loaded.add(frame.f_globals["__name__"])
            frame = frame.f_back
        self.half_loaded.discard("__main__")
        pytest.skip(f"it loads {fullname}, which the fast lane does not", allow_module_level=True)


class FastLane:
    """The plugin of ``--fast``: refuses what is slow while tests run."""

    def __init__(self) -> None:
        self.tracker = NoTracker()
        sys.meta_path.insert(0, self.tracker)

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Generator[None, pytest.CollectReport]:
        """Forget the modules that were half loaded when MLflow was refused: pytest leaves them behind."""
        report = yield
        for name in self.tracker.half_loaded:
            sys.modules.pop(name, None)
        self.tracker.half_loaded.clear()
        return report

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Let an example in a docstring that loads MLflow be skipped: its code is no function to look into."""
        self.tracker.in_doctest = isinstance(item, pytest.DoctestItem)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        """Stand before LightGBM, the reading of books and other processes while tests run."""
        import lightgbm  # noqa: PLC0415 - other runs need not wait for it

        from models.book import checking  # noqa: PLC0415 - so that coverage sees it load

        self.tracker.running = True
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(lightgbm, "train", refused("fits a model"))
            patch.setattr(checking, "check_book", refused("reads a book"))
            patch.setattr(subprocess, "Popen", Asking)
            return (yield)


class Asking(subprocess.Popen[Any]):
    """Starts what libraries ask about the machine, and nothing else."""

    def __init__(self, arguments: Sequence[str], *rest: Any, **options: Any) -> None:
        if Path(arguments[0]).name not in ASKED:
            pytest.fail(f"it starts {arguments[0]}; {REMEDY}", pytrace=False)
        super().__init__(arguments, *rest, **options)


def refused(does: str) -> Any:
    """A function that fails the test that calls it."""

    def refuse(*_: object, **__: object) -> NoReturn:
        pytest.fail(f"it {does}; {REMEDY}", pytrace=False)

    return refuse
