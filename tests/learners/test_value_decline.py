"""The total of a calibrated book comes true and its parts sum; then the arithmetic behind both."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from models.config.learners import DeclineLearnerConfig, ValueLearnerConfig
from models.config.sections import RunConfig
from models.errors import AdditivityError, TooLittleDataError
from models.learners.calibration import MAX_SLOPE, MIN_SLOPE, PlattCalibration
from models.learners.contract import FeatureContract
from models.learners.contributions import Contributions, exp_rate, logistic_rate
from models.learners.decline.whether import DeclineModel
from models.learners.value.calibration import ValueCalibration
from models.learners.value.candidate import CandidateInputs
from models.learners.value.model import ValueModel
from models.metrics.probability import calibration_slope
from models.metrics.ranking import auc, normalized_gini
from models.metrics.value import decile_mape

RUN = RunConfig(threads=1)
VALUE = ValueLearnerConfig(trees=60)
DECLINE = DeclineLearnerConfig(trees=60)


class Book:
    """3,000 clients; value and decline follow from one feature; the later half comes out differently."""

    def __init__(self) -> None:
        generator = np.random.default_rng(21)
        frame = pd.DataFrame({"strength": generator.normal(size=3_000), "noise": generator.normal(size=3_000)})
        self.contract = FeatureContract.learn(frame, {"strength": "score", "noise": "score"}, max_categories=3)
        self.matrix = self.contract.encode(frame)
        self.later = np.arange(3_000) >= 1_500
        strength = frame["strength"].to_numpy()
        self.declined = generator.random(3_000) < expit(-1.5 * strength - self.later)
        amount = np.exp(1.2 * strength + generator.normal(size=3_000)) * 1e6 * (1 + self.later)
        self.value = np.where(self.declined, -5.0 * (generator.random(3_000) < 0.1), amount)


@pytest.fixture(scope="module")
def book() -> Book:
    return Book()


def early_rows(book: Book, *, unit: float = 1.0) -> CandidateInputs:
    early = ~book.later
    return CandidateInputs(
        matrix=book.matrix[early],
        value=unit * book.value[early],
        latest=np.ones(1_500, dtype=bool),
        contract=book.contract,
        config=VALUE,
        run=RUN,
        horizon_periods=12,
        days_per_period=30.0,
    )


def calibrated(model: ValueModel, matrix: np.ndarray, value: np.ndarray) -> ValueModel:
    return replace(model, calibration=ValueCalibration.fit(model.candidate.log_value(matrix), value))


@pytest.fixture(scope="module")
def value_model(book: Book) -> ValueModel:
    return ValueModel.fit("tweedie", early_rows(book))


@pytest.fixture(scope="module")
def decline_model(book: Book) -> DeclineModel:
    early = ~book.later
    return DeclineModel.fit(book.matrix[early], book.declined[early], config=DECLINE, contract=book.contract, run=RUN)


def test_the_total_of_the_later_origin_comes_true(book: Book, value_model: ValueModel) -> None:
    matrix, value = book.matrix[book.later], book.value[book.later]
    assert value_model.predict(matrix).sum() < 0.8 * value.sum()
    served = calibrated(value_model, matrix, value)
    assert served.predict(matrix).sum() == pytest.approx(value.sum(), rel=1e-12)
    assert decile_mape(value, served.predict(matrix)) < decile_mape(value, value_model.predict(matrix))
    assert normalized_gini(value, served.predict(matrix)) == normalized_gini(value, value_model.predict(matrix)) > 0.5


def test_losses_are_counted_and_learned_as_nothing(book: Book, value_model: ValueModel) -> None:
    early = book.value[~book.later]
    assert value_model.clipped == np.sum(early < 0) > 0
    assert early_rows(book).scale() == pytest.approx(early[early > 0].mean())


def test_the_currency_changes_nothing_but_the_figures(book: Book, value_model: ValueModel) -> None:
    in_cents = ValueModel.fit("tweedie", early_rows(book, unit=128))
    assert in_cents.to_texts()["trees.txt"] == value_model.to_texts()["trees.txt"]
    np.testing.assert_allclose(in_cents.predict(book.matrix), 128 * value_model.predict(book.matrix), rtol=1e-12)


@pytest.mark.parametrize("name", ["tweedie", "hurdle", "ziln"])
def test_parts_of_value_sum_in_both_units(book: Book, name: str) -> None:
    served = calibrated(ValueModel.fit(name, early_rows(book)), book.matrix, book.value)
    assert len(served.calibration.at) == 10
    parts = served.explain(book.matrix)
    parts.check(1e-12)
    in_currency = served.in_served_unit(parts)
    in_currency.check(1e-9)
    np.testing.assert_array_equal(in_currency.prediction, served.predict(book.matrix))
    assert (np.sign(in_currency.values) == np.sign(parts.values)).all()
    assert (parts.unit, in_currency.unit, in_currency.model) == ("log currency", "currency", "value")
    unknown = np.full((1, 2), np.nan)
    assert parts.base == served.explain(unknown).base


@pytest.mark.parametrize("name", ["tweedie", "hurdle", "ziln"])
def test_a_served_model_comes_back_from_its_texts(book: Book, name: str) -> None:
    served = calibrated(ValueModel.fit(name, early_rows(book)), book.matrix, book.value)
    again = ValueModel.from_texts(served.to_texts(), threads=1)
    np.testing.assert_array_equal(again.predict(book.matrix), served.predict(book.matrix))
    assert (again.clipped, again.tree_count, again.calibration) == (
        served.clipped,
        served.tree_count,
        served.calibration,
    )
    np.testing.assert_array_equal(again.importance(), served.importance())
    assert served.importance()[0] > 0.7


def test_decline_is_calibrated_on_the_later_origin(book: Book, decline_model: DeclineModel) -> None:
    matrix, declined = book.matrix[book.later], book.declined[book.later]
    calibrated = decline_model.calibrated(matrix, declined)
    assert decline_model.predict(matrix).mean() > declined.mean() + 0.1
    assert calibrated.predict(matrix).mean() == pytest.approx(declined.mean(), rel=1e-9)
    assert calibration_slope(declined, calibrated.predict(matrix)) == pytest.approx(1.0, abs=1e-6)
    assert auc(declined, calibrated.predict(matrix)) == auc(declined, decline_model.predict(matrix)) > 0.75


def test_parts_of_decline_sum_in_both_units(book: Book, decline_model: DeclineModel) -> None:
    calibrated = decline_model.calibrated(book.matrix, book.declined)
    parts = calibrated.explain(book.matrix)
    parts.check(1e-9)
    served = calibrated.in_served_unit(parts)
    served.check(1e-9)
    np.testing.assert_allclose(served.prediction, calibrated.predict(book.matrix), rtol=1e-12)
    np.testing.assert_allclose(
        parts.values, calibrated.calibration.slope * decline_model.explain(book.matrix).values, rtol=1e-12
    )


def test_a_batch_without_clients_has_no_parts(value_model: ValueModel, decline_model: DeclineModel) -> None:
    for model in (value_model, decline_model):
        parts = model.explain(np.empty((0, 2)))
        assert parts.values.shape == (0, 2)
        assert parts.base == model.explain(np.zeros((1, 2))).base
        parts.check()


def test_a_book_of_one_outcome_is_refused(book: Book) -> None:
    with pytest.raises(TooLittleDataError, match="brought something within the horizon, got 0 of 1,500"):
        ValueModel.fit("tweedie", early_rows(book, unit=0.0))
    for nobody in (np.zeros(3_000, dtype=bool), np.ones(3_000, dtype=bool)):
        with pytest.raises(TooLittleDataError, match=r"of 3,000 declined"):
            DeclineModel.fit(book.matrix, nobody, config=DECLINE, contract=book.contract, run=RUN)


def test_platt_is_an_unpenalised_logistic_regression() -> None:
    generator = np.random.default_rng(6)
    margin = generator.normal(size=2_000)
    declined = (generator.random(2_000) < expit(0.6 * margin - 1)).astype(float)
    fitted = PlattCalibration.fit(margin, declined)
    reference = LogisticRegression(C=np.inf, tol=1e-10).fit(margin[:, None], declined)
    assert fitted.slope == pytest.approx(reference.coef_[0, 0], rel=1e-5)
    assert fitted.intercept == pytest.approx(reference.intercept_[0], rel=1e-5)
    order = generator.permutation(2_000)
    assert PlattCalibration.fit(margin[order], declined[order]) == fitted


def test_platt_never_turns_a_ranking_round() -> None:
    declined = np.array([1.0, 1.0, 1.0, 0.0, 0.0, 1.0])
    backwards = PlattCalibration.fit(np.array([-2.0, -1.0, -1.5, 1.0, 2.0, 0.0]), declined)
    assert backwards.slope == MIN_SLOPE
    separated = PlattCalibration.fit(np.array([2.0, 1.0, 1.5, -1.0, -2.0, 0.5]), declined)
    assert separated.slope == MAX_SLOPE
    level = PlattCalibration.fit(np.full(6, 0.7), declined)
    assert level.slope == 1.0
    for calibration, margin in ((backwards, np.zeros(0)), (level, np.full(6, 0.7))):
        assert np.isfinite(calibration.probability(margin)).all()
    assert level.probability(np.array([0.7]))[0] == pytest.approx(4 / 6)


def test_calibration_without_two_outcomes_or_without_value_is_refused() -> None:
    with pytest.raises(TooLittleDataError, match="got 0 of 3 declined"):
        PlattCalibration.fit(np.arange(3.0), np.zeros(3))
    with pytest.raises(TooLittleDataError, match="a total of -1 against 2 predicted"):
        ValueCalibration.fit(np.zeros(2), np.array([1.0, -2.0]))


def test_rates_are_those_of_the_difference_quotient() -> None:
    rise = np.array([-30.0, -2.0, -1e-3, 1e-3, 0.5, 25.0])
    np.testing.assert_allclose(exp_rate(1.5, rise), (np.exp(1.5 + rise) - np.exp(1.5)) / rise, rtol=1e-9)
    np.testing.assert_allclose(logistic_rate(-0.4, rise), (expit(-0.4 + rise) - expit(-0.4)) / rise, rtol=1e-9)
    # The limit where nothing moves is the derivative.
    assert exp_rate(1.5, np.zeros(1))[0] == pytest.approx(np.exp(1.5))
    assert logistic_rate(-0.4, np.zeros(1))[0] == pytest.approx(expit(-0.4) * expit(0.4))
    assert logistic_rate(-0.4, np.array([1e-12]))[0] == pytest.approx(expit(-0.4) * expit(0.4))


def test_parts_that_do_not_sum_stop_the_batch(book: Book, decline_model: DeclineModel) -> None:
    parts = decline_model.explain(book.matrix)
    broken = parts.values.copy()
    broken[17, 0] += 1e-3
    with pytest.raises(AdditivityError, match="decline model") as caught:
        replace(parts, values=broken).check()
    assert caught.value.row == 17
    broken[23, 1] = np.nan
    with pytest.raises(AdditivityError) as caught:
        replace(parts, values=broken).check()
    assert caught.value.row == 23


def test_parts_are_checked_relative_to_the_prediction() -> None:
    parts = Contributions(
        model="value", unit="currency", base=2e9, values=np.array([[1e9]]), prediction=np.array([3e9 + 1])
    )
    parts.check()
    with pytest.raises(AdditivityError):
        replace(parts, prediction=np.array([3.1e9])).check()
