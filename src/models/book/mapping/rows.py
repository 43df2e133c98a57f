"""Rows of one table at the source as rows of a table of the book, by one entry of ``book.map``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from models.book.absent import BLANKS
from models.book.columns import TableSchema
from models.book.mapping.amounts import signed
from models.book.mapping.raw_columns import ColumnReader, RawColumns
from models.book.mapping.values import WordMap
from models.book.mapping.variants import FLOW_COLUMNS, Variant, union_of, variants_of
from models.book.sources.columns import book_columns, require_known
from models.book.sources.raw_tables import RawTable
from models.book.written import as_contract
from models.config.book import BookConfig
from models.config.mapping import TableMapConfig
from models.errors import AllProblems, UserError
from models.notices import Notice, Severity
from models.text import Text, named
from models.vocab import DateOrder

FLOW_TABLE = "cashflows"
_LEFT_OUT = Text(
    "{count:,} of {total:,} rows of {source} is left out",
    plural="{count:,} of {total:,} rows of {source} are left out",
)
_NONE_LEFT = Text("look at the expression: it leaves no row")
_RAW = "raw column {}"
"""What a column of the source is called beside those of the book, which have no blanks in their names."""


@dataclass(frozen=True, kw_only=True)
class MappedRows:
    """Rows with columns of the book, the columns of the source that nothing takes, and what a reader should know."""

    rows: Any
    notices: tuple[Notice, ...]
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RowMap:
    """One entry of ``book.map`` for a table of the book; ``setting`` is its place.

    ``given`` are columns that another table tells.
    """

    raw: RawTable
    schema: TableSchema
    entry: TableMapConfig
    setting: str
    config: BookConfig
    connection: Any
    given: tuple[str, ...] = ()

    def made(self) -> MappedRows:
        """The rows of the book. Raises ``UserError`` for whatever the entry says that does not hold."""
        self._require_known()
        variants = variants_of(self.entry, self.setting)
        headers = self._headers(variants)
        given = {
            *self.given,
            *self.entry.constants,
            *self.entry.expressions,
            *(FLOW_COLUMNS if self.entry.flows else ()),
        }
        renames = self.entry.columns or self.config.columns.get(self.schema.name, {})
        matched = book_columns(self.raw.names, self.schema, self.config, renames=renames, given=given)
        raw_names = {_RAW.format(place): header for place, header in enumerate(headers)}
        taken = as_contract(self.raw.take({**matched.columns, **raw_names}), self.schema, self.raw.written)
        taken, reading = self._reader.read(taken, raw_names)
        left_out = self._left_out(variants[0], taken, reading)
        rows = union_of([variant.rows(taken, reading, self.schema) for variant in variants])
        rows, worded = self._worded(self.connection.create_table(f"mapped_{uuid4().hex}", rows, temp=True))
        used = {*matched.columns.values(), *headers}
        return MappedRows(
            rows=rows,
            ignored=tuple(dict.fromkeys(name for name in self.raw.names if name not in used)),
            notices=(*self.raw.notices, *matched.notices, *left_out, *worded),
        )

    def _require_known(self) -> None:
        names = [column.name for column in self.schema.columns]
        kind = self.schema.column("kind")
        words = {"signs": list(self.entry.signs)}
        words |= {f"flows.{place}.kind": [flow.kind] for place, flow in enumerate(self.entry.flows)}
        for place, several in words.items():
            require_known(f"{self.setting}.{place}", several, () if kind is None else kind.allowed)
        places = {
            place: list(getattr(self.entry, place)) for place in ("columns", "constants", "expressions", "values")
        }
        places |= {f"flows.{place}.expressions": list(flow.expressions) for place, flow in enumerate(self.entry.flows)}
        for place, several in places.items():
            require_known(f"{self.setting}.{place}", several, names)
        if self.schema.name != FLOW_TABLE and self.entry.flows:
            raise UserError(
                rule=f"{self.setting}.flows must stand in book.map.{FLOW_TABLE}",
                got=f"them for {self.schema.name}",
                remedy=f"move them to book.map.{FLOW_TABLE}, with from: {self.raw.name}",
            )

    def _headers(self, variants: Sequence[Variant]) -> list[str]:
        """The columns of the source that expressions look at. Raises all that is wrong with any of them."""
        found: dict[str, None] = {}
        with AllProblems(subject=self.setting) as problems:
            for formula in dict.fromkeys(each for variant in variants for each in variant.asked()):
                with problems.caught():
                    found |= dict.fromkeys(formula.columns(self.raw.names))
        return list(found)

    @property
    def _reader(self) -> ColumnReader:
        return ColumnReader(
            connection=self.connection,
            written=self.raw.written,
            date_order=self.config.date_order or DateOrder.YEAR_FIRST,
            absent_words=self._absent_words,
        )

    @property
    def _absent_words(self) -> tuple[str, ...]:
        return tuple({word.strip(BLANKS).lower() for word in self.config.absent_words} - {""})

    def _left_out(self, variant: Variant, taken: Any, reading: RawColumns) -> Iterator[Notice]:
        """How many rows the expression ``where`` of all flows leaves out."""
        if self.entry.where is None:
            return
        kept = taken.select(kept=variant.conditions[0].holds(reading))
        counts = kept.aggregate(total=kept.count(), kept=kept.kept.sum().fill_null(0)).to_pyarrow().to_pylist()[0]
        lost = int(counts["total"] - counts["kept"])
        if lost:
            setting = f"{self.setting}.where"
            found = _LEFT_OUT.filled(count=lost, total=int(counts["total"]), source=named(self.raw.name))
            severity, remedy = (Severity.NOTE, None) if counts["kept"] else (Severity.WARNING, _NONE_LEFT)
            yield Notice.of("rows_not_asked_for", severity, setting, found=found, remedy=remedy, count=lost)

    def _worded(self, rows: Any) -> tuple[Any, list[Notice]]:
        notices: list[Notice] = []
        for name, words in self.entry.values.items():
            column = self.schema.column(name)
            if column is None or name not in rows.columns:
                raise UserError(
                    rule=f"{self.setting}.values must name columns that {self.raw.name} fills",
                    got=name,
                    remedy=f"name its column in book.columns.{self.schema.name}.{name}",
                )
            words_of_column = WordMap(
                column=column,
                words=words,
                other=self.entry.other_values,
                setting=f"{self.setting}.values.{name}",
                absent_words=self._absent_words,
            )
            rows, more = words_of_column.applied(rows, limit=self.config.max_quarantine_share)
            notices += more
        return signed(rows, self.entry.signs), notices
