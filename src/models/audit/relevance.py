"""The univariate relevance of each feature to decline and value, beside the band of mere noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from models.audit.association import (
    ENCODING_FOLDS,
    RankScores,
    auc_error,
    category_means,
    noise_factor,
    rank_scores,
    single_auc,
)
from models.panel.panel import Panel
from models.text import Text
from models.vocab import BoolArray, FloatArray

DECLINE, VALUE = "decline", "value"
MIN_CLIENTS = 100
MIN_OF_EACH = 20
"""Clients that declined, and that did not, without which nothing is said of decline."""

_FEW_CLIENTS: Final = Text("relevance needs {needed} active clients, the book has {clients} at this date")
_FEW_DECLINES: Final = Text(
    "relevance to decline needs {needed} clients with and without it, got {declined} of {clients}"
)
_SAME_VALUE: Final = Text("relevance to value needs clients that differ in value, all brought the same")


@dataclass(frozen=True, kw_only=True)
class Target:
    """An outcome of the rows of a panel: AUC is taken of ``decline``, Spearman's correlation of ``value``."""

    name: str
    outcome: FloatArray

    def strength(self, scores: RankScores) -> FloatArray:
        """AUC less one half, or Spearman's correlation; 0 tells nothing. Shape (n_columns,)."""
        if self.name == DECLINE:
            return single_auc(scores, self.outcome > 0) - 0.5
        return scores.correlation(rank_scores(self.outcome[:, None]))[:, 0]

    def error(self, scores: RankScores) -> FloatArray:
        """Standard error of the strength of a column that tells nothing. Shape (n_columns,)."""
        if self.name == DECLINE:
            return auc_error(scores, self.outcome > 0)
        return np.full(scores.ranks.shape[1], 1.0 / np.sqrt(max(len(self.outcome) - 1, 1)))


def targets_of(panel: Panel) -> tuple[dict[str, Target], list[Text]]:
    """The outcomes that can be spoken of, and a sentence for each that cannot."""
    if panel.value is None or panel.declined is None:
        return {}, []
    if len(panel) < MIN_CLIENTS:
        return {}, [_FEW_CLIENTS.filled(needed=MIN_CLIENTS, clients=len(panel))]
    found, left_out = {}, []
    lost = int(panel.declined.sum())
    if min(lost, len(panel) - lost) >= MIN_OF_EACH:
        found[DECLINE] = Target(name=DECLINE, outcome=panel.declined.astype(np.float64))
    else:
        left_out.append(_FEW_DECLINES.filled(needed=MIN_OF_EACH, declined=lost, clients=len(panel)))
    if np.ptp(panel.value) > 0:
        found[VALUE] = Target(name=VALUE, outcome=panel.value)
    else:
        left_out.append(_SAME_VALUE)
    return found, left_out


@dataclass(frozen=True, kw_only=True)
class Relevance:
    """What one feature tells of one outcome.

    Attributes:
        strength: AUC less one half, or Spearman's correlation.
        noise: bound within which features that tell nothing stay, all of them together, 19 times in 20.
        earlier: the strength at the earlier origin, None if there is none.
        by_absence: whether it is rather the absence of a value that tells it.
        has_turned: whether it pointed the other way, beyond noise, at the earlier origin.
        is_relevant: whether it is more than noise and has not turned.
    """

    strength: float
    noise: float
    earlier: float | None = None
    by_absence: bool = False
    has_turned: bool = False
    is_relevant: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "is_relevant", abs(self.strength) > self.noise and not self.has_turned)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Strengths of all features at one origin, by target. Shapes (n_features,).

    ``correlation`` is that of the ranks of the values with the target, whatever their absence tells.
    """

    ranks: Mapping[str, RankScores]
    strength: Mapping[str, FloatArray] = field(default_factory=dict)
    noise: Mapping[str, FloatArray] = field(default_factory=dict)
    by_absence: Mapping[str, BoolArray] = field(default_factory=dict)
    correlation: Mapping[str, FloatArray] = field(default_factory=dict)


def measure(panel: Panel, targets: Mapping[str, Target], names: Sequence[str]) -> Measured:
    """Strengths of the features ``names`` of a panel for each target; a category's can only be above zero."""
    features = panel.features[list(names)]
    is_category = np.array([not pd.api.types.is_numeric_dtype(features[name]) for name in names], dtype=np.bool_)
    plain = rank_scores(numbers_of(features, is_category))
    absent = rank_scores(features.isna().to_numpy(dtype=np.float64))
    found = {
        target.name: _against(
            target, _with_categories(plain, features, is_category, target, panel), absent, is_category
        )
        for target in targets.values()
    }
    return Measured(
        ranks={name: each.ranks for name, each in found.items()} or {"": plain},
        strength={name: each.strength for name, each in found.items()},
        noise={name: each.noise for name, each in found.items()},
        by_absence={name: each.by_absence for name, each in found.items()},
        correlation={name: each.correlation for name, each in found.items()},
    )


