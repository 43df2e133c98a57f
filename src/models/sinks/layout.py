"""The shape of tables in a sink: columns of six kinds, keys, and how nested columns of Parquet become flat ones."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa
import pyarrow.compute as pc

from models.errors import UserError

LAYOUT = 1
"""The version of the tables: one more with every change that adding columns cannot bring about."""
LONGEST_NAME = 63
"""Bytes of a name; PostgreSQL cuts longer ones without a word."""


class ColumnKind(StrEnum):
    """The kinds of columns, which every database has under some name."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    TRUTH = "yes or no"
    DATE = "date"
    MOMENT = "moment"


ARROW_TYPES = {
    ColumnKind.TEXT: pa.string(),
    ColumnKind.INTEGER: pa.int64(),
    ColumnKind.NUMBER: pa.float64(),
    ColumnKind.TRUTH: pa.bool_(),
    ColumnKind.DATE: pa.date32(),
    ColumnKind.MOMENT: pa.timestamp("us"),
}


@dataclass(frozen=True)
class SinkColumn:
    """A column by its name and kind."""

    name: str
    kind: ColumnKind


@dataclass(frozen=True)
class SinkShape:
    """A table by its name without prefix, its columns, and how many of the first of these are its key."""

    name: str
    columns: tuple[SinkColumn, ...]
    keys: int

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that tell rows apart."""
        return tuple(column.name for column in self.columns[: self.keys])

    @property
    def arrow(self) -> pa.Schema:
        """The same as a schema of Arrow."""
        return pa.schema([(column.name, ARROW_TYPES[column.kind]) for column in self.columns])


AS_OF = "as_of"
STAMP = (SinkColumn("book", ColumnKind.TEXT), SinkColumn(AS_OF, ColumnKind.DATE))
"""The columns with which the key of every table of a run begins."""
RUN_KEY = SinkColumn("run_key", ColumnKind.TEXT)


@dataclass(frozen=True)
class Leaf:
    """A flat column and the way to it in a file: a column of Parquet, and fields of its structs."""

    column: SinkColumn
    way: tuple[str, ...]

    def of(self, batch: pa.RecordBatch) -> pa.Array:
        """The column of some rows: null where a struct on the way is, and where a number is NaN; lists as JSON."""
        found = batch.column(self.way[0])
        for name in self.way[1:]:
            found = pc.struct_field(found, name)
        return plain_array(found, self.column.kind)


def plain_array(values: pa.Array, kind: ColumnKind) -> pa.Array:
    """Values as the type of their kind, with null for NaN, which few databases know, and JSON for lists."""
    if pa.types.is_list(values.type):
        listed = [None if each is None else json.dumps(each, ensure_ascii=False) for each in values.to_pylist()]
        return pa.array(listed, type=pa.string())
    if pa.types.is_floating(values.type):
        values = pc.if_else(pc.is_nan(values), pa.scalar(None, values.type), values)
    return values.cast(ARROW_TYPES[kind])


def leaves_of(fields: Sequence[pa.Field], *, prefix: str = "") -> tuple[Leaf, ...]:
    """The flat columns of some fields, in their order: those of a struct begin with its name; lists of structs are out.

    >>> struct = pa.struct([("rate_bp", pa.int64()), ("next step", pa.string())])
    >>> [leaf.column.name for leaf in leaves_of([pa.field("treatment", struct)])]
    ['treatment_rate_bp', 'treatment_next_step']
    """
    found = [leaf for field in fields for leaf in _leaves(field, (), prefix)]
    names = [leaf.column.name for leaf in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    for name in twice or [name for name in names if len(name.encode()) > LONGEST_NAME]:
        raise UserError(
            rule=f"columns of a table must have names of their own, of {LONGEST_NAME} bytes at most",
            got=f"{name}{' twice' if twice else ''}",
            remedy="give the dimension, type or driver of the policy or config behind it another name",
        )
    return tuple(found)


def is_child(field: pa.Field) -> bool:
    """Whether a column lists structs, and so becomes a table of its own."""
    return bool(pa.types.is_list(field.type) and pa.types.is_struct(field.type.value_type))


def _leaves(field: pa.Field, way: tuple[str, ...], prefix: str) -> Iterator[Leaf]:
    way, name = (*way, field.name), f"{prefix}{_word(field.name)}"
    if pa.types.is_struct(field.type):
        for inner in field.type:
            yield from _leaves(inner, way, f"{name}_")
    elif not is_child(field) and not pa.types.is_null(field.type):  # of nothing but nulls nobody knows the kind
        yield Leaf(SinkColumn(name, _kind(field)), way)


_KINDS: tuple[tuple[Callable[[pa.DataType], bool], ColumnKind], ...] = (
    (pa.types.is_boolean, ColumnKind.TRUTH),
    (pa.types.is_integer, ColumnKind.INTEGER),
    (pa.types.is_floating, ColumnKind.NUMBER),
    (pa.types.is_date, ColumnKind.DATE),
    (pa.types.is_timestamp, ColumnKind.MOMENT),
)


def _kind(field: pa.Field) -> ColumnKind:
    return next((kind for holds, kind in _KINDS if holds(field.type)), ColumnKind.TEXT)


def _word(name: str) -> str:
    """A name as databases like it: letters, digits and low lines."""
    return re.sub(r"\W+", "_", name).lower()
