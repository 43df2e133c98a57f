"""Rules of the gate: each line from a comparison and its limit, without any model, registry or clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import reduce

from models.comparison.report import (
    AUC,
    COVERAGE,
    DECLINES,
    ERROR,
    GINI,
    SLOPE,
    TOTAL,
    JudgedVersions,
    VersionComparison,
)
from models.config.gate import GATE_REASONS, Between, GateConfig, GateRule
from models.metrics.bootstrap import ReportedInterval
from models.panel.features.labels import STRETCHES
from models.promotion.report import GateLine, GateTexts, GateVerdict
from models.text import CLAUSES, ENGLISH, Text, as_written

_LIMITS = {
    GateRule.OUTCOMES: ("least_clients", "least_events"),
    GateRule.AUC: ("auc_margin",),
    GateRule.VALUE_RANKING: ("value_ranking_margin",),
    GateRule.VALUE_ERROR: ("value_error_margin",),
    GateRule.DECLINES: ("declines",),
    GateRule.CALIBRATION_SLOPE: ("calibration_slope",),
    GateRule.VALUE_TOTAL: ("value_total",),
    GateRule.COVERAGE: ("coverage_tolerance",),
    GateRule.TIER_MOVES: ("most_tier_moves",),
    GateRule.EXPLANATIONS: ("least_reason_correlation",),
    GateRule.DATA_AGE: ("most_periods_old",),
}
"""Line -> the settings that it holds a version to."""
HORIZONS_OLD = 2
"""How many horizons data may be old where the config does not say."""
LEFT_OPEN, NOT_OVER = Text("these clients leave it open"), Text("the horizon is not over")
_TOO_FEW, _NO_OUTCOMES = Text("{found}: too few outcomes to judge by"), Text("no outcomes")
_ENOUGH = Text("at least {clients:,} clients, of whom {events:,} declined and as many did not")
_NONE, _IN_SAMPLE = Text("none that neither version learned from"), Text("outcomes that a version learned from")
_FOUND = Text("{clients:,} clients, {declined:,} declined, {elapsed} of {stretch} after {day}")
_NO_LOWER = {
    AUC: Text("AUC at most {margin:g} lower, 95% sure"),
    GINI: Text("normalized Gini at most {margin:g} lower, 95% sure"),
}
_ERROR = Text("mean error of value at most {margin:.0%} larger, 95% sure")
_RANGED = Text("{estimate} ({low} to {high})", "range of a figure")
_COVERAGE = Text("values inside their interval within {tolerance:.0%} of {level:.0%}")
_COVERAGE_OPEN = Text("values inside their interval within {tolerance:.0%} of the level")
_NO_INTERVALS = Text("a version gives no intervals of value")
_WITHIN = {
    DECLINES: Text("declines expected over come within {low:g} to {high:g}"),
    SLOPE: Text("calibration slope within {low:g} to {high:g}"),
    TOTAL: Text("total value expected over come within {low:g} to {high:g}"),
}
_MOVES = Text("at most {share:.0%} of the clients change tier")
_MOVED = Text("{share:.1%} ({moved:,} of {clients:,})")
_AGE = Text("learned from outcomes at most {stretch} old")
_REASONS = Text("rank correlation of reasons at least {least:g}")
_NO_REASONS = Text("a version ranks no reason before another")
_OF_MODEL = {
    "decline": Text("decline {correlation:.2f}", "rank correlation"),
    "value": Text("value {correlation:.2f}", "rank correlation"),
}
UNKNOWN = ReportedInterval(estimate=None)


@dataclass(frozen=True, kw_only=True)
class GateFinding:
    """What a rule finds: in words, as a number with its interval, and whether it holds; None where nothing can tell."""

    asks: Text
    found: Text
    holds: bool | None
    figure: ReportedInterval = UNKNOWN


def gate_lines(comparison: VersionComparison, gate: GateConfig) -> tuple[GateLine, ...]:
    """Every line of the gate. Where outcomes are too few, no line that rests on them has a verdict."""
    return tuple(
        _line(rule, finding, gate) for rule, finding in [*_by_outcomes(comparison, gate), *_by_change(comparison, gate)]
    )


def gate_holds(lines: tuple[GateLine, ...]) -> bool:
    """Whether all lines let a version through; a gate without any line lets nobody through.

    >>> gate_holds(())
    False
    """
    return bool(lines) and all(line.holds for line in lines)


def _line(rule: GateRule, finding: GateFinding, gate: GateConfig) -> GateLine:
    verdicts = {True: GateVerdict.PASSED, False: GateVerdict.FAILED, None: GateVerdict.NOT_JUDGED}
    figure, reason = finding.figure, tuple(GATE_REASONS[name] for name in _LIMITS[rule])
    return GateLine(
        rule=rule,
        asks=finding.asks.within(ENGLISH),
        reason=" ".join(each.english for each in reason),
        found=finding.found.within(ENGLISH),
        verdict=verdicts[finding.holds],
        figure=figure.estimate,
        low=figure.low,
        high=figure.high,
        accepted=rule in gate.accept_not_judged,
        texts=GateTexts(asks=finding.asks, reason=reason, found=finding.found),
    )


def _by_outcomes(comparison: VersionComparison, gate: GateConfig) -> Iterator[tuple[GateRule, GateFinding]]:
    judged = comparison.judged
    enough = outcomes_finding(judged, gate)
    yield GateRule.OUTCOMES, enough
    for rule, find in _OUTCOME_RULES.items():
        finding = find(judged, gate)
        yield rule, finding if enough.holds else replace(finding, holds=None, found=_without(finding))


def _without(finding: GateFinding) -> Text:
    return _TOO_FEW.filled(found=finding.found) if finding.figure.estimate is not None else _NO_OUTCOMES


def outcomes_finding(judged: JudgedVersions | None, gate: GateConfig) -> GateFinding:
    """Whether there are outcomes enough, that neither version learned from."""
    asks = _ENOUGH.filled(clients=gate.least_clients, events=gate.least_events)
    if judged is None:
        return GateFinding(asks=asks, found=_NONE, holds=None)
    if judged.in_sample:
        return GateFinding(asks=asks, found=_IN_SAMPLE, holds=None)
    part = judged.so_far
    found = _FOUND.filled(
        clients=judged.clients,
        declined=judged.declined,
        elapsed=part.elapsed,
        stretch=STRETCHES[part.period].filled(count=part.horizon),
        day=str(judged.as_of),
    )
    fewest = min(judged.declined, judged.clients - judged.declined)
    enough = judged.clients >= gate.least_clients and fewest >= gate.least_events
    return GateFinding(asks=asks, found=found, holds=True if enough else None)


def auc_finding(judged: JudgedVersions | None, gate: GateConfig) -> GateFinding:
    """Whether decline is ranked no worse than by the champion, but for the margin."""
    return _no_lower(judged, AUC, gate.auc_margin)


def ranking_finding(judged: JudgedVersions | None, gate: GateConfig) -> GateFinding:
    """Whether value is ranked no worse than by the champion, but for the margin."""
    return _no_lower(judged, GINI, gate.value_ranking_margin)


def error_finding(judged: JudgedVersions | None, gate: GateConfig) -> GateFinding:
    """Whether the mean error of value per client is no larger than the champion's, but for the margin."""
    figure = judged.figure(ERROR) if judged else None
    asks = _ERROR.filled(margin=gate.value_error_margin)
    relative = figure.relative if figure else UNKNOWN
    if relative.estimate is None or relative.low is None or relative.high is None:
        return GateFinding(asks=asks, found=LEFT_OPEN, holds=None)
    found = _ranged(relative.estimate, relative.low, relative.high, "+.1%")
    return GateFinding(asks=asks, found=found, holds=relative.high < gate.value_error_margin, figure=relative)


