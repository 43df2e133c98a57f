"""Judges the recipe at past origins: each metric with its interval, beside the baselines that a spreadsheet gives.

The report is data; plots and pages draw from it and compute nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from models.config import Config
from models.errors import InternalError, TooLittleDataError
from models.metrics import (
    Draws,
    Interval,
    Metric,
    auc,
    bootstrap_draws,
    brier,
    calibration_intercept,
    calibration_slope,
    decile_mape,
    decile_table,
    ece,
    log_loss,
    mae,
    normalized_gini,
    pr_auc,
    rmse,
    spearman,
    top_decile_lift,
    total_ratio,
)
from models.tables.panel import Panel
from models.tables.splits import LearningOrigins
from models.vocab import FloatArray
from models.workflows.contenders import OURS, Contender, contest
from models.workflows.truth import with_truth

MAIN_METRIC = {"decline": "auc", "value": "normalized_gini"}
_RANKING: dict[str, dict[str, Metric]] = {
    "decline": {"auc": auc, "pr_auc": pr_auc},
    "value": {"normalized_gini": normalized_gini, "spearman": spearman, "top_decile_lift": top_decile_lift},
}
_FORECAST: dict[str, dict[str, Metric]] = {
    "decline": {
        "brier": brier,
        "log_loss": log_loss,
        "calibration_slope": calibration_slope,
        "calibration_intercept": calibration_intercept,
        "ece": ece,
    },
    "value": {"total_ratio": total_ratio, "decile_mape": decile_mape, "rmse": rmse, "mae": mae},
}


def evaluate_origin(
    panel: Panel, test: int, origins: LearningOrigins, config: Config, truth: pd.DataFrame | None = None
) -> dict[str, Any]:
    """Fit on ``origins``, score the origin ``test`` and hold the result against what happened then.

    ``truth``, of a simulated book, competes where it covers the origin. ``panel`` holds all these origins with their
    targets. Raises ``TooLittleDataError``.
    """
    rows, learn = panel.at([test]), panel.at(origins.learn)
    _require_both_outcomes(rows, test)
    judged = contest(learn, rows, origins, config)
    if truth is not None:
        judged = with_truth(judged, rows, truth, panel.grid.start_of(test))
    actual = _outcomes(rows)
    report = {target: _judgement(target, judged[target], actual[target], rows, config) for target in judged}
    table = decile_table(actual["value"], judged["value"][OURS].score)
    report["value"]["deciles"] = {name: np.asarray(part).tolist() for name, part in asdict(table).items()}
    return {
        "as_of": panel.grid.start_of(test).isoformat(),
        "learned_until": panel.grid.start_of(origins.calibration).isoformat(),
        "outcomes_until": panel.grid.start_of(test + config.time.horizon_periods).isoformat(),
        "learning_origins": len(origins.learn),
        "learning_rows": len(learn),
        "clients": len(rows),
        "calibrated": bool(origins.early),
        "groups_apart": rows.groups_known,
        **report,
    }


def headline(report: Mapping[str, Any]) -> dict[str, float]:
    """The figures of one origin by flat names, e.g. ``decline.auc.ours``, for a tracker."""
    return {
        f"{target}.{metric}.{name}": figure["estimate"]
        for target in MAIN_METRIC
        for name, metrics in report[target]["metrics"].items()
        for metric, figure in metrics.items()
    }


def _require_both_outcomes(rows: Panel, test: int) -> None:
    declined = _outcomes(rows)["decline"]
    if len(rows) == 0 or declined.min() == declined.max():
        raise TooLittleDataError(
            rule=f"at the test origin {rows.grid.start_of(test)} some clients must decline and some not",
            got=f"{int(declined.sum()):,} of {len(rows):,}",
            remedy="choose another origins.test, horizon or rule of decline",
        )


def _outcomes(rows: Panel) -> dict[str, FloatArray]:
    if rows.value is None or rows.declined is None:
        raise InternalError("an origin can only be judged with its targets")
    return {"decline": rows.declined.astype(np.float64), "value": rows.value}


def _judgement(
    target: str, contenders: Mapping[str, Contender], actual: FloatArray, rows: Panel, config: Config
) -> dict[str, Any]:
    draws = {name: _draws(target, contender, actual, rows, config) for name, contender in contenders.items()}
    main = MAIN_METRIC[target]
    return {
        "mean_outcome": float(np.mean(actual)),
        "metrics": {name: _figures(metrics, main) for name, metrics in draws.items()},
        "ours_minus": {
            name: _facts(draws[OURS][main].minus(metrics[main]).interval())
            for name, metrics in draws.items()
            if name != OURS
        },
    }


def _draws(target: str, contender: Contender, actual: FloatArray, rows: Panel, config: Config) -> dict[str, Draws]:
    chosen = _RANKING[target] | (_FORECAST[target] if contender.is_forecast else {})
    draws = {}
    for name, metric in chosen.items():
        with _left_out_if_undetermined(name, MAIN_METRIC[target]):
            draws[name] = bootstrap_draws(
                metric,
                (actual, contender.score),
                rows.group,
                resamples=config.run.bootstrap_resamples,
                seed=config.run.seed,
            )
    return draws


def _figures(draws: Mapping[str, Draws], main: str) -> dict[str, dict[str, float]]:
    figures = {}
    for name, drawn in draws.items():
        with _left_out_if_undetermined(name, main):
            figures[name] = _facts(drawn.interval())
    return figures


def _left_out_if_undetermined(metric: str, main: str) -> AbstractContextManager[None]:
    """Few clients may leave, say, a slope of calibration open; only the main metric is worth stopping for."""
    return nullcontext() if metric == main else suppress(TooLittleDataError)


def _facts(interval: Interval) -> dict[str, float]:
    return {"estimate": interval.estimate, "low": interval.low, "high": interval.high}
