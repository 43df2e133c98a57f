"""A forest of scikit-learn, stored as text, says what the estimator said; its Shapley values are those of theory."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesRegressor, RandomForestClassifier, RandomForestRegressor

from models.errors import AdditivityError
from models.learners.forests import FittedForest, ForestLearner, TreeNodes
from models.learners.protocol import PluggedScorer, ScorerParts
from models.testing import check_decline_learner, check_value_learner, drawn_lessons


def test_a_forest_keeps_the_contract_of_learners() -> None:
    check_decline_learner(
        ForestLearner(lambda settings, seed: RandomForestClassifier(20, min_samples_leaf=8, random_state=seed))
    )
    check_value_learner(
        ForestLearner(
            lambda settings, seed: ExtraTreesRegressor(20, min_samples_leaf=8, random_state=seed), of_value=True
        )
    )


@pytest.mark.parametrize("kind", [RandomForestClassifier, RandomForestRegressor])
def test_what_is_stored_says_what_the_estimator_says(kind: type) -> None:
    """Also where figures are not known: in the lessons, and in a feature that was always known in them."""
    lessons = drawn_lessons({})
    made: list = []

    def make(settings: object, seed: int) -> object:
        made.append(kind(15, min_samples_leaf=5, random_state=seed))
        return made[-1]

    scorer = ForestLearner(make).fit(lessons)
    asked = lessons.matrix.copy()
    asked[:50, 0] = np.nan
    (forest,) = made
    said = forest.predict_proba(asked)[:, 1] if kind is RandomForestClassifier else forest.predict(asked)
    assert scorer.score(asked) == pytest.approx(said, rel=1e-12)
    assert FittedForest.from_texts(scorer.to_texts()) == scorer


def test_parts_are_the_shapley_values_of_a_game_played_out() -> None:
    """One tree over two features: each feature's part over both orders in which they may become known, by hand."""
    tree = TreeNodes(
        feature=(0, 1, -2, -2, -2),
        threshold=(0.5, 0.5, -2.0, -2.0, -2.0),
        left=(1, 2, -1, -1, -1),
        right=(4, 3, -1, -1, -1),
        unknown=(1, 3, -1, -1, -1),
        value=(0.0, 0.0, 1.0, 5.0, 9.0),
        rows=(8.0, 6.0, 4.0, 2.0, 2.0),
    )
    forest = FittedForest(trees=(tree,), feature_count=2)

    def expected(row: np.ndarray, known: frozenset[int]) -> float:
        below = 1.0 if row[1] <= 0.5 else 5.0
        inner = below if 1 in known else (4 * 1.0 + 2 * 5.0) / 6
        if 0 in known:
            return inner if row[0] <= 0.5 else 9.0
        return (6 * inner + 2 * 9.0) / 8

    rows = np.array(list(itertools.product([0.0, 1.0], repeat=2)))
    parts = forest.parts(rows)
    for row, found in zip(rows, parts.values, strict=True):
        for feature in (0, 1):
            other = 1 - feature
            first = expected(row, frozenset({feature})) - expected(row, frozenset())
            last = expected(row, frozenset({0, 1})) - expected(row, frozenset({other}))
            assert math.isclose(found[feature], (first + last) / 2, rel_tol=1e-12)
    assert parts.base == pytest.approx(expected(rows[0], frozenset()))


class _Declared:
    """A scorer with an explainer of its own, which may leave something out."""

    def __init__(self, lost: float) -> None:
        self.lost = lost

    def score(self, matrix: np.ndarray) -> np.ndarray:
        return np.asarray(matrix.sum(axis=1))

    def parts(self, matrix: np.ndarray) -> ScorerParts:
        values = matrix.copy()
        values[-1, 0] -= self.lost
        return ScorerParts(base=0.0, values=values)

    def to_texts(self) -> dict[str, str]:
        return {}


def test_a_declared_explainer_must_add_up_to_the_score() -> None:
    matrix = np.array([[1.0, 2.0], [3.0, 4.0]])
    whole = PluggedScorer(name="acme", scorer=_Declared(0.0), shares=())
    assert whole.checked_parts(matrix).values.tolist() == matrix.tolist()
    with pytest.raises(AdditivityError, match=r"acme.*row 1"):
        PluggedScorer(name="acme", scorer=_Declared(1e-3), shares=()).checked_parts(matrix)