def declines_finding(judged: JudgedVersions | None, gate: GateConfig) -> GateFinding:
    """Whether about as many decline as were expected to."""
    return _within(judged, DECLINES, gate.declines)


def slope_finding(judged: JudgedVersions | None, gate: GateConfig) -> GateFinding:
    """Whether probabilities of decline are neither too extreme nor too timid; only once the horizon is over."""
    return _within(judged, SLOPE, gate.calibration_slope)


def total_finding(judged: JudgedVersions | None, gate: GateConfig) -> GateFinding:
    """Whether clients together bring about what was expected."""
    return _within(judged, TOTAL, gate.value_total)


def coverage_finding(judged: JudgedVersions | None, gate: GateConfig) -> GateFinding:
    """Whether as many values lie inside their interval as it claims; only once the horizon is over."""
    figure = judged.figure(COVERAGE) if judged else None
    tolerance = gate.coverage_tolerance
    asks = (
        _COVERAGE.filled(tolerance=tolerance, level=judged.level)
        if judged
        else _COVERAGE_OPEN.filled(tolerance=tolerance)
    )
    if judged is None or figure is None or figure.second.estimate is None:
        waiting = judged is not None and not judged.so_far.is_whole
        found = NOT_OVER if waiting else _NO_INTERVALS
        return GateFinding(asks=asks, found=found, holds=None)
    share = figure.second.estimate
    holds = abs(share - judged.level) <= gate.coverage_tolerance
    return GateFinding(asks=asks, found=as_written(f"{share:.1%}"), holds=holds, figure=figure.second)


