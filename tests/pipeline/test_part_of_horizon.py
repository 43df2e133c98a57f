"""How a part of a horizon stands to the whole: by hand on a few clients, and on books whose horizons are over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.learners.decline.curves import DeclineCurves
from models.panel.elapsed import outcomes_at
from models.panel.ledger_cache import prepared_book
from models.pipeline.part_of_horizon import PartOfHorizon, parts_of_horizon
from models.vocab import SilentProgress
from models.workspace.opening import open_book
from support.lending_book import lender_in

QUARTER = PartOfHorizon(
    elapsed=3,
    horizon=12,
    event="decline",
    dates=(date(2022, 1, 1),),
    declined_after_event=1.0,
    declined_without=0.1,
    margin=0.25,
    margin_range=(0.2, 0.3),
    loss=0.5,
)
CURVES = DeclineCurves(ends=(6, 12), event="decline", probability=np.array([[0.4, 0.6], [0.0, 0.2]]))


def test_a_client_stands_as_declined_by_its_curve_or_because_it_may_catch_up() -> None:
    # half of the first step is over: the chance of a decline by now is 0.2 and 0; a tenth of the others stand behind
    assert QUARTER.declined(CURVES) == pytest.approx([0.2 + 0.8 * 0.1, 0.1])


def test_once_the_horizon_is_over_the_chance_is_that_of_decline() -> None:
    whole = replace(QUARTER, elapsed=12)
    assert whole.declined(CURVES) == pytest.approx([0.6, 0.2])
    returns = DeclineCurves(ends=(6, 12), event="return", probability=np.array([[0.4, 0.6]]))
    assert whole.declined(returns) == pytest.approx([0.4])


def test_who_has_not_come_back_stands_as_declined() -> None:
    returns = DeclineCurves(ends=(3, 12), event="return", probability=np.array([[0.7, 0.9]]))
    part = replace(QUARTER, event="return", declined_after_event=0.0, declined_without=0.8)
    assert part.declined(returns) == pytest.approx([0.3 * 0.8])


def test_value_by_now_is_a_share_of_the_margin_less_a_share_of_the_loss() -> None:
    assert QUARTER.value(np.array([100.0, 40.0]), np.array([10.0, 60.0])) == pytest.approx([20.0, -20.0])


@given(
    steps=st.lists(st.floats(0.0, 1.0), min_size=4, max_size=4),
    after=st.floats(0.5, 1.0),
    without=st.floats(0.0, 0.5),
)
def test_chances_stay_chances_and_rank_as_the_curves_do(steps: list[float], after: float, without: float) -> None:
    probability = np.maximum.accumulate(np.array([steps, [each / 2 for each in steps]]), axis=1)
    curves = DeclineCurves(ends=(3, 6, 9, 12), event="decline", probability=probability)
    part = replace(QUARTER, declined_after_event=after, declined_without=without)
    chance = part.declined(curves)
    assert (chance >= 0).all()
    assert (chance <= 1).all()
    assert chance[0] >= chance[1]


@pytest.mark.parametrize("rule", ["lapse", "drop"])
def test_shares_are_those_of_earlier_dates_and_add_up_there(tmp_path: Path, rule: str) -> None:
    lender = lender_in(tmp_path, decline={"rule": rule, "share": 0.5})
    book = open_book(lender.config, None, SilentProgress())
    with prepared_book(book, lender.config, date(2022, 10, 1)) as prepared:
        parts = parts_of_horizon(prepared, lender.config, [2, 3], until=3, first=-40, dates=3)
        found = outcomes_at(prepared, lender.config, [-9, -6, -3], [3, 6], until=3)
        none = parts_of_horizon(prepared, lender.config, [3], until=3, first=0, dates=3)[3]
    part, then, whole = parts[3], found[3], found[6]
    assert part.dates == (date(2022, 1, 1), date(2022, 4, 1), date(2022, 7, 1))
    assert then.margin is not None
    assert whole.margin is not None
    assert whole.event_period is not None
    assert then.declined is not None
    assert part.margin == pytest.approx(then.margin.sum() / whole.margin.sum())
    came = (whole.event_period > 0) & (whole.event_period <= 3)
    stood = came * part.declined_after_event + ~came * part.declined_without
    assert stood.sum() == pytest.approx(then.declined.sum())  # so the level of a right curve is right
    assert part.declined_after_event == (0.0 if rule == "lapse" else 1.0)
    assert (part.declined_without == 1.0) == (rule == "lapse")
    assert parts[2].margin < part.margin
    assert (none.dates, none.declined_without) == ((), 1.0 if rule == "lapse" else 0.0)
    assert none.margin == pytest.approx(0.5, abs=0.02)
