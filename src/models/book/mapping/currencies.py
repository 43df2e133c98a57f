"""Amounts in other currencies become amounts in that of the book, by the rate of the day or the last one before it.

A row without a rate goes to quarantine; no amount is ever left as it stands in another currency.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import ibis

from models.book.columns import Column, Kind, TableSchema, Unit
from models.book.conventions import Conventions, table_reading
from models.book.mapping.amounts import with_number
from models.book.parsing import as_text
from models.book.rules import RowRule, refused_column
from models.book.side_tables import CURRENCY
from models.config.book import BookConfig
from models.config.mapping import CurrenciesConfig
from models.errors import UserError
from models.notices import Notice, Severity
from models.text import Text, named

OLD_RATE_DAYS = 31
"""A rate that is older on the day of a row is given of."""
_DAY, _CODE, _RATE, _RATE_DAY, _FIRST = "day of row", "code of row", "rate of row", "day of rate", "first rate"
_SHOWN = 8
_CONVERTED = Text(
    "{count:,} row in another currency counts in {book} ({words})",
    plural="{count:,} rows in other currencies count in {book} ({words})",
)
_ASSUMED = Text("it has no column currency: its amounts count in {book}")
_NAME_COLUMN = Text("if they are in others, name the column in book.columns.{table}.currency")
_OLD = Text(
    "{count:,} row counts at a rate that was more than {days} days old on its day",
    plural="{count:,} rows count at a rate that was more than {days} days old on their day",
)
_BRING_RATES = Text("bring the table rates up to date")


@dataclass(frozen=True, kw_only=True)
class Conversion:
    """How amounts are converted: ``rates`` are checked rows, None where there is no table of them."""

    connection: Any
    config: BookConfig
    currencies: CurrenciesConfig
    rates: Any | None

    def converted(self, rows: Any, schema: TableSchema) -> tuple[Any, tuple[Notice, ...]]:
        """Rows of a table with all amounts in the currency of the book, and without the column of theirs.

        Raises ``UserError`` where more rows than the book may lose have no rate.
        """
        money = [each for each in schema.columns if each.unit is Unit.MONEY and each.name in rows.columns]
        if not money or CURRENCY not in rows.columns:
            return rows, tuple(self._assumed(schema, money))
        rated, numbers = self._rated(rows, schema, money)
        has_amount = ibis.or_(*[rated[name].notnull() for name in numbers.values()])
        foreign = (rated[_CODE].fill_null("") != self.config.currency) & has_amount
        lacks = foreign & rated[_RATE].isnull()
        counts = _counts(rated, lacks, foreign)
        lacking = {each.code: each.lacking for each in counts if each.lacking}
        self._refuse_too_many(schema.name, lacking, int(rated.count().to_pyarrow().as_py()))
        reason = rated[_CODE].fill_null("no currency") + " on " + rated[_DAY].cast("string").fill_null("no day")
        refused = {refused_column(RowRule.CURRENCY, CURRENCY): ibis.ifelse(lacks, reason, ibis.null("string"))}
        done = rated.mutate(**refused)
        for name, number in numbers.items():
            done = with_number(done, name, done[number] * done[_RATE].fill_null(1.0))
        return done.drop(_DAY, _CODE, _RATE, _RATE_DAY, CURRENCY, *numbers.values()), tuple(
            self._notices(schema.name, counts)
        )

    def _rated(self, rows: Any, schema: TableSchema, money: Sequence[Column]) -> tuple[Any, dict[str, str]]:
        """Rows with their day, currency and rate; and column -> the column of its number."""
        day = _day_column(schema, rows.columns)
        wanted = replace(schema, columns=(*([day] if day else []), *money))
        reading = table_reading(rows, wanted, Conventions.of(self.config), {}).columns
        numbers = {each.name: f"number of {each.name}" for each in money}
        cells = {numbers[name]: reading[name].value(rows[name]) for name in numbers}
        cells[_DAY] = reading[day.name].value(rows[day.name]) if day else ibis.null("date")
        cells[_CODE] = as_text(rows[CURRENCY]).strip().upper().nullif("")
        read = self._view(rows.mutate(**cells))
        return self._view(self._with_rate(read)), numbers

    def _with_rate(self, read: Any) -> Any:
        """The rate of the day or the last one before; of a row without a day the first one that is known."""
        constants = {self.config.currency: 1.0, **self.currencies.constants}
        constant = read[_CODE].cases(*constants.items(), else_=ibis.null("float64"))
        rates = self._known_rates()
        if rates is None:
            return read.mutate(**{_RATE: constant, _RATE_DAY: ibis.null("date")})
        first = rates.group_by("rate_code").agg(**{_FIRST: rates.rate_day.min()})
        begun = read.mutate(constant=constant).left_join(first, read[_CODE] == first.rate_code).drop("rate_code")
        dated = self._view(begun.mutate(asked_day=ibis.coalesce(begun[_DAY], begun[_FIRST])).drop(_FIRST))
        found = dated.asof_join(rates, dated.asked_day >= rates.rate_day, dated[_CODE] == rates.rate_code)
        own = found[_CODE] == self.config.currency
        rate = ibis.ifelse(own, 1.0, ibis.coalesce(found.rate, found.constant))
        rated = found.mutate(**{_RATE: rate, _RATE_DAY: ibis.ifelse(own, ibis.null("date"), found.rate_day)})
        return rated.drop("constant", "asked_day", "rate_code", "rate_day", "rate")

    def _known_rates(self) -> Any | None:
        """What one unit of each currency is in that of the book, by day."""
        if self.rates is None:
            return None
        rate = self.rates.rate if self.currencies.quoted == "book_per_unit" else 1.0 / self.rates.rate
        return self.rates.select(rate_code=self.rates.currency.strip().upper(), rate_day=self.rates.date, rate=rate)

    def _view(self, rows: Any) -> Any:
        return self.connection.create_view(f"rated_{uuid4().hex}", rows)

    def _refuse_too_many(self, table: str, lacking: Mapping[str, int], total: int) -> None:
        missing = sum(lacking.values())
        if missing > self.config.max_quarantine_share * total:
            raise UserError(
                rule=f"{table} must have a rate for the currency of each row, of its day or before",
                got=f"{missing:,} of {total:,} rows without: {_listed(lacking)}",
                remedy="add them to the table rates, or to book.currencies.constants",
            )

    def _assumed(self, schema: TableSchema, money: Sequence[Column]) -> Iterator[Notice]:
        if money:
            yield Notice.of(
                "currency_assumed",
                Severity.NOTE,
                schema.name,
                found=_ASSUMED.filled(book=named(self.config.currency)),
                remedy=_NAME_COLUMN.filled(table=named(schema.name)),
            )

    def _notices(self, table: str, counts: Sequence[_CurrencyCount]) -> Iterator[Notice]:
        converted = {each.code: each.converted for each in counts if each.converted}
        if converted:
            number = sum(converted.values())
            found = _CONVERTED.filled(count=number, book=named(self.config.currency), words=named(_listed(converted)))
            yield Notice.of("currencies_converted", Severity.NOTE, table, found=found, count=number)
        old = sum(each.old for each in counts)
        if old:
            found = _OLD.filled(count=old, days=OLD_RATE_DAYS)
            yield Notice.of("old_rates", Severity.WARNING, table, found=found, remedy=_BRING_RATES, count=old)


@dataclass(frozen=True, kw_only=True)
class _CurrencyCount:
    """Of one foreign currency, how many rows have a rate, none, and one that was old."""

    code: str
    converted: int
    lacking: int
    old: int


def _counts(rated: Any, lacks: Any, foreign: Any) -> list[_CurrencyCount]:
    age = rated[_DAY].delta(rated[_RATE_DAY], unit="day")
    marked = rated.select(
        code=rated[_CODE].fill_null("no currency"),
        foreign=foreign,
        lacking=lacks,
        converted=foreign & rated[_RATE].notnull(),
        old=(age > OLD_RATE_DAYS).fill_null(False),
    )
    grouped = marked.filter(marked.foreign).group_by("code")
    found = grouped.agg(**{name: marked[name].sum().fill_null(0) for name in ("converted", "lacking", "old")})
    rows = found.order_by([ibis.desc("converted"), "code"]).to_pyarrow().to_pylist()
    return [_CurrencyCount(**row) for row in rows]


def _day_column(schema: TableSchema, present: Sequence[str]) -> Column | None:
    """The day by whose rate a row counts: the first that the table must have, else the first that it has."""
    days = [each for each in schema.columns if each.kind is Kind.DATE and each.name in present]
    return next((each for each in days if each.required), days[0] if days else None)


def _listed(counts: Mapping[str, int]) -> str:
    shown = [f"{word} {number:,}" for word, number in list(counts.items())[:_SHOWN]]
    more = len(counts) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
