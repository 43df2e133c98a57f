"""Trials in memory: the same seed draws the same, what is given comes first, and time ends a search."""

from __future__ import annotations

from itertools import count

import pytest

from models.tuning.space import Parameter, Settings
from models.tuning.trials import Budget, trials

SPACE = (
    Parameter(name="x", whole=False, low=-1.0, high=1.0, log=False),
    Parameter(name="share", whole=False, low=0.01, high=0.9, log=True),
)


def hill(settings: Settings) -> float:
    return -((settings["x"] - 0.5) ** 2) - abs(settings["share"] - 0.1)


def test_the_top_of_a_hill_is_nearly_found() -> None:
    found = list(trials(SPACE, hill, Budget(trials=80, minutes=9), seed=3))
    assert len(found) == 80
    assert max(trial.score for trial in found) > -0.1
    assert all(-1 <= trial.settings["x"] <= 1 and 0.01 <= trial.settings["share"] <= 0.9 for trial in found)


def test_the_same_seed_draws_the_same_and_another_does_not() -> None:
    one, same, other = (list(trials(SPACE, hill, Budget(trials=30, minutes=9), seed=seed)) for seed in (1, 1, 2))
    assert one == same != other


def test_what_is_given_is_tried_first_as_it_is() -> None:
    own = {"x": 0.123456, "share": 0.3, "another": 7.0}
    first, *rest = trials(SPACE, hill, Budget(trials=5, minutes=9), seed=1, first=[own])
    assert first.settings == own
    assert first.score == hill(own)
    assert len(rest) == 4


@pytest.mark.parametrize(("minutes", "made"), [(0.05, 3), (0.001, 1), (5.0, 10)])
def test_no_trial_begins_after_its_time(minutes: float, made: int) -> None:
    seconds = count()
    own = {"x": 0.0, "share": 0.1}
    found = trials(
        SPACE, hill, Budget(trials=10, minutes=minutes), seed=1, first=[own], clock=lambda: float(next(seconds))
    )
    assert len(list(found)) == made
