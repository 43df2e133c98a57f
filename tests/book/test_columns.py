"""Columns of a source: each of the contract comes from one of them, in the contract's unit, or it is told."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.book.columns import Kind
from models.book.contract import TABLES
from models.book.door import Book
from models.book.loading import load_book
from models.book.sources.columns import MatchedColumns, book_columns, match_headers
from models.config.book import BookConfig
from models.config.loading import load_config
from models.config.root import Config
from models.errors import UserError
from models.notices import Notice
from models.vocab import SilentProgress

CONFIG = Path(__file__).parents[1] / "configs" / "valid" / "files.yaml"
CASHFLOWS = ["client_id", "date", "kind"]


def settings(*overrides: str, currency: str = "USD") -> Config:
    return load_config(CONFIG, [f"book.currency={currency}", *overrides])


def matched(table: str, present: list[str], *overrides: str, currency: str = "USD") -> MatchedColumns:
    book: BookConfig = settings(*overrides, currency=currency).book
    return book_columns(present, TABLES[table], book)


def refusal(table: str, present: list[str], *overrides: str, currency: str = "USD") -> str:
    with pytest.raises(UserError) as caught:
        matched(table, present, *overrides, currency=currency)
    assert caught.value.exit_code == 2
    return str(caught.value)


@pytest.mark.parametrize(
    "rival", ["Amount", "AMOUNT", " amount ", "amount (net)", "amount (USD)", "amount [local]", "amount_", "金额"]
)
def test_two_columns_that_fit_one_are_refused_and_both_named(rival: str) -> None:
    present = [*CASHFLOWS, "amount", rival]
    if rival == "金额":
        assert matched("cashflows", present).ignored == (rival,)
        return
    reported = refusal("cashflows", present)
    assert f"cashflows.amount must come from one column, got 'amount' and {rival!r}" in reported
    assert "set book.columns.cashflows.amount to the one that is meant" in reported


def test_the_config_decides_between_two_by_the_exact_name() -> None:
    present = [*CASHFLOWS, "amount", "Amount"]
    for name in ("amount", "Amount"):
        found = matched("cashflows", present, f"book.columns.cashflows={{amount: {name}}}")
        assert found.columns["amount"] == name
        assert set(found.ignored) == {"amount", "Amount"} - {name}


def test_one_name_twice_is_refused_whatever_the_config_says() -> None:
    present = [*CASHFLOWS, "amount", "amount"]
    for overrides in ((), ("book.columns.cashflows={amount: amount}",)):
        reported = refusal("cashflows", present, *overrides)
        assert "got 'amount' 2 times: remove or rename the others at the source" in reported


def test_columns_that_nobody_takes_may_repeat() -> None:
    assert matched("cashflows", [*CASHFLOWS, "amount", "memo", "memo"]).ignored == ("memo",)


MONEY = [
    (table, column.name)
    for table, schema in TABLES.items()
    for column in schema.columns
    if column.kind is Kind.NUMBER and "in book currency" in column.note
]


@pytest.mark.parametrize(("table", "name"), MONEY)
def test_every_amount_in_another_currency_or_scale_is_refused(table: str, name: str) -> None:
    others = [column for column in TABLES[table].required if column != name]
    assert matched(table, [*others, f"{name} (USD)"]).columns[name] == f"{name} (USD)"
    for unit, said in (
        ("EUR", "EUR"),
        ("k USD", "thousands"),
        ("%", "percent"),
        ("m", "millions"),
        ("cents", "hundredths"),
    ):
        reported = refusal(table, [*others, f"{name} ({unit})"])
        assert f"{table}.{name} must be counted in whole USD (book.currency), got {said} in the header" in reported
        assert f"'{name} ({unit})'" in reported


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("Amount (EUR)", "EUR"),
        ("Amount (eur)", "EUR"),
        ("Amount [EUR]", "EUR"),
        ("Amount €", "EUR"),
        ("Amount (€)", "EUR"),
        ("Amount (£ m)", "GBP, millions"),
        ("Amount (kEUR)", "thousands, EUR"),
        ("Amount (TEUR)", "thousands, EUR"),
        ("Amount (USDm)", "millions"),
        ("Amount (USD bn)", "billions"),
        ("Amount (in thousands)", "thousands"),
        ("Amount (10^6)", "millions"),
        ("Amount (1e3)", "thousands"),
        ("Amount (10⁹)", "billions"),
        ("Amount (USD '000)", "thousands"),
        ("Amount (000s)", "thousands"),
        ("Amount (mio. USD)", "millions"),
        ("Amount (US$ million)", "millions"),
        ("Amount (US cents)", "hundredths"),
        ("Amount %", "percent"),
        ("Amount (per cent)", "percent"),
        ("Amount（万元）", "ten thousands"),
        ("Amount (人民币)", "CNY"),
        ("Amount (¥)", "CNY or JPY"),
    ],
)
def test_a_unit_is_read_as_people_write_it(header: str, said: str) -> None:
    assert f"got {said} in the header {header!r}" in refusal("cashflows", [*CASHFLOWS, header])


@pytest.mark.parametrize(
    "header",
    ["Amount (USD)", "amount ($)", "Amount US$", "amount (usd)", "AMOUNT (net)", "amount (all)", "amount (approved)",
     "amount (2020-2021)", "Amount (dollars)"],
)  # fmt: skip
def test_a_unit_that_agrees_or_a_word_that_is_none_is_read(header: str) -> None:
    assert matched("cashflows", [*CASHFLOWS, header]).columns["amount"] == header


@pytest.mark.parametrize(
    ("table", "header", "said"),
    [
        ("facilities", "spread_bp (%)", "facilities.spread_bp must be counted in basis points, got percent"),
        ("facilities", "lgd (%)", "facilities.lgd must be counted as a share between 0 and 1, got percent"),
        ("facilities", "LGD %", "got percent"),
        ("facilities", "collateral_cover (%)", "must be counted as a ratio, got percent"),
        ("ratings", "pd (bp)", "got basis points"),
        ("ratings", "pd (0-100)", "got 0-100"),
        ("macro", "gdp_growth (%)", "got percent"),
        ("macro", "policy_rate (bps)", "got basis points"),
        ("interactions", "response_hours (minutes)", "must be counted in hours, got minutes"),
        ("interactions", "resolution_hours (days)", "got days"),
        ("clients", "employees (k)", "must be counted one by one, got thousands"),
        ("surveys", "csat (1-10)", "must be counted on its own scale, got 1-10"),
        ("surveys", "nps (-100 to 100)", "got -100 to 100"),
    ],
)
def test_other_units_are_held_against_the_contract_as_well(table: str, header: str, said: str) -> None:
    assert said in refusal(table, [*TABLES[table].required, header])


@pytest.mark.parametrize(
    ("table", "header"),
    [
        ("facilities", "spread_bp (bp)"),
        ("facilities", "spread_bp (basis points)"),
        ("interactions", "response_hours (h)"),
        ("surveys", "csat (1-5)"),
        ("surveys", "nps (0-10)"),
        ("ratings", "pd (0-1)"),
        ("macro", "gdp_growth (share)"),
    ],
)
def test_other_units_that_agree_are_read(table: str, header: str) -> None:
    assert header in matched(table, [*TABLES[table].required, header]).columns.values()


def test_a_header_in_the_wrong_unit_is_read_where_the_config_names_it_and_told() -> None:
    present = [*CASHFLOWS, "Amount (EUR)", "Amount (USD)"]
    assert refusal("cashflows", present).count("got") == refusal("cashflows", present).count("and 'Amount (USD)'") == 1
    assert matched("cashflows", present, "book.columns.cashflows={amount: Amount (USD)}").notices == ()
    found = matched("cashflows", present, "book.columns.cashflows={amount: Amount (EUR)}")
    assert found.columns["amount"] == "Amount (EUR)"
    [reported] = found.notices
    assert (reported.code, reported.severity.value, reported.subject) == (
        "unit_stated_otherwise",
        "warning",
        "cashflows.amount",
    )
    assert reported.found == "must be counted in whole USD (book.currency), its header 'Amount (EUR)' says EUR"


def test_a_published_file_in_another_unit_than_its_editions_is_refused() -> None:
    headers = {"loan": ("Loan(Million - USD)",), "sum": ("Sum", "Sum (US$)")}
    assert match_headers(["loan (million USD)", "Sum (US $)"], headers)["sum"] == "Sum (US $)"
    with pytest.raises(UserError, match=r"got thousands in 'Loan\(Thousand - USD\)'"):
        match_headers(["Loan(Thousand - USD)"], headers)
    with pytest.raises(UserError, match=r"got EUR in 'Sum \(EUR\)'"):
        match_headers(["Sum (EUR)"], headers)
    with pytest.raises(UserError, match=r"sum must come from one column, got 'SUM' and 'sum'"):
        match_headers(["SUM", "sum"], headers)
    with pytest.raises(UserError, match=r"got 'Sum' 2 times"):
        match_headers(["Sum", "Sum"], headers)


def load(folder: Path, *overrides: str) -> Book:
    return load_book(settings(*overrides), str(folder), folder.parent / "work", SilentProgress())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "lender"
    place.mkdir()
    (place / "clients.csv").write_text("client_id,name\nK1,Alpha\nK2,Beta\n", encoding="utf-8")
    (place / "cashflows.csv").write_text("client_id,date,kind,amount\nK1,2021-03-01,fee,10\n", encoding="utf-8")
    return place


def of_the_door(book: Book) -> list[Notice]:
    """Notices of the source itself: the config's words are not this book's."""
    return [notice for notice in book.notices if notice.code != "measure_without_rows"]


def amounts(book: Book) -> list[float]:
    return [float(value) for value in pq.read_table(book.tables["cashflows"])["amount"].to_pylist()]


@pytest.mark.parametrize("text", [",client_id,date,kind,amount\n0,K1,2021-03-01,fee,10\n",
                                  "client_id,date,kind,amount,\nK1,2021-03-01,fee,10,\n",
                                  "client_id,date,kind,amount\nK1,2021-03-01,fee,10,\n",
                                  "client_id,,date,kind,amount, \nK1,,2021-03-01,fee,10,\n"])  # fmt: skip
def test_a_column_without_a_name_is_left_aside_and_told(folder: Path, text: str) -> None:
    (folder / "cashflows.csv").write_text(text, encoding="utf-8")
    book = load(folder)
    assert amounts(book) == [10.0]
    nameless = text.splitlines()[0].split(",")
    places = [place for place, name in enumerate(nameless, start=1) if not name.strip()]
    assert book.ignored_columns.get("cashflows", ()) == tuple(f"column {place} without a name" for place in places)
    assert [notice.code for notice in of_the_door(book)] == ["unnamed_column"] * bool(places)


def test_parquet_and_databases_are_held_to_the_same(folder: Path, tmp_path: Path) -> None:
    (folder / "cashflows.csv").unlink()
    columns = {"client_id": ["K1"], "date": ["2021-03-01"], "kind": ["fee"], "Amount (EUR)": [10.0], "amount": [99.0]}
    pq.write_table(pa.table(columns), folder / "cashflows.parquet")
    with pytest.raises(UserError, match=r"got 'Amount \(EUR\)' and 'amount'"):
        load(folder)
    assert amounts(load(folder, "book.columns.cashflows={amount: amount}")) == [99.0]
    twice = pa.table(list(columns.values()), names=["client_id", "date", "kind", "Amount", "amount"])
    pq.write_table(twice, folder / "cashflows.parquet")
    with pytest.raises(UserError, match=r"got 'Amount' and 'amount'"):
        load(folder)
    assert amounts(load(folder, "book.columns.cashflows={amount: Amount}")) == [10.0]
    file = tmp_path / "lender.duckdb"
    with duckdb.connect(str(file)) as database:
        database.sql("create table clients as select 'K1' as client_id")
        database.sql("""create table cashflows as
            select 'K1' as client_id, date '2021-03-01' as date, 'fee' as kind, 10.0 as "amount (EUR)" """)
    with pytest.raises(UserError, match=r"in whole USD \(book\.currency\), got EUR in the header 'amount \(EUR\)'"):
        load_book(settings("book.source=sql"), f"duckdb://{file}", tmp_path / "work", SilentProgress())


def test_a_required_table_in_another_form_is_named_with_its_remedy(folder: Path) -> None:
    (folder / "clients.csv").rename(folder / "clients.sas7bdat")
    with pytest.raises(UserError) as caught:
        load(folder)
    assert "got no clients in" in str(caught.value)
    assert "clients.sas7bdat cannot be read as it is: save it as clients.csv (UTF-8, commas)" in str(caught.value)


def test_text_may_be_a_note_on_a_table_and_is_read_where_it_is_named(folder: Path) -> None:
    (folder / "clients.csv").rename(folder / "clients.txt")
    with pytest.raises(UserError, match=r"set book\.read\.clients\.files to clients\.txt"):
        load(folder)
    assert load(folder, "book.read.clients.files=clients.txt").counts[0].rows_in > 0


@pytest.mark.parametrize("name", ["Clients.CSV", "clients.tsv"])
def test_a_table_is_known_by_its_name_in_any_case(folder: Path, name: str) -> None:
    text = (folder / "clients.csv").read_text(encoding="utf-8")
    (folder / "clients.csv").unlink()
    (folder / name).write_text(text.replace(",", "\t") if name.endswith("tsv") else text, encoding="utf-8")
    assert load(folder).counts[0].rows_in > 0


def test_another_table_in_another_form_is_told_as_a_warning(folder: Path) -> None:
    (folder / "ratings.docx").write_bytes(b"PK\x03\x04")
    (folder / "surveys.txt").write_bytes(b"A note on surveys.")
    (folder / "clients.xlsx").write_bytes(b"PK\x03\x04")
    reported = [(notice.severity.value, str(notice)) for notice in of_the_door(load(folder))]
    ways = ".parquet, {0}.csv, {0}.csv.gz, got "
    assert reported == [
        (
            "note",
            f"clients: tables are clients{ways.format('clients')}clients.xlsx; clients.csv is read instead",
        ),
        (
            "warning",
            f"surveys: tables are surveys{ways.format('surveys')}surveys.txt; the book goes without that table; set "
            "book.read.surveys.files to surveys.txt if it is that table",
        ),
        (
            "warning",
            f"ratings: tables are ratings{ways.format('ratings')}ratings.docx; the book goes without that table; save "
            "it as ratings.csv (UTF-8, commas) or ratings.parquet",
        ),
    ]


def test_a_table_that_is_no_file_is_told(folder: Path) -> None:
    (folder / "ratings.parquet").mkdir()
    with pytest.raises(UserError, match=r"ratings\.parquet must be a file, got a folder"):
        load(folder)
    (folder / "ratings.parquet").rmdir()
    (folder / "ratings.csv").symlink_to(folder / "nowhere.csv")
    with pytest.raises(UserError, match=r"ratings\.csv must be a file, got a link to nothing"):
        load(folder)
