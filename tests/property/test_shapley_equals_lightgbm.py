"""Whatever booster LightGBM fits, the kernel's parts are those of ``pred_contrib`` and sum to the raw score."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from models.learners.shapley.kernel import ShapleyKernel
from models.learners.shapley.program import TABLE_BYTES
from support.drawn_boosters import drawn_booster


@st.composite
def booster_settings(draw: st.DrawFn) -> dict[str, Any]:
    """What a booster is fitted with; directions only for numbers, classes only where there are several."""
    numbers, classes = draw(st.integers(1, 9)), draw(st.sampled_from([1, 1, 1, 3]))
    chosen: dict[str, Any] = {
        "seed": draw(st.integers(0, 10_000)),
        "rows": draw(st.sampled_from([12, 60, 250])),
        "numbers": numbers,
        "categories": draw(st.integers(0, 2)),
        "trees": draw(st.integers(1, 6)),
        "gaps": draw(st.sampled_from([0.0, 0.1, 0.6])),
        "num_leaves": draw(st.integers(2, 24)),
        "max_depth": draw(st.sampled_from([-1, 1, 2, 4])),
        "min_data_in_leaf": draw(st.sampled_from([1, 3, 10])),
        "use_missing": draw(st.booleans()),
        "zero_as_missing": draw(st.booleans()),
        "max_cat_to_onehot": draw(st.sampled_from([1, 4, 64])),
        "cat_smooth": draw(st.sampled_from([0.0, 10.0])),
    }
    if classes > 1:
        return chosen | {"objective": "multiclass", "num_class": classes}
    signs = draw(st.lists(st.sampled_from([-1, 0, 1]), min_size=numbers, max_size=numbers))
    return chosen | {"monotone_constraints": signs + [0] * chosen["categories"]}


@given(chosen=booster_settings(), table_bytes=st.sampled_from([TABLE_BYTES, 10_000, 0]))
@settings(max_examples=60, deadline=None)
def test_parts_are_those_of_lightgbm(chosen: dict[str, Any], table_bytes: int) -> None:
    drawn = drawn_booster(**chosen)
    kernel = ShapleyKernel.of(drawn.text, table_bytes=table_bytes)
    explained, expected = kernel.explained(drawn.rows, threads=1), drawn.pred_contrib()
    size = np.maximum(np.abs(expected).max(axis=1, keepdims=True), 1.0)
    np.testing.assert_array_less(np.abs(explained.contributions - expected) / size, 1e-9)
    np.testing.assert_array_equal(explained.raw, drawn.raw_score())
    parts = explained.contributions.reshape(*explained.raw.shape, -1).sum(axis=2)
    np.testing.assert_array_less(np.abs(parts - explained.raw) / size, 1e-9)
