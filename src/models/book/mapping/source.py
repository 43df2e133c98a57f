"""A source as the tables of a book: read, mapped, in one currency, with clients; unchecked as yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from models.book.contract import REQUIRED_TABLES
from models.book.conventions import Conventions
from models.book.mapping.currencies import Conversion
from models.book.mapping.derived import CLIENTS, Tables, completed
from models.book.mapping.last_day import last_known_day
from models.book.mapping.rows import MappedRows
from models.book.mapping.tables import TableMap
from models.book.own import contract_of
from models.book.quarantine import CheckedTable, Gate
from models.book.side_tables import ALIASES, CURRENCY, RATES, with_currency
from models.book.sources.columns import check_table_names
from models.book.sources.plugged import plugged_source
from models.book.sources.raw_tables import RawTables
from models.book.sources.registry import RAW_SOURCES, SOURCES
from models.book.sources.source_tables import SourceTables, known_until_of
from models.config.book import BookConfig
from models.config.plugins import PluginsConfig
from models.errors import AllProblems, UserError
from models.notices import Notice, Severity
from models.text import Text

_NO_CURRENCY = Text("no table has a column currency, so that it converts nothing")
_NAME_CURRENCY = Text("name the column in book.columns, such as book.columns.cashflows.currency")


def read_source(connection: Any, config: BookConfig, plugins: PluginsConfig, place: str, scratch: Path) -> SourceTables:
    """The tables of a book as its source tells of them. ``scratch`` takes what is read. Raises ``UserError``.

    A source that is none of ours is one of ``plugins``.
    """
    if config.source in SOURCES:
        return SOURCES[config.source](connection, config, place, scratch)
    for setting, names in (("book.columns", config.columns), ("book.map", config.map)):
        check_table_names(setting, list(names), config.own)
    open_tables = RAW_SOURCES.get(config.source) or plugged_source(config.source, plugins.sources)
    with open_tables(connection, config, place, scratch) as raw:
        tables = TableMap(connection=connection, config=config, raw=raw)
        return SourceMap(connection=connection, config=config, raw=raw, tables=tables, scratch=scratch).made()


@dataclass(frozen=True, kw_only=True)
class SourceMap:
    """All raw tables of a source on their way to a book."""

    connection: Any
    config: BookConfig
    raw: RawTables
    tables: TableMap
    scratch: Path

    def made(self) -> SourceTables:
        """Every table of the book that the source tells of. Raises what is wrong with each of them, at once."""
        self.tables.require_sources()
        contract = contract_of(self.config.own)
        wanted = [name for name in contract if self.tables.has(name)]
        self._require_tables(wanted)
        made: dict[str, MappedRows] = {}
        with AllProblems(subject="the book") as problems:
            for name in wanted:
                with problems.caught():
                    schema = contract[name]
                    made[name] = self.tables.made(with_currency(schema) if self.config.currencies else schema)
        aliases = self.tables.made(ALIASES) if self.tables.has(ALIASES.name) else None
        checked, converted = self._in_one_currency(made)
        tables, notices = completed({name: each.rows for name, each in made.items()}, contract)
        until, guessed = self._known_until(tables)
        return SourceTables(
            tables=tables,
            known_until=until,
            checked=checked,
            aliases=None if aliases is None else aliases.rows,
            ignored_columns=self.tables.ignored(),
            notices=(
                *self.raw.notices,
                *(notice for each in made.values() for notice in each.notices),
                *converted,
                *notices,
                *guessed,
            ),
            written=self.tables.written,
            left=dict(self.raw.left),
        )

    def _known_until(self, tables: Tables) -> tuple[date, tuple[Notice, ...]]:
        """As the config says, else the day after the last row."""
        if self.config.known_until is not None:
            return self.config.known_until, ()
        found, notices = last_known_day(
            tables, contract_of(self.config.own), Conventions.of(self.config, self.tables.written)
        )
        return known_until_of(self.config, found), notices

    def _require_tables(self, wanted: Sequence[str]) -> None:
        """Clients may be given by other tables, unless a table of them lies there that cannot be read."""
        missing = [name for name in REQUIRED_TABLES if name not in wanted]
        lies_there = {notice.subject for notice in self.raw.notices if notice.code == "table_in_another_form"}
        given = [name for name in missing if name != CLIENTS or name in lies_there]
        if given and self.raw.absent is not None:
            raise self.raw.absent(missing)

    def _in_one_currency(self, made: dict[str, MappedRows]) -> tuple[tuple[CheckedTable, ...], list[Notice]]:
        """Converts amounts, where ``book.currencies`` asks for it. Raises all that has no rate, at once."""
        if self.config.currencies is None:
            return (), []
        checked, notices = self._rates()
        rates = None if checked is None else checked.rows
        if rates is None and not self.config.currencies.constants:
            raise UserError(
                rule="book.currencies must have rates",
                got="no table rates, and no constants",
                remedy="add a table rates (date, currency, rate), draw one from another in book.map.rates, or set "
                "book.currencies.constants",
            )
        if not any(CURRENCY in each.rows.columns for each in made.values()):
            notices.append(
                Notice.of(
                    "setting_without_effect",
                    Severity.WARNING,
                    "book.currencies",
                    found=_NO_CURRENCY,
                    remedy=_NAME_CURRENCY,
                )
            )
        conversion = Conversion(
            connection=self.connection, config=self.config, currencies=self.config.currencies, rates=rates
        )
        with AllProblems(subject="the book") as problems:
            for name, each in made.items():
                with problems.caught():
                    rows, given = conversion.converted(each.rows, with_currency(contract_of(self.config.own)[name]))
                    made[name] = MappedRows(rows=rows, notices=each.notices)
                    notices += given
        return () if checked is None else (checked,), notices

    def _rates(self) -> tuple[CheckedTable | None, list[Notice]]:
        if not self.tables.has(RATES.name):
            return None, []
        found = self.tables.made(RATES)
        gate = Gate(
            connection=self.connection,
            known_until=known_until_of(self.config, None),
            folder=self.scratch,
            conventions=Conventions.of(self.config, self.tables.written),
        )
        return gate.check(found.rows, RATES), list(found.notices)
