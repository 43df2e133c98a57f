"""The only step whose cost grows with the number of events: one pass over each event table.

Written as Ibis expressions, so that DuckDB runs it on one machine and a warehouse or Spark where the data is. Money is
summed in whole steps (cents), so that sums are exact and do not depend on the order of rows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import ibis

from models.book.measures import Cell, MeasureBook, known_on, products_of
from models.book.names import KIND_COLUMN
from models.book.periods import PeriodGrid
from models.config.own import KIND
from models.engines.protocol import Session
from models.panel.ledger_plan import context_part

EPOCH = "1970-01-01"


def client_blocks(clients: Any, *, block_clients: int) -> Any:
    """Number clients from 0 in order of group and id, and put whole groups into blocks of about ``block_clients``.

    Returns client_id, client (its number), group_number, group_key (its id), grouped and block, as an Ibis expression.
    A client without a group is a group of its own, even where a group bears its id.
    """
    grouped = clients.mutate(group_key=ibis.coalesce("group " + clients.group_id, "client " + clients.client_id))
    order = ibis.window(order_by=[grouped.group_key, grouped.client_id])
    numbered = grouped.mutate(client=ibis.row_number().over(order).cast("int32"))
    first = numbered.client.min().over(ibis.window(group_by=numbered.group_key))
    block = (first / block_clients).floor().cast("int32")
    return numbered.mutate(group_number=first.cast("int64"), grouped=numbered.group_id.notnull(), block=block)


def flow_ledger(
    tables: Mapping[str, Any],
    blocks: Any,
    measures: MeasureBook,
    grid: PeriodGrid,
    *,
    grouped: bool = True,
    only: Collection[str] | None = None,
) -> Any:
    """Sum, count, first and last day per client, period and cell; or of every event, if not ``grouped``.

    ``only`` names the tables whose events are wanted; None: all. Without such events the ledger is None.

    Columns: block, client, period, cell (its place in ``measures.flow_cells``), total (whole steps), events, first_day,
    last_day (days since 1970). Who reads the ledger adds rows up, so that both ways lead to the same cube.
    """
    cells = measures.flow_cells
    parts = []
    for source in _sources(cells):
        if source[0] in (tables if only is None else only):
            events = _events(tables, blocks, source, cells, grid, measures)
            parts.append(_grouped(events, _flow_aggregates) if grouped else _as_they_are(events))
    if not parts and only is not None:
        return None
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
    products = products_of(cells)
    codes = _codes(source, cells, products)
    table = _with_product(_needed(tables[name], source, codes), name, tables, products)
    code = _cell_code(table, name, codes, len(products))
    known = table[known_on(name)].cast("date")
    step = measures.table_step(name)
    number = table[column].cast("float64") if column else ibis.literal(0.0)
    events = table.select(
        "client_id",
        day=day_number(known),
        period=grid.expression(known),
        cell=code,
        number=number,
        steps=whole_steps(number, step),
    )
    if any(len(of_kind) <= len(products) for of_kind in codes.values()):
        events = events.filter(events.cell.notnull())
    return events.inner_join(blocks, "client_id")


def _codes(source: tuple[str, str], cells: tuple[Cell, ...], products: Sequence[str]) -> dict[str, dict[int, int]]:
    """The cells of a table and column: kind -> place of the product, 0 for those that no measure names -> code."""
    places = {product: place for place, product in enumerate(("", *products))}
    codes: dict[str, dict[int, int]] = {}
    for code, cell in enumerate(cells):
        if (cell.table, cell.column) == source:
            codes.setdefault(cell.kind, {})[places[cell.product]] = code
    return codes


def _needed(table: Any, source: tuple[str, str], kinds: Collection[str]) -> Any:
    """The rows of a table that have a number in the column, and a kind that some measure needs.

    Kinds are asked for here, by themselves: databases push a filter on the cell down and choose the cell twice.
    """
    name, column = source
    if column:
        table = table.filter(table[column].notnull())
    return table if "" in kinds else table.filter(table[KIND_COLUMN.get(name, KIND)].isin(list(kinds)))


def _with_product(table: Any, name: str, tables: Mapping[str, Any], products: Sequence[str]) -> Any:
    """Adds the place of each cashflow's product; 0 for what was paid before the facility was signed and so known.

    Products become numbers beside the facilities, which are few, and not beside their many cashflows.
    """
    none = ibis.literal(0, type="int8")
    if name != "cashflows" or not products or "facilities" not in tables:
        return table.mutate(place=none)
    places = [(product, ibis.literal(place, type="int8")) for place, product in enumerate(products, 1)]
    facilities = tables["facilities"]
    facilities = facilities.select("facility_id", "signed", place=facilities["product"].cases(*places, else_=none))
    joined = table.left_join(facilities, "facility_id")
    known = joined.signed.cast("date") <= joined[known_on(name)].cast("date")
    return joined.mutate(place=known.ifelse(joined.place, none))


def _cell_code(table: Any, name: str, codes: Mapping[str, Mapping[int, int]], products: int) -> Any:
    """The place of each row's cell: a choice by kind, then by product; null for rows that no measure needs."""
    by_kind = {kind: _by_product(table.place, of_kind, products) for kind, of_kind in codes.items()}
    if "" in by_kind:
        return by_kind[""]
    return table[KIND_COLUMN.get(name, KIND)].cases(*by_kind.items(), else_=ibis.null("int32"))


def _by_product(place: Any, codes: Mapping[int, int], products: int) -> Any:
    """The code of a row's product; null if no measure needs it. Codes of all products follow on each other."""
    first = min(codes.values())
    if codes == {number: first + number for number in range(products + 1)}:
        return (place + first).cast("int32")
    return place.cases(*[(number, ibis.literal(code, type="int32")) for number, code in codes.items()])


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


def day_number(day: Any) -> Any:
    """A column of dates in days since 1970."""
    return day.cast("date").delta(ibis.date(EPOCH), unit="day").cast("int32")


def write_context_sums(session: Session, folder: Path, columns: Sequence[str]) -> None:
    """Write the sums by each of ``columns`` beside the ledger in ``folder``: place, period, cell and sums.

    The ledger is scanned once for all columns, summed up over clients who are alike in every one; these have a number
    in common, since numbers are grouped faster than texts.
    """
    if not columns:
        return
    clients = session.read(f"{folder}/clients/*/*.parquet").select("client", *columns)
    alike = ibis.dense_rank().over(order_by=[clients[name] for name in columns])
    numbered = session.stored("alike", clients.mutate(alike=alike.cast("int32")))
    rows = session.read(f"{folder}/flows/*/*.parquet").inner_join(numbered.select("client", "alike"), "client")
    sums = session.stored("alike_flows", _summed(rows, alike=rows.alike))
    reported = sums.inner_join(numbered.drop("client").distinct(), "alike")
    for name in columns:
        named = reported.filter(reported[name].notnull())
        file = folder / f"{context_part(name)}.parquet"
        file.parent.mkdir(exist_ok=True)
        session.write(_summed(named, place=named[name]), file)


def _summed(rows: Any, **key: Any) -> Any:
    """Rows of the flow ledger summed up by a key, period and cell."""
    return rows.group_by(**key, period=rows.period, cell=rows.cell).aggregate(
        total=exact_sum(rows.total),
        events=exact_sum(rows.events),
        first_day=rows.first_day.min(),
        last_day=rows.last_day.max(),
    )
