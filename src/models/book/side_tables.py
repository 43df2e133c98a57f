"""Tables of a source that are none of the book and say how others are read: rates of currencies, merged clients."""

from __future__ import annotations

from dataclasses import replace

from models.book.columns import Column, Kind, TableSchema, Unit, Words

CURRENCY = "currency"
"""The column that tells the currency of a row's amounts, where ``book.currencies`` is set."""

MERGED_ON = "merged_on"
"""The column of clients that says since when ids with dealings of their own are known to be one; it is no feature."""

RATES = TableSchema(
    name="rates",
    key=("currency", "date"),
    columns=(
        Column(name="date", kind=Kind.DATE, note="day of the rate", required=True),
        Column(name=CURRENCY, kind=Kind.TEXT, note="three letters", required=True, words=Words.IDS),
        Column(name="rate", kind=Kind.NUMBER, note="see book.currencies.quoted", required=True, low=1e-9, high=1e9),
    ),
)
"""What currencies were worth on which day."""

ALIASES = TableSchema(
    name="aliases",
    key=("old_id",),
    columns=(
        Column(name="old_id", kind=Kind.TEXT, note="the id that is no longer used", required=True, words=Words.IDS),
        Column(name="client_id", kind=Kind.TEXT, note="the id that took its place", required=True, words=Words.IDS),
        Column(name="date", kind=Kind.DATE, note="day from which both were known to be one", required=True, past=True),
    ),
)
"""Ids of clients that became others; each old one once."""

SIDE_TABLES = {schema.name: schema for schema in (RATES, ALIASES)}


def with_currency(schema: TableSchema) -> TableSchema:
    """A table with the column of its currency, where it has amounts."""
    if not any(column.unit is Unit.MONEY for column in schema.columns):
        return schema
    own = Column(name=CURRENCY, kind=Kind.TEXT, note="of the amounts in the row")
    return replace(schema, columns=(*schema.columns, own))
