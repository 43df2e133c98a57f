"""Cold start: means of clients who began alike by hand, exact parts, and the same model read back."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.config.learners import ColdStartConfig
from models.config.sections import RunConfig
from models.errors import TooLittleDataError
from models.learners.calibration import PlattCalibration
from models.learners.cold_start import AlikeMeans, ColdDecline, ColdValue
from models.learners.contract import FeatureContract
from models.vocab import BoolArray, FloatArray

CONFIG = ColdStartConfig(trees=12, leaves=4, min_clients_per_leaf=10, shrinkage=20.0)
RUN = RunConfig(seed=3, threads=1)
ALIKE, CLIENTS = 1, 400
EXACT = 1e-9


@pytest.fixture(scope="module")
def book() -> tuple[FeatureContract, FloatArray, BoolArray, FloatArray]:
    noise = np.random.default_rng(5)
    stage = noise.integers(0, 3, CLIENTS)
    frame = pd.DataFrame(
        {
            "capital": noise.lognormal(2.0, 1.0, CLIENTS),
            "began": pd.Series(np.array(["approved", "assessed", "nothing open"])[stage], dtype="str"),
        }
    )
    contract = FeatureContract.learn(frame, {"capital": "USD", "began": "category"}, 10)
    nothing = noise.random(CLIENTS) < np.array([0.1, 0.4, 0.9])[stage]
    value = np.where(nothing, 0.0, frame["capital"].to_numpy() * 100.0 - 50.0)
    return contract, contract.encode(frame), nothing, value


def test_a_mean_of_few_is_drawn_to_that_of_all() -> None:
    codes, outcome = np.array([0.0] * 30 + [1.0] * 10 + [np.nan]), np.array([0.0] * 30 + [1.0] * 10 + [1.0])
    means = AlikeMeans.fit(codes, outcome, place=0, categories=3, shrinkage=10.0)
    assert means.overall == pytest.approx(11 / 41)
    by_hand = (10 * 11 / 41 / 40, (10 + 10 * 11 / 41) / 20, 11 / 41)
    assert means.means == pytest.approx(by_hand)
    asked = np.array([[0.0], [2.0], [np.nan], [7.0]])
    assert means.of(asked) == pytest.approx([by_hand[0], 11 / 41, 11 / 41, 11 / 41])


def test_parts_sum_to_what_is_served(book: tuple[FeatureContract, FloatArray, BoolArray, FloatArray]) -> None:
    contract, matrix, nothing, value = book
    decline = ColdDecline.fit(matrix, nothing, alike=ALIKE, config=CONFIG, contract=contract, run=RUN)
    decline = decline.calibrated_by(PlattCalibration(slope=0.8, intercept=0.2))
    parts = decline.explain(matrix)
    assert parts.base + parts.values.sum(axis=1) == pytest.approx(parts.prediction, abs=EXACT)
    served = decline.in_served_unit(parts)
    assert served.prediction == pytest.approx(decline.predict(matrix), abs=EXACT)
    assert served.base + served.values.sum(axis=1) == pytest.approx(served.prediction, abs=EXACT)
    worth = ColdValue.fit(matrix, value, alike=ALIKE, config=CONFIG, contract=contract, run=RUN)
    logs = worth.explain(matrix)
    assert logs.base + logs.values.sum(axis=1) == pytest.approx(worth.log_value(matrix), abs=EXACT)


def test_how_a_client_began_moves_what_is_expected(
    book: tuple[FeatureContract, FloatArray, BoolArray, FloatArray],
) -> None:
    contract, matrix, nothing, value = book
    decline = ColdDecline.fit(matrix, nothing, alike=ALIKE, config=CONFIG, contract=contract, run=RUN)
    worth = ColdValue.fit(matrix, value, alike=ALIKE, config=CONFIG, contract=contract, run=RUN)
    one = np.repeat(matrix[:1], 3, axis=0)
    one[:, ALIKE] = [0.0, 1.0, 2.0]
    assert np.all(np.diff(decline.predict(one)) > 0)
    assert np.all(np.diff(worth.log_value(one)) < 0)
    assert np.all(np.diff(decline.explain(one).values[:, ALIKE]) > 0)


def test_models_read_back_say_the_same_to_the_bit(
    book: tuple[FeatureContract, FloatArray, BoolArray, FloatArray],
) -> None:
    contract, matrix, nothing, value = book
    decline = ColdDecline.fit(matrix, nothing, alike=ALIKE, config=CONFIG, contract=contract, run=RUN)
    worth = ColdValue.fit(matrix, value, alike=ALIKE, config=CONFIG, contract=contract, run=RUN)
    assert np.array_equal(ColdDecline.from_texts(decline.to_texts()).predict(matrix), decline.predict(matrix))
    assert np.array_equal(ColdValue.from_texts(worth.to_texts()).log_value(matrix), worth.log_value(matrix))


def test_one_row_says_what_it_says_among_others(
    book: tuple[FeatureContract, FloatArray, BoolArray, FloatArray],
) -> None:
    contract, matrix, nothing, _ = book
    decline = ColdDecline.fit(matrix, nothing, alike=ALIKE, config=CONFIG, contract=contract, run=RUN)
    assert np.array_equal(decline.predict(matrix[7:8]), decline.predict(matrix)[7:8])
    assert np.array_equal(decline.predict(matrix[::-1])[::-1], decline.predict(matrix))


def test_one_outcome_alone_teaches_nothing(book: tuple[FeatureContract, FloatArray, BoolArray, FloatArray]) -> None:
    contract, matrix, nothing, value = book
    with pytest.raises(TooLittleDataError):
        ColdDecline.fit(matrix, np.ones_like(nothing), alike=ALIKE, config=CONFIG, contract=contract, run=RUN)
    with pytest.raises(TooLittleDataError):
        ColdValue.fit(matrix, np.minimum(value, 0.0), alike=ALIKE, config=CONFIG, contract=contract, run=RUN)


def test_shrinkage_draws_to_what_came_of_all(
    book: tuple[FeatureContract, FloatArray, BoolArray, FloatArray],
) -> None:
    contract, matrix, nothing, _ = book
    spread = []
    for shrinkage in (1.0, 1e6):
        config = replace_shrinkage(shrinkage)
        decline = ColdDecline.fit(matrix, nothing, alike=ALIKE, config=config, contract=contract, run=RUN)
        spread.append(np.ptp(decline.alike.means))
    assert spread[1] < 0.01 < spread[0]


def replace_shrinkage(shrinkage: float) -> ColdStartConfig:
    return CONFIG.model_copy(update={"shrinkage": shrinkage})
