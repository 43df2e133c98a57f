"""Columns of a table of a database in the form in which every driver hands them over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.book.columns import Kind, TableSchema
from models.engines.row_sums import Expressions


def portable_columns(table: Any, columns: Mapping[str, str], schema: TableSchema | None) -> Expressions:
    """Columns of a table of a database (new name -> its name there) as every driver can hand them over."""
    kinds = {new: kind_of(schema, new, table[old].type()) for new, old in columns.items()}
    return {new: _portable(table[old], kinds[new]) for new, old in columns.items()}


def kind_of(schema: TableSchema | None, name: str, stored: Any) -> Kind:
    """The kind of a column: that of the contract, else the one that its type at the source is nearest to."""
    column = None if schema is None else schema.column(name)
    if column is not None:
        return column.kind
    if stored.is_date() or stored.is_timestamp():
        return Kind.DATE
    is_whole = stored.is_decimal() and stored.scale == 0  # ids may be: as text they keep every digit
    return Kind.NUMBER if stored.is_numeric() and not is_whole else Kind.TEXT


def is_moment(stored: Any, kind: Kind) -> bool:
    """Whether a column of a database is a moment with an offset, and a day in the book."""
    return bool(kind is Kind.DATE and stored.is_timestamp() and stored.timezone is not None)


def _portable(value: Any, kind: Kind) -> Any:
    """What every database can hand over without loss of the rows that quarantine should see.

    Drivers refuse decimals that are not finite and dates without an end; as floats and text they arrive.
    """
    if kind is Kind.NUMBER and value.type().is_decimal():
        return value.cast("float64")
    if kind is Kind.DATE and (value.type().is_date() or value.type().is_timestamp()):
        return value.cast("string")
    if kind is Kind.TEXT and not value.type().is_string():
        return value.cast("string")
    return value
