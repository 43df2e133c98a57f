"""Sentences of an evaluation's verdict: first what is wrong, then what is better than benchmarks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from models.evaluation.report.contents import OriginParts
from models.evaluation.report.names import METRICS, benchmark_name
from models.evaluation.report.ranking import TargetVerdict
from models.evaluation.report.verdict import EvaluationCheck, EvaluationFinding, GroupedBy
from models.metrics.bootstrap import ReportedInterval
from models.reasons.figures import money, percentage
from models.text import Language, Text, joined, listed, number

_RANGE = Text(" ({low} to {high})", "range of a figure")
_TOTAL_MUCH = Text("Value: {share} too much is foreseen in total{range}: {foreseen}, and {realised} came.")
_TOTAL_LITTLE = Text("Value: {share} too little is foreseen in total{range}: {foreseen}, and {realised} came.")
_TOTAL_GAP = Text("Value: {foreseen} is foreseen in total, and {realised} came; the gap is {gap}{range}.")
_LEVEL_LOW = Text("Decline: too little is foreseen: {foreseen} of the clients, and {realised} declined{intercept}.")
_LEVEL_HIGH = Text("Decline: too much is foreseen: {foreseen} of the clients, and {realised} declined{intercept}.")
_INTERCEPT = Text("; calibration intercept {figure}{range}, where 0 is right")
_SLOPE_FAR = Text("Decline: probabilities lie too far apart; calibration slope {figure}{range}, where 1 is right.")
_SLOPE_NEAR = Text(
    "Decline: probabilities lie too close together; calibration slope {figure}{range}, where 1 is right."
)
_CURVE_LOW = Text(
    "Curve of decline: too little is foreseen from period {first} to {last}; by then {foreseen}, and {realised} came"
    "{range}."
)
_CURVE_HIGH = Text(
    "Curve of decline: too much is foreseen from period {first} to {last}; by then {foreseen}, and {realised} came"
    "{range}."
)
_RETURN_LOW = Text(
    "Curve of return: too little is foreseen from period {first} to {last}; by then {foreseen}, and {realised} came"
    "{range}."
)
_RETURN_HIGH = Text(
    "Curve of return: too much is foreseen from period {first} to {last}; by then {foreseen}, and {realised} came"
    "{range}."
)
_CURVES = {"decline": (_CURVE_LOW, _CURVE_HIGH), "return": (_RETURN_LOW, _RETURN_HIGH)}
_COVERAGE = Text("Intervals of value hold too few, where {level} is claimed: {groups}.")
_COVERED = Text("{share}{range} of {who}")
_VALUE_BAND = Text("Value of {who}: {foreseen} is foreseen, and {realised} came{range}.")
_LOSS_BAND = Text("Credit loss of {who}: {foreseen} is foreseen, and {realised} came{range}.")
_VALUE_KNOWN = Text("Value of {who}: {foreseen} is foreseen, and {known} could be known; ratio {figure}{range}.")
_LOSS_KNOWN = Text("Credit loss of {who}: {foreseen} is foreseen, and {known} could be known; ratio {figure}{range}.")
_DEFAULTS_BAND = Text("Defaults of {who}: {foreseen} of them are foreseen, and {realised} came{range}.")
_ALL = Text("all clients")
_TIER = Text("tier {name}")
_RISK = {
    "under": Text("clients with a P(default) under {high}"),
    "over": Text("clients with a P(default) over {low}"),
    "between": Text("clients with a P(default) of {low} to {high}"),
}
_VALUE = {
    "under": Text("the {high} of the clients with the lowest foreseen value"),
    "over": Text("the {from_top} of the clients with the highest foreseen value"),
    "between": Text("clients from {low} to {high} by foreseen value, the lowest first"),
}
_CHECKED = {
    EvaluationCheck.TOTAL: Text("total of value"),
    EvaluationCheck.LEVEL: Text("level of decline"),
    EvaluationCheck.SLOPE: Text("slope of decline"),
    EvaluationCheck.CURVE: Text("curve over the horizon"),
    EvaluationCheck.COVERAGE: Text("coverage of intervals"),
    EvaluationCheck.VALUE: Text("value by band"),
    EvaluationCheck.CREDIT_LOSS: Text("credit loss by band"),
    EvaluationCheck.DEFAULTS: Text("defaults by band"),
}
_NOTHING = Text("Nothing is found wrong among {checked}, as far as {clients} clients can tell.")
_PERHAPS = Text("This may be chance: {finding}")
_OPEN = Text(
    "{clients:,} clients cannot tell by {metric} whether ours is better than {name}: the difference may be {low} to "
    "{high}."
)
_MAIN = {"decline": "auc", "value": "normalized_gini"}
_BETTER = {
    "decline": Text("Decline is ranked better than by {names}."),
    "value": Text("Value is ranked better than by {names}."),
}
_WORSE = {
    "decline": Text("Decline is ranked worse than by {names}."),
    "value": Text("Value is ranked worse than by {names}."),
}


class Judgement(StrEnum):
    """How a sentence of a verdict is meant."""

    WRONG = "wrong"
    RIGHT = "right"
    BETTER = "better"
    PERHAPS = "perhaps"
    OPEN = "open"


_JUDGED = {
    Judgement.WRONG: Text("Wrong", "verdict"),
    Judgement.RIGHT: Text("Right", "verdict"),
    Judgement.BETTER: Text("Better", "verdict"),
    Judgement.PERHAPS: Text("Perhaps", "verdict"),
    Judgement.OPEN: Text("Open", "verdict"),
}


def judgement_name(judgement: Judgement, language: Language) -> str:
    """What a judgement is called at the head of its sentence."""
    return _JUDGED[judgement].within(language)


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One sentence of a verdict."""

    judgement: Judgement
    said: str


