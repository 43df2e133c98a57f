"""Where the errors lie: totals, ranking and frequency of decline group by group, as plain lists."""

from __future__ import annotations

from typing import Any

import numpy as np

from models.errors import TooLittleDataError
from models.evaluation.report.frequency import frequency
from models.evaluation.report.groups import groupings
from models.evaluation.report.judged import MIN_CLIENTS, Judged
from models.metrics.ranking import auc
from models.metrics.value import total_ratio
from models.vocab import BoolArray


def error_parts(judged: Judged) -> dict[str, list[dict[str, Any]]]:
    """Attribute -> its groups, each with clients, predicted over realised total, AUC and decline foreseen and realised.

    ``total_ratio`` is None where the total realised is not above zero, ``auc`` where fewer than ``MIN_CLIENTS``
    declined or stayed. ``gap`` is the mean probability less the realised share (calibration in the large).
    """
    return {
        name: [{"name": group.name, **_errors(judged, group.inside)} for group in groups]
        for name, groups in groupings(judged)
    }


def _errors(judged: Judged, inside: BoolArray) -> dict[str, Any]:
    clients, said = int(inside.sum()), float(judged.decline_probability[inside].mean())
    seen = float(judged.declined[inside].mean())
    return {
        "clients": clients,
        "total_ratio": _total_ratio(judged, inside),
        "auc": _auc(judged, inside),
        "foreseen": said,
        "gap": said - seen,
        **frequency(seen, clients),
    }


def _total_ratio(judged: Judged, inside: BoolArray) -> float | None:
    try:
        return total_ratio(judged.value[inside], judged.foreseen_value[inside])
    except TooLittleDataError:
        return None


def _auc(judged: Judged, inside: BoolArray) -> float | None:
    declined = judged.declined[inside]
    if np.bincount(declined.astype(np.int64), minlength=2).min() < MIN_CLIENTS:
        return None
    return auc(declined, judged.decline_probability[inside])
