"""A book too young for its horizon: learned on 6 months, predicted for 24, ranked by trees, closed-form amounts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from models.config.learners import ValueLearnerConfig
from models.config.sections import RunConfig
from models.errors import InternalError
from models.learners.btyd.beta_geometric import BetaGeometric
from models.learners.btyd.gamma_gamma import GammaGamma
from models.learners.btyd.history import PURCHASE_FEATURES, history_from_features
from models.learners.contract import FeatureContract
from models.learners.value.calibration import ValueCalibration
from models.learners.value.candidate import CandidateInputs
from models.learners.value.candidates import fit_candidate
from models.learners.value.extension import Extension, carried_over, composed
from models.learners.value.model import ValueModel
from models.metrics.ranking import normalized_gini

MONTH = 365.25 / 12
SHORT, LONG = 6, 24
SETTINGS = ValueLearnerConfig(trees=40, learning_rate=0.1, leaves=7, min_clients_per_leaf=20)


@dataclass(frozen=True, kw_only=True)
class Young:
    """Clients as they were, what they brought in the short horizon, and what those of today will in the long one."""

    inputs: CandidateInputs
    now: np.ndarray
    value: np.ndarray


def clients(seed: int, horizon: int, count: int = 1500) -> tuple[pd.DataFrame, np.ndarray]:
    """They buy at their own rate until they leave; zeal, which no closed form sees, doubles what the zealous bring."""
    random = np.random.default_rng(seed)
    age, zeal = random.uniform(6, 12, count), random.integers(0, 2, count)
    rate, size = random.gamma(1.5, 0.15, count), random.lognormal(4.0, 0.5, count)
    left = random.exponential(30.0, count)
    seen = np.minimum(left, age)
    again = random.poisson(rate * seen)
    last = np.where(again > 0, seen * random.beta(again + 1e-9, 1.0), 0.0)
    frame = pd.DataFrame(
        {
            "tenure_days": age * MONTH,
            "activity_recency_days": (age - last) * MONTH,
            "activity_active_periods": 1.0 + again,
            "value_sum_ever": (1.0 + again) * size * random.lognormal(0.0, 0.2, count),
            "zeal": zeal.astype(float),
        }
    )
    future = random.poisson(rate * np.clip(left - age, 0.0, horizon) * np.where(zeal, 2.0, 0.5))
    return frame, future * size


@cache
def young() -> Young:
    frame, value = clients(1, SHORT)
    contract = FeatureContract.learn(frame, dict.fromkeys(frame.columns, "unit"), max_categories=5)
    now, outcome = clients(2, LONG)
    inputs = CandidateInputs(
        matrix=contract.encode(frame),
        value=value,
        latest=np.ones(len(value), dtype=np.bool_),
        contract=contract,
        config=SETTINGS,
        run=RunConfig(threads=1),
        horizon_periods=SHORT,
        days_per_period=MONTH,
    )
    return Young(inputs=inputs, now=contract.encode(now), value=outcome)


@cache
def extension() -> Extension:
    reported = young()
    return Extension.fit(fit_candidate("tweedie", reported.inputs), reported.inputs, reported.now, horizon_periods=LONG)


def served() -> ValueModel:
    return ValueModel(candidate=extension(), calibration=extension().amounts(young().now))


def test_it_ranks_a_horizon_nobody_has_seen_better_than_the_closed_form() -> None:
    reported = young()
    alone = normalized_gini(reported.value, extension().closed.log_value(reported.now))
    assert normalized_gini(reported.value, extension().log_value(reported.now)) > alone + 0.03


def test_it_is_the_geometric_mean_of_the_closed_form_and_of_what_was_learned_stretched_by_it() -> None:
    reported, model = young(), extension()
    columns = dict(zip(reported.inputs.contract.names, reported.now.T, strict=True))
    history = history_from_features({name: columns[name] for name in PURCHASE_FEATURES}, days_per_period=MONTH)
    purchases, size = BetaGeometric.fit(history), GammaGamma.fit(history).expected_size(history)
    long, short = (purchases.expected_purchases(history, horizon) for horizon in (LONG, SHORT))
    least = 1e-3 * long.mean()
    learned = np.exp(model.learned.log_value(reported.now))
    stretched = learned * (long + least) / (short + least)
    assert np.exp(model.stretched(reported.now)) == pytest.approx(stretched, rel=1e-9)
    assert np.exp(model.log_value(reported.now)) == pytest.approx(np.sqrt(stretched * (long + least) * size), rel=1e-9)


def test_at_its_own_horizon_nothing_is_stretched() -> None:
    reported = young()
    same = Extension.fit(extension().learned, reported.inputs, reported.now, horizon_periods=SHORT)
    assert same.stretched(reported.now) == pytest.approx(same.learned.log_value(reported.now))


def test_a_horizon_is_never_shortened() -> None:
    reported = young()
    with pytest.raises(InternalError, match="6 periods cannot be extended to 5"):
        Extension.fit(extension().learned, reported.inputs, reported.now, horizon_periods=SHORT - 1)


def test_amounts_keep_the_ranking_and_bring_the_total_that_was_learned() -> None:
    reported, logs = young(), extension().log_value(young().now)
    amounts = served().predict(reported.now)
    order = np.argsort(logs)
    apart = np.diff(logs[order]) > 1e-9
    assert (np.diff(amounts[order])[apart] > 0).all()
    assert amounts.sum() == pytest.approx(np.exp(extension().stretched(reported.now)).sum(), rel=1e-9)


def test_the_largest_amounts_stand_to_each_other_as_those_of_the_closed_form() -> None:
    reported = young()
    top = np.sort(served().predict(reported.now))[::-1]
    closed = np.sort(np.exp(extension().closed.log_value(reported.now)))[::-1]
    assert top[0] / top[:16].mean() == pytest.approx(closed[0] / closed[:16].mean(), rel=0.1)


def test_parts_sum_to_what_is_served_also_in_currency() -> None:
    reported, model = young(), served()
    parts = model.explain(reported.now[:50])
    assert parts.base + parts.values.sum(axis=1) == pytest.approx(parts.prediction, rel=1e-9)
    money = model.in_served_unit(parts)
    assert money.base + money.values.sum(axis=1) == pytest.approx(model.predict(reported.now[:50]), rel=1e-9)
    assert np.abs(money.values[:, reported.inputs.contract.names.index("zeal")]).max() > 0


def test_a_client_alone_is_told_what_it_is_told_among_others() -> None:
    reported, model = young(), served()
    alone = np.concatenate([model.predict(reported.now[place : place + 1]) for place in range(20)])
    assert alone.tolist() == model.predict(reported.now)[:20].tolist()


def test_it_comes_back_from_its_texts_to_the_bit() -> None:
    reported = young()
    read = Extension.from_texts(extension().to_texts(), threads=1)
    assert read.log_value(reported.now).tolist() == extension().log_value(reported.now).tolist()
    assert read.tree_count == extension().tree_count == 40
    assert read.importance().tolist() == extension().importance().tolist()


def test_one_line_after_another_is_the_line_of_both() -> None:
    random = np.random.default_rng(3)
    first, second = (
        ValueCalibration(at=tuple(np.sort(random.normal(0, 2, 5))), to=tuple(np.sort(random.normal(0, 2, 5))))
        for _ in range(2)
    )
    points = np.linspace(-8, 8, 401)
    assert composed(first, second).log_value(points) == pytest.approx(second.log_value(first.log_value(points)))


def test_a_calibration_carried_over_says_the_same_of_a_client_at_the_same_distance_from_the_mean() -> None:
    learned = ValueCalibration(at=(0.0, 1.0, 3.0), to=(0.2, 0.9, 3.5))
    logs = np.linspace(-1, 4, 11)
    moved = carried_over(learned, 3.0)
    assert moved.log_value(logs + np.log(3.0)) == pytest.approx(learned.log_value(logs) + np.log(3.0))


def test_clients_that_score_alike_are_given_the_same_amount() -> None:
    reported = young()
    twice = np.repeat(reported.now[:400], 2, axis=0)
    model = replace(served(), calibration=extension().amounts(twice))
    amounts = model.predict(twice)
    assert amounts[::2].tolist() == amounts[1::2].tolist()
