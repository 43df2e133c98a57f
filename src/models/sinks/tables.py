"""The tables of one published run, each read from its file in blocks: a run of any size is never held whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from models.directory.publishing import CLIENTS
from models.lists.report import LISTS
from models.publications.previous import COLD_EXPLANATIONS, SCORES
from models.sinks.layout import (
    ARROW_TYPES,
    RUN_KEY,
    STAMP,
    ColumnKind,
    Leaf,
    SinkColumn,
    SinkShape,
    is_child,
    leaves_of,
    plain_array,
)
from models.warnings.report import WARNINGS

EXPLANATIONS, CURVES, MOVERS = "explanations.parquet", "curves.parquet", "movers.parquet"
EXPLAINED = ("predictions", "explanations")
CLIENT, MODEL = "client_id", "model"
PLACE = SinkColumn("place", ColumnKind.INTEGER)
"""The place in a list, from 1."""
_STAMPED = ("as_of", "run_key")
"""Columns of files that every row of the sink has from the run."""
BLOCK_ROWS = 65_536
"""Rows that are held at once, as they go into a table."""
_RATE = "served_per_unit"
_EXPLAINED = (
    CLIENT,
    "as_of",
    MODEL,
    "unit",
    "base",
    "prediction",
    "served_unit",
    "served_base",
    "served_prediction",
    _RATE,
)
"""The columns of a file of explanations before those of its features."""


@dataclass(frozen=True)
class RunStamp:
    """What every row of a run begins with: the book and as-of date, and the key of the run behind its key."""

    book: str
    as_of: date
    run_key: str

    @property
    def where(self) -> Mapping[str, str | int | date]:
        """The rows of its book and date."""
        return {"book": self.book, "as_of": self.as_of}

    def columns(self, rows: int) -> dict[str, pa.Array]:
        """The columns of so many rows."""
        values = (self.book, self.as_of, self.run_key)
        return {
            column.name: pa.repeat(pa.scalar(value, ARROW_TYPES[column.kind]), rows)
            for column, value in zip((*STAMP, RUN_KEY), values, strict=True)
        }


@dataclass(frozen=True)
class RunTable:
    """A table of a run: its shape, and the file, columns and list that its rows come from."""

    shape: SinkShape
    parts: tuple[_FlatPart | _ListPart | _LongPart, ...]

    @property
    def name(self) -> str:
        """Its name, without prefix."""
        return self.shape.name

    def batches(self, stamp: RunStamp) -> Iterator[pa.RecordBatch]:
        """Its rows, block by block, in the columns of its shape."""
        for part in self.parts:
            for columns in part.blocks():
                rows = len(next(iter(columns.values())))
                if rows:
                    complete = stamp.columns(rows) | columns
                    arrays = [self._filled(column, complete, rows) for column in self.shape.columns]
                    yield pa.RecordBatch.from_arrays(arrays, schema=self.shape.arrow)

    def emptied(self) -> RunTable:
        """The same without rows."""
        return replace(self, parts=())

    @staticmethod
    def _filled(column: SinkColumn, columns: dict[str, pa.Array], rows: int) -> pa.Array:
        return columns[column.name] if column.name in columns else pa.nulls(rows, ARROW_TYPES[column.kind])


def run_tables(folder: Path) -> tuple[RunTable, ...]:
    """The tables of the run in a folder, those whose files it has; what is not named here is not part of a sink."""
    found = [
        *_flat(folder / SCORES, "scores", (CLIENT,)),
        *_flat(folder / CLIENTS, "clients", (CLIENT,)),
        *_explained(folder),
        *_flat(folder / CURVES, "curves", (CLIENT, "event", "until_period")),
        *_flat(folder / WARNINGS, "warnings", (CLIENT,)),
        *_flat(folder / LISTS, "lists", ("list", CLIENT)),
        *_flat(folder / MOVERS, "movers", (CLIENT,)),
    ]
    return tuple(found)


def belongs_to(table: str, filled: Sequence[str]) -> bool:
    """Whether a table, or the one whose list it holds, is among those that are to be filled."""
    return any(table == name or table.startswith(f"{name}_") for name in filled)


@dataclass(frozen=True)
class _FlatPart:
    """Rows of a file as they are, but flat."""

    file: Path
    leaves: tuple[Leaf, ...]

    def blocks(self) -> Iterator[dict[str, pa.Array]]:
        """The columns, block by block."""
        wanted = list(dict.fromkeys(leaf.way[0] for leaf in self.leaves))
        for batch in _batches(self.file, wanted, rows=BLOCK_ROWS // 4):
            yield {leaf.column.name: leaf.of(batch) for leaf in self.leaves}


@dataclass(frozen=True)
class _ListPart:
    """A row per entry of a list of structs, with the client and the place in the list."""

    file: Path
    listed: str
    leaves: tuple[Leaf, ...]

    def blocks(self) -> Iterator[dict[str, pa.Array]]:
        """The columns, block by block."""
        for batch in _batches(self.file, [CLIENT, self.listed], rows=BLOCK_ROWS // 8):
            lists = batch.column(self.listed)
            lengths = np.asarray(lists.value_lengths().fill_null(0), dtype=np.int64)
            owner = np.arange(len(lists)).repeat(lengths)
            place = np.arange(len(owner)) - (np.cumsum(lengths) - lengths).repeat(lengths) + 1
            entries = pa.RecordBatch.from_struct_array(lists.flatten())
            found = {leaf.column.name: leaf.of(entries) for leaf in self.leaves}
            yield {CLIENT: batch.column(CLIENT).take(pa.array(owner)), PLACE.name: pa.array(place), **found}


@dataclass(frozen=True)
class _LongPart:
    """A row per client, model and feature, from a file with one column per feature."""

    file: Path
    features: tuple[str, ...]

    def blocks(self) -> Iterator[dict[str, pa.Array]]:
        """The columns, block by block."""
        names = pa.array(self.features, type=pa.string())
        for batch in _batches(self.file, [CLIENT, MODEL, _RATE, *self.features], rows=self._rows):
            parts = np.column_stack([batch.column(name).to_numpy(zero_copy_only=False) for name in self.features])
            rates = batch.column(_RATE).to_numpy(zero_copy_only=False)
            rows, features = parts.shape
            owner = pa.array(np.arange(rows).repeat(features))
            yield {
                CLIENT: batch.column(CLIENT).take(owner),
                MODEL: batch.column(MODEL).take(owner),
                "feature": names.take(pa.array(np.tile(np.arange(features), rows))),
                "contribution": plain_array(pa.array(parts.ravel()), ColumnKind.NUMBER),
                "served_contribution": plain_array(pa.array((parts * rates[:, np.newaxis]).ravel()), ColumnKind.NUMBER),
            }

    @property
    def _rows(self) -> int:
        return max(1, BLOCK_ROWS // len(self.features))


def _batches(file: Path, columns: Sequence[str], *, rows: int) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(file) as opened:
        yield from opened.iter_batches(batch_size=rows, columns=list(columns))


def _flat(file: Path, name: str, key: tuple[str, ...]) -> Iterator[RunTable]:
    """The table of a file and those of its lists of structs, which take its name with that of the list behind."""
    if not file.is_file():
        return
    fields = [field for field in pq.read_schema(file) if field.name not in _STAMPED]
    leaves = leaves_of(fields)
    yield RunTable(_shape(name, key, [leaf.column for leaf in leaves]), (_FlatPart(file, leaves),))
    for field in filter(is_child, fields):
        inside = leaves_of(list(field.type.value_type))
        columns = [SinkColumn(CLIENT, ColumnKind.TEXT), PLACE, *(leaf.column for leaf in inside)]
        shape = _shape(f"{name}_{field.name}", (CLIENT, PLACE.name), columns)
        yield RunTable(shape, (_ListPart(file, field.name, inside),))


def _explained(folder: Path) -> Iterator[RunTable]:
    """What each model says of each client, and in a second table, a row per feature, what moves that.

    Two tables, since base, prediction, units and the key of the run would else stand in every row of a feature,
    hundreds of times over.
    """
    files = [folder / name for name in (EXPLANATIONS, COLD_EXPLANATIONS) if (folder / name).is_file()]
    if not files:
        return
    schema = pq.read_schema(files[0])
    leaves = leaves_of([schema.field(name) for name in _EXPLAINED if name not in _STAMPED])
    columns = [leaf.column for leaf in leaves]
    yield RunTable(_shape("predictions", (CLIENT, MODEL), columns), tuple(_FlatPart(file, leaves) for file in files))
    contributions = (
        *(SinkColumn(name, ColumnKind.TEXT) for name in (CLIENT, MODEL, "feature")),
        *(SinkColumn(name, ColumnKind.NUMBER) for name in ("contribution", "served_contribution")),
    )
    parts = [_LongPart(file, tuple(pq.read_schema(file).names[len(_EXPLAINED) :])) for file in files]
    yield RunTable(
        _shape(EXPLAINED[1], (CLIENT, MODEL, "feature"), contributions, keyed_by_run=False),
        tuple(part for part in parts if part.features),
    )


def _shape(name: str, key: tuple[str, ...], columns: Sequence[SinkColumn], *, keyed_by_run: bool = True) -> SinkShape:
    """A table whose key comes first, behind book and as-of date; then the key of the run, then the rest."""
    keyed = [column for name in key for column in columns if column.name == name]
    rest = [column for column in columns if column not in keyed]
    run = (RUN_KEY,) if keyed_by_run else ()
    return SinkShape(name, (*STAMP, *keyed, *run, *rest), keys=len(STAMP) + len(keyed))
