"""The same tables in a DuckDB file and in PostgreSQL, and configs of either."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import yaml

from models.config.loading import load_config
from models.config.root import Config
from support.lending_book import settings_of

_TYPES = {"date": "date", "amount": "double precision", "limit": "double precision"}
_DAYS = ("signed", "maturity")


@dataclass(frozen=True)
class TwoDatabases:
    """A file and an address that hold the same rows, in a schema of their own."""

    file: Path
    url: str
    schema: str
    tables: tuple[str, ...]

    def config(self, root: Path, *, engine: str, **sections: Mapping[str, Any]) -> Config:
        """Engine duckdb reads the file, sql the server; all else is alike."""
        settings = settings_of(root, **sections)
        path = self.url if engine == "sql" else f"duckdb://{self.file}"
        names = {name: f"{self.schema}.{name}" for name in self.tables}
        settings["book"] |= {"source": "sql", "path": path, "tables": names, "engine": engine}
        file = root / f"{engine}.yaml"
        file.write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
        return load_config(file)


def in_two_databases(
    root: Path, server: Any, tables: Mapping[str, pd.DataFrame], *, schema: str = "lender"
) -> TwoDatabases:
    """Write tables of text, days and amounts into both; rows keep their order."""
    root.mkdir(parents=True, exist_ok=True)
    file = root / "bank.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(f"create schema {schema}")
        server.psql(f"drop schema if exists {schema} cascade; create schema {schema};")
        for name, frame in tables.items():
            connection.register("frame", frame)
            columns = ", ".join(f'"{each}" {_type_of(each)}' for each in frame.columns)
            casts = ", ".join(f'"{each}"::{_type_of(each)} as "{each}"' for each in frame.columns)
            connection.execute(f"create table {schema}.{name} as select {casts} from frame")  # noqa: S608 - names of ours
            csv = root / f"{name}.csv"
            connection.execute(f"copy {schema}.{name} to '{csv}' (header false, nullstr '\\N', force_quote *)")
            server.psql(f"create table {schema}.{name} ({columns});")
            server.psql(f"\\copy {schema}.{name} from '{csv}' with (format csv, null '\\N')")
    return TwoDatabases(file, str(server.get_uri()), schema, tuple(tables))


def _type_of(column: str) -> str:
    return "date" if column in _DAYS else _TYPES.get(column, "text")
