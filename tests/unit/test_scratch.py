"""A nightly job that was killed leaves its scratch; a later night clears it away, but never one that still runs."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from models.tables.scratch import scratch_folder


def test_scratch_goes_when_the_work_ends_or_fails(tmp_path: Path) -> None:
    with scratch_folder(tmp_path, "ledger") as folder:
        (folder / "part").write_text("1")
    with pytest.raises(RuntimeError), scratch_folder(tmp_path, "ledger"):
        raise RuntimeError
    assert not list(tmp_path.iterdir())


def test_only_stale_scratch_of_the_same_name_is_swept(tmp_path: Path) -> None:
    three_days_ago = time.time() - 3 * 86_400
    for name in (".ledger-old", ".ledger-running", ".other-old", "ledger-kept"):
        (tmp_path / name).mkdir()
    for name in (".ledger-old", ".other-old", "ledger-kept"):
        os.utime(tmp_path / name, (three_days_ago, three_days_ago))
    with scratch_folder(tmp_path, "ledger"):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == [".ledger-running", ".other-old", "ledger-kept"]
