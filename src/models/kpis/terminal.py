"""Tables of figures and funnel for a terminal of 80 columns; it computes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from models.funnel.compute import FunnelCandidate, FunnelReport
from models.funnel.rules import Layer, Order
from models.kpis.catalogue import CATALOGUE, shown_in
from models.kpis.compute import KpiRow
from models.kpis.definition import Place, Unit
from models.kpis.report import KpiReport
from models.kpis.text import effect, no_effect, unit_beside, unit_of, with_interval, written
from models.shell.small_plots import short_number
from models.vocab import FunnelStage

ORDERS = {
    Order.OURS: "ours",
    Order.LARGEST_AMOUNT: "largest amount first",
    Order.FIRST_IN_FIRST_OUT: "first in, first out",
    Order.AT_RANDOM: "at random",
}
MAX_CANDIDATES = 10


def kpis_summary(report: KpiReport) -> Iterator[Table | Text]:
    """The figures of the whole book, then the main ones by group, then campaigns."""
    yield _whole_book(report)
    for dimension in report.dimensions:
        yield _by_group(report, dimension)
    if report.campaigns:
        yield _campaigns(report)
    for note in report.notes:
        yield Text(note, style="dim")


def _whole_book(report: KpiReport) -> Table:
    table = _table(f"Figures from {report.window_start} until before {report.as_of}")
    table.add_column("figure")
    table.add_column("95% interval in brackets", overflow="fold")
    table.add_column("clients", justify="right")
    for name, row in report.whole.items():
        unit, style = unit_of(name), "dim" if row.estimate is None else ""
        beside = "" if row.estimate is None else f" {unit_beside(unit, report.currency)}".rstrip()
        said = Text(with_interval(row, unit) + beside, style=style)
        if nothing := no_effect(name, row):
            said.append(f": {nothing}", style="yellow")
        table.add_row(report.definitions[name].title, said, f"{row.clients:,}" if row.clients else "")
    return table


def _by_group(report: KpiReport, dimension: str) -> Table:
    rows = {(row.group, row.figure): row for row in report.figures if row.dimension == dimension}
    figures = shown_in(Place.TERMINAL_GROUPS)
    table = _table(f"By {dimension}")
    table.add_column(dimension, overflow="fold")
    for figure in figures:
        table.add_column(CATALOGUE[figure].head, justify="right")
    scored = [group for group, figure in rows if figure == figures[-1]]
    for group in scored:
        table.add_row(Text(group), *(_cell(rows.get((group, figure))) for figure in figures))
    return table


def _cell(row: KpiRow | None) -> str:
    return "–" if row is None else written(row.estimate, unit_of(row.figure))


def _campaigns(report: KpiReport) -> Table:
    table = _table("Campaigns: ROI in times their cost, with 95% interval")
    table.add_column("campaign", overflow="fold")
    table.add_column("cost", justify="right")
    table.add_column("response", justify="right")
    table.add_column("ROI", overflow="fold")
    for each in report.campaigns:
        found = each.missing or effect(each.roi, Unit.TIMES_COST)
        response = written(None if each.response is None else each.response.estimate, Unit.SHARE)
        style = "dim" if each.missing else "yellow" if each.warning else ""
        nothing = "" if each.missing else no_effect("campaign_roi", each.roi)
        said = Text("; ".join(part for part in (found, nothing, each.warning) if part), style=style)
        table.add_row(Text(f"{each.campaign_id} {each.start}"), short_number(each.cost), response, said)
    return table


def funnel_summary(report: FunnelReport) -> Iterator[Table | Text]:
    """The layers, who is next, how such rankings did before, and what the funnel lacks."""
    yield _layers(report)
    yield Text(
        f"Reached, go on and days count who came, left and stood there in that time; open and amount who stands there "
        f"now. {report.opportunities:,} opportunities are known in all.",
        style="dim",
    )
    yield _candidates(report)
    if report.shares:
        said = ", ".join(f"{name} {report.shares[order]:.0%}" for order, name in ORDERS.items())
        yield Text(
            f"Signed later of the first taken, as a share of the best choice, {len(report.judged)} dates: {said}."
        )
    if report.unnamed:
        yield Text(f"{report.unnamed:,} of {report.opportunities:,} opportunities do not name their client.")
    if report.quarantined:
        yield Text(f"{report.quarantined:,} rows of opportunities were quarantined and are not counted.")


def _layers(report: FunnelReport) -> Table:
    table = _table(f"Funnel from {report.window_start} until before {report.as_of}, in {report.currency}")
    for name in ("stage", "reached", "open", "go on", "days", "amount", "expected", "risk"):
        table.add_column(name, justify="left" if name == "stage" else "right")
    for layer in report.layers:
        table.add_row(layer_name(layer), *layer_cells(layer))
    return table


def layer_name(layer: Layer) -> str:
    """A stage as it is said; what the book does not tell of is counted from what came after."""
    return layer.stage.replace("_", " ") + ("" if layer.is_recorded else " (not recorded)")


def layer_cells(layer: Layer) -> list[str]:
    """Reached, open, conversion, days, amount, expected amount and risk of one layer; what is signed waits no more."""
    return [
        f"{layer.reached:,}",
        "–" if layer.stage == FunnelStage.SIGNED else f"{layer.open:,}",
        written(layer.conversion if layer.is_recorded else None, Unit.SHARE),
        written(layer.days if layer.is_recorded else None, Unit.DAYS),
        short_number(layer.amount),
        short_number(layer.expected),
        written(layer.risk, Unit.SHARE),
    ]


def _candidates(report: FunnelReport) -> Table:
    waiting = len(report.candidates)
    table = _table(f"Next for due diligence: {min(report.capacity, waiting):,} of {waiting:,} can be taken")
    for name in ("", "opportunity", "client", "days", "amount", "chance", "risk", "expected"):
        table.add_column(name, justify="left" if name in ("opportunity", "client") else "right", overflow="fold")
    for each in report.candidates[:MAX_CANDIDATES]:
        table.add_row(str(each.rank), Text(each.opportunity_id), Text(each.client_id), *candidate_cells(each))
    return table


def candidate_cells(each: FunnelCandidate) -> list[str]:
    """Days in stage, amount, chance, risk and expected amount of one candidate."""
    return [
        f"{each.days_in_stage:,}",
        short_number(each.amount),
        f"{each.chance:.0%}",
        written(each.risk, Unit.SHARE),
        short_number(each.expected),
    ]


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
