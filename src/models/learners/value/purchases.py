"""Value in closed form from four features: BG/NBD x Gamma-Gamma."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np

from models.config.learners import MonotoneConfig
from models.errors import FeatureContractError
from models.learners.btyd.beta_geometric import BetaGeometric
from models.learners.btyd.gamma_gamma import GammaGamma
from models.learners.btyd.history import PURCHASE_FEATURES, PurchaseHistory, history_from_features
from models.learners.contract import FeatureContract
from models.learners.contributions import Contributions
from models.learners.value.candidate import CandidateInputs, log_parts
from models.learners.value.shapley import shapley_values
from models.vocab import FloatArray

_LEAST_SHARE = 1e-3
"""Every client is given this share of the mean number of purchases: these models soon grow surer that a client has left
than their assumptions bear, and a logarithm would follow them anywhere."""

_KEPT = {"activity_recency_days": "down", "value_sum_ever": "up"}
"""Directions that hold by themselves: P(alive) falls with idleness, the expected size rises with past value."""


@dataclass(frozen=True, kw_only=True)
class PurchaseCandidate:
    """Value = (expected purchases + ``least``) * expected size, in currency.

    Parameters are learned from the past of the clients alone, not from outcomes. ``columns`` are the places of
    ``PURCHASE_FEATURES`` among ``feature_count``; ``typical`` (4,) are their medians, which stand for what is missing.
    """

    name: ClassVar[str] = "btyd"
    tree_count: ClassVar[int] = 0

    purchases: BetaGeometric
    size: GammaGamma
    least: float
    typical: tuple[float, ...]
    columns: tuple[int, ...]
    feature_count: int
    horizon_periods: int
    days_per_period: float

    @classmethod
    def fit(cls, inputs: CandidateInputs) -> PurchaseCandidate:
        """Maximum likelihood on the past of the latest rows.

        Raises ``TooLittleDataError`` where that has no summit, ``FeatureContractError`` if a feature is not there or a
        direction is asked for that the models do not keep.
        """
        columns = _places(inputs.contract)
        _require_kept(inputs.config.monotone)
        known = inputs.matrix[inputs.latest][:, columns].T
        typical = [_middle(column) for column in known]
        history = _history(_filled(known, np.array(typical)), inputs.days_per_period)
        purchases = BetaGeometric.fit(history)
        expected = purchases.expected_purchases(history, inputs.horizon_periods)
        return cls(
            purchases=purchases,
            size=GammaGamma.fit(history),
            least=_LEAST_SHARE * float(np.sort(expected).mean()),
            typical=tuple(typical),
            columns=tuple(columns),
            feature_count=inputs.matrix.shape[1],
            horizon_periods=inputs.horizon_periods,
            days_per_period=inputs.days_per_period,
        )

    def log_value(self, matrix: FloatArray) -> FloatArray:
        """Logarithm of the value in currency. (n, n_features) -> (n,)."""
        reported = self._told(matrix)
        return self._log_purchases(reported[:3]) + self._log_size(reported[2:])

    def explain(self, matrix: FloatArray) -> Contributions:
        """Exact Shapley values of the four features against the median client.

        Value is a product, so that the parts of both logarithms add up: time and count make the number of purchases,
        count and past value their size.
        """
        reported, typical = self._told(matrix), np.asarray(self.typical)
        values = np.zeros((len(matrix), self.feature_count))
        columns = list(self.columns)
        values[:, columns[:3]] += shapley_values(self._log_purchases, reported[:3], typical[:3]).T
        values[:, columns[2:]] += shapley_values(self._log_size, reported[2:], typical[2:]).T
        nobody = typical[:, np.newaxis]
        base = float((self._log_purchases(nobody[:3]) + self._log_size(nobody[2:]))[0])
        return log_parts(base=base, values=values, prediction=self.log_value(matrix))

    def importance(self) -> FloatArray:
        """Nothing: there are no splits; (n_features,)."""
        return np.zeros(self.feature_count)

    def to_texts(self) -> dict[str, str]:
        """All parameters; numbers come back to the bit."""
        return {"settings.json": json.dumps(asdict(self))}

    @classmethod
    def from_texts(cls, texts: Mapping[str, str], *, threads: int) -> PurchaseCandidate:  # noqa: ARG003 - one contract
        """Read what ``to_texts`` wrote."""
        facts: dict[str, Any] = json.loads(texts["settings.json"])
        purchases, size = BetaGeometric(**facts.pop("purchases")), GammaGamma(**facts.pop("size"))
        typical, columns = tuple(facts.pop("typical")), tuple(facts.pop("columns"))
        return cls(purchases=purchases, size=size, typical=typical, columns=columns, **facts)

    def _told(self, matrix: FloatArray) -> FloatArray:
        """The four features, filled. Shape (4, n)."""
        if matrix.ndim != 2 or matrix.shape[1] != self.feature_count:  # noqa: PLR2004
            raise FeatureContractError(
                rule=f"a matrix of {self.feature_count} features is needed",
                got=f"shape {matrix.shape}",
                remedy="encode the features with the contract of the model's bundle",
            )
        return _filled(matrix[:, list(self.columns)].T, np.asarray(self.typical))

    def _log_purchases(self, reported: FloatArray) -> FloatArray:
        """Of tenure, idleness and active periods, (3, n)."""
        history = _history(np.vstack([reported, np.zeros((1, reported.shape[1]))]), self.days_per_period)
        expected = self.purchases.expected_purchases(history, self.horizon_periods)
        return np.asarray(np.log(expected + self.least))

    def _log_size(self, reported: FloatArray) -> FloatArray:
        """Of active periods and past value, (2, n)."""
        history = _history(np.vstack([np.zeros((2, reported.shape[1])), reported]), self.days_per_period)
        return np.asarray(np.log(self.size.expected_size(history)))


def _places(contract: FeatureContract) -> list[int]:
    missing = [name for name in PURCHASE_FEATURES if name not in contract.names]
    if missing:
        raise FeatureContractError(
            rule=f"the btyd candidates need the features {', '.join(PURCHASE_FEATURES)}",
            got=f"a book without {', '.join(missing)}",
            remedy="take btyd and btyd_offset out of learners.value.candidates",
        )
    return [contract.names.index(name) for name in PURCHASE_FEATURES]


def _require_kept(monotone: Mapping[str, MonotoneConfig]) -> None:
    for name in PURCHASE_FEATURES:
        if name in monotone and monotone[name].direction != _KEPT.get(name):
            raise FeatureContractError(
                rule="the btyd candidates keep a direction only of idleness (down) and of past value (up)",
                got=f"learners.value.monotone.{name}: {monotone[name].direction}",
                remedy="take it out, or btyd and btyd_offset out of learners.value.candidates",
            )


def _middle(column: FloatArray) -> float:
    """A value that some client has, at or just below the median; 0 where nothing is known."""
    known = column[~np.isnan(column)]
    return float(np.quantile(known, 0.5, method="lower")) if known.size else 0.0


def _filled(reported: FloatArray, typical: FloatArray) -> FloatArray:
    return np.where(np.isnan(reported), typical[:, np.newaxis], reported)


def _history(reported: FloatArray, days_per_period: float) -> PurchaseHistory:
    return history_from_features(dict(zip(PURCHASE_FEATURES, reported, strict=True)), days_per_period=days_per_period)
