"""Parts that miss their prediction are refused, also before rounding, which would hide the gap in the largest part."""

from __future__ import annotations

import numpy as np
import pytest

from models.errors import AdditivityError
from models.learners.contributions import ROUNDED_TO, Contributions, require_sums


def drawn(rows: int = 50) -> Contributions:
    values = np.random.default_rng(3).normal(size=(rows, 40)) / 7
    return Contributions(
        model="value", unit="log currency", base=9.1, values=values, prediction=9.1 + values.sum(axis=1)
    )


def test_a_client_whose_parts_do_not_add_up_is_refused_by_row() -> None:
    parts = drawn()
    parts.values[31, 4] += 0.5
    for reported in (parts.check, parts.rounded):
        with pytest.raises(AdditivityError, match=r"value model must sum to the prediction .* in row 31") as refused:
            reported()
        assert refused.value.exit_code == 1


def test_a_missing_part_is_refused() -> None:
    parts = drawn()
    parts.values[7, 0] = np.nan
    with pytest.raises(AdditivityError, match="row 7"):
        parts.rounded()


def test_rounded_parts_are_whole_multiples_but_for_the_largest_and_sum_as_before() -> None:
    parts = drawn()
    rounded = parts.rounded()
    steps = rounded.values / ROUNDED_TO
    whole = steps == np.rint(steps)
    assert (whole.sum(axis=1) >= 39).all()
    assert whole[np.arange(50), np.abs(rounded.values).argmin(axis=1)].all()
    np.testing.assert_allclose(rounded.base + rounded.values.sum(axis=1), parts.prediction, rtol=1e-14)
    np.testing.assert_array_less(np.abs(rounded.values - parts.values), 41 * ROUNDED_TO / 2)
    np.testing.assert_array_equal(rounded.prediction, parts.prediction)


def test_a_client_alone_is_rounded_as_among_others() -> None:
    parts = drawn()
    alone = Contributions(
        model="value", unit="log currency", base=9.1, values=parts.values[9:10], prediction=parts.prediction[9:10]
    )
    np.testing.assert_array_equal(alone.rounded().values[0], parts.rounded().values[9])


def test_sums_are_held_against_scores_of_every_output() -> None:
    scores = np.array([[0.5, -20.0], [0.1, 3.0]])
    require_sums("trees", scores + np.array([1e-10, 2e-9]), scores)
    with pytest.raises(AdditivityError, match="got a gap of 1e-08 in row 1"):
        require_sums("trees", scores + np.array([[0.0, 0.0], [1e-8, 0.0]]), scores)
    with pytest.raises(AdditivityError, match="row 0"):
        require_sums("trees", scores * np.array([[np.nan, 1.0], [1.0, 1.0]]), scores)
    require_sums("trees", scores[:0], scores[:0])