def verdict_sentences(parts: OriginParts, currency: str, language: Language) -> tuple[Sentence, ...]:
    """What is wrong, or that nothing is; what is better than the benchmarks; what the clients leave open."""
    wrong = [*_found(parts.findings.wrong, currency, language), *_ranked(parts.verdicts, _WORSE, language)]
    sound = [] if wrong else [_nothing(parts, language)]
    perhaps = _found(parts.findings.may_be_chance, currency, language)
    left_open = [sentence for target in parts.verdicts for sentence in _left_open(parts, target, language)]
    return (
        *(Sentence(judgement=Judgement.WRONG, said=said) for said in wrong),
        *(Sentence(judgement=Judgement.RIGHT, said=said) for said in sound),
        *(Sentence(judgement=Judgement.BETTER, said=said) for said in _ranked(parts.verdicts, _BETTER, language)),
        *(Sentence(judgement=Judgement.PERHAPS, said=_PERHAPS.within(language, finding=said)) for said in perhaps),
        *(Sentence(judgement=Judgement.OPEN, said=said) for said in left_open),
    )


def _left_open(parts: OriginParts, target: str, language: Language) -> Iterator[str]:
    """Which benchmarks the clients are too few to rank against ours; a report from before knows it in English."""
    verdict = parts.verdicts[target]
    if not verdict.undecided:
        yield from verdict.cannot_be_known
    for name, difference in verdict.undecided.items():
        low, high = (number(f"{end:+.3f}", language) for end in (difference.low, difference.high))
        metric, called = METRICS[_MAIN[target]], benchmark_name(name, language)
        yield _OPEN.within(language, clients=parts.clients, metric=metric, name=called, low=low, high=high)


def _nothing(parts: OriginParts, language: Language) -> str:
    checked = listed([_CHECKED[check] for check in parts.findings.checked])
    return _NOTHING.within(language, checked=checked, clients=number(f"{parts.clients:,}", language))


def _ranked(verdicts: Mapping[str, TargetVerdict], said: Mapping[str, Text], language: Language) -> list[str]:
    found = []
    for target, verdict in verdicts.items():
        names = verdict.better_than if said is _BETTER else verdict.worse_than
        if names:
            found.append(
                said[target].within(
                    language, names=joined((benchmark_name(name, language) for name in names), language)
                )
            )
    return found


def _found(findings: Sequence[EvaluationFinding], currency: str, language: Language) -> Iterator[str]:
    """Sentences in the order of the findings; groups whose intervals hold too few share one."""
    for check, each in groupby(findings, key=lambda finding: finding.check):
        together = list(each)
        if check is EvaluationCheck.COVERAGE:
            yield _too_few(together, language)
        else:
            yield from (_sentence(finding, currency, language) for finding in together)


def _too_few(findings: Sequence[EvaluationFinding], language: Language) -> str:
    groups = [
        _COVERED.within(
            language,
            share=_share(finding.realised, language),
            range=_range(finding.figure, lambda end: _share(end, language), language),
            who=_who(finding, language),
        )
        for finding in findings
    ]
    level = _share(findings[0].foreseen, language)
    return _COVERAGE.within(language, level=level, groups=joined(groups, language))


def _sentence(finding: EvaluationFinding, currency: str, language: Language) -> str:
    if finding.known is not None:
        return _of_truth(finding, finding.known, currency, language)
    by_check = {EvaluationCheck.LEVEL: _level, EvaluationCheck.SLOPE: _slope, EvaluationCheck.CURVE: _curve}
    if finding.check in by_check:
        return by_check[finding.check](finding, language)
    if finding.check is EvaluationCheck.TOTAL:
        return _total(finding, currency, language)
    if finding.check is EvaluationCheck.DEFAULTS:
        return _band(_DEFAULTS_BAND, finding, lambda share: _share(share, language, 1), language)
    text = _LOSS_BAND if finding.check is EvaluationCheck.CREDIT_LOSS else _VALUE_BAND
    return _band(text, finding, lambda value: money(value, currency, language), language)


