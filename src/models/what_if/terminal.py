"""A change of policy in a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from models.reasons.figures import money
from models.text import ENGLISH
from models.what_if.compute import TierShift

EXAMPLE = "caps.overdue_30.above=15"
_SAME = "the same"


def shift_summary(shift: TierShift) -> Iterator[Table]:
    """Tables of who stands where under both policies, and of the largest clients that would move."""
    yield _matrix(shift)
    if shift.movers:
        yield _movers(shift)


def shift_sentence(shift: TierShift) -> str:
    """How many would move, of how many, and what they are worth; without a change, how to ask for one."""
    if not shift.changes and len(set(shift.policies)) == 1:
        return (
            "These are the tiers of the policy as it is, in which earlier tiers count for nothing: those that were "
            f"published may differ. Ask for another policy with --what-if KEY=VALUE, e.g. {EXAMPLE}."
        )
    tiers = range(len(shift.tiers))
    total = sum(map(sum, shift.clients))
    worth = sum(shift.value[old][new] for old in tiers for new in tiers if old != new)
    expected = money(worth, shift.currency, ENGLISH)
    kept = f" In both, overrides count for {shift.overridden:,} clients." if shift.overridden else ""
    own, config = shift.policies
    asked = f"With {' and '.join(shift.changes)}" if shift.changes else f"By the config's policy ({config})"
    against = "" if shift.changes else f", against that of the models ({own})"
    return f"{asked} {shift.moved:,} of {total:,} clients would change tier, worth {expected}{against}.{kept}"


def _matrix(shift: TierShift) -> Table:
    table = Table(title=f"Tiers at {shift.as_of}: clients and expected value", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("policy as it is" if shift.changes else "policy of the models")
    for tier in shift.tiers:
        table.add_column(f"then {tier}", justify="right")
    table.add_column("all", justify="right")
    for place, tier in enumerate(shift.tiers):
        cells = [_cell(*both, shift.currency) for both in zip(shift.clients[place], shift.value[place], strict=True)]
        table.add_row(tier, *cells, _cell(sum(shift.clients[place]), sum(shift.value[place]), shift.currency))
    return table


def _cell(clients: int, value: float, currency: str) -> str:
    return f"{clients:,}\n{money(value, currency, ENGLISH)}" if clients else "-"


def _movers(shift: TierShift) -> Table:
    table = Table(title="The largest that would move", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("client")
    table.add_column("tier", no_wrap=True)
    table.add_column("expected", justify="right", no_wrap=True)
    table.add_column("because")
    above = ""
    for mover in shift.movers:
        table.add_row(
            Text(mover.client_id),
            f"{mover.before} > {mover.after}",
            money(mover.value, shift.currency, ENGLISH),
            Text(_SAME, style="dim") if mover.reason == above else Text(mover.reason),
        )
        above = mover.reason
    return table
