"""Expected credit loss as IFRS 9 counts it: by hand, by the closed form, and as another implementation has it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.learners.credit.ecl import expected_credit_loss, lifetime_ecl, marginal_defaults

STEPS_A_YEAR = 2_000


def lifetime(yearly: list[float], lgd: float, exposure: float | list[float], rate: float) -> float:
    """Lifetime ECL of one client by the years' conditional PDs."""
    cumulative = 1.0 - np.cumprod(1.0 - np.array(yearly))[:, None]
    at_default = np.broadcast_to(np.array(exposure, dtype=np.float64), len(yearly))[:, None]
    return float(expected_credit_loss(marginal_defaults(cumulative), np.array([lgd]), at_default, rate=rate)[0])


def on_a_grid(pd: float, lgd: float, exposure: float, years: float, rate: float) -> float:
    """Lifetime ECL of a constant hazard and an exposure that falls in a straight line, step by small step."""
    steps = round(years * STEPS_A_YEAR)
    ends = np.arange(1, steps + 1) / STEPS_A_YEAR
    cumulative = (1.0 - (1.0 - pd) ** ends)[:, None]
    falling = exposure * (1.0 - (ends - 0.5 / STEPS_A_YEAR) / years)[:, None]
    per_step = (1.0 + rate) ** (1.0 / STEPS_A_YEAR) - 1.0
    return float(expected_credit_loss(marginal_defaults(cumulative), np.array([lgd]), falling, rate=per_step)[0])


def test_twelve_months_by_hand() -> None:
    # 2% of 1 m at an LGD of 45%, lost at the end of the year at 5%: 9,000 / 1.05
    found = expected_credit_loss(np.array([[0.02]]), np.array([0.45]), np.array([1e6]), rate=0.05)
    assert found[0] == pytest.approx(9_000 / 1.05, rel=1e-12)


@pytest.mark.parametrize(
    ("yearly", "lgd", "exposure", "rate", "expected"),
    [
        ([0.02] * 5, 0.45, 1e6, 0.05, 37511.28042328049),
        ([0.01, 0.02, 0.04, 0.03], 0.6, 250_000.0, 0.08, 11636.945587562888),
        ([0.1, 0.2, 0.3], 0.25, 4e7, 0.0, 4_960_000.0),
        ([0.03] * 4, 0.45, [880_000.0, 680_000.0, 530_000.0, 417_500.0], 0.06, 28859.61554993449),
    ],
)
def test_the_lifetime_is_that_of_another_implementation(
    yearly: list[float], lgd: float, exposure: float | list[float], rate: float, expected: float
) -> None:
    """``ecl_lifetime`` of creditriskengine 0.31.0, which asks for pandas below 3 and so cannot be installed beside us.

    PDs by its ``cumulative_pd_from_annual`` and ``marginal_pd_from_cumulative``; the exposure of the last case by its
    ``ead_term_structure`` (800,000 drawn falling by a quarter a year, 200,000 undrawn at a CCF of 40%).
    """
    assert lifetime(yearly, lgd, exposure, rate) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("rate", [0.0, 0.06])
@pytest.mark.parametrize(("pd", "years"), [(0.002, 1.0), (0.02, 5.0), (0.3, 2.5), (0.9, 7.0)])
def test_the_closed_form_is_the_sum_over_ever_smaller_periods(pd: float, years: float, rate: float) -> None:
    closed = lifetime_ecl(np.array([pd]), np.array([0.45]), np.array([1e6]), np.array([years]), rate=rate)
    assert closed[0] == pytest.approx(on_a_grid(pd, 0.45, 1e6, years, rate), rel=2e-3)


def test_nothing_is_lost_without_time_exposure_or_risk() -> None:
    none = lifetime_ecl(
        np.array([0.0, 0.1, 0.1, 0.1]),
        np.array([0.4, 0.0, 0.4, 0.4]),
        np.array([1e6, 1e6, 0.0, 1e6]),
        np.array([5.0, 5.0, 5.0, 0.0]),
        rate=0.05,
    )
    assert none.tolist() == [0.0, 0.0, 0.0, 0.0]


@given(
    pd=st.floats(1e-6, 0.99),
    lgd=st.floats(0.01, 1.0),
    years=st.floats(0.1, 30.0),
    rate=st.floats(0.0, 0.3),
    more=st.floats(1.01, 3.0),
)
def test_more_risk_severity_exposure_or_time_never_costs_less(
    pd: float, lgd: float, years: float, rate: float, more: float
) -> None:
    def found(pd: float, lgd: float, exposure: float, years: float) -> float:
        return float(lifetime_ecl(*(np.array([each]) for each in (pd, lgd, exposure, years)), rate=rate)[0])

    plain = found(pd, lgd, 1.0, years)
    assert 0.0 <= plain <= lgd
    assert found(1.0 - (1.0 - pd) ** more, lgd, 1.0, years) >= plain
    assert found(pd, min(1.0, lgd * more), 1.0, years) >= plain
    assert found(pd, lgd, more, years) == pytest.approx(more * plain, rel=1e-9)
    assert found(pd, lgd, 1.0, years * more) >= plain * (1.0 - 1e-6)
