"""Open findings: all of a validation report that is red or was not judged, the gravest first, each with its figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from models.config.guard import Limit
from models.config.monitor import GuardMode
from models.config.root import Config
from models.evaluation.text import Judgement
from models.notices import ROWS_LEFT_OUT, Severity
from models.validation.report import (
    Gravity,
    OpenFinding,
    RefitComparison,
    SelectionGroup,
    ShockEffect,
    ShockKind,
    ValidationReport,
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
SEED = "another seed"
"""The refit on the same data, which tells how much of any change is chance."""
SIZE = "size"
"""The grouping by which shares of the top tier differ by design, since value does."""
COMPARED_BY = ("region", SIZE, "ownership")
"""What shares of the top tier are compared by, where the book tells it."""
_ORDER = list(Gravity)
SCORES = {"value": "value", "decline_probability": "chance of decline", "credit_loss": "credit loss", "tier": "tiers"}


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
            if effect.kind is ShockKind.INPUT and effect.moved >= most:
                said = f"{effect.title}: {effect.moved:.0%} of the clients change tier, {most:.0%} or more"
                yield _finding(Gravity.MEDIUM, "sensitivity", "input-shocks", said)
            for gravity, wrong in wrong_ways(effect):
                yield _finding(gravity, "sensitivity", "shocks", f"{effect.title}: {wrong}")
        for each in report.sensitivity.left_out:
            yield _finding(Gravity.LOW, "sensitivity", "shocks", f"Not judged: {each.title}: {each.why}")

    def _dates(self, report: ValidationReport) -> Iterator[OpenFinding]:
        """The worst date of each score, and of the inputs together."""
        dates, limits = report.stability.dates, self.config.monitor
        for name, called in SCORES.items():
            known = [(each.scores[name], each.as_of) for each in dates if name in each.scores]
            if known:
                index, when = max(known)
                limit = limits.grade_shift if name == "tier" else limits.score_shift
                said = f"The distribution of {called} moved against training: index {index:.2f} at {when}"
                yield from _limited(limit, index, "stability", "dates", said)
        shares = [(each.moved, each.as_of) for each in dates if each.moved is not None]
        if shares:
            moved, when = max(shares)
            said = f"Inputs that make up {moved:.0%} of what moves the models are unlike training at {when}"
            yield from _limited(limits.moved_inputs, moved, "stability", "dates", said)

    def _refits(self, report: ValidationReport) -> Iterator[OpenFinding]:
        for refit in report.stability.refits:
            for said in self._unlike(refit):
                yield _finding(Gravity.MEDIUM, "stability", "refits", f"Fitted again, {refit.title}: {said}")
        for each in report.stability.left_out:
            said = f"Not judged: the same recipe fitted again, {each.title}: {each.why}"
            yield _finding(Gravity.MEDIUM, "stability", "refits", said)

    def _unlike(self, refit: RefitComparison) -> Iterator[str]:
        sizes, least = self.config.validation, self.config.gate.least_reason_correlation
        share = refit.moved / refit.clients
        if share >= sizes.most_moved:
            yield f"{share:.0%} of the clients change tier, {sizes.most_moved:.0%} or more"
        for name, correlation in refit.correlation.items():
            if correlation is not None and correlation < sizes.least_correlation:
                yield f"ranks of {name} correlate by {correlation:.2f}, less than {sizes.least_correlation:g}"
        for reasons in refit.reasons:
            if reasons.correlation is not None and reasons.correlation < least:
                yield f"reasons of {reasons.model} correlate by {reasons.correlation:.2f}, less than {least:g}"

    def _plan(self, _: ValidationReport) -> Iterator[OpenFinding]:
        if self.config.monitor.guard is GuardMode.OFF:
            yield _finding(Gravity.MEDIUM, "plan", "plan", "Nothing is looked at before it is published: guard is off")
        if not self.config.nightly.monitor:
            yield _finding(
                Gravity.LOW, "plan", "plan", "Nights do not look at drift and outcomes: nightly.monitor is off"
            )


def open_findings(report: ValidationReport, config: Config) -> tuple[OpenFinding, ...]:
    """All findings by gravity, numbered from 1; within one gravity in the order of the parts."""
    found = list(dict.fromkeys(_Rules(config=config).found(report)))
    ranked = sorted(found, key=lambda each: _ORDER.index(each.gravity))
    return tuple(replace(each, number=place) for place, each in enumerate(ranked, start=1))


def wrong_ways(effect: ShockEffect) -> Iterator[tuple[Gravity, str]]:
    """What a scenario that must hurt made better, and how much that matters.

    A worse rating or more arrears must not lower credit losses, nor less business raise value. That the mean chance of
    decline falls may be meant, since decline is counted against a client's own past: then a person says so.
    """
    goal, before, after = _HURTS.get(effect.key), effect.before, effect.after
    if goal == VALUE and after.value > before.value + _NOTICEABLE * abs(before.value):
        yield Gravity.HIGH, "the expected value rises, where it must not"
    losses = (before.credit_loss or 0.0, after.credit_loss or 0.0)
    if goal == CREDIT_LOSS and losses[1] < losses[0] - _NOTICEABLE * abs(losses[0]):
        yield Gravity.HIGH, "the expected credit loss falls, where it must not"
    if goal == CREDIT_LOSS and after.decline < before.decline * (1 - _NOTICEABLE):
        fallen = 100 * (before.decline - after.decline)
        yield Gravity.MEDIUM, f"the mean chance of decline falls by {fallen:.2f} points; somebody must say why"


def figure_of(said: str) -> str:
    """The figure that shows a sentence of a verdict.

    >>> figure_of("Intervals of value hold too few, where 90% is claimed."), figure_of("Who knows.")
    ('coverage', 'metrics')
    """
    if " is ranked " in said or " whether ours " in said:
        return "benchmarks"
    return _FIGURES.get(said.removeprefix("This may be chance: ").partition(" ")[0].rstrip(":"), "metrics")


def _finding(gravity: Gravity, part: str, figure: str, found: str) -> OpenFinding:
    return OpenFinding(number=0, gravity=gravity, part=part, figure=figure, found=found.removesuffix("."))


def _limited(limit: Limit, figure: float, part: str, key: str, said: str) -> Iterator[OpenFinding]:
    severity = limit.severity(figure)
    if severity is not None:
        least = getattr(limit, severity.value)
        yield _finding(_SEVERITIES[severity], part, key, f"{said} (limit {least:g})")


def _soundness(report: ValidationReport) -> Iterator[OpenFinding]:
    if not report.card.calibrated:
        said = "Not calibrated: no earlier date could be forecast out of time, so levels may be off where ranks hold"
        yield _finding(Gravity.HIGH, "soundness", "settings", said)
    left_out = [notice.subject for notice in report.evaluation.notices if notice.code == ROWS_LEFT_OUT]
    if left_out:
        said = (
            f"Rows that broke the contract of the book were left out of {len(left_out)} tables: {', '.join(left_out)}"
        )
        yield _finding(Gravity.LOW, "soundness", "limits", said)
    for notice in report.evaluation.notices:
        if notice.severity is not Severity.NOTE and notice.code != ROWS_LEFT_OUT:
            yield _finding(_SEVERITIES[notice.severity], "soundness", "limits", f"{notice.subject}: {notice.found}")


def _lineage(report: ValidationReport) -> Iterator[OpenFinding]:
    if not any(each.name == "owner" and each.fact for each in report.lineage):
        yield _finding(Gravity.MEDIUM, "lineage", "lineage", "No owner is named: set card.owner in the config")
    if not report.card.approvals:
        yield _finding(Gravity.MEDIUM, "lineage", "approvals", "Nobody has approved this version to serve")
    if not report.card.version.commit:
        yield _finding(Gravity.LOW, "lineage", "lineage", "The commit of the code that trained it is not on record")


def _outcomes(report: ValidationReport) -> Iterator[OpenFinding]:
    for verdict in report.card.verdicts:
        gravity = _VERDICTS.get(verdict.judgement)
        if gravity is not None:
            open_ = "Not judged: " if verdict.judgement is Judgement.OPEN else ""
            yield _finding(gravity, "outcomes", figure_of(verdict.said), f"{verdict.as_of}: {open_}{verdict.said}")


def _publications(report: ValidationReport) -> Iterator[OpenFinding]:
    found = report.monitoring
    if found is None:
        yield _finding(Gravity.MEDIUM, "outcomes", "publications", "Not judged: this version has published nothing")
        return
    for alarm in found.alarms:
        said = f"{alarm.code} of {alarm.named}: {alarm.found}"
        yield _finding(_SEVERITIES[alarm.severity], "outcomes", "alarms", said)
    if not found.outcomes:
        said = "Not judged: no publication is old enough for outcomes"
        yield _finding(Gravity.MEDIUM, "outcomes", "publications", said)


def _fairness(report: ValidationReport) -> Iterator[OpenFinding]:
    for group in report.selection.groups:
        if group.is_off:
            expected = group.by == SIZE
            said = selection_sentence(group) + (", as a policy that looks at value makes it" if expected else "")
            yield _finding(Gravity.LOW if expected else Gravity.MEDIUM, "fairness", "selection", said)
    for by, groups in report.card.fairness.items():
        for each in groups:
            if each.is_off:
                said = (
                    f"Of {by} {each.name} a decline of {each.foreseen:.1%} was foreseen, and {each.realised:.1%} came"
                )
                yield _finding(Gravity.MEDIUM, "fairness", "groups", said)
    for by in report.card.not_told:
        yield _finding(Gravity.LOW, "fairness", "groups", f"Not judged by {by}: the book does not tell it")


def selection_sentence(group: SelectionGroup) -> str:
    """How often a group reaches the top tier beside all others."""
    if group.ratio is None:
        return f"{group.by} {group.name}: nobody else reaches the top tier"
    ends = f"{group.ratio_low:.2f} to {group.ratio_high:.2f}"
    return (
        f"{group.by} {group.name}: {group.share:.1%} reach the top tier, {group.ratio:.2f} times as many as of all "
        f"others ({ends})"
    )
