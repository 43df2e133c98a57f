"""When two versions may be judged: never by what one of them learned from, and not before something came."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.book.periods import PeriodGrid
from models.comparison.report import Better, PairVerdict
from models.comparison.rules import JudgingTime, distance, verdict
from models.errors import UserError
from models.metrics.bootstrap import Draws
from models.text import ENGLISH


def time_of(**changes: Any) -> JudgingTime:
    given_: dict[str, Any] = {
        "period": "month",
        "horizon": 12,
        "known_until": date(2024, 1, 1),
        "learned_until": date(2023, 1, 1),
        "least_elapsed": 0.25,
    }
    return JudgingTime(**{**given_, **changes})


@pytest.mark.parametrize(
    ("learned_until", "judged_at"),
    [
        (date(2021, 6, 1), date(2023, 1, 1)),  # the newest with complete outcomes
        (date(2023, 1, 1), date(2023, 1, 1)),
        (date(2023, 7, 1), date(2023, 7, 1)),  # none is complete: the one with the most
        (date(2023, 7, 15), date(2023, 8, 1)),  # whole months before the end
        (date(2023, 10, 1), date(2023, 10, 1)),  # three of twelve
        (date(2023, 10, 2), None),
        (date(2024, 1, 1), None),  # trained today
    ],
)
def test_versions_are_judged_at_the_newest_complete_date_else_where_most_came(
    learned_until: date, judged_at: date | None
) -> None:
    assert time_of(learned_until=learned_until).default_date() == judged_at


@given(
    period=st.sampled_from(["week", "month", "quarter"]),
    horizon=st.integers(1, 40),
    known=st.dates(date(2010, 1, 1), date(2030, 1, 1)),
    days=st.integers(0, 4_000),
    share=st.floats(0.01, 0.99),
)
def test_no_date_is_chosen_that_a_version_learned_from_or_of_which_too_little_came(
    period: Any, horizon: int, known: date, days: int, share: float
) -> None:
    learned = date.fromordinal(known.toordinal() - days)
    time = time_of(period=period, horizon=horizon, known_until=known, learned_until=learned, least_elapsed=share)
    chosen = time.default_date()
    grid = PeriodGrid(period, known)
    if chosen is None:
        assert all(grid.start_of(-back) < learned for back in range(time.least_periods, horizon + 1))
    else:
        assert chosen >= learned
        assert time.least_periods <= time.elapsed(chosen) <= horizon
        later = grid.start_of(grid.index_of(chosen) + 1)
        assert time.elapsed(later) < horizon  # none newer is complete
        assert time.require(chosen, in_sample=False) is None


def test_a_date_that_a_version_learned_from_is_refused_and_shown_only_if_asked_for() -> None:
    time, at = time_of(), date(2022, 10, 1)
    with pytest.raises(UserError, match="neither learned from, which begin on 2023-01-01, got 2022-10-01"):
        time.require(at, in_sample=False)
    assert time.require(at, in_sample=True) is None


def test_a_date_after_which_nothing_came_is_refused_even_in_sample() -> None:
    with pytest.raises(UserError, match="choose 2023-12-01 or earlier"):
        time_of().require(date(2023, 12, 2), in_sample=True)


def test_who_just_trained_hears_how_outcomes_are_held_back() -> None:
    why = time_of(learned_until=date(2024, 1, 1)).why_none().within(ENGLISH)
    assert "3 months of outcomes are needed" in why
    assert "origins.learn_until=2023-10-01" in why


def drawn(estimate: float, spread: float = 0.0) -> Draws:
    return Draws(estimate, estimate + spread * np.linspace(-1.0, 1.0, 101))


@pytest.mark.parametrize(
    ("first", "second", "better", "expected"),
    [
        (drawn(0.7), drawn(0.8), Better.MORE, PairVerdict.BETTER),
        (drawn(0.7), drawn(0.8), Better.LESS, PairVerdict.WORSE),
        (drawn(1.3), drawn(0.9), Better.NEAR_ONE, PairVerdict.BETTER),  # nearer, though on the other side
        (drawn(0.1), drawn(-0.3), Better.NEAR_ZERO, PairVerdict.WORSE),
        (drawn(0.7), drawn(0.91), Better.NEAR_LEVEL, PairVerdict.BETTER),
        (drawn(0.7), drawn(0.71, 0.05), Better.MORE, PairVerdict.OPEN),
        (drawn(0.7), drawn(0.7), Better.MORE, PairVerdict.OPEN),
        (drawn(0.7), drawn(float("nan")), Better.MORE, PairVerdict.OPEN),
    ],
)
def test_better_is_what_the_choice_of_clients_does_not_explain(
    first: Draws, second: Draws, better: Better, expected: PairVerdict
) -> None:
    assert verdict(first, second, better, 0.9) is expected


@given(st.sampled_from(list(Better)), st.floats(0.01, 0.5), st.floats(0.5, 5.0))
def test_two_figures_never_both_beat_each_other(better: Better, low: float, high: float) -> None:
    one, other = drawn(low, 0.1), drawn(high, 0.1)
    found = {verdict(one, other, better, 0.9), verdict(other, one, better, 0.9)}
    assert found in ({PairVerdict.OPEN}, {PairVerdict.BETTER, PairVerdict.WORSE})


def test_distance_is_least_at_the_best() -> None:
    figures = np.array([0.5, 0.9, 1.0, 1.2])
    assert distance(Better.NEAR_LEVEL, 0.9)(figures).argmin() == 1
    assert distance(Better.NEAR_ONE, 0.9)(figures).argmin() == 2
    assert distance(Better.MORE, 0.9)(figures).argmin() == 3
    assert distance(Better.LESS, 0.9)(figures).argmin() == 0
