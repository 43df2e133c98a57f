"""The rows of one client in the files of a run, found by its column of ids and read from their row groups alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from models.codec import JsonObject, to_plain

CLIENT = "client_id"


def rows_of_client(run: Path, client: str) -> Mapping[str, tuple[JsonObject, ...]]:
    """File of a run -> the rows of a client in it, as plain data; files that do not tell of it are left out."""
    files = sorted(run.glob("*.parquet"))
    found = {file.name: tuple(_rows(file, client)) for file in files if CLIENT in pq.read_schema(file).names}
    return {name: rows for name, rows in found.items() if rows}


def _rows(file: Path, client: str) -> list[JsonObject]:
    with pq.ParquetFile(file) as parquet:
        ids = parquet.read(columns=[CLIENT])[CLIENT]
        places = np.flatnonzero(pc.equal(ids.cast(pa.string()), client).to_numpy())
        sizes = [parquet.metadata.row_group(number).num_rows for number in range(parquet.num_row_groups)]
        ends = np.cumsum(sizes)
        found: list[JsonObject] = []
        for group in np.unique(np.searchsorted(ends, places, side="right")).tolist():
            first = int(ends[group] - sizes[group])
            inside = places[(places >= first) & (places < ends[group])] - first
            table = parquet.read_row_group(group).take(pa.array(inside))
            found += [cast("JsonObject", to_plain(row)) for row in table.to_pylist()]
        return found
