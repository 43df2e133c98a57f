"""Errors group by group: totals, ranking and frequency of decline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.errors import TooLittleDataError
from models.evaluation.report.frequency import frequency
from models.evaluation.report.groups import groupings
from models.evaluation.report.judged import MIN_CLIENTS, Judged
from models.metrics.ranking import auc
from models.metrics.value import total_ratio
from models.vocab import BoolArray


@dataclass(frozen=True, kw_only=True)
class ErrorGroup:
    """Errors of a group of clients: predicted over realised total, AUC, decline foreseen and realised with its range.

    ``total_ratio`` is None where the total realised is not above zero, ``auc`` where fewer than ``MIN_CLIENTS``
    declined or stayed. ``gap`` is the mean probability less the realised share (calibration in the large).
    """

    name: str
    clients: int
    total_ratio: float | None
    auc: float | None
    foreseen: float
    gap: float
    realised: float
    low: float
    high: float


def error_parts(judged: Judged) -> Mapping[str, tuple[ErrorGroup, ...]]:
    """Attribute -> the errors of each of its groups."""
    return {
        name: tuple(_errors(judged, group.name, group.inside) for group in groups) for name, groups in groupings(judged)
    }


def _errors(judged: Judged, name: str, inside: BoolArray) -> ErrorGroup:
    clients, said = int(inside.sum()), float(judged.decline_probability[inside].mean())
    seen = float(judged.declined[inside].mean())
    return ErrorGroup(
        name=name,
        clients=clients,
        total_ratio=_total_ratio(judged, inside),
        auc=_auc(judged, inside),
        foreseen=said,
        gap=said - seen,
        **frequency(seen, clients),
    )


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
