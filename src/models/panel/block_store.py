"""Blocks of a ledger opened by the address of where it stands, on this machine or another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from pyarrow import fs


class BlockStore(Protocol):
    """The parts of a ledger. It is passed to other processes and machines, and so holds an address and no file."""

    @property
    def uri(self) -> str:
        """The address of the ledger."""

    def has(self, part: str) -> bool:
        """Whether the ledger has a part, with rows or without."""

    def block(self, part: str, number: int) -> pa.Table | None:
        """A part's rows of block ``number``; None where it has none."""

    def batches(self, part: str, number: int, *, columns: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
        """The same in pieces of at most ``rows``."""

    def whole(self, part: str) -> pa.Table:
        """A part that is not in blocks."""

    def listed(self, part: str, *, columns: Sequence[str], chosen: Any = None) -> pa.Table:
        """Columns of a part in blocks, over all of them; ``block`` is a column. ``chosen`` is a filter of Arrow's."""


@dataclass(frozen=True)
class FolderBlocks:
    """Parquet files in a folder of any file system that Arrow opens: ``file:``, ``s3:``, ``gs:``, ``hdfs:``."""

    uri: str

    @classmethod
    def at(cls, folder: Path) -> FolderBlocks:
        """A folder of this machine."""
        return cls(folder.absolute().as_uri())

    def has(self, part: str) -> bool:
        """Whether there is a folder of that name."""
        system, root = fs.FileSystem.from_uri(self.uri)
        return bool(system.get_file_info(f"{root}/{part}").type == fs.FileType.Directory)

    def block(self, part: str, number: int) -> pa.Table | None:
        """All rows of a block's files, in order of their names."""
        system, _ = fs.FileSystem.from_uri(self.uri)
        tables = [pq.read_table(file, partitioning=None, filesystem=system) for file in self._files(part, number)]
        return pa.concat_tables(tables) if tables else None

    def batches(self, part: str, number: int, *, columns: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
        """The same piece by piece."""
        system, _ = fs.FileSystem.from_uri(self.uri)
        for file in self._files(part, number):
            with system.open_input_file(file) as source, pq.ParquetFile(source) as opened:
                yield from opened.iter_batches(rows, columns=list(columns))

    def whole(self, part: str) -> pa.Table:
        """A file beside the folders."""
        system, root = fs.FileSystem.from_uri(self.uri)
        return pq.read_table(f"{root}/{part}.parquet", partitioning=None, filesystem=system)

    def listed(self, part: str, *, columns: Sequence[str], chosen: Any = None) -> pa.Table:
        """Read as one data set."""
        system, root = fs.FileSystem.from_uri(self.uri)
        files = ds.dataset(f"{root}/{part}", filesystem=system, format="parquet", partitioning="hive")
        return files.to_table(columns=list(columns), filter=chosen)

    def _files(self, part: str, number: int) -> list[str]:
        system, root = fs.FileSystem.from_uri(self.uri)
        place = fs.FileSelector(f"{root}/{part}/block={number}", allow_not_found=True)
        return sorted(each.path for each in system.get_file_info(place) if each.path.endswith(".parquet"))
