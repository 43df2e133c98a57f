"""Names in a config that only the rows of a book can tell (kinds, products, purposes, places): those of no row.

They are told in notices, with the nearest word that the book has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from models.book.names import KIND_COLUMN, nearest
from models.config.root import Config
from models.notices import Notice, Severity

_SHOWN = 12
_COMPARED_WORDS = 2_000


def unmatched_names(config: Config, tables: Mapping[str, Path]) -> tuple[Notice, ...]:
    """Notices of the names in a config that no row of the book carries, one for each setting.

    ``tables``: the stored tables of the book by name.
    """
    with duckdb.connect() as connection:
        reported = (_Told(connection, tables, named).notice() for named in _named_in_rows(config))
        return tuple(notice for notice in reported if notice is not None)


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
        near = {value: word for value in absent if (word := nearest(value, set(words) - set(named.values)))}
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