_OUTCOME_RULES: dict[GateRule, Callable[[JudgedVersions | None, GateConfig], GateFinding]] = {
    GateRule.AUC: auc_finding,
    GateRule.VALUE_RANKING: ranking_finding,
    GateRule.VALUE_ERROR: error_finding,
    GateRule.DECLINES: declines_finding,
    GateRule.CALIBRATION_SLOPE: slope_finding,
    GateRule.VALUE_TOTAL: total_finding,
    GateRule.COVERAGE: coverage_finding,
}


def _ranged(estimate: float, low: float, high: float, written: str) -> Text:
    """A figure with its interval, each as a format has it."""
    return _RANGED.filled(estimate=format(estimate, written), low=format(low, written), high=format(high, written))


def _no_lower(judged: JudgedVersions | None, metric: str, margin: float) -> GateFinding:
    figure = judged.figure(metric) if judged else None
    asks = _NO_LOWER[metric].filled(margin=margin)
    difference = figure.difference if figure else UNKNOWN
    if difference.estimate is None or difference.low is None or difference.high is None:
        return GateFinding(asks=asks, found=LEFT_OPEN, holds=None)
    found = _ranged(difference.estimate, difference.low, difference.high, "+.3f")
    return GateFinding(asks=asks, found=found, holds=difference.low > -margin, figure=difference)


def _within(judged: JudgedVersions | None, metric: str, limits: Between) -> GateFinding:
    figure = judged.figure(metric) if judged else None
    asks = _WITHIN[metric].filled(low=limits.low, high=limits.high)
    if judged is None or figure is None or figure.second.estimate is None:
        waiting = metric == SLOPE and judged is not None and not judged.so_far.is_whole
        return GateFinding(asks=asks, found=NOT_OVER if waiting else LEFT_OPEN, holds=None)
    second, estimate = figure.second, figure.second.estimate
    found = (
        as_written(f"{estimate:.2f}")
        if second.low is None or second.high is None
        else _ranged(estimate, second.low, second.high, ".2f")
    )
    return GateFinding(asks=asks, found=found, holds=limits.holds(estimate), figure=second)


def _by_change(comparison: VersionComparison, gate: GateConfig) -> Iterator[tuple[GateRule, GateFinding]]:
    change, stretch = comparison.change, STRETCHES[comparison.period]
    share = change.tiers.share
    yield (
        GateRule.TIER_MOVES,
        GateFinding(
            asks=_MOVES.filled(share=gate.most_tier_moves),
            found=_MOVED.filled(share=share, moved=change.tiers.moved, clients=change.tiers.clients),
            holds=share <= gate.most_tier_moves,
            figure=ReportedInterval(estimate=share),
        ),
    )
    yield GateRule.EXPLANATIONS, _explanations(comparison, gate)
    oldest = gate.most_periods_old or HORIZONS_OLD * comparison.horizon
    yield (
        GateRule.DATA_AGE,
        GateFinding(
            asks=_AGE.filled(stretch=stretch.filled(count=oldest)),
            found=stretch.filled(count=change.periods_old[1]),
            holds=change.periods_old[1] <= oldest,
            figure=ReportedInterval(estimate=float(change.periods_old[1])),
        ),
    )


def _explanations(comparison: VersionComparison, gate: GateConfig) -> GateFinding:
    asks = _REASONS.filled(least=gate.least_reason_correlation)
    found = {each.model: each.correlation for each in comparison.change.reasons}
    known = [each for each in found.values() if each is not None]
    if not found or len(known) < len(found):
        return GateFinding(asks=asks, found=_NO_REASONS, holds=None)
    each_model = [_OF_MODEL[model].filled(correlation=value) for model, value in found.items() if value is not None]
    words = reduce(lambda said, each: CLAUSES.filled(first=said, next=each), each_model)
    lowest = min(known)
    holds = lowest >= gate.least_reason_correlation
    return GateFinding(asks=asks, found=words, holds=holds, figure=ReportedInterval(estimate=lowest))
