"""Published files written by hand, loaded as a book; what should stand in the book, each source's own tests say."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyarrow.parquet as pq

from models.book.door import Book
from models.book.loading import load_book
from models.config.loading import load_config
from models.vocab import SilentProgress

CONFIGS = Path(__file__).parents[2] / "configs"
AMOUNT = "IFC investment for {}(Million - USD)"
TOTAL = "Total IFC investment as approved by Board(Million - USD)"
PROJECT = {
    "Project Name": "Solar One",
    "Project Number": "1",
    "Company Name": "ACME Energy  Ltd ",
    "Country": "Turkey",
    "Sector": "Infrastructure",
    "IFC Approval Date": "05/31/2019",
    AMOUNT.format("Risk Management"): "",
    AMOUNT.format("Guarantee"): "",
    AMOUNT.format("Loan"): "1,011.4",
    AMOUNT.format("Equity"): "",
    TOTAL: "1,011.4",
    "As of Date": "July 06, 2022 03:15 AM",
}
"""A project as the IFC publishes it."""


def as_csv(rows: list[dict[str, str]]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def load(source: str, file: Path, *overrides: str) -> Book:
    config = load_config(CONFIGS / f"{source}.yaml", overrides)
    return load_book(config, str(file), file.parent / "work", SilentProgress())


def load_text(source: str, folder: Path, text: str, *overrides: str) -> Book:
    file = folder / "published.csv"
    file.write_text(text, encoding="utf-8", newline="")
    return load(source, file, *overrides)


def rows_of(book: Book, table: str, *columns: str) -> list[tuple[object, ...]]:
    rows = pq.read_table(book.tables[table]).to_pylist()
    return sorted((tuple(row[name] for name in columns) for row in rows), key=repr)


def without(row: dict[str, str], *names: str) -> dict[str, str]:
    return {key: value for key, value in row.items() if key not in names}


def renamed(row: dict[str, str], **names: str) -> dict[str, str]:
    return {names.get(key.replace(" ", "_"), key): value for key, value in row.items()}
