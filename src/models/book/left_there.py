"""Tables of a book whose rows stay in their database: which may, and how they come through the door.

A row is good beyond doubt where no rule, convention or word of the door could say anything else of it. All other rows
travel and are checked here. That asks for plain columns: ids of other tables, a few allowed words, numbers and dates.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from models.book.columns import Column, Kind, TableSchema
from models.book.portable import portable_columns
from models.book.quarantine import CheckedTable
from models.book.rules import EARLIEST_DATE, LATEST_DATE
from models.book.written import WrittenForms
from models.codec import to_json_text
from models.config.book import BookConfig
from models.engines.away import AwayColumn, AwayTable
from models.engines.row_sums import NO_ROWS, Expressions, RowSums, row_sums
from models.engines.sql import SqlSession, beside_file
from models.notices import Notice, Severity
from models.text import Text

LEFT_TABLES = ("cashflows",)
"""The tables that may stay: those whose rows grow with time and with the book."""
_WIDEST = 1.7e308
_FETCHED = Text(
    "its rows are fetched, though book.engine is sql: that asks for a table with typed columns that nothing maps or "
    "converts, for the tables that it refers to, and for book.known_until"
)
_UNGUARDED = Text("its rows stay in the database, where neither guard nor check looks at them")


def away_table(
    config: BookConfig,
    schema: TableSchema,
    place: str,
    columns: Mapping[str, str],
    types: Expressions,
    beside: Collection[str],
) -> AwayTable | None:
    """A table as it stays in its database; None where its rows must travel.

    ``columns``: column of the book -> column of the table at ``place``, of these ``types``; ``beside`` are the tables
    of the book that are read as they stand.
    """
    if config.engine != "sql" or schema.name not in LEFT_TABLES or _is_changed(config, schema) or schema.key:
        return None
    found = [
        _away_column(column, schema, columns[column.name], types[column.name], beside)
        if column.name in columns
        else AwayColumn(name=column.name, source="", kind=column.kind.value, required=False)
        for column in schema.columns
    ]
    known = tuple(column for column in found if column is not None)
    if len(known) < len(found) or {*schema.required} - {*columns}:
        return None
    return AwayTable(name=schema.name, place=place, columns=known)


def _is_changed(config: BookConfig, schema: TableSchema) -> bool:
    """Whether anything but the door has a say in the rows of a table."""
    is_mapped = schema.name in config.map or schema.name in config.drawn_on
    is_plain = WrittenForms.of(schema.name, config.reading(schema.name)).is_plain
    return bool(is_mapped or not is_plain or config.currencies or config.known_until is None or schema.distinct)


def _away_column(
    column: Column, schema: TableSchema, source: str, stored: Any, beside: Collection[str]
) -> AwayColumn | None:
    """A column whose good values a database can tell; None where only the door can."""
    plain = AwayColumn(name=column.name, source=source, kind="text", required=column.required)
    if column.kind is Kind.NUMBER and stored.is_numeric():
        low, high = (-_WIDEST if column.low is None else column.low), (_WIDEST if column.high is None else column.high)
        return replace(plain, kind="number", low=low, high=high)
    if column.kind is Kind.DATE and (stored.is_date() or (stored.is_timestamp() and stored.timezone is None)):
        return replace(plain, kind="date", first_day=EARLIEST_DATE, end_day=LATEST_DATE)
    if column.kind is not Kind.TEXT or not (stored.is_string() or stored.is_integer()):
        return None
    if column.allowed:
        return replace(plain, allowed=column.allowed)
    links = [link for link in schema.references if link.column == column.name and link.table in beside]
    return replace(plain, table=links[0].table, target=links[0].target) if links else None


@dataclass(frozen=True, kw_only=True)
class LeftRows:
    """The tables that stay, on their way through the door. ``checked``: those of which the doubtful rows came.

    ``ends``: table -> the day from which on rows are doubtful; ``begins``: likewise those before.
    """

    session: SqlSession
    tables: Mapping[str, AwayTable]
    known_until: date
    begins: Mapping[str, date] = field(default_factory=dict)
    checked: dict[str, AwayTable] = field(default_factory=dict)

    def doubtful(self, schema: TableSchema, targets: Mapping[str, CheckedTable]) -> Any:
        """The rows of a table that must be checked here, as they stand at the source, with ``source_row``."""
        table = self._dated(self.tables[schema.name])
        ids = {each.name: targets[each.table].rows[each.target] for each in table.ids}
        opened = self.session.opened(table, ids)
        sums, first = self.session.database.answer(opened.sums, of=table.place)
        self.checked[schema.name] = replace(table, sums=sums, first_day=first)
        names = {column.name: column.source for column in table.columns if column.source}
        return self.session.brought(opened.doubtful(portable_columns(opened.raw, names, schema)))

    def rows(self, name: str) -> int:
        """How many rows of a table stay; 0 of one that travelled."""
        return self.checked[name].sums.rows if name in self.checked else 0

    def _dated(self, table: AwayTable) -> AwayTable:
        first, end = self.begins.get(table.name, EARLIEST_DATE), self.known_until
        columns = tuple(
            replace(each, first_day=first, end_day=end) if each.kind == "date" else each for each in table.columns
        )
        return replace(table, columns=columns)


def sums_of(checked: Mapping[str, CheckedTable], away: Mapping[str, AwayTable]) -> dict[str, RowSums]:
    """The sums of the event tables of a book, wherever their rows are."""
    return {
        name: row_sums(table.rows) + (away[name].sums if name in away else NO_ROWS)
        for name, table in checked.items()
        if name in LEFT_TABLES
    }


def set_beside(folder: Path, away: Mapping[str, AwayTable]) -> None:
    """In a book's folder, leave a note in the place of each table that stays, and its other rows beside."""
    for name, table in away.items():
        (folder / f"{name}.parquet").rename(folder / beside_file(name))
        (folder / away_file(name)).write_text(to_json_text(table, indent=1) + "\n", encoding="utf-8")


def away_file(name: str) -> str:
    """The file that stands for a table whose rows stay in a database. It is no Parquet, so that none reads it as rows.

    >>> away_file("cashflows")
    'cashflows.away.json'
    """
    return f"{name}.away.json"


def left_notices(config: BookConfig, present: Collection[str], away: Mapping[str, AwayTable]) -> tuple[Notice, ...]:
    """What a book of engine sql does otherwise than it was asked, and what is not looked at."""
    if config.engine != "sql":
        return ()
    fetched = [name for name in LEFT_TABLES if name in present and name not in away]
    return (
        *(Notice.of("rows_fetched", Severity.WARNING, name, found=_FETCHED) for name in fetched),
        *(Notice.of("guard_left_out", Severity.NOTE, name, found=_UNGUARDED) for name in away),
    )
