"""Gradient-boosted trees, the only place that knows LightGBM; what they foresee is said by their users."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Waiting workers of LightGBM spin unless told not to; beside any other work that costs more than it saves.
# It must be said before the library is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import lightgbm
import numpy as np

from models.config import BoostingConfig, RunConfig
from models.errors import FeatureContractError, InternalError, TooLittleDataError
from models.learners.contract import FeatureContract
from models.vocab import FloatArray

_SIGNS = re.compile(r"\W")
_THREADS_IN_TEXT = re.compile(r"^\[num_threads: -?\d+\]$", flags=re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class BoostedTrees:
    """A fitted ensemble; a prediction may use ``threads`` cores (0: all), which changes no number."""

    booster: lightgbm.Booster
    threads: int = 0

    @property
    def tree_count(self) -> int:
        """How many trees there are."""
        return int(self.booster.num_trees())

    @property
    def feature_count(self) -> int:
        """How many features each row must have."""
        return int(self.booster.num_feature())

    def gain_importance(self) -> FloatArray:
        """Loss that the splits on each feature saved in training. Shape (n_features,), not negative."""
        return np.asarray(self.booster.feature_importance(importance_type="gain"), dtype=np.float64)

    def raw_predict(self, matrix: FloatArray) -> FloatArray:
        """Sum of the trees for each row, before any link. (n, n_features) -> (n,). A row's result is its own.

        NaN is missing. Where training saw no missing number in a feature, LightGBM reads a missing one as 0.
        """
        predicted = self.booster.predict(self._checked(matrix), raw_score=True, num_threads=self.threads)
        return np.asarray(predicted, dtype=np.float64)

    def contributions(self, matrix: FloatArray) -> FloatArray:
        """Tree Shapley values: (n, n_features) -> (n, n_features + 1), the base in the last column.

        Each row sums to ``raw_predict``. Source: Lundberg et al. (2020), path-dependent.
        """
        if not matrix.shape[0]:  # LightGBM divides by the number of rows here
            return np.zeros((0, self.feature_count + 1))
        parts = self.booster.predict(self._checked(matrix), pred_contrib=True, num_threads=self.threads)
        return np.asarray(parts, dtype=np.float64)

    def base(self) -> float:
        """What the trees say of a client of whom nothing is known: the base of every row's contributions."""
        return float(self.contributions(np.full((1, self.feature_count), np.nan))[0, -1])

    def to_text(self) -> str:
        """The ensemble as text; the same however many threads fitted it."""
        return _THREADS_IN_TEXT.sub("[num_threads: 0]", str(self.booster.model_to_string(num_iteration=-1)))

    @classmethod
    def from_text(cls, text: str, *, threads: int = 0) -> BoostedTrees:
        """Read what ``to_text`` wrote; predictions are the same to the bit.

        The text must be whole: LightGBM ends the process on some damaged ones, so hold it against its hash
        first.
        """
        return cls(booster=lightgbm.Booster(model_str=text), threads=threads)

    def _checked(self, matrix: FloatArray) -> FloatArray:
        if matrix.ndim != 2 or matrix.shape[1] != self.feature_count:  # noqa: PLR2004
            raise FeatureContractError(
                rule=f"a matrix of {self.feature_count} features is needed",
                got=f"shape {matrix.shape}",
                remedy="encode the features with the contract of the model's bundle",
            )
        return np.ascontiguousarray(matrix, dtype=np.float64)


def fit_booster(
    matrix: FloatArray,
    target: FloatArray,
    *,
    objective: Mapping[str, object],
    config: BoostingConfig,
    contract: FeatureContract,
    run: RunConfig,
    weight: FloatArray | None = None,
) -> BoostedTrees:
    """Fit trees to ``target`` (n,) from ``matrix`` (n, n_features), encoded by ``contract``; NaN is missing.

    ``objective`` is LightGBM's, e.g. ``{"objective": "binary"}``; ``weight`` (n,) says how much each row
    counts. The same rows in the same order, config and seed give the same text, on any number of threads. Row
    order matters, because rows are sampled: bring rows in a fixed order. Raises ``TooLittleDataError`` if
    there are too few rows for a single split.
    """
    if matrix.shape[0] < 2 * config.min_clients_per_leaf:
        raise TooLittleDataError(
            rule=f"at least {2 * config.min_clients_per_leaf} clients are needed to learn from",
            got=matrix.shape[0],
            remedy="take a longer history or more origins, or lower min_clients_per_leaf",
        )
    if not np.isfinite(target).all():
        raise InternalError("trees need a known target of every row: only matured outcomes may be learned")
    params = _params(config, run) | dict(objective)
    data = lightgbm.Dataset(
        np.ascontiguousarray(matrix, dtype=np.float64),
        label=target,
        weight=weight,
        feature_name=_plain_names(contract.names),
        categorical_feature=list(contract.categorical),
        params=params,
    )
    booster = lightgbm.train(params, data, num_boost_round=config.trees)
    return BoostedTrees(booster=booster, threads=run.threads)


def _params(config: BoostingConfig, run: RunConfig) -> dict[str, object]:
    """LightGBM's settings. Column-wise, one thread sums each histogram, in row order: hence the same bits."""
    return {
        "learning_rate": config.learning_rate,
        "num_leaves": config.leaves,
        "min_data_in_leaf": config.min_clients_per_leaf,
        "min_data_per_group": config.min_clients_per_leaf,
        "feature_fraction": config.feature_share,
        "bagging_fraction": config.row_share,
        "bagging_freq": 1,
        "lambda_l2": config.l2,
        "cat_smooth": config.category_smoothing,
        "feature_pre_filter": False,
        "deterministic": True,
        "force_col_wise": True,
        "seed": run.seed,
        "num_threads": run.threads,
        "verbosity": -1,
    }


def _plain_names(names: Sequence[str]) -> list[str]:
    """Names that LightGBM takes: it refuses JSON's signs, and blanks; the place keeps them apart.

    >>> _plain_names(["fee_sum_12p", "客户:x"])
    ['0_fee_sum_12p', '1_客户_x']
    """
    return [f"{place}_{_SIGNS.sub('_', name)}" for place, name in enumerate(names)]
