"""What a published folder of scores says of each client, proved by its hashes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.errors import DamagedBundleError, MissingFileError
from models.publications.previous import SCORES, previous_scores, published_runs
from models.store.sealed import write_manifest


def _published(root: Path, as_of: str, key: str, tiers: dict[str, str]) -> Path:
    folder = root / f"{as_of}-{key}"
    folder.mkdir(parents=True)
    pq.write_table(pa.table({"client_id": list(tiers), "tier": list(tiers.values())}), folder / SCORES)
    write_manifest(folder, {"as_of": as_of, "run_key": key})
    return folder


def test_what_was_said_of_each_client_stands_in_the_order_asked_for(tmp_path: Path) -> None:
    folder = _published(tmp_path, "2023-12-01", "bbb", {"00123": "A", "NA": "AA"})
    previous = previous_scores(folder, ["tier", "a column of later versions"])
    assert (previous.as_of, previous.run_key) == (date(2023, 12, 1), "bbb")
    reported = previous.of(pd.Series(["NA", "new", "00123"]))
    assert reported.columns.tolist() == ["tier"]
    assert reported["tier"].astype(object).where(reported["tier"].notna(), None).tolist() == ["AA", None, "A"]


def test_other_bytes_are_not_built_upon(tmp_path: Path) -> None:
    folder = _published(tmp_path, "2023-12-01", "bbb", {"00123": "A"})
    with (folder / SCORES).open("ab") as file:
        file.write(b"x")
    with pytest.raises(DamagedBundleError):
        previous_scores(folder, ["tier"])
    with pytest.raises(MissingFileError):
        previous_scores(tmp_path, ["tier"])


def test_a_folder_of_something_else_is_passed_over_and_refused(tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    folder.mkdir()
    pq.write_table(pa.table({"client_id": ["00123"]}), folder / SCORES)
    write_manifest(folder, {"format": 2})
    assert published_runs(tmp_path) == []
    with pytest.raises(DamagedBundleError, match="as-of date"):
        previous_scores(folder, ["tier"])


@pytest.mark.parametrize("reported", [7, None, "soon"])
def test_a_run_that_tells_no_date_is_damaged(tmp_path: Path, reported: object) -> None:
    folder = _published(tmp_path, "2023-12-01", "bbb", {"00123": "A"})
    (folder / "manifest.json").unlink()
    write_manifest(folder, {"as_of": reported, "run_key": "bbb"})
    with pytest.raises(DamagedBundleError, match="as-of date"):
        previous_scores(folder, ["tier"])
