"""Ranking quality: the share of declines among the clients ranked riskiest, ours beside each benchmark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from models.evaluation.report.judged import MIN_CLIENTS, Judged
from models.evaluation.report.names import BEST, CEILING, benchmark_name
from models.metrics.bootstrap import Interval, called_better, what_cannot_be_known
from models.metrics.inputs import gains
from models.metrics.value import decile_table
from models.vocab import FloatArray

MAX_POINTS = 50
_DECILES = 10
_METRICS = {"decline": "AUC", "value": "normalized Gini"}


@dataclass(frozen=True, kw_only=True)
class CapturedGains:
    """Shares of clients (n_points,) and, per ranking, the share of the whole that the best-ranked of them hold."""

    clients: tuple[float, ...]
    captured: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True, kw_only=True)
class ValueDeciles:
    """Mean foreseen and realised value by tenth of the foreseen value, highest first. Shapes (10,)."""

    clients: tuple[float, ...]
    foreseen: tuple[float, ...]
    realised: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class TargetVerdict:
    """Whom ours is called better than, who is called better than ours, and what cannot be known, in sentences.

    ``undecided``: benchmark -> 95% interval of ours minus it, of those that the sentences are about.
    """

    better_than: tuple[str, ...]
    worse_than: tuple[str, ...]
    cannot_be_known: tuple[str, ...]
    undecided: Mapping[str, Interval] = field(default_factory=dict)


def gains_parts(judged: Judged) -> Mapping[str, CapturedGains]:
    """What is captured -> share of clients (n_points,) and per benchmark the share of it that they hold.

    ``decline`` among the riskiest or, where most decline, ``stay`` among the safest, since the rarer outcome is the one
    to look for. ``best`` is the ranking that nobody can beat. What never happened is left out.
    """
    declined, risk = judged.declined.astype(np.float64), judged.scores.get("decline", {})
    if declined.mean() > 0.5:  # noqa: PLR2004
        name, came, rankings = "stay", 1.0 - declined, {each: -score for each, score in risk.items()}
    else:
        name, came, rankings = "decline", declined, dict(risk)
    if not rankings or not came.any():
        return {}
    shares = np.linspace(0.0, 1.0, min(MAX_POINTS, len(judged) // MIN_CLIENTS + 1))
    return {name: CapturedGains(clients=tuple(shares.tolist()), captured=_all_captured(came, rankings, shares))}


def _all_captured(
    amount: FloatArray, scores: Mapping[str, FloatArray], shares: FloatArray
) -> dict[str, tuple[float, ...]]:
    return {name: _captured(amount, score, shares) for name, score in {**scores, BEST: amount}.items()}


def _captured(amount: FloatArray, score: FloatArray, shares: FloatArray) -> tuple[float, ...]:
    curve = gains(amount, score, np.ones(amount.size))
    return tuple((curve.amount_at(shares * amount.size) / curve.amount[-1]).tolist())


def decile_parts(judged: Judged) -> ValueDeciles | None:
    """Mean foreseen and realised value by tenth of the foreseen value, highest first; None for too few clients."""
    if len(judged) < _DECILES * MIN_CLIENTS:
        return None
    table = decile_table(judged.value, judged.foreseen_value)
    return ValueDeciles(
        clients=tuple(table.clients.tolist()),
        foreseen=tuple(table.predicted_mean.tolist()),
        realised=tuple(table.actual_mean.tolist()),
    )


def verdict_parts(differences: Mapping[str, Mapping[str, Interval]], clients: int) -> Mapping[str, TargetVerdict]:
    """Target -> benchmarks that ours is called better than, those better than ours, and what cannot be known.

    ``differences``: target -> benchmark -> 95% interval of ours minus the benchmark's main metric. The truth of a
    simulated book is a ceiling and no benchmark.
    """
    return {target: _verdict(target, found, clients) for target, found in differences.items()}


def _verdict(target: str, found: Mapping[str, Interval], clients: int) -> TargetVerdict:
    ours = {name: each for name, each in found.items() if name != CEILING}
    said = {benchmark_name(name): difference for name, difference in ours.items()}
    return TargetVerdict(
        better_than=tuple(name for name, difference in ours.items() if called_better(difference)),
        worse_than=tuple(name for name, difference in ours.items() if called_better(_turned(difference))),
        cannot_be_known=tuple(what_cannot_be_known(said, metric=_METRICS[target], clients=clients)),
        undecided={name: difference for name, difference in ours.items() if difference.low <= 0 <= difference.high},
    )


def _turned(difference: Interval) -> Interval:
    return Interval(estimate=-difference.estimate, low=-difference.high, high=-difference.low)
