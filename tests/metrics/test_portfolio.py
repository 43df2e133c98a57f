"""A lender that keeps its safest four fifths: what it then loses per unit of exposure, and how surely."""

from __future__ import annotations

import numpy as np
import pytest

from models.errors import InternalError
from models.metrics.bootstrap import bootstrap_figures
from models.metrics.portfolio import SafetyList

EXPOSURE, LOSS = np.array([100.0, 300.0, 100.0]), np.array([0.0, 30.0, 50.0])
ONE = np.ones((1, 3))


def test_the_border_is_kept_in_part() -> None:
    kept = SafetyList.of(EXPOSURE, LOSS, [3, 2, 1]).kept(0.5, ONE)  # the first, and half of the second
    assert kept.exposure[0] == pytest.approx(250.0)
    assert kept.loss_rate[0] == pytest.approx(15.0 / 250.0)


def test_every_list_loses_alike_when_all_is_kept() -> None:
    for score in ([3, 2, 1], [1, 2, 3], [0, 0, 0]):
        assert SafetyList.of(EXPOSURE, LOSS, score).kept(1.0, ONE).loss_rate[0] == pytest.approx(80.0 / 500.0)


def test_chance_loses_as_the_whole_book_does() -> None:
    for volume in (0.2, 0.8):
        assert SafetyList.of(EXPOSURE, LOSS, np.zeros(3)).kept(volume, ONE).loss_rate[0] == pytest.approx(0.16)


def test_volatility_is_the_spread_that_redrawn_clients_show() -> None:
    random = np.random.default_rng(5)
    exposure = random.lognormal(size=500)
    loss = exposure * (random.random(500) < 0.1) * random.random(500)
    book = SafetyList.of(exposure, loss, np.zeros(500))
    drawn = bootstrap_figures(
        lambda weights: {"rate": book.kept(1.0, weights).loss_rate}, np.arange(500), resamples=2_000, seed=1
    )
    foretold = book.kept(1.0, np.ones((1, 500))).volatility[0]
    assert drawn["rate"].values.std() == pytest.approx(foretold, rel=0.08)


def test_two_dates_add_up() -> None:
    one = SafetyList.of(EXPOSURE, LOSS, [3, 2, 1]).kept(1.0, ONE)
    assert (one + one).loss_rate[0] == pytest.approx(one.loss_rate[0])
    assert (one + one).volatility[0] == pytest.approx(one.volatility[0] / np.sqrt(2))


def test_a_client_without_a_score_is_refused() -> None:
    with pytest.raises(InternalError, match="finite score"):
        SafetyList.of(EXPOSURE, LOSS, [1.0, np.inf, 2.0])
