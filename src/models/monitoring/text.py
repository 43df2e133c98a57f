"""Words of monitoring that terminal and page share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from models.metrics.bootstrap import Interval
from models.monitoring.report import ALL, IN_SAMPLE, MonitorReport, OverriddenOutcome, PublicationOutcomes
from models.notices import Severity
from models.panel.features.labels import STRETCHES
from models.plausibility.alarms import Alarm
from models.plausibility.compute import TRAINING
from models.reasons.figures import currency_name
from models.shell.small_plots import short_number
from models.text import CLAUSES, ENGLISH, Language, Text, joined, number

GRAVE: Final = {
    Severity.REFUSED: Text("grave", "alarm"),
    Severity.WARNING: Text("warning", "alarm"),
    Severity.NOTE: Text("note", "alarm"),
}
"""Monitoring refuses nothing: what would stop a publication is grave."""
_COUNTED: Final = {
    Severity.REFUSED: Text("{count} grave"),
    Severity.WARNING: Text("{count} warning", plural="{count} warnings"),
    Severity.NOTE: Text("{count} note", plural="{count} notes"),
}
CODES: Final = {
    "level": Text("another unit or size", "alarm"),
    "missing": Text("not known any more", "alarm"),
    "unseen": Text("categories never seen", "alarm"),
    "sign": Text("another sign", "alarm"),
    "exchanged": Text("changed places", "alarm"),
    "shift": Text("inputs moved", "alarm"),
    "moved_inputs": Text("much of what is known moved", "alarm"),
    "silent": Text("the feed stands still", "alarm"),
    "clients": Text("fewer or more clients", "alarm"),
    "ranks": Text("clients rank otherwise", "alarm"),
    "score_shift": Text("scores moved", "alarm"),
    "grade_shift": Text("grades moved", "alarm"),
    "reason_shift": Text("other reasons come first", "alarm"),
    "declines": Text("more or fewer than foreseen", "alarm"),
    "calibration": Text("chances too bold or too shy", "alarm"),
    "coverage": Text("values outside their intervals", "alarm"),
    "value_total": Text("another value than foreseen", "alarm"),
    "warning_precision": Text("warnings in vain", "alarm"),
}
"""The limits of the section ``monitor`` as a person says what they watch."""
_NO_ALARM: Final = Text("no alarm")
_ALARM: Final = Text("ALARM: {counts}")
_NO_ALARM_BUT: Final = Text("no alarm: {counts}")
_SINCE: Final = Text("{alarm}, since {day}")
_BESIDE_TRAINING: Final = Text("{alarm}, beside training")
_BESIDE: Final = Text("{alarm}, beside publication of {day}")
_PUBLICATION: Final = "publication of "
_PUBLICATION_OF: Final = Text("publication of {day}")
_BESIDE_WHAT: Final = {
    TRAINING: Text("training", "held against"),
    "outcomes": Text("outcomes", "held against"),
}
_SENTENCE: Final = Text("{subjects}: {found}; {remedy}", "alarm")
_OVER: Final = Text("published {day}, horizon of {horizon} over{mark}")
_ON_ITS_WAY: Final = Text("published {day}, after {elapsed} of {horizon}{counted}{mark}")
_SETTLED: Final = Text(
    "; who is behind counts by how often it stayed behind at {count} past date",
    plural="; who is behind counts by how often it stayed behind at {count} past dates",
)
_MARK: Final = Text("; {remark}", "remark")
_ALL: Final = Text("all", "tiers")
_RANGED: Final = Text("{estimate} ({low} to {high})", "range of a figure")
_VALUE: Final = Text("Value: {came} of {foreseen} {currency} foreseen came{heading}{ratio}.")
_HEADING: Final = Text(", heading for {amount} by how fast it came at past dates")
_RATIO: Final = Text(": {ratio} times")
_WITHIN: Final = Text("Within their intervals of {level}: {share} of the values.")
_SLOPE: Final = Text("Slope of calibration: {slope}; 1 is right.")
_PEOPLE: Final = Text("Warnings by people: of {closed} that were closed {share} had warned of something.")
_WARNINGS: Final = Text("Warnings: {share} of {shown} shown clients declined or defaulted since, {rate:.0%} of all.")
_OVERRIDES: Final = {
    "raised": Text(
        "Overrides: of {clients} raised by a person {share} declined or defaulted since{by_rule}{as_asked}."
    ),
    "lowered": Text(
        "Overrides: of {clients} lowered by a person {share} declined or defaulted since{by_rule}{as_asked}."
    ),
}
_BY_RULE: Final = Text("; {share:.0%} in the tiers by rule")
_AS_ASKED: Final = Text("; {share:.0%} in those asked for")
_GONE: Final = Text("{count} clients that were scored are not in the book any more.")


def headline(report: MonitorReport, language: Language = ENGLISH) -> str:
    """In a sentence whether somebody must look."""
    counts = [(level, sum(a.severity is level for a in report.alarms)) for level in reversed(Severity)]
    parts = [_COUNTED[level].within(language, count=count) for level, count in counts if count]
    if not parts:
        return _NO_ALARM.within(language)
    return (_ALARM if report.is_raised else _NO_ALARM_BUT).within(language, counts=joined(parts, language, CLAUSES))


def alarm_head(alarm: Alarm, language: Language = ENGLISH) -> str:
    """What kind of alarm it is, and beside what."""
    code = CODES[alarm.code]
    if alarm.beside == "outcomes":
        return _SINCE.within(language, alarm=code, day=str(alarm.as_of))
    if alarm.beside == TRAINING:
        return _BESIDE_TRAINING.within(language, alarm=code)
    return _BESIDE.within(language, alarm=code, day=alarm.beside.removeprefix(_PUBLICATION))


def beside_what(alarm: Alarm, language: Language = ENGLISH) -> str:
    """What an alarm was held against."""
    if alarm.beside in _BESIDE_WHAT:
        return _BESIDE_WHAT[alarm.beside].within(language)
    return _PUBLICATION_OF.within(language, day=alarm.beside.removeprefix(_PUBLICATION))


def alarm_sentence(alarm: Alarm, language: Language = ENGLISH) -> str:
    """Of what, what was expected and got, and what to do."""
    found, remedy = alarm.within(language)
    return _SENTENCE.within(language, subjects=alarm.named_text, found=found, remedy=remedy)


def elapsed_sentence(outcomes: PublicationOutcomes, period: str, language: Language = ENGLISH) -> str:
    """How far the horizon of a publication has passed, how that was counted, and whether its models knew what came."""
    return (_OVER if outcomes.is_over else _ON_ITS_WAY).within(
        language,
        day=str(outcomes.as_of),
        elapsed=outcomes.elapsed,
        horizon=STRETCHES[period].filled(count=outcomes.horizon),
        counted=_SETTLED.filled(count=outcomes.settled_from) if outcomes.settled_from else "",
        mark=_MARK.filled(remark=IN_SAMPLE) if outcomes.in_sample else "",
    )


def outcome_sentences(outcomes: PublicationOutcomes, currency: str, language: Language = ENGLISH) -> list[str]:
    """What came of value, intervals, chances, warnings and overrides, as far as it is known."""
    value = outcomes.value
    said = [_value_sentence(outcomes, currency, language)]
    if value.coverage is not None:
        share = range_of(value.coverage, "{:.0%}", language)
        said.append(_WITHIN.within(language, level=f"{100 * value.level:.3g}%", share=share))
    if outcomes.calibration is not None:
        said.append(_SLOPE.within(language, slope=range_of(outcomes.calibration, "{:.2f}", language)))
    if outcomes.warnings is not None:
        found = outcomes.warnings
        share = range_of(found.precision, "{:.0%}", language)
        said.append(_WARNINGS.within(language, share=share, shown=found.shown, rate=found.base_rate))
        if found.people is not None:
            right = range_of(found.people.right, "{:.0%}", language)
            said.append(_PEOPLE.within(language, closed=found.people.closed, share=right))
    said += [_override_sentence(each, language) for each in outcomes.overrides]
    return [*said, _GONE.within(language, count=outcomes.gone)] if outcomes.gone else said


def _value_sentence(outcomes: PublicationOutcomes, currency: str, language: Language) -> str:
    value = outcomes.value
    heading = "" if value.heading is None else _HEADING.filled(amount=short_number(value.heading, language))
    ratio = "" if value.ratio is None else _RATIO.filled(ratio=range_of(value.ratio, "{:.2f}", language))
    return _VALUE.within(
        language,
        came=short_number(value.came, language),
        foreseen=short_number(value.foreseen, language),
        currency=currency_name(currency, language),
        heading=heading,
        ratio=ratio,
    )


def _override_sentence(outcome: OverriddenOutcome, language: Language) -> str:
    return _OVERRIDES[outcome.way].within(
        language,
        clients=outcome.clients,
        share=range_of(outcome.declined, "{:.0%}", language),
        by_rule="" if outcome.by_rule is None else _BY_RULE.filled(share=outcome.by_rule),
        as_asked="" if outcome.as_asked is None else _AS_ASKED.filled(share=outcome.as_asked),
    )


def tier_name(tier: str, language: Language = ENGLISH) -> str:
    """The name of a row of outcomes."""
    return _ALL.within(language) if tier == ALL else tier


def range_of(interval: Interval, say: str = "{:.1f}", language: Language = ENGLISH) -> str:
    """A figure with its interval.

    >>> range_of(Interval(estimate=2.0, low=1.0, high=3.04))
    '2.0 (1.0 to 3.0)'
    """
    ends = (interval.estimate, interval.low, interval.high)
    figure, low, high = (number(say.format(each), language) for each in ends)
    return _RANGED.within(language, estimate=figure, low=low, high=high)


def shown_first(outcomes: Iterable[PublicationOutcomes]) -> list[PublicationOutcomes]:
    """Of publications whose horizon is over the newest, then of the others the one of which most has passed."""
    known = list(outcomes)
    return [*[each for each in known if each.is_over][-1:], *[each for each in known if not each.is_over][:1]]
