"""Names and sentences of a comparison."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

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
    ComparedVersion,
    ExplainedShift,
    HorizonSoFar,
    JudgedVersions,
    PairVerdict,
    ReasonShift,
    TierSwitches,
    VersionComparison,
)
from models.metrics.bootstrap import ReportedInterval
from models.panel.features.labels import STRETCHES
from models.reasons.figures import currency_name, money
from models.shell.small_plots import short_number
from models.text import ENGLISH, SENTENCES, Language, Phrase, Text, as_written, in_a_row, joined, number

CALLED: Final = {
    AUC: Text("AUC"),
    BRIER: Text("Brier score"),
    INTERCEPT: Text("calibration intercept"),
    SLOPE: Text("calibration slope"),
    DECLINES: Text("declines expected over come"),
    GINI: Text("normalized Gini"),
    CONCENTRATION: Text("signed concentration"),
    TOTAL: Text("total expected over come"),
    BIAS: Text("mean error"),
    ERROR: Text("mean absolute error"),
    COVERAGE: Text("inside their interval"),
    WIDTH: Text("width of intervals"),
}
BASELINES: Final = {"recency": Text("recency", "baseline"), "past sum": Text("past sum", "baseline")}
GROUPINGS: Final = {
    "tier": Text("tier", "grouping"),
    "region": Text("region", "grouping"),
    "country": Text("country", "grouping"),
    "size": Text("size", "grouping"),
    "ownership": Text("ownership", "grouping"),
    "industry": Text("industry", "grouping"),
}
"""What clients may have in common."""
TARGETS: Final = {"decline": Text("Decline", "target"), "value": Text("Value", "target")}
_BEST: Final = {
    Better.MORE: Text("more is better"),
    Better.LESS: Text("less is better"),
    Better.NEAR_ONE: Text("1 is right"),
    Better.NEAR_ZERO: Text("0 is right"),
    Better.NEAR_LEVEL: Text("{level:.0%} is right"),
}
_AMOUNTS: Final = (BIAS, ERROR)
_ALL: Final = 0.9995
"""From here on a share is written as 100%."""
VERDICTS: Final = {
    PairVerdict.BETTER: Text("better", "verdict on a version"),
    PairVerdict.WORSE: Text("worse", "verdict on a version"),
    PairVerdict.OPEN: Text("undecided", "verdict on a version"),
}
_VERSION: Final = Text("version {number}")
_FIRST, _SECOND = Text("A: {name}"), Text("B: {name}")
_IN_UNIT: Final = Text("{name}, {unit}", "unit")
_RANGED: Final = Text("{estimate} ({low} to {high})", "range of a figure")
_NOT_JUDGED: Final = Text("Not judged: {why}.")
_WHOLE: Final = Text("the whole horizon")
_PART: Final = Text("{elapsed} of {stretch}", "part of a horizon")
_OF_GROUPS: Final = Text(" of {count:,} sponsor groups")
_CAME: Final = Text(
    "As of {day}, {over} until {until}: of {clients:,} clients{groups} {declined:,} declined; together they brought "
    "{came}."
)
_CAME_SO_FAR: Final = Text(
    "As of {day}, {over} until {until}: of {clients:,} clients{groups} {declined:,} stand as declined so far; together "
    "they brought {came}."
)
_NO_EARLIER: Final = Text(
    "No earlier horizon is over: a decline is taken to stand from its onset, and value to come evenly. "
    "Levels may be off; only the ranking can be relied on."
)
_EARLIER: Final = Text("{count} earlier date", plural="{count} earlier dates")
_OF_LOSS: Final = Text(" and {share:.0%} of the credit loss")
_VALUE_METHOD: Final = Text(
    "Value: at {dates}, {margin:.0%} of the margin of {stretch} had come after {elapsed} ({low:.0%} to {high:.0%} by "
    "date){lost}; so much of what each client is expected to bring is held against what came. That share is the "
    "book's, not the client's: of who pays early or late this says nothing. The calibration slope and intervals of "
    "value wait until the horizon is over."
)
_RETURN_METHOD: Final = Text(
    "Declines: a client stands as declined until it comes back, and each version's curve says with what chance it has "
    "by now.{matured}"
)
_DECLINE_METHOD: Final = Text(
    "Declines: each version's curve says with what chance a decline has begun by now. At {dates}, {behind:.1%} of the "
    "clients without one stood as declined after {elapsed} all the same, and might catch up; the chance that a client "
    "stands so now is both together."
)
_MATURED: Final = Text(
    " At {dates}, {behind:.1%} of those that had not come back after {elapsed} stood as declined; for the others all "
    "had ended on schedule."
)
_SWITCHES: Final = Text(
    "{moved:,} of {clients:,} clients ({share:.1%}) would change tier, {up:,} of them up, with an expected value of "
    "{value}{lent}."
)
_LENT: Final = Text(" and an exposure of {exposure}")
_PLACE: Final = Text("With {second} in the place of {first} on {day}, {switches}")
_BETTER_BY: Final = Text("better by {figures}", "verdict on a version")
_WORSE_BY: Final = Text("worse by {figures}", "verdict on a version")
_NEITHER: Final = Text("neither better nor worse than {first} for sure")
_AGES: Final = {
    "week": Text("weeks since {name} learned"),
    "month": Text("months since {name} learned"),
    "quarter": Text("quarters since {name} learned"),
}
_CORRELATIONS: Final = {
    "decline": Text("Decline: rank correlation of all reasons {correlation}."),
    "value": Text("Value: rank correlation of all reasons {correlation}."),
}
_SUMMARY: Final = Text("{target}: {second} is {outcome}.")


def grouping(by: str) -> Text:
    """What clients are grouped by, as it stands within a sentence."""
    return GROUPINGS.get(by) or as_written(by)


def figure_name(figure: ComparedFigure, currency: str, language: Language = ENGLISH) -> str:
    """What a figure is called, with its unit where it has one."""
    name = CALLED[figure.metric]
    if figure.metric not in _AMOUNTS:
        return name.within(language)
    return _IN_UNIT.within(language, name=name, unit=currency_name(currency, language))


def goal(figure: ComparedFigure, level: float, language: Language = ENGLISH) -> str:
    """Which of two such figures is better."""
    return _BEST[figure.better].within(language, level=level)


def written(metric: str, value: float | None, language: Language = ENGLISH, *, signed: bool = False) -> str:
    """A figure in its unit."""
    if value is None:
        return "–"
    plus = "+" if signed and value > 0 else ""
    return plus + (short_number(value, language) if metric in _AMOUNTS else number(f"{value:.3f}", language))


def ranged(metric: str, interval: ReportedInterval, language: Language = ENGLISH, *, signed: bool = False) -> str:
    """A figure with its interval."""
    estimate = written(metric, interval.estimate, language, signed=signed)
    if interval.low is None or interval.high is None:
        return estimate
    low, high = (written(metric, end, language, signed=signed) for end in (interval.low, interval.high))
    return _RANGED.within(language, estimate=estimate, low=low, high=high)


def reason_title(shift: ReasonShift, language: Language = ENGLISH) -> str:
    """What a reason is called; in English where a report is of before there were others."""
    return shift.title if shift.called is None else shift.called.within(language)


def correlation(shift: ExplainedShift, language: Language = ENGLISH) -> str:
    """How alike both versions rank the reasons of a model."""
    known = "–" if shift.correlation is None else number(f"{shift.correlation:.2f}", language)
    return _CORRELATIONS[shift.model].within(language, correlation=known)


def age(period: str, name: str, language: Language = ENGLISH) -> str:
    """Since when a version learned, as the unit of a count of periods."""
    return _AGES[period].within(language, name=name)


def names_of(report: VersionComparison, language: Language = ENGLISH) -> tuple[str, str]:
    """What both are called; by letters where that is the same."""
    first, second = (version_name(each, language) for each in report.versions)
    if first != second:
        return first, second
    return _FIRST.within(language, name=first), _SECOND.within(language, name=second)


def version_name(version: ComparedVersion, language: Language = ENGLISH) -> str:
    """What a version is called: by its number, or as it was asked for."""
    return _VERSION.within(language, number=version.version) if version.version else version.asked


def judged_sentence(report: VersionComparison, language: Language = ENGLISH) -> str:
    """On whom, when and by how much of the horizon both were judged; or why they were not."""
    judged = report.judged
    if judged is None:
        return _NOT_JUDGED.within(language, why=report.why_text or report.why)
    part = judged.so_far
    over = _WHOLE if part.is_whole else _PART.filled(elapsed=part.elapsed, stretch=_stretch(part, part.horizon))
    return (_CAME if part.is_whole else _CAME_SO_FAR).within(
        language,
        day=str(judged.as_of),
        over=over,
        until=str(judged.outcomes_until),
        clients=judged.clients,
        groups=_OF_GROUPS.filled(count=judged.groups) if judged.groups_known else "",
        declined=judged.declined,
        came=money(judged.value, report.currency, language),
    )


def method_sentences(judged: JudgedVersions, language: Language = ENGLISH) -> Iterator[str]:
    """How a part of a horizon is judged, and what that cannot tell."""
    part = judged.so_far
    if part.is_whole:
        return
    if not part.earlier:
        yield _NO_EARLIER.within(language)
        return
    dates = _EARLIER.filled(count=len(part.earlier))
    low, high = part.margin_range
    yield _decline_method(part, dates).within(language)
    yield _VALUE_METHOD.within(
        language,
        dates=dates,
        margin=part.margin,
        stretch=_stretch(part, part.horizon),
        elapsed=part.elapsed,
        low=low,
        high=high,
        lost="" if part.loss is None else _OF_LOSS.filled(share=part.loss),
    )


def _stretch(part: HorizonSoFar, count: int) -> Text:
    return STRETCHES[part.period].filled(count=count)


def _decline_method(part: HorizonSoFar, dates: Text) -> Text:
    elapsed = _stretch(part, part.elapsed)
    if part.event == "return":
        matured = "" if part.behind >= _ALL else _MATURED.filled(dates=dates, behind=part.behind, elapsed=elapsed)
        return _RETURN_METHOD.filled(matured=matured)
    return _DECLINE_METHOD.filled(dates=dates, behind=part.behind, elapsed=elapsed)


def tier_sentence(tiers: TierSwitches, currency: str, language: Language = ENGLISH) -> str:
    """Who would change tier, and their money."""
    exposure = tiers.moved_exposure
    return _SWITCHES.within(
        language,
        moved=tiers.moved,
        clients=tiers.clients,
        share=tiers.share,
        up=tiers.up,
        value=money(tiers.moved_value, currency, language),
        lent="" if exposure is None else _LENT.filled(exposure=money(exposure, currency, language)),
    )


def closing(report: VersionComparison, language: Language = ENGLISH) -> Iterator[str]:
    """What a comparison comes to, in sentences."""
    first, second = names_of(report, language)
    if report.judged is not None:
        for target in TARGETS:
            yield _summary(report.judged, target, (first, second), language)
    switches = tier_sentence(report.change.tiers, report.currency, language)
    yield _PLACE.within(language, first=first, second=second, day=str(report.change.as_of), switches=switches)


def _summary(judged: JudgedVersions, target: str, names: tuple[str, str], language: Language) -> str:
    first, second = names
    parts = []
    for verdict, said in ((PairVerdict.BETTER, _BETTER_BY), (PairVerdict.WORSE, _WORSE_BY)):
        found: list[Phrase] = [
            CALLED[each.metric] for each in judged.figures if each.target == target and each.standing is verdict
        ]
        if found:
            parts.append(said.within(language, figures=in_a_row(found)))
    outcome = joined(parts, language, SENTENCES) or _NEITHER.filled(first=first)
    return _SUMMARY.within(language, target=TARGETS[target], second=second, outcome=outcome)
