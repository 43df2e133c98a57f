"""The funnel as cells of tables, the same in a terminal and on pages."""

from __future__ import annotations

from models.funnel.compute import FunnelCandidate
from models.funnel.orders import Order
from models.funnel.rules import Layer
from models.shell.small_plots import short_number
from models.shell.units import KpiUnit, written
from models.vocab import FunnelStage

ORDERS = {
    Order.OURS: "ours",
    Order.LARGEST_AMOUNT: "largest amount first",
    Order.FIRST_IN_FIRST_OUT: "first in, first out",
    Order.AT_RANDOM: "at random",
}


def layer_name(layer: Layer) -> str:
    """A stage as it is said; what the book does not tell of is counted from what came after."""
    return layer.stage.replace("_", " ") + ("" if layer.is_recorded else " (not recorded)")


def layer_cells(layer: Layer) -> list[str]:
    """Reached, open, conversion, days, amount, expected amount and risk of one layer; what is signed waits no more."""
    return [
        f"{layer.reached:,}",
        "–" if layer.stage == FunnelStage.SIGNED else f"{layer.open:,}",
        written(layer.conversion if layer.is_recorded else None, KpiUnit.SHARE),
        written(layer.days if layer.is_recorded else None, KpiUnit.DAYS),
        short_number(layer.amount),
        short_number(layer.expected),
        written(layer.risk, KpiUnit.SHARE),
    ]


def candidate_stands(each: FunnelCandidate) -> str:
    """What may speed or end an opportunity, and the value that weighs on the place of a client that starts cold."""
    if each.client_value is None:
        return each.kind
    return f"{each.kind}; cold start, value {short_number(each.client_value)}"


def candidate_cells(each: FunnelCandidate) -> list[str]:
    """Days in stage, amount, chance, risk and expected amount of one candidate."""
    return [
        f"{each.days_in_stage:,}",
        short_number(each.amount),
        f"{each.chance:.0%}",
        written(each.risk, KpiUnit.SHARE),
        short_number(each.expected),
    ]
