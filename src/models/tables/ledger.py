"""The only step whose cost grows with the number of events: one pass over each event table.

Written as Ibis expressions, so that DuckDB runs it on one machine and a warehouse or Spark where the data is. Money is
summed in whole steps (cents), so that sums are exact and do not depend on the order of rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis

from models.tables.measures import KIND_COLUMN, KNOWN_ON, Cell, MeasureBook, products_of
from models.tables.periods import PeriodGrid

EPOCH = "1970-01-01"


def client_blocks(clients: Any, *, block_clients: int) -> Any:
    """Number clients from 0 in order of group and id, and put whole groups into blocks of about ``block_clients``.

    Returns client_id, client (its number), group_number and block, as an Ibis expression. A client without a group
    is a group of its own, even where a group bears its id.
    """
    grouped = clients.mutate(group_key=ibis.coalesce("group " + clients.group_id, "client " + clients.client_id))
    order = ibis.window(order_by=[grouped.group_key, grouped.client_id])
    numbered = grouped.mutate(client=ibis.row_number().over(order).cast("int32"))
    first = numbered.client.min().over(ibis.window(group_by=numbered.group_key))
    block = (first / block_clients).floor().cast("int32")
    return numbered.mutate(group_number=first.cast("int64"), block=block).drop("group_key")


def flow_ledger(
    tables: Mapping[str, Any], blocks: Any, measures: MeasureBook, grid: PeriodGrid, *, grouped: bool = True
) -> Any:
    """Sum, count, first and last day per client, period and cell; or of every event, if not ``grouped``.

    Columns: block, client, period, cell (its place in ``measures.flow_cells``), total (whole steps), events, first_day,
    last_day (days since 1970). Who reads the ledger adds rows up, so that both ways lead to the same cube.
    """
    cells = measures.flow_cells
    parts = []
    for source in _sources(cells):
        if source[0] in tables:
            events = _events(tables, blocks, source, cells, grid, measures)
            parts.append(_grouped(events, _flow_aggregates) if grouped else _as_they_are(events))
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def grouping_pays(tables: Mapping[str, Any], measures: MeasureBook, *, clients: int, periods: int) -> bool:
    """Whether events outnumber the places (client, period, cell) that they can fall in.

    Where they do not, most have a place of their own. To group them costs more than it saves, and without it the
    ledger still has no more rows than the cube has places.
    """
    events = sum(
        int(tables[name].count().to_pyarrow().as_py()) for name, _ in _sources(measures.flow_cells) if name in tables
    )
    return events > clients * periods * len(measures.flow_cells)


def state_ledger(tables: Mapping[str, Any], blocks: Any, measures: MeasureBook, grid: PeriodGrid) -> Any | None:
    """Last known value per client, period and cell of a state; of several on one day the largest.

    Columns: block, client, period, cell (its place in ``measures.state_cells``), value, last_day.
    """
    cells = measures.state_cells
    parts = []
    for source in _sources(cells):
        if source[0] in tables:
            events = _events(tables, blocks, source, cells, grid, measures)
            daily = events.group_by("block", "client", "period", "cell", "day").aggregate(value=events.number.max())
            parts.append(_grouped(daily, _state_aggregates))
    if not parts:
        return None
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def whole_steps(number: Any, step: float) -> Any:
    """A column of numbers in whole steps, halves away from zero: databases disagree on how to round a half."""
    scaled = number / step
    return ((scaled.abs() + 0.5).floor().cast("float64") * scaled.sign()).cast("int64")


def exact_sum(steps: Any) -> Any:
    """Sum of whole steps as a 64-bit integer.

    Databases sum in a wider type, which DuckDB would write to Parquet as a float. Ibis takes the sum for a 64-bit
    integer and leaves a plain cast away, but not one to an integer that is never null.
    """
    return steps.sum().cast("!int64")


def _sources(cells: tuple[Cell, ...]) -> list[tuple[str, str]]:
    return sorted({(cell.table, cell.column) for cell in cells})


def _events(
    tables: Mapping[str, Any],
    blocks: Any,
    source: tuple[str, str],
    cells: tuple[Cell, ...],
    grid: PeriodGrid,
    measures: MeasureBook,
) -> Any:
    name, column = source
    table = tables[name]
    if column:
        table = table.filter(table[column].notnull())
    table = _with_product(table, name, tables, cells)
    code = _cell_code(table, name, column, cells)
    known = table[KNOWN_ON[name]].cast("date")
    step = measures.table_step(name)
    number = table[column].cast("float64") if column else ibis.literal(0.0)
    events = table.select(
        "client_id",
        day=_day_number(known),
        period=grid.expression(known),
        cell=code,
        number=number,
        steps=whole_steps(number, step),
    )
    return events.filter(events.cell.notnull()).inner_join(blocks, "client_id")


def _with_product(table: Any, name: str, tables: Mapping[str, Any], cells: tuple[Cell, ...]) -> Any:
    """Adds the product of each cashflow; none for what was paid before the facility was signed and so known."""
    named = any(cell.product for cell in cells)
    if name != "cashflows" or not named or "facilities" not in tables:
        return table.mutate(product=ibis.null("string"))
    facilities = tables["facilities"].select("facility_id", "product", "signed")
    joined = table.left_join(facilities, "facility_id")
    known = joined.signed.cast("date") <= joined[KNOWN_ON[name]].cast("date")
    return joined.mutate(product=known.ifelse(joined["product"], None))


def _cell_code(table: Any, name: str, column: str, cells: tuple[Cell, ...]) -> Any:
    """The place of each row's cell: a choice by kind, then by product; null for rows that no measure needs."""
    codes: dict[str, dict[str, int]] = {}
    for code, cell in enumerate(cells):
        if (cell.table, cell.column) == (name, column):
            codes.setdefault(cell.kind, {})[cell.product] = code
    by_kind = {kind: _by_product(table, codes[kind], products_of(cells)) for kind in codes}
    if "" in by_kind:
        return by_kind[""]
    return table[KIND_COLUMN[name]].cases(*by_kind.items(), else_=ibis.null("int32"))


def _by_product(table: Any, codes: Mapping[str, int], named: Sequence[str]) -> Any:
    """The code of a row's product; the code of "" for every product that no measure names."""
    rest = _code(codes.get(""))
    if not named:
        return rest
    return table["product"].cases(*[(product, _code(codes.get(product))) for product in named], else_=rest)


def _code(code: int | None) -> Any:
    return ibis.null("int32") if code is None else ibis.literal(code, type="int32")


def _grouped(events: Any, aggregates: Any) -> Any:
    return events.group_by("block", "client", "period", "cell").aggregate(**aggregates(events))


def _as_they_are(events: Any) -> Any:
    return events.select(
        "block",
        "client",
        "period",
        "cell",
        total=events.steps,
        events=ibis.literal(1, type="int32"),
        first_day=events.day,
        last_day=events.day,
    )


def _flow_aggregates(events: Any) -> dict[str, Any]:
    return {
        "total": exact_sum(events.steps),
        "events": events.count().cast("int32"),
        "first_day": events.day.min(),
        "last_day": events.day.max(),
    }


def _state_aggregates(daily: Any) -> dict[str, Any]:
    return {"value": daily.value.argmax(daily.day), "last_day": daily.day.max()}


def _day_number(day: Any) -> Any:
    return day.cast("date").delta(ibis.date(EPOCH), unit="day").cast("int32")
