"""The list of IFC projects: what a banker reads in it the book holds, whatever the edition."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from models.book.loading import load_book
from models.config.loading import load_config
from models.errors import MissingColumnError, UserError
from models.vocab import SilentProgress
from support.published_files import AMOUNT, CONFIGS, PROJECT, TOTAL, as_csv, load, load_text, renamed, rows_of


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


def test_a_clients_id_does_not_hang_on_how_an_edition_spells_groups_and_signs(tmp_path: Path) -> None:
    earlier = PROJECT | {"Company Name": "Andean  Fund II, L.P.", "Country": "Latin America Region"}
    spellings = {
        "Latin America and the Caribbean Region": "ANDEAN FUND II LP",
        "Latin America & Caribbean Subregion": "Andean Fund II L.P",
        "World Region": "And\u00e9an Fund (II), LP.",
    }
    ids = set()
    for number, (country, company) in enumerate(spellings.items()):
        folder = tmp_path / str(number)
        folder.mkdir()
        later = earlier | {"Project Number": "2", "Country": country, "Company Name": company}
        book = load_text("ifc", folder, as_csv([earlier, later]))
        ids |= set(rows_of(book, "clients", "client_id", "region"))
        assert not [notice for notice in book.notices if notice.code == "unknown_place"]
    assert ids == {("ANDEAN FUND II LP | SEVERAL COUNTRIES", "Latin America and the Caribbean")}


def test_places_that_nobody_knows_are_counted_and_named(tmp_path: Path) -> None:
    rows = [PROJECT | {"Project Number": str(n), "Company Name": f"C{n}", "Country": "Atlantis"} for n in range(3)]
    book = load_text("ifc", tmp_path, as_csv([*rows, PROJECT | {"Project Number": "9", "Country": "Region Pending"}]))
    [reported] = [notice for notice in book.notices if notice.code == "unknown_place"]
    assert (reported.count, reported.severity.value, reported.subject) == (4, "warning", "clients.region")
    assert "got 4 clients of others (Atlantis: 3, Region Pending: 1), which have no region" in reported.found


@pytest.mark.real
def test_few_facilities_change_their_client_between_editions(real_data: Path, tmp_path: Path) -> None:
    clients = []
    for edition in ("2016-10-07", "2022-07-06"):
        config = load_config(CONFIGS / "ifc.yaml")
        place = real_data / "ifc" / f"ifc_investments_{edition}.csv.gz"
        book = load_book(config, str(place), tmp_path / edition, SilentProgress())
        clients.append(dict(rows_of(book, "facilities", "facility_id", "client_id")))
    common = clients[0].keys() & clients[1].keys()
    places = {edition: {key: ids[key].rpartition(" | ")[2] for key in common} for edition, ids in enumerate(clients)}
    assert len(common) == 3_795
    assert sum(clients[0][key] != clients[1][key] for key in common) == 563
    assert sum(places[0][key] != places[1][key] for key in common) == 19


def test_a_column_that_an_edition_calls_otherwise_is_named_in_the_config(tmp_path: Path) -> None:
    file = tmp_path / "ifc.csv"
    file.write_text(as_csv([PROJECT]).replace("Company Name", "Sponsor"), encoding="utf-8")
    settings = [f"run.work_dir={tmp_path}/work"]
    with pytest.raises(MissingColumnError, match="Company Name"):
        load_book(load_config(CONFIGS / "ifc.yaml", settings), str(file), tmp_path / "work", SilentProgress())
    named = load_config(CONFIGS / "ifc.yaml", [*settings, "book.columns={projects: {company: Sponsor}}"])
    book = load_book(named, str(file), tmp_path / "work", SilentProgress())
    assert rows_of(book, "clients", "name") == [("ACME Energy  Ltd",)]
    wrong = load_config(CONFIGS / "ifc.yaml", [*settings, "book.columns={projects: {compny: Sponsor}}"])
    with pytest.raises(UserError, match="did you mean company"):
        load_book(wrong, str(file), tmp_path / "work", SilentProgress())
