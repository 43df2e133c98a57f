"""Names in a config that only the rows of a book can tell (kinds, products, purposes, places): those of no row.

They become notices, with the nearest word that the book has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.book.door import Book
from models.book.names import NamedInRows, nearest
from models.config.root import Config
from models.engines.duckdb import DUCKDB
from models.engines.protocol import Engine, Session
from models.notices import Notice, Severity
from models.text import Text, named

_SHOWN = 12
_COMPARED_WORDS = 2_000
_NO_TABLE = Text("it looks at the table {table}, which the book lacks")
_ADD_OR_REMOVE = Text("bring the table, or remove the setting")
_NO_VALUE = Text("it looks at {table}.{column}, which no row fills")
_FILL = Text("name the column of the source in book.columns.{table}.{column}, or remove the setting")


def unmatched_names(
    named: Iterable[NamedInRows], tables: Mapping[str, Path], engine: Engine = DUCKDB
) -> tuple[Notice, ...]:
    """Notices of the names that no row of the book carries, one for each setting.

    ``tables``: the stored tables of the book by name.
    """
    with engine.session() as session:
        reported = (_Told(session, tables, each).notice() for each in named)
        return tuple(notice for notice in reported if notice is not None)


@dataclass(frozen=True)
class _Told:
    """One setting held against the rows of a book."""

    session: Session
    tables: Mapping[str, Path]
    named: NamedInRows

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
        rows = self.session.read(self.tables[self.named.table])
        words = rows.select(word=rows[self.named.column]).distinct()
        words = words.filter(words.word.notnull() if among is None else words.word.isin(list(among)))
        found: list[str] = words.order_by("word").limit(_COMPARED_WORDS).to_pyarrow()["word"].to_pylist()
        return found


def _remedy(near: dict[str, str], words: Sequence[str]) -> str:
    if near:
        return "; ".join(f"did you mean {word} for {value}?" for value, word in near.items())
    more = f" and {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
    return f"the book has {', '.join(words[:_SHOWN])}{more}" if words else "the book has none at all"


def idle_settings(config: Config, book: Book) -> tuple[Notice, ...]:
    """A warning for each setting of a config without effect in a checked book."""
    return tuple(_idle(config, book))


def _idle(config: Config, book: Book) -> Iterator[Notice]:
    features = config.features
    for setting in ("attributes", "context"):
        for column in getattr(features, setting):
            yield from _unfilled(book, f"features.{setting}", "clients", column)
    for name, measure in features.measures.items():
        setting = f"features.measures.{name}"
        yield from _absent(book, setting, measure.table)
        if measure.column:
            yield from _unfilled(book, setting, measure.table, measure.column)
        if measure.products:
            yield from _absent(book, f"{setting}.products", "facilities")
    for name in features.facility_counts:
        yield from _absent(book, f"features.facility_counts.{name}", "facilities")
    for column in features.macro:
        yield from _absent(book, "features.macro", "macro")
        yield from _unfilled(book, "features.macro", "macro", column)
    if features.text_components:
        yield from _absent(book, "features.text_components", "interactions")


def _absent(book: Book, setting: str, table: str) -> Iterator[Notice]:
    if table not in book.tables:
        found = _NO_TABLE.filled(table=named(table))
        yield Notice.of("setting_without_effect", Severity.WARNING, setting, found=found, remedy=_ADD_OR_REMOVE)


def _unfilled(book: Book, setting: str, table: str, column: str) -> Iterator[Notice]:
    """Of a table that is there, whether any of its rows has a value of a column."""
    profile = book.profile.tables.get(table)
    if profile is None or not profile.rows or column not in profile.columns or profile.columns[column].filled:
        return
    found = _NO_VALUE.filled(table=named(table), column=named(column))
    remedy = _FILL.filled(table=named(table), column=named(column))
    yield Notice.of("setting_without_effect", Severity.WARNING, setting, found=found, remedy=remedy)
