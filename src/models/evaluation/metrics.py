"""The metrics of one test origin for every benchmark, each with its bootstrap interval by group."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from models.errors import TooLittleDataError
from models.evaluation.benchmarks import OURS, RECENCY, TRUTH, Benchmark
from models.evaluation.report.contents import BenchmarkSummary
from models.evaluation.report.importance import MAIN_METRIC, Figures
from models.learners.decline.curves import DeclineCurves
from models.metrics.bootstrap import Draws, Interval, Metric, Resampling
from models.metrics.concentration import loss_concentration, signed_concentration
from models.metrics.coverage import interval_coverage, interval_score, interval_width
from models.metrics.curves import curve_auc, curve_brier
from models.metrics.probability import brier, brier_parts, calibration_intercept, calibration_slope, ece, log_loss
from models.metrics.profit import expected_maximum_profit
from models.metrics.ranking import auc, h_measure, normalized_gini, pr_auc, spearman, top_decile_lift
from models.metrics.value import decile_mape, mae, rmse, total_ratio
from models.pipeline.predictions import Predictions
from models.vocab import FloatArray, IntArray

_RANKING: dict[str, dict[str, Metric]] = {
    "decline": {"auc": auc, "pr_auc": pr_auc},
    "value": {
        "normalized_gini": normalized_gini,
        "signed_concentration": signed_concentration,
        "loss_concentration": loss_concentration,
        "spearman": spearman,
        "top_decile_lift": top_decile_lift,
    },
}


def _reliability(actual: ArrayLike, score: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    return brier_parts(actual, score, weight=weight).reliability


def _resolution(actual: ArrayLike, score: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    return brier_parts(actual, score, weight=weight).resolution


_FORECAST: dict[str, dict[str, Metric]] = {
    "decline": {
        "brier": brier,
        "brier_reliability": _reliability,
        "brier_resolution": _resolution,
        "log_loss": log_loss,
        "h_measure": h_measure,
        "calibration_slope": calibration_slope,
        "calibration_intercept": calibration_intercept,
        "ece": ece,
    },
    "value": {"total_ratio": total_ratio, "decile_mape": decile_mape, "rmse": rmse, "mae": mae},
}


@dataclass(frozen=True, kw_only=True)
class Realised:
    """What became of the clients of one origin. Shapes (n_clients,); ``stake``: what each would bring if it stayed."""

    value: FloatArray
    declined: FloatArray
    event_period: IntArray
    stake: FloatArray

    def of(self, target: str) -> FloatArray:
        """The outcome that a target is judged by."""
        return self.declined if target == "decline" else self.value

    @classmethod
    def pooled(cls, parts: Sequence[Realised]) -> Realised:
        """Several origins as one."""
        return cls(
            **{
                name: np.concatenate([getattr(part, name) for part in parts])
                for name in ("value", "declined", "event_period", "stake")
            }
        )


def benchmark_figures(
    target: str, benchmarks: Mapping[str, Benchmark], realised: Realised, resampling: Resampling
) -> BenchmarkSummary:
    """How all did on the same clients, each figure with its interval."""
    draws = {name: _draws(target, benchmark, realised, resampling) for name, benchmark in benchmarks.items()}
    metrics = {name: _figures(each) for name, each in draws.items()}
    try:
        main = {
            name: resampling.draws(_main(target), realised.of(target), benchmark.score, main=True)
            for name, benchmark in benchmarks.items()
        }
        intervals = {name: drawn.interval() for name, drawn in main.items()}
    except TooLittleDataError as error:
        return BenchmarkSummary(metrics=metrics, ours_minus={}, way=None, undetermined=f"{error.rule}, got {error.got}")
    ours = main[OURS]
    return BenchmarkSummary(
        metrics={name: {MAIN_METRIC[target]: intervals[name], **each} for name, each in metrics.items()},
        ours_minus={name: ours.minus(drawn).interval() for name, drawn in main.items() if name != OURS},
        way=_way(ours, main),
    )


def _main(target: str) -> Metric:
    return _RANKING[target][MAIN_METRIC[target]]


def _way(ours: Draws, draws: Mapping[str, Draws]) -> Interval | None:
    if not {RECENCY, TRUTH} <= draws.keys():
        return None
    with suppress(TooLittleDataError):
        return ours.share_of_way(draws[RECENCY], draws[TRUTH]).interval()
    return None


def curve_figures(curves: DeclineCurves, realised: Realised, resampling: Resampling) -> Figures:
    """Brier score and AUC of the whole curve, as means over its steps."""
    rows = np.arange(len(realised.value))

    def scored(metric: Callable[..., object], places: IntArray, *, weight: ArrayLike | None = None) -> float:
        score = metric(realised.event_period[places], curves.probability[places], curves.ends, weight=weight)
        return float(score.mean)  # type: ignore[attr-defined]

    metrics = {"curve_brier": partial(scored, curve_brier), "curve_auc": partial(scored, curve_auc)}
    return _each(metrics, (rows,), resampling)


def interval_figures(ours: Predictions, realised: Realised, level: float, resampling: Resampling) -> Figures:
    """Coverage, width and score of the intervals of value; nothing where there are none."""
    if np.isnan(ours.value_low).any():
        return {}
    metrics: dict[str, Metric] = {
        "interval_coverage": interval_coverage,
        "interval_width": interval_width,
        "interval_score": partial(interval_score, level=level),
    }
    return _each(metrics, (realised.value, ours.value_low, ours.value_high), resampling)


def _draws(target: str, benchmark: Benchmark, realised: Realised, resampling: Resampling) -> dict[str, Draws]:
    """Of all metrics but the main one."""
    chosen = _RANKING[target] | (_FORECAST[target] if benchmark.is_forecast else {})
    draws = {}
    for name, metric in chosen.items():
        if name != MAIN_METRIC[target]:
            with suppress(TooLittleDataError):
                draws[name] = resampling.draws(metric, realised.of(target), benchmark.score)
    if target == "decline" and benchmark.is_forecast:
        with suppress(TooLittleDataError):
            draws["campaign_profit"] = resampling.draws(_profit, realised.declined, realised.stake, benchmark.score)
    return draws


def _profit(declined: ArrayLike, stake: ArrayLike, score: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    return expected_maximum_profit(declined, stake, score, weight=weight).profit


def _each(metrics: Mapping[str, Metric], arrays: tuple[ArrayLike, ...], resampling: Resampling) -> Figures:
    figures = {}
    for name, metric in metrics.items():
        with suppress(TooLittleDataError):
            figures[name] = resampling.draws(metric, *arrays).interval()
    return figures


def _figures(draws: Mapping[str, Draws]) -> Figures:
    """Few clients may leave, say, a slope of calibration open."""
    figures = {}
    for name, drawn in draws.items():
        with suppress(TooLittleDataError):
            figures[name] = drawn.interval()
    return figures
