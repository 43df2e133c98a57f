"""Findings of an evaluation: which figures are off their mark, and whether by more than chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np

from models.evaluation.report.bands import Band, risk_bands, value_bands
from models.evaluation.report.causes import CauseGroup
from models.evaluation.report.frequency import (
    EVERYBODY,
    CoverageGroup,
    IntervalCoverage,
    JudgedCurveByStep,
    frequency,
)
from models.evaluation.report.importance import Figures
from models.evaluation.report.judged import Judged
from models.evaluation.report.totals import BandTotal, TotalsByBand
from models.evaluation.report.verdict import EvaluationCheck, EvaluationFinding, GroupedBy, OriginFindings
from models.metrics.bootstrap import Interval, ReportedInterval

TOTAL_RATIO = (0.9, 1.1)
"""A total, or a level, that is a tenth off is still called right."""
BAND_RATIO = (0.6, 1.6)
"""A band's total hangs on few clients: so far off it is still called right."""
INTERCEPT, SLOPE = (-0.25, 0.25), (0.8, 1.2)
COVERAGE_SHORT = 0.03
"""So far below its claim coverage is still called right."""
GAP_SHARE = 0.01
"""A gap in a band of less than this share of all that was earned and lost changes no decision."""
CURVE_STRETCH = 1 / 3
_WIDER = 2.576 / 1.96
"""Some thirty groups are looked at: their 95% ranges count as wide as 99% ones, lest a sound book be called wrong."""
_INTERCEPT, _SLOPE = "calibration_intercept", "calibration_slope"


def finding_parts(
    judged: Judged,
    totals: TotalsByBand,
    coverage: IntervalCoverage | None,
    curve: JudgedCurveByStep | None,
    decline: Figures,
) -> OriginFindings:
    """The findings of one test origin; ``decline`` are the figures of ours."""
    overall = [*_total(judged, totals.value_by_value[0]), *_level(judged, decline), *_slope(decline)]
    everybody = Band(EVERYBODY, np.ones(len(judged), dtype=np.bool_), 0.0, 1.0)
    bands = [
        *_of_truth(EvaluationCheck.TOTAL, GroupedBy.ALL, everybody, totals.value_by_value[0], TOTAL_RATIO, least=0.0),
        *_curve(curve),
        *_coverage(coverage, judged),
        *_value_bands(judged, totals),
        *_credit_bands(judged, totals),
    ]
    return OriginFindings(
        checked=_checked(totals, coverage, curve, decline),
        wrong=(*(found for found, is_evident in overall if is_evident), *bands),
        may_be_chance=tuple(found for found, is_evident in overall if not is_evident),
    )


def _checked(
    totals: TotalsByBand, coverage: IntervalCoverage | None, curve: JudgedCurveByStep | None, decline: Figures
) -> tuple[EvaluationCheck, ...]:
    there = {
        EvaluationCheck.TOTAL: True,
        EvaluationCheck.LEVEL: True,
        EvaluationCheck.SLOPE: _SLOPE in decline,
        EvaluationCheck.CURVE: curve is not None,
        EvaluationCheck.COVERAGE: coverage is not None,
        EvaluationCheck.VALUE: True,
        EvaluationCheck.CREDIT_LOSS: bool(totals.credit_loss_by_risk),
        EvaluationCheck.DEFAULTS: bool(totals.defaults_by_risk),
    }
    return tuple(check for check, is_there in there.items() if is_there)


def _total(judged: Judged, total: BandTotal) -> Iterator[tuple[EvaluationFinding, bool]]:
    """By the ratio where both totals are earned, else by the gap: a share of a loss reads the wrong way round."""
    realised = total.realised.estimate or 0.0
    has_ratio = total.ratio.estimate is not None and min(total.foreseen, realised) > 0
    is_right = (
        _within(total.ratio.estimate, TOTAL_RATIO) if has_ratio else abs(total.foreseen - realised) < _tenth(judged)
    )
    if is_right:
        return
    figure = total.ratio if has_ratio else total.gap
    found = EvaluationFinding(
        check=EvaluationCheck.TOTAL,
        by=GroupedBy.ALL,
        figure=figure,
        is_gap=not has_ratio,
        foreseen=total.foreseen,
        realised=realised,
    )
    yield found, _excludes(total.gap, 0.0) and (not has_ratio or _excludes(figure, 1.0))


