"""Any model of decline ranks whom it calls likelier, explains itself exactly, and serves through the whole pipeline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import cast

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from models.config.learners import DeclineLearnerConfig, MonotoneConfig
from models.config.loading import parse_config
from models.config.sections import RunConfig
from models.errors import FeatureContractError, TooLittleDataError
from models.learners.calibration import PlattCalibration
from models.learners.contract import FeatureContract
from models.learners.contributions import Contributions
from models.learners.decline.learner import DeclineLearner
from models.learners.decline.learners import learner_from_texts, named_texts
from models.learners.decline.logistic import LogisticDecline
from models.learners.decline.mixture import DeclineMixture
from models.learners.decline.whether import DeclineModel
from models.pipeline import out_of_time
from models.pipeline.pipeline import score_panel
from models.plugins import MissingPluginError
from models.vocab import BoolArray, FloatArray
from support.drawn_panel import FIT, drawn_panel, fitted_models, small_config

RANDOM = np.random.default_rng(5)
FRAME = pd.DataFrame({"arrears": RANDOM.exponential(1.0, 600), "noise": RANDOM.normal(size=600)})
DECLINED = RANDOM.random(600) < expit(FRAME["arrears"].to_numpy() - 2.0)
FRAME["activity_recency_days"] = 30.0 + 60.0 * FRAME["arrears"]
FRAME["activity_count_3p"] = 1.0
FRAME["activity_count_12p"] = RANDOM.poisson(6.0, 600).astype(np.float64)
FRAME["value_sum_12p"] = np.exp(8.0 - 0.5 * FRAME["arrears"] + 0.5 * RANDOM.normal(size=600))
FRAME["tenure_days"] = 200.0 + RANDOM.exponential(900.0, 600)
CONTRACT = FeatureContract.learn(FRAME, dict.fromkeys(FRAME, "count"), max_categories=5)


@dataclass(frozen=True)
class LineOfDecline:
    """Log-odds that rise with the first feature alone; a tiny stand-in for any model without trees."""

    slope: float = 1.0
    calibration: PlattCalibration = field(default_factory=PlattCalibration)

    @property
    def name(self) -> str:
        return "line"

    @property
    def tree_count(self) -> int:
        return 0

    def margin(self, matrix: FloatArray) -> FloatArray:
        return self.slope * np.tanh(np.nan_to_num(matrix[:, 0]))

    def calibrated_on(self, margin: FloatArray, declined: BoolArray) -> LineOfDecline:
        return self.calibrated_by(PlattCalibration.fit(margin, declined.astype(np.float64)))

    def calibrated_by(self, calibration: PlattCalibration) -> LineOfDecline:
        return replace(self, calibration=calibration)

    def predict(self, matrix: FloatArray) -> FloatArray:
        return self.calibration.probability(self.margin(matrix))

    def explain(self, matrix: FloatArray) -> Contributions:
        odds = self.calibration.log_odds(self.margin(matrix))
        base = float(self.calibration.log_odds(np.zeros(1))[0])
        values = np.zeros_like(matrix)
        values[:, 0] = odds - base
        return Contributions(model="decline", unit="log-odds", base=base, values=values, prediction=odds)

    in_served_unit = DeclineModel.in_served_unit

    def importance(self) -> FloatArray:
        return np.array([1.0, *np.zeros(len(CONTRACT.names) - 1)])

    def to_texts(self) -> dict[str, str]:
        return {"line.txt": str(self.slope)}


def boosted() -> DeclineLearner:
    settings = DeclineLearnerConfig(trees=30, min_clients_per_leaf=10)
    return DeclineModel.fit(
        CONTRACT.encode(FRAME), DECLINED, config=settings, contract=CONTRACT, run=RunConfig(threads=1)
    )


def logistic(declined: BoolArray = DECLINED, **monotone: MonotoneConfig) -> LogisticDecline:
    settings = DeclineLearnerConfig(monotone=monotone)
    return LogisticDecline.fit(CONTRACT.encode(FRAME), declined, config=settings, contract=CONTRACT)


def mixture() -> DeclineMixture:
    return DeclineMixture(leader=boosted(), simple=logistic(), share=0.6)


@pytest.fixture(
    params=[
        pytest.param(boosted, id="boosted", marks=pytest.mark.slow),
        pytest.param(logistic, id="logistic"),
        pytest.param(mixture, id="mixture", marks=pytest.mark.slow),
        pytest.param(LineOfDecline, id="line"),
    ]
)
def learner(request: pytest.FixtureRequest) -> DeclineLearner:
    return cast(DeclineLearner, request.param())


def test_a_client_in_arrears_is_likelier_to_decline_alone_as_in_a_book(learner: DeclineLearner) -> None:
    matrix = CONTRACT.encode(FRAME)
    said = learner.predict(matrix)
    late, calm = FRAME["arrears"] > 2.0, FRAME["arrears"] < 0.5
    assert said[late].mean() > said[calm].mean()
    assert ((said > 0) & (said < 1)).all()
    assert learner.predict(matrix[7:8])[0] == pytest.approx(said[7], abs=1e-12)


def test_its_parts_sum_to_what_it_says(learner: DeclineLearner) -> None:
    matrix = CONTRACT.encode(FRAME)
    parts = learner.in_served_unit(learner.explain(matrix))
    assert parts.base + parts.values.sum(axis=1) == pytest.approx(learner.predict(matrix), abs=1e-9)


def test_calibration_moves_the_level_and_leaves_the_ranking(learner: DeclineLearner) -> None:
    matrix = CONTRACT.encode(FRAME)
    calibrated = learner.calibrated_on(learner.margin(matrix), DECLINED)
    assert calibrated.predict(matrix).mean() == pytest.approx(DECLINED.mean(), abs=0.01)
    assert (calibrated.margin(matrix) == learner.margin(matrix)).all()
    assert learner.calibrated_by(calibrated.calibration).predict(matrix) == pytest.approx(calibrated.predict(matrix))


def test_it_tells_how_much_each_feature_counts(learner: DeclineLearner) -> None:
    assert learner.importance().sum() == pytest.approx(1.0)
    assert learner.tree_count >= 0


@pytest.mark.parametrize(
    "made", [pytest.param(boosted, marks=pytest.mark.slow), logistic, pytest.param(mixture, marks=pytest.mark.slow)]
)
def test_it_is_read_by_its_name_to_the_bit(made: Callable[[], DeclineLearner]) -> None:
    learner, matrix = made().calibrated_by(PlattCalibration(slope=0.9, intercept=-0.2)), CONTRACT.encode(FRAME)
    texts = named_texts(learner)
    again = learner_from_texts(texts, threads=1)
    assert (type(again), again.name, again.calibration) == (type(learner), learner.name, learner.calibration)
    np.testing.assert_array_equal(again.predict(matrix), learner.predict(matrix))
    np.testing.assert_array_equal(again.explain(matrix).values, learner.explain(matrix).values)
    assert named_texts(again) == texts


def test_a_learner_of_an_unknown_name_is_refused() -> None:
    with pytest.raises(MissingPluginError, match=r"oracle must be installed .*clientvalue\.decline_learners"):
        learner_from_texts({"learner.json": '{"learner": "oracle"}'})


def standardised() -> np.ndarray:
    """The four features as scikit-learn would be given them."""
    known = FRAME[["activity_recency_days", "activity_count_12p", "value_sum_12p", "tenure_days"]].to_numpy()
    logs = np.log1p(np.abs(known) / np.median(np.abs(known), axis=0))
    return np.asarray((logs - logs.mean(axis=0)) / logs.std(axis=0))


def test_logistic_regression_is_that_of_scikit_learn() -> None:
    line = LogisticRegression(tol=1e-10, max_iter=10_000).fit(standardised(), DECLINED)
    fitted = logistic()
    assert fitted.coefficients == pytest.approx(tuple(line.coef_[0]), abs=1e-5)
    assert fitted.intercept == pytest.approx(float(line.intercept_[0]), abs=1e-5)


def test_a_row_counts_by_its_weight() -> None:
    weight = 0.5 ** np.arange(600 / 100, step=0.01)
    line = LogisticRegression(tol=1e-10, max_iter=10_000).fit(standardised(), DECLINED, sample_weight=weight)
    settings = DeclineLearnerConfig()
    fitted = LogisticDecline.fit(CONTRACT.encode(FRAME), DECLINED, config=settings, contract=CONTRACT, weight=weight)
    assert fitted.coefficients == pytest.approx(tuple(line.coef_[0]), abs=1e-5)


def test_a_direction_is_kept_by_logistic_regression() -> None:
    free = logistic()
    assert free.coefficients[0] > 0
    down = logistic(activity_recency_days=MonotoneConfig(direction="down", reason="as a test would have it"))
    assert down.coefficients[0] == 0.0
    up = logistic(activity_recency_days=MonotoneConfig(direction="up", reason="as a test would have it"))
    assert up.coefficients == pytest.approx(free.coefficients, abs=1e-5)


def test_the_currency_changes_no_probability() -> None:
    dearer = FRAME.assign(value_sum_12p=128 * FRAME["value_sum_12p"])
    other = LogisticDecline.fit(CONTRACT.encode(dearer), DECLINED, config=DeclineLearnerConfig(), contract=CONTRACT)
    np.testing.assert_array_equal(other.predict(CONTRACT.encode(dearer)), logistic().predict(CONTRACT.encode(FRAME)))


def test_logistic_regression_needs_both_outcomes_and_its_features() -> None:
    for outcome in (np.zeros(600, dtype=bool), np.ones(600, dtype=bool)):
        with pytest.raises(TooLittleDataError, match="logistic regression needs clients that declined"):
            logistic(outcome)
    bare = FeatureContract.learn(FRAME[["arrears"]], {"arrears": "count"}, max_categories=1)
    with pytest.raises(FeatureContractError, match=r"activity_count_\.\.p, value_sum_\.\.p and tenure_days"):
        LogisticDecline.fit(bare.encode(FRAME), DECLINED, config=DeclineLearnerConfig(), contract=bare)
    with pytest.raises(FeatureContractError, match="a matrix of 7 features"):
        logistic().predict(bare.encode(FRAME))


def test_an_unknown_recency_is_the_whole_tenure() -> None:
    rows = CONTRACT.encode(FRAME.head(1).assign(activity_recency_days=[np.nan]))
    known = CONTRACT.encode(FRAME.head(1).assign(activity_recency_days=FRAME["tenure_days"].head(1)))
    assert logistic().predict(rows) == logistic().predict(known)


@pytest.mark.slow
def test_a_mixture_weighs_log_odds() -> None:
    matrix, mixed = CONTRACT.encode(FRAME), mixture()
    expected = 0.6 * mixed.leader.margin(matrix) + 0.4 * mixed.simple.margin(matrix)
    np.testing.assert_allclose(mixed.margin(matrix), expected, rtol=1e-12)
    assert mixed.tree_count == 30


def test_another_model_of_decline_serves_through_the_pipeline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(out_of_time, "fit_decline", lambda *_: LineOfDecline())
    models = fitted_models(parse_config(small_config().model_dump_json(), ["learners.decline.simple=[]"]))
    rows = drawn_panel().at([FIT.latest])
    said = score_panel(models, rows)
    margin = np.tanh(np.nan_to_num(models.contract.encode(rows.features)[:, 0]))
    assert (
        np.argsort(said.decline_probability, kind="stable").tolist()
        == np.argsort(models.decline.calibration.slope * margin, kind="stable").tolist()
    )
    assert set(said.grades.tier) <= {"AA", "A", "B"}
