"""What stands in a sink, read by other means than it was written, and what should stand there by the files of a run."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pyarrow.parquet as pq
from psycopg.rows import dict_row

Row = dict[str, Any]
Rows = dict[str, list[Row]]
PREFIX = "clientvalue_"
OF_THE_SINK = ("publications", "runs", "schema_version")
FILES = {
    "scores": "scores",
    "clients": "clients",
    "warnings": "warnings",
    "lists": "lists",
    "movers": "movers",
    "curves": "curves",
}
EXPLAINED = ("explanations", "cold_start_explanations")
HEAD = 10
"""Columns of explanations before those of features."""


@dataclass(frozen=True)
class Place:
    """A sink of a test: its address, and how its tables are read."""

    address: str
    read: Callable[[], Rows]
    database_schema: str | None = None

    @property
    def settings(self) -> dict[str, str]:
        """The settings of the section publish beside its address."""
        return {} if self.database_schema is None else {"database_schema": self.database_schema}

    def of_runs(self) -> Rows:
        """The tables of runs, sorted; what differs by the clock is not among them."""
        return {name: tidy(rows) for name, rows in self.read().items() if name not in OF_THE_SINK}


def duckdb_place(file: Path) -> Place:
    def read() -> Rows:
        with duckdb.connect(str(file), read_only=True) as connection:
            names = [name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()]
            return {_own(name): _of_cursor(connection.execute(_all_of(name))) for name in names}

    return Place(f"duckdb://{file}", read)


def sqlite_place(file: Path) -> Place:
    def read() -> Rows:
        with closing(sqlite3.connect(file)) as connection:
            found = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
            return {_own(name): _sqlite_rows(connection, name) for (name,) in found}

    return Place(f"sqlite://{file}", read)


def postgres_place(uri: str, schema: str) -> Place:
    def read() -> Rows:
        with psycopg.connect(uri, row_factory=dict_row) as connection:
            query = "select table_name from information_schema.tables where table_schema = %s"
            names = [row["table_name"] for row in connection.execute(query, [schema]).fetchall()]
            return {_own(name): connection.execute(_all_of(name, schema)).fetchall() for name in names}

    return Place(uri, read, schema)


def delta_place(folder: Path) -> Place:
    def read() -> Rows:
        import deltalake  # noqa: PLC0415 - only where Delta is asked for

        tables = {
            path.name: deltalake.DeltaTable(str(path)) for path in folder.iterdir() if (path / "_delta_log").is_dir()
        }
        return {_own(name): table.to_pyarrow_table().to_pylist() for name, table in tables.items()}

    return Place(f"delta://{folder}", read)


def rows_of_run(folder: Path, book: str) -> Rows:
    """The rows that the files of a run stand for, in plain Python: no line of this is the product's."""
    facts = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    stamp = {"book": book, "as_of": date.fromisoformat(facts["as_of"]), "run_key": facts["run_key"]}
    found: Rows = {}
    for table, file in FILES.items():
        if (folder / f"{file}.parquet").exists():
            _flat_into(found, table, folder / f"{file}.parquet", stamp)
    for file in EXPLAINED:
        if (folder / f"{file}.parquet").exists():
            _long_into(found, folder / f"{file}.parquet", stamp)
    return {name: tidy(rows) for name, rows in found.items()}


def tidy(rows: list[Row]) -> list[Row]:
    """Rows in an order of their own, each number with its sign, as something that compares."""
    return sorted(({name: _told(row[name]) for name in sorted(row)} for row in rows), key=repr)


def _flat_into(found: Rows, table: str, file: Path, stamp: Row) -> None:
    read = pq.read_table(file)
    children = [field.name for field in read.schema if str(field.type).startswith("list<element: struct")]
    for child in children:
        found[f"{table}_{child}"] = []
    found[table] = []
    for row in read.to_pylist():
        for child in children:
            for place, entry in enumerate(row[child] or [], start=1):
                told = dict(_flat(entry, ""))
                found[f"{table}_{child}"].append({**stamp, "client_id": row["client_id"], "place": place, **told})
        kept = {name: value for name, value in row.items() if name not in children}
        structs = {field.name: field.type for field in read.schema if str(field.type).startswith("struct")}
        kept |= {name: kept[name] or {each.name: None for each in kind} for name, kind in structs.items()}
        found[table].append({**dict(_flat(kept, "")), **stamp})


def _flat(row: Row, prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        known = prefix + name.replace("-", "_").replace(" ", "_")
        if isinstance(value, dict):
            yield from _flat(value, f"{known}_")
        elif isinstance(value, list):
            yield known, json.dumps(value, ensure_ascii=False)
        else:
            yield known, value


def _long_into(found: Rows, file: Path, stamp: Row) -> None:
    for row in pq.read_table(file).to_pylist():
        names = list(row)
        found.setdefault("predictions", []).append({**{name: row[name] for name in names[:HEAD]}, **stamp})
        for feature in names[HEAD:]:
            part, rate = row[feature], row["served_per_unit"]
            found.setdefault("explanations", []).append(
                {
                    "book": stamp["book"],
                    "as_of": stamp["as_of"],
                    "client_id": row["client_id"],
                    "model": row["model"],
                    "feature": feature,
                    "contribution": part,
                    "served_contribution": None if part is None or rate is None else part * rate,
                }
            )


def _told(value: Any) -> Any:
    if isinstance(value, float):
        return None if math.isnan(value) else (value + 0.0).hex()  # SQLite keeps no sign of a zero
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def _own(name: str) -> str:
    assert name.startswith(PREFIX), name
    return name.removeprefix(PREFIX)


def _of_cursor(cursor: Any) -> list[Row]:
    names = [each[0] for each in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _all_of(table: str, schema: str = "main") -> Any:
    return f'select * from "{schema}"."{table}"'  # noqa: S608 - names of our own


def _sqlite_rows(connection: sqlite3.Connection, table: str) -> list[Row]:
    """SQLite keeps dates and moments as text, and yes and no as numbers."""
    declared = {row[1]: row[2] for row in connection.execute(f'pragma table_info("{table}")').fetchall()}
    readers = {"DATE": date.fromisoformat, "DATETIME": datetime.fromisoformat, "BOOLEAN": bool}
    return [
        {
            name: value if value is None else readers.get(declared[name], lambda known: known)(value)
            for name, value in row.items()
        }
        for row in _of_cursor(connection.execute(_all_of(table)))
    ]
