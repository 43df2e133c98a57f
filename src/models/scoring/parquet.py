"""A Parquet file written block by block, with the same bytes however the rows came."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

_ROW_GROUP = 16_384


class ParquetFile:
    """The tables appended, as one file; within ``with``, after which it is whole.

    A ``compact`` one takes rounded numbers: of these the low bytes are mostly zero, and stand together where they are
    split by place (BYTE_STREAM_SPLIT), which leaves zstd less than half. It takes columns that are not nested.
    """

    def __init__(self, path: Path, *, compact: bool = False) -> None:
        self._path = path
        self._compact = compact
        self._writer: pq.ParquetWriter | None = None
        self._waiting: list[pa.Table] = []

    def __enter__(self) -> ParquetFile:
        return self

    def __exit__(self, *_: object) -> None:
        if self._writer is not None:
            self._writer.write_table(pa.concat_tables(self._waiting).combine_chunks())
            self._writer.close()

    def append(self, table: pa.Table) -> None:
        """Write a table behind those before it, in row groups of one size whatever the blocks were."""
        if self._writer is None:
            self._writer = self._opened(table.schema)
        self._waiting.append(table)
        rows = pa.concat_tables(self._waiting)
        while rows.num_rows > _ROW_GROUP:
            self._writer.write_table(rows.slice(0, _ROW_GROUP).combine_chunks())
            rows = rows.slice(_ROW_GROUP)
        self._waiting = [rows]

    def _opened(self, schema: pa.Schema) -> pq.ParquetWriter:
        if not self._compact:
            return pq.ParquetWriter(self._path, schema, compression="zstd")
        numbers = [field.name for field in schema if pa.types.is_float64(field.type)]
        return pq.ParquetWriter(
            self._path,
            schema,
            compression="zstd",
            use_dictionary=[name for name in schema.names if name not in numbers],
            column_encoding=dict.fromkeys(numbers, "BYTE_STREAM_SPLIT"),
        )


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
