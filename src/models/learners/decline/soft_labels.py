"""Soft labels for right-censored outcomes: the share of comparable clients that ended as a decline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from models.config.learners import DeclineLearnerConfig
from models.config.sections import RunConfig
from models.learners.boosting import fit_booster
from models.learners.contract import ContractFeature, FeatureContract
from models.learners.decline.steps import SMALL_LEAVES
from models.vocab import BoolArray, FloatArray

_TREES, _RATE = 60, 0.15
"""Enough for the few columns below; more change nothing."""


@dataclass(frozen=True, kw_only=True)
class SoftLabelGrid:
    """Clients some periods after an as-of date. Shapes (n,), ``so_far`` (n, n_columns).

    ``margin`` is what a model said of them at that date, in log-odds; ``so_far`` how their outcome stands, NaN where
    that is not known; ``open`` whether it can still become a decline.
    """

    margin: FloatArray
    so_far: FloatArray
    open: BoolArray

    @property
    def table(self) -> FloatArray:
        """Margin and standing beside each other: (n, 1 + n_columns)."""
        return np.column_stack([self.margin, self.so_far])


def expected_declines(
    earlier: SoftLabelGrid,
    declined: BoolArray,
    now: SoftLabelGrid,
    *,
    columns: Sequence[str],
    config: DeclineLearnerConfig,
    run: RunConfig,
    weight: FloatArray | None = None,
) -> FloatArray:
    """The chance that clients standing as ``now`` will have declined when their horizon ends: (n,), 0 where not open.

    Learned from clients that stood so ``earlier``, after as many periods, and what came of them: ``declined`` (m,),
    each counting by ``weight``. Bring rows in a fixed order. Raises
    ``TooLittleDataError`` if fewer were open than two leaves hold.
    """
    learned = np.flatnonzero(earlier.open)
    came = declined[learned].astype(np.float64)
    trees = fit_booster(
        earlier.table[learned],
        came,
        objective={"objective": "binary"},
        config=_few_trees(config),
        contract=_contract(columns),
        run=run,
        weight=None if weight is None else weight[learned],
    )
    return np.where(now.open, expit(trees.raw_predict(now.table)), 0.0)


def _contract(columns: Sequence[str]) -> FeatureContract:
    numbers = [ContractFeature(name=name, kind="number", unit="") for name in ("margin", *columns)]
    return FeatureContract(features=tuple(numbers))


def _few_trees(config: DeclineLearnerConfig) -> DeclineLearnerConfig:
    """Small trees that all see the standing."""
    sizes = {"trees": _TREES, "learning_rate": _RATE, "leaves": min(config.leaves, SMALL_LEAVES), "feature_share": 1.0}
    return config.model_copy(update=sizes)
