"""Registry of book sources; each yields the same tables."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa

from models.book.contract import ENTRY, OVERRIDES
from models.book.quarantine import ROW_ID, SOURCE_ROW, require_columns
from models.book.sources import cdnow, crm_sales, files, ibrd, ifc, online_retail, sql
from models.book.sources.files import ENDINGS, raw_table
from models.book.sources.raw_tables import RawSource, contract_table
from models.book.sources.source_tables import Source, SourceTables
from models.book.written import as_source_text
from models.config.book import BookConfig
from models.decisions.decided import Decided
from models.errors import MissingFileError, UnreadableFileError, UserError

_TEXTS = tuple(column.name for column in OVERRIDES.columns if column.name != ENTRY)


def with_overrides(connection: Any, config: BookConfig, source: SourceTables, scratch: Path) -> SourceTables:
    """The tables of a source with those of ``book.overrides``, where it is set; ``book.columns`` renames columns.

    Raises ``MissingFileError``, ``UnreadableFileError``, and ``UserError`` if the source has overrides of its own.
    """
    if config.overrides is None:
        return source
    file, name = Path(config.overrides), OVERRIDES.name
    if name in source.tables:
        raise UserError(
            rule="overrides must stand in one place",
            got=f"{file} and a table {name} in the book",
            remedy="join the two, or unset book.overrides",
        )
    if not file.is_file():
        raise MissingFileError(file, remedy="name a Parquet or CSV file in book.overrides, or unset it")
    if not file.name.endswith(ENDINGS):
        raise UnreadableFileError(
            rule="overrides must be Parquet or CSV", got=file.name, remedy=f"save them as one of {', '.join(ENDINGS)}"
        )
    table, matched = contract_table(raw_table(connection, file, name, config, scratch), OVERRIDES, config)
    return replace(
        source,
        tables={**source.tables, name: table},
        ignored_columns={**source.ignored_columns, **({name: matched.ignored} if matched.ignored else {})},
        notices=(*source.notices, *matched.notices),
    )


def with_approved(connection: Any, source: SourceTables, decided: Decided) -> SourceTables:
    """The tables of a source with the overrides that were approved in the review database, beside its own.

    ``source_row`` of an approved one is the number of its entry in the chain.
    """
    name, notices = OVERRIDES.name, (*source.notices, *decided.notices)
    own = source.tables.get(name)
    if own is not None and ENTRY in own.columns:
        own = own.drop(ENTRY)  # only the chain says which of its entries approved a decision
    if not decided.overrides:
        return replace(source, tables=source.tables if own is None else {**source.tables, name: own}, notices=notices)
    approved = _approved(connection, decided)
    both = approved if own is None else ibis.union(_as_approved(own, approved), approved)
    return replace(source, tables={**source.tables, name: both}, notices=notices)


def _approved(connection: Any, decided: Decided) -> Any:
    """One row per approved override, as text; ``row_id`` is below 0, so that no row of a file has it."""
    rows = [{**asdict(row), SOURCE_ROW: row.entry, ROW_ID: -row.entry} for row in decided.overrides]
    table = connection.create_table("approved_overrides", pa.Table.from_pylist(rows), temp=True, overwrite=True)
    return table.mutate(**{name: table[name].cast("string") for name in _TEXTS})


def _as_approved(own: Any, approved: Any) -> Any:
    """The source's own overrides with the columns of the approved ones. Raises ``MissingColumnError``."""
    require_columns(own, OVERRIDES)
    columns = {name: as_source_text(own, name) for name in _TEXTS}
    numbers = {SOURCE_ROW: own[SOURCE_ROW].cast("int64"), ROW_ID: own[SOURCE_ROW].cast("int64")}
    return own.select(**columns, **numbers, **{ENTRY: ibis.null("int64")}).select(*approved.columns)


SOURCES: dict[str, Source] = {
    "ifc": ifc.read,
    "ibrd": ibrd.read,
    "online_retail": online_retail.read,
    "cdnow": cdnow.read,
    "crm_sales": crm_sales.read,
}
"""The value of ``book.source`` -> how its tables of the book are made; of the others ``book.mapping`` makes them."""

RAW_SOURCES: dict[str, RawSource] = {"files": files.raw_tables, "sql": sql.raw_tables}
"""The value of ``book.source`` -> how its raw tables are opened."""
