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

from models.errors import UserError
from models.tables.periods import PeriodGrid

PERIODS: list[Literal["week", "month", "quarter"]] = ["week", "month", "quarter"]
MONTHS = {"month": 1, "quarter": 3}
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
ANCHORS = st.builds(date, st.integers(1950, 2060), st.integers(1, 12), st.integers(1, 28))


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
FIRST_DAYS = [date(2019, 7, 1), date(2024, 2, 15), date(1999, 12, 28)]


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


@pytest.mark.parametrize("period", ["month", "quarter"])
@pytest.mark.parametrize("day", [29, 30, 31])
def test_a_day_that_not_every_month_has_is_refused(period: Literal["month", "quarter"], day: int) -> None:
    told = f"an as-of date in a book of {period}s must lie on day 1 to 28, got 2024-01-{day}: use the first"
    with pytest.raises(UserError, match=re.escape(told)):
        PeriodGrid(period, date(2024, 1, day))
    assert PeriodGrid("week", date(2024, 1, day)).index_of(date(2024, 1, day)) == 0


def test_origins_that_are_not_whole_periods_apart_are_refused() -> None:
    grid = PeriodGrid("quarter", date(2019, 7, 1))
    assert grid.number_of(date(2018, 10, 1)) == -3
    told = "quarters apart, got 2018-11-01 beside 2019-07-01: use 2018-10-01 or 2019-01-01"
    with pytest.raises(UserError, match=re.escape(told)):
        grid.number_of(date(2018, 11, 1))
