"""What LightGBM's library says without its package is what the package says, to the bit."""

from __future__ import annotations

import subprocess
import sys

import lightgbm
import numpy as np
import pytest

from models.errors import InternalError
from models.learners.tree_library import LoadedTrees
from support.drawn_boosters import drawn_booster


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(
    "kind", [{}, {"categories": 2, "gaps": 0.2}, {"objective": "multiclass", "num_class": 3}, {"zero_as_missing": True}]
)
def test_raw_scores_are_those_of_the_package(kind: dict[str, object], threads: int) -> None:
    drawn = drawn_booster(4, **kind)  # type: ignore[arg-type]
    loaded = LoadedTrees.of(drawn.text)
    again = lightgbm.Booster(model_str=drawn.text)
    np.testing.assert_array_equal(loaded.raw(np.ascontiguousarray(drawn.rows), threads=threads), drawn.raw_score())
    np.testing.assert_array_equal(loaded.gains(), again.feature_importance(importance_type="gain"))
    assert (loaded.tree_count, loaded.feature_count) == (again.num_trees(), again.num_feature())
    assert loaded.output_count == again.num_model_per_iteration()


def test_no_rows_have_no_scores() -> None:
    drawn = drawn_booster(4)
    assert LoadedTrees.of(drawn.text).raw(drawn.rows[:0], threads=1).shape == (0, 1)


def test_a_text_that_is_no_model_is_told() -> None:
    with pytest.raises(InternalError, match="LightGBM failed in LGBM_BoosterLoadModelFromString: Model file doesn't"):
        LoadedTrees.of("no model")


def test_who_explains_waits_for_no_package_that_only_fits() -> None:
    heavy = ["sklearn", "lightgbm", "scipy.stats", "scipy.optimize", "mlflow", "optuna", "ibis", "duckdb"]
    code = (
        "import sys; from models.pipeline.bundle import read_bundle; from models.scoring import scoring;"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)  # noqa: S603
    assert done.stdout.strip() == "[]"
