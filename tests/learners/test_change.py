"""The split of a change of a prediction, held against sums done by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from models.errors import AdditivityError
from models.learners.change import ModelReading, SplitChange, mean_steps, split_change
from models.learners.contributions import Contributions, exp_rate
from models.vocab import FloatArray

Curve = Callable[[FloatArray], FloatArray]


def parts_of(*rows: list[float], base: float = 0.0) -> Contributions:
    values = np.array(rows)
    return Contributions(
        model="value", unit="log currency", base=base, values=values, prediction=base + values.sum(axis=1)
    )


def reading(before: list[float], after: list[float], *features: str, factor: float = 1.0) -> ModelReading:
    return ModelReading(
        features=features,
        before=parts_of(before),
        after=parts_of(after),
        curve=lambda raw: factor * raw,
        slope=lambda raw: np.full_like(raw, factor),
    )


def test_fees_fell_and_nothing_else_changed() -> None:
    same = reading([2.0, 1.0], [0.5, 1.0], "fee_sum_12p", "country")
    split = split_change(same, same, reasons={"fee_sum_12p": "fees"})
    assert split.reasons == ("fees", "country")
    assert split.data.tolist() == [[-1.5, 0.0]]
    assert split.model.tolist() == split.calibration.tolist() == [0.0]
    assert (split.before.tolist(), split.after.tolist()) == ([3.0], [1.5])


def test_each_step_gets_its_mean_over_all_orders() -> None:
    old = reading([1.0, 2.0], [2.0, 2.0], "a", "b")
    new = reading([1.0, 5.0], [3.0, 5.0], "a", "b", factor=2.0)
    split = split_change(old, new, reasons={})
    # With old trees and curve the data add 1, with the new ones 4, with one of them 2: (2 * 1 + 2 + 2 + 2 * 4) / 6.
    np.testing.assert_allclose(split.data, [[7 / 3, 0.0]])
    np.testing.assert_allclose(split.model, [16 / 3])
    np.testing.assert_allclose(split.calibration, [16 / 3])
    split.check()


def test_a_feature_that_only_one_version_knows_gets_what_that_version_adds() -> None:
    old = reading([1.0], [2.0], "a")
    new = reading([1.0, 0.0], [2.0, 3.0], "a", "b")
    split = split_change(old, new, reasons={})
    assert split.reasons == ("a", "b")
    np.testing.assert_allclose(split.data, [[1.0, 1.5]])
    np.testing.assert_allclose(split.model, [1.5])


def test_parts_that_cancel_keep_their_size_in_currency() -> None:
    same = reading([1.0, 2.0], [1.5, 1.5], "a", "b")
    logs = split_change(same, same, reasons={})
    value = logs.rescaled(unit="currency", curve=np.exp, rate=exp_rate(logs.before, logs.after - logs.before))
    np.testing.assert_allclose(value.data, [[0.5 * np.exp(3), -0.5 * np.exp(3)]])
    value.check()


def test_a_kink_of_the_calibration_inside_the_smallest_rise_leaves_no_gap() -> None:
    tiny = 3e-9
    kinked = replace(
        reading([1.0, -1.0], [1.0 + tiny, -1.0 - 0.0], "a", "b"),
        curve=lambda raw: np.where(raw > 1e-9, 1e4 * (raw - 1e-9), 0.0),
        slope=lambda raw: np.where(raw > 1e-9, 1e4, 0.0),
    )
    split = split_change(kinked, kinked, reasons={})
    np.testing.assert_allclose(split.before + split.data.sum(axis=1), split.after, rtol=1e-12)


def test_steps_are_shared_where_each_alone_does_nothing() -> None:
    both_needed = np.array([[[0.0], [0.0]], [[0.0], [1.0]]])
    np.testing.assert_allclose(mean_steps(both_needed), [[0.5], [0.5]])


def test_parts_that_miss_are_not_told() -> None:
    whole = SplitChange(
        target="value",
        unit="currency",
        reasons=("a",),
        before=np.array([1.0, 1.0]),
        after=np.array([2.0, 2.0]),
        data=np.array([[1.0], [0.9]]),
        model=np.zeros(2),
        calibration=np.zeros(2),
    )
    with pytest.raises(AdditivityError, match=r"change of value .* row 1"):
        whole.check()
