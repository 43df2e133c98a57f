"""Every client's parts sum to its score, and are what LightGBM's own slow way gives, whatever the trees ask."""

from __future__ import annotations

from itertools import combinations
from math import factorial
from typing import Any

import lightgbm
import numpy as np
import pytest

from models.errors import FeatureContractError, InternalError
from models.learners.shapley import forest as coding
from models.learners.shapley.kernel import ShapleyKernel
from models.learners.shapley.program import TABLE_BYTES
from support.drawn_boosters import DrawnBooster, drawn_booster

TOLERANCE = 1e-9
ROOMS = {"tables": TABLE_BYTES, "few tables": 8_000, "no tables": 0}
KINDS: dict[str, dict[str, Any]] = {
    "numbers": {},
    "missing numbers": {"gaps": 0.2},
    "missing read as zero": {"gaps": 0.2, "use_missing": False},
    "zero as missing": {"gaps": 0.2, "zero_as_missing": True},
    "categories": {"categories": 2, "gaps": 0.1},
    "categories one by one": {"categories": 2, "max_cat_to_onehot": 64},
    "categories, zero as missing": {"categories": 2, "gaps": 0.1, "zero_as_missing": True},
    "missing split from all others": {
        "numbers": 2,
        "categories": 1,
        "gaps": 0.6,
        "rows": 60,
        "min_data_in_leaf": 1,
        "num_leaves": 20,
    },
    "three outputs": {"objective": "multiclass", "num_class": 3, "categories": 1, "gaps": 0.1},
    "one split": {"num_leaves": 2},
    "trees of one leaf": {"min_data_in_leaf": 200},
    "deep paths": {"rows": 900, "numbers": 24, "num_leaves": 120, "trees": 3, "gaps": 0.1, "extra_trees": True},
    "one feature, split again and again": {"numbers": 1, "num_leaves": 31},
    "directions": {"monotone_constraints": [1, -1, 0, 0], "gaps": 0.1},
    "dropped trees": {"boosting": "dart"},
    "random forest": {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.5},
    "trees near one another in depth": {"max_depth": 3, "num_leaves": 8, "numbers": 8},
}


def require_equal(drawn: DrawnBooster, kernel: ShapleyKernel) -> None:
    """To 1e-9 of the row's largest part; the scores to the bit, being the same numbers in the same order."""
    explained, expected = kernel.explained(drawn.rows, threads=1), drawn.pred_contrib()
    size = np.maximum(np.abs(expected).max(axis=1, keepdims=True), 1.0)
    np.testing.assert_array_less(np.abs(explained.contributions - expected) / size, TOLERANCE)
    np.testing.assert_array_equal(explained.raw, drawn.raw_score())
    parts = explained.contributions.reshape(len(drawn.rows), kernel.forest.output_count, -1)
    np.testing.assert_array_less(np.abs(parts.sum(axis=2) - explained.raw) / size, TOLERANCE)
    np.testing.assert_array_equal(parts[:, :, -1], np.broadcast_to(kernel.bases(), parts.shape[:2]))


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("kind", KINDS)
def test_parts_are_those_of_lightgbm(kind: str, room: str) -> None:
    drawn = drawn_booster(3, **KINDS[kind])
    kernel = ShapleyKernel.of(drawn.text, table_bytes=ROOMS[room])
    assert kernel.table_bytes <= ROOMS[room]
    require_equal(drawn, kernel)


