"""Tables of a backtest for a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from models.backtest.contents import (
    ActingResult,
    BacktestHeadline,
    BacktestReport,
    HeadlineClaim,
    OverrideOutcomes,
    RecoveryResult,
    RiskResult,
    SavedLosses,
)
from models.backtest.headline_text import headline_heads, headline_rows, headline_verdicts
from models.backtest.ranges import alone, amount_range, share_range
from models.backtest.text import override_cells, verdicts
from models.shell.small_plots import short_number


def summary(report: BacktestReport) -> Iterator[Table | Text]:
    """Screening first, then lending, retention, what tiers brought and what errors cost; verdicts last."""
    yield headline_table(report.headline, report.currency)
    yield _screening(report)
    if report.acting is not None:
        yield _acting(report.acting, report.acting_lists)
    if report.recovery is not None and report.risk is not None:
        yield _lending(report.recovery, report.risk, report.lists)
    yield _retention(report)
    yield _tiers(report)
    if report.overrides is not None:
        yield _overrides(report.overrides)
    for sentence in verdicts(report):
        yield Text(f"{sentence}\n")


def headline_table(claims: Sequence[HeadlineClaim], currency: str) -> Table:
    """What acting for each purpose would have brought."""
    first, *others = headline_heads()
    table = _table("What acting for each purpose would have brought", (first,), ())
    for name in others:
        table.add_column(name, justify="right", overflow="fold")
    for row in headline_rows(claims, currency):
        table.add_row(*row)
    return table


def headline_lines(headline: BacktestHeadline) -> Iterator[Table | Text]:
    """What a run says of whether its grades and lists would have paid: the sentences, then the table."""
    for sentence in headline_verdicts(headline):
        yield Text(sentence)
    if headline.claims:
        yield headline_table(headline.claims, headline.currency)


def _screening(report: BacktestReport) -> Table:
    first, last = report.origins[0].as_of, report.origins[-1].as_of
    dates = f"{first}" if first == last else f"{len(report.origins)} dates {first} to {last}"
    table = _table(f"Clients to review, {dates}", ("value found", "list"), ("reviewed", "saved of the rule's"))
    for each in report.screening:
        for row, (name, title) in enumerate(report.lists.items()):
            saved = each.efficiency.get(name)
            table.add_row(
                "" if row else f"{each.share:.0%}",
                title,
                share_range(each.reviewed[name], digits=1),
                "" if saved is None else share_range(saved),
                end_section=row == len(report.lists) - 1,
            )
    return table


def _acting(acting: ActingResult, lists: Mapping[str, str]) -> Table:
    title = f"Credit losses saved by acting early on {acting.budget:.0%} of the clients"
    table = _table(title, ("list",), ("credit losses expected", "against the rule", "that came"))
    expected = acting.expected or SavedLosses(saved={}, change={})
    for name, called in lists.items():
        saved, change = expected.saved.get(name), expected.change.get(name)
        table.add_row(
            called,
            "" if saved is None else share_range(saved),
            "" if change is None else share_range(change, signed=True),
            share_range(acting.actual.saved[name]),
        )
    return table


def _overrides(overrides: OverrideOutcomes) -> Table:
    title = "How clients with an override fared, per client"
    table = _table(title, ("override", "clients"), ("value", "declined", "loss"))
    for way, each in overrides.ways.items():
        table.add_row(way, f"{each.clients:,} with it", *override_cells(each.overridden))
        table.add_row("", "others in the tier by rule", *override_cells(each.by_rule))
        table.add_row("", "others in the tier they got", *override_cells(each.as_asked), end_section=True)
    return table


def _lending(recovery: RecoveryResult, risk: RiskResult, lists: Mapping[str, str]) -> Table:
    title = f"Losses saved by cutting {recovery.cut:.0%} of exposure; losses of the best {risk.volume:.0%}"
    table = _table(title, ("list",), ("losses saved", "loss rate", "volatility"))
    for name, called in lists.items():
        table.add_row(
            called,
            share_range(recovery.saved[name], digits=1),
            share_range(risk.loss_rate[name], digits=2),
            share_range(alone(risk.volatility[name]), digits=2),
        )
    return table


def _retention(report: BacktestReport) -> Table:
    retention = report.retention
    title = f"Profit per client, {report.currency}, of offers to {retention.budget:.0%} of the clients"
    table = _table(title, ("list",), ("profit", "more than the rule"))
    for name, called in report.lists.items():
        more = retention.more_than_rule.get(name)
        table.add_row(called, amount_range(retention.profit[name]), "" if more is None else amount_range(more))
    return table


def _tiers(report: BacktestReport) -> Table:
    columns = ("clients", "share", "value", "share", "declined")
    table = _table(f"What the tiers brought, {report.currency}", ("grade by", "tier"), columns)
    for name, tiers in report.tiers.items():
        for row, each in enumerate(tiers):
            table.add_row(
                "" if row else report.lists[name],
                each.tier,
                f"{each.clients:,}",
                f"{each.share:.0%}",
                short_number(each.value),
                _percent(each.value_share),
                _percent(each.declined),
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
