"""Rows of the book's state tables: placed in blocks of clients, and read back as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from models.book.state_tables import (
    ARREARS,
    BALANCES,
    COLLATERAL,
    COVENANTS,
    ESG,
    GUARANTEES,
    STATE_KNOWN_ON,
)
from models.lazy import lazy
from models.panel.block_store import BlockStore
from models.panel.client_places import ClientPlaces
from models.panel.reports import ReportingDays, Reports
from models.vocab import IntArray

if TYPE_CHECKING:
    from models.panel import ledger
else:
    ledger = lazy("models.panel.ledger")  # Ibis loads slowly, and who reads rows back needs none of it


@dataclass(frozen=True, kw_only=True)
class StateColumns:
    """What is read of one state table: what tells its rows apart beside client and facility, numbers, words, days."""

    apart: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    by_facility: bool = True
    lists_what_stands: bool = False
    """Whether a row that a later month end does not repeat is over."""


STATE_COLUMNS: Final = {
    BALANCES: StateColumns(numbers=("drawn", "undrawn", "limit"), lists_what_stands=True),
    ARREARS: StateColumns(numbers=("days_past_due", "amount"), lists_what_stands=True),
    COLLATERAL: StateColumns(apart=("kind",), numbers=("value",)),
    COVENANTS: StateColumns(apart=("covenant",), numbers=("headroom",), words=("outcome",)),
    GUARANTEES: StateColumns(apart=("guarantor",), numbers=("amount",), days=("until",), by_facility=False),
    ESG: StateColumns(words=("grade", "source"), by_facility=False),
}
"""State tables of clients and facilities; ``countries`` are read as the economies are."""


@dataclass(frozen=True)
class Owned:
    """The facilities of a block in their order: ids, and the place of the client of each. Shapes (n_facilities,)."""

    ids: pa.Array
    client: IntArray


def placed_rows(table: Any, name: str, places: Any) -> Any:
    """The rows of one state table beside their clients' numbers and blocks, as an Ibis expression."""
    columns, known = STATE_COLUMNS[name], table[STATE_KNOWN_ON[name]].cast("date")
    facility = {"facility_id": table.facility_id} if columns.by_facility else {}
    chosen = table.select(
        "client_id",
        day=ledger.day_number(known),
        **facility,
        **{each: table[each] for each in (*columns.apart, *columns.words)},
        **{each: table[each].cast("float64") for each in columns.numbers},
        **{each: ledger.day_number(table[each].cast("date")) for each in columns.days},
    )
    return chosen.inner_join(places, "client_id").drop("client_id")


def reports_of_block(
    store: BlockStore,
    number: int,
    places: ClientPlaces,
    facilities: pa.Table,
    reporting: Mapping[str, tuple[tuple[int, int], ...]],
) -> dict[str, Reports]:
    """Every state table of one block; ``facilities`` are its facilities, in their order."""
    owned = Owned(pa.array([], type=pa.string()), np.empty(0, dtype=np.int64))
    if facilities.num_rows:
        client = places.of(np.asarray(facilities["client"].to_numpy(), dtype=np.int64))
        owned = Owned(facilities["facility_id"].combine_chunks(), client)
    days = {name: ReportingDays.of(each) for name, each in reporting.items()}
    return {name: reports_of(store.block(name, number), name, places, owned, days) for name in days}


def reports_of(
    rows: pa.Table | None, name: str, places: ClientPlaces, facilities: Owned, days: Mapping[str, ReportingDays]
) -> Reports:
    """What ``placed_rows`` wrote of one block; ``days`` are those of every state table.

    At a month end at which nobody is past due the table of arrears may have no row, while balances have: whether that
    is believable, ``ReportingDays.lists_none_at`` says.
    """
    columns = STATE_COLUMNS[name]
    frame = _sorted_rows(rows, columns, places)
    client = places.of(frame["client"].to_numpy()) if len(frame) else np.empty(0, dtype=np.int64)
    return Reports(
        client=client,
        facility=_facility_places(frame, client, facilities),
        holder=np.asarray(frame.groupby(["client", *_keys(columns)], dropna=False).ngroup(), dtype=np.int64),
        day=frame["day"].to_numpy(dtype=np.int32),
        numbers={each: frame[each].to_numpy(dtype=np.float64) for each in (*columns.numbers, *columns.days)},
        words={each: frame[each].to_numpy(dtype=object) for each in columns.words},
        reporting=days[name],
        closes=days[BALANCES] if name == ARREARS and BALANCES in days else days[name],
        lists_what_stands=columns.lists_what_stands,
    )


def _sorted_rows(rows: pa.Table | None, columns: StateColumns, places: ClientPlaces) -> pd.DataFrame:
    """By day first, then by all else: sums do not depend on the order in which rows came, nor on other clients."""
    order = ["day", "client", *_keys(columns), *columns.numbers, *columns.words, *columns.days]
    if rows is None:
        return pd.DataFrame({name: np.empty(0, dtype=np.int64) for name in order})
    frame: pd.DataFrame = places.rows(rows).to_pandas()
    return frame.sort_values(order, kind="stable", ignore_index=True)


def _keys(columns: StateColumns) -> tuple[str, ...]:
    return (*(("facility_id",) if columns.by_facility else ()), *columns.apart)


def _facility_places(frame: pd.DataFrame, client: IntArray, facilities: Owned) -> IntArray:
    """Where each row's facility stands; -1 where it names none, or another client's."""
    if "facility_id" not in frame or not len(facilities.ids):
        return np.full(len(frame), -1, dtype=np.int64)
    named = pa.array(frame["facility_id"], type=pa.string(), from_pandas=True)
    place = pc.index_in(named, facilities.ids, skip_nulls=True).fill_null(-1).to_numpy().astype(np.int64)
    return np.where((place >= 0) & (facilities.client[place] == client), place, -1)
