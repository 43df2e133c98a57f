"""Words of a client: where they end, in which forms they stand, and whose they are."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.forgetting.terms import names_any


@pytest.mark.parametrize(
    ("why", "names"),
    [
        ("as K-0002 was, case 117", True),
        ("客户K-0002要求", True),
        ("case K-00021", False),
        ("asked for on 3 March, case 117", False),
    ],
)
def test_a_reason_may_name_no_client_of_the_book(why: str, names: bool, tmp_path: Path) -> None:
    pq.write_table(pa.table({"client_id": ["K-0001", "K-0002", "117"]}), tmp_path / "clients.parquet")
    assert names_any(why, [tmp_path, tmp_path / "none"]) is names
