"""Clients of a published run who refused the processing of their data, from the file that says where all stand."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pyarrow.compute as pc
import pyarrow.parquet as pq

REFUSED: Final = "refused"
"""How their reach reads."""
ALL_CLIENTS: Final = "clients.parquet"
"""The file of a run with every client known before its as-of date."""


def refused_of(file: Path) -> list[str]:
    """Ids of the clients of a file with ``client_id`` and ``reach`` who refused; none where there is no file."""
    if not file.is_file():
        return []
    found = pq.read_table(file, columns=["client_id"], filters=pc.field("reach") == REFUSED)
    ids: list[str] = found["client_id"].to_pylist()
    return ids