def _tenth(judged: Judged) -> float:
    return (TOTAL_RATIO[1] - 1) * float(np.abs(judged.value).sum())


def _level(judged: Judged, decline: Figures) -> Iterator[tuple[EvaluationFinding, bool]]:
    foreseen, realised = float(judged.decline_probability.mean()), float(judged.declined.mean())
    intercept = decline.get(_INTERCEPT)
    figure = _reported(intercept)
    is_right = figure.estimate is None or _within(figure.estimate, INTERCEPT)
    if is_right and _near(foreseen, realised, TOTAL_RATIO):
        return
    seen = frequency(realised, len(judged))
    is_evident = not seen["low"] <= foreseen <= seen["high"] if intercept is None else _excludes(figure, 0.0)
    found = EvaluationFinding(
        check=EvaluationCheck.LEVEL, by=GroupedBy.ALL, figure=figure, foreseen=foreseen, realised=realised
    )
    yield found, is_evident


def _slope(decline: Figures) -> Iterator[tuple[EvaluationFinding, bool]]:
    figure = _reported(decline.get(_SLOPE))
    if figure.estimate is not None and not _within(figure.estimate, SLOPE):
        yield EvaluationFinding(check=EvaluationCheck.SLOPE, by=GroupedBy.ALL, figure=figure), _excludes(figure, 1.0)


def _curve(curve: JudgedCurveByStep | None) -> Iterator[EvaluationFinding]:
    """A stretch of a third of the steps or more by which too few, or too many, clients are foreseen to have had it."""
    if curve is None:
        return
    off = [_off_side(*step) for step in zip(curve.foreseen, curve.realised, curve.low, curve.high, strict=True)]
    stretches = [(side, list(places)) for side, places in groupby(range(len(off)), key=off.__getitem__) if side]
    for _, places in stretches:
        if len(places) >= max(CURVE_STRETCH * len(off), 1):
            last = places[-1]
            yield EvaluationFinding(
                check=EvaluationCheck.CURVE,
                by=GroupedBy.ALL,
                group=curve.event,
                periods=(curve.ends[places[0]], curve.ends[last]),
                figure=ReportedInterval(estimate=curve.realised[last], low=curve.low[last], high=curve.high[last]),
                foreseen=curve.foreseen[last],
                realised=curve.realised[last],
            )


def _off_side(foreseen: float, realised: float, low: float, high: float) -> int:
    """-1 for too few, 1 for too many, 0 for right or chance."""
    figure = ReportedInterval(estimate=realised, low=low, high=high)
    if _near(foreseen, realised, TOTAL_RATIO) or not _excludes(figure, foreseen, _WIDER):
        return 0
    return -1 if foreseen < realised else 1


def _coverage(coverage: IntervalCoverage | None, judged: Judged) -> Iterator[EvaluationFinding]:
    if coverage is None:
        return
    for each in coverage.groups:
        by = GroupedBy.ALL if each.name == EVERYBODY else GroupedBy.TIER
        yield from _short(each, coverage.level, by, None)
    for by, bands, covered in (
        (GroupedBy.RISK, _risk_bands(judged), coverage.by_risk),
        (GroupedBy.VALUE, value_bands(judged.foreseen_value), coverage.by_value),
    ):
        for band, each in zip(bands, covered, strict=True):
            yield from _short(each, coverage.level, by, band)


def _short(each: CoverageGroup, level: float, by: GroupedBy, band: Band | None) -> Iterator[EvaluationFinding]:
    figure = ReportedInterval(estimate=each.realised, low=each.low, high=each.high)
    if each.realised < level - COVERAGE_SHORT and _excludes(figure, level, _WIDER):
        yield EvaluationFinding(
            check=EvaluationCheck.COVERAGE,
            by=by,
            group=each.name,
            low=0.0 if band is None else band.low,
            high=1.0 if band is None else band.high,
            figure=figure,
            foreseen=level,
            realised=each.realised,
        )


def _value_bands(judged: Judged, totals: TotalsByBand) -> Iterator[EvaluationFinding]:
    least = GAP_SHARE * float(np.abs(judged.value).sum())
    risk, value = _risk_bands(judged), value_bands(judged.foreseen_value)
    yield from _off(EvaluationCheck.VALUE, GroupedBy.RISK, risk, totals.value_by_risk[1:], least)
    yield from _off(EvaluationCheck.VALUE, GroupedBy.VALUE, value, totals.value_by_value[1:], least)


