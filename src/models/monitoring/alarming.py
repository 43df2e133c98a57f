"""Figures of outcomes as readings that limits are held against, each in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from models.metrics.bootstrap import Interval
from models.monitoring.report import ALL, IN_SAMPLE, PublicationOutcomes, TierEvents
from models.monitoring.rules import away_from_one, gap
from models.plausibility.alarms import Reading
from models.text import Text

OUTCOMES = "outcomes"
_KNEW = Text("{found} ({mark})", "remark")
_SLOPE = Text("the slope of calibration must be about 1, got {slope}")
_BOLD_OR_SHY = Text("train again: below 1 chances are too bold, above 1 too shy")
_FORESEEN = {
    "decline": Text(
        "after {elapsed} of {horizon} periods about {foreseen:.1f} declines of {clients:,} clients were foreseen, got "
        "{came:.1f} ({low:.1f} to {high:.1f})"
    ),
    "return": Text(
        "after {elapsed} of {horizon} periods about {foreseen:.1f} returns of {clients:,} clients were foreseen, got "
        "{came:.1f} ({low:.1f} to {high:.1f})"
    ),
}
_YEAR_OR_MODELS = Text(
    "look whether it is the year or the models: by tier, region and cause; train again with what came"
)
_COVERAGE = Text("{level:.0%} of the values must lie within their intervals, got {share}")
_INTERVALS = Text("train again: intervals are set on the latest origins")
_TOTAL = Text("the value that came must be about that foreseen, got {ratio} times as much")
_WHICH_OFF = Text("look which tiers and kinds of income are off; train again with what came")
_PRECISION = Text(
    "warned clients must decline or default more often than the {rate:.0%} of all, got {share} of {shown}"
)
_IN_VAIN = Text("look at warnings.dimensions: which of them warned in vain")
_RANGE = Text("{estimate:.2f} ({low:.2f} to {high:.2f})")
_SHARES = Text("{estimate:.0%} ({low:.0%} to {high:.0%})")


def outcome_readings(outcomes: PublicationOutcomes) -> Iterator[Reading]:
    """Every figure of what came since one publication; of scores in sample each says so."""
    for reading in _readings(outcomes):
        yield (
            replace(reading, found=_KNEW.filled(found=reading.found, mark=IN_SAMPLE)) if outcomes.in_sample else reading
        )


def _readings(outcomes: PublicationOutcomes) -> Iterator[Reading]:
    for tier in outcomes.tiers:
        yield _declines(tier, outcomes)
    if outcomes.calibration is not None:
        yield _reading(
            "calibration",
            "decline_probability",
            away_from_one(outcomes.calibration),
            _SLOPE.filled(slope=_between(outcomes.calibration)),
            _BOLD_OR_SHY,
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
        _FORESEEN[outcomes.event].filled(
            elapsed=outcomes.elapsed,
            horizon=outcomes.horizon,
            foreseen=tier.foreseen,
            clients=tier.clients,
            came=came.estimate,
            low=came.low,
            high=came.high,
        ),
        _YEAR_OR_MODELS,
    )


def _values(outcomes: PublicationOutcomes) -> Iterator[Reading]:
    value = outcomes.value
    if value.coverage is not None:
        yield _reading(
            "coverage",
            "value intervals",
            value.level - value.coverage.high,
            _COVERAGE.filled(level=value.level, share=_percents(value.coverage)),
            _INTERVALS,
        )
    if value.ratio is not None:
        yield _reading(
            "value_total",
            "value",
            away_from_one(value.ratio),
            _TOTAL.filled(ratio=_between(value.ratio)),
            _WHICH_OFF,
        )


def _warnings(outcomes: PublicationOutcomes) -> Iterator[Reading]:
    found = outcomes.warnings
    if found is not None and found.base_rate > 0:
        yield _reading(
            "warning_precision",
            "warnings",
            1.0 - found.precision.high / found.base_rate,
            _PRECISION.filled(rate=found.base_rate, share=_percents(found.precision), shown=found.shown),
            _IN_VAIN,
        )


def _reading(code: str, subject: str, figure: float, found: Text, remedy: Text) -> Reading:
    return Reading(code=code, subject=subject, beside=OUTCOMES, figure=figure, found=found, remedy=remedy)


def _between(interval: Interval) -> Text:
    return _RANGE.filled(estimate=interval.estimate, low=interval.low, high=interval.high)


def _percents(interval: Interval) -> Text:
    return _SHARES.filled(estimate=interval.estimate, low=interval.low, high=interval.high)
