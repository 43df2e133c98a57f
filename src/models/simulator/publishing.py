"""Writes tables block by block, one row group each, and publishes the folder whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

from models.errors import UserError
from models.simulator.injected_errors import REPAIRS_SCHEMA
from models.store.drafts import put_in_place, scratch_folder

ROWS_PER_GROUP = 1 << 20


@contextmanager
def published_folder(out: Path, *, known: frozenset[str]) -> Iterator[Path]:
    """A folder to write into, which takes the place of ``out`` if all goes well and vanishes if not.

    An older folder is replaced if it holds only files named in ``known``. Raises ``UserError`` otherwise.
    """
    strangers = sorted(path.name for path in out.iterdir() if path.name not in known) if out.is_dir() else []
    if strangers or (out.exists() and not out.is_dir()):
        raise UserError(
            rule="the output must be a new folder or an older simulated book",
            got=f"{out} with {', '.join(strangers[:3]) or 'a file of that name'}",
            remedy="name another folder with --out",
        )
    with scratch_folder(out.parent, "simulated") as staging:
        book = staging / "book"
        book.mkdir()
        yield book
        put_in_place(book, out, is_whole=lambda _: False)


class BlockWriter:
    """Appends blocks to one Parquet file per table. Text is written as text, whatever its form in memory."""

    def __init__(self, folder: Path) -> None:
        self.rows: dict[str, int] = {}
        self._folder = folder
        self._writers: dict[str, pq.ParquetWriter] = {}

    def __enter__(self) -> BlockWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for writer in self._writers.values():
            writer.close()

    def write(self, tables: Mapping[str, pa.Table]) -> None:
        """Append a block; rows named in the repairs are counted on from the rows already written."""
        before = dict(self.rows)
        for name, table in tables.items():
            if name != "truth_clean":
                self._append(name, table)
        self._append("truth_clean", _shifted(tables["truth_clean"], before))

    def write_commons(self, tables: Mapping[str, pa.Table]) -> None:
        """Write the tables that all blocks share."""
        for name, table in tables.items():
            self._append(name, table)

    def note(self, name: str, metadata: Mapping[str, str]) -> None:
        """Add to what the file says of itself."""
        self._writers[name].add_key_value_metadata(dict(metadata))

    def _append(self, name: str, table: pa.Table) -> None:
        if name not in self._writers:
            self._writers[name] = pq.ParquetWriter(
                self._folder / f"{name}.parquet",
                table.schema,
                compression="zstd",
                compression_level=1,
                store_schema=False,
            )
        if table.num_rows:
            self._writers[name].write_table(table, row_group_size=ROWS_PER_GROUP)
        self.rows[name] = self.rows.get(name, 0) + table.num_rows


def _shifted(repairs: pa.Table, before: Mapping[str, int]) -> pa.Table:
    offsets = [before.get(name, 0) for name in repairs["table"].to_pylist()]
    rows = [row + offset for row, offset in zip(repairs["row"].to_pylist(), offsets, strict=True)]
    place = REPAIRS_SCHEMA.get_field_index("row")
    return repairs.set_column(place, REPAIRS_SCHEMA.field("row"), pa.array(rows, type=pa.int64()))
