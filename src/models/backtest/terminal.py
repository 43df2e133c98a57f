"""What a person reads of a backtest in a terminal, at 80 columns. It computes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from models.backtest.text import amount_range, override_cells, share_range, verdicts
from models.shell.small_plots import short_number

Facts = Mapping[str, Any]


def summary(facts: Facts) -> Iterator[Table | Text]:
    """Screening first, then lending, retention, what tiers brought and what errors cost; verdicts last."""
    yield _screening(facts)
    if facts["acting"] is not None:
        yield _acting(facts)
    if facts["recovery"] is not None:
        yield _lending(facts)
    yield _retention(facts)
    yield _tiers(facts)
    if facts["overrides"] is not None:
        yield _overrides(facts)
    for sentence in verdicts(facts):
        yield Text(f"{sentence}\n")


def _screening(facts: Facts) -> Table:
    first, last = facts["origins"][0]["as_of"], facts["origins"][-1]["as_of"]
    dates = first if first == last else f"{len(facts['origins'])} dates {first} to {last}"
    table = _table(f"Clients to review, {dates}", ("value found", "list"), ("reviewed", "saved of the rule's"))
    for each in facts["screening"]:
        for row, (name, title) in enumerate(facts["lists"].items()):
            saved = each["efficiency"].get(name)
            table.add_row(
                "" if row else f"{each['share']:.0%}",
                title,
                share_range(each["reviewed"][name], digits=1),
                "" if saved is None else share_range(saved),
                end_section=row == len(facts["lists"]) - 1,
            )
    return table


def _acting(facts: Facts) -> Table:
    acting = facts["acting"]
    title = f"Losses saved by acting early on {acting['budget']:.0%} of the clients"
    table = _table(title, ("list",), ("expected losses", "against the rule", "actual losses"))
    for name, called in facts["acting_lists"].items():
        expected = acting["expected"] or {"saved": {}, "change": {}}
        cells = [expected["saved"].get(name), expected["change"].get(name), acting["actual"]["saved"][name]]
        said = ["" if cell is None else share_range(cell, signed=place == 1) for place, cell in enumerate(cells)]
        table.add_row(called, *said)
    return table


def _overrides(facts: Facts) -> Table:
    title = "How clients with an override fared, per client"
    table = _table(title, ("override", "clients"), ("value", "declined", "loss"))
    for way, each in facts["overrides"]["ways"].items():
        table.add_row(way, f"{each['clients']:,} with it", *override_cells(each["overridden"]))
        table.add_row("", "others in the tier by rule", *override_cells(each["by_rule"]))
        table.add_row("", "others in the tier they got", *override_cells(each["as_asked"]), end_section=True)
    return table


def _lending(facts: Facts) -> Table:
    recovery, risk = facts["recovery"], facts["risk"]
    title = f"Losses saved by cutting {recovery['cut']:.0%} of exposure; losses of the best {risk['volume']:.0%}"
    table = _table(title, ("list",), ("losses saved", "loss rate", "volatility"))
    for name, called in facts["lists"].items():
        table.add_row(
            called,
            share_range(recovery["saved"][name], digits=1),
            share_range(risk["loss_rate"][name], digits=2),
            share_range({**risk["volatility"][name], "low": None}, digits=2),
        )
    return table


def _retention(facts: Facts) -> Table:
    retention = facts["retention"]
    title = f"Profit per client, {facts['currency']}, of offers to {retention['budget']:.0%} of the clients"
    table = _table(title, ("list",), ("profit", "more than the rule"))
    for name, called in facts["lists"].items():
        more = retention["more_than_rule"].get(name)
        table.add_row(called, amount_range(retention["profit"][name]), "" if more is None else amount_range(more))
    return table


def _tiers(facts: Facts) -> Table:
    columns = ("clients", "share", "value", "share", "declined")
    table = _table(f"What the tiers brought, {facts['currency']}", ("grade by", "tier"), columns)
    for name, tiers in facts["tiers"].items():
        for row, each in enumerate(tiers):
            table.add_row(
                "" if row else facts["lists"][name],
                each["tier"],
                f"{each['clients']:,}",
                f"{each['share']:.0%}",
                short_number(each["value"]),
                _percent(each["value_share"]),
                _percent(each["declined"]),
                end_section=row == len(tiers) - 1,
            )
    return table


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def _table(title: str, words: Sequence[str], numbers: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for name in words:
        table.add_column(name, overflow="fold")
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    return table
