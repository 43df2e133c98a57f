"""Linear estimators of scikit-learn as learners: decline by logistic regression, value by a ridge regression."""

from __future__ import annotations

from sklearn.linear_model import LogisticRegression, Ridge

from models.learners.estimators import LinearLearner

DECLINE = LinearLearner(
    lambda settings: LogisticRegression(C=float(str(settings.get("c", 0.1))), max_iter=2_000, tol=1e-8)
)
VALUE = LinearLearner(lambda settings: Ridge(alpha=float(str(settings.get("alpha", 10.0)))), of_value=True)