def _credit_bands(judged: Judged, totals: TotalsByBand) -> Iterator[EvaluationFinding]:
    bands = [Band(EVERYBODY, np.ones(len(judged), dtype=np.bool_), 0.0, 1.0), *_risk_bands(judged)]
    if totals.credit_loss_by_risk:
        least = GAP_SHARE * abs(totals.credit_loss_by_risk[0].realised.estimate or 0.0)
        yield from _off(EvaluationCheck.CREDIT_LOSS, GroupedBy.RISK, bands, totals.credit_loss_by_risk, least)
    if totals.defaults_by_risk:
        for band, each in zip(bands, totals.defaults_by_risk, strict=True):
            yield from _defaults(band, each)


def _off(
    check: EvaluationCheck, by: GroupedBy, bands: Sequence[Band], totals: Sequence[BandTotal], least: float
) -> Iterator[EvaluationFinding]:
    """Bands whose total is off by more than chance, by more than ``least``, and by more than a total of few may be.

    A gain foreseen where a loss came, or the other way round, counts from 95% on.
    """
    for band, each in zip(bands, totals, strict=True):
        realised = each.realised.estimate or 0.0
        is_far = not _near(each.foreseen, realised, BAND_RATIO) and abs(each.foreseen - realised) >= least
        is_turned = each.foreseen * realised < 0
        if is_far and _excludes(each.gap, 0.0, 1.0 if is_turned else _WIDER):
            yield EvaluationFinding(
                check=check,
                by=by,
                group=band.name,
                low=band.low,
                high=band.high,
                figure=each.realised,
                foreseen=each.foreseen,
                realised=realised,
            )
        else:
            yield from _of_truth(check, by, band, each, BAND_RATIO, least=least)


def _of_truth(
    check: EvaluationCheck,
    by: GroupedBy,
    band: Band,
    total: BandTotal,
    mark: tuple[float, float],
    *,
    least: float,
) -> Iterator[EvaluationFinding]:
    """A total that misses what the truth of a simulated book expects, which no luck of the clients moves."""
    if total.known is None or total.known_ratio is None or abs(total.foreseen - total.known) < least:
        return
    if not _near(total.foreseen, total.known, mark) and _excludes(total.known_ratio, 1.0, _WIDER):
        yield EvaluationFinding(
            check=check,
            by=by,
            group=band.name,
            low=band.low,
            high=band.high,
            figure=total.known_ratio,
            foreseen=total.foreseen,
            realised=total.realised.estimate,
            known=total.known,
        )


def _defaults(band: Band, each: CauseGroup) -> Iterator[EvaluationFinding]:
    figure = ReportedInterval(estimate=each.realised, low=each.low, high=each.high)
    if _excludes(figure, each.foreseen, _WIDER) and not _near(each.foreseen, each.realised, BAND_RATIO):
        yield EvaluationFinding(
            check=EvaluationCheck.DEFAULTS,
            by=GroupedBy.RISK,
            group=band.name,
            low=band.low,
            high=band.high,
            figure=figure,
            foreseen=each.foreseen,
            realised=each.realised,
        )


def _risk_bands(judged: Judged) -> list[Band]:
    return [] if judged.credit is None else risk_bands(judged.credit.default_probability)


def _within(figure: float | None, mark: tuple[float, float]) -> bool:
    return figure is not None and mark[0] <= figure <= mark[1]


def _near(foreseen: float, realised: float, mark: tuple[float, float]) -> bool:
    """Whether the two are of one sign and their ratio lies within the mark; so are two zeros."""
    if realised == 0:
        return foreseen == 0
    return _within(foreseen / realised, mark)


def _excludes(figure: ReportedInterval, right: float, wider: float = 1.0) -> bool:
    """Whether the range, so many times as wide, lies on one side of what is right; no range excludes nothing."""
    if figure.estimate is None or figure.low is None or figure.high is None:
        return False
    low, high = (figure.estimate + wider * (end - figure.estimate) for end in (figure.low, figure.high))
    return not low <= right <= high


def _reported(figure: Interval | None) -> ReportedInterval:
    if figure is None:
        return ReportedInterval(estimate=None)
    return ReportedInterval(estimate=figure.estimate, low=figure.low, high=figure.high)