@dataclass(frozen=True, kw_only=True)
class _Against:
    """The same as ``Measured`` for one target."""

    ranks: RankScores
    strength: FloatArray
    noise: FloatArray
    by_absence: BoolArray
    correlation: FloatArray


def _against(target: Target, ranks: RankScores, absent: RankScores, is_category: BoolArray) -> _Against:
    values, error = target.strength(ranks), target.error(ranks)
    correlation = _ratio(values, error) / np.sqrt(max(len(target.outcome) - 1, 1))
    values = np.where(is_category, np.maximum(values, 0.0), values)
    absences = np.where(is_category, 0.0, target.strength(absent))
    factor = noise_factor(4 * len(values))
    noise, absence_noise = factor * error, factor * target.error(absent)
    rather = _ratio(np.abs(absences), absence_noise) > np.maximum(_ratio(np.abs(values), noise), 1.0)
    return _Against(
        ranks=ranks,
        strength=np.where(rather, absences, values),
        noise=np.where(rather, absence_noise, noise),
        by_absence=rather,
        correlation=np.where(rather, 0.0, correlation),
    )


def relevance_of(place: int, target: str, now: Measured, earlier: Measured | None) -> Relevance:
    """The figures of one feature for one target, now and at the earlier origin."""
    strength, noise = float(now.strength[target][place]), float(now.noise[target][place])
    by_absence = bool(now.by_absence[target][place])
    if earlier is None or target not in earlier.strength or by_absence != earlier.by_absence[target][place]:
        return Relevance(strength=strength, noise=noise, by_absence=by_absence)
    before = float(earlier.strength[target][place])
    turned = before * strength < 0 and abs(before) > earlier.noise[target][place]
    return Relevance(strength=strength, noise=noise, earlier=before, by_absence=by_absence, has_turned=bool(turned))


def numbers_of(features: pd.DataFrame, is_category: BoolArray) -> FloatArray:
    """Numbers as they are, infinities as missing; nothing for categories. Shape (n_rows, n_features)."""
    numbers = np.full(features.shape, np.nan)
    plain = features.loc[:, ~is_category].to_numpy(dtype=np.float64, na_value=np.nan)
    numbers[:, ~is_category] = np.where(np.isfinite(plain), plain, np.nan)
    return numbers


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _with_categories(
    plain: RankScores, features: pd.DataFrame, is_category: BoolArray, target: Target, panel: Panel
) -> RankScores:
    """The same ranks, with categories ranked by their mean outcome among other clients."""
    if not is_category.any():
        return plain
    outcome = target.outcome if target.name == DECLINE else rankdata(target.outcome) / len(panel)
    fold = panel.group_fold(ENCODING_FOLDS)
    columns = features.loc[:, is_category]
    encoded = np.stack([category_means(columns[name], outcome, fold) for name in columns], axis=1)
    ranks = plain.ranks.copy()
    ranks[:, is_category] = rank_scores(encoded).ranks
    return RankScores(ranks)
