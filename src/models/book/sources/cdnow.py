"""CDNOW: orders of a music shop's new customers of early 1997, the yardstick of the CLV literature.

Master and sample file are read alike: fields parted by blanks; a line of the sample has the number within the
sample as its second field. Several orders of a customer on one day count as one; orders of zero stay.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import ibis

from models.book.columns import Column, Kind, TableSchema, Words
from models.book.conventions import Conventions
from models.book.quarantine import Gate
from models.book.sources.published import first_bytes, read_lines
from models.book.sources.source_tables import SourceTables, known_until_of
from models.config.book import BookConfig
from models.errors import UnreadableFileError

PUBLISHED_UNTIL = date(1998, 7, 1)
"""The files end with June 1998; they do not say so themselves."""

MASTER_FIELDS = ("customer", "ordered", "pieces", "paid")
SAMPLE_FIELDS = ("customer", "sample_customer", "ordered", "pieces", "paid")

ORDERS = TableSchema(
    name="orders",
    columns=(
        Column(name="customer", kind=Kind.TEXT, note="number in the master file", required=True, words=Words.IDS),
        Column(name="ordered", kind=Kind.DATE, note="day of the order", required=True, past=True),
        Column(name="pieces", kind=Kind.INTEGER, note="CDs", required=True, low=0, high=1e6),
        Column(name="paid", kind=Kind.NUMBER, note="in USD", required=True, low=0, high=1e6),
    ),
)
"""One row per order. Equal rows are possible: the same basket twice on a day."""


def read(connection: Any, config: BookConfig, path: str, scratch: Path) -> SourceTables:
    """Clients (by their number in the master file), and one order per client and day, in USD."""
    known_until = known_until_of(config, PUBLISHED_UNTIL)
    raw = _fields(connection, Path(path))
    gate = Gate(
        connection=connection, known_until=known_until, folder=scratch, conventions=Conventions.published(config)
    )
    checked = gate.check(raw, ORDERS, keep_source_row=True)
    orders = checked.rows.mutate(client_id=checked.rows.customer)
    clients = orders.group_by("client_id").agg(source_row=orders.source_row.min())
    tables = {"clients": clients, "cashflows": _cashflows(orders)}
    return SourceTables(tables=tables, known_until=known_until, checked=(checked,))


def _fields(connection: Any, file: Path) -> Any:
    lines = first_bytes(file).decode("ascii", errors="replace").splitlines()
    has_header = not lines[0].strip()[:1].isdigit()
    first = lines[int(has_header)].split() if len(lines) > int(has_header) else []
    layout = {len(fields): fields for fields in (MASTER_FIELDS, SAMPLE_FIELDS)}.get(len(first))
    if layout is None or not re.fullmatch(r"\d{8}", first[layout.index("ordered")]):
        raise UnreadableFileError(
            rule="a CDNOW file must have 4 fields (master) or 5 (sample) in a line, with the day as YYYYMMDD",
            got=f"{len(first)} fields in the first line of {file.name}",
            remedy="name CDNOW_master.txt or CDNOW_sample.txt, plain or gzipped",
        )
    numbered = read_lines(connection, file, "raw_orders", skip=int(has_header))
    parts = numbered.line.strip().re_split(r"\s+")
    complete = parts.length() == len(layout)
    fields = {
        name: ibis.ifelse(complete, parts[place], ibis.null("string"))
        for place, name in enumerate(layout)
        if name != "sample_customer"
    }
    return numbered.select("source_row", **fields)


def _cashflows(orders: Any) -> Any:
    cents = (orders.paid * 100).round().cast("int64")
    days = orders.group_by(["client_id", "ordered"]).agg(source_row=orders.source_row.min(), cents=cents.sum())
    return days.select(
        "source_row",
        "client_id",
        date=days.ordered,
        kind=ibis.literal("order"),
        amount=days.cents.cast("float64") / 100,
    )
