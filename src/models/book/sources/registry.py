"""Registry of book sources; each yields the same tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from models.book.contract import OVERRIDES
from models.book.sources import cdnow, crm_sales, files, ibrd, ifc, online_retail, sql
from models.book.sources.files import ENDINGS, read_table
from models.book.sources.source_tables import Source, SourceTables
from models.config.sections import BookConfig
from models.errors import MissingFileError, UnreadableFileError, UserError


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
    table, matched = read_table(connection, file, OVERRIDES, config, scratch)
    return replace(
        source,
        tables={**source.tables, name: table},
        ignored_columns={**source.ignored_columns, **({name: matched.ignored} if matched.ignored else {})},
        notices=(*source.notices, *matched.notices),
    )


SOURCES: dict[str, Source] = {
    "ifc": ifc.read,
    "ibrd": ibrd.read,
    "online_retail": online_retail.read,
    "cdnow": cdnow.read,
    "crm_sales": crm_sales.read,
    "files": files.read,
    "sql": sql.read,
}
"""The value of ``book.source`` -> how it is read."""
