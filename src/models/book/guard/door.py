"""Plausibility of a book by itself, from its profile."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from models.book.guard.findings import Finding
from models.book.guard.histograms import code_at, share_below_zero, size_of
from models.book.guard.profile import BookProfile, RhythmProfile, TableProfile
from models.book.periods import DAYS_PER_PERIOD, WHOLE_PERIODS_PER_YEAR, PeriodName
from models.lazy import lazy
from models.text import ENGLISH

if TYPE_CHECKING:
    from models.book.plausibility import all_checks
else:
    all_checks = lazy("models.book.plausibility.all_checks")

RECENT_PERIODS = 3
MIN_ROWS = 20
"""Shares and medians of fewer rows say nothing."""
_DAYS_PER_MONTH = 30.4
_USUAL_SILENCES = 1.5
_SIGMAS = 3.0


@dataclass(frozen=True, kw_only=True)
class Span:
    """Where a book ends and how its time is cut."""

    known_until: date
    period: PeriodName


def door_findings(profile: BookProfile, span: Span) -> Iterator[Finding]:
    """Every figure that the door looks at, table by table."""
    for name, table in profile.tables.items():
        if table.rhythm is not None and table.rows >= MIN_ROWS:
            yield _late(name, table.rhythm, span)
            yield from _pace(name, table.rhythm, span)
            yield from _repeats(name, table)
    if "cashflows" in profile.tables:
        yield from _amounts(profile.tables["cashflows"])
    yield from _rules(profile)


def _late(name: str, rhythm: RhythmProfile, span: Span) -> Finding:
    behind = (span.known_until - rhythm.last).days
    usual = max(DAYS_PER_PERIOD[span.period], _USUAL_SILENCES * rhythm.longest_silence)
    since = f"{behind / _DAYS_PER_MONTH:.0f} months" if behind > 2 * _DAYS_PER_MONTH else f"{behind} days"
    what = "cashflow" if name == "cashflows" else f"row of {name}"
    return Finding(
        setting="late_cashflows" if name == "cashflows" else "late_table",
        figure=behind / usual,
        subject=name,
        found=f"the book must reach to book.known_until, got the last {what} of {rhythm.last}, {since} before "
        f"{span.known_until} (at most {rhythm.longest_silence} days without one are usual)",
        remedy=f"add what is missing, or set book.known_until to {rhythm.last + timedelta(days=1)}",
    )


def _pace(name: str, rhythm: RhythmProfile, span: Span) -> Iterator[Finding]:
    """The last periods together, beside as many at any time of the year before, less what chance does."""
    places = range(WHOLE_PERIODS_PER_YEAR[span.period] + 1)
    sums = [sum(rhythm.periods.get(-place - each, 0) for each in range(1, RECENT_PERIODS + 1)) for place in places]
    recent, before = sums[0], sums[RECENT_PERIODS:]
    low, high = min(before), max(before)
    if low < MIN_ROWS:
        return
    least, most = low - _SIGMAS * math.sqrt(low), high + _SIGMAS * math.sqrt(high)
    place = f"in {RECENT_PERIODS} {span.period}s on end"
    remedy = "look whether the last delivery is whole and came once"
    yield Finding(
        setting="thin_periods",
        figure=least / max(recent, 1),
        subject=name,
        found=f"no fewer than about {least:,.0f} rows are usual {place}, got {recent:,} in the last",
        remedy=remedy,
    )
    yield Finding(
        setting="thick_periods",
        figure=recent / most,
        subject=name,
        found=f"no more than about {most:,.0f} rows are usual {place}, got {recent:,} in the last",
        remedy=remedy,
    )


def _repeats(name: str, table: TableProfile) -> Iterator[Finding]:
    rhythm = table.rhythm
    if rhythm is None:
        return
    recent = range(-RECENT_PERIODS, 0)
    rows, late = sum(rhythm.periods.get(place, 0) for place in recent), "the last periods"
    parts = [(table.rows, sum(rhythm.repeats.values()), "the table")]
    parts += [(rows, sum(rhythm.repeats.get(place, 0) for place in recent), late)] if rows >= MIN_ROWS else []
    share, repeats, part = max((repeats / rows, repeats, part) for rows, repeats, part in parts)
    yield Finding(
        setting="repeated_rows",
        figure=share,
        subject=name,
        found=f"rows must not repeat others in every column, got {share:.0%} of {part}",
        remedy="look whether something was delivered twice",
        count=repeats,
    )


def _amounts(cashflows: TableProfile) -> Iterator[Finding]:
    for kind, profile in cashflows.kinds.items():
        bins = {code: count for code, count in profile.bins["amount"].items() if code}
        if sum(bins.values()) < MIN_ROWS:
            continue
        largest, usual = size_of(max(bins, key=abs)), size_of(code_at({abs(c): n for c, n in bins.items()}, 0.5))
        yield Finding(
            setting="outlying_amount",
            figure=largest / usual,
            subject=f"cashflows.amount of {kind}",
            found=f"amounts of a kind must be of one unit, got one about {largest / usual:,.0f} times the median",
            remedy="look for a slip of units in the largest amounts",
        )
        share = share_below_zero(bins)
        yield Finding(
            setting="negative_amounts",
            figure=share,
            subject=f"cashflows.amount of {kind}",
            found=f"amounts must not be negative, since the kind tells the direction, got {share:.0%} below zero",
            remedy="turn the sign at the source",
        )


def _rules(profile: BookProfile) -> Iterator[Finding]:
    for check in all_checks.ALL_CHECKS:
        rule = profile.rules.get(check.name)
        if rule is None or rule.looked_at < MIN_ROWS:
            continue
        yield Finding(
            setting="inconsistent",
            figure=rule.share,
            subject=check.table,
            found=f"{check.rule.within(ENGLISH).rstrip('.')}; {rule.failing:,} of {rule.looked_at:,} break this",
            remedy=f"compare {' and '.join(check.needs)}: units, signs, dates and what columns mean",
            count=rule.failing,
        )
