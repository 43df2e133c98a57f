"""Adapters of published files: what a banker reads in the file the book holds, whatever the edition."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from models.config import load_config
from models.errors import MissingColumnError, MissingFileError, UnreadableFileError, UserError
from models.tables.book import Book, load_book
from models.tables.sources.countries import region_of
from models.tables.sources.source_tables import match_headers
from models.vocab import SilentProgress

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

CONFIGS = Path(__file__).parents[2] / "configs"
AMOUNT = "IFC investment for {}(Million - USD)"
PROJECT = {
    "Project Name": "Solar One",
    "Project Number": "1",
    "Company Name": "ACME Energy  Ltd ",
    "Country": "Turkey",
    "Sector": "Infrastructure",
    "IFC Approval Date": "05/31/2019",
    AMOUNT.format("Risk Management"): "",
    AMOUNT.format("Guarantee"): "",
    AMOUNT.format("Loan"): "1,011.4",
    AMOUNT.format("Equity"): "",
    "Total IFC investment as approved by Board(Million - USD)": "1,011.4",
    "As of Date": "July 06, 2022 03:15 AM",
}
TOTAL = "Total IFC investment as approved by Board(Million - USD)"
LOAN = {
    "End of Period": "05/31/2022 12:00:00 AM",
    "Loan Number": "IBRD1",
    "Region": "AFRICA EAST",
    "Country": "Kenya",
    "Borrower": "MINISTRY OF FINANCE",
    "Loan Type": "FSL",
    "Loan Status": "Repaid",
    "Project Name": "ROADS",
    "Original Principal Amount": "250,000,000",
    "Last Repayment Date": "06/15/2040 12:00:00 AM",
    "Board Approval Date": "05/09/2017 12:00:00 AM",
}


def as_csv(rows: list[dict[str, str]]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def load(source: str, file: Path, *overrides: str) -> Book:
    config = load_config(CONFIGS / f"{source}.yaml", overrides)
    return load_book(config, str(file), file.parent / "work", SilentProgress())


def load_text(source: str, folder: Path, text: str, *overrides: str) -> Book:
    file = folder / "published.csv"
    file.write_text(text, encoding="utf-8", newline="")
    return load(source, file, *overrides)


def rows_of(book: Book, table: str, *columns: str) -> list[tuple[object, ...]]:
    rows = pq.read_table(book.tables[table]).to_pylist()
    return sorted((tuple(row[name] for name in columns) for row in rows), key=repr)


def without(row: dict[str, str], *names: str) -> dict[str, str]:
    return {key: value for key, value in row.items() if key not in names}


def renamed(row: dict[str, str], **names: str) -> dict[str, str]:
    return {names.get(key.replace(" ", "_"), key): value for key, value in row.items()}


def test_a_company_that_comes_back_is_one_client_of_its_first_sector(tmp_path: Path) -> None:
    later = PROJECT | {
        "Project Number": "2",
        "Company Name": "Acme Energy Ltd",
        "Country": "Turkiye",
        "Sector": "Funds",
        "IFC Approval Date": "06/30/2022",
        AMOUNT.format("Loan"): "75",
        AMOUNT.format("Equity"): "0.5",
        TOTAL: "75.5",
    }
    book = load_text("ifc", tmp_path, as_csv([later, PROJECT]))
    client = "ACME ENERGY LTD | TURKIYE"
    assert rows_of(book, "clients", "client_id", "name", "country", "region", "industry") == [
        (client, "ACME Energy  Ltd", "Turkiye", "Europe and Central Asia", "Infrastructure")
    ]
    assert rows_of(book, "facilities", "facility_id", "product", "limit", "signed", "closed") == [
        ("1-loan", "loan", 1_011_400_000.0, date(2019, 5, 31), None),
        ("2-equity", "equity", 500_000.0, date(2022, 6, 30), None),
        ("2-loan", "loan", 75_000_000.0, date(2022, 6, 30), None),
    ]
    assert rows_of(book, "cashflows", "client_id", "facility_id", "kind", "amount") == [
        (client, "1-loan", "commitment", 1_011_400_000.0),
        (client, "2-equity", "commitment", 500_000.0),
        (client, "2-loan", "commitment", 75_000_000.0),
    ]
    assert book.known_until == date(2022, 7, 7)


def test_a_project_without_amount_is_an_approval_all_the_same(tmp_path: Path) -> None:
    blank = PROJECT | {AMOUNT.format("Loan"): "", TOTAL: ""}
    book = load_text("ifc", tmp_path, as_csv([blank]))
    assert rows_of(book, "cashflows", "facility_id", "amount") == [("1", 0.0)]
    assert rows_of(book, "facilities", "facility_id", "product") == [("1", None)]


@pytest.mark.parametrize(("total", "rest"), [("1,011.41", []), ("1,021.4", [("1-other", 10_000_000.0)])])
def test_what_products_leave_of_the_total_is_a_part_of_its_own(
    tmp_path: Path, total: str, rest: list[tuple[str, float]]
) -> None:
    book = load_text("ifc", tmp_path, as_csv([PROJECT | {TOTAL: total}]))
    assert rows_of(book, "cashflows", "facility_id", "amount") == [("1-loan", 1_011_400_000.0), *rest]


def test_projects_that_break_the_contract_are_quarantined(tmp_path: Path) -> None:
    rows = [
        PROJECT,
        PROJECT | {"Project Name": "Solar One, again"},
        PROJECT | {"Project Number": "2", "IFC Approval Date": ""},
        PROJECT | {"Project Number": "3", "IFC Approval Date": "07/07/2022"},
        PROJECT | {"Project Number": "4", "Company Name": ""},
        PROJECT | {"Project Number": "5", TOTAL: "many"},
        PROJECT | {"Project Number": "6", "IFC Approval Date": "07/06/2022"},
    ]
    book = load_text("ifc", tmp_path, as_csv(rows), "book.max_quarantine_share=0.9")
    found = pq.read_table(book.quarantine).to_pylist()
    assert [(row["table"], row["source_row"], row["column"], row["rule"]) for row in found] == [
        ("projects", 2, "number", "unique"),
        ("projects", 3, "approved", "required"),
        ("projects", 4, "approved", "past"),
        ("projects", 5, "company", "required"),
        ("projects", 6, "total", "number"),
    ]
    assert (book.counts[0].rows_in, book.counts[0].rows_used, book.counts[0].rows_quarantined) == (7, 2, 5)


@pytest.mark.parametrize(
    "edition",
    [
        renamed(PROJECT, Country="Country / Economy", Sector="Industry"),
        renamed(PROJECT, Country="COUNTRY ", Sector=" sector", Project_Number="PROJECT NUMBER"),
        {key.replace("(Million - USD)", " (US$ Million)"): value for key, value in PROJECT.items()},
        renamed(PROJECT | {"Extra": "1"}, IFC_Approval_Date="Projected Board Date"),
        PROJECT | {"As of Date": "07/06/2022 05:01:00 AM", "IFC Approval Date": "2019-05-31T00:00:00.000"},
    ],
    ids=["2023", "shouted", "units", "2016", "socrata"],
)
def test_editions_of_the_ifc_file_give_the_same_book(tmp_path: Path, edition: dict[str, str]) -> None:
    book = load_text("ifc", tmp_path, as_csv([edition]))
    assert book.fingerprint == load_text("ifc", tmp_path, as_csv([PROJECT])).fingerprint
    assert book.known_until == date(2022, 7, 7)


def test_the_approval_date_goes_before_the_projected_one(tmp_path: Path) -> None:
    book = load_text("ifc", tmp_path, as_csv([{"Projected Board Date": "01/01/2001"} | PROJECT]))
    assert book.first_date == date(2019, 5, 31)


@pytest.mark.parametrize("name", ["Company Name", "Country", "IFC Approval Date", "Project Number"])
def test_a_missing_column_is_named_as_published(tmp_path: Path, name: str) -> None:
    with pytest.raises(MissingColumnError, match=f"table projects must have the columns {name}, got only Project"):
        load_text("ifc", tmp_path, as_csv([without(PROJECT, name)]))


@pytest.mark.parametrize("packing", ["bom", "crlf", "gzip", "gzip without its ending", "shuffled"])
def test_packing_and_order_do_not_matter(tmp_path: Path, packing: str) -> None:
    rows = [PROJECT | {"Project Number": str(number), "Company Name": f'A, "{number % 3}"'} for number in range(9)]
    expected = load_text("ifc", tmp_path, as_csv(rows))
    plain = as_csv(rows[::-1] if packing == "shuffled" else rows)
    packed = {
        "bom": ("\ufeff" + plain).encode(),
        "crlf": plain.encode(),
        "gzip": gzip.compress(plain.encode()),
        "gzip without its ending": gzip.compress(plain.encode()),
    }
    file = tmp_path / ("ifc.csv.gz" if packing == "gzip" else "ifc.csv")
    file.write_bytes(packed.get(packing, plain.replace("\r\n", "\n").encode()))
    book = load("ifc", file)
    assert book.fingerprint == expected.fingerprint
    assert len(rows_of(book, "clients", "client_id")) == 3


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    good = as_csv([PROJECT, PROJECT | {"Project Number": "2"}]).encode()
    broken = {
        "empty": b"",
        "blank": b"\n \n",
        "binary": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        "cut": gzip.compress(good * 500)[:400],
        "ragged": good + b"one,two\r\n",
        "latin": good.replace(b"Solar", b"Sol\xe1r"),
    }
    for name, content in broken.items():
        file = tmp_path / f"{name}.csv"
        file.write_bytes(content)
        with pytest.raises(UnreadableFileError, match=name) as caught:
            load("ifc", file)
        assert "\n" not in str(caught.value)
        assert "ACME" not in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"the file must exist, got .*none\.csv"):
        load("ifc", tmp_path / "none.csv")
    with pytest.raises(MissingFileError, match="name a file, not a folder"):
        load("ifc", tmp_path)


def test_a_header_alone_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="at least one cashflow"):
        load_text("ifc", tmp_path, as_csv([PROJECT]).splitlines()[0] + "\n")


def test_borrowers_are_one_client_however_they_are_written(tmp_path: Path) -> None:
    rows = [
        LOAN,
        LOAN | {"Loan Number": "IBRD2", "Borrower": "Ministry of  Finance."},
        LOAN | {"Loan Number": "IBRD3", "Borrower": "", "Country": "Swaziland"},
        LOAN | {"Loan Number": "IBRD4", "Borrower": "REDE S. A", "Country": "Atlantis"},
        LOAN | {"Loan Number": "IBRD5", "Borrower": "REDE S.A.", "Country": "Atlantis"},
    ]
    book = load_text("ibrd", tmp_path, as_csv(rows))
    assert rows_of(book, "clients", "client_id", "name", "region") == [
        ("ESWATINI | ESWATINI", "Eswatini", "Sub-Saharan Africa"),
        ("MINISTRY OF FINANCE | KENYA", "MINISTRY OF FINANCE", "Sub-Saharan Africa"),
        ("REDE S A | ATLANTIS", "REDE S. A", "AFRICA EAST"),
    ]
    assert rows_of(book, "facilities", "facility_id", "product", "limit", "signed", "maturity", "closed")[0] == (
        "IBRD1",
        "FSL",
        250_000_000.0,
        date(2017, 5, 9),
        date(2040, 6, 15),
        None,
    )
    assert book.known_until == date(2022, 6, 1)


@pytest.mark.parametrize(
    "edition",
    [
        renamed(LOAN, Country="Country / Economy", Original_Principal_Amount="Original Principal Amount (US$)"),
        LOAN
        | {
            "End of Period": "2022-05-31T00:00:00.000",
            "Original Principal Amount": "250000000",
            "Board Approval Date": "2017-05-09T00:00:00.000",
            "Last Repayment Date": "2040-06-15T00:00:00.000",
        },
    ],
    ids=["2023", "2020"],
)
def test_editions_of_the_ibrd_file_give_the_same_book(tmp_path: Path, edition: dict[str, str]) -> None:
    book = load_text("ibrd", tmp_path, as_csv([edition]))
    assert book.fingerprint == load_text("ibrd", tmp_path, as_csv([LOAN])).fingerprint


INVOICES = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,"LANTERN, WHITE",6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
536365,71053,MUG,3,2010-12-01 08:26:00,3.393,17850.0,United Kingdom
536365,71053,MUG,3,2010-12-01 08:26:00,3.393,17850.0,United Kingdom
536365,71053,MUG,3,2010-12-01 08:27:00,3.393,17850.0,United Kingdom
C536379,D,Discount,-1,2010-12-09 09:41:00,27.50,17850.0,France
536544,21773,BOX,1,2010-12-01 14:32:00,2.51,,United Kingdom
536600,21773,BOX,0.5,2010-12-02 14:32:00,2.51,12346.0,United Kingdom
"""


