"""A look at files or a database without any config: what tables there are, how they are written, what they hold.

What is found is a proposal for ``book.read``: nothing is checked, and nothing is kept but some values as examples.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ibis

from models.book.sources.column_kinds import ISO, LikelyKind, LookedKind, likely_kind
from models.book.sources.compressed import is_archive, unpacked_archive
from models.book.sources.csv_files import COMMA, SEPARATORS, beginning_of
from models.book.sources.files import opened_table
from models.book.sources.located import FORMATS, format_of, is_lake, table_files
from models.book.sources.raw_tables import RawTable
from models.book.sources.sql import raw_tables as database_tables
from models.book.sources.workbooks import sheet_names, sheet_rows
from models.book.sources.written_csv import encoding_of, header_row, rows_of
from models.config.book import BookConfig
from models.engines.duckdb import DUCKDB
from models.errors import MissingFileError, UserError

_VALUES = 300
"""So many different values of a column are looked at."""
_SAMPLES = 5
_FEW = 40
"""Of a column with no more different values, such as kinds, all are shown."""
_LONGEST_SAMPLE = 60
_ENOUGH = 0.9
"""This share of the rows must be as wide as the header for a sign to be the one between fields."""
JsonSetting = str | int | tuple[str, ...]
"""A value of an option of ``book.read``."""


@dataclass(frozen=True, kw_only=True)
class LookedColumn:
    """One column as it seems to be.

    Attributes:
        name: as the source writes it.
        kind: what its values seem to be.
        pattern: of dates, such as ``dd.mm.yyyy``, ``ISO 8601`` or ``sas days``; empty for other kinds.
        samples: some different values, as they are written, the most frequent first.
        share_empty: of all rows, between 0 and 1.
        distinct: how many different values there are.
    """

    name: str
    kind: LookedKind
    pattern: str = ""
    samples: tuple[str, ...] = ()
    share_empty: float = 0.0
    distinct: int = 0


@dataclass(frozen=True, kw_only=True)
class LookedTable:
    """One table as it seems to be.

    Attributes:
        name: the stem of its file, its sheet, or its name in the database.
        place: file, sheet or table, for people.
        options: what ``book.read`` would have to say of it where the defaults would not do.
        columns: in their order.
        rows: how many there are.
        problem: why it could not be read; then there are no columns.
    """

    name: str
    place: str
    options: Mapping[str, JsonSetting] = field(default_factory=dict)
    columns: tuple[LookedColumn, ...] = ()
    rows: int = 0
    problem: str = ""


def look_at(path: str) -> tuple[LookedTable, ...]:
    """Every table at a file, a folder, a ZIP archive or the address of a database, by name.

    Raises ``MissingFileError`` where there is nothing, and what the opening of a database raises. A table that cannot
    be read is among those that come back, with its problem.
    """
    with tempfile.TemporaryDirectory() as scratch, DUCKDB.session() as session:
        connection = session.backend
        tables = _in_database if "://" in path else _in_files
        return tuple(tables(connection, path, Path(scratch)))


def _config(source: str, name: str = "", options: Mapping[str, JsonSetting] | None = None) -> BookConfig:
    read = {name: dict(options)} if name and options else {}
    return BookConfig.model_validate({"name": "looked_at", "source": source, "currency": "XXX", "read": read})


def _in_database(connection: Any, url: str, scratch: Path) -> Iterator[LookedTable]:
    with database_tables(connection, _config("sql"), url, scratch) as raw:
        for name in raw.others:
            yield _looked(raw.open(name), name, {})


def _in_files(connection: Any, path: str, scratch: Path) -> Iterator[LookedTable]:
    place = Path(path)
    if not place.exists():
        raise MissingFileError(place, remedy="name a file or folder with tables, or the address of a database")
    if place.is_file() and is_archive(place):
        place = unpacked_archive(place, scratch)
    for origin in [place] if place.is_file() or is_lake(place) else sorted(place.iterdir()):
        if origin.is_file() and format_of(origin) == "xlsx":
            yield from _in_workbook(connection, origin, scratch)
        elif format_of(origin) or _is_table(origin):
            yield _file(connection, origin.name.split(".")[0], origin, {}, scratch)


def _is_table(folder: Path) -> bool:
    """Whether a folder holds files of one table, below one another or beside one another."""
    return folder.is_dir() and any(file.suffix.lower() in FORMATS for file in folder.rglob("*"))


def _in_workbook(connection: Any, file: Path, scratch: Path) -> Iterator[LookedTable]:
    try:
        sheets = sheet_names(file)
    except UserError as error:
        yield LookedTable(name=file.stem, place=file.name, problem=str(error))
        return
    for sheet in sheets:
        rows = sheet_rows(file, sheet)
        at = header_row(rows[:50])
        if len(rows) > at:
            options: dict[str, JsonSetting] = {"files": file.name}
            options |= {"sheet": sheet} if len(sheets) > 1 else {}
            options |= {"header_row": at} if at > 1 else {}
            yield _file(connection, sheet if len(sheets) > 1 else file.stem, file, options, scratch)


def _file(connection: Any, name: str, origin: Path, options: Mapping[str, JsonSetting], scratch: Path) -> LookedTable:
    found = dict(options)
    try:
        config = _config("files", name, found)
        files = table_files(name, [origin], config.reading(name), scratch)
        if files.format == "csv":
            found |= _layout(files.first)
            config = _config("files", name, found)
        return _looked(opened_table(connection, files, config, scratch), origin.name, found)
    except UserError as error:
        return LookedTable(name=name, place=origin.name, options=found, problem=str(error))


def _layout(file: Path) -> dict[str, JsonSetting]:
    """Encoding, delimiter and header row of a CSV file, as far as they are not as by default."""
    start = beginning_of(file)
    found = encoding_of(file, start, None, "book.read.TABLE")
    text = start.decode(found.encoding, errors="replace")
    rows = {sign: rows_of(text, sign) for sign in (COMMA, *SEPARATORS)}
    sign = max(rows, key=lambda each: _width(rows[each]))
    at = header_row(rows[sign])
    options: dict[str, JsonSetting] = {"encoding": found.guess.value} if found.guess else {}
    options |= {"delimiter": sign} if sign != COMMA else {}
    return options | ({"header_row": at} if at > 1 else {})


def _width(rows: list[list[str]]) -> int:
    """In how many fields a sign parts nearly every row from the header on; 1 where the rows differ."""
    below = [len(row) for row in rows[header_row(rows) - 1 :] if any(cell.strip() for cell in row)]
    width = max(below, key=below.count, default=1)
    return width if below.count(width) >= _ENOUGH * len(below) else 1


def _looked(raw: RawTable, place: str, options: Mapping[str, JsonSetting]) -> LookedTable:
    rows = raw.take({f"c{at}": name for at, name in enumerate(raw.names)})
    total = int(rows.count().to_pyarrow().as_py())
    seen = [_column(rows, f"c{at}", name, total) for at, name in enumerate(raw.names)]
    return LookedTable(
        name=raw.name,
        place=place,
        options={**options, **_forms([likely for _, likely in seen])},
        columns=tuple(column for column, _ in seen),
        rows=total,
    )


def _forms(kinds: list[LikelyKind]) -> dict[str, JsonSetting]:
    """How the numbers and dates of a table are written, as far as the contract does not read them by itself."""
    decimals = {each.decimal for each in kinds}
    signs = tuple(dict.fromkeys(sign for each in kinds for sign in each.number_signs))
    dates = tuple(dict.fromkeys(each.pattern for each in kinds if each.pattern not in ("", ISO)))
    found: dict[str, JsonSetting] = {"decimal": ","} if "," in decimals else {}
    return found | ({"number_signs": signs} if signs else {}) | ({"dates": dates} if dates else {})


def _column(rows: Any, place: str, name: str, total: int) -> tuple[LookedColumn, LikelyKind]:
    stored = rows[place].type()
    text = rows[place].cast("string")
    values = rows.select(value=text).filter(text.notnull() & (text.strip() != ""))
    counts = values.group_by("value").agg(rows=values.count())
    facts = counts.aggregate(filled=counts.rows.sum(), distinct=counts.count()).to_pyarrow().to_pylist()[0]
    frequent = counts.order_by([ibis.desc("rows"), "value"]).limit(_VALUES).to_pyarrow()["value"].to_pylist()
    filled, distinct = int(facts["filled"] or 0), int(facts["distinct"])
    likely = _by_type(stored) or likely_kind(name, frequent, rows=filled, distinct=distinct)
    column = LookedColumn(
        name=name,
        kind=likely.kind,
        pattern=likely.pattern,
        samples=tuple(value[:_LONGEST_SAMPLE] for value in frequent[: _FEW if distinct <= _FEW else _SAMPLES]),
        share_empty=1 - filled / total if total else 0.0,
        distinct=distinct,
    )
    return column, likely


def _by_type(stored: Any) -> LikelyKind | None:
    if stored.is_date() or stored.is_timestamp():
        return LikelyKind(kind=LookedKind.DATE, pattern=ISO)
    return LikelyKind(kind=LookedKind.TRUTH) if stored.is_boolean() else None
