"""Learns from labels what speaks for which kind: a multinomial logistic regression over driver scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.errors import TooLittleDataError
from models.vocab import FloatArray, TextArray

PENALTY = 1.0
"""Inverse strength of the ridge, in scikit-learn's sense; driver scores lie between -1 and 1."""
MIN_LABELS = 10
"""Of each kind that is learned."""


@dataclass(frozen=True, kw_only=True)
class LearnedWeights:
    """Log-odds in the form of the config: ``base`` per kind, and ``weights`` per kind and driver."""

    base: Mapping[str, float]
    weights: Mapping[str, Mapping[str, float]]


def learned_weights(
    scores: FloatArray, labels: TextArray, *, drivers: Sequence[str], kinds: Sequence[str]
) -> LearnedWeights:
    """Fit ``labels`` (n,) on ``scores`` (n, d), where NaN is unknown and speaks for none.

    Raises ``TooLittleDataError`` if a kind has too few labels: its weights would be chance.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - it loads slowly, and only fitting needs it

    counts = {kind: int((labels == kind).sum()) for kind in kinds}
    scarce = {kind: count for kind, count in counts.items() if count < MIN_LABELS}
    if scarce:
        raise TooLittleDataError(
            rule=f"each kind must have at least {MIN_LABELS} labels",
            got=", ".join(f"{count} of {kind}" for kind, count in scarce.items()),
            remedy="label more clients, or unset labels and keep the weights of the config",
        )
    order = np.lexsort((*np.nan_to_num(scores).T, labels))  # sums do not depend on the order of rows
    fitted = LogisticRegression(C=PENALTY, max_iter=1_000).fit(np.nan_to_num(scores)[order], labels[order])
    places = [list(fitted.classes_).index(kind) for kind in kinds]
    return LearnedWeights(
        base={kind: float(fitted.intercept_[place]) for kind, place in zip(kinds, places, strict=True)},
        weights={
            kind: dict(zip(drivers, fitted.coef_[place].tolist(), strict=True))
            for kind, place in zip(kinds, places, strict=True)
        },
    )
