"""The funnel in a terminal, at 80 columns."""

from __future__ import annotations

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from models.funnel.compute import FunnelReport
from models.funnel.text import candidate_cells, layer_cells, layer_name, order_names

MAX_CANDIDATES = 10
_COLD = "* cold start: weighed by the value expected of a client without activity"


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
        said = ", ".join(f"{name} {report.shares[order]:.0%}" for order, name in order_names().items())
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


def _candidates(report: FunnelReport) -> Table:
    waiting = len(report.candidates)
    table = _table(f"Next for due diligence: {min(report.capacity, waiting):,} of {waiting:,} can be taken")
    for name in ("", "opportunity", "client", "days", "amount", "chance", "risk", "expected"):
        table.add_column(name, justify="left" if name in ("opportunity", "client") else "right", overflow="fold")
    first = report.candidates[:MAX_CANDIDATES]
    for each in first:
        client = f"{each.client_id} *" if each.cold_start else each.client_id
        table.add_row(str(each.rank), Text(each.opportunity_id), Text(client), *candidate_cells(each))
    if any(each.cold_start for each in first):
        table.caption, table.caption_justify = _COLD, "left"
    return table


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
