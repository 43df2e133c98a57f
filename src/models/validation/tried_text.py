"""Claims of a validation file on what was tried: shocks, refits, and who is selected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from models.reasons.figures import money
from models.text import CLAUSES, Language, Text, joined
from models.validation.figures import FigureClaim
from models.validation.report import RefitComparison, ShockEffect, ShockKind, ValidationReport
from models.validation.rules import (
    COMPARED_BY,
    GROUPINGS,
    SCORES,
    SEED,
    SIZE,
    off_sentence,
    selection_sentence,
)

OFF: Final = Text("off", "mark of a claim")
_EFFECT: Final = Text("{effect}.", "effect of a shock")
_WORST: Final = Text("Macro stress at its worst: {effect}.")
_MOST_VALUE: Final = Text("Of single inputs {effect}, the most in value.")
_MOST_MOVED: Final = Text("Of single inputs {title} moves most clients to another tier: {share:.1%}.")
_NOT_TRIED: Final = Text("{title}: not tried, since {why}.")
_VALUE_EFFECT: Final = Text("value {change}{relative}", "effect of a shock")
_DECLINE_EFFECT: Final = Text("mean chance of decline {points:+.2f} points")
_LOSS_EFFECT: Final = Text("credit loss {change}{relative}", "effect of a shock")
_TIER_EFFECT: Final = Text("{down:,} clients in a worse tier and {up:,} in a better one")
_OF_SHOCK: Final = Text("{title}: {effects}", "effect of a shock")
_RELATIVE: Final = Text(" ({share:+.1%})", "relative change")
_LARGEST: Final = Text(
    "At {count} of {asked} dates, from {first} to {last}, the largest stability index of a score beside training is "
    "{index:.2f} ({score} at {day})."
)
_REASONS: Final = {
    "value": Text(
        "Fitted again, {title}: reasons of value rank alike by {correlation:.2f}, and {share:.0%} of the five largest "
        "are shared."
    ),
    "decline": Text(
        "Fitted again, {title}: reasons of decline rank alike by {correlation:.2f}, and {share:.0%} of the five "
        "largest are shared."
    ),
}
_SEED: Final = Text("Another seed alone moves {share:.1%}: of what other data move, so much is chance of the fit.")
_NO_REFIT: Final = Text("The same recipe fitted again, {title}: not tried, since {why}.")
_ALIKE: Final = {
    "value": Text("value by {correlation:.3f}", "rank correlation"),
    "decline": Text("decline by {correlation:.3f}", "rank correlation"),
}
_REFIT: Final = Text(
    "Fitted again, {title}: {moved:,} of {clients:,} clients ({share:.1%}) change tier; clients rank alike, {ranks}."
)
_PARITY: Final = Text(
    "No group reaches the top tier less or more often than parity allows, as far as its clients can tell."
)
_POOLED: Final = Text("By {by}, {count} small group is pooled.", plural="By {by}, {count} small groups are pooled.")
_NOT_COMPARED: Final = Text("Not compared by {by}: the book tells no two groups that are large enough.")
_IN_NO_GROUP: Final = Text("In no group decline was foreseen amiss by more than chance.")
_NOT_TOLD: Final = Text("Not judged by {by}: the book does not tell it.")
_SENTENCE: Final = Text("{sentence}.")


def sensitivity_claims(report: ValidationReport, language: Language) -> Iterator[FigureClaim]:
    """Each scenario, the worst of the economy, and the single inputs that move most."""
    effects = report.sensitivity.effects
    for effect in effects:
        if effect.kind is ShockKind.SCENARIO:
            said = _EFFECT.within(language, effect=_effect(effect, report, language))
            yield FigureClaim(said=said, figure="shocks")
    economy = [each for each in effects if each.kind is ShockKind.MACRO]
    if economy:
        worst = min(economy, key=lambda each: each.after.value)
        yield FigureClaim(said=_WORST.within(language, effect=_effect(worst, report, language)), figure="shocks")
    inputs = [each for each in effects if each.kind is ShockKind.INPUT]
    if inputs:
        most = max(inputs, key=lambda each: abs(each.after.value - each.before.value))
        said = _MOST_VALUE.within(language, effect=_effect(most, report, language))
        yield FigureClaim(said=said, figure="input-shocks")
        most = max(inputs, key=lambda each: each.moved)
        said = _MOST_MOVED.within(language, title=most.title_in(language), share=most.moved)
        yield FigureClaim(said=said, figure="input-shocks")
    for left in report.sensitivity.left_out:
        title, why = left.phrases
        yield FigureClaim(said=_NOT_TRIED.within(language, title=title, why=why), figure="shocks", style="quiet")


def _effect(effect: ShockEffect, report: ValidationReport, language: Language) -> str:
    """A shock and what it does, without a full stop."""
    before, after, currency = effect.before, effect.after, report.card.currency
    change = money(after.value - before.value, currency, language, signed=True)
    parts = [
        _VALUE_EFFECT.within(language, change=change, relative=_relative(before.value, after.value)),
        _DECLINE_EFFECT.within(language, points=100 * (after.decline - before.decline)),
    ]
    if before.credit_loss is not None and after.credit_loss is not None:
        change = money(after.credit_loss - before.credit_loss, currency, language, signed=True)
        relative = _relative(before.credit_loss, after.credit_loss)
        parts.append(_LOSS_EFFECT.within(language, change=change, relative=relative))
    parts.append(_TIER_EFFECT.within(language, down=effect.down, up=effect.up))
    return _OF_SHOCK.within(language, title=effect.title_in(language), effects=joined(parts, language, CLAUSES))


def _relative(before: float, after: float) -> Text | str:
    return _RELATIVE.filled(share=(after - before) / abs(before)) if before else ""


def stability_claims(report: ValidationReport, language: Language) -> Iterator[FigureClaim]:
    """Scores at earlier dates beside training, and refits."""
    found = report.stability
    if found.dates:
        worst = max((index, name, each.as_of) for each in found.dates for name, index in each.scores.items())
        said = _LARGEST.within(
            language,
            count=len(found.dates),
            asked=found.dates_asked,
            first=str(found.dates[0].as_of),
            last=str(found.dates[-1].as_of),
            index=worst[0],
            score=SCORES[worst[1]],
            day=str(worst[2]),
        )
        yield FigureClaim(said=said, figure="dates")
    for refit in found.refits:
        yield from _refit(refit, language)
    moved = {refit.title: refit.moved / refit.clients for refit in found.refits}
    if SEED in moved and len(moved) > 1:
        yield FigureClaim(said=_SEED.within(language, share=moved[SEED]), figure="refits")
    for left in found.left_out:
        title, why = left.phrases
        yield FigureClaim(said=_NO_REFIT.within(language, title=title, why=why), figure="refits", style="fair")


def _refit(refit: RefitComparison, language: Language) -> Iterator[FigureClaim]:
    ranks = (
        _ALIKE[name].within(language, correlation=correlation)
        for name, correlation in refit.correlation.items()
        if correlation is not None
    )
    said = _REFIT.within(
        language,
        title=refit.title_in(language),
        moved=refit.moved,
        clients=refit.clients,
        share=refit.moved / refit.clients,
        ranks=joined(ranks, language, CLAUSES),
    )
    yield FigureClaim(said=said, figure="refits")
    for each in refit.reasons:
        if each.correlation is not None and each.top_shared is not None:
            alike = _REASONS[each.model].filled(correlation=each.correlation, share=each.top_shared)
            yield FigureClaim(said=alike.within(language, title=refit.title_in(language)), figure="reasons")


def fairness_claims(report: ValidationReport, language: Language) -> Iterator[FigureClaim]:
    """Who reaches the top tier, and decline foreseen and come, by group."""
    yield from _selected(report, language)
    yield from _declined(report, language)


def _selected(report: ValidationReport, language: Language) -> Iterator[FigureClaim]:
    """Who reaches the top tier."""
    found, off_mark = report.selection, OFF.within(language)
    off = [group for group in found.groups if group.is_off]
    for group in off:
        style = "quiet" if group.by == SIZE else "fair"
        said = _SENTENCE.within(language, sentence=selection_sentence(group))
        yield FigureClaim(said=said, figure="selection", style=style, mark=off_mark)
    if found.groups and not off:
        yield FigureClaim(said=_PARITY.within(language), figure="selection", style="good")
    for by, count in found.pooled.items():
        if count:
            said = _POOLED.within(language, by=GROUPINGS[by], count=count)
            yield FigureClaim(said=said, figure="selection", style="quiet")
    for by in sorted({*COMPARED_BY} - {*found.pooled, *report.card.not_told}):
        said = _NOT_COMPARED.within(language, by=GROUPINGS[by])
        yield FigureClaim(said=said, figure="selection", style="quiet")


def _declined(report: ValidationReport, language: Language) -> Iterator[FigureClaim]:
    """Decline foreseen and come."""
    off = [(by, group) for by, groups in report.card.fairness.items() for group in groups if group.is_off]
    for by, each in off:
        said = _SENTENCE.within(language, sentence=off_sentence(by, each))
        yield FigureClaim(said=said, figure="groups", style="fair", mark=OFF.within(language))
    if not off and report.card.fairness:
        yield FigureClaim(said=_IN_NO_GROUP.within(language), figure="groups", style="good")
    for by in report.card.not_told:
        yield FigureClaim(said=_NOT_TOLD.within(language, by=GROUPINGS[by]), figure="groups", style="quiet")