def test_invoice_lines_become_orders_and_cancellations(tmp_path: Path) -> None:
    book = load_text("online_retail", tmp_path, INVOICES, "book.max_quarantine_share=0.5")
    assert rows_of(book, "clients", "client_id", "country") == [("17850", "United Kingdom")]
    assert rows_of(book, "cashflows", "client_id", "date", "kind", "amount", "facility_id") == [
        ("17850", date(2010, 12, 1), "order", 35.658, None),  # 6 x 2.55 + 2 x 3 x 3.393
        ("17850", date(2010, 12, 9), "cancellation", 27.5, None),
    ]
    found = pq.read_table(book.quarantine).to_pylist()
    assert [(row["source_row"], row["column"], row["rule"]) for row in found] == [
        (3, "row", "distinct"),
        (6, "customer", "required"),
        (7, "quantity", "integer"),
    ]
    assert book.known_until == date(2011, 12, 10)


MASTER = " customer_id  date number_of_cds  dollar_value\n 00001 19970101  1   11.77\n 00002 19970112  1   12.00\n"


def test_orders_of_one_day_are_one_and_orders_of_nought_stay(tmp_path: Path) -> None:
    more = " 00002 19970112  5   77.07\n 00003 19970102  1    0.00\n"
    book = load_text("cdnow", tmp_path, MASTER + more)
    assert rows_of(book, "cashflows", "client_id", "date", "kind", "amount") == [
        ("00001", date(1997, 1, 1), "order", 11.77),
        ("00002", date(1997, 1, 12), "order", 89.07),
        ("00003", date(1997, 1, 2), "order", 0.0),
    ]
    assert book.known_until == date(1998, 7, 1)


