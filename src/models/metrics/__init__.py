"""Arrays in, numbers out: what predictions are judged by; ``weight`` says how often a client counts."""

from models.metrics.bootstrap import (
    Draws,
    Interval,
    Metric,
    bootstrap_difference,
    bootstrap_draws,
    bootstrap_figures,
    bootstrap_interval,
    called_better,
    reported_interval,
    what_cannot_be_known,
)
from models.metrics.concentration import loss_concentration, signed_concentration
from models.metrics.coverage import interval_coverage, interval_score, interval_width
from models.metrics.curves import CurveScore, curve_auc, curve_brier
from models.metrics.incidence import cumulative_incidence
from models.metrics.logit_line import LogitLine, fit_logit_line
from models.metrics.portfolio import Kept, SafetyList
from models.metrics.probability import (
    BrierParts,
    brier,
    brier_parts,
    calibration_intercept,
    calibration_slope,
    ece,
    log_loss,
)
from models.metrics.profit import CampaignProfit, expected_maximum_profit
from models.metrics.ranking import auc, h_measure, normalized_gini, pr_auc, spearman, top_decile_lift
from models.metrics.screening import ReviewList, screening_efficiency
from models.metrics.value import DecileTable, decile_mape, decile_table, mae, rmse, total_ratio

__all__ = [
    "BrierParts",
    "CampaignProfit",
    "CurveScore",
    "DecileTable",
    "Draws",
    "Interval",
    "Kept",
    "LogitLine",
    "Metric",
    "ReviewList",
    "SafetyList",
    "auc",
    "bootstrap_difference",
    "bootstrap_draws",
    "bootstrap_figures",
    "bootstrap_interval",
    "brier",
    "brier_parts",
    "calibration_intercept",
    "calibration_slope",
    "called_better",
    "cumulative_incidence",
    "curve_auc",
    "curve_brier",
    "decile_mape",
    "decile_table",
    "ece",
    "expected_maximum_profit",
    "fit_logit_line",
    "h_measure",
    "interval_coverage",
    "interval_score",
    "interval_width",
    "log_loss",
    "loss_concentration",
    "mae",
    "normalized_gini",
    "pr_auc",
    "reported_interval",
    "rmse",
    "screening_efficiency",
    "signed_concentration",
    "spearman",
    "top_decile_lift",
    "total_ratio",
    "what_cannot_be_known",
]
