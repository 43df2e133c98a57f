"""Blocks: the same one by one, ahead of time, and however the ledger was written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from models.tables.blocks import Block, PreparedBook
from models.tables.prepare import prepared_book
from support.books import AS_OF, book_of, settings
from support.random_books import random_book

CUBE = ("totals", "events", "last_day", "states", "state_day", "rhythm", "first_day")


def blocks_of(folder: Path, read: Callable[[PreparedBook], list[Block]]) -> list[Block]:
    config = settings("run.block_clients=7", work_dir=folder / "work")
    with prepared_book(book_of(random_book(3, 40), folder), config, AS_OF) as prepared:
        return read(prepared)


def require_same(one: list[Block], other: list[Block]) -> None:
    assert [block.first_client for block in one] == [block.first_client for block in other]
    for here, there in zip(one, other, strict=True):
        assert here.client_id.tolist() == there.client_id.tolist()
        for name in CUBE:
            np.testing.assert_array_equal(getattr(here.cube, name), getattr(there.cube, name))


def test_blocks_made_ahead_are_those_made_one_by_one(tmp_path: Path) -> None:
    ahead = blocks_of(tmp_path, lambda prepared: list(prepared.blocks(prepared.block_numbers, 0)))
    alone = blocks_of(tmp_path, lambda prepared: [prepared.block(number, 0) for number in prepared.block_numbers])
    assert len(ahead) > 3
    require_same(ahead, alone)


def test_no_block_is_made_of_no_numbers(tmp_path: Path) -> None:
    assert blocks_of(tmp_path, lambda prepared: list(prepared.blocks((), 0))) == []


def test_a_block_that_cannot_be_read_stops_the_caller(tmp_path: Path) -> None:
    with pytest.raises(pa.ArrowInvalid):
        blocks_of(tmp_path, lambda prepared: list(prepared.blocks((prepared.block_numbers[0], 10_000), 0)))


def test_the_cube_is_the_same_whether_the_database_grouped_events_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for grouped in (True, False):
        monkeypatch.setattr("models.tables.prepare.grouping_pays", lambda *_, pays=grouped, **__: pays)
        found.append(blocks_of(tmp_path, lambda prepared: list(prepared.blocks(prepared.block_numbers, 0))))
    require_same(*found)


def test_ledger_rows_are_read_piece_by_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = blocks_of(tmp_path, lambda prepared: list(prepared.blocks(prepared.block_numbers, 0)))
    monkeypatch.setattr("models.tables.blocks._ROWS_AT_ONCE", 5)
    require_same(whole, blocks_of(tmp_path, lambda prepared: list(prepared.blocks(prepared.block_numbers, 0))))
