"""Hashes of what commands put out: a number that moves is seen, names of runs, places and last digits are not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from support.output_hashes import of_json, of_table

ROWS = {
    "client_id": ["A", "B"],
    "value": [12_345.678901234, -0.5],
    "run_key": ["x", "x"],
    "reasons": [[{"a": 1.0}], []],
}


def hashes(folder: Path, **changes: Any) -> dict[str, str]:
    file = folder / "scores.parquet"
    pd.DataFrame(ROWS | changes).to_parquet(file)
    return of_table(file)


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"value": [12_345.679901234, -0.5]}, "value"),
        ({"client_id": ["A", "C"]}, "client_id"),
        ({"reasons": [[{"a": 2.0}], []]}, "reasons"),
    ],
)
def test_a_cell_that_moves_changes_its_column_alone(tmp_path: Path, changes: dict[str, Any], column: str) -> None:
    before, after = hashes(tmp_path), hashes(tmp_path, **changes)
    assert [name for name in before if before[name] != after[name]] == [f"scores.parquet {column}"]


@pytest.mark.parametrize("changes", [{"value": [12_345.678901239, -0.5]}, {"run_key": ["y", "y"]}])
def test_last_digits_and_names_of_runs_do_not_count(tmp_path: Path, changes: dict[str, Any]) -> None:
    assert hashes(tmp_path, **changes) == hashes(tmp_path)


def test_json_is_told_by_its_parts() -> None:
    reported = of_json("kpis", {"figures": {"cac": 4.0, "nps": 1}, "run_id": "7", "notes": "see /x/y of version 3"})
    assert sorted(reported) == ["kpis figures cac", "kpis figures nps", "kpis notes"]
    assert reported["kpis notes"] == of_json("kpis notes", "see  of ")["kpis notes"]
