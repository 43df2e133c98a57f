"""The same training rows give the same model, to the letter, on any number of cores; rows are independent."""

from __future__ import annotations

from itertools import permutations
from multiprocessing.reduction import ForkingPickler
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest

from models.config.learners import BoostingConfig, MonotoneConfig, ValueLearnerConfig
from models.config.sections import RunConfig
from models.errors import FeatureContractError, InternalError, TooLittleDataError
from models.learners.boosting import BoostedTrees, CustomLoss, fit_booster
from models.learners.contract import FeatureContract

CONFIG = BoostingConfig(trees=20, min_clients_per_leaf=10)
BINARY = {"objective": "binary"}
IN_LIGHTGBM = {
    "learning_rate": ("learning_rate", 0.11),
    "leaves": ("num_leaves", 7),
    "min_clients_per_leaf": ("min_data_in_leaf", 13),
    "feature_share": ("feature_fraction", 0.5),
    "row_share": ("bagging_fraction", 0.7),
    "l2": ("lambda_l2", 3.5),
    "category_smoothing": ("cat_smooth", 9),
    "bins": ("max_bin", 77),
}
"""Name in our config -> LightGBM's name for it, and a value that is neither's default."""


@pytest.fixture(scope="module")
def book() -> tuple[FeatureContract, np.ndarray, np.ndarray]:
    """2,000 clients with gaps, a category, and names that LightGBM does not take as they are."""
    generator = np.random.default_rng(11)
    frame = pd.DataFrame(generator.normal(size=(2_000, 5)), columns=["fee:sum", "客户 {x}", "a,b", "a b", 'q"q'])
    frame = frame.mask(generator.random(frame.shape) < 0.1)
    frame["country"] = generator.choice(list("ABCDEFGH"), size=2_000)
    contract = FeatureContract.learn(frame, dict.fromkeys(frame.columns, "unit"), max_categories=5)
    margin = np.nan_to_num(frame["fee:sum"].to_numpy()) + frame["country"].isin(["A", "C"]).to_numpy()
    outcome = (generator.random(2_000) < 1 / (1 + np.exp(-margin))).astype(float)
    return contract, contract.encode(frame), outcome


def fit(book: tuple[FeatureContract, np.ndarray, np.ndarray], **run: int) -> BoostedTrees:
    contract, matrix, outcome = book
    return fit_booster(
        matrix,
        outcome,
        objective=BINARY,
        config=CONFIG,
        contract=contract,
        run=RunConfig(**{"threads": 1} | run),
    )


def test_one_core_or_two_give_the_same_text(book: tuple[FeatureContract, np.ndarray, np.ndarray]) -> None:
    text = fit(book, threads=1).to_text()
    assert fit(book, threads=1).to_text() == text
    assert fit(book, threads=2).to_text() == text
    assert fit(book, seed=1).to_text() != text


def test_trees_that_were_used_can_be_sent_to_another_process(
    book: tuple[FeatureContract, np.ndarray, np.ndarray],
) -> None:
    trees, (_, matrix, _) = fit(book), book
    said = trees.explained(matrix[:20]).raw  # LightGBM and the kernel hold them now
    again = ForkingPickler.loads(ForkingPickler.dumps(trees))
    np.testing.assert_array_equal(again.explained(matrix[:20]).raw, said)


def test_text_gives_back_the_same_predictions(book: tuple[FeatureContract, np.ndarray, np.ndarray]) -> None:
    trees, matrix = fit(book), book[1]
    again = BoostedTrees.from_text(trees.to_text(), threads=2)
    np.testing.assert_array_equal(again.raw_predict(matrix), trees.raw_predict(matrix))
    np.testing.assert_array_equal(again.contributions(matrix[:200]), trees.contributions(matrix[:200]))
    assert again.to_text() == trees.to_text()
    assert again.tree_count == trees.tree_count == CONFIG.trees


def test_a_row_alone_is_a_row_of_the_book(book: tuple[FeatureContract, np.ndarray, np.ndarray]) -> None:
    trees, matrix = fit(book, threads=2), book[1]
    raw, parts = trees.raw_predict(matrix), trees.contributions(matrix[:100])
    for row in range(0, 100, 7):
        np.testing.assert_array_equal(trees.raw_predict(matrix[row : row + 1]), raw[row : row + 1])
        np.testing.assert_array_equal(trees.contributions(matrix[row : row + 1]), parts[row : row + 1])
    np.testing.assert_array_equal(trees.raw_predict(np.asfortranarray(matrix)), raw)
    np.testing.assert_array_equal(trees.raw_predict(matrix[::-2]), raw[::-2])