def test_kinds_are_what_they_say() -> None:
    """Else the test above would hold less than it says."""
    kernels = {kind: ShapleyKernel.of(drawn_booster(3, **settings).text) for kind, settings in KINDS.items()}
    missing = {kind: set(kernel.forest.missing.tolist()) for kind, kernel in kernels.items()}
    assert missing["missing numbers"] >= {2}
    assert missing["missing read as zero"] == {0}
    assert missing["zero as missing"] == {1}
    assert kernels["categories"].forest.categorical.any()
    assert (kernels["categories"].forest.word_stop - kernels["categories"].forest.word_start).max() > 1
    assert np.isinf(kernels["missing split from all others"].forest.threshold).any()
    assert kernels["missing split from all others"].forest.categorical.any()
    assert kernels["three outputs"].forest.output_count == 3
    assert len(kernels["trees of one leaf"].forest.feature) == 0
    assert (kernels["deep paths"].prepared.program.states == 0).any()
    assert (kernels["deep paths"].prepared.program.states > 0).any()
    assert kernels["one feature, split again and again"].table_bytes > 0


def cooperative_value(drawn: DrawnBooster, row: np.ndarray, known: frozenset[int]) -> float:
    """The mean score of who has the row's ``known`` features, by the definition: one walk per tree."""

    def walk(node: dict[str, Any]) -> float:
        if "leaf_value" in node:
            return float(node["leaf_value"])
        if node["split_feature"] in known:
            return walk(node["left_child" if row[node["split_feature"]] <= node["threshold"] else "right_child"])
        children = [node["left_child"], node["right_child"]]
        counts = [child.get("leaf_count", child.get("internal_count")) for child in children]
        return float(np.average([walk(child) for child in children], weights=counts))

    return sum(walk(tree["tree_structure"]) for tree in drawn.booster.dump_model()["tree_info"])


def test_parts_are_shapley_values_by_definition() -> None:
    drawn, features = drawn_booster(5, trees=2, num_leaves=6), range(4)
    parts = ShapleyKernel.of(drawn.text).contributions(drawn.rows[:5], threads=1)
    for row, part in zip(drawn.rows[:5], parts, strict=True):
        for feature in features:
            others = [each for each in features if each != feature]
            expected = 0.0
            for size in range(len(others) + 1):
                weight = factorial(size) * factorial(3 - size) / factorial(4)
                for held in map(frozenset, combinations(others, size)):
                    expected += weight * (
                        cooperative_value(drawn, row, held | {feature}) - cooperative_value(drawn, row, held)
                    )
            assert part[feature] == pytest.approx(expected, abs=1e-12)
        assert part[-1] == pytest.approx(cooperative_value(drawn, row, frozenset()), abs=1e-12)


