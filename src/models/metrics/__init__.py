"""Arrays in, numbers out: what predictions are judged by; ``weight`` says how often a client counts."""

from models.metrics.bootstrap import Draws, Interval, Metric, bootstrap_difference, bootstrap_draws, bootstrap_interval
from models.metrics.logit_line import LogitLine, fit_logit_line
from models.metrics.probability import (
    BrierParts,
    brier,
    brier_parts,
    calibration_intercept,
    calibration_slope,
    ece,
    log_loss,
)
from models.metrics.ranking import auc, h_measure, normalized_gini, pr_auc, spearman, top_decile_lift
from models.metrics.value import DecileTable, decile_mape, decile_table, mae, rmse, total_ratio

__all__ = [
    "BrierParts",
    "DecileTable",
    "Draws",
    "Interval",
    "LogitLine",
    "Metric",
    "auc",
    "bootstrap_difference",
    "bootstrap_draws",
    "bootstrap_interval",
    "brier",
    "brier_parts",
    "calibration_intercept",
    "calibration_slope",
    "decile_mape",
    "decile_table",
    "ece",
    "fit_logit_line",
    "h_measure",
    "log_loss",
    "mae",
    "normalized_gini",
    "pr_auc",
    "rmse",
    "spearman",
    "top_decile_lift",
    "total_ratio",
]
