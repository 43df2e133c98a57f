"""The figures of client management in a terminal, at 80 columns."""

from __future__ import annotations

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from models.kpis.catalogue import CATALOGUE, shown_in
from models.kpis.compute import KpiRow
from models.kpis.definition import ShownIn
from models.kpis.report import KpiReport
from models.kpis.text import effect, no_effect, unit_beside, unit_of, with_interval
from models.shell.small_plots import short_number
from models.shell.units import KpiUnit, written
from models.text import ENGLISH, heard


def kpis_summary(report: KpiReport) -> Iterator[Table | Text]:
    """The figures of the whole book, then the main ones by group, then campaigns."""
    yield _whole_book(report)
    for dimension in report.dimensions:
        yield _by_group(report, dimension)
    if report.campaigns:
        yield _campaigns(report)
    for note in report.notes:
        yield Text(heard(note, ENGLISH), style="dim")


def _whole_book(report: KpiReport) -> Table:
    table = _table(f"Figures from {report.window_start} until before {report.as_of}")
    table.add_column("figure")
    table.add_column("95% interval in brackets", overflow="fold")
    table.add_column("clients", justify="right")
    for name, row in report.whole.items():
        unit, style = unit_of(name, report.definitions), "dim" if row.estimate is None else ""
        beside = "" if row.estimate is None else f" {unit_beside(unit, report.currency)}".rstrip()
        said = Text(with_interval(row, unit) + beside, style=style)
        if nothing := no_effect(name, row):
            said.append(f": {nothing}", style="yellow")
        table.add_row(report.definitions[name].title, said, f"{row.clients:,}" if row.clients else "")
    return table


def _by_group(report: KpiReport, dimension: str) -> Table:
    rows = {(row.group, row.figure): row for row in report.figures if row.dimension == dimension}
    figures = shown_in(ShownIn.TERMINAL_GROUPS)
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
        found = each.missing or effect(each.roi, KpiUnit.TIMES_COST)
        response = written(None if each.response is None else each.response.estimate, KpiUnit.SHARE)
        style = "dim" if each.missing else "yellow" if each.warning else ""
        nothing = "" if each.missing else no_effect("campaign_roi", each.roi)
        said = Text("; ".join(part for part in (found, nothing, each.warning) if part), style=style)
        table.add_row(Text(f"{each.campaign_id} {each.start}"), short_number(each.cost), response, said)
    return table


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
