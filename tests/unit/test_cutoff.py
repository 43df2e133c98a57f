"""Where time is cut: facilities and opportunities as they stood on the as-of date, and ends on schedule."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import numpy as np
import pytest

from models.tables.cutoff import day_number
from models.tables.facilities import FOREVER, Facilities, days_or
from models.tables.opportunities import Opportunities


def facilities(*found: tuple[int, int, int, bool]) -> Facilities:
    """Facilities of client, day signed, day closed and whether closed on schedule."""
    client, signed, closed, matured = (np.array([row[place] for row in found]) for place in range(4))
    nothing = np.full(len(found), np.nan)
    return Facilities(
        client=client,
        limit_steps=np.full(len(found), 100),
        signed=signed.astype(np.int32),
        maturity=np.full(len(found), FOREVER, dtype=np.int32),
        closed=closed.astype(np.int32),
        matured=matured,
        spread_bp=nothing,
        collateral_cover=nothing,
    )


def test_a_loan_that_defaults_tomorrow_is_open_today() -> None:
    known = facilities((0, 10, 50, False), (0, 20, 49, True), (0, 50, FOREVER, False)).known_before(50)
    assert known.signed.tolist() == [10, 20]
    assert known.closed.tolist() == [FOREVER, 49]
    assert known.matured.tolist() == [False, True]


def test_the_cause_of_an_end_is_not_known_before_the_end() -> None:
    known = facilities((0, 10, 60, True)).known_before(60)
    assert known.closed.tolist() == [FOREVER]
    assert known.matured.tolist() == [False]
    assert facilities((0, 10, 60, True)).known_before(61).matured.tolist() == [True]


def test_every_column_is_cut_alike() -> None:
    known = facilities((0, 10, 60, True), (1, 99, FOREVER, False)).known_before(50)
    assert {len(getattr(known, field.name)) for field in fields(known)} == {1}


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ([(0, 10, 100, True)], True),
        ([(0, 10, 100, False)], False),
        ([(0, 10, 100, True), (0, 10, 150, False)], False),
        ([(0, 10, 100, True), (0, 10, 200, False)], True),
        ([(0, 10, 99, True)], False),
        ([(0, 10, 199, True)], True),
        ([(0, 10, 200, True)], False),
        ([(0, 100, 150, True)], False),
        ([(0, 10, FOREVER, False)], False),
        ([(1, 10, 100, True)], False),
    ],
)
def test_only_matured_means_something_ended_in_the_horizon_and_all_on_schedule(
    case: list[tuple[int, int, int, bool]], expected: bool
) -> None:
    assert facilities(*case).only_matured(100, 200, 2).tolist()[0] is expected


def test_an_opportunity_won_tomorrow_is_open_today() -> None:
    entries = Opportunities(
        client=np.array([0, 0, 0, 1]),
        opportunity=np.array([0, 0, 0, 1]),
        stage=np.array([0, 1, 4, 0]),
        entered=np.array([10, 20, 50, 30], dtype=np.int32),
        closed=np.array([50, 50, 50, 40], dtype=np.int32),
        won=np.array([True, True, True, False]),
        amount=np.array([1.0, 2.0, 3.0, 4.0]),
    )
    known = entries.known_before(50)
    assert known.stage.tolist() == [0, 1, 0]
    assert known.closed.tolist() == [FOREVER, FOREVER, 40]
    assert known.won.tolist() == [False, False, False]
    assert known.latest_stages().stage.tolist() == [1, 0]
    assert entries.known_before(51).latest_stages().won.tolist() == [True, False]


def test_days_count_from_1970() -> None:
    assert day_number(date(1969, 12, 31)) == -1
    assert days_or(np.array(["1969-12-31", "NaT"], dtype="datetime64[D]"), FOREVER).tolist() == [-1, FOREVER]
