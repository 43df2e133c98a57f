"""Where time is cut: facilities and opportunities as they stood on the as-of date, and ends on schedule."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import numpy as np
import pytest

from models.panel.cutoff import day_number
from models.panel.facilities import FOREVER, Facilities, days_or
from models.panel.opportunities import Opportunities

NONE, MATURED, REFINANCED, DORMANT, DEFAULT = range(-1, 4)
"""How a facility ended, as a place in ``ExitCause``."""


def facilities(*found: tuple[int, int, int, int], written_off: int = FOREVER) -> Facilities:
    """Facilities of client, day signed, day closed and cause; the first was written off on a day."""
    client, signed, closed, cause = (np.array([row[place] for row in found]) for place in range(4))
    nothing = np.full(len(found), np.nan)
    losses = np.full(len(found), FOREVER, dtype=np.int32)
    losses[:1] = written_off
    return Facilities(
        client=client,
        limit_steps=np.full(len(found), 100),
        signed=signed.astype(np.int32),
        maturity=np.full(len(found), FOREVER, dtype=np.int32),
        closed=closed.astype(np.int32),
        written_off=losses,
        cause=cause.astype(np.int8),
        spread_bp=nothing,
        collateral_cover=nothing,
        counted=np.zeros((len(found), 1), dtype=np.bool_),
        own=np.empty((len(found), 0)),
        lgd=np.full(len(found), 0.45),
        unsecured=np.full(len(found), 0.45),
        conversion=np.full(len(found), 0.4),
        revolving=np.zeros(len(found), dtype=np.bool_),
        amortising=np.zeros(len(found), dtype=np.bool_),
        country=np.full(len(found), None, dtype=object),
    )


def test_a_loan_that_defaults_tomorrow_is_open_today() -> None:
    known = facilities((0, 10, 50, DEFAULT), (0, 20, 49, MATURED), (0, 50, FOREVER, NONE)).known_before(50)
    assert known.signed.tolist() == [10, 20]
    assert known.closed.tolist() == [FOREVER, 49]
    assert known.cause.tolist() == [NONE, MATURED]


def test_the_cause_of_an_end_is_not_known_before_the_end() -> None:
    known = facilities((0, 10, 60, MATURED), written_off=60).known_before(60)
    assert known.closed.tolist() == known.written_off.tolist() == [FOREVER]
    assert known.cause.tolist() == [NONE]
    later = facilities((0, 10, 60, MATURED), written_off=60).known_before(61)
    assert (later.cause.tolist(), later.written_off.tolist()) == ([MATURED], [60])


def test_every_column_is_cut_alike() -> None:
    known = facilities((0, 10, 60, MATURED), (1, 99, FOREVER, NONE)).known_before(50)
    columns = [field.name for field in fields(known) if field.name != "flows"]
    assert {len(getattr(known, name)) for name in columns} == {1}


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ([(0, 10, 100, MATURED)], True),
        ([(0, 10, 100, REFINANCED)], False),
        ([(0, 10, 100, NONE)], False),
        ([(0, 10, 100, MATURED), (0, 10, 150, DORMANT)], False),
        ([(0, 10, 100, MATURED), (0, 10, 200, DEFAULT)], True),
        ([(0, 10, 99, MATURED)], False),
        ([(0, 10, 199, MATURED)], True),
        ([(0, 10, 200, MATURED)], False),
        ([(0, 100, 150, MATURED)], False),
        ([(0, 10, FOREVER, NONE)], False),
        ([(1, 10, 100, MATURED)], False),
    ],
)
def test_only_matured_means_something_ended_in_the_horizon_and_all_on_schedule(
    case: list[tuple[int, int, int, int]], expected: bool
) -> None:
    assert facilities(*case).endings(100, 200, 2).only_matured.tolist()[0] is expected


@pytest.mark.parametrize(
    ("case", "still_open", "defaulted", "last"),
    [
        ([(0, 10, 100, REFINANCED), (0, 10, 199, DORMANT)], False, False, DORMANT),
        ([(0, 10, 199, REFINANCED), (0, 10, 100, DORMANT)], False, False, REFINANCED),
        ([(0, 10, 120, REFINANCED), (0, 10, 199, MATURED)], False, False, REFINANCED),  # not by the scheduled end
        ([(0, 10, 120, REFINANCED), (0, 10, 199, NONE)], False, False, REFINANCED),  # nor by one of unknown cause
        ([(0, 150, 199, REFINANCED)], False, False, REFINANCED),  # signed within the horizon
        ([(0, 150, FOREVER, NONE)], True, False, NONE),
        ([(0, 10, 200, REFINANCED)], True, False, NONE),
        ([(0, 200, FOREVER, NONE)], False, False, NONE),
        ([(0, 10, 99, DEFAULT)], False, False, NONE),
        ([(0, 10, 100, DEFAULT)], False, True, DEFAULT),
        ([(1, 10, 100, DEFAULT)], False, False, NONE),
        ([(0, 10, 120, DORMANT), (0, 10, 120, REFINANCED)], False, False, DORMANT),  # of one day, in either order
        ([(0, 10, 120, REFINANCED), (0, 10, 120, DORMANT)], False, False, DORMANT),
    ],
)
def test_what_became_of_facilities_within_the_horizon(
    case: list[tuple[int, int, int, int]], still_open: bool, defaulted: bool, last: int
) -> None:
    endings = facilities(*case).endings(100, 200, 2)
    assert endings.still_open.tolist()[0] is still_open
    assert endings.defaulted.tolist()[0] is defaulted
    assert endings.last_cause.tolist()[0] == last


@pytest.mark.parametrize(("day", "defaulted"), [(99, False), (100, True), (199, True), (200, False)])
def test_a_write_off_within_the_horizon_is_a_default_though_the_workout_goes_on(day: int, defaulted: bool) -> None:
    endings = facilities((0, 10, FOREVER, NONE), written_off=day).endings(100, 200, 1)
    assert endings.defaulted.tolist() == [defaulted]


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
