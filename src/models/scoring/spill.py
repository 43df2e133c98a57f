"""Tables of blocks that wait on disk for what only the whole book tells, and come back one by one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa


class Spill:
    """Tables of one schema, in the order in which they were appended; within ``with``, which ends the writing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: pa.ipc.RecordBatchFileWriter | None = None

    def __enter__(self) -> Spill:
        return self

    def __exit__(self, *_: object) -> None:
        if self._writer is not None:
            self._writer.close()

    def append(self, table: pa.Table) -> None:
        """Put a table, of at least one row, behind those before it."""
        if self._writer is None:
            self._writer = pa.ipc.new_file(self._path, table.schema)
        self._writer.write_batch(table.combine_chunks().to_batches()[0])

    def __iter__(self) -> Iterator[pa.Table]:
        """The tables once more, each read when it is asked for. None of them, where nothing was appended."""
        if self._writer is None:
            return
        with pa.OSFile(str(self._path)) as source:  # a memory map would hold all that was read
            reader = pa.ipc.open_file(source)
            for place in range(reader.num_record_batches):
                yield pa.Table.from_batches([reader.get_batch(place)])
