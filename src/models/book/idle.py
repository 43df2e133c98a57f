"""Settings of a config that find nothing to look at in this book: tables that it lacks, columns that nothing fills."""

from __future__ import annotations

from collections.abc import Iterator

from models.book.door import Book
from models.config.root import Config
from models.notices import Notice, Severity
from models.text import Text, named

_NO_TABLE = Text("it looks at the table {table}, which the book lacks")
_ADD_OR_REMOVE = Text("bring the table, or remove the setting")
_NO_VALUE = Text("it looks at {table}.{column}, which no row fills")
_FILL = Text("name the column of the source in book.columns.{table}.{column}, or remove the setting")


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