def conditional_mean(node: dict[str, Any], row: np.ndarray, known: set[int]) -> float:
    """What a tree says when only ``known`` features are: at another split, the mean of both ways."""
    if "leaf_value" in node:
        return float(node["leaf_value"])
    left, right = node["left_child"], node["right_child"]
    if node["split_feature"] in known:
        taken = left if row[node["split_feature"]] <= node["threshold"] else right
        return conditional_mean(taken, row, known)
    counts = [child.get("internal_count", child.get("leaf_count")) for child in (left, right)]
    means = [conditional_mean(child, row, known) for child in (left, right)]
    return float(np.average(means, weights=counts))


def test_contributions_are_shapley_values() -> None:
    # Shapley (1953): the mean over all orders of what a feature adds when it becomes known.
    generator = np.random.default_rng(9)
    frame = pd.DataFrame(generator.normal(size=(300, 3)), columns=["a", "b", "c"])
    contract = FeatureContract.learn(frame, dict.fromkeys("abc", "unit"), max_categories=1)
    target = (frame["a"] * frame["b"] + frame["c"] > 0).to_numpy(dtype=float)
    config = BoostingConfig(trees=5, leaves=6, min_clients_per_leaf=10)
    run = RunConfig(threads=1)
    trees = fit_booster(contract.encode(frame), target, objective=BINARY, config=config, contract=contract, run=run)
    roots = [tree["tree_structure"] for tree in lightgbm.Booster(model_str=trees.to_text()).dump_model()["tree_info"]]
    row = frame.iloc[0].to_numpy()

    def said(known: set[int]) -> float:
        return sum(conditional_mean(root, row, known) for root in roots)

    expected = np.zeros(3)
    for order in permutations(range(3)):
        for place, feature in enumerate(order):
            expected[feature] += (said(set(order[: place + 1])) - said(set(order[:place]))) / 6
    parts = trees.contributions(row[None])[0]
    np.testing.assert_allclose(parts[:3], expected, atol=1e-9)
    assert parts[3] == pytest.approx(said(set()), abs=1e-9)
    assert trees.base() == parts[3]


def test_the_features_that_made_the_outcome_matter_most(
    book: tuple[FeatureContract, np.ndarray, np.ndarray],
) -> None:
    gain = fit(book).gain_importance()
    assert set(np.argsort(gain)[-2:]) == {0, 5}
    assert lightgbm.Booster(model_str=fit(book).to_text()).feature_name()[0] == "0_fee_sum"


def test_weights_count_rows(book: tuple[FeatureContract, np.ndarray, np.ndarray]) -> None:
    contract, matrix, outcome = book
    heavy = fit_booster(
        matrix,
        outcome,
        objective=BINARY,
        config=CONFIG,
        contract=contract,
        run=RunConfig(threads=1),
        weight=np.where(outcome == 1, 9.0, 1.0),
    )
    assert heavy.raw_predict(matrix).mean() > fit(book).raw_predict(matrix).mean() + 1


def test_a_config_reaches_lightgbm(book: tuple[FeatureContract, np.ndarray, np.ndarray]) -> None:
    contract, matrix, outcome = book
    config = ValueLearnerConfig(trees=3, **{ours: value for ours, (_, value) in IN_LIGHTGBM.items()})
    objective = {"objective": "tweedie", "tweedie_variance_power": 1.3}
    trees = fit_booster(matrix, outcome, objective=objective, config=config, contract=contract, run=RunConfig(seed=77))
    others = {"seed": 77, "categorical_feature": 5, "deterministic": 1, "min_data_per_group": 13}
    expected = objective | others | dict(IN_LIGHTGBM.values())
    text = trees.to_text()
    assert [name for name, value in expected.items() if f"[{name}: {value}]" not in text] == []
    assert trees.tree_count == 3


def test_what_cannot_be_learned_or_scored_is_refused(
    book: tuple[FeatureContract, np.ndarray, np.ndarray],
) -> None:
    contract, matrix, outcome = book
    run = RunConfig(threads=1)
    with pytest.raises(TooLittleDataError, match="at least 20 clients are needed to learn from, got 19"):
        fit_booster(matrix[:19], outcome[:19], objective=BINARY, config=CONFIG, contract=contract, run=run)
    with pytest.raises(InternalError, match="known target"):
        fit_booster(matrix, outcome * np.nan, objective=BINARY, config=CONFIG, contract=contract, run=run)
    trees = fit(book)
    for wrong in (matrix[:, :3], matrix[0]):
        with pytest.raises(FeatureContractError, match="matrix of 6 features"):
            trees.raw_predict(wrong)


