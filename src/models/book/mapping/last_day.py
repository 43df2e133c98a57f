"""The day until which a book is known, where neither its config nor its source says it: by its last dated rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import ibis

from models.book.columns import TableSchema
from models.book.contract import DECISION_TABLES
from models.book.conventions import Conventions, table_reading
from models.book.mapping.derived import Tables
from models.book.rules import EARLIEST_DATE
from models.notices import Notice, Severity
from models.text import Text, named

MOST_ROWS, FAR_DAYS = 0.999, 92
"""Rows that lie this far behind such a share of all are few enough to be slips of the pen."""
_GUESSED = Text("the book is taken to be known until {day}, the day after its last dated row ({table})")
_SET_IT = Text("set book.known_until if it should be another day, such as the first of the month after the extract")
_FAR = Text("almost all rows of {table} are dated before {usual}, and the last ones up to {last}, {days} days later")
_LOOK = Text("look at these rows, and set book.known_until: outcomes are counted up to it")


def last_known_day(
    tables: Tables, contract: Mapping[str, TableSchema], conventions: Conventions
) -> tuple[date | None, tuple[Notice, ...]]:
    """The day after the last row that is not dated after today, and what is doubtful about it; None without any.

    Raises ``AmbiguousDatesError`` where a date can be read in two ways.
    """
    today = datetime.now(tz=UTC).date()
    found = {name: each for name in tables if (each := _days(tables[name], contract[name], conventions, today))}
    if not found:
        return None, ()
    table = max(found, key=lambda name: (found[name][1], name == "cashflows"))
    usual, last = found[table]
    return last + timedelta(days=1), tuple(_notices(table, usual, last))


def _days(rows: Any, schema: TableSchema, conventions: Conventions, today: date) -> tuple[date, date] | None:
    """The day before which almost all rows of a table lie, and the last one."""
    past = next((each for each in schema.columns if each.past and each.required and each.name in rows.columns), None)
    if past is None or schema.name in DECISION_TABLES:
        return None
    reading = table_reading(rows, replace(schema, columns=(past,)), conventions, {})
    days = rows.select(day=reading.columns[past.name].value(rows[past.name]))
    days = days.filter(days.day.between(EARLIEST_DATE, today))
    numbers = days.select(number=days.day.delta(ibis.date("1970-01-01"), unit="day"))
    asked = numbers.aggregate(last=numbers.number.max(), usual=numbers.number.quantile(MOST_ROWS))
    row = asked.to_pyarrow().to_pylist()[0]
    if row["last"] is None:
        return None
    usual, last = (date(1970, 1, 1) + timedelta(days=int(row[name])) for name in ("usual", "last"))
    return usual, last


def _notices(table: str, usual: date, last: date) -> Iterator[Notice]:
    day = (last + timedelta(days=1)).isoformat()
    found = _GUESSED.filled(day=named(day), table=named(table))
    yield Notice.of("known_until_guessed", Severity.NOTE, "book.known_until", found=found, remedy=_SET_IT)
    far = (last - usual).days
    if far > FAR_DAYS:
        words = _FAR.filled(table=named(table), usual=named(usual.isoformat()), last=named(last.isoformat()), days=far)
        yield Notice.of("last_rows_far", Severity.WARNING, "book.known_until", found=words, remedy=_LOOK)
