"""What is foreseen: present value by the textbook formula, and who declined."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.config.sections import DeclineConfig
from models.panel.targets import (
    DECLINE_CAUSES,
    Activity,
    Endings,
    decline_causes,
    declined,
    discount_factors,
    event_periods,
    present_value,
)
from models.vocab import DeclineCause, ExitCause

LAPSE = DeclineConfig(rule="lapse")
DROP = DeclineConfig(rule="drop", share=0.5)
DEFAULT = DeclineConfig(rule="default")


def activity(*clients: tuple[float, float, int], past: int = 12, future: int = 12) -> Activity:
    """Clients of past sum, future sum and future count, all of it in the last period."""
    amounts = [[0.0] * (future - 1) + [client[1]] for client in clients]
    counts = [[0] * (future - 1) + [client[2]] for client in clients]
    return monthly([client[0] for client in clients], amounts, counts, past=past)


def monthly(past_sum: list[float], amounts: list[list[float]], counts: list[list[int]], past: int = 12) -> Activity:
    """Clients of past sum and, per period of the horizon, amount and number of events."""
    return Activity(
        past_sum=np.array(past_sum),
        past_periods=past,
        sum_so_far=np.cumsum(np.array(amounts).T, axis=0),
        count_so_far=np.cumsum(np.array(counts).T, axis=0),
    )


def test_a_client_that_did_nothing_in_the_horizon_lapsed() -> None:
    assert declined(activity((100.0, 0.0, 0), (100.0, 0.0, 1), (0.0, 5.0, 1)), LAPSE).tolist() == [True, False, False]


def test_a_drop_is_below_half_of_the_past_and_exactly_half_is_none() -> None:
    clients = activity((100.0, 49.99, 3), (100.0, 50.0, 3), (100.0, 200.0, 1), (0.0, 0.0, 0))
    assert declined(clients, DROP).tolist() == [True, False, False, True]


def test_windows_of_different_length_are_compared_per_period() -> None:
    clients = activity((2400.0, 299.0, 1), (2400.0, 300.0, 1), past=48, future=12)
    assert declined(clients, DROP).tolist() == [True, False]


def test_loans_that_all_ended_on_schedule_are_no_decline() -> None:
    clients = activity((100.0, 0.0, 0), (100.0, 0.0, 0))
    for rule in (LAPSE, DROP):
        assert declined(clients, rule, only_matured=np.array([True, False])).tolist() == [False, True]


def test_a_decline_sets_in_after_the_last_period_that_kept_up() -> None:
    """Past: 100 a period, so 50 must come on average. Kept up until period 2; on the whole; late but at last."""
    declines = monthly(
        [1_200.0, 1_200.0, 1_200.0],
        [[100, 20, 10, 0], [100, 100, 0, 0], [0, 0, 0, 200]],
        [[1, 1, 1, 0], [1, 1, 0, 0], [0, 0, 0, 1]],
    )
    assert declined(declines, DROP).tolist() == [True, False, False]
    assert event_periods(declines, DROP).tolist() == [3, 0, 0]


def test_who_does_nothing_at_all_declines_from_the_first_period() -> None:
    """Also a client whose past brought nothing in sum, of which no share can be missed."""
    silent = monthly([1_200.0, 0.0, -5.0], [[0, 0]] * 3, [[0, 0]] * 3)
    assert event_periods(silent, DROP).tolist() == [1, 1, 1]


def test_loans_that_all_ended_on_schedule_have_no_onset() -> None:
    silent = monthly([1_200.0, 1_200.0], [[0, 0]] * 2, [[0, 0]] * 2)
    assert event_periods(silent, DROP, only_matured=np.array([True, False])).tolist() == [0, 1]


def test_under_lapse_the_first_period_with_activity_is_told() -> None:
    clients = monthly([1.0] * 3, [[0, 5, 5], [7, 0, 0], [0, 0, 0]], [[0, 1, 1], [2, 0, 0], [0, 0, 0]])
    assert event_periods(clients, LAPSE).tolist() == [2, 1, 0]
    assert declined(clients, LAPSE).tolist() == [False, False, True]


def drawn_activity(seed: int, horizon: int) -> tuple[Activity, np.ndarray]:
    """400 clients in whole cents, among them silent ones, refunds, and sums that hit the share exactly."""
    random = np.random.default_rng(seed)
    counts = random.poisson(random.gamma(0.5, 1.0, size=(400, 1)), size=(400, horizon))
    amounts = np.where(counts > 0, random.integers(-40, 200, size=counts.shape), 0)
    past = random.integers(-2, 30, size=400) * 50
    exact = random.random(400) < 0.2
    amounts[exact], counts[exact] = (past[exact] // 24)[:, None], 1
    return monthly(past.tolist(), amounts.tolist(), counts.tolist()), random.random(400) < 0.1


@pytest.mark.parametrize("horizon", [1, 3, 12])
@pytest.mark.parametrize("seed", range(5))
def test_exactly_who_declined_has_an_onset_and_it_never_moves_back_with_a_longer_look(seed: int, horizon: int) -> None:
    clients, only_matured = drawn_activity(seed, horizon)
    happened = declined(clients, DROP, only_matured=only_matured)
    onset = event_periods(clients, DROP, only_matured=only_matured)
    assert 0 < happened.sum() < 400
    np.testing.assert_array_equal(onset > 0, happened)
    assert onset.max() <= horizon
    rate = DROP.share * clients.past_sum / clients.past_periods
    for client in np.flatnonzero(happened):
        paces = clients.sum_so_far[:, client] / np.arange(1, horizon + 1)
        late = (paces < rate[client]) | (clients.count_so_far[:, client] == 0)
        assert late[onset[client] - 1 :].all()
        assert onset[client] == 1 or not late[onset[client] - 2]


@pytest.mark.parametrize("seed", range(3))
def test_under_lapse_exactly_who_did_not_decline_returned(seed: int) -> None:
    clients, _ = drawn_activity(seed, 6)
    np.testing.assert_array_equal(event_periods(clients, LAPSE) > 0, ~declined(clients, LAPSE))


@pytest.mark.parametrize(
    ("defaulted", "still_open", "last", "expected"),
    [
        (True, True, ExitCause.REFINANCED_AWAY, DeclineCause.DEFAULT),
        (False, True, ExitCause.REFINANCED_AWAY, DeclineCause.REDUCED),
        (False, False, ExitCause.REFINANCED_AWAY, DeclineCause.REFINANCED_AWAY),
        (False, False, ExitCause.DORMANT, DeclineCause.DORMANT),
        (False, False, None, DeclineCause.DORMANT),
    ],
)
def test_why_a_client_declined(
    defaulted: bool, still_open: bool, last: ExitCause | None, expected: DeclineCause
) -> None:
    endings = Endings(
        only_matured=np.array([False, False]),
        defaulted=np.array([defaulted] * 2),
        still_open=np.array([still_open] * 2),
        last_cause=np.array([-1 if last is None else list(ExitCause).index(last)] * 2),
    )
    causes = decline_causes(np.array([True, False]), endings)
    assert DECLINE_CAUSES[causes[0]] == expected
    assert causes[1] == -1


@pytest.mark.parametrize(("period", "per_year"), [("month", 12), ("quarter", 4)])
def test_a_year_of_periods_discounts_by_the_annual_rate(period: str, per_year: int) -> None:
    factors = discount_factors(3 * per_year, annual_rate=0.08, period=period)
    assert factors[per_year - 1 :: per_year].tolist() == pytest.approx([1 / 1.08, 1 / 1.08**2, 1 / 1.08**3])
    assert (np.diff(factors) < 0).all()


def test_present_value_of_an_annuity_is_the_textbook_one() -> None:
    rate, years, payment = 0.05, 10, 100.0
    margin = np.zeros((120, 1))
    margin[11::12] = payment
    expected = payment * (1 - (1 + rate) ** -years) / rate
    assert present_value(margin, annual_rate=rate, period="month").tolist() == pytest.approx([expected])


def test_one_client_alone_is_valued_to_the_same_bit() -> None:
    margin = np.random.default_rng(1).normal(size=(36, 200)) * 1e6
    together = present_value(margin, annual_rate=0.07, period="month")
    alone = [present_value(margin[:, [client]], annual_rate=0.07, period="month")[0] for client in range(200)]
    assert together.tolist() == alone


def test_default_is_no_matter_of_activity_nor_of_what_ended_on_schedule() -> None:
    came = replace(activity((100.0, 0.0, 0), (100.0, 90.0, 3), (0.0, 0.0, 0), future=2), default_so_far=CAME)
    assert declined(came, DEFAULT, only_matured=np.array([True, True, True])).tolist() == [False, True, True]
    assert event_periods(came, DEFAULT).tolist() == [0, 2, 1]


CAME = np.array([[False, False, True], [False, True, True]])
"""In default by the end of the first and the second period."""