def test_features_that_tell_nothing_give_the_mean(
    book: tuple[FeatureContract, np.ndarray, np.ndarray],
) -> None:
    contract, matrix, outcome = book
    blank = np.zeros_like(matrix)
    trees = fit_booster(blank, outcome, objective=BINARY, config=CONFIG, contract=contract, run=RunConfig(threads=1))
    expected = np.log(outcome.mean() / (1 - outcome.mean()))
    np.testing.assert_allclose(trees.raw_predict(blank[:3]), expected, rtol=1e-6)
    assert trees.contributions(blank[:0]).shape == (0, 7)
    assert trees.raw_predict(blank[:0]).shape == (0,)


def squared(scores: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two outputs by squared error: the target, and twice the target."""
    return scores - target[:, None] * np.array([1.0, 2.0]), np.ones_like(scores)


def test_a_loss_of_our_own_is_learned_as_lightgbm_learns_its_own(
    book: tuple[FeatureContract, np.ndarray, np.ndarray],
) -> None:
    contract, matrix, outcome = book
    config = BoostingConfig(trees=15, feature_share=1.0, row_share=1.0)
    weight = np.where(outcome == 1, 3.0, 1.0)
    known = {"config": config, "contract": contract, "run": RunConfig(threads=1), "weight": weight}
    own = {"objective": "regression", "boost_from_average": False}
    reference = fit_booster(matrix, outcome, objective=own, **known)
    trees = fit_booster(matrix, outcome, objective=CustomLoss(outputs=2, slopes=squared), **known)
    outputs = trees.raw_outputs(matrix)
    np.testing.assert_allclose(outputs[:, 0], reference.raw_predict(matrix), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(outputs[:, 1], 2 * outputs[:, 0], rtol=1e-4, atol=1e-5)
    assert (trees.output_count, trees.tree_count, reference.output_count) == (2, 30, 1)


def test_each_output_is_explained_on_its_own(book: tuple[FeatureContract, np.ndarray, np.ndarray]) -> None:
    contract, matrix, outcome = book
    trees = fit_booster(
        matrix,
        outcome,
        objective=CustomLoss(outputs=2, slopes=squared),
        config=CONFIG,
        contract=contract,
        run=RunConfig(threads=1),
    )
    parts = trees.contributions_by_output(matrix[:50])
    assert parts.shape == (50, 2, 7)
    np.testing.assert_allclose(parts.sum(axis=2), trees.raw_outputs(matrix[:50]), atol=1e-12)
    np.testing.assert_array_equal(parts[:, :, -1], np.tile(trees.bases(), (50, 1)))
    again = BoostedTrees.from_text(trees.to_text(), threads=2)
    np.testing.assert_array_equal(again.raw_outputs(matrix), trees.raw_outputs(matrix))
    assert trees.contributions_by_output(matrix[:0]).shape == (0, 2, 7)


def test_trees_are_added_to_where_they_start(book: tuple[FeatureContract, np.ndarray, np.ndarray]) -> None:
    contract, matrix, outcome = book
    start = np.linspace(-2.0, 2.0, len(outcome))
    known = {"config": CONFIG, "contract": contract, "run": RunConfig(threads=1)}
    objective = {"objective": "regression", "boost_from_average": False}
    from_start = fit_booster(matrix, outcome, objective=objective, start=start, **known)
    of_the_rest = fit_booster(matrix, outcome - start, objective=objective, **known)
    np.testing.assert_allclose(from_start.raw_predict(matrix), of_the_rest.raw_predict(matrix), rtol=1e-5, atol=1e-6)


def test_a_direction_holds_for_every_client(book: tuple[FeatureContract, np.ndarray, np.ndarray]) -> None:
    contract, matrix, outcome = book
    bound = fit_booster(
        matrix,
        outcome,
        objective=BINARY,
        config=CONFIG,
        contract=contract,
        run=RunConfig(threads=1),
        monotone={"fee:sum": MonotoneConfig(direction="down", reason="against what the data say")},
    )
    levels = []
    for level in np.linspace(-3, 3, 30):
        rows = matrix[:200].copy()
        rows[:, 0] = level
        levels.append(bound.raw_predict(rows))
    assert (np.diff(levels, axis=0) <= 0).all()
    free = fit(book)
    assert free.raw_predict(rows).mean() > free.raw_predict(np.where(np.arange(6) == 0, -3.0, rows)).mean()


@pytest.mark.parametrize(("name", "problem"), [("fee_sum", "did you mean fee:sum"), ("country", "a category")])
def test_a_direction_of_what_has_none_is_refused(
    book: tuple[FeatureContract, np.ndarray, np.ndarray], name: str, problem: str
) -> None:
    contract, matrix, outcome = book
    with pytest.raises(FeatureContractError, match=problem):
        fit_booster(
            matrix,
            outcome,
            objective=BINARY,
            config=CONFIG,
            contract=contract,
            run=RunConfig(threads=1),
            monotone={name: MonotoneConfig(direction="up", reason="a reviewer would expect it")},
        )