def test_the_sample_names_clients_by_their_number_in_the_master_file(tmp_path: Path) -> None:
    book = load_text("cdnow", tmp_path, " 00004 0001 19970101  2   29.33\n 00004 0001 19970118  2   29.73\n")
    assert rows_of(book, "cashflows", "client_id", "amount") == [("00004", 29.33), ("00004", 29.73)]


def test_a_line_with_too_few_fields_is_quarantined(tmp_path: Path) -> None:
    book = load_text("cdnow", tmp_path, MASTER + " 00003 19970102\n", "book.max_quarantine_share=0.5")
    assert (book.counts[0].rows_in, book.counts[0].rows_used) == (3, 2)
    assert book.counts[0].reasons == {"customer required": 1}


def test_a_file_of_another_shape_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match=r"must have 4 fields \(master\) or 5 \(sample\)"):
        load_text("cdnow", tmp_path, INVOICES)


def test_exact_headers_go_before_similar_ones() -> None:
    assert match_headers(["loan type ", "Loan Type"], {"kind": ("Loan Type",)}) == {"kind": "Loan Type"}
    assert match_headers(["Sector", "Industry"], {"sector": ("Industry", "Sector")}) == {"sector": "Industry"}


@pytest.mark.parametrize(
    ("country", "region"),
    [
        ("Brazil", "Latin America and the Caribbean"),
        ("Cote D'Ivoire", "Sub-Saharan Africa"),
        ("Turkiye", "Europe and Central Asia"),
        ("World Region", "World"),
        ("Atlantis", None),
    ],
)
def test_countries_have_the_world_banks_regions(country: str, region: str | None) -> None:
    assert region_of(country) == region


