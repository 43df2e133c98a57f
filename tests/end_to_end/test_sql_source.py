"""A book in a database: DuckDB, SQLite and a running PostgreSQL give the same book as files do."""

from __future__ import annotations

import json
import os
import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from models.book.door import Book
from models.book.loading import load_book
from models.book.sources import sql
from models.config.loading import load_config
from models.errors import (
    ManyProblemsError,
    MissingColumnError,
    MissingFileError,
    QuarantineLimitError,
    UnreadableFileError,
    UserError,
)
from models.vocab import SilentProgress

pytestmark = [
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

CONFIG = Path(__file__).parents[1] / "configs" / "valid" / "files.yaml"
TABLES = ["book.tables={clients: crm.customers, cashflows: crm.bookings}"]
RENAMES = [
    "book.columns.clients={client_id: customer_no}",
    "book.columns.cashflows={client_id: customer_no, date: booked}",
]
CUSTOMERS = [("00123", "FR"), ("NA", "DE"), ("null", None), ("中国建设银行", "CN"), ('O\'Neil, "Sons"', "IE")]
BOOKINGS = [
    ("00123", "2022-03-31", "interest", "1250.50"),
    ("NA", "2022-04-30", "fee", "12.00"),
    ("中国建设银行", "2021-01-05", "drawdown", "5000000.01"),
    ('O\'Neil, "Sons"', "2023-12-31", "interest", "0.10"),
]
DDL = """
drop schema if exists crm cascade;
create schema crm;
create table crm.customers (customer_no text, country text, since timestamp);
create table crm.bookings (customer_no text, booked date, kind text, amount numeric, teller integer);
"""


def statements() -> list[str]:
    def quoted(value: str | None) -> str:
        return "null" if value is None else "'" + value.replace("'", "''") + "'"

    customers = [f"({quoted(number)}, {quoted(country)})" for number, country in CUSTOMERS]
    bookings = [f"({', '.join(quoted(value) for value in row)})" for row in BOOKINGS]
    return [
        *DDL.strip().split("\n"),
        " ".join(["insert into crm.customers (customer_no, country) values", ", ".join(customers), ";"]),
        " ".join(["insert into crm.bookings (customer_no, booked, kind, amount) values", ", ".join(bookings), ";"]),
    ]


def load(url: str, work: Path, *overrides: str) -> Book:
    config = load_config(CONFIG, ["book.source=sql", *overrides])
    return load_book(config, url, work, SilentProgress())


@pytest.fixture(scope="module")
def files_book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """The truth: the same rows as CSV."""
    folder = tmp_path_factory.mktemp("files")
    connection = duckdb.connect()
    for statement in statements():
        connection.execute(statement)
    renamed = connection.table("crm.customers").select("customer_no as client_id, country")
    renamed.write_csv(str(folder / "clients.csv"))
    renamed = connection.table("crm.bookings").select("customer_no as client_id, booked as date, kind, amount")
    renamed.write_csv(str(folder / "cashflows.csv"))
    connection.close()
    return load_book(load_config(CONFIG), str(folder), folder / "work", SilentProgress())


@pytest.fixture
def duckdb_url(tmp_path: Path) -> str:
    with duckdb.connect(str(tmp_path / "bank.duckdb")) as connection:
        for statement in statements():
            connection.execute(statement)
    return f"duckdb://{tmp_path / 'bank.duckdb'}"


@pytest.fixture(scope="module")
def postgres_url(postgres: Any) -> str:
    for statement in statements():
        postgres.psql(statement)
    return str(postgres.get_uri())


def test_duckdb_gives_the_book_of_the_files(duckdb_url: str, files_book: Book, tmp_path: Path) -> None:
    book = load(duckdb_url, tmp_path / "work", *TABLES, *RENAMES)
    assert book.fingerprint == files_book.fingerprint
    assert book.ignored_columns == {"clients": ("since",), "cashflows": ("teller",)}


def test_postgres_gives_the_book_of_the_files(postgres_url: str, files_book: Book, tmp_path: Path) -> None:
    book = load(postgres_url, tmp_path / "work", *TABLES, *RENAMES)
    assert book.fingerprint == files_book.fingerprint
    assert sorted(pq.read_table(book.tables["clients"])["client_id"].to_pylist()) == sorted(c[0] for c in CUSTOMERS)


def test_postgres_is_fetched_in_blocks(
    postgres_url: str, files_book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql, "FETCHED_ROWS", 2)
    assert load(postgres_url, tmp_path / "work", *TABLES, *RENAMES).fingerprint == files_book.fingerprint


def test_sqlite_tables_of_the_contracts_names_need_no_mapping(files_book: Book, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "bank.sqlite") as connection:
        connection.execute("create table clients (client_id text, country text)")
        connection.execute("create table cashflows (client_id text, date text, kind text, amount real)")
        connection.executemany("insert into clients values (?, ?)", CUSTOMERS)
        connection.executemany("insert into cashflows values (?, ?, ?, ?)", BOOKINGS)
    connection.close()
    assert load(f"sqlite://{tmp_path / 'bank.sqlite'}", tmp_path / "work").fingerprint == files_book.fingerprint


def test_what_postgres_calls_infinite_is_quarantined(postgres: Any, postgres_url: str, tmp_path: Path) -> None:
    postgres.psql("create schema bad; create table bad.customers as select * from crm.customers;")
    postgres.psql("create table bad.bookings as select * from crm.bookings;")
    postgres.psql(
        "insert into bad.bookings values ('NA', 'infinity', 'fee', 1), ('NA', '2022-01-01', 'fee', 'NaN'),"
        " ('NA', '2022-01-01', 'fee', 'Infinity'), ('NA', null, 'fee', 1), ('nobody', '2022-01-01', 'fee', 1);"
    )
    tables = "book.tables={clients: bad.customers, cashflows: bad.bookings}"
    with pytest.raises(QuarantineLimitError, match=r"got 5 of 9"):
        load(postgres_url, tmp_path, tables, *RENAMES)
    rules = pq.read_table(tmp_path / "quarantine.parquet").to_pylist()
    assert sorted((row["column"], row["rule"]) for row in rules) == [
        ("amount", "finite"),
        ("amount", "finite"),
        ("client_id", "reference"),
        ("date", "high"),
        ("date", "required"),
    ]


def test_a_table_that_is_not_there_is_told(postgres_url: str, duckdb_url: str, tmp_path: Path) -> None:
    for url in (postgres_url, duckdb_url):
        with pytest.raises(UnreadableFileError, match=r"the database must have the table crm\.people"):
            load(url, tmp_path / "work", "book.tables={clients: crm.people, cashflows: crm.bookings}", RENAMES[1])


def test_columns_that_are_not_there_are_told_of_all_tables(duckdb_url: str, tmp_path: Path) -> None:
    with pytest.raises(ManyProblemsError) as caught:
        load(duckdb_url, tmp_path / "work", *TABLES)
    clients, cashflows = caught.value.problems
    assert isinstance(clients, MissingColumnError)
    assert str(clients).startswith("table clients must have the columns client_id, got only customer_no")
    assert str(cashflows).startswith("table cashflows must have the columns client_id, date, got only customer_no")


def test_a_moment_counts_on_the_day_of_the_books_zone_whatever_the_database_shows(tmp_path: Path) -> None:
    place = tmp_path / "moments.db"
    with duckdb.connect(str(place)) as lender:
        lender.execute("set TimeZone = 'America/New_York'")
        lender.execute("create table clients as select 'A' as client_id")
        moment = "timestamptz '2020-01-01 00:30:00+01'"
        lender.execute(
            f"create table cashflows as select 'A' as client_id, {moment} as date, 'fee' as kind, 1 as amount"
        )
    for zone, day in (("UTC", "2019-12-31"), ("Europe/Berlin", "2020-01-01")):
        book = load(f"duckdb://{place}", tmp_path / zone, f"book.time_zone={zone}")
        assert pq.read_table(book.tables["cashflows"])["date"].to_pylist() == [date.fromisoformat(day)]


def test_a_table_that_the_contract_does_not_know_is_told(duckdb_url: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"got client: did you mean clients\?"):
        load(duckdb_url, tmp_path / "work", "book.tables={client: crm.customers}")


def test_a_database_without_the_books_tables_is_told(duckdb_url: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="must have the tables clients and cashflows, got no tables"):
        load(duckdb_url, tmp_path / "work")


@pytest.mark.parametrize("scheme", ["duckdb", "sqlite"])
def test_a_database_file_that_is_not_there_is_told_and_not_made(scheme: str, tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="the file must exist"):
        load(f"{scheme}://{tmp_path / 'none.db'}", tmp_path / "work")
    assert not (tmp_path / "none.db").exists()


def test_a_path_is_no_address(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="source sql needs a database address"):
        load(str(tmp_path / "bank.duckdb"), tmp_path / "work")


def test_a_password_is_never_told(tmp_path: Path) -> None:
    url = f"postgresql://risk:s3cr%40t@127.0.0.1:{os.getpid() % 1000 + 1}/book?connect_timeout=1"
    with pytest.raises(UnreadableFileError) as caught:
        load(url, tmp_path / "work")
    reported = str(caught.value)
    assert "the database must open" in reported
    assert "risk:***@127.0.0.1" in reported
    assert "s3cr" not in reported
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_driver_that_is_not_known_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="the database must open"):
        load("dbase://user:secret@host/book", tmp_path / "work")


