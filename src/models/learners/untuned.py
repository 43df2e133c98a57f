"""Boosted trees as they come out of the box: what is reached without any of this system's work on value and decline."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from models.config.sections import BoostingConfig, RunConfig
from models.learners.boosting import fit_booster
from models.learners.contract import FeatureContract
from models.vocab import BoolArray, FloatArray

LIGHTGBM_DEFAULTS = BoostingConfig(
    trees=100,
    learning_rate=0.1,
    leaves=31,
    min_clients_per_leaf=20,
    feature_share=1.0,
    row_share=1.0,
    l2=0.0,
    category_smoothing=10.0,
)
"""What ``LGBMRegressor()`` and ``LGBMClassifier()`` start from."""


def untuned_value(
    learned: FloatArray, value: FloatArray, scored: FloatArray, *, contract: FeatureContract, run: RunConfig
) -> FloatArray:
    """Value by squared error: (n, n_features) and (n,) learned from, (m, n_features) scored -> (m,) in currency."""
    trees = fit_booster(
        learned, value, objective={"objective": "regression"}, config=LIGHTGBM_DEFAULTS, contract=contract, run=run
    )
    return trees.raw_predict(scored)


def untuned_decline(
    learned: FloatArray, declined: BoolArray, scored: FloatArray, *, contract: FeatureContract, run: RunConfig
) -> FloatArray:
    """Probability of decline by log loss, not calibrated: the same shapes as ``untuned_value``."""
    trees = fit_booster(
        learned,
        declined.astype(np.float64),
        objective={"objective": "binary"},
        config=LIGHTGBM_DEFAULTS,
        contract=contract,
        run=run,
    )
    return np.asarray(expit(trees.raw_predict(scored)))
