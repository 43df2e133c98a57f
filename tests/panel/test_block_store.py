"""A block is opened by the address of its ledger, whatever the folder is called, here or in another process."""

from __future__ import annotations

import pickle
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from models.panel.block_store import FolderBlocks

FLOWS = pa.table({"client": [0, 0, 3], "total": [5, 7, 11]})


@pytest.fixture(params=["ledger", "第一 ledger #1%20"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FolderBlocks:
    folder = tmp_path / request.param
    (folder / "flows" / "block=2").mkdir(parents=True)
    (folder / "facilities").mkdir()
    pq.write_table(FLOWS.slice(0, 2), folder / "flows" / "block=2" / "a.parquet")
    pq.write_table(FLOWS.slice(2), folder / "flows" / "block=2" / "b.parquet")
    pq.write_table(FLOWS, folder / "macro.parquet")
    return pickle.loads(pickle.dumps(FolderBlocks.at(folder)))  # noqa: S301 - our own, as another process gets it


def test_a_block_is_all_of_its_files_in_order(store: FolderBlocks) -> None:
    assert store.block("flows", 2) == FLOWS
    pieces = list(store.batches("flows", 2, columns=["total"], rows=1))
    assert [piece.to_pydict() for piece in pieces] == [{"total": [5]}, {"total": [7]}, {"total": [11]}]


def test_a_block_without_rows_is_none_and_a_part_without_rows_is_there(store: FolderBlocks) -> None:
    assert store.block("flows", 1) is store.block("facilities", 2) is None
    assert list(store.batches("flows", 1, columns=["total"], rows=9)) == []
    assert store.has("flows")
    assert store.has("facilities")
    assert not store.has("opportunities")
    assert not store.has("macro")


def test_parts_are_listed_over_all_blocks_and_read_whole(store: FolderBlocks) -> None:
    listed = store.listed("flows", columns=["block", "total"], chosen=ds.field("client") == 0)
    assert sorted(listed.to_pylist(), key=lambda row: row["total"]) == [
        {"block": 2, "total": 5},
        {"block": 2, "total": 7},
    ]
    assert store.whole("macro") == FLOWS