@pytest.mark.parametrize("room", ROOMS)
def test_a_row_has_the_same_bits_alone_and_among_others(room: str, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = drawn_booster(7, rows=900, numbers=12, categories=1, num_leaves=60, gaps=0.1)
    kernel = ShapleyKernel.of(drawn.text, table_bytes=ROOMS[room])
    rows = np.tile(drawn.rows, (4, 1))
    together = kernel.explained(rows, threads=1)
    for number in range(0, len(drawn.rows), 11):
        alone = kernel.explained(rows[number : number + 1], threads=1)
        np.testing.assert_array_equal(alone.contributions[0], together.contributions[number])
    shuffled = np.random.default_rng(1).permutation(len(rows))
    np.testing.assert_array_equal(
        kernel.contributions(np.asfortranarray(rows[shuffled]), threads=2), together.contributions[shuffled]
    )
    monkeypatch.setattr("models.learners.shapley.kernel._FEWEST_ROWS", 7)
    np.testing.assert_array_equal(kernel.contributions(rows, threads=2), together.contributions)


def test_parts_of_very_deep_paths_keep_their_digits() -> None:
    """Where a path has over 20 conditions, and amounts of every size: LightGBM's own parts lose digits there."""
    generator = np.random.default_rng(1)
    matrix = generator.normal(size=(400, 60))
    params = {"num_leaves": 200, "min_data_in_leaf": 1, "min_sum_hessian_in_leaf": 0, "verbosity": -1, "num_threads": 1}
    data = lightgbm.Dataset(matrix, np.exp(np.abs(matrix).sum(axis=1) / 3), params=params)
    drawn = DrawnBooster(booster=lightgbm.train(params, data, num_boost_round=3), rows=matrix[:100])
    kernel = ShapleyKernel.of(drawn.text)
    assert np.diff(kernel.prepared.program.column_first).max() > 20
    require_equal(drawn, kernel)
    explained = kernel.explained(drawn.rows, threads=1)
    np.testing.assert_allclose(explained.contributions.sum(axis=1), explained.raw[:, 0], rtol=1e-13)


def test_codes_that_need_more_than_two_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = drawn_booster(3, categories=1, gaps=0.1)
    monkeypatch.setattr(coding, "_SHORT_CODES", 2)
    kernel = ShapleyKernel.of(drawn.text)
    assert kernel.codes.dtype is np.int32
    require_equal(drawn, kernel)


def test_trees_that_read_a_missing_number_in_different_ways() -> None:
    first = drawn_booster(3, gaps=0.2, zero_as_missing=True)
    second = drawn_booster(4, gaps=0.2)
    third = drawn_booster(6, gaps=0.2, use_missing=False)
    trees = [each.text.split("\n\nTree=0", 1) for each in (first, second, third)]
    booster = lightgbm.Booster(model_str=joined_text([head + "\n\nTree=0" + tail for head, tail in trees]))
    drawn = DrawnBooster(booster=booster, rows=np.concatenate([first.rows, second.rows]))
    kernel = ShapleyKernel.of(drawn.text)
    assert set(kernel.forest.missing.tolist()) == {0, 1, 2}
    require_equal(drawn, kernel)


def joined_text(texts: list[str]) -> str:
    """The trees of several boosters on the same features as one booster's text, its tree sizes left out."""
    bodies = [text.split("\nend of trees")[0] for text in texts]
    head = "\n".join(line for line in bodies[0].split("\nTree=")[0].splitlines() if not line.startswith("tree_sizes"))
    trees = [tree.split("\n", 1)[1] for body in bodies for tree in body.split("\nTree=")[1:]]
    numbered = "".join(f"\nTree={number}\n{tree}\n" for number, tree in enumerate(trees))
    return f"{head}\n{numbered}\nend of trees\n"


def test_a_feature_that_is_both_number_and_category_is_refused() -> None:
    texts = [drawn_booster(3, numbers=4).text, drawn_booster(3, numbers=3, categories=1).text]
    with pytest.raises(InternalError, match="number or a category in all trees"):
        ShapleyKernel.of(joined_text(texts))


def test_linear_leaves_are_refused() -> None:
    with pytest.raises(InternalError, match="linear_tree"):
        ShapleyKernel.of(drawn_booster(3, linear_tree=True).text)


def test_nodes_without_training_rows_are_refused() -> None:
    lines = drawn_booster(3).text.splitlines()
    text = "\n".join("internal_count=" if line.startswith("internal_count=") else line for line in lines)
    zeros = "\n".join(
        f"internal_count={'0 ' * len(line.split())}" if line.startswith("internal_count=") else line for line in lines
    )
    for each in (text, zeros):
        with pytest.raises(InternalError, match="number of training rows of every node"):
            ShapleyKernel.of(each)


@pytest.mark.parametrize("text", ["", "tree\nversion=v4\n", "tree\n\nTree=0\nnum_leaves=2"])
def test_a_text_that_is_cut_is_refused(text: str) -> None:
    with pytest.raises(InternalError, match="cut or empty"):
        ShapleyKernel.of(text)


@pytest.mark.parametrize("shape", [(3, 5), (4,), (2, 3)])
def test_a_matrix_of_other_features_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(FeatureContractError, match="a matrix of 4 features"):
        ShapleyKernel.of(drawn_booster(3).text).contributions(np.zeros(shape))


def test_no_rows_have_no_parts() -> None:
    explained = ShapleyKernel.of(drawn_booster(3).text).explained(np.empty((0, 4)))
    assert explained.contributions.shape == (0, 5)
    assert explained.raw.shape == (0, 1)
