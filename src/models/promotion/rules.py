"""Rules of the gate: each line from a comparison and its limit, without any model, registry or clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

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
from models.config.gate import Between, GateConfig, GateRule
from models.metrics.bootstrap import ReportedInterval
from models.promotion.report import GateLine, GateVerdict

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
LEFT_OPEN, NOT_OVER = "these clients leave it open", "the horizon is not over"
UNKNOWN = ReportedInterval(estimate=None)


@dataclass(frozen=True, kw_only=True)
class GateFinding:
    """What a rule finds: in words, as a number with its interval, and whether it holds; None where nothing can tell."""

    asks: str
    found: str
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
    figure = finding.figure
    return GateLine(
        rule=rule,
        asks=finding.asks,
        reason=" ".join(str(GateConfig.model_fields[name].description) for name in _LIMITS[rule]),
        found=finding.found,
        verdict=verdicts[finding.holds],
        figure=figure.estimate,
        low=figure.low,
        high=figure.high,
        accepted=rule in gate.accept_not_judged,
    )


def _by_outcomes(comparison: VersionComparison, gate: GateConfig) -> Iterator[tuple[GateRule, GateFinding]]:
    judged = comparison.judged
    enough = outcomes_finding(judged, gate)
    yield GateRule.OUTCOMES, enough
    for rule, find in _OUTCOME_RULES.items():
        finding = find(judged, gate)
        yield rule, finding if enough.holds else replace(finding, holds=None, found=_without(finding))


def _without(finding: GateFinding) -> str:
    return f"{finding.found}: too few outcomes to judge by" if finding.figure.estimate is not None else "no outcomes"


def outcomes_finding(judged: JudgedVersions | None, gate: GateConfig) -> GateFinding:
    """Whether there are outcomes enough, that neither version learned from."""
    asks = f"at least {gate.least_clients:,} clients, of whom {gate.least_events:,} declined and as many did not"
    if judged is None:
        return GateFinding(asks=asks, found="none that neither version learned from", holds=None)
    if judged.in_sample:
        return GateFinding(asks=asks, found="outcomes that a version learned from", holds=None)
    part = judged.so_far
    found = (
        f"{judged.clients:,} clients, {judged.declined:,} declined, {part.elapsed} of {part.horizon} {part.period}s "
        f"after {judged.as_of}"
    )
    fewest = min(judged.declined, judged.clients - judged.declined)
    enough = judged.clients >= gate.least_clients and fewest >= gate.least_events
    return GateFinding(asks=asks, found=found, holds=True if enough else None)


def auc_finding(judged: JudgedVersions | None, gate: GateConfig) -> GateFinding:
    """Whether decline is ranked no worse than by the champion, but for the margin."""
    return _no_lower(judged, AUC, "AUC", gate.auc_margin)


def ranking_finding(judged: JudgedVersions | None, gate: GateConfig) -> GateFinding:
    """Whether value is ranked no worse than by the champion, but for the margin."""
    return _no_lower(judged, GINI, "normalized Gini", gate.value_ranking_margin)


def error_finding(judged: JudgedVersions | None, gate: GateConfig) -> GateFinding:
    """Whether the mean error of value per client is no larger than the champion's, but for the margin."""
    figure = judged.figure(ERROR) if judged else None
    asks = f"mean error of value at most {gate.value_error_margin:.0%} larger, 95% sure"
    relative = figure.relative if figure else UNKNOWN
    if relative.estimate is None or relative.low is None or relative.high is None:
        return GateFinding(asks=asks, found=LEFT_OPEN, holds=None)
    found = f"{relative.estimate:+.1%} ({relative.low:+.1%} to {relative.high:+.1%})"
    return GateFinding(asks=asks, found=found, holds=relative.high < gate.value_error_margin, figure=relative)


def declines_finding(judged: JudgedVersions | None, gate: GateConfig) -> GateFinding:
    """Whether about as many decline as were expected to."""
    return _within(judged, DECLINES, "declines expected over come", gate.declines)


def slope_finding(judged: JudgedVersions | None, gate: GateConfig) -> GateFinding:
    """Whether probabilities of decline are neither too extreme nor too timid; only once the horizon is over."""
    return _within(judged, SLOPE, "calibration slope", gate.calibration_slope)


def total_finding(judged: JudgedVersions | None, gate: GateConfig) -> GateFinding:
    """Whether clients together bring about what was expected."""
    return _within(judged, TOTAL, "total value expected over come", gate.value_total)