QUERIES = {
    "clients": {"query": "select number as client_id, country from customers where country <> 'XX';"},
    "cashflows": {"query": "select client_id, day as date, 'fee' as kind, amount from flows", "decimal": ","},
}


@pytest.mark.parametrize("kind", ["sqlite", "duckdb", "postgres"])
def test_a_query_stands_in_the_place_of_a_table(kind: str, postgres: Any, postgres_url: str, tmp_path: Path) -> None:
    statements = [
        "create table customers (number varchar(9), country varchar(2))",
        "insert into customers values ('007', 'FR'), ('008', 'XX')",
        "create table flows (client_id varchar(9), day varchar(10), amount varchar(12))",
        "insert into flows values ('007', '2023-01-31', '1.234,50')",
    ]
    if kind == "postgres":
        for statement in ["drop table if exists customers", "drop table if exists flows", *statements]:
            postgres.psql(f"{statement};")
        url = postgres_url
    else:
        opened: Any = sqlite3.connect if kind == "sqlite" else duckdb.connect
        file = tmp_path / f"bank.{kind}"
        database = opened(str(file))
        for statement in statements:
            database.execute(statement)
        if kind == "sqlite":
            database.commit()
        database.close()
        url = f"{kind}:///{file}"
    book = load(url, tmp_path, f"book.read={json.dumps(QUERIES)}")
    assert pq.read_table(book.tables["clients"])["client_id"].to_pylist() == ["007"]
    assert pq.read_table(book.tables["cashflows"])["amount"].to_pylist() == [1234.5]


