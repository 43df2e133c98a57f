"""What a person reads of figures and funnel in a terminal, at 80 columns. It computes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from models.kpis.text import Facts, effect, no_effect, with_interval, written
from models.shell.small_plots import short_number
from models.vocab import FunnelStage

GROUPED = ("retention", "csat", "nps", "answered_in_time", "top_share", "relationship_score")
"""Figures that are shown side by side for the groups of a dimension."""
_HEADS = ("retention", "CSAT", "NPS", "in time", "top", "score")
ORDERS = {
    "ours": "ours",
    "largest_amount": "largest amount first",
    "first_in_first_out": "first in, first out",
    "at_random": "at random",
}
MAX_CANDIDATES = 10


def kpis_summary(facts: Facts) -> Iterator[Table | Text]:
    """The figures of the whole book, then the main ones by group, then campaigns."""
    yield _whole_book(facts)
    for dimension in dict.fromkeys(row["dimension"] for row in facts["figures"] if row["dimension"] != "all"):
        yield _by_group(facts, dimension)
    if facts["campaigns"]:
        yield _campaigns(facts)
    for note in facts["notes"]:
        yield Text(note, style="dim")


def _whole_book(facts: Facts) -> Table:
    table = _table(f"Figures from {facts['window_start']} until before {facts['as_of']}")
    table.add_column("figure")
    table.add_column("95% interval in brackets", overflow="fold")
    table.add_column("clients", justify="right")
    for row in facts["figures"]:
        if row["dimension"] == "all":
            said = facts["definitions"][row["figure"]]
            style = "dim" if row["estimate"] is None else ""
            unit = "" if said["unit"] in {"share", "clients"} else f" {said['unit'].split(',')[0]}"
            reported = Text(
                with_interval(row, said["unit"]) + (unit if row["estimate"] is not None else ""), style=style
            )
            if nothing := no_effect(row["figure"], row):
                reported.append(f": {nothing}", style="yellow")
            table.add_row(said["title"], reported, f"{row['clients']:,}" if row["clients"] else "")
    return table


def _by_group(facts: Facts, dimension: str) -> Table:
    rows = {(row["group"], row["figure"]): row for row in facts["figures"] if row["dimension"] == dimension}
    table = _table(f"By {dimension}")
    table.add_column(dimension, overflow="fold")
    for head in _HEADS:
        table.add_column(head, justify="right")
    scored = [group for group, figure in rows if figure == GROUPED[-1]]
    for group in scored:
        cells = [_cell(facts, rows.get((group, figure)), figure) for figure in GROUPED]
        table.add_row(Text(group), *cells)
    return table


def _cell(facts: Facts, row: Facts | None, figure: str) -> str:
    return "–" if row is None else written(row["estimate"], facts["definitions"][figure]["unit"])


def _campaigns(facts: Facts) -> Table:
    table = _table("Campaigns: ROI in times their cost, with 95% interval")
    table.add_column("campaign", overflow="fold")
    table.add_column("cost", justify="right")
    table.add_column("response", justify="right")
    table.add_column("ROI", overflow="fold")
    for each in facts["campaigns"]:
        reported = each["missing"] or effect(each["roi"], "times cost")
        response = written(None if each["response"] is None else each["response"]["estimate"], "share")
        style = "dim" if each["missing"] else "yellow" if each["warning"] else ""
        nothing = "" if each["missing"] else no_effect("campaign_roi", each["roi"])
        said = Text("; ".join(part for part in (reported, nothing, each["warning"]) if part), style=style)
        table.add_row(Text(f"{each['campaign_id']} {each['start']}"), short_number(each["cost"]), response, said)
    return table


def funnel_summary(facts: Facts) -> Iterator[Table | Text]:
    """The layers, who is next, how such rankings did before, and what the funnel lacks."""
    yield _layers(facts)
    yield Text(
        f"Reached, go on and days count who came, left and stood there in that time; open and amount who stands there "
        f"now. {facts['opportunities']:,} opportunities are known in all.",
        style="dim",
    )
    yield _candidates(facts)
    if facts["shares"]:
        said = ", ".join(f"{name} {facts['shares'][key]:.0%}" for key, name in ORDERS.items())
        yield Text(
            f"Signed later of the first taken, as a share of the best choice, {len(facts['judged'])} dates: {said}."
        )
    if facts["unnamed"]:
        yield Text(f"{facts['unnamed']:,} of {facts['opportunities']:,} opportunities do not name their client.")
    if facts["quarantined"]:
        yield Text(f"{facts['quarantined']:,} rows of opportunities were quarantined and are not counted.")


def _layers(facts: Facts) -> Table:
    table = _table(f"Funnel from {facts['window_start']} until before {facts['as_of']}, in {facts['currency']}")
    for name in ("stage", "reached", "open", "go on", "days", "amount", "expected", "risk"):
        table.add_column(name, justify="left" if name == "stage" else "right")
    for layer in facts["layers"]:
        table.add_row(layer_name(layer), *layer_cells(layer))
    return table


def layer_name(layer: Facts) -> str:
    """A stage as it is said; what the book does not tell of is counted from what came after."""
    return str(layer["stage"]).replace("_", " ") + ("" if layer["is_recorded"] else " (not recorded)")


def layer_cells(layer: Facts) -> list[str]:
    """Reached, open, conversion, days, amount, expected amount and risk of one layer; what is signed waits no more."""
    recorded = layer["is_recorded"]
    return [
        f"{layer['reached']:,}",
        "–" if layer["stage"] == FunnelStage.SIGNED else f"{layer['open']:,}",
        written(layer["conversion"] if recorded else None, "share"),
        written(layer["days"] if recorded else None, "hours"),
        short_number(layer["amount"]),
        short_number(layer["expected"]),
        written(layer["risk"], "share"),
    ]


def _candidates(facts: Facts) -> Table:
    shown, waiting = facts["candidates"][:MAX_CANDIDATES], len(facts["candidates"])
    table = _table(f"Next for due diligence: {min(facts['capacity'], waiting):,} of {waiting:,} can be taken")
    for name in ("", "opportunity", "client", "days", "amount", "chance", "risk", "expected"):
        table.add_column(name, justify="left" if name in ("opportunity", "client") else "right", overflow="fold")
    for each in shown:
        table.add_row(str(each["rank"]), Text(each["opportunity_id"]), Text(each["client_id"]), *candidate_cells(each))
    return table


def candidate_cells(each: Facts) -> list[str]:
    """Days in stage, amount, chance, risk and expected amount of one candidate."""
    return [
        f"{each['days_in_stage']:,}",
        short_number(each["amount"]),
        f"{each['chance']:.0%}",
        written(each["risk"], "share"),
        short_number(each["expected"]),
    ]


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
