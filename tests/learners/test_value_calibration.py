"""A curved bias is put right, a mere factor stays one, and the ranking and the total hold whatever came true."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from models.errors import TooLittleDataError
from models.learners.value.calibration import ValueCalibration
from models.metrics.value import decile_mape

Bias = Callable[[np.ndarray], np.ndarray]

BIASES: dict[str, Bias] = {
    "giants too low, dwarfs too high": lambda size: -0.35 * (size - 12),
    "spread too wide": lambda size: 0.4 * (size - 12),
    "both ends too high": lambda size: 0.15 * (size - 12) ** 2 - 0.4,
}


def drawn(random: np.random.Generator, clients: int, bias: Bias) -> tuple[np.ndarray, np.ndarray]:
    """What was foreseen (logarithm, off by ``bias``) and what came: nothing in one of ten, heavy-tailed else."""
    size = random.normal(12.0, 1.3, clients)
    amount = np.exp(size) * random.lognormal(-0.5, 1.0, clients) / 0.9
    return size + bias(size), np.where(random.random(clients) < 0.9, amount, 0.0)


def errors(clients: int, bias: Bias, seeds: range) -> tuple[float, float, float]:
    """Decile MAPE on new clients by the plain factor and calibrated, and how far both are apart in logarithms."""
    found = []
    for seed in seeds:
        random = np.random.default_rng(seed)
        (logs, realised), (new, came) = drawn(random, clients, bias), drawn(random, 20_000, bias)
        factor = np.log(realised.sum() / np.exp(logs).sum())
        calibrated = ValueCalibration.fit(logs, realised).log_value(new)
        apart = np.abs(calibrated - new - factor).mean()
        found.append((decile_mape(came, np.exp(new + factor)), decile_mape(came, np.exp(calibrated)), apart))
    plain, ours, apart = np.mean(found, axis=0)
    return float(plain), float(ours), float(apart)


@pytest.mark.parametrize("bias", BIASES.values(), ids=BIASES.keys())
def test_a_bias_by_size_is_put_right_on_clients_not_seen(bias: Bias) -> None:
    plain, ours, _ = errors(1_500, bias, range(10))
    assert ours < 0.4 * plain
    plain, ours, _ = errors(300, bias, range(10))
    assert ours < 0.75 * plain


@pytest.mark.parametrize("clients", [150, 400, 1_500])
def test_without_bias_it_is_nearly_the_plain_factor_and_no_worse(clients: int) -> None:
    plain, ours, apart = errors(clients, lambda size: 0.3 + 0 * size, range(20))
    assert ours < 1.05 * plain
    assert apart < 0.06


def test_few_clients_are_given_one_factor() -> None:
    random = np.random.default_rng(4)
    logs, realised = drawn(random, 80, BIASES["spread too wide"])
    calibration = ValueCalibration.fit(logs, realised)
    expected = logs + np.log(realised.sum() / np.exp(logs).sum())
    np.testing.assert_allclose(calibration.log_value(logs), expected, rtol=1e-12)


@pytest.mark.parametrize("seed", range(12))
def test_total_and_ranking_hold_whatever_came_true(seed: int) -> None:
    random = np.random.default_rng(seed)
    logs = np.round(random.normal(10.0, 2.0, 900), random.integers(0, 6))
    realised = random.lognormal(10.0, 2.0, 900) * random.choice([-0.2, 0.0, 1.0], 900)  # no relation at all
    weight = random.choice([1.0, 0.5, 0.1], 900)
    calibration = ValueCalibration.fit(logs, realised, weight=weight)
    calibrated = calibration.log_value(logs)
    assert weight @ np.exp(calibrated) == pytest.approx(weight @ realised, rel=1e-12)
    ranks, again = np.unique(logs, return_inverse=True)[1], np.unique(calibrated, return_inverse=True)[1]
    np.testing.assert_array_equal(again, ranks)
    order = random.permutation(900)
    assert ValueCalibration.fit(logs[order], realised[order], weight=weight[order]) == calibration


def test_a_weight_is_a_number_of_clients() -> None:
    random = np.random.default_rng(8)
    logs, realised = drawn(random, 1_000, BIASES["spread too wide"])
    half = np.repeat([1.0, 0.0], 500)
    some = ValueCalibration.fit(logs[:500], realised[:500])
    weighted = ValueCalibration.fit(logs, realised, weight=half)
    new = np.linspace(8, 16, 50)
    # Bins are cut at other places, but what the weightless brought leaves no trace in the total
    assert half @ np.exp(weighted.log_value(logs)) == pytest.approx(realised[:500].sum())
    np.testing.assert_allclose(weighted.log_value(new), some.log_value(new), atol=0.35)


def test_beyond_what_was_seen_it_is_a_factor() -> None:
    calibration = ValueCalibration(at=(1.0, 3.0), to=(2.0, 6.0))
    np.testing.assert_allclose(calibration.log_value(np.array([0.0, 1.0, 2.0, 3.0, 5.0])), [1, 2, 4, 6, 8])
    np.testing.assert_allclose(calibration.slope(np.array([0.0, 2.0, 5.0])), [1, 2, 1])
    np.testing.assert_array_equal(ValueCalibration().log_value(np.array([-3.0, 8.0])), [-3.0, 8.0])


def test_its_text_reads_back_to_the_bit() -> None:
    calibration = ValueCalibration.fit(*drawn(np.random.default_rng(5), 1_000, BIASES["spread too wide"]))
    assert len(calibration.at) == 10
    assert ValueCalibration.from_json(calibration.to_json()) == calibration


@pytest.mark.parametrize("realised", [[1.0, -2.0], [0.0, 0.0]])
def test_a_book_that_brought_nothing_is_refused(realised: list[float]) -> None:
    with pytest.raises(TooLittleDataError, match="against 2 predicted"):
        ValueCalibration.fit(np.zeros(2), np.array(realised))
