"""Expected credit loss of clients: PD x share lost x exposure, and the parts of it that features bring."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import expit

from models.config.learners import DefaultLearnerConfig
from models.config.sections import RunConfig
from models.learners.calibration import PlattCalibration
from models.learners.contract import FeatureContract
from models.learners.contributions import Contributions
from models.learners.credit.model import EXPOSURE, LGD, CreditLossModel
from models.learners.credit.rated import RatedDefault
from models.learners.credit.severity import LossSeverity
from models.learners.decline.whether import DeclineModel

NAMES = ("pd_last", "strain", EXPOSURE, LGD)
CONTRACT = FeatureContract.learn(
    pd.DataFrame({name: np.linspace(0.1, 0.9, 5) for name in NAMES}), dict.fromkeys(NAMES, "share"), max_categories=3
)
RATED = RatedDefault(feature=0, features=len(NAMES), years=1.0, usual=0.02)
WORKED_OUT = LossSeverity(level=1.0, recovered=1.0, by_risk=0.0)
"""The whole workout lies within the horizon: what is lost is the LGD."""
RATES, SHARES = st.floats(0.0, 1.0), st.floats(-0.5, 1.5)
SEVERITIES = st.builds(LossSeverity, level=st.floats(0.0, 1.5), recovered=SHARES, by_risk=SHARES)


def model(severity: LossSeverity = WORKED_OUT, default: RatedDefault | DeclineModel = RATED) -> CreditLossModel:
    return CreditLossModel.of(default, CONTRACT, severity=severity, usual_lgd=0.45)


def clients(*rows: tuple[float, float, float]) -> np.ndarray:
    """Clients of a rating's PD, exposure and LGD."""
    pds, exposures, lgds = np.array(rows, dtype=np.float64).T
    return np.column_stack([pds, np.zeros(len(pds)), exposures, lgds])


def log_odds_parts(values: np.ndarray, base: float) -> Contributions:
    prediction = base + values.sum(axis=1)
    return Contributions(model="default", unit="log-odds", base=base, values=values, prediction=prediction)


def test_pd_times_lgd_times_exposure_by_hand() -> None:
    found = model().predict(clients((0.03, 2e6, 0.4), (0.03, 2e6, np.nan), (0.03, np.nan, 0.4), (np.nan, 1e6, 0.5)))
    assert found == pytest.approx([24_000.0, 27_000.0, 0.0, 10_000.0], rel=1e-9)


def test_parts_of_a_loss_by_hand() -> None:
    """From PD 2%, LGD 45% and nothing exposed to PD 10%, LGD 60% and 1,000, by Shapley over the six orders."""
    base = float(np.log(0.02 / 0.98))
    way = float(np.log(0.1 / 0.9)) - base
    parts = model().explain(clients((0.1, 1_000.0, 0.6)), log_odds_parts(np.array([[2 * way, -way, 0, 0]]), base))
    by_pd = 0.08 * 1_000 * (0.45 / 6 + 0.6 / 3)
    by_lgd = 0.15 * 1_000 * (0.02 / 6 + 0.1 / 3)
    by_exposure = 1_000 * (2 * 0.02 * 0.45 + 0.1 * 0.45 + 0.02 * 0.6 + 2 * 0.1 * 0.6) / 6
    assert parts.values[0] == pytest.approx([2 * by_pd, -by_pd, by_exposure, by_lgd], rel=1e-9)
    assert (parts.base, parts.prediction[0]) == (0.0, pytest.approx(60.0))


@given(
    values=arrays(np.float64, (7, 4), elements=st.floats(-8.0, 8.0, width=32)),
    lgd=arrays(np.float64, 7, elements=RATES),
    exposure=arrays(np.float64, 7, elements=st.floats(0.0, 1e9)),
    base=st.floats(-8.0, 2.0),
    severity=SEVERITIES,
)
def test_parts_sum_to_the_loss(
    values: np.ndarray, lgd: np.ndarray, exposure: np.ndarray, base: float, severity: LossSeverity
) -> None:
    matrix = np.column_stack([np.zeros((7, 2)), exposure, lgd])
    default = log_odds_parts(values, base)
    credit = model(severity)
    parts = credit.explain(matrix, default)
    assert np.isfinite(parts.values).all()
    largest = np.maximum(np.abs(parts.values).max(axis=1), np.abs(parts.prediction))
    assert (np.abs(parts.base + parts.values.sum(axis=1) - parts.prediction) <= 1e-9 * largest).all()
    np.testing.assert_allclose(
        parts.prediction, credit.predict(matrix, expit(default.prediction)), rtol=1e-12, atol=1e-300
    )


@given(severity=SEVERITIES, pds=st.tuples(RATES, RATES), lgds=st.tuples(RATES, RATES), sizes=st.tuples(RATES, RATES))
def test_more_risk_severity_or_exposure_never_costs_less(
    severity: LossSeverity, pds: tuple[float, float], lgds: tuple[float, float], sizes: tuple[float, float]
) -> None:
    credit = model(severity)

    def loss(pd: float, exposure: float, lgd: float) -> float:
        return float(credit.predict(clients((0.5, exposure, lgd)), np.array([pd]))[0])

    least = loss(min(pds), min(sizes), min(lgds))
    assert least >= 0.0
    plain = least * (1.0 - 1e-12)
    assert loss(max(pds), min(sizes), min(lgds)) >= plain
    assert loss(min(pds), max(sizes), min(lgds)) >= plain
    assert loss(min(pds), min(sizes), max(lgds)) >= plain


