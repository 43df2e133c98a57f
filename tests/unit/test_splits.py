"""Which as-of dates are learned from: no outcome reaches into the time that is judged."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import TooLittleDataError
from models.tables.periods import PeriodGrid
from models.tables.splits import LearningOrigins, learning_origins
from support.books import settings

GRID = PeriodGrid("month", date(2019, 7, 1))


def origins(
    *, horizon: int, spacing: int, history: int, most: int = 24, first: date, before: int = 0
) -> LearningOrigins:
    config = settings(
        f"time.horizon_periods={horizon}",
        f"origins.spacing_periods={spacing}",
        f"origins.min_history_periods={history}",
        f"origins.max_count={most}",
        work_dir=Path("unused"),
    )
    return learning_origins(config, GRID, first, outcomes_before=before)


def test_a_model_judged_in_july_2019_learns_up_to_july_2016() -> None:
    found = origins(horizon=36, spacing=12, history=84, first=date(2000, 1, 1))
    assert [GRID.start_of(origin).isoformat() for origin in found.learn] == [
        f"{year}-07-01" for year in range(2007, 2017)
    ]
    assert GRID.start_of(found.latest) == date(2016, 7, 1)
    years = {
        GRID.start_of(hindcast.origin).year: [GRID.start_of(origin).year for origin in hindcast.early]
        for hindcast in found.hindcasts
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
    for hindcast in found.hindcasts:
        assert hindcast.early == tuple(origin for origin in found.learn if origin + horizon <= hindcast.origin)
    told = [hindcast.origin for hindcast in found.hindcasts]
    assert told == [origin for origin in found.learn[-3:] if origin - horizon >= found.learn[0]]


def test_a_book_that_is_too_short_is_told_what_it_lacks() -> None:
    told = (
        "outcomes before 2019-07-01 need a book that begins 120 months earlier, got a book from 2010-01-15: "
        "shorten time.horizon_periods or origins.min_history_periods, or choose a later origin"
    )
    with pytest.raises(TooLittleDataError, match=re.escape(told)):
        origins(horizon=36, spacing=12, history=84, first=date(2010, 1, 15))
