"""Arrays of the simulator as Arrow columns in the types of the contract: text, dates, numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.book.columns import Kind
from models.book.contract import TABLES
from models.simulator.columns import AnyArray
from models.simulator.economics import CENTS
from models.vocab import BoolArray, FloatArray, IntArray

_ARROW = {
    Kind.TEXT: pa.string(),
    Kind.NUMBER: pa.float64(),
    Kind.INTEGER: pa.int64(),
    Kind.DATE: pa.date32(),
    Kind.TRUTH: pa.bool_(),
}
YEARS_BEFORE, YEARS_AFTER = 5, 35


@dataclass(frozen=True)
class Calendar:
    """Turns months of the book into days since 1970."""

    first_days: IntArray
    """First day of each month, from ``YEARS_BEFORE`` years before the book to ``YEARS_AFTER`` after it."""

    @classmethod
    def of(cls, start: date, months: int) -> Calendar:
        """The calendar of a book; ``start`` is the first of a month."""
        first = np.datetime64(start, "M") - 12 * YEARS_BEFORE
        span = first + np.arange(12 * (YEARS_BEFORE + YEARS_AFTER) + months)
        return cls(span.astype("datetime64[D]").astype(np.int64))

    def day(self, month: AnyArray, day: AnyArray) -> IntArray:
        """Days since 1970 of the ``day``-th (from 1) of ``month``.

        >>> Calendar.of(date(2018, 1, 1), 12).day(np.array([0, 1]), np.array([1, 28])).astype("datetime64[D]")
        array(['2018-01-01', '2018-02-28'], dtype='datetime64[D]')
        """
        return np.asarray(self.first_days[np.asarray(month) + 12 * YEARS_BEFORE] + np.asarray(day) - 1)


def arrow_schema(table: str) -> pa.Schema:
    """The columns of a table of the contract in Arrow's types."""
    return pa.schema([(column.name, _ARROW[column.kind]) for column in TABLES[table].columns])


def text(codes: AnyArray, words: Sequence[str] | pa.Array) -> pa.DictionaryArray:
    """The word of each code; none where the code is negative. An array of words must hold each word once.

    Repeats in a dictionary would make the bytes of a Parquet file depend on how the table came to the writer.
    """
    if not isinstance(words, pa.Array):
        once = list(dict.fromkeys(words))
        place = np.array([once.index(word) for word in words])
        codes, words = np.where(codes < 0, -1, place[codes]), pa.array(once, type=pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=codes < 0), words)


def days(values: IntArray, known: BoolArray | None = None) -> pa.Array:
    """Days since 1970 as dates."""
    mask = None if known is None else ~known
    return pa.array(values.astype(np.int32), mask=mask).cast(pa.date32())


def number(values: AnyArray, known: BoolArray | None = None) -> pa.Array:
    """Numbers; none where NaN or not known."""
    missing = np.isnan(values) if known is None else ~known | np.isnan(values)
    return pa.array(values.astype(np.float64), mask=missing)


def money(cents: IntArray) -> pa.Array:
    """Cents as currency: the nearest double of each amount, so that it rounds back to the same cent."""
    return pa.array(cents / CENTS)


def identifiers(prefix: str, numbers: IntArray, width: int) -> pa.Array:
    """Ids such as F000000012.

    >>> identifiers("F", np.array([12]), 4).to_pylist()
    ['F0012']
    """
    digits = pc.utf8_lpad(pc.cast(pa.array(numbers), pa.string()), width, "0")
    return pc.binary_join_element_wise(pa.scalar(prefix), digits, "")


def contract_table(name: str, columns: Mapping[str, pa.Array]) -> pa.Table:
    """A table of the contract: exactly its columns, in its order; text may stay dictionary-encoded."""
    order = [column.name for column in TABLES[name].columns]
    return pa.table({column: columns[column] for column in order})


def by_day_and_client(day: IntArray, client: IntArray) -> IntArray:
    """The order of rows in a table: by day, then client, then as they came."""
    return np.lexsort((client, day))


def rounded(values: FloatArray, digits: int) -> FloatArray:
    """Numbers as people write them down: with so many significant digits.

    >>> rounded(np.array([12345.678, 0.0]), 3).tolist()
    [12300.0, 0.0]
    """
    size = np.floor(np.log10(np.maximum(np.abs(values), 1e-12)))
    step = 10.0 ** (size - digits + 1)
    return np.asarray(np.round(np.rint(values / step) * step, 6))