@given(severity=SEVERITIES, pd=RATES, lgd=RATES)
def test_the_share_lost_lies_between_all_recovered_and_nothing_yet(
    severity: LossSeverity, pd: float, lgd: float
) -> None:
    share = float(severity.share(np.array([pd]), np.array([lgd]))[0])
    assert max(severity.level - (1.0 - lgd), 0.0) - 1e-12 <= share <= severity.level + 1e-12


def test_severity_is_learned_from_what_defaults_cost() -> None:
    random = np.random.default_rng(1)
    pd, lgd, exposure = random.beta(1, 4, 20_000), random.uniform(0.2, 0.8, 20_000), random.lognormal(12, 1, 20_000)
    true = LossSeverity(level=0.9, recovered=0.1, by_risk=0.5)
    lost = exposure * (true.share(pd, lgd) + random.normal(0, 0.2, 20_000))
    found = LossSeverity.fit(pd, lgd, exposure, lost)
    assert [found.level, found.recovered, found.by_risk] == pytest.approx([0.9, 0.1, 0.5], abs=0.05)
    order = random.permutation(20_000)
    assert LossSeverity.fit(*(each[order] for each in (pd, lgd, exposure, lost))) == found


def test_few_defaults_hardly_move_the_prior_and_none_leaves_it() -> None:
    none = np.empty(0)
    assert LossSeverity.fit(none, none, none, none) == LossSeverity()
    of_nothing = np.array([0.1]), np.array([0.4]), np.array([0.0]), np.array([5.0])
    assert LossSeverity.fit(*of_nothing) == LossSeverity()
    one = LossSeverity.fit(np.array([0.1]), np.array([0.4]), np.array([100.0]), np.array([0.0]))
    assert 0.9 < one.level < 1.0
    assert LossSeverity.from_json(one.to_json()) == one


def test_a_rating_s_pd_counts_over_the_horizon() -> None:
    longer = RatedDefault(feature=0, features=4, years=1.5, usual=0.02)
    found = longer.predict(clients((0.1, 0, 0), (np.nan, 0, 0), (0.0, 0, 0), (1.0, 0, 0)))
    assert found[:2] == pytest.approx([1 - 0.9**1.5, 1 - 0.98**1.5], rel=1e-9)
    assert 0 < found[2] < 1e-5
    assert 1 - 1e-5 < found[3] < 1


def test_all_that_differs_from_the_usual_pd_is_the_rating_s() -> None:
    level = RATED.calibrated_by(PlattCalibration(intercept=0.7))
    matrix = clients((0.1, 5, 0.2), (np.nan, 7, 0.3))
    for parts in (level.explain(matrix), level.in_served_unit(level.explain(matrix))):
        parts.check(1e-12)
        assert np.count_nonzero(parts.values, axis=1).tolist() == [1, 0]
    served = level.in_served_unit(level.explain(matrix))
    np.testing.assert_allclose(served.prediction, level.predict(matrix), rtol=1e-12)
    assert served.base == pytest.approx(expit(np.log(0.02 / 0.98) + 0.7))
    assert level.importance().tolist() == [1.0, 0.0, 0.0, 0.0]
    assert level.tree_count == 0


def boosted() -> tuple[DeclineModel, np.ndarray]:
    random = np.random.default_rng(5)
    matrix = np.column_stack(
        [random.beta(1, 20, 600), random.normal(size=600), random.lognormal(12, 1, 600), random.uniform(0.2, 0.7, 600)]
    )
    config = DefaultLearnerConfig(trees=20, min_clients_per_leaf=10)
    defaulted = random.random(600) < expit(2 * matrix[:, 1] - 2)
    return DeclineModel.fit(matrix, defaulted, config=config, contract=CONTRACT, run=RunConfig(threads=1)), matrix


def test_the_boosted_pd_is_explained_as_it_is_served() -> None:
    learner, matrix = boosted()
    credit = model(LossSeverity(), learner)
    default = credit.explain_default(matrix)
    parts = credit.explain(matrix, default)
    parts.check(1e-9)
    assert (default.model, parts.model, parts.unit) == ("default", "credit_loss", "currency")
    np.testing.assert_allclose(parts.prediction, credit.predict(matrix), rtol=1e-9)
    np.testing.assert_allclose(expit(default.prediction), credit.default_probability(matrix), rtol=1e-9)
    one = credit.explain(matrix[:1], credit.explain_default(matrix[:1]))
    np.testing.assert_array_equal(one.values, parts.values[:1])


def test_texts_give_the_same_model_back() -> None:
    learner, matrix = boosted()
    for credit in (model(LossSeverity(level=0.8), learner), model(LossSeverity(by_risk=0.3))):
        again = CreditLossModel.from_texts(credit.to_texts(), CONTRACT, usual_lgd=0.45, threads=1)
        np.testing.assert_array_equal(again.predict(matrix), credit.predict(matrix))
        assert again.severity == credit.severity


def test_a_short_way_is_divided_like_a_long_one() -> None:
    """Where features even out, a part is worth what it is on the shortest way: the limit, not nothing."""
    matrix = clients((0.1, 1_000.0, 0.45))
    near, even = (
        model().explain(matrix, log_odds_parts(np.array([[1.0, -1.0 + way, 0, 0]]), -2.0)).values[0, 0]
        for way in (1e-5, 0.0)
    )
    assert even == pytest.approx(near, rel=1e-4)
