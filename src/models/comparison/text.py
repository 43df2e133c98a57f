"""Names and sentences of a comparison."""

from __future__ import annotations

from collections.abc import Iterator

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
    ComparedFigure,
    HorizonSoFar,
    JudgedVersions,
    PairVerdict,
    TierSwitches,
    VersionComparison,
)
from models.metrics.bootstrap import ReportedInterval
from models.reasons.figures import money
from models.shell.small_plots import short_number
from models.text import ENGLISH

CALLED = {
    AUC: "AUC",
    BRIER: "Brier score",
    INTERCEPT: "calibration intercept",
    SLOPE: "calibration slope",
    DECLINES: "declines expected over come",
    GINI: "normalized Gini",
    CONCENTRATION: "signed concentration",
    TOTAL: "total expected over come",
    BIAS: "mean error",
    ERROR: "mean absolute error",
    COVERAGE: "inside their interval",
    WIDTH: "width of intervals",
}
BEST = {
    "more": "more is better",
    "less": "less is better",
    "near one": "1 is right",
    "near zero": "0 is right",
    "near the level of the interval": "{level:.0%} is right",
}
_AMOUNTS = (BIAS, ERROR)
_ALL = 0.9995
"""From here on a share is written as 100%."""
VERDICTS = {PairVerdict.BETTER: "better", PairVerdict.WORSE: "worse", PairVerdict.OPEN: "undecided"}


def figure_name(figure: ComparedFigure, currency: str) -> str:
    """What a figure is called, with its unit where it has one."""
    return CALLED[figure.metric] + (f", {currency}" if figure.metric in _AMOUNTS else "")


def goal(figure: ComparedFigure, level: float) -> str:
    """Which of two such figures is better."""
    return BEST[figure.better.value].format(level=level)


def written(metric: str, value: float | None, *, signed: bool = False) -> str:
    """A figure in its unit."""
    if value is None:
        return "–"
    plus = "+" if signed and value > 0 else ""
    return plus + (short_number(value) if metric in _AMOUNTS else f"{value:.3f}")


def ranged(metric: str, interval: ReportedInterval, *, signed: bool = False) -> str:
    """A figure with its interval."""
    estimate = written(metric, interval.estimate, signed=signed)
    if interval.low is None or interval.high is None:
        return estimate
    ends = (written(metric, end, signed=signed) for end in (interval.low, interval.high))
    return f"{estimate} ({' to '.join(ends)})"


def names_of(report: VersionComparison) -> tuple[str, str]:
    """What both are called; by letters where that is the same."""
    first, second = (each.name for each in report.versions)
    return (first, second) if first != second else (f"A: {first}", f"B: {second}")


def judged_sentence(report: VersionComparison) -> str:
    """On whom, when and by how much of the horizon both were judged; or why they were not."""
    judged = report.judged
    if judged is None:
        return f"Not judged: {report.why}."
    part = judged.so_far
    over = "the whole horizon" if part.is_whole else f"{part.elapsed} of {part.horizon} {part.period}s"
    groups = f" of {judged.groups:,} sponsor groups" if judged.groups_known else ""
    came = money(judged.value, report.currency, ENGLISH)
    stood = "declined" if part.is_whole else "stand as declined so far"
    return (
        f"As of {judged.as_of}, {over} until {judged.outcomes_until}: of {judged.clients:,} clients{groups} "
        f"{judged.declined:,} {stood}; together they brought {came}."
    )


def method_sentences(judged: JudgedVersions) -> Iterator[str]:
    """How a part of a horizon is judged, and what that cannot tell."""
    part = judged.so_far
    if part.is_whole:
        return
    period = part.period
    if not part.earlier:
        yield (
            "No earlier horizon is over: a decline is taken to stand from its onset, and value to come evenly. "
            "Levels may be off; only the ranking can be relied on."
        )
        return
    dates = f"{len(part.earlier)} earlier date{'s' if len(part.earlier) > 1 else ''}"
    low, high = part.margin_range
    lost = "" if part.loss is None else f" and {part.loss:.0%} of the credit loss"
    yield _decline_method(part, dates)
    yield (
        f"Value: at {dates}, {part.margin:.0%} of the margin of {part.horizon} {period}s had come after {part.elapsed} "
        f"({low:.0%} to {high:.0%} by date){lost}; so much of what each client is expected to bring is held against "
        "what came. That share is the book's, not the client's: of who pays early or late this says nothing. "
        "The calibration slope and intervals of value wait until the horizon is over."
    )


def _decline_method(part: HorizonSoFar, dates: str) -> str:
    after = f"after {part.elapsed} {part.period}s"
    if part.event == "return":
        return (
            "Declines: a client stands as declined until it comes back, and each version's curve says with what chance "
            f"it has by now.{_matured(part, after, dates)}"
        )
    return (
        f"Declines: each version's curve says with what chance a decline has begun by now. At {dates}, "
        f"{part.behind:.1%} of the clients without one stood as declined {after} all the same, and might catch up; "
        "the chance that a client stands so now is both together."
    )


def _matured(part: HorizonSoFar, after: str, dates: str) -> str:
    if part.behind >= _ALL:
        return ""
    return (
        f" At {dates}, {part.behind:.1%} of those that had not come back {after} stood as declined; for the others all "
        "had ended on schedule."
    )


def tier_sentence(tiers: TierSwitches, currency: str) -> str:
    """Who would change tier, and their money."""
    value = money(tiers.moved_value, currency, ENGLISH)
    lent = (
        "" if tiers.moved_exposure is None else f" and an exposure of {money(tiers.moved_exposure, currency, ENGLISH)}"
    )
    return (
        f"{tiers.moved:,} of {tiers.clients:,} clients ({tiers.share:.1%}) would change tier, {tiers.up:,} of them up, "
        f"with an expected value of {value}{lent}."
    )


def closing(report: VersionComparison) -> Iterator[str]:
    """What a comparison comes to, in sentences."""
    first, second = names_of(report)
    if report.judged is not None:
        for target in ("decline", "value"):
            yield _summary(report.judged, target, first, second)
    place = f"With {second} in the place of {first} on {report.change.as_of}, "
    yield place + tier_sentence(report.change.tiers, report.currency)


def _summary(judged: JudgedVersions, target: str, first: str, second: str) -> str:
    figures = [each for each in judged.figures if each.target == target]
    found = {
        verdict: [CALLED[each.metric] for each in figures if each.standing is verdict]
        for verdict in (PairVerdict.BETTER, PairVerdict.WORSE)
    }
    parts = [f"{VERDICTS[verdict]} by {', '.join(names)}" for verdict, names in found.items() if names]
    outcome = "; ".join(parts) or f"neither better nor worse than {first} for sure"
    return f"{target.capitalize()}: {second} is {outcome}."