def test_a_query_that_fails_is_told_by_its_option(duckdb_url: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"the database must answer book\.read\.clients\.query"):
        load(duckdb_url, tmp_path, 'book.read.clients.query="select nothing from nowhere"')


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("select 1 as a; copy (select 42) to 'evil.csv'", "2 statements"),
        ("copy (select 42) to 'evil.csv'", "no SELECT"),
        ("create table planted as select 1", "no SELECT"),
        ("select * from read_text('/etc/hostname')", "a function or a file"),
        ("select * from '/etc/hostname'", "a function or a file"),
        ('with a as (select * from "secret.csv") select * from a', "a function or a file"),
        ("selekt 1 frm", "no S"),
    ],
)
def test_a_query_is_one_select_over_tables(duckdb_url: str, tmp_path: Path, query: str, told: str) -> None:
    settings = json.dumps({"clients": {"query": query}})
    with pytest.raises(UserError, match=r"book\.read\.clients\.query must be one SELECT over tables") as caught:
        load(duckdb_url, tmp_path, f"book.read={settings}")
    assert told in str(caught.value)


def test_a_typed_decimal_is_a_number_whatever_texts_are(tmp_path: Path) -> None:
    file = tmp_path / "bank.duckdb"
    with duckdb.connect(str(file)) as database:
        database.execute(
            "create table flows as select '007' as client_id, '2023-01-31' as day, 1.500::decimal(9, 3) as paid"
        )
        database.execute("create table clients as select '007' as client_id")
    read = json.dumps({"flows": {"query": "select * from flows", "decimal": ","}})
    drawn = json.dumps(
        {
            "cashflows": {
                "from": "flows",
                "columns": {"client_id": "client_id", "date": "day"},
                "constants": {"kind": "fee"},
                "expressions": {"amount": "abs(paid)"},
            }
        }
    )
    book = load(f"duckdb:///{file}", tmp_path, f"book.read={read}", f"book.map={drawn}")
    assert pq.read_table(book.tables["cashflows"])["amount"].to_pylist() == [1.5]
