"""Makes clean tables as imperfect as real ones and notes down every cell it changed, with its clean value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.random import Generator

from models.config.simulation import DirtEconomics
from models.simulator.columns import AnyArray
from models.vocab import IntArray

REPAIRS_SCHEMA = pa.schema(
    [
        ("table", pa.string()),
        ("row", pa.int64()),
        ("column", pa.string()),
        ("defect", pa.string()),
        ("written", pa.string()),
        ("clean", pa.string()),
    ]
)
"""One line per changed cell: ``row`` counts from 0 in the written file; no ``column``: a row too many."""

LATE_DAYS = (20, 61)
BEYOND_DAYS = (30, 4_000)

Spoil = Callable[[pa.Array, Generator, int], pa.Array]


@dataclass(frozen=True, kw_only=True)
class Defect:
    """How cells of a column are spoilt, given the clean cells, noise and the first day after the book."""

    name: str
    column: str
    spoil: Spoil


@dataclass(frozen=True, kw_only=True)
class ErrorKinds:
    """What can happen to a table: optional columns that get lost, the date that gets late, and breaches."""

    optional: tuple[str, ...]
    late: str | None
    breaches: tuple[Defect, ...]
    repeats: bool = False


@dataclass(frozen=True, kw_only=True)
class Written:
    """A table as it is written, and what must be put right to have the clean one back."""

    table: pa.Table
    repairs: pa.Table


def _scaled(factor: float) -> Spoil:
    return lambda clean, noise, end: pc.multiply(clean, factor)  # noqa: ARG005


def _word(word: str) -> Spoil:
    return lambda clean, noise, end: pa.array([word] * len(clean), type=pa.string())  # noqa: ARG005


def _stranger(clean: pa.Array, noise: Generator, end: int) -> pa.Array:  # noqa: ARG001
    return pa.array([f"X{number:07d}" for number in noise.integers(0, 10**7, len(clean))], type=pa.string())


def _beyond(clean: pa.Array, noise: Generator, end: int) -> pa.Array:
    shifted = end + noise.integers(*BEYOND_DAYS, len(clean))
    return pa.array(shifted.astype(np.int32)).cast(pa.date32())


def _years_early(clean: pa.Array, noise: Generator, end: int) -> pa.Array:  # noqa: ARG001
    return pc.subtract(clean.cast(pa.int32()), pa.scalar(1_500, pa.int32())).cast(pa.date32())


_UNKNOWN_CLIENT = Defect(name="unknown client", column="client_id", spoil=_stranger)


def _after_the_end(column: str) -> Defect:
    return Defect(name="date beyond the end", column=column, spoil=_beyond)


ERROR_KINDS = {
    "clients": ErrorKinds(
        optional=("registered_capital", "employees", "industry", "market_position", "acquisition_cost"),
        late=None,
        breaches=(Defect(name="negative capital", column="registered_capital", spoil=_scaled(-1.0)),),
    ),
    "facilities": ErrorKinds(
        optional=("collateral_cover", "spread_bp", "lgd", "purpose"),
        late=None,
        breaches=(_UNKNOWN_CLIENT, Defect(name="negative limit", column="limit", spoil=_scaled(-1.0))),
        repeats=True,
    ),
    "cashflows": ErrorKinds(
        optional=("facility_id",),
        late="date",
        breaches=(
            _UNKNOWN_CLIENT,
            _after_the_end("date"),
            Defect(name="unknown kind", column="kind", spoil=_word("intrest")),
        ),
    ),
    "interactions": ErrorKinds(
        optional=("response_hours", "channel", "text"),
        late="date",
        breaches=(
            _after_the_end("date"),
            _UNKNOWN_CLIENT,
            Defect(name="unknown kind", column="kind", spoil=_word("misc")),
        ),
    ),
    "surveys": ErrorKinds(
        optional=("csat", "nps"),
        late="date",
        breaches=(Defect(name="answer off the scale", column="csat", spoil=_scaled(10.0)), _UNKNOWN_CLIENT),
    ),
    "ratings": ErrorKinds(
        optional=("pd", "grade"),
        late="date",
        breaches=(Defect(name="basis points for a share", column="pd", spoil=_scaled(10_000.0)), _UNKNOWN_CLIENT),
    ),
    "financials": ErrorKinds(
        optional=("revenue", "ebitda", "cash", "equity"),
        late="published",
        breaches=(
            Defect(name="negative revenue", column="revenue", spoil=_scaled(-1.0)),
            Defect(name="published before the year's end", column="published", spoil=_years_early),
        ),
    ),
    "opportunities": ErrorKinds(
        optional=("amount",),
        late=None,
        breaches=(Defect(name="unknown stage", column="stage", spoil=_word("parked")), _UNKNOWN_CLIENT),
    ),
}


def with_injected_errors(name: str, clean: pa.Table, settings: DirtEconomics, *, noise: Generator, end: int) -> Written:
    """A table with the configured shares of lost, late and broken cells; at most one change per row.

    ``end`` is the first day after the book, in days since 1970; a late entry is still entered before it.
    """
    rules, factor = ERROR_KINDS[name], settings.ledger_factor if name == "cashflows" else 1.0
    shares = factor * np.array([settings.missing_share, settings.late_share, settings.dirty_share])
    counts = noise.binomial(clean.num_rows, shares)
    rows = noise.choice(clean.num_rows, int(counts.sum()), replace=False)
    lost, late, broken = np.split(rows, np.cumsum(counts)[:-1])
    page = _Page(name, clean)
    for place, column in enumerate(rules.optional):
        page.lose(column, np.sort(lost[lost % len(rules.optional) == place]))
    if rules.late is not None:
        page.delay(rules.late, np.sort(late), noise, end)
    for place, defect in enumerate(rules.breaches):
        page.spoil(defect, np.sort(broken[place :: len(rules.breaches)]), noise, end)
    if rules.repeats:
        page.repeat(np.sort(late))
    return Written(table=page.table, repairs=page.repairs())


def repaired(table: pa.Table, repairs: pa.Table, name: str) -> pa.Table:
    """The clean table behind a written one: changed cells set back, rows too many left out.

    ``repairs`` is what ``truth_clean.parquet`` holds; ``name`` is the table's.
    """
    mine = repairs.filter(pc.equal(repairs["table"], name))
    for column in pc.unique(mine["column"]).drop_null().to_pylist():
        here = mine.filter(pc.equal(mine["column"], column)).sort_by("row")
        rows, place = np.asarray(here["row"]), table.schema.get_field_index(column)
        values = _whole(table.column(place).combine_chunks())
        plain = values.type.value_type if pa.types.is_dictionary(values.type) else values.type
        clean = _whole(here["clean"].combine_chunks()).cast(plain)
        table = table.set_column(place, column, _with_cells(values, rows, clean))
    keep = np.ones(table.num_rows, dtype=np.bool_)
    keep[np.asarray(mine.filter(pc.is_null(mine["column"]))["row"])] = False
    return table.filter(pa.array(keep))


class _Page:
    """A table that is being changed, with its notes."""

    def __init__(self, name: str, table: pa.Table) -> None:
        self.name = name
        self.table = table
        self._notes: list[pa.Table] = []

    def lose(self, column: str, rows: IntArray) -> None:
        """Leave cells empty."""
        old = _cells(self.table, column, rows)
        rows = rows[~np.asarray(old.is_null())]
        self._replace(column, rows, pa.nulls(len(rows), old.type), "missing")

    def delay(self, column: str, rows: IntArray, noise: Generator, end: int) -> None:
        """Move dates to weeks later, where that is still within the book."""
        clean = np.asarray(_cells(self.table, column, rows).cast(pa.int32()))
        shifted = clean + noise.integers(*LATE_DAYS, len(rows)).astype(np.int32)
        within = shifted < end
        self._replace(column, rows[within], pa.array(shifted[within]).cast(pa.date32()), "late")

    def spoil(self, defect: Defect, rows: IntArray, noise: Generator, end: int) -> None:
        """Put something in that breaks the contract."""
        clean = _cells(self.table, defect.column, rows)
        rows = rows[~np.asarray(clean.is_null())]
        self._replace(defect.column, rows, defect.spoil(clean.drop_null(), noise, end), defect.name)

    def repeat(self, rows: IntArray) -> None:
        """Write rows once more, at the end."""
        first = self.table.num_rows
        self.table = pa.concat_tables([self.table, self.table.take(pa.array(rows))]).combine_chunks()
        nothing = pa.nulls(len(rows), pa.string())
        self._note("", first + np.arange(len(rows)), "repeated row", nothing, nothing)

    def repairs(self) -> pa.Table:
        """The notes, in the order of rows."""
        return pa.concat_tables([REPAIRS_SCHEMA.empty_table(), *self._notes]).sort_by("row")

    def _replace(self, column: str, rows: IntArray, new: pa.Array, defect: str) -> None:
        if not len(rows):
            return
        self._note(column, rows, defect, new, _cells(self.table, column, rows))
        place = self.table.schema.get_field_index(column)
        values = self.table.column(place).combine_chunks()
        self.table = self.table.set_column(place, column, _with_cells(_whole(values), rows, new))

    def _note(self, column: str, rows: AnyArray, defect: str, written: pa.Array, clean: pa.Array) -> None:
        size = len(rows)
        self._notes.append(
            pa.table(
                [
                    pa.array([self.name] * size, type=pa.string()),
                    pa.array(rows, type=pa.int64()),
                    pa.array([column or None] * size, type=pa.string()),
                    pa.array([defect] * size, type=pa.string()),
                    written.cast(pa.string()),
                    clean.cast(pa.string()),
                ],
                schema=REPAIRS_SCHEMA,
            )
        )


def _whole(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    if not isinstance(values, pa.ChunkedArray):
        return values
    return values.chunk(0) if values.num_chunks == 1 else pa.concat_arrays(values.chunks)


def _cells(table: pa.Table, column: str, rows: IntArray) -> pa.Array:
    """Some cells of a column, text as plain text."""
    cells = _whole(table.column(column).combine_chunks()).take(pa.array(rows, type=pa.int64()))
    return cells.dictionary_decode() if pa.types.is_dictionary(cells.type) else cells


def _with_cells(values: pa.Array, rows: IntArray, new: pa.Array) -> pa.Array:
    if not pa.types.is_dictionary(values.type):
        mask = np.zeros(len(values), dtype=np.bool_)
        mask[rows] = True
        return pc.replace_with_mask(values, pa.array(mask), new)
    codes = np.asarray(values.indices.fill_null(-1)).copy()
    dictionary = values.dictionary
    unseen = pc.unique(new.filter(pc.invert(pc.is_in(new, dictionary)))).drop_null()
    grown = pa.concat_arrays([dictionary, unseen])
    codes[rows] = np.asarray(pc.index_in(new, grown).fill_null(-1))
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=codes < 0), grown)
