"""Figures of what was tried: shocks, dates, refits, and who is selected, as tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from models.evaluation.report.names import group_name
from models.reasons.figures import currency_name
from models.text import Language, Text, heard, in_a_row
from models.validation.figures import NUMBER, FigureColumn, FigureTable, Row, columns_of
from models.validation.names import target_name
from models.validation.report import ShockedTotals, ShockEffect, ShockKind, ValidationReport
from models.validation.rules import GROUPINGS, SCORES

_OF_SHOCKS: Final = (
    "shock | clients touched=touched:count | value before=value_before:money | after=value_after:money"
    " | decline before=decline_before:share | after=decline_after:share | credit loss before=credit_loss_before:money"
    " | after=credit_loss_after:money | change tier=moved:share | up:count | down:count | assumption"
)
_SHOCKS: Final = {
    "shocks": Text("Effects of shocks in total, {currency}: events and the economy"),
    "input-shocks": Text("Effects of shocks in total, {currency}: single inputs"),
}
_SHOCKS_READ: Final = Text(
    "the clients of {day} scored and graded anew with shocked inputs, all else as it is. It tells how the models "
    "answer, not what would come: inputs move together in the world."
)
_BY_TIER: Final = (
    Text("The same by tier, {currency}"),
    Text("clients by the tier in which they stand without the shock."),
)
_DATES: Final = (
    Text("Scores and inputs beside training as of {day}"),
    Text(
        "population stability index beyond chance; below 0.1 nothing moved, from 0.25 on much did. The last columns "
        "are inputs unlike training, by how much of what moves the models they make up."
    ),
)
_REFITS: Final = (
    Text("The same recipe fitted again"),
    Text("who would change tier on the same clients, and how alike both rank clients; 1 is the same order."),
)
_REASONS: Final = (
    Text("Reasons of models fitted again"),
    Text("rank correlation of all reasons, and the share of the five largest that both name."),
)
_SELECTION: Final = (
    Text("Who reaches {tiers} at {day}"),
    Text(
        "ratio: share of the group over that of all others (Katz 1978); four fifths is the rule of thumb below which "
        "one asks why. Small groups are pooled."
    ),
)
_GROUPS: Final = (
    Text("Decline foreseen and come by group at {day}"),
    Text(
        "out of time; off where more or less was foreseen than came by more than chance (99%). Groups of fewer than 5 "
        "clients are put together."
    ),
)
_OFF: Final = Text("off", "mark of a claim")


def sensitivity_figures(report: ValidationReport, language: Language) -> Iterator[FigureTable]:
    """Effects of shocks in total and by tier."""
    found, currency = report.sensitivity, currency_name(report.card.currency, language)
    for key, title in _SHOCKS.items():
        of_inputs = key == "input-shocks"
        chosen = [each for each in found.effects if (each.kind is ShockKind.INPUT) == of_inputs]
        yield FigureTable(
            key=key,
            part="sensitivity",
            title=title.within(language, currency=currency),
            read=_SHOCKS_READ.within(language, day=str(found.as_of)),
            columns=columns_of(_OF_SHOCKS, language),
            rows=tuple(
                (
                    *(e.title_in(language), e.touched, *_pairs(e.before, e.after)),
                    *(e.moved, e.up, e.down, heard(e.assumed or e.assumption, language)),
                )
                for e in chosen
            ),
            is_long=of_inputs,
        )
    yield FigureTable(
        key="shocks-by-tier",
        part="sensitivity",
        title=_BY_TIER[0].within(language, currency=currency),
        read=_BY_TIER[1].within(language),
        columns=columns_of(
            "shock | tier | clients:count | value before=value_before:money | after=value_after:money"
            " | decline before=decline_before:share | after=decline_after:share"
            " | credit loss before=credit_loss_before:money | after=credit_loss_after:money"
            " | leave the tier=moved:count",
            language,
        ),
        rows=tuple(row for each in found.effects for row in _by_tier(each, language)),
        is_long=True,
    )


def _pairs(before: ShockedTotals, after: ShockedTotals) -> Row:
    return (before.value, after.value, before.decline, after.decline, before.credit_loss, after.credit_loss)


def _by_tier(effect: ShockEffect, language: Language) -> Iterator[Row]:
    for each in effect.tiers:
        yield (effect.title_in(language), each.tier, each.before.clients, *_pairs(each.before, each.after), each.moved)


def stability_figures(report: ValidationReport, language: Language) -> Iterator[FigureTable]:
    """Dates beside training, and the recipe fitted again."""
    found = report.stability
    yield FigureTable(
        key="dates",
        part="stability",
        title=_DATES[0].within(language, day=str(found.reference)),
        read=_DATES[1].within(language),
        columns=(
            *columns_of("as of=as_of | clients:count", language),
            *(FigureColumn(head=called.within(language), name=name, kind=NUMBER) for name, called in SCORES.items()),
            *columns_of("inputs unlike training=inputs_moved:share | the largest=leading", language),
        ),
        rows=tuple(
            (
                *(f"{each.as_of}", each.clients),
                *(each.scores.get(name) for name in SCORES),
                *(each.moved, ", ".join(each.leading)),
            )
            for each in found.dates
        ),
    )
    yield from _refits(report, language)


def _refits(report: ValidationReport, language: Language) -> Iterator[FigureTable]:
    found = report.stability
    yield FigureTable(
        key="refits",
        part="stability",
        title=_REFITS[0].within(language),
        read=_REFITS[1].within(language),
        columns=columns_of(
            "fitted again=refit | learned until=learned_until | clients:count | change tier=moved:share"
            " | up:count | rank correlation of value=value_correlation:number"
            " | rank correlation of decline=decline_correlation:number | value before=value_before:money"
            " | after=value_after:money | declines before=declines_before:number"
            " | after=declines_after:number",
            language,
        ),
        rows=tuple(
            (
                *(each.title_in(language), f"{each.learned_until}", each.clients, each.moved / each.clients, each.up),
                *(each.correlation.get(name) for name in ("value", "decline")),
                *(*each.value, *each.declines),
            )
            for each in found.refits
        ),
    )
    yield FigureTable(
        key="reasons",
        part="stability",
        title=_REASONS[0].within(language),
        read=_REASONS[1].within(language),
        columns=columns_of(
            "fitted again=refit | model | rank correlation=correlation:number | five largest shared=top_shared:share",
            language,
        ),
        rows=tuple(
            (r.title_in(language), target_name(each.model, language), each.correlation, each.top_shared)
            for r in found.refits
            for each in r.reasons
        ),
    )


def fairness_figures(report: ValidationReport, language: Language) -> Iterator[FigureTable]:
    """Who reaches the top tier, and decline foreseen and come, by group."""
    found = report.selection
    yield FigureTable(
        key="selection",
        part="fairness",
        title=_SELECTION[0].within(language, tiers=in_a_row(found.tiers), day=str(found.as_of)),
        read=_SELECTION[1].within(language),
        columns=columns_of(
            "by | group | clients:count | selected:count | share:share | low:share | high:share"
            " | ratio:number | low=ratio_low:number | high=ratio_high:number"
            " | decline foreseen=decline:share",
            language,
        ),
        rows=tuple(
            (
                *(GROUPINGS[g.by].within(language), group_name(g.name, language), g.clients, g.selected, g.share),
                *(g.low, g.high, g.ratio, g.ratio_low, g.ratio_high, g.decline),
            )
            for g in found.groups
        ),
    )
    yield FigureTable(
        key="groups",
        part="fairness",
        title=_GROUPS[0].within(language, day=str(report.card.fairness_at)),
        read=_GROUPS[1].within(language),
        columns=columns_of(
            "by | group | clients:count | foreseen:share | came:share | low:share | high:share"
            " | AUC=auc:number | value foreseen / came=value_ratio:number | off",
            language,
        ),
        rows=tuple(
            (
                *(GROUPINGS[by].within(language), group_name(g.name, language), g.clients),
                *(g.foreseen, g.realised, g.low, g.high),
                *(g.auc, g.total_ratio, _OFF.within(language) if g.is_off else ""),
            )
            for by, groups in report.card.fairness.items()
            for g in groups
        ),
    )