def _total(finding: EvaluationFinding, currency: str, language: Language) -> str:
    amounts = {
        "foreseen": money(finding.foreseen or 0.0, currency, language),
        "realised": money(finding.realised or 0.0, currency, language),
    }
    figure = finding.figure
    if finding.is_gap or figure.estimate is None:
        gap = money(figure.estimate or 0.0, currency, language, signed=True)
        ends = _range(figure, lambda end: money(end, currency, language, signed=True), language)
        return _TOTAL_GAP.within(language, gap=gap, range=ends, **amounts)
    is_much = figure.estimate > 1
    off = _from_one(figure) if is_much else _turned(_from_one(figure))
    share, ends = _share(off.estimate, language), _range(off, lambda end: _share(end, language), language)
    return (_TOTAL_MUCH if is_much else _TOTAL_LITTLE).within(language, share=share, range=ends, **amounts)


def _from_one(figure: ReportedInterval) -> ReportedInterval:
    ends = [None if end is None else end - 1 for end in (figure.estimate, figure.low, figure.high)]
    return ReportedInterval(estimate=ends[0], low=ends[1], high=ends[2])


def _turned(figure: ReportedInterval) -> ReportedInterval:
    ends = [None if end is None else -end for end in (figure.estimate, figure.high, figure.low)]
    return ReportedInterval(estimate=ends[0], low=ends[1], high=ends[2])


def _level(finding: EvaluationFinding, language: Language) -> str:
    text = _LEVEL_LOW if (finding.foreseen or 0.0) < (finding.realised or 0.0) else _LEVEL_HIGH
    shares = (_share(share, language, 1) for share in (finding.foreseen, finding.realised))
    intercept = "" if finding.figure.estimate is None else _with_range(_INTERCEPT, finding.figure, language)
    return text.within(language, intercept=intercept, **dict(zip(("foreseen", "realised"), shares, strict=True)))


def _slope(finding: EvaluationFinding, language: Language) -> str:
    is_far = (finding.figure.estimate or 0.0) < 1
    return _with_range(_SLOPE_FAR if is_far else _SLOPE_NEAR, finding.figure, language)


def _curve(finding: EvaluationFinding, language: Language) -> str:
    def share(share: float | None) -> str:
        return _share(share, language, 1)

    is_much = (finding.foreseen or 0.0) > (finding.realised or 0.0)
    first, last = finding.periods or (0, 0)
    return _CURVES[finding.group][is_much].within(
        language,
        first=first,
        last=last,
        foreseen=share(finding.foreseen),
        realised=share(finding.realised),
        range=_range(finding.figure, share, language),
    )


def _of_truth(finding: EvaluationFinding, known: float, currency: str, language: Language) -> str:
    text = _LOSS_KNOWN if finding.check is EvaluationCheck.CREDIT_LOSS else _VALUE_KNOWN
    amounts = {
        "foreseen": money(finding.foreseen or 0.0, currency, language),
        "known": money(known, currency, language),
    }
    return _with_range(text.filled(who=_who(finding, language), **amounts), finding.figure, language)


def _with_range(text: Text, figure: ReportedInterval, language: Language) -> str:
    def two_digits(value: float) -> str:
        return number(f"{value:.2f}", language)

    return text.within(language, figure=two_digits(figure.estimate or 0.0), range=_range(figure, two_digits, language))


def _band(text: Text, finding: EvaluationFinding, say: Callable[[float], str], language: Language) -> str:
    return text.within(
        language,
        who=_who(finding, language),
        foreseen=say(finding.foreseen or 0.0),
        realised=say(finding.realised or 0.0),
        range=_range(finding.figure, say, language),
    )


def _who(finding: EvaluationFinding, language: Language) -> str:
    if finding.by is GroupedBy.TIER:
        return _TIER.within(language, name=finding.group)
    if (finding.low, finding.high) == (0, 1):
        return _ALL.within(language)
    side = "under" if finding.low == 0 else "over" if finding.high == 1 else "between"
    edges = {"low": finding.low, "high": finding.high, "from_top": 1 - finding.low}
    text = (_RISK if finding.by is GroupedBy.RISK else _VALUE)[side]
    return text.within(language, **{name: _share(edge, language) for name, edge in edges.items()})


def _range(figure: ReportedInterval, say: Callable[[float], str], language: Language) -> str:
    """A 95% range in brackets; nothing where the clients leave it open."""
    if figure.low is None or figure.high is None:
        return ""
    return _RANGE.within(language, low=say(figure.low), high=say(figure.high))


def _share(share: float | None, language: Language, digits: int = 0) -> str:
    return percentage(share or 0.0, language, digits)
