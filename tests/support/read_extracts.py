"""A small lender's folder, read by the options of ``book.read``, and what came of it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from models.book.door import Book
from models.book.loading import load_book
from models.config.loading import load_config
from models.errors import UserError
from models.vocab import SilentProgress

CONFIG = Path(__file__).parents[1] / "configs" / "valid" / "files.yaml"
CLIENTS = "client_id,name\n00123,Müller AG\n7,Bank\n"
FLOWS = [("00123", date(2023, 9, 30), 1234.5), ("7", date(2023, 2, 1), -12.0), ("7", date(2023, 12, 31), 662000.0)]
PLAIN = (
    "client_id,date,kind,amount\n00123,2023-09-30,interest,1234.5\n7,2023-02-01,interest,-12\n7,2023-12-31,fee,662000\n"
)
GERMAN = (
    "client_id;date;kind;amount\n00123;30.09.2023;interest;1.234,50\n"
    "7;01.02.2023;interest;-12,00\n7;31.12.2023;fee;662.000,00\n"
)


def read(folder: Path, read: dict[str, Any] | None = None, *overrides: str, path: Path | None = None) -> Book:
    """The checked book of a folder, or of ``path``."""
    settings = [f"book.read={json.dumps(read, ensure_ascii=False)}"] if read else []
    config = load_config(CONFIG, [*settings, "book.known_until=2024-06-01", *overrides])
    return load_book(config, str(path or folder), folder.parent / "work", SilentProgress())


def flows(book: Book) -> list[tuple[object, ...]]:
    """Client, date and amount of each cashflow."""
    rows = pq.read_table(book.tables["cashflows"]).to_pylist()
    return sorted((row["client_id"], row["date"], row["amount"]) for row in rows)


def lost(book: Book) -> list[tuple[object, ...]]:
    """What stands in quarantine: row, column, rule, value."""
    rows = pq.read_table(book.quarantine).to_pylist()
    return [(row["source_row"], row["column"], row["rule"], row["value"]) for row in rows]


def refusal(folder: Path, *args: Any, **named: Any) -> str:
    """The message with which a folder is refused."""
    with pytest.raises(UserError) as caught:
        read(folder, *args, **named)
    return str(caught.value)


def lender(folder: Path) -> Path:
    """A folder with clients and cashflows as the contract has them."""
    place = folder / "lender"
    place.mkdir()
    (place / "clients.csv").write_text(CLIENTS, encoding="utf-8")
    (place / "cashflows.csv").write_text(PLAIN, encoding="utf-8")
    return place
