"""Sentences of a validation file: each is a claim that leads to the figure which shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from models.card.text import card_sections
from models.evaluation.report.names import benchmark_name
from models.evaluation.text import Judgement
from models.monitoring.text import elapsed_sentence
from models.monitoring.text import headline as monitoring_headline
from models.reasons.figures import money
from models.text import ENGLISH, heard
from models.validation.report import Gravity, RefitComparison, ShockEffect, ShockKind, ValidationReport
from models.validation.rules import COMPARED_BY, SEED, SIZE, figure_of, selection_sentence

PARTS: Mapping[str, str] = {
    "findings": "Open findings",
    "soundness": "Conceptual soundness",
    "lineage": "Lineage",
    "outcomes": "Outcome analysis",
    "benchmarks": "Benchmarks",
    "sensitivity": "Sensitivity and stress",
    "stability": "Stability",
    "fairness": "Fairness",
    "plan": "Monitoring plan",
    "signing": "Sign-off",
}
"""The parts of the page in its order, as SR 11-7 and the ECB guide to internal models ask for them."""
STYLES = {
    Judgement.WRONG: "bad",
    Judgement.PERHAPS: "fair",
    Judgement.RIGHT: "good",
    Judgement.BETTER: "good",
    Judgement.OPEN: "quiet",
}
GRAVITIES = {Gravity.HIGH: "bad", Gravity.MEDIUM: "fair", Gravity.LOW: "quiet"}
_METRICS = {"auc": "AUC", "normalized_gini": "normalized Gini"}
_SHOWN = 4
_ASSUMED = (
    ("Clients go on as clients like them did at the dates learned from; a cycle longer than these dates is not known.",
     "settings"),
    ("Everything dated before the as-of date was known on it; bookings that come late look known too early.", "limits"),
    ("Clients of one sponsor group share a fate: intervals draw groups whole where the book names them.", "metrics"),
)  # fmt: skip
_CANNOT = (
    ("Inputs are no levers: an effect shown here is how the models answer, not what acting would bring.", "shocks"),
    ("Trees say beyond the range that they saw what they say at its edge: stress beyond it is understated.", "shocks"),
    ("A regulatory probability of default is not what is foreseen: decline is defined by this book.", "settings"),
)


@dataclass(frozen=True, kw_only=True)
class FigureClaim:
    """A sentence and the key of the figure that shows it; ``style`` good, fair, bad or quiet, "" for a plain one."""

    said: str
    figure: str
    style: str = ""
    mark: str = ""


def headline(report: ValidationReport) -> str:
    """What a validator must know first."""
    counts = {gravity: sum(each.gravity is gravity for each in report.findings) for gravity in Gravity}
    named = [f"{count} {gravity.value}" for gravity, count in counts.items() if count]
    return f"Open findings: {', '.join(named)}." if named else "No open finding."


def claims(report: ValidationReport) -> dict[str, tuple[FigureClaim, ...]]:
    """Part -> its claims."""
    return {
        "soundness": tuple(_soundness(report)),
        "lineage": tuple(_lineage(report)),
        "outcomes": tuple(_outcomes(report)),
        "benchmarks": tuple(_benchmarks(report)),
        "sensitivity": tuple(_sensitivity(report)),
        "stability": tuple(_stability(report)),
        "fairness": tuple(_fairness(report)),
        "plan": tuple(_plan(report)),
    }


def _soundness(report: ValidationReport) -> Iterator[FigureClaim]:
    card = report.card
    yield FigureClaim(said=f"Purpose: {card.purpose}", figure="lineage")
    for each in card.not_for:
        yield FigureClaim(said=f"Not for {each}.", figure="limits")
    for term in card.terms:
        yield FigureClaim(said=heard(term, ENGLISH), figure="settings")
    method = next(section for section in card_sections(card) if section.key == "method")
    for line, figure in zip(method.lines, _figures_of_method(len(method.lines)), strict=True):
        yield FigureClaim(said=line.said, figure=figure)
    yield FigureClaim(
        said=f"The models learned from {card.rows:,} rows, a client at one of {len(card.learned_from)} dates each, "
        f"with outcomes until {card.learned_until}; they look at {card.features} inputs, each known before the as-of "
        "date.",
        figure="inputs",
    )
    for said, figure in _ASSUMED:
        yield FigureClaim(said=f"Assumed: {said}", figure=figure)
    for said, figure in _CANNOT:
        yield FigureClaim(said=f"Limit: {said}", figure=figure)


def _figures_of_method(lines: int) -> list[str]:
    """Who serves stands first, then calibration and intervals, tiers, reasons."""
    return [*["benchmarks"] * (lines - 3), "calibration", "settings", "inputs"]


def _lineage(report: ValidationReport) -> Iterator[FigureClaim]:
    version = report.card.version
    registered = "" if version.registered is None else f" on {version.registered:%Y-%m-%d}"
    yield FigureClaim(
        said=f"Version {version.version} of {version.model} was registered{registered}; its bundle, data, config and "
        "code are named by hashes.",
        figure="lineage",
    )
    latest = report.card.approvals[-1:]
    for each in latest:
        yield FigureClaim(said=f"It serves since it was {each.act} by {each.by}: {each.why}.", figure="approvals")
    if not latest:
        yield FigureClaim(said="Nobody has approved it to serve.", figure="approvals", style="fair")
    runs = sum(entry.as_of is not None for entry in report.ledger)
    if report.ledger:
        said = (
            f"{len(report.ledger)} entries stand in the ledger of publications, {runs} of them runs, sealed one by one."
        )
        yield FigureClaim(said=said, figure="ledger")


def _outcomes(report: ValidationReport) -> Iterator[FigureClaim]:
    """Verdicts as the card has them, red first; then what came of publications."""
    for each in report.card.verdicts:
        style = STYLES.get(each.judgement, "quiet")
        said = f"{each.as_of}: {each.said}"
        yield FigureClaim(said=said, figure=figure_of(each.said), style=style, mark=each.judgement.value)
    found = report.monitoring
    if found is None:
        yield FigureClaim(said="This version has published nothing.", figure="publications", style="fair", mark="open")
        return
    style = "bad" if found.is_raised else "good"
    said = f"Monitoring as of {found.as_of}, outcomes known until {found.known_until}: {monitoring_headline(found)}."
    yield FigureClaim(said=said, figure="alarms" if found.alarms else "dates", style=style, mark="monitor")
    for outcome in found.outcomes[-_SHOWN:]:
        whole = outcome.whole
        inside = whole.came.low <= whole.foreseen <= whole.came.high
        yield FigureClaim(
            said=f"P{elapsed_sentence(outcome, found.period)[1:]}: "
            f"{whole.foreseen:.1f} {outcome.event}s foreseen by now, {whole.came.estimate:.1f} came "
            f"({whole.came.low:.1f} to {whole.came.high:.1f}).",
            figure="publications",
            style="good" if inside else "fair",
            mark="as foreseen" if inside else "off",
        )


def _benchmarks(report: ValidationReport) -> Iterator[FigureClaim]:
    for each in report.card.figures:
        if each.other is not None:
            yield FigureClaim(
                said=f"{each.as_of}, {each.target}: {_METRICS[each.metric]} {each.estimate:.3f} ({each.low:.3f} to "
                f"{each.high:.3f}); the best of the others, {benchmark_name(each.best_other)}, has {each.other:.3f}.",
                figure="benchmarks",
                style="good" if each.estimate >= each.other else "fair",
            )


def _sensitivity(report: ValidationReport) -> Iterator[FigureClaim]:
    effects = report.sensitivity.effects
    for effect in effects:
        if effect.kind is ShockKind.SCENARIO:
            yield FigureClaim(said=_sentence(_effect(effect, report)), figure="shocks")
    economy = [each for each in effects if each.kind is ShockKind.MACRO]
    if economy:
        worst = min(economy, key=lambda each: each.after.value)
        yield FigureClaim(said=f"Macro stress at its worst: {_effect(worst, report)}.", figure="shocks")
    inputs = [each for each in effects if each.kind is ShockKind.INPUT]
    if inputs:
        most = max(inputs, key=lambda each: abs(each.after.value - each.before.value))
        yield FigureClaim(said=f"Of single inputs {_effect(most, report)}, the most in value.", figure="input-shocks")
        most = max(inputs, key=lambda each: each.moved)
        said = f"Of single inputs {most.title} moves most clients to another tier: {most.moved:.1%}."
        yield FigureClaim(said=said, figure="input-shocks")
    for left in report.sensitivity.left_out:
        yield FigureClaim(said=f"{left.title}: not tried, since {left.why}.", figure="shocks", style="quiet")


def _effect(effect: ShockEffect, report: ValidationReport) -> str:
    """A shock and what it does, without a full stop."""
    before, after, currency = effect.before, effect.after, report.card.currency
    value = money(after.value - before.value, currency, ENGLISH, signed=True)
    parts = [f"value {value}{_relative(before.value, after.value)}"]
    parts.append(f"mean chance of decline {100 * (after.decline - before.decline):+.2f} points")
    if before.credit_loss is not None and after.credit_loss is not None:
        loss = money(after.credit_loss - before.credit_loss, currency, ENGLISH, signed=True)
        parts.append(f"credit loss {loss}{_relative(before.credit_loss, after.credit_loss)}")
    parts.append(f"{effect.down:,} clients in a worse tier and {effect.up:,} in a better one")
    return f"{effect.title}: {', '.join(parts)}"


def _relative(before: float, after: float) -> str:
    return f" ({(after - before) / abs(before):+.1%})" if before else ""


def _sentence(text: str) -> str:
    return f"{text}."


def _stability(report: ValidationReport) -> Iterator[FigureClaim]:
    found = report.stability
    if found.dates:
        worst = max((index, name, each.as_of) for each in found.dates for name, index in each.scores.items())
        said = (
            f"At {len(found.dates)} of {found.dates_asked} dates, from {found.dates[0].as_of} to "
            f"{found.dates[-1].as_of}, the largest stability index of a score beside training is {worst[0]:.2f} "
            f"({worst[1].replace('_', ' ')} at {worst[2]})."
        )
        yield FigureClaim(said=said, figure="dates")
    for refit in found.refits:
        yield FigureClaim(said=_refit(refit), figure="refits")
        for each in refit.reasons:
            if each.correlation is not None and each.top_shared is not None:
                alike = (
                    f"rank alike by {each.correlation:.2f}, and {each.top_shared:.0%} of the five largest are shared"
                )
                said = f"Fitted again, {refit.title}: reasons of {each.model} {alike}."
                yield FigureClaim(said=said, figure="reasons")
    moved = {refit.title: refit.moved / refit.clients for refit in found.refits}
    if SEED in moved and len(moved) > 1:
        said = f"Another seed alone moves {moved[SEED]:.1%}: of what other data move, so much is chance of the fit."
        yield FigureClaim(said=said, figure="refits")
    for left in found.left_out:
        said = f"The same recipe fitted again, {left.title}: not tried, since {left.why}."
        yield FigureClaim(said=said, figure="refits", style="fair")


def _refit(refit: RefitComparison) -> str:
    ranks = ", ".join(
        f"{name} by {correlation:.3f}" for name, correlation in refit.correlation.items() if correlation is not None
    )
    return (
        f"Fitted again, {refit.title}: {refit.moved:,} of {refit.clients:,} clients ({refit.moved / refit.clients:.1%})"
        f" change tier; clients rank alike, {ranks}."
    )


def _fairness(report: ValidationReport) -> Iterator[FigureClaim]:
    yield from _selected(report)
    yield from _declined(report)


def _selected(report: ValidationReport) -> Iterator[FigureClaim]:
    """Who reaches the top tier."""
    found = report.selection
    off = [group for group in found.groups if group.is_off]
    for group in off:
        style = "quiet" if group.by == SIZE else "fair"
        yield FigureClaim(said=_sentence(selection_sentence(group)), figure="selection", style=style, mark="off")
    if found.groups and not off:
        said = "No group reaches the top tier less or more often than parity allows, as far as its clients can tell."
        yield FigureClaim(said=said, figure="selection", style="good")
    for by, count in found.pooled.items():
        if count:
            said = f"By {by}, {count} small group{'s are' if count > 1 else ' is'} pooled."
            yield FigureClaim(said=said, figure="selection", style="quiet")
    for by in sorted({*COMPARED_BY} - {*found.pooled, *report.card.not_told}):
        said = f"Not compared by {by}: the book tells no two groups that are large enough."
        yield FigureClaim(said=said, figure="selection", style="quiet")


def _declined(report: ValidationReport) -> Iterator[FigureClaim]:
    """Decline foreseen and come."""
    off = [(by, group) for by, groups in report.card.fairness.items() for group in groups if group.is_off]
    for by, each in off:
        said = f"Of {by} {each.name} a decline of {each.foreseen:.1%} was foreseen, and {each.realised:.1%} came."
        yield FigureClaim(said=said, figure="groups", style="fair", mark="off")
    if not off and report.card.fairness:
        said = "In no group decline was foreseen amiss by more than chance."
        yield FigureClaim(said=said, figure="groups", style="good")
    for by in report.card.not_told:
        yield FigureClaim(said=f"Not judged by {by}: the book does not tell it.", figure="groups", style="quiet")


def _plan(report: ValidationReport) -> Iterator[FigureClaim]:
    known = {each.name: each.fact for each in report.plan}
    said = {
        "stop": "Before scores are published the guard looks at them, and stops what cannot be.",
        "mark": "Before scores are published the guard looks at them, and marks what cannot be.",
        "off": "Nobody looks at scores before they are published: the guard is off.",
    }[known["monitor.guard"]]
    yield FigureClaim(said=said, figure="plan", style="fair" if known["monitor.guard"] == "off" else "")
    every = known["nightly.every"]
    yield FigureClaim(
        said=f"A scheduler scores and publishes every {every}; drift and outcomes are "
        f"{'looked at each time' if known['nightly.monitor'] == 'yes' else 'not looked at by it'}.",
        figure="plan",
    )
    yield FigureClaim(said="A new version serves only if it passes the gate, or for a reason on record.", figure="plan")
    kept = known["nightly.kept.replaced_days"]
    said = f"Official runs and their models are kept; replaced ones go after {kept} days."
    yield FigureClaim(said=said, figure="plan")
