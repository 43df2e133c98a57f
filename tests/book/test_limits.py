"""What the door refuses and tells: the root before its consequence, every table at once, the words and the forms."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from models.book.door import Book
from models.book.loading import load_book
from models.config.loading import load_config
from models.errors import AmbiguousDatesError, ManyProblemsError, QuarantineLimitError, TooLittleDataError
from models.notices import Severity
from models.vocab import SilentProgress

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

CONFIG = Path(__file__).parents[1] / "configs" / "valid" / "files.yaml"
CLIENTS, LOANS, FLOWS = 20, 40, 800
Tables = dict[str, pd.DataFrame]


def lender() -> Tables:
    """Forty loans of twenty clients with twenty payments each."""
    clients = pd.DataFrame({"client_id": [f"C{number}" for number in range(CLIENTS)]}).assign(registered_capital="5")
    loans = pd.DataFrame({"facility_id": [f"F{number}" for number in range(LOANS)]})
    loans = loans.assign(client_id=[f"C{number % CLIENTS}" for number in range(LOANS)], signed="2020-01-01")
    loans = loans.assign(spread_bp="100", purpose="power")
    flows = pd.DataFrame({"facility_id": [f"F{number % LOANS}" for number in range(FLOWS)]})
    flows = flows.assign(client_id=[f"C{number % LOANS % CLIENTS}" for number in range(FLOWS)], kind="fee", amount="1")
    flows = flows.assign(date=[f"2021-01-{1 + number // LOANS:02d}" for number in range(FLOWS)])
    return {"clients": clients, "facilities": loans, "cashflows": flows}


BOOK_ENDS = "book.known_until=2021-02-01"


def load(place: Path, tables: Tables, *overrides: str) -> Book:
    folder = place / "lender"
    folder.mkdir(exist_ok=True)
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    return load_book(load_config(CONFIG, [BOOK_ENDS, *overrides]), str(folder), place / "work", SilentProgress())


def refusal(place: Path, spoil: Callable[[Tables], None]) -> str:
    tables = lender()
    spoil(tables)
    with pytest.raises(QuarantineLimitError) as caught:
        load(place, tables)
    return str(caught.value)


def wrong_spreads(tables: Tables) -> None:
    tables["facilities"].loc[:9, "spread_bp"] = "100000"


def unreadable_capital(tables: Tables) -> None:
    tables["clients"]["registered_capital"] = "lots"


def test_spreads_a_thousandfold_are_the_root_of_cashflows_without_a_loan(tmp_path: Path) -> None:
    reported = refusal(tmp_path, wrong_spreads)
    assert (
        "got 10 of 40 rows of facilities (25.0%; facilities.spread_bp must not be above its upper bound 10,000: 10, "
        "e.g. '100000' in row 1), and with them 200 rows of cashflows that refer to them" in reported
    )
    assert "cashflows.facility_id" not in reported


def test_a_consequence_over_the_limit_names_its_root_below_it(tmp_path: Path) -> None:
    def spoil(tables: Tables) -> None:
        tables["facilities"].loc[0, "signed"] = "soon"
        late = tables["cashflows"].iloc[:100].assign(facility_id="F0", client_id="C0")
        tables["cashflows"] = pd.concat([tables["cashflows"], late])

    reported = refusal(tmp_path, spoil)
    assert "1 of 40 rows of facilities (2.5%; facilities.signed must be a date such as 2024-12-31: 1" in reported
    assert "and with them 120 rows of cashflows that refer to them" in reported


def test_within_the_limit_the_notices_name_the_root_first(tmp_path: Path) -> None:
    tables = lender()
    tables["facilities"].loc[0, "signed"] = "soon"
    book = load(tmp_path, tables)
    root, consequence = (notice for notice in book.notices if notice.code == "rows_left_out")
    assert (root.subject, root.count) == ("facilities", 1)
    assert root.found.endswith("and with them 20 rows of cashflows that refer to them")
    assert consequence.found == (
        "20 of 800 rows are left out (facility_id must not refer to a row that is left out: 20)"
    )


def test_a_column_that_is_wholly_unreadable_is_refused_by_name(tmp_path: Path) -> None:
    reported = refusal(tmp_path, unreadable_capital)
    assert (
        "got 20 of 20 values of clients.registered_capital (100.0%; each must be a number, e.g. 'lots' in row 1, "
        "add it to book.absent_words if it says that nothing is known)" in reported
    )


def test_a_few_unreadable_values_are_told_and_their_clients_stay(tmp_path: Path) -> None:
    tables = lender()
    tables["clients"].loc[3, "registered_capital"] = "TBD"
    book = load(tmp_path, tables)
    (notice,) = (notice for notice in book.notices if notice.code == "values_unreadable")
    assert (notice.subject, notice.count) == ("clients.registered_capital", 1)
    assert notice.found == "1 of 20 values count as missing, as each must be a number"
    assert {count.table: count.rows_used for count in book.counts} == {
        "clients": CLIENTS,
        "facilities": LOANS,
        "cashflows": FLOWS,
    }


def test_a_sparse_column_that_is_unreadable_does_not_fall_away(tmp_path: Path) -> None:
    def spoil(tables: Tables) -> None:
        tables["clients"]["registered_capital"] = ""
        tables["clients"].loc[3, "registered_capital"] = "TBD"

    assert "1 of 1 values of clients.registered_capital" in refusal(tmp_path, spoil)


def test_every_bad_table_is_told_at_once(tmp_path: Path) -> None:
    def spoil(tables: Tables) -> None:
        unreadable_capital(tables)
        tables["facilities"].loc[:9, "signed"] = "soon"
        tables["cashflows"].loc[:99, "kind"] = "intrest"

    reported = refusal(tmp_path, spoil)
    places = [
        reported.index(name) for name in ("clients.registered_capital", "rows of facilities", "rows of cashflows (")
    ]
    assert places == sorted(places)
    assert "cashflows.kind must be one of the allowed words (commitment, drawdown, repayment, interest, " in reported
    assert (
        "'intrest' in row 2, did you mean interest?" in reported
        or "'intrest' in row 1, did you mean interest?" in reported
    )


def test_missing_columns_of_all_tables_are_told_at_once(tmp_path: Path) -> None:
    tables = lender()
    tables["facilities"] = tables["facilities"].drop(columns="signed")
    tables["cashflows"] = tables["cashflows"].drop(columns="amount")
    with pytest.raises(ManyProblemsError) as caught:
        load(tmp_path, tables)
    assert str(caught.value).splitlines()[0] == "the book: 2 problems"
    assert "table facilities must have the columns signed" in str(caught.value)
    assert "table cashflows must have the columns amount" in str(caught.value)


def test_dates_of_all_tables_that_nothing_decides_are_told_at_once(tmp_path: Path) -> None:
    tables = lender()
    tables["facilities"]["signed"] = "01/05/2018"
    tables["cashflows"]["date"] = "02/05/2018"
    with pytest.raises(ManyProblemsError) as caught:
        load(tmp_path, tables)
    assert all(isinstance(problem, AmbiguousDatesError) for problem in caught.value.problems)
    assert [list(problem.columns) for problem in caught.value.problems] == [["facilities.signed"], ["cashflows.date"]]


def test_a_book_without_clients_is_told_from_its_root(tmp_path: Path) -> None:
    tables = lender()
    tables["clients"] = tables["clients"].head(0)
    with pytest.raises(TooLittleDataError, match="a book must hold at least one client, got none"):
        load(tmp_path, tables)


def test_a_table_without_rows_is_told_unless_it_holds_decisions(tmp_path: Path) -> None:
    tables = lender()
    tables["ratings"] = pd.DataFrame(columns=["client_id", "date", "grade"])
    tables["overrides"] = pd.DataFrame(
        columns=["client_id", "tier", "reason", "decided_by", "decided_on", "valid_until"]
    )
    reported = [notice for notice in load(tmp_path, tables).notices if notice.code == "table_without_rows"]
    assert [(notice.subject, notice.severity) for notice in reported] == [("ratings", Severity.NOTE)]


def test_a_word_of_the_source_can_be_said_what_it_means(tmp_path: Path) -> None:
    def spoil(tables: Tables) -> None:
        tables["cashflows"]["kind"] = "ZINS"

    assert "'ZINS' in row 1, or say in book.map.cashflows.values.kind what it means" in refusal(tmp_path, spoil)
