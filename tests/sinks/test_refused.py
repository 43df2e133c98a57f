"""What a sink cannot take is told in a sentence that helps, shows no secret and no row, and harms nothing."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from models.config.loading import load_config
from models.errors import ConfigError
from models.sinks.compute import Wish
from models.sinks.job import publish, publish_due
from models.store.locks import LockedError, exclusive
from support.published_runs import APRIL, CONFIG, MARCH, config_with, published_run, scores_of
from support.sink_rows import Place, duckdb_place
from support.tracking_server import unused_port

PASSWORD = "s3cr%t@word"  # noqa: S105 - of a user of this test


def problem(work: Path, address: str, **settings: str) -> str:
    config = config_with(work, address, **settings)
    published_run(config)
    report = publish_due(config)
    assert report.sinks[0].written == ()
    (said,) = map(str, report.problems)
    return said


@pytest.fixture
def guarded(postgres: Any) -> Iterator[str]:
    """A user of the server who is asked for a password."""
    rules = Path(postgres.pgdata) / "pg_hba.conf"
    before = rules.read_text(encoding="utf-8")
    with psycopg.connect(postgres.get_uri(), autocommit=True) as connection:
        connection.execute(f"create role guarded login superuser password '{PASSWORD}'")  # type: ignore[arg-type]
        rules.write_text(f"local all guarded scram-sha-256\n{before}", encoding="utf-8")
        connection.execute("select pg_reload_conf()")
        yield str(postgres.get_uri()).replace("postgres:@", "guarded:${SINK_PASSWORD}@")
        rules.write_text(before, encoding="utf-8")
        connection.execute("select pg_reload_conf()")
        connection.execute("drop owned by guarded cascade")
        connection.execute("drop role guarded")


def test_a_password_comes_from_the_environment_and_is_never_shown(
    guarded: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SINK_PASSWORD", PASSWORD)
    config = config_with(tmp_path, guarded, database_schema="guarded")
    published_run(config)
    report = publish_due(config)
    assert report.problems == ()
    assert len(report.sinks[0].written) == 1
    assert report.sinks[0].sink.startswith("postgresql://guarded:***@")
    monkeypatch.setenv("SINK_PASSWORD", "s3cret guess")
    (said,) = map(str, publish(config, Wish(anew=True)).problems)
    assert "password authentication failed" in said
    assert "guess" not in said
    assert "the user's rights and password" in said
    monkeypatch.delenv("SINK_PASSWORD")
    (said,) = map(str, publish_due(config).problems)
    assert "the environment variable SINK_PASSWORD, which publish.sink names, must be set, got nothing" in said


def test_libpq_reads_the_password_itself(guarded: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    config = config_with(tmp_path, guarded.replace(":${SINK_PASSWORD}", ""), database_schema="guarded")
    published_run(config)
    assert publish_due(config).problems == ()


@pytest.mark.parametrize(
    "address",
    ["postgresql://risk:s3cret@db/book", "mssql://h/db?odbc_connect=PWD%3Ds3cret", "mysql://u@h/b?password=s3cret"],
)
def test_a_config_holds_no_secret(address: str) -> None:
    with pytest.raises(ConfigError, match="must hold no secret") as caught:
        load_config(CONFIG, [f"publish.sink={address!r}"])
    assert "s3cret" not in str(caught.value)
    assert "write ${NAME} in its place" in str(caught.value)


def test_an_address_has_a_scheme() -> None:
    with pytest.raises(ConfigError, match="a sink must be an address with a scheme"):
        load_config(CONFIG, ["publish.sink=lake/tables"])


def test_one_address_needs_no_list() -> None:
    settings = load_config(CONFIG, ["publish.sink=duckdb:///a.db"])
    assert settings.publish.sink == ("duckdb:///a.db",)
    assert "publish" not in settings.meaning()


def test_a_server_that_is_down_is_told(tmp_path: Path) -> None:
    said = problem(tmp_path, f"postgresql://risk@127.0.0.1:{unused_port()}/book?connect_timeout=2")
    assert "the sink must open, got OperationalError (connection failed" in said
    assert "publish again" in said


def test_a_driver_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    said = problem(tmp_path / "a", "postgresql://risk@127.0.0.1/book")
    assert "the driver for postgresql must be installed, got no psycopg: pip install 'clientvalue[postgres]'" in said
    said = problem(tmp_path / "b", "mysql+pymysql://risk@127.0.0.1/book")
    assert "the driver for mysql must be installed, got no pymysql: pip install pymysql" in said
    said = problem(tmp_path / "c", "snowflake://risk@account/book")
    assert "the sink must open, got NoSuchModuleError" in said


def test_delta_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "deltalake", None)
    said = problem(tmp_path / "work", f"delta://{tmp_path}/lake")
    assert "the driver for delta must be installed, got no deltalake: pip install 'clientvalue[delta]'" in said


def test_sqlite_has_no_schemas(tmp_path: Path) -> None:
    said = problem(tmp_path, f"sqlite://{tmp_path}/a.db", database_schema="risk")
    assert "SQLite has no schemas, got publish.database_schema risk" in said


def test_a_file_that_another_program_holds_is_told(tmp_path: Path) -> None:
    holder = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    file = str(tmp_path / "held.db")
    with subprocess.Popen(  # noqa: S603 - our own
        [sys.executable, "-c", holder, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        said = problem(tmp_path / "work", f"duckdb://{file}")
        other.kill()
    assert "no other program may have the file open" in said
    assert publish_due(config_with(tmp_path / "work", f"duckdb://{file}")).problems == ()


def test_another_publishing_at_work_is_told(tmp_path: Path) -> None:
    config = config_with(tmp_path, f"duckdb://{tmp_path}/a.db")
    published_run(config)
    with (
        exclusive(scores_of(config) / ".sinks.lock", what="a test"),
        pytest.raises(LockedError, match="only one process may be at publishing into sinks at a time"),
    ):
        publish_due(config, wait_seconds=0.1)


@pytest.mark.parametrize(
    "sink", [pytest.param("postgresql", marks=pytest.mark.slow), "duckdb", "sqlite"], indirect=True
)
def test_a_column_of_another_type_is_told_and_nothing_is_changed(sink: Place, tmp_path: Path) -> None:
    config = config_with(tmp_path / "work", sink.address, **sink.settings)
    published_run(config, MARCH)
    publish_due(config)
    before = sink.of_runs()
    in_sql(sink, "alter table {} rename column segment to old", "alter table {} add column segment varchar")
    published_run(config, APRIL)
    (said,) = map(str, publish_due(config).problems)
    assert "the table scores must have segment as integer, got segment as text" in said
    assert "rename the table or the column" in said
    found = sink.of_runs()
    assert {name: rows for name, rows in found.items() if name != "scores"} == {
        name: rows for name, rows in before.items() if name != "scores"
    }
    in_sql(sink, "alter table {} drop column segment", "alter table {} drop column old")
    assert publish(config, Wish(anew=True)).problems == ()
    assert {row["as_of"] for row in sink.read()["scores"] if row["segment"] is not None} == {MARCH, APRIL}


def in_sql(sink: Place, *statements: str) -> None:
    place = sink.address.partition("://")[2]
    name = f"{sink.database_schema}.clientvalue_scores" if sink.database_schema else "clientvalue_scores"
    opened: Any = {
        "postgresql": lambda: psycopg.connect(sink.address, autocommit=True),
        "duckdb": lambda: duckdb.connect(place),
        "sqlite": lambda: closing(sqlite3.connect(place)),
    }[sink.address.partition(":")[0]]()
    with opened as connection:
        for statement in statements:
            connection.execute(statement.format(name))


def test_tables_of_a_later_version_are_left_alone(tmp_path: Path) -> None:
    config = config_with(tmp_path / "work", f"duckdb://{tmp_path}/a.db")
    published_run(config)
    publish_due(config)
    with duckdb.connect(f"{tmp_path}/a.db") as connection:
        connection.execute("insert into clientvalue_schema_version values (7, now()::timestamp)")
    (said,) = map(str, publish(config, Wish(anew=True)).problems)
    assert "the tables of the sink must be of layout 1 or before, got 7: a later version of clientvalue" in said


def test_what_a_database_says_of_a_row_is_not_told(postgres_sink: Place, tmp_path: Path) -> None:
    config = config_with(tmp_path, postgres_sink.address, **postgres_sink.settings)
    published_run(config, clients=("C-SECRET-1", "C-SECRET-1"))
    (said,) = map(str, publish_due(config).problems)
    assert "the sink must take the rows of clientvalue_scores, got UniqueViolation" in said
    assert "SECRET" not in said
    assert postgres_sink.read() == {}


def test_the_ledger_of_another_book_of_the_same_name_is_refused(tmp_path: Path) -> None:
    sink = duckdb_place(tmp_path / "a.db")
    ours, theirs = (config_with(tmp_path / name, sink.address) for name in ("ours", "theirs"))
    published_run(ours)
    publish_due(ours)
    before = sink.of_runs()
    published_run(theirs, APRIL)
    (said,) = map(str, publish_due(theirs).problems)
    assert "the publications of lender in the sink must be those of its ledger, got others from number 1 on" in said
    assert sink.of_runs() == before
    assert publish(theirs, Wish(new_ledger=True)).problems == ()
    assert {row["as_of"] for row in sink.read()["scores"]} == {MARCH, APRIL}
    assert [row["as_of"] for row in sink.read()["publications"]] == [APRIL]


def test_a_copy_of_the_ledger_that_is_behind_takes_nothing_back(tmp_path: Path) -> None:
    sink = duckdb_place(tmp_path / "a.db")
    ours, behind = (config_with(tmp_path / name, sink.address) for name in ("ours", "behind"))
    published_run(ours)
    shutil.copytree(tmp_path / "ours", tmp_path / "behind")
    published_run(ours, seed=2)
    publish_due(ours)
    before = sink.read()
    report = publish_due(behind)
    assert (report.problems, report.sinks[0].written, report.sinks[0].held) == ((), (), 1)
    assert sink.read() == before


def test_two_books_share_the_tables(tmp_path: Path) -> None:
    sink = duckdb_place(tmp_path / "a.db")
    ours = config_with(tmp_path / "ours", sink.address)
    others = ours.model_copy(update={"book": ours.book.model_copy(update={"name": "others"})})
    published_run(ours)
    published_run(others, seed=2)
    assert publish_due(ours).problems == publish_due(others).problems == ()
    assert {row["book"] for row in sink.read()["scores"]} == {"lender", "others"}
    before = [row for row in sink.of_runs()["scores"] if row["book"] == "others"]
    published_run(ours, seed=3)
    publish_due(ours)
    assert [row for row in sink.of_runs()["scores"] if row["book"] == "others"] == before
