"""Figures of what was tried: shocks, dates, refits, and who is selected, as tables."""

from __future__ import annotations

from collections.abc import Iterator

from models.validation.figures import NUMBER, FigureColumn, FigureTable, Row, columns_of
from models.validation.report import ShockedTotals, ShockEffect, ShockKind, ValidationReport
from models.validation.rules import SCORES

_OF_SHOCKS = columns_of(
    "shock | clients touched=touched:count | value before=value_before:money | after=value_after:money"
    " | decline before=decline_before:share | after=decline_after:share | credit loss before=credit_loss_before:money"
    " | after=credit_loss_after:money | change tier=moved:share | up:count | down:count | assumption"
)


def sensitivity_figures(report: ValidationReport) -> Iterator[FigureTable]:
    """Effects of shocks in total and by tier."""
    found = report.sensitivity
    kinds = {"shocks": (False, "events and the economy"), "input-shocks": (True, "single inputs")}
    for key, (of_inputs, named) in kinds.items():
        chosen = [each for each in found.effects if (each.kind is ShockKind.INPUT) == of_inputs]
        yield FigureTable(
            key=key,
            part="sensitivity",
            title=f"Effects of shocks in total, {report.card.currency}: {named}",
            read=f"the clients of {found.as_of} scored and graded anew with shocked inputs, all else as it is. It "
            "tells how the models answer, not what would come: inputs move together in the world.",
            columns=_OF_SHOCKS,
            rows=tuple(
                (e.title, e.touched, *_pairs(e.before, e.after), e.moved, e.up, e.down, e.assumption) for e in chosen
            ),
            is_long=of_inputs,
        )
    yield FigureTable(
        key="shocks-by-tier",
        part="sensitivity",
        title=f"The same by tier, {report.card.currency}",
        read="clients by the tier in which they stand without the shock.",
        columns=columns_of(
            "shock | tier | clients:count | value before=value_before:money | after=value_after:money"
            " | decline before=decline_before:share | after=decline_after:share"
            " | credit loss before=credit_loss_before:money | after=credit_loss_after:money"
            " | leave the tier=moved:count"
        ),
        rows=tuple(row for each in found.effects for row in _by_tier(each)),
        is_long=True,
    )


def _pairs(before: ShockedTotals, after: ShockedTotals) -> Row:
    return (before.value, after.value, before.decline, after.decline, before.credit_loss, after.credit_loss)


def _by_tier(effect: ShockEffect) -> Iterator[Row]:
    for each in effect.tiers:
        yield (effect.title, each.tier, each.before.clients, *_pairs(each.before, each.after), each.moved)


def stability_figures(report: ValidationReport) -> Iterator[FigureTable]:
    """Dates beside training, and the recipe fitted again."""
    found = report.stability
    yield FigureTable(
        key="dates",
        part="stability",
        title=f"Scores and inputs beside training as of {found.reference}",
        read="population stability index beyond chance; below 0.1 nothing moved, from 0.25 on much did. The last "
        "columns are inputs unlike training, by how much of what moves the models they make up.",
        columns=(
            *columns_of("as of=as_of | clients:count"),
            *(FigureColumn(head=called, name=name, kind=NUMBER) for name, called in SCORES.items()),
            *columns_of("inputs unlike training=inputs_moved:share | the largest=leading"),
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
    yield from _refits(report)


def _refits(report: ValidationReport) -> Iterator[FigureTable]:
    found = report.stability
    yield FigureTable(
        key="refits",
        part="stability",
        title="The same recipe fitted again",
        read="who would change tier on the same clients, and how alike both rank clients; 1 is the same order.",
        columns=columns_of(
            "fitted again=refit | learned until=learned_until | clients:count | change tier=moved:share"
            " | up:count | rank correlation of value=value_correlation:number"
            " | rank correlation of decline=decline_correlation:number | value before=value_before:money"
            " | after=value_after:money | declines before=declines_before:number"
            " | after=declines_after:number"
        ),
        rows=tuple(
            (
                *(each.title, f"{each.learned_until}", each.clients, each.moved / each.clients, each.up),
                *(each.correlation.get(name) for name in ("value", "decline")),
                *(*each.value, *each.declines),
            )
            for each in found.refits
        ),
    )
    yield FigureTable(
        key="reasons",
        part="stability",
        title="Reasons of models fitted again",
        read="rank correlation of all reasons, and the share of the five largest that both name.",
        columns=columns_of(
            "fitted again=refit | model | rank correlation=correlation:number | five largest shared=top_shared:share"
        ),
        rows=tuple(
            (r.title, each.model, each.correlation, each.top_shared) for r in found.refits for each in r.reasons
        ),
    )


def fairness_figures(report: ValidationReport) -> Iterator[FigureTable]:
    """Who reaches the top tier, and decline foreseen and come, by group."""
    found = report.selection
    yield FigureTable(
        key="selection",
        part="fairness",
        title=f"Who reaches {', '.join(found.tiers)} at {found.as_of}",
        read="ratio: share of the group over that of all others (Katz 1978); four fifths is the rule of thumb below "
        "which one asks why. Small groups are pooled.",
        columns=columns_of(
            "by | group | clients:count | selected:count | share:share | low:share | high:share"
            " | ratio:number | low=ratio_low:number | high=ratio_high:number"
            " | decline foreseen=decline:share"
        ),
        rows=tuple(
            (g.by, g.name, g.clients, g.selected, g.share, g.low, g.high, g.ratio, g.ratio_low, g.ratio_high, g.decline)
            for g in found.groups
        ),
    )
    yield FigureTable(
        key="groups",
        part="fairness",
        title=f"Decline foreseen and come by group at {report.card.fairness_at}",
        read="out of time; off where more or less was foreseen than came by more than chance (99%). Groups of fewer "
        "than 5 clients are put together.",
        columns=columns_of(
            "by | group | clients:count | foreseen:share | came:share | low:share | high:share"
            " | AUC=auc:number | value foreseen / came=value_ratio:number | off"
        ),
        rows=tuple(
            (
                *(by, g.name, g.clients, g.foreseen, g.realised, g.low, g.high),
                *(g.auc, g.total_ratio, "off" if g.is_off else ""),
            )
            for by, groups in report.card.fairness.items()
            for g in groups
        ),
    )
