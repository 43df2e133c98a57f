"""The contract of all learners: finite, in range, each client on its own, the same when written and read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.config.learners import DeclineLearnerConfig, ValueLearnerConfig
from models.config.sections import RunConfig
from models.config.segments import SegmentsConfig
from models.learners.baselines import LogisticBaseline, PastBehaviour, PastSumBaseline
from models.learners.contract import FeatureContract
from models.learners.decline.whether import DeclineModel
from models.learners.segments.model import SegmentModel
from models.learners.value.calibration import ValueCalibration
from models.learners.value.candidate import CandidateInputs
from models.learners.value.model import ValueModel

NUMBERS = ("recency", "count", "total", "last_period", "tenure")
AS_FEATURES = {
    "recency": "activity_recency_days",
    "count": "activity_active_periods",
    "total": "value_sum_ever",
    "tenure": "tenure_days",
}
CLUSTERS = 4
CANDIDATES = ("tweedie", "hurdle", "ziln", "btyd", "btyd_offset")
WITH_TREES = ("tweedie", "hurdle", "ziln", "btyd_offset", "decline")
LEARNERS = (*CANDIDATES, "decline", "segments", "logistic", "past sum")


@dataclass(frozen=True)
class Learner:
    """A fitted learner from outside: what it says of rows, its range, itself written and read again."""

    predict: Callable[[np.ndarray], np.ndarray]
    again: Callable[[np.ndarray], np.ndarray]
    low: float
    high: float


def training_book() -> tuple[FeatureContract, np.ndarray, np.ndarray, np.ndarray]:
    """600 clients: five numbers with gaps and a country, their value and whether they declined."""
    generator = np.random.default_rng(17)
    recency = generator.integers(0, 60, size=600)
    frame = pd.DataFrame(
        {
            "recency": recency,
            "count": generator.poisson(3, size=600),
            "total": generator.lognormal(3, 0.7, size=600),
            "last_period": generator.lognormal(size=600),
            "tenure": recency + generator.integers(0, 60, size=600),
        }
    ).astype(float)
    frame = frame.mask(generator.random(frame.shape) < 0.05)
    frame["country"] = generator.choice(["BR", "CN", "KE"], size=600)
    frame = frame.rename(columns=AS_FEATURES)
    contract = FeatureContract.learn(frame, dict.fromkeys(frame.columns, "unit"), max_categories=5)
    declined = generator.random(600) < 1 / (1 + np.exp(2 - recency / 15))
    value = np.where(declined, 0.0, generator.lognormal(3, 1, size=600))
    return contract, contract.encode(frame), value, declined


def past(matrix: np.ndarray) -> PastBehaviour:
    return PastBehaviour.filled(**dict(zip(NUMBERS, matrix.T[:5], strict=True)))


def fit(name: str, seed: int = 1) -> Learner:
    contract, matrix, value, declined = training_book()
    run, trees = RunConfig(seed=seed, threads=1), {"trees": 25}
    if name in CANDIDATES:
        inputs = CandidateInputs(
            matrix=matrix,
            value=value,
            latest=np.ones(600, dtype=bool),
            contract=contract,
            config=ValueLearnerConfig(**trees),
            run=run,
            horizon_periods=12,
            days_per_period=1.0,
        )
        model = ValueModel.fit(name, inputs)
        calibration = ValueCalibration.fit(model.candidate.log_value(matrix), value)
        model = replace(model, calibration=calibration)
        return Learner(model.predict, ValueModel.from_texts(model.to_texts(), threads=1).predict, 0.0, np.inf)
    if name == "decline":
        decline = DeclineModel.fit(matrix, declined, config=DeclineLearnerConfig(**trees), contract=contract, run=run)
        decline = decline.calibrated(matrix, declined)
        return Learner(decline.predict, DeclineModel.from_texts(decline.to_texts(), threads=1).predict, 0.0, 1.0)
    if name == "segments":
        config = SegmentsConfig(clusters=CLUSTERS, features=NUMBERS)
        segments = SegmentModel.fit(matrix[:, :5], config, seed=seed)
        read = SegmentModel.from_json(segments.to_json())
        return Learner(
            lambda rows: segments.assign(rows[:, :5]).segment,
            lambda rows: read.assign(rows[:, :5]).segment,
            0,
            CLUSTERS - 1,
        )
    if name == "logistic":
        line = LogisticBaseline.fit(past(matrix), declined)
        return Learner(lambda rows: line.predict(past(rows)), lambda rows: line.predict(past(rows)), 0.0, 1.0)
    share = PastSumBaseline.fit(past(matrix), value)
    return Learner(lambda rows: share.predict(past(rows)), lambda rows: share.predict(past(rows)), 0.0, np.inf)


fitted = cache(fit)
CELL = st.one_of(st.just(float("nan")), st.floats(0, 1e9), st.floats(0, 100))
BATCHES = st.lists(
    st.tuples(CELL, CELL, CELL, CELL, CELL, st.sampled_from([float("nan"), 0.0, 1.0, 2.0])),
    min_size=1,
    max_size=30,
).map(np.array)


@settings(max_examples=40, deadline=None)
@pytest.mark.parametrize("name", LEARNERS)
@given(rows=BATCHES)
def test_finite_and_in_range(name: str, rows: np.ndarray) -> None:
    learner = fitted(name)
    predicted = learner.predict(rows)
    assert predicted.shape == (len(rows),)
    assert np.isfinite(predicted).all()
    assert ((predicted >= learner.low) & (predicted <= learner.high)).all()


@settings(max_examples=40, deadline=None)
@pytest.mark.parametrize("name", LEARNERS)
@given(rows=BATCHES, data=st.data())
def test_a_client_alone_in_a_batch_and_in_a_shuffled_batch(name: str, rows: np.ndarray, data: st.DataObject) -> None:
    predict = fitted(name).predict
    order = np.array(data.draw(st.permutations(range(len(rows)))))
    batch = predict(rows)
    np.testing.assert_array_equal(predict(rows[order]), batch[order])
    np.testing.assert_array_equal(np.concatenate([predict(row[None]) for row in rows]), batch)


@settings(max_examples=25, deadline=None)
@pytest.mark.parametrize("name", [*CANDIDATES, "decline", "segments"])
@given(rows=BATCHES)
def test_written_and_read_it_says_the_same(name: str, rows: np.ndarray) -> None:
    learner = fitted(name)
    np.testing.assert_array_equal(learner.again(rows), learner.predict(rows))


@pytest.mark.parametrize("name", LEARNERS)
def test_the_same_seed_gives_the_same_learner(name: str) -> None:
    rows = training_book()[1]
    np.testing.assert_array_equal(fit(name).predict(rows), fitted(name).predict(rows))


@pytest.mark.parametrize("name", WITH_TREES)
def test_another_seed_gives_another_sample_of_rows(name: str) -> None:
    rows = training_book()[1]
    assert (fit(name, seed=2).predict(rows) != fitted(name).predict(rows)).any()


def test_no_clients_give_no_predictions() -> None:
    for name in LEARNERS:
        assert fitted(name).predict(np.empty((0, 6))).shape == (0,)
