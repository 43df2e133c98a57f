"""Words of monitoring that terminal and page share."""

from __future__ import annotations

from collections.abc import Iterable

from models.metrics.bootstrap import Interval
from models.monitoring.report import ALL, IN_SAMPLE, MonitorReport, PublicationOutcomes
from models.notices import Severity
from models.plausibility.alarms import Alarm

GRAVE = {Severity.REFUSED: "grave", Severity.WARNING: "warning", Severity.NOTE: "note"}
"""Monitoring refuses nothing: what would stop a publication is grave."""
CODES = {
    "level": "another unit or size",
    "missing": "not known any more",
    "unseen": "categories never seen",
    "sign": "another sign",
    "exchanged": "changed places",
    "shift": "inputs moved",
    "moved_inputs": "much of what is known moved",
    "silent": "the feed stands still",
    "clients": "fewer or more clients",
    "ranks": "clients rank otherwise",
    "score_shift": "scores moved",
    "grade_shift": "grades moved",
    "reason_shift": "other reasons come first",
    "declines": "more or fewer than foreseen",
    "calibration": "chances too bold or too shy",
    "coverage": "values outside their intervals",
    "value_total": "another value than foreseen",
    "warning_precision": "warnings in vain",
}
"""The limits of the section ``monitor`` as a person says what they watch."""


def headline(report: MonitorReport) -> str:
    """In a sentence whether somebody must look."""
    counts = [(GRAVE[level], sum(a.severity is level for a in report.alarms)) for level in reversed(Severity)]
    parts = [f"{count} {name}{_plural(name, count)}" for name, count in counts if count]
    if not parts:
        return "no alarm"
    return f"{'ALARM' if report.is_raised else 'no alarm'}: {', '.join(parts)}"


def alarm_head(alarm: Alarm) -> str:
    """What kind of alarm it is, and beside what."""
    beside = f", beside {alarm.beside}" if alarm.beside != "outcomes" else f", since {alarm.as_of}"
    return f"{CODES[alarm.code]}{beside}"


def alarm_sentence(alarm: Alarm) -> str:
    """Of what, what was expected and got, and what to do."""
    return f"{alarm.named}: {alarm.found}; {alarm.remedy}"


def elapsed_sentence(outcomes: PublicationOutcomes, period: str) -> str:
    """How far the horizon of a publication has passed, how that was counted, and whether its models knew what came."""
    mark = f"; {IN_SAMPLE}" if outcomes.in_sample else ""
    if outcomes.is_over:
        return f"published {outcomes.as_of}, horizon of {outcomes.horizon} {period}s over{mark}"
    counted = ""
    if outcomes.settled_from:
        counted = f"; who is behind counts by how often it stayed behind at {outcomes.settled_from} past dates"
    return f"published {outcomes.as_of}, after {outcomes.elapsed} of {outcomes.horizon} {period}s{counted}{mark}"


def tier_name(tier: str) -> str:
    """The name of a row of outcomes."""
    return "all" if tier == ALL else tier


def range_of(interval: Interval, say: str = "{:.1f}") -> str:
    """A figure with its interval.

    >>> range_of(Interval(estimate=2.0, low=1.0, high=3.04))
    '2.0 (1.0 to 3.0)'
    """
    figure, low, high = (say.format(each) for each in (interval.estimate, interval.low, interval.high))
    return f"{figure} ({low} to {high})"


def shown_first(outcomes: Iterable[PublicationOutcomes]) -> list[PublicationOutcomes]:
    """Of publications whose horizon is over the newest, then of the others the one of which most has passed."""
    known = list(outcomes)
    return [*[each for each in known if each.is_over][-1:], *[each for each in known if not each.is_over][:1]]


def _plural(name: str, count: int) -> str:
    return "s" if count != 1 and name != "grave" else ""
