"""Profiles of the checked tables: coverage, freshness, range and repeats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.book.columns import Column, Kind, TableSchema
from models.book.counts import TableCount
from models.book.door import Book
from models.book.guard.profile import dated_column
from models.book.periods import DAYS_PER_PERIOD
from models.config.sections import TimeConfig
from models.engines.protocol import Session
from models.vocab import Progress

MAX_EXACT_ROWS = 2_000_000
"""Larger tables tell quantiles and repeats from every so manieth client, and about how many values there are."""
MOST_COMMON = 5
MAX_LISTED_VALUES = 1_000
"""Columns of text with more different values are names or ids, of which none is common."""
MAX_CHARACTERS = 60
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
FEW_GAPS = 3

_MEASURED = {"financials": "period_end", "macro": "date"}
"""Tables that state when their figures were measured, beside when they were published."""


@dataclass(frozen=True, kw_only=True)
class AuditedColumn:
    """One column. ``low``, ``quantiles`` (of 5, 25, 50, 75 and 95%) and ``high`` are in the unit of ``note``.

    ``distinct`` counts different values, about where ``is_estimate``. ``common`` are the most frequent texts
    with their share of the filled rows.
    """

    name: str
    kind: str
    note: str
    filled_share: float
    distinct: int
    is_estimate: bool
    low: float | str | None
    quantiles: tuple[float, ...]
    high: float | str | None
    common: tuple[tuple[str, float], ...]


@dataclass(frozen=True, kw_only=True)
class AuditedTable:
    """One table: rows and reasons, dates, repeats, columns.

    ``days_behind`` counts from the last date to the day until which the book is known; ``is_behind`` if that is
    more than a period and more than three times the usual distance between two dates. Lags, in days, lie
    between measured and published. ``repeats`` are rows that repeat another in every column. All of it is
    taken from one client in ``one_in``, where that is not 1.
    """

    name: str
    count: TableCount
    first_date: date | None
    last_date: date | None
    days_behind: int | None
    is_behind: bool
    lag_median_days: float | None
    lag_p90_days: float | None
    repeats: int
    one_in: int
    columns: tuple[AuditedColumn, ...]


def profile_tables(
    book: Book, session: Session, time: TimeConfig, contract: Mapping[str, TableSchema], progress: Progress
) -> tuple[AuditedTable, ...]:
    """Profiles of all tables of a book, in the order of its contract."""
    counts = {count.table: count for count in book.counts}
    names = [name for name in contract if name in book.here]
    period_days = DAYS_PER_PERIOD[time.period]
    return tuple(
        _profile(book.open(session, name), contract[name], counts[name], book.known_until, period_days)
        for name in progress.track(names, total=len(names), title="Profiling tables")
    )


def _profile(rows: Any, schema: TableSchema, count: TableCount, known_until: date, period_days: float) -> AuditedTable:
    one_in = -(-count.rows_used // MAX_EXACT_ROWS) or 1
    sample = rows.filter(rows.client_id.hash() % one_in == 0) if one_in > 1 and "client_id" in rows.columns else rows
    first, last, dates = _dates(rows, dated_column(schema.name))
    behind = None if last is None else (known_until - last).days
    lags = _lags(sample, schema)
    return AuditedTable(
        name=schema.name,
        count=count,
        first_date=first,
        last_date=last,
        days_behind=behind,
        is_behind=_is_behind(behind, first, last, dates, period_days),
        lag_median_days=lags[0],
        lag_p90_days=lags[1],
        repeats=_repeats(sample, schema),
        one_in=one_in,
        columns=_columns(rows, sample, schema, is_exact=one_in == 1),
    )


def _one_row(expression: Any) -> dict[str, Any]:
    row: dict[str, Any] = expression.to_pyarrow().to_pylist()[0]
    return row


def _dates(rows: Any, column: str | None) -> tuple[date | None, date | None, int]:
    """First and last date, and how many different ones there are."""
    if column is None:
        return None, None, 0
    day = rows[column]
    found = _one_row(rows.aggregate(first=day.min(), last=day.max(), dates=day.nunique()))
    return found["first"], found["last"], int(found["dates"])


def _is_behind(behind: int | None, first: date | None, last: date | None, dates: int, period_days: float) -> bool:
    if behind is None or first is None or last is None:
        return False
    usual = (last - first).days / max(dates - 1, 1)
    return behind > max(period_days, FEW_GAPS * usual)


def _lags(rows: Any, schema: TableSchema) -> tuple[float | None, float | None]:
    """Median and 90% quantile of the days between measured and published."""
    if schema.name not in _MEASURED:
        return None, None
    days = rows[dated_column(schema.name)].delta(rows[_MEASURED[schema.name]], unit="day")
    found = _one_row(rows.aggregate(median=days.quantile(0.5), late=days.quantile(0.9)))
    return _number(found["median"]), _number(found["late"])


def _repeats(rows: Any, schema: TableSchema) -> int:
    names = [column.name for column in schema.columns]
    copies = rows.group_by(names).aggregate(copies=rows.count())
    found = _one_row(copies.aggregate(repeats=(copies.copies - 1).sum()))
    return int(found["repeats"] or 0)


def _columns(rows: Any, sample: Any, schema: TableSchema, *, is_exact: bool) -> tuple[AuditedColumn, ...]:
    measures: dict[str, Any] = {"rows": rows.count()}
    for column in schema.columns:
        values = rows[column.name]
        measures[f"{column.name}:filled"] = values.count()
        measures[f"{column.name}:distinct"] = values.nunique() if is_exact else values.approx_nunique()
        if column.kind in (Kind.NUMBER, Kind.INTEGER, Kind.DATE):
            measures |= {f"{column.name}:low": values.min(), f"{column.name}:high": values.max()}
    found = _one_row(rows.aggregate(**measures))
    quantiles = _quantiles(sample, schema)
    return tuple(
        _column(rows, column, found, quantiles.get(column.name, ()), is_exact=is_exact) for column in schema.columns
    )


def _quantiles(rows: Any, schema: TableSchema) -> dict[str, tuple[float, ...]]:
    names = [column.name for column in schema.columns if column.kind in (Kind.NUMBER, Kind.INTEGER)]
    if not names:
        return {}
    found = _one_row(rows.aggregate(**{name: rows[name].quantile(list(QUANTILES)) for name in names}))
    return {name: tuple(float(value) for value in found[name] or ()) for name in names}


def _column(
    rows: Any, column: Column, found: dict[str, Any], quantiles: tuple[float, ...], *, is_exact: bool
) -> AuditedColumn:
    filled, distinct = int(found[f"{column.name}:filled"]), int(found[f"{column.name}:distinct"])
    return AuditedColumn(
        name=column.name,
        kind=column.kind.value,
        note=column.note,
        filled_share=filled / found["rows"] if found["rows"] else 0.0,
        distinct=distinct,
        is_estimate=not is_exact,
        low=_plain(found.get(f"{column.name}:low")),
        quantiles=quantiles,
        high=_plain(found.get(f"{column.name}:high")),
        common=_common(rows, column, filled, distinct),
    )


def _common(rows: Any, column: Column, filled: int, distinct: int) -> tuple[tuple[str, float], ...]:
    countable = column.kind in (Kind.TEXT, Kind.TRUTH) and not column.name.endswith("_id")
    if not countable or not 0 < distinct <= min(MAX_LISTED_VALUES, max(filled // 2, 2)):
        return ()
    values = rows[column.name].cast("string")
    present = rows.filter(values.notnull()).select(word=values)
    counted = present.group_by("word").aggregate(number=present.count())
    top: Sequence[dict[str, Any]] = (
        counted.order_by([counted.number.desc(), counted.word]).limit(MOST_COMMON).to_pyarrow().to_pylist()
    )
    return tuple((row["word"][:MAX_CHARACTERS], row["number"] / filled) for row in top)


def _plain(value: Any) -> float | str | None:
    return value.isoformat() if isinstance(value, date) else _number(value)


def _number(value: Any) -> float | None:
    return None if value is None else float(value) + 0.0  # no minus zero
