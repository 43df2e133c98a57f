"""The funnel as cells of tables, the same in a terminal and on pages."""

from __future__ import annotations

from typing import Final

from models.funnel.compute import FunnelCandidate, FunnelReport
from models.funnel.orders import Order
from models.funnel.rules import Layer
from models.panel.features.labels import STRETCHES
from models.shell.small_plots import short_number
from models.shell.units import KpiUnit, written
from models.text import COMMA, ENGLISH, Language, Text, number
from models.vocab import FunnelStage

_ORDERS: Final = {
    Order.OURS: Text("ours", "order of opportunities"),
    Order.LARGEST_AMOUNT: Text("largest amount first"),
    Order.FIRST_IN_FIRST_OUT: Text("first in, first out"),
    Order.AT_RANDOM: Text("at random"),
}
_STAGES: Final = {
    FunnelStage.IDENTIFIED: Text("identified", "stage of an opportunity"),
    FunnelStage.ASSESSED: Text("assessed", "stage of an opportunity"),
    FunnelStage.DUE_DILIGENCE: Text("due diligence", "stage of an opportunity"),
    FunnelStage.APPROVED: Text("approved", "stage of an opportunity"),
    FunnelStage.SIGNED: Text("signed", "stage of an opportunity"),
}
_NOT_RECORDED: Final = Text("{stage} (not recorded)", "stage of an opportunity")
_LAYERS: Final = Text(
    "Layers tell of the time from {start} until before {end}; {opportunities:,} opportunities are known in all. "
    "Reached: came to the stage in that time. Go on: of those that left it, the share that went on. Days: mean stay, "
    "also of those that still stand there. Open, amount, expected, risk: who stands there now; expected is amount "
    "times the chance of being signed within {ahead}, risk the probability of default weighted by amount. Of the "
    "signed, amount is what was signed in that time."
)
_LAYER_HEADS: Final = (
    Text("reached", "funnel"),
    Text("open", "funnel"),
    Text("go on", "funnel"),
    Text("mean days in stage", "funnel"),
    Text("amount", "funnel"),
    Text("expected", "funnel"),
    Text("risk", "funnel"),
)
_CANDIDATE_HEADS: Final = (
    Text("days", "funnel"),
    Text("amount", "funnel"),
    Text("chance", "funnel"),
    Text("risk", "funnel"),
    Text("expected", "funnel"),
)
_KINDS: Final = {
    "first opportunity": Text("first opportunity"),
    "known client": Text("known client"),
    "safest third": Text("safest third"),
    "middle third": Text("middle third"),
    "riskiest third": Text("riskiest third"),
    "not rated": Text("not rated"),
}
"""The parts of a kind of opportunity."""
_STARTS_COLD: Final = Text("{kind}; cold start, value {value}")


def layers_note(funnel: FunnelReport, language: Language = ENGLISH) -> str:
    """What the columns of the layers count, and of which time."""
    ahead = STRETCHES[funnel.period].filled(count=funnel.ahead_periods)
    start, end = funnel.window_start.isoformat(), funnel.as_of.isoformat()
    return _LAYERS.within(language, start=start, end=end, opportunities=funnel.opportunities, ahead=ahead)


def order_names(language: Language = ENGLISH) -> dict[Order, str]:
    """What each order of opportunities is called."""
    return {order: name.within(language) for order, name in _ORDERS.items()}


def layer_heads(language: Language = ENGLISH) -> list[str]:
    """The heads of ``layer_cells``."""
    return [head.within(language) for head in _LAYER_HEADS]


def candidate_heads(language: Language = ENGLISH) -> list[str]:
    """The heads of ``candidate_cells``."""
    return [head.within(language) for head in _CANDIDATE_HEADS]


def layer_name(layer: Layer, language: Language = ENGLISH) -> str:
    """A stage as it is said; what the book does not tell of is counted from what came after."""
    stage = _STAGES[FunnelStage(layer.stage)]
    return stage.within(language) if layer.is_recorded else _NOT_RECORDED.within(language, stage=stage)


def layer_cells(layer: Layer, language: Language = ENGLISH) -> list[str]:
    """Reached, open, conversion, days, amount, expected amount and risk of one layer; what is signed waits no more."""
    return [
        number(f"{layer.reached:,}", language),
        "–" if layer.stage == FunnelStage.SIGNED else number(f"{layer.open:,}", language),
        written(layer.conversion if layer.is_recorded else None, KpiUnit.SHARE, language),
        written(layer.days if layer.is_recorded else None, KpiUnit.DAYS, language),
        short_number(layer.amount, language),
        short_number(layer.expected, language),
        written(layer.risk, KpiUnit.SHARE, language),
    ]


def kind_name(kind: str, language: Language = ENGLISH) -> str:
    """What may speed or end an opportunity, in words.

    >>> kind_name("known client, safest third")
    'known client, safest third'
    """
    known, _, risk = kind.partition(", ")
    return COMMA.within(language, first=_KINDS[known], next=_KINDS[risk])


def candidate_stands(each: FunnelCandidate, language: Language = ENGLISH) -> str:
    """What may speed or end an opportunity, and the value that weighs on the place of a client that starts cold."""
    kind = kind_name(each.kind, language)
    if each.client_value is None:
        return kind
    return _STARTS_COLD.within(language, kind=kind, value=short_number(each.client_value, language))


def candidate_cells(each: FunnelCandidate, language: Language = ENGLISH) -> list[str]:
    """Days in stage, amount, chance, risk and expected amount of one candidate."""
    return [
        number(f"{each.days_in_stage:,}", language),
        short_number(each.amount, language),
        number(f"{each.chance:.0%}", language),
        written(each.risk, KpiUnit.SHARE, language),
        short_number(each.expected, language),
    ]
