"""Blocks of rows on their way into a sink that takes them as one stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa


class CountedBatches:
    """Blocks of rows that are counted as they go by; nobody holds more than one."""

    def __init__(self, blocks: Iterable[pa.RecordBatch]) -> None:
        self._blocks = blocks
        self.rows = 0

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        for block in self._blocks:
            self.rows += block.num_rows
            yield block

    def as_stream(self, schema: pa.Schema) -> pa.RecordBatchReader:
        """The blocks as a stream of Arrow, each with the types of ``schema``."""
        return pa.RecordBatchReader.from_batches(schema, (_typed(block, schema) for block in self))


def _typed(block: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    columns = [column.cast(field.type) for column, field in zip(block.columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(columns, schema=schema)
