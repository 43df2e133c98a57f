"""Scores of a book wait on disk until it is known how many clients may change tier, and come back as they were."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from models.scoring.parquet import Spill


def test_tables_come_back_in_their_order_with_their_types(tmp_path: Path) -> None:
    blocks = [
        pa.table({"client_id": ["00123", "NA"], "reasons": [[{"points": 1.5}], []]}),
        pa.table({"client_id": ["中国"], "reasons": [[{"points": -2.0}]]}),
    ]
    with Spill(tmp_path / "scores") as waiting:
        for block in blocks:
            waiting.append(pa.concat_tables([block.slice(0, 1), block.slice(1)]))
    assert [block.to_pylist() for block in waiting] == [block.to_pylist() for block in blocks]
    assert [block.schema for block in waiting] == [block.schema for block in blocks]


def test_nothing_comes_back_where_nothing_was_put(tmp_path: Path) -> None:
    with Spill(tmp_path / "scores") as waiting:
        pass
    assert list(waiting) == []
