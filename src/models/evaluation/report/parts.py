"""The evaluation of one test origin as data: arrays in, frozen parts out, bounded, without any single client."""

from __future__ import annotations

from collections.abc import Mapping

from models.evaluation.report.causes import cause_parts
from models.evaluation.report.contents import OriginParts
from models.evaluation.report.errors_by_group import error_parts
from models.evaluation.report.frequency import calibration_parts, coverage_parts, curve_parts
from models.evaluation.report.importance import Importance, importance_parts
from models.evaluation.report.judged import Judged
from models.evaluation.report.ranking import decile_parts, gains_parts, verdict_parts
from models.metrics.bootstrap import Interval


def report_parts(
    judged: Judged,
    *,
    differences: Mapping[str, Mapping[str, Interval]] | None = None,
    importance: Importance | None = None,
) -> OriginParts:
    """All that the page draws of one test origin: no infinities, no NaN, no client.

    ``differences``: target -> benchmark -> 95% interval of ours minus the benchmark's main metric. ``importance``:
    model -> feature -> gain. A part that cannot be computed is None or left out.
    """
    return OriginParts(
        clients=len(judged),
        verdicts=verdict_parts(differences or {}, len(judged)),
        gains=gains_parts(judged),
        deciles=decile_parts(judged),
        calibration=calibration_parts(judged),
        coverage=coverage_parts(judged),
        curve=None if judged.curve is None else curve_parts(judged.curve),
        causes={} if judged.curve is None else cause_parts(judged.curve),
        errors=error_parts(judged),
        importance=importance_parts(importance or {}),
    )
