"""How much of value and decline the best-ranked clients hold, ours beside each contender, as plain lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

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


def gains_parts(judged: Judged) -> dict[str, Any]:
    """What is captured -> share of clients (n_points,) and per contender the share of it that they hold.

    ``value``; ``decline`` among the riskiest or, where most decline, ``stay`` among the safest, since the rarer outcome
    is the one to look for. ``best`` is the ranking that nobody can beat. What sums to nothing is left out.
    """
    shares = np.linspace(0.0, 1.0, min(MAX_POINTS, len(judged) // MIN_CLIENTS + 1))
    return {
        name: {"clients": shares.tolist(), "captured": _all_captured(amount, scores, shares)}
        for name, amount, scores in _captures(judged)
        if amount.sum() > 0
    }


def _captures(judged: Judged) -> Iterator[tuple[str, FloatArray, Mapping[str, FloatArray]]]:
    """What there is to capture, how much of it each client is, and the rankings for it."""
    if "value" in judged.scores:
        yield "value", judged.value, judged.scores["value"]
    if "decline" in judged.scores:
        declined, risk = judged.declined.astype(np.float64), judged.scores["decline"]
        if declined.mean() > 0.5:  # noqa: PLR2004
            yield "stay", 1.0 - declined, {name: -score for name, score in risk.items()}
        else:
            yield "decline", declined, risk


def _all_captured(amount: FloatArray, scores: Mapping[str, FloatArray], shares: FloatArray) -> dict[str, list[float]]:
    return {name: _captured(amount, score, shares) for name, score in {**scores, BEST: amount}.items()}


def _captured(amount: FloatArray, score: FloatArray, shares: FloatArray) -> list[float]:
    curve = gains(amount, score, np.ones(amount.size))
    return list((curve.amount_at(shares * amount.size) / curve.amount[-1]).tolist())


def decile_parts(judged: Judged) -> dict[str, Any] | None:
    """Mean foreseen and realised value by tenth of the foreseen value, highest first; None for too few clients."""
    if len(judged) < _DECILES * MIN_CLIENTS:
        return None
    table = decile_table(judged.value, judged.foreseen_value)
    return {
        "clients": table.clients.tolist(),
        "foreseen": table.predicted_mean.tolist(),
        "realised": table.actual_mean.tolist(),
    }


def verdict_parts(differences: Mapping[str, Mapping[str, Mapping[str, float]]], clients: int) -> dict[str, Any]:
    """Target -> contenders that ours is called better than, those better than ours, and what cannot be known.

    ``differences``: target -> contender -> 95% interval (estimate, low, high) of ours minus the contender's main
    metric. The truth of a simulated book is a ceiling and no contender.
    """
    return {target: _verdict(target, found, clients) for target, found in differences.items()}


def _verdict(target: str, found: Mapping[str, Mapping[str, float]], clients: int) -> dict[str, Any]:
    ours = {name: _interval(each) for name, each in found.items() if name != CEILING}
    said = {benchmark_name(name): difference for name, difference in ours.items()}
    return {
        "better_than": [name for name, difference in ours.items() if called_better(difference)],
        "worse_than": [name for name, difference in ours.items() if called_better(_turned(difference))],
        "cannot_be_known": list(what_cannot_be_known(said, metric=_METRICS[target], clients=clients)),
    }


def _interval(facts: Mapping[str, float]) -> Interval:
    return Interval(estimate=facts["estimate"], low=facts["low"], high=facts["high"])


def _turned(difference: Interval) -> Interval:
    return Interval(estimate=-difference.estimate, low=-difference.high, high=-difference.low)
