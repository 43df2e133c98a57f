"""Forests of scikit-learn as learners: decline by a random forest, value by extra trees."""

from __future__ import annotations

from sklearn.ensemble import ExtraTreesRegressor, RandomForestClassifier

from models.learners.forests import ForestLearner

DECLINE = ForestLearner(
    lambda settings, seed: RandomForestClassifier(
        int(str(settings.get("trees", 60))), min_samples_leaf=8, max_depth=8, random_state=seed
    )
)
VALUE = ForestLearner(
    lambda settings, seed: ExtraTreesRegressor(
        int(str(settings.get("trees", 60))), min_samples_leaf=8, max_depth=8, random_state=seed
    ),
    of_value=True,
)
