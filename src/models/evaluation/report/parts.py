"""The evaluation of one test origin as data: arrays in, frozen parts out, bounded, without any single client."""

from __future__ import annotations

from collections.abc import Mapping

from models.evaluation.report.causes import cause_parts
from models.evaluation.report.contents import OriginParts
from models.evaluation.report.errors_by_group import error_parts
from models.evaluation.report.findings import finding_parts
from models.evaluation.report.frequency import calibration_parts, coverage_parts, curve_parts
from models.evaluation.report.importance import Figures, Importance, importance_parts
from models.evaluation.report.judged import Judged
from models.evaluation.report.profit import profit_parts
from models.evaluation.report.ranking import decile_parts, gains_parts, verdict_parts
from models.evaluation.report.totals import total_parts
from models.metrics.bootstrap import Interval, Resampling


def report_parts(
    judged: Judged,
    resampling: Resampling,
    *,
    decline: Figures | None = None,
    differences: Mapping[str, Mapping[str, Interval]] | None = None,
    importance: Importance | None = None,
) -> OriginParts:
    """All that the page draws of one test origin: no infinities, no NaN, no client.

    ``decline``: the figures of ours, for its level. ``differences``: target -> benchmark -> 95% interval of ours minus
    the benchmark's main metric. ``importance``: model -> feature -> gain. A part that cannot be computed is None or
    left out.
    """
    totals, coverage = total_parts(judged, resampling), coverage_parts(judged)
    curve = None if judged.curve is None else curve_parts(judged.curve)
    return OriginParts(
        clients=len(judged),
        findings=finding_parts(judged, totals, coverage, curve, decline or {}),
        verdicts=verdict_parts(differences or {}, len(judged)),
        profit=profit_parts(judged),
        gains=gains_parts(judged),
        deciles=decile_parts(judged),
        totals=totals,
        calibration=calibration_parts(judged),
        coverage=coverage,
        curve=curve,
        causes={} if judged.curve is None else cause_parts(judged.curve),
        errors=error_parts(judged),
        importance=importance_parts(importance or {}),
    )
