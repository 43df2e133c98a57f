"""A kept ledger says what a new one says, and is only used while it is whole and of the same book."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from models.book.door import Book
from models.config.root import Config
from models.panel import ledger_cache as kept
from models.panel import prepare
from models.panel.build import panel_of
from models.panel.ledger_cache import kept_book, prepared_book
from models.panel.ledger_plan import LedgerFacts
from models.panel.notes import NoteModel
from models.panel.panel import Panel
from models.store.entries import FACTS
from support.books import AS_OF, book_of, settings
from support.random_books import random_book

pytestmark = pytest.mark.slow  # each test measures or sums a book of its own

ORIGINS = (-6, -3, 0)
NOTES = NoteModel(np.ones(4_096), np.random.default_rng(1).normal(size=(2, 4_096)))


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return book_of(random_book(5, 40), tmp_path / "book")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return settings("run.block_clients=9", work_dir=tmp_path / "work")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry for each ledger that was written."""
    written, write = [], prepare.write_ledger

    def noted(*arguments: Any) -> LedgerFacts:
        written.append("ledger")
        return write(*arguments)

    monkeypatch.setattr(prepare, "write_ledger", noted)
    return written


def folder_of(config: Config) -> Path:
    (folder,) = (Path(config.run.work_dir) / "test" / "ledger").iterdir()
    return folder


def same(one: Panel, other: Panel) -> None:
    assert one.client_id.tolist() == other.client_id.tolist()
    pd.testing.assert_frame_equal(one.features, other.features, check_exact=True)
    for name in ("origin", "group"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_a_kept_ledger_says_what_a_new_one_says(book: Book, config: Config, made: list[str]) -> None:
    with prepared_book(book, config, AS_OF, NOTES) as prepared:
        anew, clients = panel_of(prepared, config, ORIGINS, targets=True), prepared.clients
    for _ in range(2):
        opened = kept_book(book, config, AS_OF, NOTES)
        same(panel_of(opened, config, ORIGINS, targets=True), anew)
        assert opened.clients == clients
    assert len(made) == 2


def test_a_client_with_its_group_alone_is_as_it_is_in_the_book(book: Book, config: Config) -> None:
    opened = kept_book(book, config, AS_OF)
    whole = panel_of(opened, config, ORIGINS, targets=False)
    several = whole.client_id.unique()[[3, 11]].tolist()
    for clients in [[client] for client in whole.client_id.unique()] + [several]:
        alone = panel_of(opened.narrowed_to(clients), config, ORIGINS, targets=False)
        chosen = alone.client_id.isin(clients).to_numpy()
        same(alone.where(chosen), whole.where(whole.client_id.isin(clients).to_numpy()))
    assert len(alone) < len(whole) / 2


def test_nobody_is_left_of_a_book_narrowed_to_a_stranger(book: Book, config: Config) -> None:
    assert kept_book(book, config, AS_OF).narrowed_to(["nobody"]).block_numbers == ()


def truncate_a_file(folder: Path) -> None:
    file = next((folder / "flows").rglob("*.parquet"))
    file.write_bytes(file.read_bytes()[:-1])


def take_a_file_away(folder: Path) -> None:
    next((folder / "clients").rglob("*.parquet")).unlink()


def take_the_facts_away(folder: Path) -> None:
    (folder / FACTS).unlink()


def empty_the_facts(folder: Path) -> None:
    (folder / FACTS).write_text(json.dumps({}))


def nest_the_facts_too_deep(folder: Path) -> None:
    (folder / FACTS).write_text("[" * 200_000)


@pytest.mark.parametrize(
    "damage", [truncate_a_file, take_a_file_away, take_the_facts_away, empty_the_facts, nest_the_facts_too_deep]
)
def test_a_ledger_that_is_not_whole_is_made_anew(
    book: Book, config: Config, made: list[str], damage: Callable[[Path], None]
) -> None:
    before = panel_of(kept_book(book, config, AS_OF), config, [0], targets=False)
    damage(folder_of(config))
    same(panel_of(kept_book(book, config, AS_OF), config, [0], targets=False), before)
    same(panel_of(kept_book(book, config, AS_OF), config, [0], targets=False), before)
    assert len(made) == 2


def test_other_contents_settings_or_code_have_a_ledger_of_their_own(
    book: Book, config: Config, made: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept_book(book, config, AS_OF)
    kept_book(book, settings("run.block_clients=9", "features.attributes=[country]", work_dir=tmp_path / "work"), AS_OF)
    kept_book(book, config, AS_OF.replace(day=2))
    kept_book(book, config, AS_OF, NOTES)
    monkeypatch.setattr(kept, "code_of", lambda *_: "another")
    kept_book(book, config, AS_OF)
    assert len(made) == 5


def test_ledgers_nobody_opened_for_days_go_when_another_comes(book: Book, config: Config) -> None:
    kept_book(book, config, AS_OF)
    old = folder_of(config)
    for days in (1, 3):
        kept_book(book, config, AS_OF)  # in use, whatever its age
        os.utime(old, (time.time(), time.time() - days * 86_400))
        kept_book(book, config, AS_OF.replace(day=1 + days))
        assert old.exists() == (days == 1)


def test_the_scratch_of_a_kept_ledger_is_gone(book: Book, config: Config) -> None:
    kept_book(book, config, AS_OF, NOTES)
    assert [path.name for path in Path(config.run.work_dir).iterdir()] == ["test"]
    assert not {"spill", "tones"} & {path.name for path in folder_of(config).iterdir()}
