"""Which as-of dates are learned from: no outcome reaches into the time that is judged."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.book.periods import PeriodGrid
from models.config.root import Config
from models.errors import TooLittleDataError
from models.panel.splits import CensoredOrigin, LearningOrigins, elapsed_periods, learning_origins, never_before
from support.books import settings

GRID = PeriodGrid("month", date(2019, 7, 1))


def origins(
    *, horizon: int, spacing: int, history: int, most: int = 24, first: date, before: int = 0, unfinished: bool = False
) -> LearningOrigins:
    return learning_origins(config_of(horizon, spacing, history, most, unfinished), GRID, first, outcomes_before=before)


def config_of(horizon: int, spacing: int, history: int = 1, most: int = 24, unfinished: bool = True) -> Config:
    return settings(
        f"time.horizon_periods={horizon}",
        f"origins.spacing_periods={spacing}",
        f"origins.min_history_periods={history}",
        f"origins.max_count={most}",
        f"origins.learn_unfinished={str(unfinished).lower()}",
        work_dir=Path("unused"),
    )


def test_a_model_judged_in_july_2019_learns_up_to_july_2016() -> None:
    found = origins(horizon=36, spacing=12, history=84, first=date(2000, 1, 1))
    assert [GRID.start_of(origin).isoformat() for origin in found.learn] == [
        f"{year}-07-01" for year in range(2007, 2017)
    ]
    assert GRID.start_of(found.latest) == date(2016, 7, 1)
    years = {
        GRID.start_of(forecast.origin).year: [GRID.start_of(origin).year for origin in forecast.early]
        for forecast in found.out_of_time
    }
    assert years == {last: list(range(2007, last - 2)) for last in (2014, 2015, 2016)}


@given(
    horizon=st.integers(1, 48),
    spacing=st.integers(1, 24),
    history=st.integers(1, 90),
    most=st.integers(1, 30),
    before=st.integers(-40, 40),
    first=st.dates(date(1990, 1, 1), date(2012, 1, 1)),
)
def test_outcomes_are_complete_before_they_are_learned_from(
    horizon: int, spacing: int, history: int, most: int, before: int, first: date
) -> None:
    earliest = GRID.index_of(first) + history
    if before - horizon < earliest:
        with pytest.raises(TooLittleDataError):
            origins(horizon=horizon, spacing=spacing, history=history, most=most, first=first, before=before)
        return
    found = origins(horizon=horizon, spacing=spacing, history=history, most=most, first=first, before=before)
    assert found.learn[-1] == before - horizon
    assert all(later - earlier == spacing for earlier, later in zip(found.learn, found.learn[1:], strict=False))
    assert len(found.learn) == min(most, (before - horizon - earliest) // spacing + 1)
    assert found.learn[0] >= earliest
    for forecast in found.out_of_time:
        assert forecast.early == tuple(origin for origin in found.learn if origin + horizon <= forecast.origin)
    reported = [forecast.origin for forecast in found.out_of_time]
    assert reported == [origin for origin in found.learn[-3:] if origin - horizon >= found.learn[0]]


def test_later_origins_teach_as_far_as_their_outcomes_have_come() -> None:
    found = origins(horizon=12, spacing=3, history=12, first=date(2015, 1, 1), unfinished=True)
    assert found.unfinished == (CensoredOrigin(-9, 9), CensoredOrigin(-6, 6), CensoredOrigin(-3, 3))
    assert found.taught_by == (*found.learn, -9, -6, -3)
    last = found.out_of_time[-1]
    assert (last.origin, last.early[-1]) == (-12, -24)
    assert last.unfinished == (CensoredOrigin(-21, 9), CensoredOrigin(-18, 6), CensoredOrigin(-15, 3))
    assert elapsed_periods(config_of(horizon=12, spacing=3)) == (3, 6, 9)


@given(horizon=st.integers(1, 48), spacing=st.integers(1, 24), before=st.integers(-40, 40))
def test_nothing_that_comes_later_is_learned_from_and_every_standing_is_asked_for(
    horizon: int, spacing: int, before: int
) -> None:
    found = origins(horizon=horizon, spacing=spacing, history=1, first=date(1990, 1, 1), before=before, unfinished=True)
    asked = elapsed_periods(config_of(horizon, spacing))
    for origin, learned, unfinished in (
        (before, found.learn, found.unfinished),
        *((each.origin, each.early, each.unfinished) for each in found.out_of_time),
    ):
        assert all(each.origin + each.elapsed == origin and 0 < each.elapsed < horizon for each in unfinished)
        assert all(each.origin > learned[-1] for each in unfinished)
        assert {each.elapsed for each in unfinished} <= set(asked)


@given(
    horizon=st.integers(1, 24),
    spacing=st.integers(1, 12),
    history=st.integers(1, 60),
    most=st.integers(1, 12),
    later=st.integers(0, 60),
)
def test_a_book_that_goes_on_has_no_origin_before_those_that_notes_were_learned_for(
    horizon: int, spacing: int, history: int, most: int, later: int
) -> None:
    config, first = config_of(horizon, spacing, history, most), date(2009, 1, 1)
    tested = learning_origins(config, GRID, first, outcomes_before=0)
    served = learning_origins(config, GRID, first, outcomes_before=later)
    cut = never_before(config, GRID, first, [tested])
    assert cut <= min(*tested.taught_by, *served.taught_by)
    assert cut >= GRID.index_of(first) + history


def test_without_the_wish_no_origin_is_unfinished() -> None:
    found = origins(horizon=12, spacing=3, history=12, first=date(2015, 1, 1))
    assert found.taught_by == found.learn
    assert not any(forecast.unfinished for forecast in found.out_of_time)
    assert elapsed_periods(config_of(12, 3, unfinished=False)) == ()


def test_a_book_that_is_too_short_is_told_what_it_lacks() -> None:
    reported = (
        "outcomes before 2019-07-01 need a book that begins 120 months earlier, got a book from 2010-01-15: "
        "shorten time.horizon_periods or origins.min_history_periods, or choose a later origin"
    )
    with pytest.raises(TooLittleDataError, match=re.escape(reported)):
        origins(horizon=36, spacing=12, history=84, first=date(2010, 1, 15))
