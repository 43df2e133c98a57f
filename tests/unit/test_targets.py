"""What is foreseen: present value by the textbook formula, and who declined."""

from __future__ import annotations

import numpy as np
import pytest

from models.config import DeclineConfig
from models.tables.targets import Activity, declined, discount_factors, present_value

LAPSE = DeclineConfig(rule="lapse")
DROP = DeclineConfig(rule="drop", share=0.5)


def activity(*clients: tuple[float, float, int], past: int = 12, future: int = 12) -> Activity:
    """Clients of past sum, future sum and future count."""
    return Activity(
        past_sum=np.array([client[0] for client in clients]),
        past_periods=past,
        future_sum=np.array([client[1] for client in clients]),
        future_count=np.array([client[2] for client in clients]),
        future_periods=future,
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
