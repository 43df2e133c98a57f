"""A test that fits a model or reads a book is not for the fast lane, and fails there if it gets in."""

from __future__ import annotations

import sys
from functools import cache
from types import FunctionType
from typing import Any

import lightgbm
import numpy as np
import pytest

from models.book.loading import load_book
from models.learners.decline.whether import DeclineModel
from models.metrics.ranking import normalized_gini
from support.guards import Asking, FastLane, NoTracker, refused
from support.lanes import Reach


def fits() -> None:
    lightgbm.train({}, lightgbm.Dataset(np.zeros((9, 1))))


@cache
def helper() -> None:
    fits()


def comes_to_a_fit_by_a_helper() -> None:
    helper()


def comes_to_a_fit_by_a_class(**given: Any) -> None:
    DeclineModel.fit(**given)


def reads_a_book(**given: Any) -> None:
    load_book(**given)


def loads_the_tracker() -> None:
    import support.trained_lender  # noqa: F401, PLC0415 - as fixtures do


def ranks() -> None:
    assert normalized_gini(np.array([0.0, 1.0]), np.array([1.0, 2.0])) == 1.0


@pytest.mark.parametrize(
    ("test", "is_slow"),
    [
        (fits, True),
        (comes_to_a_fit_by_a_helper, True),
        (comes_to_a_fit_by_a_class, True),
        (reads_a_book, True),
        (ranks, False),
    ],
)
def test_what_a_test_comes_to_by_name_is_seen(test: FunctionType, is_slow: bool) -> None:
    reach = Reach()
    assert reach.is_slow([test]) is is_slow
    assert reach.is_slow([ranks, test]) is is_slow


@pytest.mark.skipif("'models.training.job' in sys.modules", reason="MLflow is loaded already")
def test_a_fixture_that_would_load_the_tracker_is_seen() -> None:
    assert Reach().is_slow([loads_the_tracker])


def test_what_gets_in_all_the_same_fails() -> None:
    with pytest.raises(pytest.fail.Exception, match="it fits a model; the fast lane"):
        refused("fits a model")("data", rounds=10)
    with pytest.raises(pytest.fail.Exception, match=r"it starts .*python"):
        Asking([sys.executable, "-c", ""])
    tracker = NoTracker()
    tracker.running = True
    with pytest.raises(pytest.fail.Exception, match=r"it loads mlflow\.tracking"):
        tracker.find_spec("mlflow.tracking")
    assert tracker.find_spec("mlflow_export") is None


def test_a_module_of_tests_that_loads_the_tracker_is_skipped_and_forgotten() -> None:
    tracker = NoTracker()
    with pytest.raises(pytest.skip.Exception):
        exec(compile("tracker.find_spec('mlflow')", "half.py", "exec"), {"tracker": tracker, "__name__": "half"})  # noqa: S102
    assert "half" in tracker.half_loaded


def test_the_guards_stand_while_tests_run_only() -> None:
    lane = FastLane.__new__(FastLane)
    lane.tracker = NoTracker()
    fitting, running = lightgbm.train, lane.pytest_runtestloop()
    next(running)
    assert lightgbm.train is not fitting
    assert lane.tracker.running
    with pytest.raises(StopIteration):
        next(running)
    assert lightgbm.train is fitting
