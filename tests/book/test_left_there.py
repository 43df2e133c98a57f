"""A book whose cashflows stay in PostgreSQL is the book that is read here: rows, bad rows, fingerprint, ledger."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from models.book.door import Book
from models.book.loading import load_book
from models.config.root import Config
from models.errors import QuarantineLimitError, UnreadableFileError, UserError
from models.panel.ledger_cache import kept_book
from models.vocab import SilentProgress
from support.lending_book import CONFIG, KNOWN_UNTIL, drawn_tables, lender_in
from support.two_databases import TwoDatabases, in_two_databases

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

BAD = pd.DataFrame(
    [
        ("nobody", None, "2020-01-01", "fee", 1.0),
        ("C0001", "F9999", "2020-01-02", "fee", 2.0),
        ("C0001", None, "2020-01-03", "Fees", 3.0),
        ("C0002", None, None, "fee", 4.0),
        ("C0002", None, "infinity", "fee", 5.0),
        ("C0003", None, "1066-10-14", "fee", 6.0),
        ("C0003", None, "2020-01-04", "fee", float("nan")),
        ("C0004", None, "2020-01-05", "fee", float("inf")),
        ("C0004", None, "2020-01-06", "fee", 1e14),
        ("C0005", None, "2020-01-07", None, 7.0),
        (None, None, "2020-01-08", "fee", 8.0),
        ("C0006", " ", "2020-01-09", "fee", 9.0),
        ("C0006", "n/a", "2020-01-10", "fee", 10.0),
        ("C0007", "F0004", KNOWN_UNTIL.isoformat(), "fee", 11.0),
    ],
    columns=["client_id", "facility_id", "date", "kind", "amount"],
)
"""All but those of C0006, whose facility is absent, and that of C0007, which comes too late, are mistakes."""


def load(config: Config, root: Path) -> Book:
    return load_book(config, None, root, SilentProgress())


def quarantine(book: Book) -> list[dict[str, Any]]:
    return list(pq.read_table(book.quarantine).to_pylist())


@pytest.fixture(scope="module")
def lender(postgres: Any, tmp_path_factory: pytest.TempPathFactory) -> TwoDatabases:
    tables = drawn_tables()
    flows = pd.concat([tables["cashflows"].iloc[:500], BAD, tables["cashflows"].iloc[500:]], ignore_index=True)
    return in_two_databases(
        tmp_path_factory.mktemp("bad"), postgres, tables | {"cashflows": flows}, schema="bad_lender"
    )


@pytest.fixture(scope="module")
def books(lender: TwoDatabases, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Config, Book]]:
    found = {}
    for engine in ("duckdb", "sql"):
        root = tmp_path_factory.mktemp(engine)
        config = lender.config(root, engine=engine)
        found[engine] = config, load(config, root)
    return found


def test_the_same_rows_are_bad_wherever_they_are_checked(books: dict[str, tuple[Config, Book]]) -> None:
    here, there = (books[engine][1] for engine in ("duckdb", "sql"))
    assert quarantine(there) == quarantine(here)
    assert len(quarantine(here)) == 11
    assert there.counts == here.counts
    assert (there.fingerprint, there.first_date) == (here.fingerprint, here.first_date)
    assert "cashflows" in there.tables
    assert there.tables["cashflows"].suffix == ".json"


def test_what_is_cut_is_counted_among_all_rows(books: dict[str, tuple[Config, Book]]) -> None:
    here, there = ([str(notice) for notice in book.notices if notice.code == "rows_cut"] for _, book in books.values())
    assert here == there
    assert len(here) == 1


def test_a_book_that_stays_tells_that_the_guard_does_not_see_it(books: dict[str, tuple[Config, Book]]) -> None:
    codes = [notice.code for notice in books["sql"][1].notices]
    assert codes.count("guard_left_out") == 1
    assert "rows_fetched" not in codes


def test_rows_are_read_as_the_book_holds_them(books: dict[str, tuple[Config, Book]]) -> None:
    frames = []
    for _, book in books.values():
        with book.engine.session() as session:
            rows = session.brought(book.open(session, "cashflows")).to_pyarrow()
        frames.append(rows.sort_by([(name, "ascending") for name in rows.column_names]))
    assert frames[0].equals(frames[1])


def test_both_ledgers_lead_to_the_same_cubes(books: dict[str, tuple[Config, Book]]) -> None:
    at = date(2022, 7, 1)
    here, there = (kept_book(book, config, at) for config, book in books.values())
    assert here.block_numbers == there.block_numbers
    assert here.beginnings == there.beginnings
    for number in here.block_numbers:
        first, second = here.block(number, 0), there.block(number, 0)
        assert first.client_id.equals(second.client_id)
        for name in ("totals", "events", "last_day", "first_day"):
            assert np.array_equal(getattr(first.cube, name), getattr(second.cube, name))


def test_a_table_that_changes_while_a_command_runs_is_refused(
    lender: TwoDatabases, postgres: Any, tmp_path: Path
) -> None:
    book = load(lender.config(tmp_path, engine="sql"), tmp_path)
    postgres.psql("insert into bad_lender.cashflows values ('C0001', null, '2020-01-01', 'fee', 1);")
    try:
        with book.engine.session() as session, pytest.raises(UserError, match="good rows where"):
            book.open(session, "cashflows")
    finally:
        postgres.psql("delete from bad_lender.cashflows where client_id = 'C0001' and amount = 1;")


def test_too_many_bad_rows_stop_the_run_there_as_here(lender: TwoDatabases, tmp_path: Path) -> None:
    for engine in ("duckdb", "sql"):
        config = lender.config(tmp_path, engine=engine, book={"max_quarantine_share": 0.0, "name": "lender"})
        with pytest.raises(QuarantineLimitError, match="cashflows"):
            load(config, tmp_path / engine)


def test_a_user_who_may_only_read_is_told_what_to_grant(lender: TwoDatabases, postgres: Any, tmp_path: Path) -> None:
    postgres.psql("drop role if exists reader; create role reader login password 's3cret';")
    postgres.psql(
        "grant usage on schema bad_lender to reader; grant select on all tables in schema bad_lender to reader;"
    )
    postgres.psql("revoke temporary on database postgres from public;")
    config = lender.config(tmp_path, engine="sql")
    try:
        url = lender.url.replace("postgres:@", "reader:s3cret@")
        with pytest.raises(UnreadableFileError, match="GRANT TEMPORARY") as raised:
            load_book(config, url, tmp_path, SilentProgress())
    finally:
        postgres.psql("grant temporary on database postgres to public;")
    assert "s3cret" not in str(raised.value)
    assert raised.value.__context__ is None or raised.value.__suppress_context__


def test_a_server_that_is_down_is_told_without_secrets(lender: TwoDatabases, tmp_path: Path) -> None:
    config = lender.config(tmp_path, engine="sql")
    with pytest.raises(UnreadableFileError, match="the database must open") as raised:
        load_book(config, "postgresql://risk:s3cret@127.0.0.1:1/book?connect_timeout=1", tmp_path, SilentProgress())
    assert "s3cret" not in str(raised.value)


def test_the_engine_needs_a_database(tmp_path: Path) -> None:
    config = lender_in(tmp_path, book={**CONFIG["book"], "engine": "sql"}).config
    with pytest.raises(UserError, match=r"book\.engine sql must have book\.source sql"):
        load(config, tmp_path)


def test_cashflows_that_a_query_makes_are_fetched_and_it_is_told(lender: TwoDatabases, tmp_path: Path) -> None:
    config = lender.config(tmp_path, engine="sql")
    query = {"cashflows": {"query": "select * from bad_lender.cashflows"}}
    tables = {name: place for name, place in config.book.tables.items() if name != "cashflows"}
    settings = config.model_dump(mode="json", exclude_unset=True)
    settings["book"] |= {"read": query, "tables": tables}
    book = load(Config.model_validate(settings), tmp_path)
    assert "rows_fetched" in [notice.code for notice in book.notices]
    assert book.tables["cashflows"].suffix == ".parquet"