@pytest.mark.real
@pytest.mark.parametrize("name", ["ifc_investments_2016-10-07", "ifc_investments_2022-07-06"])
def test_the_ifc_file_adds_up_as_in_pandas(real_data: Path, tmp_path: Path, name: str) -> None:
    file = tmp_path / "ifc.csv.gz"
    file.write_bytes((real_data / "ifc" / f"{name}.csv.gz").read_bytes())
    book = load("ifc", file)
    frame = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    dated = "IFC Approval Date" if "IFC Approval Date" in frame else "Projected Board Date"
    frame["day"] = pd.to_datetime(frame[dated], format="%m/%d/%Y", errors="coerce")
    good = frame[frame["day"].notna() & (frame["day"] < pd.Timestamp(book.known_until)) & (frame["Company Name"] != "")]
    good = good.drop_duplicates("Project Number")
    total = pd.to_numeric(good[TOTAL].str.replace(",", ""), errors="coerce").fillna(0).sum() * 1e6
    projects = book.counts[0]
    assert (projects.rows_in, projects.rows_used) == (len(frame), len(good))
    assert sum(row[0] for row in rows_of(book, "cashflows", "amount")) == pytest.approx(total, abs=1e6)
    assert book.first_date == good["day"].min().date()
    unplaced = {row[1] for row in rows_of(book, "clients", "region", "country") if row[0] is None}
    assert unplaced <= {"Country Name Pending"}


@pytest.mark.real
def test_published_counts_of_the_other_files(real_data: Path, tmp_path: Path) -> None:
    expected = {
        ("ibrd", "ibrd/ibrd_loans_2020-11-30.csv.gz"): (8_986, 8_986),
        ("ibrd", "ibrd/ibrd_loans_2022-05-31.csv.gz"): (8_873, 8_873),
        ("cdnow", "cdnow/CDNOW_sample.txt.gz"): (6_919, 6_696),
        ("online_retail", "online_retail/online_retail.csv.gz"): (401_604, 22_190),
    }
    for (source, place), (rows_used, cashflows) in expected.items():
        file = tmp_path / "published.gz"
        file.write_bytes((real_data / place).read_bytes())
        book = load(source, file)
        assert (book.counts[0].rows_used, book.counts[-1].rows_used) == (rows_used, cashflows)
