"""Figures of outcomes as readings that limits are held against, each in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from models.metrics.bootstrap import Interval
from models.monitoring.report import ALL, IN_SAMPLE, PublicationOutcomes, TierEvents
from models.monitoring.rules import away_from_one, gap
from models.plausibility.alarms import Reading

OUTCOMES = "outcomes"


def outcome_readings(outcomes: PublicationOutcomes) -> Iterator[Reading]:
    """Every figure of what came since one publication; of scores in sample each says so."""
    for reading in _readings(outcomes):
        yield replace(reading, found=f"{reading.found} ({IN_SAMPLE})") if outcomes.in_sample else reading


def _readings(outcomes: PublicationOutcomes) -> Iterator[Reading]:
    for tier in outcomes.tiers:
        yield _declines(tier, outcomes)
    if outcomes.calibration is not None:
        yield _reading(
            "calibration",
            "decline_probability",
            away_from_one(outcomes.calibration),
            f"the slope of calibration must be about 1, got {_between(outcomes.calibration)}",
            "train again: below 1 chances are too bold, above 1 too shy",
        )
    yield from _values(outcomes)
    yield from _warnings(outcomes)


def _declines(tier: TierEvents, outcomes: PublicationOutcomes) -> Reading:
    who = "all tiers" if tier.tier == ALL else f"tier {tier.tier}"
    came = tier.came
    return _reading(
        "declines",
        who,
        gap(came, tier.foreseen),
        f"after {outcomes.elapsed} of {outcomes.horizon} periods about {tier.foreseen:.1f} {outcomes.event}s of "
        f"{tier.clients:,} clients were foreseen, got {came.estimate:.1f} ({came.low:.1f} to {came.high:.1f})",
        "look whether it is the year or the models: by tier, region and cause; train again with what came",
    )


def _values(outcomes: PublicationOutcomes) -> Iterator[Reading]:
    value = outcomes.value
    if value.coverage is not None:
        yield _reading(
            "coverage",
            "value intervals",
            value.level - value.coverage.high,
            f"{value.level:.0%} of the values must lie within their intervals, got {_percents(value.coverage)}",
            "train again: intervals are set on the latest origins",
        )
    if value.ratio is not None:
        yield _reading(
            "value_total",
            "value",
            away_from_one(value.ratio),
            f"the value that came must be about that foreseen, got {_between(value.ratio)} times as much",
            "look which tiers and kinds of income are off; train again with what came",
        )


def _warnings(outcomes: PublicationOutcomes) -> Iterator[Reading]:
    found = outcomes.warnings
    if found is not None and found.base_rate > 0:
        yield _reading(
            "warning_precision",
            "warnings",
            1.0 - found.precision.high / found.base_rate,
            f"warned clients must decline or default more often than the {found.base_rate:.0%} of all, "
            f"got {_percents(found.precision)} of {found.shown}",
            "look at warnings.dimensions: which of them warned in vain",
        )


def _reading(code: str, subject: str, figure: float, found: str, remedy: str) -> Reading:
    return Reading(code=code, subject=subject, beside=OUTCOMES, figure=figure, found=found, remedy=remedy)


def _between(interval: Interval) -> str:
    return f"{interval.estimate:.2f} ({interval.low:.2f} to {interval.high:.2f})"


def _percents(interval: Interval) -> str:
    return f"{interval.estimate:.0%} ({interval.low:.0%} to {interval.high:.0%})"
