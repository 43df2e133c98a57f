"""Blocks: the same one by one, ahead of time, and however the ledger was written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from models.panel.block import Block
from models.panel.blocks import PreparedBook
from models.panel.ledger_cache import prepared_book
from support.books import AS_OF, book_of, settings
from support.random_books import random_book

CUBE = ("totals", "events", "last_day", "states", "state_day", "rhythm", "first_day")


def blocks_of(folder: Path, read: Callable[[PreparedBook], list[Block]]) -> list[Block]:
    config = settings("run.block_clients=7", work_dir=folder / "work")
    with prepared_book(book_of(random_book(3, 40), folder), config, AS_OF) as prepared:
        return read(prepared)


def differences(one: list[Block], other: list[Block]) -> list[str]:
    """What is not the same to the bit in two ways to make the same blocks, by block and name."""
    found = [] if len(one) == len(other) else [f"{len(one)} blocks, not {len(other)}"]
    for number, (here, there) in enumerate(zip(one, other, strict=False)):
        parts = {name: (getattr(here.cube, name), getattr(there.cube, name)) for name in CUBE}
        parts["client_id"] = (here.client_id, there.client_id)
        parts["group"] = (here.group, there.group)
        parts["group_key"] = (here.group_key, there.group_key)
        found += [f"{name} of block {number}" for name, pair in parts.items() if not same(*pair)]
    return found


def same(one: Any, other: Any) -> bool:
    gaps_are_equal = np.asarray(one).dtype.kind == "f"
    return np.array_equal(one, other, equal_nan=gaps_are_equal)


def test_blocks_made_ahead_are_those_made_one_by_one(tmp_path: Path) -> None:
    ahead = blocks_of(tmp_path, lambda prepared: list(prepared.blocks(prepared.block_numbers, 0)))
    alone = blocks_of(tmp_path, lambda prepared: [prepared.block(number, 0) for number in prepared.block_numbers])
    assert len(ahead) > 3
    assert differences(ahead, alone) == []


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
        monkeypatch.setattr("models.panel.prepare.grouping_pays", lambda *_, pays=grouped, **__: pays)
        found.append(blocks_of(tmp_path, lambda prepared: list(prepared.blocks(prepared.block_numbers, 0))))
    assert differences(*found) == []


def test_ledger_rows_are_read_piece_by_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = blocks_of(tmp_path, lambda prepared: list(prepared.blocks(prepared.block_numbers, 0)))
    monkeypatch.setattr("models.panel.blocks._ROWS_AT_ONCE", 5)
    pieces = blocks_of(tmp_path, lambda prepared: list(prepared.blocks(prepared.block_numbers, 0)))
    assert differences(whole, pieces) == []
