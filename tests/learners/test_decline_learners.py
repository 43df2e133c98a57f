"""Any model of decline ranks whom it calls likelier, explains itself exactly, and serves through the whole pipeline."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import cast

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from models.config.loading import parse_config
from models.config.sections import DeclineLearnerConfig, RunConfig
from models.learners.calibration import PlattCalibration
from models.learners.contract import FeatureContract
from models.learners.contributions import Contributions
from models.learners.decline.learner import DeclineLearner
from models.learners.decline.whether import DeclineModel
from models.pipeline import out_of_time
from models.pipeline.pipeline import score_panel
from models.vocab import BoolArray, FloatArray
from support.drawn_panel import FIT, drawn_panel, fitted_models, small_config

RANDOM = np.random.default_rng(5)
FRAME = pd.DataFrame({"arrears": RANDOM.exponential(1.0, 600), "noise": RANDOM.normal(size=600)})
DECLINED = RANDOM.random(600) < expit(FRAME["arrears"].to_numpy() - 2.0)
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
        return np.array([1.0])

    def to_texts(self) -> dict[str, str]:
        return {"line.txt": str(self.slope)}


def boosted() -> DeclineLearner:
    settings = DeclineLearnerConfig(trees=30, min_clients_per_leaf=10)
    return DeclineModel.fit(
        CONTRACT.encode(FRAME), DECLINED, config=settings, contract=CONTRACT, run=RunConfig(threads=1)
    )


@pytest.fixture(
    params=[pytest.param(boosted, id="boosted", marks=pytest.mark.slow), pytest.param(LineOfDecline, id="line")]
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
