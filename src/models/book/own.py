"""The contract of one book: the tables of all books, with its own columns, kinds of cashflow and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from models.book.columns import MAX_AMOUNT, Column, Kind, Reference, TableSchema, Unit
from models.book.contract import CASHFLOWS, CLIENTS, FACILITIES, TABLES
from models.config.own import CLIENT, DATE, FACILITY, KIND, OwnColumnConfig, OwnConfig, OwnTableConfig
from models.errors import UserError

_UNITS = {unit.value: unit for unit in Unit}


def contract_of(own: OwnConfig) -> Mapping[str, TableSchema]:
    """All tables of a book with these own things, those that others refer to first."""
    if own.is_empty:
        return TABLES
    kinds = (*_kinds(), *own.cashflow_kinds)
    changed = {
        CLIENTS.name: _with(CLIENTS, own.clients),
        FACILITIES.name: _with(FACILITIES, own.facilities),
        CASHFLOWS.name: replace(
            CASHFLOWS,
            columns=tuple(replace(each, allowed=kinds) if each.name == KIND else each for each in CASHFLOWS.columns),
        ),
    }
    return {**TABLES, **changed, **{name: _own_table(name, table) for name, table in own.tables.items()}}


def clashes(own: OwnConfig) -> Iterator[UserError]:
    """Own names that the contract has already."""
    yield from _clashes("book.own.tables", own.tables, [*TABLES, "notes"])
    yield from _clashes("book.own.cashflow_kinds", own.cashflow_kinds, _kinds())
    for schema in (CLIENTS, FACILITIES):
        known = [column.name for column in schema.columns]
        yield from _clashes(f"book.own.{schema.name}", own.columns_of(schema.name), known)


def _clashes(setting: str, names: Mapping[str, object], known: list[str] | tuple[str, ...]) -> Iterator[UserError]:
    for name in names:
        if name in known:
            yield UserError(
                rule=f"{setting} must not name what every book has",
                got=name,
                remedy="leave it away, or give it another name and map its column with book.columns",
            )


def _kinds() -> tuple[str, ...]:
    column = CASHFLOWS.column(KIND)
    return () if column is None else column.allowed


def _with(schema: TableSchema, own: Mapping[str, OwnColumnConfig]) -> TableSchema:
    return replace(schema, columns=(*schema.columns, *(_column(name, each) for name, each in own.items())))


def _column(name: str, own: OwnColumnConfig) -> Column:
    is_money = own.unit == "money"
    return Column(
        name=name,
        kind=Kind(own.type),
        note=own.meaning,
        required=own.required,
        low=-MAX_AMOUNT if is_money and own.low is None else own.low,
        high=MAX_AMOUNT if is_money and own.high is None else own.high,
        allowed=own.allowed,
        unit=_UNITS.get(own.unit or ""),
    )


def _own_table(name: str, own: OwnTableConfig) -> TableSchema:
    client, facility = CASHFLOWS.references
    kind = Column(name=KIND, kind=Kind.TEXT, note="what it is", required=True, allowed=own.kinds)
    return TableSchema(
        name=name,
        references=(client, Reference(column=FACILITY, table=facility.table, target=facility.target)),
        columns=(
            *(column for column in CASHFLOWS.columns if column.name == CLIENT),
            Column(name=FACILITY, kind=Kind.TEXT, note="the facility it belongs to"),
            Column(name=DATE, kind=Kind.DATE, note="known from this day", required=True, past=True),
            *((kind,) if own.kinds else ()),
            *(_column(column, each) for column, each in own.columns.items()),
        ),
    )
