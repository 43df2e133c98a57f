"""The grid of periods: every day falls into the period that a calendar says, in Python and in the database."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import product
from typing import Literal

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.book.periods import PeriodGrid
from models.errors import UserError

PERIODS: list[Literal["week", "month", "quarter"]] = ["week", "month", "quarter"]
MONTHS = {"month": 1, "quarter": 3}
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
ANCHORS = st.builds(date, st.integers(1950, 2060), st.integers(1, 12), st.integers(1, 28)) | st.dates(
    date(1950, 1, 1), date(2060, 12, 31)
)


def test_thirty_six_months_before_july_2019_begin_in_july_2016() -> None:
    grid = PeriodGrid("month", date(2019, 7, 1))
    assert grid.start_of(-36) == date(2016, 7, 1)
    days = (date(2019, 6, 30), date(2019, 7, 1), date(2019, 7, 31), date(2019, 8, 1))
    assert [grid.index_of(day) for day in days] == [-1, 0, 0, 1]


@given(period=st.sampled_from(PERIODS), anchor=ANCHORS, day=DAYS)
def test_a_day_lies_in_its_period(period: Literal["week", "month", "quarter"], anchor: date, day: date) -> None:
    grid = PeriodGrid(period, anchor)
    index = grid.index_of(day)
    assert grid.start_of(index) <= day < grid.start_of(index + 1)
    assert grid.index_of(grid.start_of(index)) == index
    assert grid.number_of(grid.start_of(index)) == index


@given(period=st.sampled_from(PERIODS), anchor=ANCHORS, index=st.integers(-600, 400))
def test_periods_begin_where_pandas_says(period: Literal["week", "month", "quarter"], anchor: date, index: int) -> None:
    moved = timedelta(weeks=index) if period == "week" else pd.DateOffset(months=MONTHS[period] * index)
    assert PeriodGrid(period, anchor).start_of(index) == (pd.Timestamp(anchor) + moved).date()


EVERY_DAY = np.arange(np.datetime64("1900-01-01"), np.datetime64("2101-01-01"))
FIRST_DAYS = [
    date(2019, 7, 1),
    date(2024, 2, 15),
    date(1999, 12, 28),
    date(2023, 3, 29),
    date(2024, 4, 30),
    date(1999, 12, 31),
]


@pytest.mark.parametrize(("period", "anchor"), [*product(PERIODS, FIRST_DAYS), ("week", date(2060, 3, 31))])
def test_the_database_says_the_same_for_every_day_of_two_centuries(
    period: Literal["week", "month", "quarter"], anchor: date
) -> None:
    grid = PeriodGrid(period, anchor)
    connection = ibis.duckdb.connect()
    table = connection.create_table("days", pa.table({"day": pa.array(EVERY_DAY)}))
    found = table.select("day", period=grid.expression(table.day)).order_by("day").to_pyarrow()["period"]
    np.testing.assert_array_equal(found.to_numpy(), grid.indices_of(EVERY_DAY))
    connection.disconnect()


def test_a_night_at_the_end_of_a_month_has_periods_that_end_with_months() -> None:
    grid = PeriodGrid("month", date(2024, 1, 31))
    assert [grid.start_of(index) for index in (-2, -1, 0, 1, 2)] == [
        date(2023, 11, 30),
        date(2023, 12, 31),
        date(2024, 1, 31),
        date(2024, 2, 29),
        date(2024, 3, 31),
    ]
    days = (date(2024, 1, 30), date(2024, 1, 31), date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 30))
    assert [grid.index_of(day) for day in days] == [-1, 0, 0, 1, 1]


@given(period=st.sampled_from(PERIODS), anchor=ANCHORS, index=st.integers(-600, 400))
def test_every_period_begins_when_the_one_before_ends(
    period: Literal["week", "month", "quarter"], anchor: date, index: int
) -> None:
    """Rising by 28 days or more for months: none is empty, none overlaps, no day lies in two or none."""
    grid = PeriodGrid(period, anchor)
    start, following = grid.start_of(index), grid.start_of(index + 1)
    days = np.arange(np.datetime64(start), np.datetime64(following))
    assert len(days) >= {"week": 7, "month": 28, "quarter": 89}[period]
    assert set(grid.indices_of(days)) == {index}
    assert grid.index_of(following) == index + 1


def test_a_grid_runs_through_the_last_days_of_months_of_any_length() -> None:
    days = [date(2022, 1, 31), date(2022, 2, 28), date(2022, 4, 30)]
    grid = PeriodGrid.through("month", days)
    assert [grid.number_of(day) for day in days] == [0, 1, 3]
    assert PeriodGrid.through("month", [date(2021, 7, 1), date(2022, 1, 1)]).anchor == date(2022, 1, 1)
    assert PeriodGrid.through("week", [date(2022, 1, 31), date(2022, 2, 7)]).anchor == date(2022, 2, 7)


def test_origins_that_are_not_whole_periods_apart_are_refused() -> None:
    grid = PeriodGrid("quarter", date(2019, 7, 1))
    assert grid.number_of(date(2018, 10, 1)) == -3
    reported = "quarters apart, got 2018-11-01 beside 2019-07-01: use 2018-10-01 or 2019-01-01"
    with pytest.raises(UserError, match=re.escape(reported)):
        grid.number_of(date(2018, 11, 1))
