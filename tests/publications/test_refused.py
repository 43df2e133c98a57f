"""Whom models must not speak of today: who refused by a run, and by the newest checked book."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from models.publications.refused import ALL_CLIENTS, refused_now, refused_since
from support.refusals import check_refusals


def test_the_newest_checked_book_and_the_run_both_count(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    pq.write_table(pa.table({"client_id": ["A", "B"], "reach": ["refused", "active"]}), run / ALL_CLIENTS)
    assert refused_now(tmp_path, run) == {"A"}
    assert refused_now(tmp_path) == refused_since(tmp_path, run) == set()
    check_refusals(tmp_path, "B", "C", ahead=1)
    assert refused_now(tmp_path, run) == {"A", "B", "C"}
    assert refused_since(tmp_path, run) == {"B", "C"}
    check_refusals(tmp_path, "A", "C", agreed=("B",), ahead=2)
    assert refused_now(tmp_path, run) == {"A", "C"}
    assert refused_now(tmp_path) == {"A", "C"}
    assert refused_since(tmp_path, run) == {"C"}
