"""The cut of a table at the day until which its book is known, and at the one from which its rows are kept.

Later rows are no part of it, nor are those that were kept for long enough; both are counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import ibis

from models.book.columns import Column, TableSchema
from models.book.rules import LATEST_DATE, RAW_PREFIX
from models.notices import Notice, Severity
from models.text import Text, named

MUCH = 0.5
"""A book that loses a larger share of a table has its day set too early, or another extract than was meant."""
_LATE = "late rows"
_CUT = Text(
    "{count:,} of {total:,} rows is dated from {day} on, and is cut: until then the book is known",
    plural="{count:,} of {total:,} rows are dated from {day} on, and are cut: until then the book is known",
)
_EXPIRED = Text(
    "{count:,} of {total:,} rows is of before {day}, for longer than privacy.keep says, and is left out",
    plural="{count:,} of {total:,} rows are of before {day}, for longer than privacy.keep says, and are left out",
)
_KEEP = Text("take them out at the source too, or keep them for longer")
_LATER = Text("set book.known_until to a later day if they are part of it")
_BLANKED = Text(
    "{count:,} value lies on {day} or later, and counts as not yet known",
    plural="{count:,} values lie on {day} or later, and count as not yet known",
)


def kept_rows(parsed: Any, schema: TableSchema, since: date, elsewhere: int = 0) -> tuple[Any, tuple[Notice, ...]]:
    """The rows of a parsed table known from a day on, and a notice of the others; all of them where none is older.

    So many rows that are not among them, ``elsewhere``, are counted.
    """
    own = next(column.name for column in schema.columns if column.past and column.required)
    is_old = (parsed[own] < since).fill_null(False)
    counts = parsed.aggregate(total=parsed.count(), old=is_old.sum().fill_null(0)).to_pyarrow().to_pylist()[0]
    if not counts["old"]:
        return parsed, ()
    found = _EXPIRED.filled(count=counts["old"], total=counts["total"] + elsewhere, day=named(since.isoformat()))
    notice = Notice.of("rows_expired", Severity.NOTE, schema.name, found=found, remedy=_KEEP, count=counts["old"])
    return parsed.filter(~is_old), (notice,)


def cut_rows(parsed: Any, schema: TableSchema, known_until: date, elsewhere: int = 0) -> tuple[Any, tuple[Notice, ...]]:
    """The rows of a parsed table that were known, without what happened to them later.

    A row whose own day lies later is cut; what is no day of the calendar, such as infinity, stays to be refused.
    Another date that does, such as the end of a facility, is emptied with what became known by it. A table without any
    of these comes back as it is. So many rows that are not among them, ``elsewhere``, are counted.
    """
    past = [column for column in schema.columns if column.past]
    if not past:
        return parsed, ()
    days = {column.name: parsed[column.name] for column in past}
    late = {name: day.between(known_until, LATEST_DATE).fill_null(False) for name, day in days.items()}
    is_late = ibis.or_(*[late[column.name] for column in past if column.required])
    counted = {name: (each & ~is_late).sum().fill_null(0) for name, each in late.items()}
    sums = parsed.aggregate(total=parsed.count(), **{_LATE: is_late.sum().fill_null(0)}, **counted)
    counts = {name: int(number) for name, number in sums.to_pyarrow().to_pylist()[0].items()}
    counts["total"] += elsewhere
    emptied = [column for column in past if not column.required and counts[column.name]]
    notices = tuple(_notices(schema, counts, emptied, known_until))
    if not notices:
        return parsed, ()
    changes = {name: value for column in emptied for name, value in _emptied(parsed, schema, column, late[column.name])}
    marked = parsed.mutate(**{_LATE: is_late}, **changes)
    return marked.filter(~marked[_LATE]).drop(_LATE), notices


def _emptied(parsed: Any, schema: TableSchema, column: Column, is_late: Any) -> Iterator[tuple[str, Any]]:
    """The columns that tell of a day which had not come, without it."""
    names = [each.name for each in schema.columns if column.name in (each.name, each.known_with)]
    for name in (each for own in names for each in (own, RAW_PREFIX + own) if each in parsed.columns):
        yield name, ibis.ifelse(is_late, ibis.null(parsed[name].type()), parsed[name])


def _notices(schema: TableSchema, counts: dict[str, int], emptied: list[Column], known_until: date) -> Iterator[Notice]:
    day = known_until.isoformat()
    if counts[_LATE]:
        much = counts[_LATE] > MUCH * counts["total"]
        yield Notice.of(
            "rows_cut",
            Severity.WARNING if much else Severity.NOTE,
            schema.name,
            found=_CUT.filled(count=counts[_LATE], total=counts["total"], day=named(day)),
            remedy=_LATER,
            count=counts[_LATE],
        )
    for column in emptied:
        count = counts[column.name]
        found = _BLANKED.filled(count=count, day=named(day))
        yield Notice.of("dates_cut", Severity.NOTE, f"{schema.name}.{column.name}", found=found, count=count)
