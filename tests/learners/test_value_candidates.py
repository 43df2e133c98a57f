"""Every candidate finds what makes clients worth more, explains itself exactly, and comes back from its texts."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from models.config.learners import MonotoneConfig, ValueLearnerConfig
from models.config.sections import RunConfig
from models.errors import FeatureContractError, InternalError, TooLittleDataError
from models.learners.btyd.beta_geometric import BetaGeometric
from models.learners.btyd.gamma_gamma import GammaGamma
from models.learners.btyd.history import PURCHASE_FEATURES, PurchaseHistory
from models.learners.contract import FeatureContract
from models.learners.contributions import exp_rate
from models.learners.value.blend import BLEND, Blend
from models.learners.value.candidate import CandidateInputs, ValueCandidate
from models.learners.value.candidates import candidate_from_texts, fit_candidate
from models.learners.value.mixture import MIXTURE, Mixture
from models.learners.value.past_sum import PastSum
from models.learners.value.purchases import PurchaseCandidate
from models.metrics.ranking import normalized_gini

MONTH = 365.25 / 12
FITTED = ("tweedie", "hurdle", "ziln", "btyd", "btyd_offset", "past_sum")
WITH_TREES = ("tweedie", "hurdle", "ziln", "btyd_offset")
ALL = (*FITTED, BLEND, MIXTURE)
SETTINGS = ValueLearnerConfig(trees=40, learning_rate=0.1, min_clients_per_leaf=15)


@cache
def book(clients: int = 900) -> tuple[pd.DataFrame, np.ndarray]:
    """Clients that bought at their own rate until they left; strength multiplies what they bring next year."""
    random = np.random.default_rng(31)
    tenure = random.uniform(12, 60, clients)
    rate, size = random.gamma(2.0, 0.1, clients), random.lognormal(12.0, 0.8, clients)
    left = np.minimum(random.exponential(60.0, clients), tenure)
    periods = 1.0 + random.poisson(rate * left)
    idle = np.where(periods > 1, tenure - left * random.beta(periods, 1.0), tenure)
    strength = random.normal(0.0, 1.0, clients)
    frame = pd.DataFrame(
        {
            "strength": strength,
            "activity_recency_days": idle * MONTH,
            "tenure_days": tenure * MONTH,
            "activity_active_periods": periods,
            "value_sum_ever": periods * size * random.lognormal(0.0, 0.2, clients),
            "noise": random.normal(0.0, 1.0, clients),
            "value_sum_6p": 1.0,
            "country": random.choice(["BR", "CN", "KE"], clients),
        }
    )
    frame["value_sum_24p"] = np.where(idle < 24, frame["value_sum_ever"] * random.beta(2.0, 1.0, clients), 0.0)
    count = random.poisson(12 * rate * (left == tenure) * np.exp(0.5 * strength))
    value = count * size * random.lognormal(0.0, 0.3, clients) * np.exp(0.3 * strength)
    frame.loc[random.random(clients) < 0.05, "noise"] = np.nan
    return frame, np.where(random.random(clients) < 0.02, -1e3, value)


def inputs(**config: object) -> CandidateInputs:
    frame, value = book()
    contract = FeatureContract.learn(frame, dict.fromkeys(frame.columns, "unit"), max_categories=5)
    return CandidateInputs(
        matrix=contract.encode(frame),
        value=value,
        latest=np.arange(len(value)) >= 300,
        contract=contract,
        config=SETTINGS.model_copy(update=config),
        run=RunConfig(threads=1),
        horizon_periods=12,
        days_per_period=MONTH,
    )


@cache
def fitted(name: str) -> ValueCandidate:
    if name == MIXTURE:
        return Mixture(leader=fitted("tweedie"), simple=fitted("past_sum"), share=0.7, factor=1.5)
    return Blend(tuple(map(fitted, FITTED))) if name == BLEND else fit_candidate(name, inputs())


def direction(up_or_down: str) -> MonotoneConfig:
    return MonotoneConfig(direction=up_or_down, reason="a reviewer would expect it")


@pytest.mark.parametrize("name", ALL)
def test_it_ranks_clients_by_what_they_will_bring(name: str) -> None:
    reported = inputs()
    assert normalized_gini(reported.value, fitted(name).log_value(reported.matrix)) > 0.45


@pytest.mark.parametrize("name", WITH_TREES)
def test_its_level_is_near_the_truth_even_before_calibration(name: str) -> None:
    reported = inputs()
    assert np.exp(fitted(name).log_value(reported.matrix)).sum() == pytest.approx(reported.earned.sum(), rel=0.25)


@pytest.mark.parametrize("name", ALL)
def test_parts_sum_to_the_log_value(name: str) -> None:
    matrix = inputs().matrix
    parts = fitted(name).explain(matrix)
    parts.check(1e-12)
    np.testing.assert_array_equal(parts.prediction, fitted(name).log_value(matrix))
    assert (parts.model, parts.unit, parts.values.shape) == ("value", "log currency", matrix.shape)
    assert fitted(name).explain(matrix[:0]).values.shape == (0, matrix.shape[1])
    assert fitted(name).explain(matrix[:0]).base == parts.base


@pytest.mark.parametrize("name", ALL)
def test_its_texts_give_back_the_same_bits(name: str) -> None:
    matrix = inputs().matrix
    texts = fitted(name).to_texts()
    again = candidate_from_texts(name, texts, threads=1)
    np.testing.assert_array_equal(again.log_value(matrix), fitted(name).log_value(matrix))
    np.testing.assert_array_equal(again.explain(matrix[:50]).values, fitted(name).explain(matrix[:50]).values)
    assert again.to_texts() == texts
    assert all(file.endswith((".json", ".txt")) for file in texts)


@pytest.mark.parametrize("name", ALL)
def test_a_client_alone_is_a_client_among_others(name: str) -> None:
    matrix, candidate = inputs().matrix, fitted(name)
    together, parts = candidate.log_value(matrix), candidate.explain(matrix[:60])
    for row in range(0, 60, 7):
        assert candidate.log_value(matrix[row : row + 1])[0] == together[row]
        np.testing.assert_array_equal(candidate.explain(matrix[row : row + 1]).values[0], parts.values[row])


@pytest.mark.parametrize("name", FITTED)
def test_the_currency_changes_nothing_but_the_figures(name: str) -> None:
    reported = inputs()
    places = [place for place, name in enumerate(reported.contract.names) if name.startswith("value_sum")]
    dearer = reported.matrix.copy()
    dearer[:, places] *= 128
    other = fit_candidate(name, replace(reported, matrix=dearer, value=128 * reported.value))
    tolerance = 1e-5 if "btyd" in name else 1e-9  # the search for a summit ends near it
    expected = fitted(name).log_value(reported.matrix) + np.log(128)
    np.testing.assert_allclose(other.log_value(dearer), expected, rtol=tolerance)


@pytest.mark.parametrize("name", WITH_TREES)
def test_weights_count_rows(name: str) -> None:
    reported = inputs()
    large = reported.value > np.quantile(reported.value, 0.8)
    heavy = fit_candidate(name, replace(reported, weight=np.where(large, 5.0, 1.0)))
    same = fit_candidate(name, replace(reported, weight=np.ones(len(large))))
    assert heavy.log_value(reported.matrix).mean() > fitted(name).log_value(reported.matrix).mean() + 0.3
    np.testing.assert_allclose(same.log_value(reported.matrix), fitted(name).log_value(reported.matrix), rtol=1e-6)


@pytest.mark.parametrize("name", WITH_TREES)
@pytest.mark.parametrize("way", ["up", "down"])
def test_a_direction_is_kept_wherever_the_client_stands(name: str, way: str) -> None:
    reported = inputs(monotone={"noise": direction(way), "strength": direction("up")})
    bound = fit_candidate(name, reported)
    for feature, sign in (("noise", 1 if way == "up" else -1), ("strength", 1)):
        place = reported.contract.names.index(feature)
        along = []
        for level in np.linspace(-3, 3, 25):
            rows = reported.matrix[:150].copy()
            rows[:, place] = level
            along.append(bound.log_value(rows))
        assert (sign * np.diff(along, axis=0) >= -1e-12).all()
    free = fitted(name).log_value(reported.matrix)
    assert (bound.log_value(reported.matrix) != free).any()


@pytest.mark.parametrize("name", ALL)
def test_importance_is_the_share_of_what_splits_saved(name: str) -> None:
    importance = fitted(name).importance()
    assert importance.shape == (9,)
    assert importance.sum() == pytest.approx(0.0 if name == "btyd" else 1.0)
    assert fitted(name).tree_count == {
        "tweedie": 40,
        "hurdle": 80,
        "ziln": 120,
        "btyd": 0,
        "btyd_offset": 40,
        "past_sum": 0,
        MIXTURE: 40,
    }.get(name, 280)


def test_a_blend_is_the_geometric_mean() -> None:
    matrix = inputs().matrix
    expected = np.exp(np.mean([fitted(name).log_value(matrix) for name in FITTED], axis=0))
    np.testing.assert_allclose(np.exp(fitted(BLEND).log_value(matrix)), expected, rtol=1e-12)


def closed_form() -> tuple[PurchaseCandidate, np.ndarray]:
    candidate, reported = fitted("btyd"), inputs()
    assert isinstance(candidate, PurchaseCandidate)
    columns = [reported.contract.names.index(name) for name in PURCHASE_FEATURES]
    return candidate, reported.matrix[:, columns]


def test_btyd_is_purchases_times_size_by_hand() -> None:
    candidate, reported = closed_form()
    tenure, idle, periods, total = reported[300:].T
    again = periods > 1
    history = PurchaseHistory(
        purchases=periods - 1,
        recency=np.where(again, (tenure - idle) / MONTH, 0.0),
        age=tenure / MONTH,
        size=np.where(again, total / periods, 0.0),
    )
    purchases = BetaGeometric.fit(history).expected_purchases(history, 12)
    expected = (purchases + purchases.mean() / 1000) * GammaGamma.fit(history).expected_size(history)
    np.testing.assert_allclose(np.exp(candidate.log_value(inputs().matrix[300:])), expected, rtol=1e-6)


def test_parts_of_btyd_are_shapley_values_over_all_orders() -> None:
    candidate, _ = closed_form()
    matrix = inputs().matrix
    columns = list(candidate.columns)
    row = matrix[5].copy()
    nobody = row.copy()
    nobody[columns] = candidate.typical

    def said(known: tuple[int, ...]) -> float:
        mixed = nobody.copy()
        mixed[list(known)] = row[list(known)]
        return float(candidate.log_value(mixed[None])[0])

    expected = np.zeros(matrix.shape[1])
    for order in permutations(columns):
        for place, column in enumerate(order):
            expected[column] += (said(order[: place + 1]) - said(order[:place])) / 24
    np.testing.assert_allclose(candidate.explain(row[None]).values[0], expected, atol=1e-10)
    assert candidate.explain(row[None]).base == pytest.approx(said(()), abs=1e-12)


def test_btyd_takes_the_median_for_what_is_missing() -> None:
    candidate, _ = closed_form()
    matrix = inputs().matrix[:5].copy()
    matrix[:, list(candidate.columns)] = np.nan
    parts = candidate.explain(matrix)
    np.testing.assert_array_equal(parts.values, 0.0)
    np.testing.assert_allclose(parts.prediction, parts.base, rtol=1e-12)


def test_idleness_lowers_and_past_value_raises_what_btyd_says() -> None:
    candidate, _ = closed_form()
    matrix = inputs().matrix[:100]
    for column, levels, sign in ((1, np.linspace(0, 3000, 20), -1), (3, np.geomspace(1e3, 1e8, 20), 1)):
        along = []
        for level in levels:
            rows = matrix.copy()
            rows[:, candidate.columns[column]] = level
            along.append(candidate.log_value(rows))
        assert (sign * np.diff(along, axis=0) >= -1e-12).all()


def test_what_btyd_keeps_may_be_asked_of_it_and_nothing_else() -> None:
    kept = {"activity_recency_days": direction("down"), "value_sum_ever": direction("up"), "noise": direction("up")}
    np.testing.assert_array_equal(
        fit_candidate("btyd", inputs(monotone=kept)).log_value(inputs().matrix),
        fitted("btyd").log_value(inputs().matrix),
    )
    for name, way in (("activity_recency_days", "up"), ("tenure_days", "down")):
        for candidate in ("btyd", "btyd_offset"):
            with pytest.raises(FeatureContractError, match=f"monotone.{name}: {way}"):
                fit_candidate(candidate, inputs(monotone={name: direction(way)}))


@pytest.mark.parametrize("name", WITH_TREES)
def test_a_direction_of_what_has_none_is_refused(name: str) -> None:
    with pytest.raises(FeatureContractError, match="got strenght: did you mean strength"):
        fit_candidate(name, inputs(monotone={"strenght": direction("up")}))
    with pytest.raises(FeatureContractError, match="got country, a category"):
        fit_candidate(name, inputs(monotone={"country": direction("up")}))


def past_sum() -> tuple[PastSum, int]:
    candidate = fitted("past_sum")
    assert isinstance(candidate, PastSum)
    return candidate, inputs().contract.names.index("value_sum_24p")


def test_the_past_sum_is_that_of_the_longest_window_and_ranks_as_it_does() -> None:
    candidate, place = past_sum()
    matrix = inputs().matrix
    assert candidate.column == place
    order = np.argsort(matrix[:, place], kind="stable")
    assert (np.diff(candidate.log_value(matrix)[order]) >= 0).all()
    np.testing.assert_allclose(
        np.exp(candidate.log_value(matrix)), candidate.rate * (matrix[:, place] + candidate.constant), rtol=1e-12
    )
    assert np.exp(candidate.log_value(matrix)).sum() == pytest.approx(inputs().earned.sum(), rel=1e-9)


def test_a_past_sum_that_is_missing_or_below_zero_counts_as_nothing() -> None:
    candidate, place = past_sum()
    rows = np.repeat(inputs().matrix[:1], 3, axis=0)
    rows[:, place] = 0.0, np.nan, -1e6
    said = candidate.log_value(rows)
    assert said[0] == said[1] == said[2] == np.log(candidate.constant) + np.log(candidate.rate)


def test_the_constant_is_what_makes_the_past_credible() -> None:
    reported, (_, place) = inputs(), past_sum()
    past = reported.matrix[:, place]
    proportional = fit_candidate("past_sum", replace(reported, value=0.3 * past))
    luck = fit_candidate("past_sum", replace(reported, value=np.random.default_rng(3).permutation(0.3 * past)))
    assert isinstance(proportional, PastSum)
    assert isinstance(luck, PastSum)
    assert proportional.constant == pytest.approx(past.mean() / 1000)
    assert luck.constant > 5 * past.mean()


def test_a_mixture_is_the_weighted_mean_in_currency() -> None:
    matrix = inputs().matrix
    leader, simple = (np.exp(fitted(name).log_value(matrix)) for name in ("tweedie", "past_sum"))
    np.testing.assert_allclose(np.exp(fitted(MIXTURE).log_value(matrix)), 0.7 * leader + 0.3 * 1.5 * simple, rtol=1e-12)


def test_parts_of_a_mixture_in_currency_are_the_weighted_parts() -> None:
    matrix = inputs().matrix[:50]

    def in_currency(name: str) -> np.ndarray:
        parts = fitted(name).explain(matrix)
        return parts.values * exp_rate(parts.base, parts.values.sum(axis=1))[:, None]

    expected = 0.7 * in_currency("tweedie") + 0.3 * 1.5 * in_currency("past_sum")
    np.testing.assert_allclose(in_currency(MIXTURE), expected, rtol=1e-9, atol=1e-6)


def test_a_past_sum_needs_a_past_and_a_future() -> None:
    reported, (_, place) = inputs(), past_sum()
    nobody = reported.matrix.copy()
    nobody[:, place] = 0.0
    for without in (replace(reported, matrix=nobody), replace(reported, value=np.full(900, -1.0))):
        with pytest.raises(TooLittleDataError, match="brought something before and after the as-of date"):
            fit_candidate("past_sum", without)


def test_the_past_sum_keeps_its_own_direction_alone() -> None:
    kept = {"value_sum_24p": direction("up"), "noise": direction("down")}
    np.testing.assert_array_equal(
        fit_candidate("past_sum", inputs(monotone=kept)).log_value(inputs().matrix),
        fitted("past_sum").log_value(inputs().matrix),
    )
    with pytest.raises(FeatureContractError, match=r"monotone\.value_sum_24p: down"):
        fit_candidate("past_sum", inputs(monotone={"value_sum_24p": direction("down")}))


def test_what_a_candidate_cannot_learn_is_refused() -> None:
    reported = inputs()
    for name in WITH_TREES:
        with pytest.raises(TooLittleDataError, match="brought something within the horizon, got 0 of 900"):
            fit_candidate(name, replace(reported, value=np.zeros(900)))
    for name in ("hurdle", "ziln"):
        with pytest.raises(TooLittleDataError, match="brought nothing within the horizon, got 0 of 900"):
            fit_candidate(name, replace(reported, value=np.ones(900)))
    once = reported.matrix.copy()
    once[:, reported.contract.names.index("activity_active_periods")] = 1.0
    for name in ("btyd", "btyd_offset"):
        with pytest.raises(TooLittleDataError, match="clients that came back"):
            fit_candidate(name, replace(reported, matrix=once))
    frame, _ = book()
    bare = FeatureContract.learn(frame[["strength"]], {"strength": "score"}, max_categories=1)
    with pytest.raises(FeatureContractError, match="a book without tenure_days"):
        fit_candidate("btyd", replace(reported, contract=bare))
    with pytest.raises(InternalError, match="no value candidate blend to fit"):
        fit_candidate(BLEND, reported)
    with pytest.raises(FeatureContractError, match="matrix of 9 features"):
        fitted("btyd").log_value(reported.matrix[:, :3])
