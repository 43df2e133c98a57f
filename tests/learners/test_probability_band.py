"""A bad year may raise everybody's risk: the band of a probability is as wide as past origins lay apart."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit

from models.learners.probability_band import ProbabilityBand
from models.vocab import FloatArray


def _origin(shift: float, *, clients: int, seed: int, slope: float = 1.0) -> tuple[FloatArray, FloatArray]:
    random = np.random.default_rng(seed)
    said = random.normal(-1.0, 1.5, clients)
    return said, (random.random(clients) < expit(slope * (said + 1.0) - 1.0 + shift)).astype(np.float64)


def _band(*origins: tuple[FloatArray, FloatArray], confidence: float = 0.9) -> ProbabilityBand:
    band = ProbabilityBand.fit([said for said, _ in origins], [seen for _, seen in origins], confidence=confidence)
    assert band is not None
    return band


def test_good_and_bad_years_make_it_wide() -> None:
    years = [_origin(shift, clients=20_000, seed=place) for place, shift in enumerate((-0.6, 0.0, 0.6))]
    assert _band(*years).level_deviation == pytest.approx(0.6 * np.sqrt(4 / 3), rel=0.1)
    alike = [_origin(0.0, clients=20_000, seed=place) for place in range(3)]
    assert _band(*alike).level_deviation < 0.06


def test_few_clients_make_it_wide_where_there_is_one_origin() -> None:
    few, many = (_band(_origin(0.0, clients=clients, seed=1)) for clients in (100, 10_000))
    assert few.level_deviation == pytest.approx(10 * many.level_deviation, rel=0.2)
    assert few.slope_deviation == pytest.approx(10 * many.slope_deviation, rel=0.3)


def test_it_holds_the_rate_of_new_years_as_often_as_it_says() -> None:
    random = np.random.default_rng(5)
    inside = []
    for trial in range(60):
        shifts = random.normal(0.0, 0.5, 9)
        band = _band(*(_origin(shift, clients=3_000, seed=100 * trial + n) for n, shift in enumerate(shifts[:8])))
        low, high = band.around(np.array([0.3]))
        inside.append(low[0] <= expit(logit(0.3) + shifts[8]) <= high[0])
    assert 0.8 <= np.mean(inside) <= 1.0


def test_it_holds_what_is_served_and_stays_between_nothing_and_certainty() -> None:
    band = _band(_origin(0.3, clients=500, seed=3), _origin(-0.3, clients=500, seed=4))
    served = np.array([0.0, 1e-12, 0.2, 0.5, 1.0])
    low, high = band.around(served)
    assert ((low >= 0) & (low <= served) & (served <= high) & (high <= 1)).all()
    wider = _band(_origin(0.3, clients=500, seed=3), _origin(-0.3, clients=500, seed=4), confidence=0.99)
    assert (wider.around(served)[1][2:4] > high[2:4]).all()


def test_without_both_outcomes_nothing_is_known() -> None:
    assert ProbabilityBand.fit([np.zeros(5)], [np.zeros(5)], confidence=0.9) is None


def test_it_comes_back_from_text_as_it_was() -> None:
    band = _band(_origin(0.1, clients=200, seed=2))
    assert ProbabilityBand.from_json(band.to_json()) == band
