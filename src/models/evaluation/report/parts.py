"""The evaluation of one test origin as data: arrays in, plain dicts out, bounded, without any single client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.evaluation.report.causes import cause_parts
from models.evaluation.report.errors_by_group import error_parts
from models.evaluation.report.frequency import calibration_parts, coverage_parts, curve_parts
from models.evaluation.report.importance import Importance, importance_parts
from models.evaluation.report.judged import Judged
from models.evaluation.report.ranking import decile_parts, gains_parts, verdict_parts


def report_parts(
    judged: Judged,
    *,
    differences: Mapping[str, Mapping[str, Mapping[str, float]]] | None = None,
    importance: Importance | None = None,
) -> dict[str, Any]:
    """All that the page draws of one test origin, ready for JSON: no infinities, no NaN, no client.

    ``differences``: target -> contender -> 95% interval of ours minus the contender's main metric, as the report holds
    it. ``importance``: model -> feature -> gain. A part that cannot be told is None or left out.
    """
    return {
        "clients": len(judged),
        "verdicts": verdict_parts(differences or {}, len(judged)),
        "gains": gains_parts(judged),
        "deciles": decile_parts(judged),
        "calibration": calibration_parts(judged),
        "coverage": coverage_parts(judged),
        "curve": None if judged.curve is None else curve_parts(judged.curve),
        "causes": {} if judged.curve is None else cause_parts(judged.curve),
        "errors": error_parts(judged),
        "importance": importance_parts(importance or {}),
    }
