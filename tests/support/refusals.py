"""A newer checked book in which some clients refuse the processing of their data."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from models.book.door import books_in


def check_refusals(work: Path, *clients: str, agreed: tuple[str, ...] = (), ahead: int = 1) -> None:
    """Leave the clients of a checked book below ``work``, written ``ahead`` seconds later than now."""
    folder = books_in(work).root / f"{ahead:064d}"
    folder.mkdir(parents=True)
    consent = [*([False] * len(clients)), *([True] * len(agreed)), None]
    table = pa.table({"client_id": [*clients, *agreed, "not asked"], "consent": pa.array(consent, pa.bool_())})
    pq.write_table(table, folder / "clients.parquet")
    when = time.time() + ahead
    os.utime(folder / "clients.parquet", (when, when))
