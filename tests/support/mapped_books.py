"""Books that a mapping makes of small files, as core systems write them."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from models.book.door import Book
from models.book.loading import load_book
from models.config.loading import parse_config
from models.config.root import Config
from models.vocab import SilentProgress

CONFIG = """
book: {{name: lender, source: files, currency: EUR{book}}}
time: {{period: month, horizon_periods: 6, activity_periods: 12}}
activity: {{kinds: [interest, fee, drawdown, order]}}
value: {{kinds: {{interest: 1.0, fee: 1.0, order: 1.0}}}}
decline: {{rule: lapse}}
features: {{windows: [3, 6, 12]}}
origins: {{test: [2023-01-01], spacing_periods: 6, min_history_periods: 12}}
learners: {{segments: {{features: [value_sum_12p]}}}}
stages: {{acquisition_max_periods: 6, churned_after_periods: 12, trend_window_periods: 6, decline_probability: 0.8}}
"""


def mapped_book(place: Path, book: str = "", *overrides: str, **files: str) -> Book:
    """The checked book of CSV files of these names in ``place``; ``book`` are more settings of that section."""
    folder = place / "lender"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return load_book(mapped_config(book, *overrides), str(folder), place / "work", SilentProgress())


def mapped_config(book: str = "", *overrides: str) -> Config:
    """The config of such a book."""
    more = " ".join(book.split())
    until = "" if "known_until: null" in more else ", known_until: 2024-01-01"
    return parse_config(CONFIG.format(book=until + (f", {more}" if more else "")), overrides)


def rows_of(book: Book, table: str, *columns: str) -> list[tuple[object, ...]]:
    """Some columns of a stored table, in order of their text."""
    found = pq.read_table(book.tables[table], columns=list(columns)).to_pylist()
    return sorted((tuple(row[name] for name in columns) for row in found), key=str)


def told_of(book: Book, code: str) -> list[str]:
    """What the notices of a kind say."""
    return [str(notice) for notice in book.notices if notice.code == code]


def quarantined(book: Book) -> list[tuple[object, ...]]:
    """Table, row at the source, rule, column and value of each bad row."""
    columns = ("table", "source_row", "rule", "column", "value")
    found = pq.read_table(book.quarantine, columns=list(columns)).to_pylist()
    return sorted((tuple(row[name] for name in columns) for row in found), key=str)