def coverage_finding(judged: JudgedVersions | None, gate: GateConfig) -> GateFinding:
    """Whether as many values lie inside their interval as it claims; only once the horizon is over."""
    figure = judged.figure(COVERAGE) if judged else None
    level = f"{judged.level:.0%}" if judged else "the level"
    asks = f"values inside their interval within {gate.coverage_tolerance:.0%} of {level}"
    if judged is None or figure is None or figure.second.estimate is None:
        waiting = judged is not None and not judged.so_far.is_whole
        found = NOT_OVER if waiting else "a version gives no intervals of value"
        return GateFinding(asks=asks, found=found, holds=None)
    share = figure.second.estimate
    holds = abs(share - judged.level) <= gate.coverage_tolerance
    return GateFinding(asks=asks, found=f"{share:.1%}", holds=holds, figure=figure.second)


_OUTCOME_RULES: dict[GateRule, Callable[[JudgedVersions | None, GateConfig], GateFinding]] = {
    GateRule.AUC: auc_finding,
    GateRule.VALUE_RANKING: ranking_finding,
    GateRule.VALUE_ERROR: error_finding,
    GateRule.DECLINES: declines_finding,
    GateRule.CALIBRATION_SLOPE: slope_finding,
    GateRule.VALUE_TOTAL: total_finding,
    GateRule.COVERAGE: coverage_finding,
}


def _no_lower(judged: JudgedVersions | None, metric: str, called: str, margin: float) -> GateFinding:
    figure = judged.figure(metric) if judged else None
    asks = f"{called} at most {margin:g} lower, 95% sure"
    difference = figure.difference if figure else UNKNOWN
    if difference.estimate is None or difference.low is None or difference.high is None:
        return GateFinding(asks=asks, found=LEFT_OPEN, holds=None)
    found = f"{difference.estimate:+.3f} ({difference.low:+.3f} to {difference.high:+.3f})"
    return GateFinding(asks=asks, found=found, holds=difference.low > -margin, figure=difference)


def _within(judged: JudgedVersions | None, metric: str, called: str, limits: Between) -> GateFinding:
    figure = judged.figure(metric) if judged else None
    asks = f"{called} within {limits.low:g} to {limits.high:g}"
    if judged is None or figure is None or figure.second.estimate is None:
        waiting = metric == SLOPE and judged is not None and not judged.so_far.is_whole
        return GateFinding(asks=asks, found=NOT_OVER if waiting else LEFT_OPEN, holds=None)
    second = figure.second
    ends = "" if second.low is None or second.high is None else f" ({second.low:.2f} to {second.high:.2f})"
    found = f"{second.estimate:.2f}{ends}"
    return GateFinding(asks=asks, found=found, holds=limits.holds(figure.second.estimate), figure=second)


def _by_change(comparison: VersionComparison, gate: GateConfig) -> Iterator[tuple[GateRule, GateFinding]]:
    change, period = comparison.change, comparison.period
    share = change.tiers.share
    yield (
        GateRule.TIER_MOVES,
        GateFinding(
            asks=f"at most {gate.most_tier_moves:.0%} of the clients change tier",
            found=f"{share:.1%} ({change.tiers.moved:,} of {change.tiers.clients:,})",
            holds=share <= gate.most_tier_moves,
            figure=ReportedInterval(estimate=share),
        ),
    )
    yield GateRule.EXPLANATIONS, _explanations(comparison, gate)
    oldest = gate.most_periods_old or HORIZONS_OLD * comparison.horizon
    yield (
        GateRule.DATA_AGE,
        GateFinding(
            asks=f"learned from outcomes at most {oldest} {period}s old",
            found=f"{change.periods_old[1]} {period}s",
            holds=change.periods_old[1] <= oldest,
            figure=ReportedInterval(estimate=float(change.periods_old[1])),
        ),
    )


def _explanations(comparison: VersionComparison, gate: GateConfig) -> GateFinding:
    asks = f"rank correlation of reasons at least {gate.least_reason_correlation:g}"
    found = {each.model: each.correlation for each in comparison.change.reasons}
    known = [each for each in found.values() if each is not None]
    if not found or len(known) < len(found):
        return GateFinding(asks=asks, found="a version ranks no reason before another", holds=None)
    words = ", ".join(f"{model} {value:.2f}" for model, value in found.items())
    lowest = min(known)
    holds = lowest >= gate.least_reason_correlation
    return GateFinding(asks=asks, found=words, holds=holds, figure=ReportedInterval(estimate=lowest))
