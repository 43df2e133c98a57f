"""A sink of each kind, empty."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from support.sink_rows import Place, delta_place, duckdb_place, postgres_place, sqlite_place

KINDS = (pytest.param("postgresql", marks=pytest.mark.slow), "duckdb", "sqlite", "delta")
_NUMBERS = count()


@pytest.fixture
def postgres_sink(postgres: Any) -> Iterator[Place]:
    """A schema of its own on a running PostgreSQL."""
    schema = f"sink_{next(_NUMBERS)}"
    yield postgres_place(postgres.get_uri(), schema)
    with psycopg.connect(postgres.get_uri()) as connection:
        connection.execute(f"drop schema if exists {schema} cascade")


@pytest.fixture(params=KINDS)
def sink(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A sink of each kind in turn."""
    if request.param == "postgresql":
        found: Place = request.getfixturevalue("postgres_sink")
        return found
    made = {"duckdb": duckdb_place, "sqlite": sqlite_place, "delta": delta_place}[request.param]
    return made(tmp_path / f"sink.{request.param}")
