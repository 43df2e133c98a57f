"""One table of the book from the tables of a source: by its mapping in ``book.map``, or by its name alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.book.columns import TableSchema
from models.book.mapping.derived import CLIENT, CLIENTS, FACILITY, first_of_each
from models.book.mapping.rows import MappedRows, RowMap
from models.book.mapping.variants import union_of
from models.book.names import nearest
from models.book.own import contract_of
from models.book.sources.columns import squeezed
from models.book.sources.raw_tables import RawTable, RawTables, contract_table
from models.book.written import WrittenForms
from models.config.mapping import TableMapConfig
from models.config.sections import BookConfig
from models.errors import UserError


@dataclass(frozen=True, kw_only=True)
class TableMap:
    """The raw tables of a source on their way to tables of the book; ``opened`` are those that were asked for.

    ``written`` says how the texts of a table are written, of those that nothing maps.
    """

    connection: Any
    config: BookConfig
    raw: RawTables
    opened: dict[str, RawTable] = field(default_factory=dict)
    written: dict[str, WrittenForms] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Whether the source tells of a table."""
        return name in self.config.map or name in self.raw.openers

    def require_sources(self) -> None:
        """Raises ``UserError`` where a mapping draws on a table that the source does not have."""
        for name, entries in self.config.map.items():
            for entry in entries:
                _require_source(name, entry.from_ or name, list(self.raw.openers))

    def made(self, schema: TableSchema) -> MappedRows:
        """The rows of one table. Raises ``UserError`` for whatever is wrong with it or its mapping."""
        entries = self.config.map.get(schema.name)
        if entries is None:
            return self._by_name(schema)
        if len(entries) > 1 and schema.name in self.config.columns:
            raise UserError(
                rule=f"each entry of book.map.{schema.name} must name its own columns where there are several",
                got=f"book.columns.{schema.name}",
                remedy=f"move it to columns of each entry of book.map.{schema.name}",
            )
        parts = [self._part(schema, place, entry) for place, entry in enumerate(entries)]
        rows = union_of([part.rows for part in parts])
        others = {
            entry.from_ or name for name, several in self.config.map.items() for entry in several if name != CLIENTS
        }
        contract = contract_of(self.config.own)
        is_drawn = any(entry.from_ in others or entry.from_ in contract for entry in entries)
        return MappedRows(
            rows=first_of_each(rows) if schema.name == CLIENTS and is_drawn else rows,
            ignored=tuple(dict.fromkeys(name for part in parts for name in part.ignored)),
            notices=tuple(notice for part in parts for notice in part.notices),
        )

    def _by_name(self, schema: TableSchema) -> MappedRows:
        raw = self._opened(schema.name)
        given = self._given_by_facility(schema, raw, self.config.columns.get(schema.name, {}))
        rows, matched = contract_table(raw, schema, self.config, given=given)
        self.written[schema.name] = raw.written
        return MappedRows(rows=rows, ignored=matched.ignored, notices=(*raw.notices, *matched.notices))

    def _part(self, schema: TableSchema, place: int, entry: TableMapConfig) -> MappedRows:
        several = len(self.config.map[schema.name]) > 1
        setting = f"book.map.{schema.name}" + (f".{place}" if several else "")
        raw = self._opened(entry.from_ or schema.name)
        renames = entry.columns or self.config.columns.get(schema.name, {})
        own = {*entry.constants, *entry.expressions}
        given = self._given_by_facility(schema, raw, {**renames, **dict.fromkeys(own, "")})
        return RowMap(
            raw=raw,
            schema=schema,
            entry=entry,
            setting=setting,
            config=self.config,
            connection=self.connection,
            given=given,
        ).made()

    def _given_by_facility(self, schema: TableSchema, raw: RawTable, named: Mapping[str, str]) -> tuple[str, ...]:
        """The column of the client, where rows have a facility and nothing that is named or called like a client."""
        present = {squeezed(name) for name in raw.names}
        has_facilities = self.has("facilities")
        has_both = {CLIENT, FACILITY} <= {column.name for column in schema.columns} and schema.name != "facilities"
        has_facility = FACILITY in named or squeezed(FACILITY) in present
        has_client = CLIENT in named or squeezed(CLIENT) in present
        return (CLIENT,) if has_facilities and has_both and has_facility and not has_client else ()

    def _opened(self, name: str) -> RawTable:
        """A raw table, which several tables of the book may draw on."""
        if name not in self.opened:
            self.opened[name] = self.raw.open(name)
        return self.opened[name]


def _require_source(table: str, source: str, present: Sequence[str]) -> None:
    """Raises ``UserError`` where a table of the book is drawn from one that the source does not have."""
    if source not in present:
        near = nearest(source, present)
        raise UserError(
            rule=f"book.map.{table} must draw on a table of the source ({', '.join(sorted(present))})",
            got=source,
            remedy=f"did you mean {near}?"
            if near
            else "set from to one of them, or name it in book.read or book.tables",
        )
