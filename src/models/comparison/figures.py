"""Figures of two versions on the same clients, paired: whole sponsor groups are drawn for both at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from models.comparison.report import (
    AUC,
    BIAS,
    BRIER,
    CONCENTRATION,
    COVERAGE,
    DECLINES,
    ERROR,
    GINI,
    INTERCEPT,
    SLOPE,
    TOTAL,
    WIDTH,
    Better,
    ComparedFigure,
)
from models.comparison.rules import verdict
from models.errors import TooLittleDataError
from models.metrics.bootstrap import Draws, Metric, ReportedInterval, Resampling, reported_interval
from models.metrics.concentration import signed_concentration
from models.metrics.coverage import interval_coverage, interval_width
from models.metrics.probability import brier, calibration_intercept, calibration_slope
from models.metrics.ranking import auc, normalized_gini
from models.metrics.value import mae, mean_error, total_ratio
from models.vocab import FloatArray

NOTHING = ReportedInterval(estimate=None)
PAST_SUM, RECENCY = "past sum", "recency"


@dataclass(frozen=True, kw_only=True)
class Question:
    """A figure that is asked of both versions; ``main`` ones decide and are drawn more often.

    ``whole`` ones are asked once the horizon is over: the slope of chances until now would tell of the timing as well.
    """

    target: str
    metric: str
    better: Better
    asked: Metric
    main: bool = False
    whole: bool = False


_DECLINE = (
    Question(target="decline", metric=AUC, better=Better.MORE, asked=auc, main=True),
    Question(target="decline", metric=BRIER, better=Better.LESS, asked=brier),
    Question(target="decline", metric=INTERCEPT, better=Better.NEAR_ZERO, asked=calibration_intercept),
    Question(target="decline", metric=SLOPE, better=Better.NEAR_ONE, asked=calibration_slope, whole=True),
    Question(target="decline", metric=DECLINES, better=Better.NEAR_ONE, asked=total_ratio),
)
_VALUE = (
    Question(target="value", metric=GINI, better=Better.MORE, asked=normalized_gini, main=True),
    Question(target="value", metric=CONCENTRATION, better=Better.MORE, asked=signed_concentration),
    Question(target="value", metric=TOTAL, better=Better.NEAR_ONE, asked=total_ratio),
    Question(target="value", metric=BIAS, better=Better.NEAR_ZERO, asked=mean_error),
    Question(target="value", metric=ERROR, better=Better.LESS, asked=mae, main=True),
)
_INTERVALS = (
    Question(target="value", metric=COVERAGE, better=Better.NEAR_LEVEL, asked=interval_coverage),
    Question(target="value", metric=WIDTH, better=Better.LESS, asked=interval_width),
)


@dataclass(frozen=True, kw_only=True, eq=False)
class ExpectedSoFar:
    """What a version expected to have come by now. Shapes (n_clients,); bounds are NaN where none are judged."""

    declined: FloatArray
    value: FloatArray
    value_low: FloatArray
    value_high: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class CameSoFar:
    """What came by now: 1 for a decline, value in currency; and rankings and forecasts without models.

    ``whole``: whether the horizon is over.
    """

    declined: FloatArray
    value: FloatArray
    decline_baselines: Mapping[str, FloatArray]
    value_baselines: Mapping[str, FloatArray]
    past_pace: FloatArray
    whole: bool


def compared_figures(
    came: CameSoFar, versions: Sequence[ExpectedSoFar], resampling: Resampling, *, level: float
) -> Iterator[ComparedFigure]:
    """Every figure that these clients determine for both versions, with its baselines."""
    for question in (each for each in _DECLINE if came.whole or not each.whole):
        arrays = [(came.declined, each.declined) for each in versions]
        yield from compared(question, arrays, resampling, level, came.decline_baselines if question.main else {})
    for question in _VALUE:
        arrays = [(came.value, each.value) for each in versions]
        yield from compared(question, arrays, resampling, level, _value_baselines(question, came))
    if not any(np.isnan(each.value_low).any() for each in versions):
        for question in _INTERVALS:
            bounds = [(came.value, each.value_low, each.value_high) for each in versions]
            yield from compared(question, bounds, resampling, level, {})


def _value_baselines(question: Question, came: CameSoFar) -> Mapping[str, FloatArray]:
    """Rankings where a figure ranks, else what goes on at the pace of the past."""
    return came.value_baselines if question.metric in (GINI, CONCENTRATION) else {PAST_SUM: came.past_pace}


def compared(
    question: Question,
    arrays: Sequence[tuple[ArrayLike, ...]],
    resampling: Resampling,
    level: float,
    baselines: Mapping[str, FloatArray],
) -> Iterator[ComparedFigure]:
    """One figure of both, where these clients determine it; ``arrays`` of each, what came first."""
    with suppress(TooLittleDataError):
        first, second = (resampling.draws(question.asked, *each, main=question.main) for each in arrays)
        yield ComparedFigure(
            target=question.target,
            metric=question.metric,
            better=question.better,
            first=reported_interval(first),
            second=reported_interval(second),
            difference=reported_interval(second.minus(first)),
            relative=reported_interval(_relative(first, second)) if question.better is Better.LESS else NOTHING,
            standing=verdict(first, second, question.better, level),
            baselines=_reached(question, arrays[0][0], baselines, resampling),
        )


def _reached(
    question: Question, came: ArrayLike, baselines: Mapping[str, FloatArray], resampling: Resampling
) -> dict[str, ReportedInterval]:
    reached = {}
    for name, score in baselines.items():
        with suppress(TooLittleDataError):
            reached[name] = reported_interval(resampling.draws(question.asked, came, score))
    return reached


def _relative(first: Draws, second: Draws) -> Draws:
    """The second as a share more or less than the first; NaN beside a first of 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.where(first.values == 0, np.nan, second.values / first.values - 1.0)
    return Draws(second.estimate / first.estimate - 1.0 if first.estimate else float("nan"), values)
