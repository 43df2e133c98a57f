"""Names in a config that mean things of the contract or of the book: what nothing is called is refused, or told.

What the contract lists (columns, kinds) is refused before anything is read. What only the book can tell (products,
purposes, places) is told in notices, with the nearest word that the book has.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from models.config import Config
from models.errors import ConfigError, UserError
from models.notices import Notice, Severity
from models.tables.schema import CASHFLOW_KINDS, TABLES, Kind

KIND_COLUMN = {"cashflows": "kind", "interactions": "kind", "opportunities": "stage"}
COLUMN_SOURCES = ("files", "sql")
"""Sources whose columns and tables a config can rename; the others know their publisher's."""
_NEAR = 0.6
_SHOWN = 12
_COMPARED_WORDS = 2_000


def require_known_names(config: Config) -> None:
    """Raises ``ConfigError`` with every name that the contract does not know: it would count as nothing at all."""
    problems = [*_unknown_columns(config), *_unknown_kinds(config), *_unknown_measures(config), *_idle_settings(config)]
    if problems:
        raise ConfigError(subject="config", problems=problems)


def unmatched_names(config: Config, tables: Mapping[str, Path]) -> tuple[Notice, ...]:
    """Notices of the names in a config that no row of the book carries, one for each setting.

    ``tables``: the stored tables of the book by name.
    """
    with duckdb.connect() as connection:
        told = (_Told(connection, tables, named).notice() for named in _named_in_rows(config))
        return tuple(notice for notice in told if notice is not None)


def _unknown_columns(config: Config) -> Iterator[UserError]:
    features, macro = config.features, TABLES["macro"].columns
    clients = [column.name for column in TABLES["clients"].columns if column.name != "client_id"]
    yield from _unknown("features.attributes", features.attributes, clients)
    yield from _unknown("features.context", features.context, clients)
    yield from _unknown("features.macro", features.macro, [each.name for each in macro if each.kind is Kind.NUMBER])


def _unknown_kinds(config: Config) -> Iterator[UserError]:
    yield from _unknown("activity.kinds", config.activity.kinds, CASHFLOW_KINDS)
    yield from _unknown("value.kinds", config.value.kinds, CASHFLOW_KINDS)
    yield from _unknown("backtest.limits.losses", config.backtest.limits.losses, CASHFLOW_KINDS)


def _unknown_measures(config: Config) -> Iterator[UserError]:
    for name, spec in config.features.measures.items():
        place, columns = f"features.measures.{name}", {each.name: each for each in TABLES[spec.table].columns}
        numbers = [column.name for column in columns.values() if column.kind in (Kind.NUMBER, Kind.INTEGER)]
        countable = spec.form == "flow" and not spec.column
        yield from () if countable else _unknown(f"{place}.column", [spec.column], numbers)
        kinds = columns[KIND_COLUMN[spec.table]].allowed if spec.table in KIND_COLUMN else ()
        yield from _unknown(f"{place}.kinds", spec.kinds, kinds)
        yield from _unknown(f"{place}.products", () if spec.table == "cashflows" else spec.products, ())


def _idle_settings(config: Config) -> Iterator[UserError]:
    """Settings on which the source of the book does not look."""
    book = config.book
    columns = [name for name in book.columns if book.source not in COLUMN_SOURCES and name != "overrides"]
    for setting, names, sources in (("columns", columns, "files or sql"), ("tables", book.tables, "sql")):
        if names and book.source not in sources.split(" or "):
            yield UserError(
                rule=f"book.{setting} has an effect with source {sources} only",
                got=f"{', '.join(names)} with source {book.source}",
                remedy=f"remove book.{setting}, or change book.source",
            )


def _unknown(place: str, got: Iterable[str], known: Sequence[str]) -> Iterator[UserError]:
    rule = f"{place} must be among {', '.join(known)}" if known else f"{place} must be empty for this table"
    for name in got:
        if name not in known:
            near = _nearest(name, known)
            remedy = f"did you mean {near}?" if near else f"mend or remove it in {place}"
            yield UserError(rule=rule, got=repr(name), remedy=remedy)


def _nearest(name: str, known: Collection[str]) -> str | None:
    by_case = {each.casefold(): each for each in sorted(known, reverse=True)}
    close = difflib.get_close_matches(name.casefold(), by_case, n=1, cutoff=_NEAR)
    return by_case[close[0]] if close else None


@dataclass(frozen=True)
class _Named:
    """Values that a setting names, and the column of the book that should hold them.

    ``severity`` holds where the book has none of them; where it has some, the absent ones are a note, unless a near
    word makes them look misspelled.
    """

    setting: str
    values: tuple[str, ...]
    table: str
    column: str
    severity: Severity = Severity.WARNING


def _named_in_rows(config: Config) -> Iterator[_Named]:
    yield _Named("activity.kinds", config.activity.kinds, "cashflows", "kind")
    yield _Named("value.kinds", tuple(config.value.kinds), "cashflows", "kind")
    for name, spec in config.features.measures.items():
        place = f"features.measures.{name}"
        if spec.table in KIND_COLUMN:
            yield _Named(f"{place}.kinds", spec.kinds, spec.table, KIND_COLUMN[spec.table])
        yield _Named(f"{place}.products", spec.products, "facilities", "product")
    for name, count in config.features.facility_counts.items():
        for column, values in count.columns.items():
            yield _Named(f"features.facility_counts.{name}.{column}s", values, "facilities", column)
    for setting in ("key", "emerging"):
        yield _Named(f"regions.{setting}", getattr(config.regions, setting), "clients", config.regions.level)


@dataclass(frozen=True)
class _Told:
    """One setting held against the rows of a book."""

    connection: duckdb.DuckDBPyConnection
    tables: Mapping[str, Path]
    named: _Named

    def notice(self) -> Notice | None:
        """What to tell of the setting; None where its table is absent, or every value has a row."""
        named = self.named
        if not named.values or named.table not in self.tables:
            return None
        present = set(self._words(among=named.values))
        absent = [value for value in named.values if value not in present]
        if not absent:
            return None
        words = self._words()
        near = {value: word for value in absent if (word := _nearest(value, set(words) - set(named.values)))}
        grave = near or not present
        return Notice(
            code="measure_without_rows",
            severity=named.severity if grave else Severity.NOTE,
            subject=named.setting,
            found=f"a row of {named.table} must have each as its {named.column}, none has {', '.join(absent)}",
            remedy=_remedy(near, words),
            count=len(absent),
        )

    def _words(self, *, among: Sequence[str] | None = None) -> list[str]:
        """Values that the column holds, in order: those ``among`` some, else the first of all."""
        rows = self.connection.read_parquet(str(self.tables[self.named.table]))
        words = rows.select(duckdb.ColumnExpression(self.named.column).alias("word")).distinct()
        if among is not None:
            words = words.filter(duckdb.ColumnExpression("word").isin(*map(duckdb.ConstantExpression, among)))
        found = words.filter("word is not null").order("word").limit(_COMPARED_WORDS).fetchall()
        return [word for (word,) in found]


def _remedy(near: dict[str, str], words: Sequence[str]) -> str:
    if near:
        return "; ".join(f"did you mean {word} for {value}?" for value, word in near.items())
    more = f" and {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
    return f"the book has {', '.join(words[:_SHOWN])}{more}" if words else "the book has none at all"
