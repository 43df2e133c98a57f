"""The client who came back last month ranks before the one who left; then the two fitted baselines."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from models.errors import InternalError, TooLittleDataError
from models.learners.baselines import (
    LogisticBaseline,
    PastBehaviour,
    PastSumBaseline,
    decline_scores,
    value_scores,
)


@pytest.fixture
def past() -> PastBehaviour:
    generator = np.random.default_rng(3)
    recency = generator.integers(0, 60, size=500).astype(float)
    return PastBehaviour(
        recency=recency,
        count=generator.poisson(4, size=500).astype(float),
        total=generator.lognormal(3, 2, size=500) - 5,
        last_period=generator.lognormal(size=500),
        tenure=recency + generator.integers(0, 100, size=500),
    )


@pytest.fixture
def declined(past: PastBehaviour) -> np.ndarray:
    return np.random.default_rng(4).random(500) < 1 / (1 + np.exp(3 - past.recency / 10))


def test_who_was_here_last_is_worth_most_and_declines_least() -> None:
    past = PastBehaviour(
        recency=np.array([1.0, 30.0]),
        count=np.array([5.0, 2.0]),
        total=np.array([100.0, 20.0]),
        last_period=np.array([9.0, 0.0]),
        tenure=np.array([40.0, 60.0]),
    )
    assert list(value_scores(past)) == ["recency", "past_count", "past_sum", "last_period"]
    for score in value_scores(past).values():
        assert score[0] > score[1]
    for score in decline_scores(past).values():
        assert score[0] < score[1]


def test_logistic_baseline_equals_the_pipeline_that_one_would_write(past: PastBehaviour, declined: np.ndarray) -> None:
    columns = np.stack([past.recency, past.count, past.total, past.tenure], axis=1)
    logs = np.sign(columns) * np.log1p(np.abs(columns))
    pipeline = make_pipeline(StandardScaler(), LogisticRegression()).fit(logs, declined)
    fitted = LogisticBaseline.fit(past, declined)
    np.testing.assert_allclose(fitted.predict(past), pipeline.predict_proba(logs)[:, 1], rtol=1e-9)


def test_logistic_baseline_bears_a_column_that_never_changes(past: PastBehaviour, declined: np.ndarray) -> None:
    level = PastBehaviour(
        recency=past.recency,
        count=np.ones(500),
        total=past.total,
        last_period=past.last_period,
        tenure=past.tenure,
    )
    assert np.isfinite(LogisticBaseline.fit(level, declined).predict(level)).all()


def test_past_sum_carries_the_training_total_on(past: PastBehaviour) -> None:
    value = np.random.default_rng(5).lognormal(size=500)
    fitted = PastSumBaseline.fit(past, value)
    assert fitted.predict(past).sum() == pytest.approx(value.sum(), rel=1e-12)
    assert (fitted.predict(past)[past.total < 0] == 0).all()


def test_gaps_are_filled_by_what_they_mean() -> None:
    gap, known = np.array([np.nan, np.nan]), np.array([12.0, np.nan])
    filled = PastBehaviour.filled(recency=gap, count=gap, total=gap, last_period=gap, tenure=known)
    np.testing.assert_array_equal(filled.recency, [12.0, 0.0])
    np.testing.assert_array_equal(filled.total, [0.0, 0.0])
    with pytest.raises(InternalError, match="fill what is missing"):
        PastBehaviour(recency=gap, count=gap, total=gap, last_period=gap, tenure=known)


def test_one_outcome_and_no_past_are_refused(past: PastBehaviour) -> None:
    with pytest.raises(TooLittleDataError, match="got 500 of 500 declined"):
        LogisticBaseline.fit(past, np.ones(500, dtype=bool))
    with pytest.raises(TooLittleDataError, match="0 after"):
        PastSumBaseline.fit(past, np.zeros(500))
