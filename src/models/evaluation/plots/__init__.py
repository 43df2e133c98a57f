"""The plots of an evaluation as inline SVG, drawn from the report's parts; they compute nothing but positions."""

from models.evaluation.plots.benchmark_styles import in_order
from models.evaluation.plots.explained import dependence_chart, reasons_chart
from models.evaluation.plots.frequency import calibration_chart, causes_chart, curve_chart
from models.evaluation.plots.profit import profit_charts
from models.evaluation.plots.ranking import deciles_chart, gains_chart, stability_chart
from models.evaluation.plots.rows import (
    coverage_charts,
    decline_errors_chart,
    importance_chart,
    total_errors_chart,
)
from models.evaluation.plots.summary import summary_image
from models.shell.chart import Chart, LegendKey

__all__ = [
    "Chart",
    "LegendKey",
    "calibration_chart",
    "causes_chart",
    "coverage_charts",
    "curve_chart",
    "deciles_chart",
    "decline_errors_chart",
    "dependence_chart",
    "gains_chart",
    "importance_chart",
    "in_order",
    "profit_charts",
    "reasons_chart",
    "stability_chart",
    "summary_image",
    "total_errors_chart",
]
