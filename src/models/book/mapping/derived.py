"""Clients by their facilities and cashflows, and rows by the client of their facility, where no column names it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import ibis

from models.book.absent import is_filled
from models.book.columns import TableSchema
from models.book.parsing import as_text
from models.book.quarantine import SOURCE_ROW
from models.notices import Notice, Severity
from models.text import Text, named

_DERIVED = Text(
    "{count:,} client is taken from {tables}, since the book has no table clients",
    plural="{count:,} clients are taken from {tables}, since the book has no table clients",
)
_NAME_THEM = Text("nothing but their ids is known: add a table clients, or draw one from another in book.map.clients")
_FROM_FACILITY = Text(
    "it has no column client_id: each row is of the client of its facility, {missing:,} of {count:,} of none"
)
_FROM_SHARED = Text(
    "it has no column client_id: each row is of the client of its facility, {missing:,} of {count:,} of none, as a "
    "facility that several clients name tells of none"
)
_NAME_COLUMN = Text("name the column of the client in book.columns, if there is one")
Tables: TypeAlias = Mapping[str, Any]
"""Rows by the table of the book."""
CLIENTS, CLIENT, FACILITY = "clients", "client_id", "facility_id"
BY_FACILITY = "client by facility"
"""Marks rows of a part whose table at the source has no column of the client."""
_TELL_CLIENTS = ("facilities", "cashflows")
"""Of whose rows clients are made, where nothing else tells of them."""


def completed(tables: Tables, contract: Mapping[str, TableSchema]) -> tuple[Tables, list[Notice]]:
    """The tables with clients where only other tables tell of them, and rows with the client of their facility.

    ``contract`` is that of the book.
    """
    done: dict[str, Any] = dict(tables)
    notices: list[Notice] = []
    for name, rows in tables.items():
        if "facilities" in tables and contract[name].column(CLIENT) and _lacks_client(rows):
            done[name], notice = with_client(rows, tables["facilities"], name)
            notices.append(notice)
    tell = {name: done[name] for name in _TELL_CLIENTS if name in done}
    if CLIENTS not in tables and tell:
        done[CLIENTS], notice = clients_of(tell)
        notices.append(notice)
    return done, notices


def _lacks_client(rows: Any) -> bool:
    return CLIENT not in rows.columns or BY_FACILITY in rows.columns


def with_client(rows: Any, facilities: Any, table: str) -> tuple[Any, Notice]:
    """Rows with the client of their facility; none where it is none of the book's, or named by several clients."""
    known = facilities.select(found_facility=as_text(facilities[FACILITY]), found_client=as_text(facilities[CLIENT]))
    known = known.filter(is_filled(known.found_facility), is_filled(known.found_client))
    known = known.group_by("found_facility").agg(
        found_client=known.found_client.min(), named=known.found_client.nunique()
    )
    is_shared = bool(known.filter(known.named > 1).count().to_pyarrow().as_py())
    known = known.filter(known.named == 1).drop("named")
    joined = rows.left_join(known, as_text(rows[FACILITY]) == known.found_facility)
    client = joined.found_client
    if CLIENT in rows.columns:  # rows of several tables at the source, some of which name their clients
        named_here = ibis.ifelse(joined[BY_FACILITY].fill_null(False), joined.found_client, ibis.null("string"))
        client = ibis.coalesce(as_text(joined[CLIENT]), named_here)
    found = joined.mutate(**{CLIENT: client}).drop("found_facility", "found_client")
    found = found.drop(BY_FACILITY) if BY_FACILITY in found.columns else found
    counts = found.aggregate(rows=found.count(), missing=found[CLIENT].isnull().sum().fill_null(0))
    counted = counts.to_pyarrow().to_pylist()[0]
    notice = Notice.of(
        "client_of_facility",
        Severity.NOTE,
        table,
        found=(_FROM_SHARED if is_shared else _FROM_FACILITY).filled(
            missing=int(counted["missing"]), count=int(counted["rows"])
        ),
        remedy=_NAME_COLUMN,
        count=int(counted["missing"]),
    )
    return found, notice


def clients_of(tables: Tables) -> tuple[Any, Notice]:
    """A row for each client of some tables: its id, and of the first table that has it the first row."""
    parts = [
        rows.select(
            **{CLIENT: as_text(rows[CLIENT]), SOURCE_ROW: rows[SOURCE_ROW].cast("int64")}, place=ibis.literal(place)
        )
        for place, rows in enumerate(tables.values())
    ]
    every = ibis.union(*parts) if len(parts) > 1 else parts[0]
    every = every.filter(is_filled(every[CLIENT]))
    first = ibis.row_number().over(group_by=CLIENT, order_by=["place", SOURCE_ROW])
    ranked = every.mutate(rank=first)
    clients = ranked.filter(ranked["rank"] == 0).select(CLIENT, SOURCE_ROW)
    count = int(clients.count().to_pyarrow().as_py())
    found = _DERIVED.filled(count=count, tables=named(" and ".join(tables)))
    return clients, Notice.of(
        "clients_derived", Severity.WARNING, "clients", found=found, remedy=_NAME_THEM, count=count
    )


def first_of_each(clients: Any) -> Any:
    """Of several rows of a client the first at the source, where clients are drawn from a table of something else."""
    rank = ibis.row_number().over(group_by=CLIENT, order_by=SOURCE_ROW)
    ranked = clients.mutate(place_among_its_rows=rank)
    return ranked.filter((ranked.place_among_its_rows == 0) | ~is_filled(as_text(ranked[CLIENT]))).drop(
        "place_among_its_rows"
    )
