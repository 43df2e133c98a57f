"""Expected credit loss over 12 months and over the lifetime, as IFRS 9 counts them."""

from __future__ import annotations

import numpy as np

from models.vocab import FloatArray


def marginal_defaults(cumulative: FloatArray) -> FloatArray:
    """Probability of a first default in each period, from that until its end. (periods, n) -> (periods, n).

    >>> marginal_defaults(np.array([[0.1], [0.3]])).round(3).tolist()
    [[0.1], [0.2]]
    """
    return np.diff(cumulative, axis=0, prepend=0.0)


def expected_credit_loss(
    marginal: FloatArray, loss_given_default: FloatArray, exposure: FloatArray, *, rate: float
) -> FloatArray:
    """ECL = sum over periods of marginal PD x LGD x EAD, discounted from the end of each. (periods, n) -> (n,).

    ``loss_given_default`` and ``exposure`` are (periods, n) or (n,); ``rate`` is the effective interest rate of a
    period. Over the first 12 months it is the 12-month ECL (stage 1), over the whole contract the lifetime ECL (stages
    2 and 3). Sources: IFRS 9 5.5.3 and 5.5.5, B5.5.28 (cash shortfalls), B5.5.44 (effective interest rate).

    >>> even = np.full((2, 1), 0.5)
    >>> expected_credit_loss(even, np.array([0.4]), np.array([100.0]), rate=0.0).tolist()
    [40.0]
    """
    periods = np.arange(1, len(marginal) + 1)
    factors = (1.0 + rate) ** -periods.astype(np.float64)
    return np.asarray((marginal * loss_given_default * exposure * factors[:, None]).sum(axis=0))


def yearly_pd(pd: FloatArray, years: float) -> FloatArray:
    """PD of 12 months from that of a horizon of ``years``, at a constant hazard. Shapes (n,).

    >>> yearly_pd(np.array([0.19]), 2.0).round(3).tolist()
    [0.1]
    """
    return np.asarray(-np.expm1(np.log1p(-np.clip(pd, 0.0, 1.0 - 1e-12)) / years))


def lifetime_ecl(
    pd: FloatArray, loss_given_default: FloatArray, exposure: FloatArray, years: FloatArray, *, rate: float
) -> FloatArray:
    """Lifetime ECL at a constant hazard with ``exposure`` falling in a straight line to nothing. Shapes (n,).

    ``pd`` is that of 12 months, ``years`` the time to the last maturity, ``rate`` the effective interest rate of a
    year. With h = -ln(1 - PD) and r = ln(1 + rate) the integral of h exp(-(h + r) t) (1 - t / T) over [0, T] is
    h / a x (1 - (1 - exp(-a T)) / (a T)) with a = h + r.

    >>> lifetime_ecl(np.array([0.02]), np.array([0.45]), np.array([1e6]), np.array([5.0]), rate=0.0).round(0).tolist()
    [21982.0]
    """
    hazard = -np.log1p(-np.clip(pd, 0.0, 1.0 - 1e-12))
    decay = np.maximum(hazard + np.log1p(rate), 1e-12)
    over = decay * np.maximum(years, 0.0)
    held = np.divide(-np.expm1(-over), over, out=np.ones_like(over), where=over > 0)
    return np.asarray(loss_given_default * exposure * hazard / decay * (1.0 - held))
