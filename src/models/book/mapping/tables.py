"""One table of the book from the tables of a source: by its mapping in ``book.map``, or by its name alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import ibis

from models.book.columns import TableSchema
from models.book.mapping.derived import BY_FACILITY, CLIENT, CLIENTS, FACILITY, first_of_each
from models.book.mapping.rows import MappedRows, RowMap
from models.book.mapping.variants import union_of
from models.book.names import nearest
from models.book.own import contract_of
from models.book.side_tables import CURRENCY
from models.book.sources.columns import squeezed
from models.book.sources.raw_tables import RawTable, RawTables, contract_table
from models.book.written import WrittenForms
from models.config.book import BookConfig
from models.config.mapping import TableMapConfig
from models.errors import UserError


@dataclass(frozen=True, kw_only=True)
class TableMap:
    """The raw tables of a source on their way to tables of the book; ``opened`` are those that were asked for.

    ``written`` says how the texts of a table are written, of those that nothing maps; ``unused`` are a table of the
    book, the raw one that it draws on, and the columns of that one which it does not look at.
    """

    connection: Any
    config: BookConfig
    raw: RawTables
    opened: dict[str, RawTable] = field(default_factory=dict)
    written: dict[str, WrittenForms] = field(default_factory=dict)
    unused: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)

    def has(self, name: str) -> bool:
        """Whether the source tells of a table."""
        return name in self.config.map or name in self.raw.openers

    def require_sources(self) -> None:
        """Raises ``UserError`` where a mapping draws on a table that the source does not have."""
        for name, entries in self.config.map.items():
            for entry in entries:
                _require_source(name, entry.from_ or name, list(self.raw.openers))

    def ignored(self) -> dict[str, tuple[str, ...]]:
        """Table of the book -> columns of what it draws on that no table of the book looks at."""
        common = {
            raw: set.intersection(*[set(names) for _, other, names in self.unused if other == raw])
            for _, raw, _ in self.unused
        }
        found: dict[str, dict[str, None]] = {}
        for table, raw, names in self.unused:
            found.setdefault(table, {}).update(dict.fromkeys(name for name in names if name in common[raw]))
        return {table: tuple(names) for table, names in found.items() if names}

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
        rows = union_of([self._with_currency(part.rows, parts) for part in parts])
        others = {
            entry.from_ or name for name, several in self.config.map.items() for entry in several if name != CLIENTS
        }
        contract = contract_of(self.config.own)
        is_drawn = any(entry.from_ in others or entry.from_ in contract for entry in entries)
        return MappedRows(
            rows=first_of_each(rows) if schema.name == CLIENTS and is_drawn else rows,
            notices=tuple(notice for part in parts for notice in part.notices),
        )

    def _by_name(self, schema: TableSchema) -> MappedRows:
        raw = self._opened(schema.name)
        given = self._given_by_facility(schema, raw, self.config.columns.get(schema.name, {}))
        rows, matched = contract_table(raw, schema, self.config, given=given)
        self.written[schema.name] = raw.written
        self.unused.append((schema.name, raw.name, matched.ignored))
        return MappedRows(rows=rows, notices=(*raw.notices, *matched.notices))

    def _part(self, schema: TableSchema, place: int, entry: TableMapConfig) -> MappedRows:
        several = len(self.config.map[schema.name]) > 1
        setting = f"book.map.{schema.name}" + (f".{place}" if several else "")
        raw = self._opened(entry.from_ or schema.name)
        renames = entry.columns or self.config.columns.get(schema.name, {})
        own = {*entry.constants, *entry.expressions}
        given = self._given_by_facility(schema, raw, {**renames, **dict.fromkeys(own, "")})
        made = RowMap(
            raw=raw,
            schema=schema,
            entry=entry,
            setting=setting,
            config=self.config,
            connection=self.connection,
            given=given,
        ).made()
        self.unused.append((schema.name, raw.name, made.ignored))
        return replace(made, rows=made.rows.mutate(**{BY_FACILITY: ibis.literal(True)})) if given and several else made

    def _with_currency(self, rows: Any, parts: Sequence[MappedRows]) -> Any:
        """Rows of a part without a column of their currency count in that of the book, where other parts have one."""
        if CURRENCY in rows.columns or not any(CURRENCY in part.rows.columns for part in parts):
            return rows
        return rows.mutate(**{CURRENCY: ibis.literal(self.config.currency)})

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
