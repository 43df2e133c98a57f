"""Merged ids: all that a book tells of an id which became another one, under the one that is used now.

Time runs one way. A client that only got a new id is the same at every date: a name is no knowledge. Where two ids had
dealings before it was known that they are one, nobody knew this client before that day: at as-of dates up to it the
client is neither scored nor learned from (``panel/reach``), and what was published then stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import ibis
import pyarrow as pa

from models.book.columns import Column, Kind, TableSchema
from models.book.contract import CLIENTS, DECISION_TABLES
from models.book.conventions import Conventions, table_reading
from models.book.forgotten import ForgottenList, aliases_without_forgotten
from models.book.merges import CLIENT, DATE, OLD, Merges
from models.book.parsing import as_text
from models.book.quarantine import ROW_ID, SOURCE_ROW, CheckedTable
from models.book.side_tables import MERGED_ON
from models.book.sources.source_tables import SourceTables
from models.notices import Notice, Severity
from models.text import Text

_CONSENT = "consent"
_FOLLOWED = Text(
    "{count:,} id is read as the one that took its place ({rows:,} rows)",
    plural="{count:,} ids are read as those that took their place ({rows:,} rows)",
)
_MERGED = Text(
    "{count:,} client was several ids with dealings of their own: up to the day on which they are known to be one it "
    "is neither scored nor learned from",
    plural="{count:,} clients were several ids with dealings of their own: up to the day on which they are known to be "
    "one they are neither scored nor learned from",
)


def with_merged_on(schema: TableSchema) -> TableSchema:
    """The table of clients of a book with merged ids."""
    own = Column(name=MERGED_ON, kind=Kind.DATE, note="ids with dealings of their own are known to be one since")
    return replace(schema, columns=(*schema.columns, own))


@dataclass(frozen=True, kw_only=True)
class MergedSource:
    """A source on its way to the same with ids that are used now; ``contract`` are the tables of the book."""

    connection: Any
    source: SourceTables
    contract: Mapping[str, TableSchema]
    conventions: Conventions

    def made(self, aliases: CheckedTable) -> SourceTables:
        """The source with every id followed. Raises ``UserError`` for ids that lead nowhere."""
        merges = Merges.of(aliases.rows.to_pyarrow().to_pandas())
        table = pa.Table.from_pandas(merges.followed, preserve_index=False)
        followed = self._stored(table)
        since = self._since(followed)
        tables, moved = dict(self.source.tables), 0
        for name, rows in self.source.tables.items():
            if CLIENT in rows.columns and self.contract[name].column(CLIENT):
                tables[name], count = self._renamed(rows, followed, is_clients=name == CLIENTS.name)
                moved += count
        tables[CLIENTS.name] = _dated(tables[CLIENTS.name], since)
        notices = _notices(len(merges.followed), moved, int(since.count().to_pyarrow().as_py()))
        return replace(self.source, tables=tables, notices=(*self.source.notices, *notices))

    def aliases_without(self, raw: Any, read: CheckedTable, forgotten: ForgottenList) -> Any:
        """The rows of merged ids, ``raw``, without those that lead to forgotten clients."""
        merges = Merges.of(read.rows.to_pyarrow().to_pandas())
        followed = self._stored(pa.Table.from_pandas(merges.followed, preserve_index=False))
        return self._stored(aliases_without_forgotten(raw, followed, forgotten))

    def _with_refusals(self, clients: Any) -> Any:
        """Clients of whom any id refused consent refuse it under all."""
        consent = self.contract[CLIENTS.name].column(_CONSENT)
        if consent is None or _CONSENT not in clients.columns:
            return clients
        wanted = replace(self.contract[CLIENTS.name], columns=(consent,))
        reading = table_reading(clients, wanted, self.conventions, {}).columns[_CONSENT]
        refused = clients[_CONSENT].max(where=~reading.value(clients[_CONSENT])).over(ibis.window(group_by=CLIENT))
        return self._stored(clients.mutate(**{_CONSENT: ibis.coalesce(refused, clients[_CONSENT])}))

    def _renamed(self, rows: Any, followed: Any, *, is_clients: bool) -> tuple[Any, int]:
        """Rows under the ids that are used now; of clients one row each, that of the id in use before all others."""
        ids = followed.select(found_old=followed[OLD], found_new=followed[CLIENT])
        joined = rows.left_join(ids, as_text(rows[CLIENT]) == ids.found_old)
        moved = joined.found_new.notnull()
        named = joined.mutate(**{CLIENT: ibis.coalesce(joined.found_new, as_text(joined[CLIENT])), "was_old": moved})
        named = self._stored(named.drop("found_old", "found_new"))
        count = int(named.was_old.sum().fill_null(0).to_pyarrow().as_py())
        if is_clients:
            named = self._with_refusals(named)
            order = ibis.window(group_by=CLIENT, order_by=["was_old", _row_number(named)])
            ranked = named.mutate(place_of_row=ibis.row_number().over(order))
            repeated = ranked.was_old & (ranked.place_of_row > 0)
            named = ranked.filter(~repeated).drop("place_of_row")
        return named.drop("was_old"), count

    def _since(self, followed: Any) -> Any:
        """Clients of whom several ids had dealings before the last merge, with its day, as ``merged`` and ``since``."""
        ids = followed.select(own=followed[OLD], merged=followed[CLIENT])
        last = self._stored(followed.group_by(last_id=followed[CLIENT]).agg(since=followed[DATE].max()))
        parts = [self._first_days(name, day) for name, day in self._told_of_clients()]
        days = ibis.union(*parts) if len(parts) > 1 else parts[0]
        began = days.group_by("own").agg(began=days.began.min())
        joined = began.left_join(ids, began.own == ids.own)
        named = self._stored(joined.select(merged=ibis.coalesce(joined.merged, joined.own), began=joined.began))
        dated = named.inner_join(last, named.merged == last.last_id)
        before = dated.filter(dated.began < dated.since)
        counted = before.group_by(["merged", "since"]).agg(ids=before.count())
        return self._stored(counted.filter(counted.ids > 1).select("merged", "since"))

    def _stored(self, rows: Any) -> Any:
        return self.connection.create_table(f"merging_{uuid4().hex}", rows, temp=True)

    def _told_of_clients(self) -> Iterator[tuple[str, str]]:
        """Tables that tell anything of an id, with the day of each row: what was known of one was not of the other."""
        for name, rows in self.source.tables.items():
            days = [each.name for each in self.contract[name].columns if each.past and each.required]
            if name not in DECISION_TABLES and days and {CLIENT, days[0]} <= {*rows.columns}:
                yield name, days[0]

    def _first_days(self, name: str, day: str) -> Any:
        rows = self.source.tables[name]
        column = self.contract[name].column(day)
        wanted = replace(self.contract[name], columns=() if column is None else (column,))
        reading = table_reading(rows, wanted, self.conventions, {}).columns[day]
        days = rows.select(own=as_text(rows[CLIENT]), began=reading.value(rows[day]))
        return days.group_by("own").agg(began=days.began.min())


def _row_number(rows: Any) -> Any:
    return rows[ROW_ID if ROW_ID in rows.columns else SOURCE_ROW]


def _dated(clients: Any, since: Any) -> Any:
    joined = clients.left_join(since, as_text(clients[CLIENT]) == since.merged)
    return joined.mutate(**{MERGED_ON: joined.since}).drop("merged", "since")


def _notices(ids: int, rows: int, merged: int) -> Iterator[Notice]:
    found = _FOLLOWED.filled(count=ids, rows=rows)
    yield Notice.of("ids_followed", Severity.NOTE, "aliases", found=found, count=ids)
    if merged:
        said = _MERGED.filled(count=merged)
        yield Notice.of("clients_merged", Severity.NOTE, f"clients.{MERGED_ON}", found=said, count=merged)
