"""Intervals that should hold nine amounts in ten: whether they do, how wide they are, and that honesty scores best."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from models.errors import InternalError, TooLittleDataError
from models.metrics.coverage import interval_coverage, interval_score, interval_width


def test_true_quantiles_cover_what_they_claim() -> None:
    amounts = stats.lognorm(s=1.5).rvs(20_000, random_state=3)
    low, high = (np.full(20_000, stats.lognorm(s=1.5).ppf(level)) for level in (0.05, 0.95))
    assert interval_coverage(amounts, low, high) == pytest.approx(0.9, abs=4 * np.sqrt(0.09 / 20_000))


def test_ends_belong_to_the_interval_and_weights_count() -> None:
    assert interval_coverage([1, 2, 3], [1, 0, 0], [5, 2, 2]) == pytest.approx(2 / 3)
    assert interval_coverage([1, 2, 3], [1, 0, 0], [5, 2, 2], weight=[1, 1, 2]) == pytest.approx(1 / 2)


def test_width_is_told_in_mean_amounts_losses_included() -> None:
    # Widths 3 and 9; amounts 4 and -2, of mean size 3.
    assert interval_width([4, -2], [2, -8], [5, 1]) == pytest.approx(2.0)


def test_score_by_hand() -> None:
    # Level .8: a miss costs ten times its distance. Widths 4, 4, 4; misses 0, 1 above, 2 below.
    assert interval_score([2, 5, -2], [0, 0, 0], [4, 4, 4], level=0.8) == pytest.approx((4 + 14 + 24) / 3)


def test_neither_wide_nor_bold_intervals_beat_the_true_quantiles() -> None:
    amounts = stats.norm.rvs(size=50_000, random_state=1)
    half = stats.norm.ppf(0.95)
    scores = [interval_score(amounts, -w + 0 * amounts, w + 0 * amounts, level=0.9) for w in (half / 2, half, 2 * half)]
    # Gneiting and Raftery: for N(0, 1) the least is 2 z + (2 / .1) * 2 * (phi(z) - .05 z).
    assert scores[1] == pytest.approx(2 * half + 40 * (stats.norm.pdf(half) - 0.05 * half), rel=0.01)
    assert scores[1] < min(scores[0], scores[2])


def test_what_is_no_interval_is_refused() -> None:
    with pytest.raises(InternalError, match="not above the high one"):
        interval_coverage([1], [2], [1])
    with pytest.raises(InternalError, match="level between 0 and 1"):
        interval_score([1], [0], [1], level=1.0)
    with pytest.raises(TooLittleDataError, match="other than zero"):
        interval_width([0, 0], [0, 0], [1, 1])
    with pytest.raises(TooLittleDataError, match="missing or infinite"):
        interval_coverage([1], [0], [np.inf])
