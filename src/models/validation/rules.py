"""Open findings: all of a validation report that is red or was not judged, the gravest first, each with its figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from models.card.report import FairnessGroup
from models.config.guard import Limit
from models.config.monitor import GuardMode
from models.config.root import Config
from models.evaluation.report.names import group_name
from models.evaluation.text import Judgement
from models.notices import ROWS_LEFT_OUT, Severity
from models.text import ENGLISH, Phrase, Spoken, Text, as_written, heard, in_a_row, languages, spoken
from models.validation.report import (
    Gravity,
    OpenFinding,
    RefitComparison,
    SelectionGroup,
    ShockEffect,
    ShockKind,
    ValidationReport,
    phrase_of,
)

_VERDICTS = {Judgement.WRONG: Gravity.HIGH, Judgement.OPEN: Gravity.MEDIUM, Judgement.PERHAPS: Gravity.LOW}
_SEVERITIES = {Severity.REFUSED: Gravity.HIGH, Severity.WARNING: Gravity.MEDIUM, Severity.NOTE: Gravity.LOW}
_FIGURES = {
    "Decline": "calibration",
    "Value": "totals",
    "Intervals": "coverage",
    "Curve": "curve",
    "Credit": "totals",
    "Defaults": "totals",
}
"""How a sentence of a verdict begins -> the figure that shows it."""
VALUE, CREDIT_LOSS = "value", "credit_loss"
_HURTS = {
    "arrears": CREDIT_LOSS,
    "ratings": CREDIT_LOSS,
    "business": VALUE,
    "downturn": VALUE,
}
"""Scenario -> what it must not better."""
_NOTICEABLE = 1e-3
"""A change of a smaller part of a total is none."""
ANOTHER_SEED = Text("another seed", "refit")
SEED = ANOTHER_SEED.english
"""The refit on the same data, which tells how much of any change is chance."""
SIZE = "size"
"""The grouping by which shares of the top tier differ by design, since value does."""
COMPARED_BY = ("region", SIZE, "ownership")
"""What shares of the top tier are compared by, where the book tells it."""
_ORDER = list(Gravity)
SCORES = {
    "value": Text("value", "score"),
    "decline_probability": Text("chance of decline", "score"),
    "credit_loss": Text("credit loss", "score"),
    "tier": Text("tiers", "score"),
}
GROUPINGS = {
    "region": Text("region", "grouping"),
    "size": Text("size", "grouping"),
    "ownership": Text("ownership", "grouping"),
}
_ENDED = Text("{sentence}.")
_NOT_JUDGED = Text("Not judged: {title}: {why}")
_OPEN = Text("{day}: Not judged: {verdict}")
_RED = Text("{day}: {sentence}", "verdict at a date")
_MOVES = Text("{title}: {share:.0%} of the clients change tier, {most:.0%} or more")
_WRONG = Text("{title}: {wrong}", "shock")
_MOVED_SCORE = Text("The distribution of {score} moved against training: index {index:.2f} at {day} (limit {limit:g})")
_MOVED_INPUTS = Text(
    "Inputs that make up {share:.0%} of what moves the models are unlike training at {day} (limit {limit:g})"
)
_REFIT = Text("Fitted again, {title}: {found}")
_NO_REFIT = Text("Not judged: the same recipe fitted again, {title}: {why}")
_CHANGE_TIER = Text("{share:.0%} of the clients change tier, {most:.0%} or more")
_RANKS = {
    "value": Text("ranks of value correlate by {correlation:.2f}, less than {least:g}"),
    "decline": Text("ranks of decline correlate by {correlation:.2f}, less than {least:g}"),
}
_REASONS = {
    "value": Text("reasons of value correlate by {correlation:.2f}, less than {least:g}"),
    "decline": Text("reasons of decline correlate by {correlation:.2f}, less than {least:g}"),
}
_GUARD_OFF = Text("Nothing is looked at before it is published: guard is off")
_NIGHTS_OFF = Text("Nights do not look at drift and outcomes: nightly.monitor is off")
_VALUE_RISES = Text("the expected value rises, where it must not")
_LOSS_FALLS = Text("the expected credit loss falls, where it must not")
_DECLINE_FALLS = Text("the mean chance of decline falls by {points:.2f} points; somebody must say why")
_NOT_CALIBRATED = Text(
    "Not calibrated: no earlier date could be forecast out of time, so levels may be off where ranks hold"
)
_LEFT_OUT = Text("Rows that broke the contract of the book were left out of {count} tables: {tables}")
_NOTICED = Text("{subject}: {found}", "notice")
_NO_OWNER = Text("No owner is named: set card.owner in the config")
_NOBODY = Text("Nobody has approved this version to serve")
_NO_COMMIT = Text("The commit of the code that trained it is not on record")
_NOTHING_PUBLISHED = Text("Not judged: this version has published nothing")
_ALARM = Text("{code} of {subjects}: {found}", "alarm")
_TOO_YOUNG = Text("Not judged: no publication is old enough for outcomes")
_BY_DESIGN = Text("{selection}, as a policy that looks at value makes it")
_OFF = Text("Of {by} {group} a decline of {foreseen:.1%} was foreseen, and {realised:.1%} came")
_NOT_TOLD = Text("Not judged by {by}: the book does not tell it")
_NOBODY_ELSE = Text("{by} {group}: nobody else reaches the top tier")
_SELECTED = Text(
    "{by} {group}: {share:.1%} reach the top tier, {ratio:.2f} times as many as of all others ({low:.2f} to {high:.2f})"
)


@dataclass(frozen=True, kw_only=True)
class _Rules:
    """The limits by which figures are held."""

    config: Config

    def found(self, report: ValidationReport) -> Iterator[OpenFinding]:
        """The findings of all parts, in the order of the parts."""
        parts: tuple[Callable[[ValidationReport], Iterator[OpenFinding]], ...] = (
            _outcomes,
            _publications,
            self._sensitivity,
            self._dates,
            self._refits,
            _fairness,
            _lineage,
            _soundness,
            self._plan,
        )
        for part in parts:
            yield from part(report)

    def _sensitivity(self, report: ValidationReport) -> Iterator[OpenFinding]:
        most = self.config.validation.most_moved
        for effect in report.sensitivity.effects:
            title = phrase_of(effect.called or effect.title)
            if effect.kind is ShockKind.INPUT and effect.moved >= most:
                said = _MOVES.filled(title=title, share=effect.moved, most=most)
                yield _finding(Gravity.MEDIUM, "sensitivity", "input-shocks", said)
            for gravity, wrong in wrong_ways(effect):
                yield _finding(gravity, "sensitivity", "shocks", _WRONG.filled(title=title, wrong=wrong))
        for each in report.sensitivity.left_out:
            title, why = each.phrases
            yield _finding(Gravity.LOW, "sensitivity", "shocks", _NOT_JUDGED.filled(title=title, why=why))

    def _dates(self, report: ValidationReport) -> Iterator[OpenFinding]:
        """The worst date of each score, and of the inputs together."""
        dates, limits = report.stability.dates, self.config.monitor
        for name, called in SCORES.items():
            known = [(each.scores[name], each.as_of) for each in dates if name in each.scores]
            if known:
                index, when = max(known)
                limit = limits.grade_shift if name == "tier" else limits.score_shift
                said = _MOVED_SCORE.filled(score=called, index=index, day=str(when))
                yield from _limited(limit, index, "stability", "dates", said)
        shares = [(each.moved, each.as_of) for each in dates if each.moved is not None]
        if shares:
            moved, when = max(shares)
            said = _MOVED_INPUTS.filled(share=moved, day=str(when))
            yield from _limited(limits.moved_inputs, moved, "stability", "dates", said)

    def _refits(self, report: ValidationReport) -> Iterator[OpenFinding]:
        for refit in report.stability.refits:
            title = phrase_of(refit.called or refit.title)
            for found in self._unlike(refit):
                yield _finding(Gravity.MEDIUM, "stability", "refits", _REFIT.filled(title=title, found=found))
        for each in report.stability.left_out:
            title, why = each.phrases
            yield _finding(Gravity.MEDIUM, "stability", "refits", _NO_REFIT.filled(title=title, why=why))

    def _unlike(self, refit: RefitComparison) -> Iterator[Text]:
        sizes, least = self.config.validation, self.config.gate.least_reason_correlation
        share = refit.moved / refit.clients
        if share >= sizes.most_moved:
            yield _CHANGE_TIER.filled(share=share, most=sizes.most_moved)
        for name, correlation in refit.correlation.items():
            if correlation is not None and correlation < sizes.least_correlation:
                yield _RANKS[name].filled(correlation=correlation, least=sizes.least_correlation)
        for reasons in refit.reasons:
            if reasons.correlation is not None and reasons.correlation < least:
                yield _REASONS[reasons.model].filled(correlation=reasons.correlation, least=least)

    def _plan(self, _: ValidationReport) -> Iterator[OpenFinding]:
        if self.config.monitor.guard is GuardMode.OFF:
            yield _finding(Gravity.MEDIUM, "plan", "plan", _GUARD_OFF)
        if not self.config.nightly.monitor:
            yield _finding(Gravity.LOW, "plan", "plan", _NIGHTS_OFF)


def open_findings(report: ValidationReport, config: Config) -> tuple[OpenFinding, ...]:
    """All findings by gravity, numbered from 1; within one gravity in the order of the parts."""
    found: dict[tuple[str, ...], OpenFinding] = {}
    for each in _Rules(config=config).found(report):
        found.setdefault((each.gravity.value, each.part, each.figure, each.found), each)
    ranked = sorted(found.values(), key=lambda each: _ORDER.index(each.gravity))
    return tuple(replace(each, number=place) for place, each in enumerate(ranked, start=1))


def wrong_ways(effect: ShockEffect) -> Iterator[tuple[Gravity, Text]]:
    """What a scenario that must hurt made better, and how much that matters.

    A worse rating or more arrears must not lower credit losses, nor less business raise value. That the mean chance of
    decline falls may be meant, since decline is counted against a client's own past: then a person says so.
    """
    goal, before, after = _HURTS.get(effect.key), effect.before, effect.after
    if goal == VALUE and after.value > before.value + _NOTICEABLE * abs(before.value):
        yield Gravity.HIGH, _VALUE_RISES
    losses = (before.credit_loss or 0.0, after.credit_loss or 0.0)
    if goal == CREDIT_LOSS and losses[1] < losses[0] - _NOTICEABLE * abs(losses[0]):
        yield Gravity.HIGH, _LOSS_FALLS
    if goal == CREDIT_LOSS and after.decline < before.decline * (1 - _NOTICEABLE):
        yield Gravity.MEDIUM, _DECLINE_FALLS.filled(points=100 * (before.decline - after.decline))


def figure_of(verdict: Spoken) -> str:
    """The figure that shows a sentence of a verdict.

    >>> figure_of("Intervals of value hold too few, where 90% is claimed."), figure_of("Who knows.")
    ('coverage', 'metrics')
    """
    said = heard(verdict, ENGLISH)
    if " is ranked " in said or " whether ours " in said:
        return "benchmarks"
    return _FIGURES.get(said.removeprefix("This may be chance: ").partition(" ")[0].rstrip(":"), "metrics")


def _finding(gravity: Gravity, part: str, figure: str, found: Text) -> OpenFinding:
    said = {language: _without_stop(words) for language, words in spoken(found).items()}
    return OpenFinding(number=0, gravity=gravity, part=part, figure=figure, found=said[ENGLISH], said=said)


def _without_stop(sentence: str) -> str:
    """A sentence that goes on in a list."""
    return next((sentence.removesuffix(stop) for stop in _full_stops() if sentence.endswith(stop)), sentence)


@cache
def _full_stops() -> tuple[str, ...]:
    """What ends a sentence in any language."""
    return tuple(_ENDED.within(language, sentence="") for language in languages())


def _limited(limit: Limit, figure: float, part: str, key: str, said: Text) -> Iterator[OpenFinding]:
    severity = limit.severity(figure)
    if severity is not None:
        yield _finding(_SEVERITIES[severity], part, key, said.filled(limit=getattr(limit, severity.value)))


def _soundness(report: ValidationReport) -> Iterator[OpenFinding]:
    if not report.card.calibrated:
        yield _finding(Gravity.HIGH, "soundness", "settings", _NOT_CALIBRATED)
    left_out = [notice.subject for notice in report.evaluation.notices if notice.code == ROWS_LEFT_OUT]
    if left_out:
        said = _LEFT_OUT.filled(count=len(left_out), tables=in_a_row(left_out))
        yield _finding(Gravity.LOW, "soundness", "limits", said)
    for notice in report.evaluation.notices:
        if notice.severity is not Severity.NOTE and notice.code != ROWS_LEFT_OUT:
            found = notice.texts.found if notice.texts else as_written(notice.found)
            said = _NOTICED.filled(subject=notice.subject, found=found)
            if notice.texts is None:
                said = as_written(said.within(ENGLISH))
            yield _finding(_SEVERITIES[notice.severity], "soundness", "limits", said)


def _lineage(report: ValidationReport) -> Iterator[OpenFinding]:
    if not any(each.name == "owner" and each.fact for each in report.lineage):
        yield _finding(Gravity.MEDIUM, "lineage", "lineage", _NO_OWNER)
    if not report.card.approvals:
        yield _finding(Gravity.MEDIUM, "lineage", "approvals", _NOBODY)
    if not report.card.version.commit:
        yield _finding(Gravity.LOW, "lineage", "lineage", _NO_COMMIT)


def _outcomes(report: ValidationReport) -> Iterator[OpenFinding]:
    for verdict in report.card.verdicts:
        gravity = _VERDICTS.get(verdict.judgement)
        if gravity is not None:
            said = _OPEN if verdict.judgement is Judgement.OPEN else _RED
            found = said.filled(
                day=str(verdict.as_of), verdict=phrase_of(verdict.said), sentence=phrase_of(verdict.said)
            )
            yield _finding(gravity, "outcomes", figure_of(verdict.said), found)


def _publications(report: ValidationReport) -> Iterator[OpenFinding]:
    found = report.monitoring
    if found is None:
        yield _finding(Gravity.MEDIUM, "outcomes", "publications", _NOTHING_PUBLISHED)
        return
    for alarm in found.alarms:
        what = alarm.texts.found if alarm.texts else as_written(alarm.found)
        said = _ALARM.filled(code=alarm.code, subjects=alarm.named_text, found=what)
        yield _finding(_SEVERITIES[alarm.severity], "outcomes", "alarms", said)
    if not found.outcomes:
        yield _finding(Gravity.MEDIUM, "outcomes", "publications", _TOO_YOUNG)


def _fairness(report: ValidationReport) -> Iterator[OpenFinding]:
    for group in report.selection.groups:
        if group.is_off:
            expected, said = group.by == SIZE, selection_sentence(group)
            found = _BY_DESIGN.filled(selection=said) if expected else said
            yield _finding(Gravity.LOW if expected else Gravity.MEDIUM, "fairness", "selection", found)
    for by, groups in report.card.fairness.items():
        for each in groups:
            if each.is_off:
                yield _finding(Gravity.MEDIUM, "fairness", "groups", off_sentence(by, each))
    for by in report.card.not_told:
        yield _finding(Gravity.LOW, "fairness", "groups", _NOT_TOLD.filled(by=GROUPINGS[by]))


def off_sentence(by: str, group: FairnessGroup) -> Text:
    """What was foreseen of a group, and what came."""
    return _OFF.filled(by=GROUPINGS[by], group=_group(group.name), foreseen=group.foreseen, realised=group.realised)


def _group(name: str) -> Phrase:
    return phrase_of({language: group_name(name, language) for language in languages()})


def selection_sentence(group: SelectionGroup) -> Text:
    """How often a group reaches the top tier beside all others."""
    by, name = GROUPINGS[group.by], _group(group.name)
    if group.ratio is None or group.ratio_low is None or group.ratio_high is None:
        return _NOBODY_ELSE.filled(by=by, group=name)
    return _SELECTED.filled(
        by=by, group=name, share=group.share, ratio=group.ratio, low=group.ratio_low, high=group.ratio_high
    )
