"""A row has one calendar day: the one it is written with, whatever the file, the zone and the machine."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.book.door import Book
from models.book.loading import load_book
from models.config.loading import load_config
from models.errors import AmbiguousDatesError, QuarantineLimitError
from models.notices import Notice
from models.vocab import SilentProgress

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

CONFIG = Path(__file__).parents[1] / "configs" / "valid" / "files.yaml"
DAY = date(2020, 1, 1)
BERLIN = ZoneInfo("Europe/Berlin")


def book_of(place: Path, days: list[object], *overrides: str, parquet: bool = False) -> Book:
    """A book of one client whose cashflows have these days."""
    folder = place / "lender"
    folder.mkdir(exist_ok=True)
    (folder / "clients.csv").write_text("client_id\nA\n", encoding="utf-8")
    flows = pd.DataFrame({"client_id": "A", "date": days, "kind": "fee", "amount": range(1, len(days) + 1)})
    if parquet:
        flows.to_parquet(folder / "cashflows.parquet", index=False)
    else:
        flows.to_csv(folder / "cashflows.csv", index=False)
    return load_book(load_config(CONFIG, overrides), str(folder), place / "work", SilentProgress(), afresh=True)


def days_of(book: Book) -> list[date]:
    rows = pq.read_table(book.tables["cashflows"]).to_pylist()
    return [row["date"] for row in sorted(rows, key=lambda row: row["amount"])]


def guesses(book: Book) -> list[Notice]:
    return [notice for notice in book.notices if notice.code == "date_order_guessed"]


@pytest.fixture(params=["America/Los_Angeles", "Asia/Tokyo", "Pacific/Kiritimati"])
def machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A machine in another zone."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    os.environ.get("TZ")
    time.tzset()


def test_a_booking_at_midnight_has_the_same_day_in_csv_and_parquet_on_every_machine(
    tmp_path: Path, machine: str
) -> None:
    moments = [datetime(2020, 1, 1, 0, 30, tzinfo=BERLIN), datetime(2020, 7, 1, 23, 30, tzinfo=BERLIN)]
    column = pd.Series(moments, dtype="datetime64[us, Europe/Berlin]")
    for place, parquet in (("csv", False), ("parquet", True)):
        (tmp_path / place).mkdir()
        assert days_of(book_of(tmp_path / place, column, parquet=parquet)) == [DAY, date(2020, 7, 1)], (place, machine)


@pytest.mark.parametrize(
    "text",
    [
        "2020-01-01",
        "2020-01-01 00:00:00",
        "2020-01-01T23:59:59.999",
        "2020-01-01T00:00:00Z",
        "2020-01-01T23:30:00+02:00",
        "2020-01-01 00:30:00+14:00",
        "2020-01-01T23:30:00-11:00",
        "2020/1/1",
        "20200101",
        "20200101.0",
        "01.01.2020",
        "1 January 2020",
        "01-Jan-2020",
        "2020年1月1日",
        "\u00a02020-01-01 ",
    ],
)
def test_the_day_is_the_one_that_is_written(text: str, tmp_path: Path, machine: str) -> None:
    assert days_of(book_of(tmp_path, [text])) == [DAY], machine


@pytest.mark.parametrize(("zone", "day"), [("UTC", date(2019, 12, 31)), ("Europe/Berlin", DAY)])
def test_moments_in_utc_count_on_the_day_of_the_books_zone(zone: str, day: date, tmp_path: Path, machine: str) -> None:
    moment = datetime(2019, 12, 31, 23, 0, tzinfo=UTC)
    for place, column in (("csv", ["2019-12-31T23:00:00Z"]), ("parquet", pd.Series([moment]))):
        (tmp_path / place).mkdir()
        book = book_of(tmp_path / place, column, f"book.time_zone={zone}", parquet=place == "parquet")
        assert days_of(book) == [day], (place, machine)


@pytest.mark.parametrize(
    "written",
    [
        "31/12/2019 23:30:00Z",
        "31.12.2019 23:30 UTC",
        "31-12-2019 23:30:15+00:00",
        "2019/12/31 23:30:00Z",
        "2019-12-31T23:30Z",
        "31/12/2019 11:30 PM Z",
        "2019年12月31日 23:30:00.5+00",
    ],
)
def test_moments_in_utc_have_the_zones_day_in_every_form_of_writing_them(written: str, tmp_path: Path) -> None:
    settings = ("book.time_zone=Europe/Berlin", "book.date_order=dmy")
    assert days_of(book_of(tmp_path, [written], *settings)) == [DAY]


@pytest.mark.parametrize(("clock", "day"), [("12:30 AM", date(2019, 12, 31)), ("12:30 PM", DAY), ("11:30 AM", DAY)])
def test_twelve_is_the_first_hour_of_a_half_day(clock: str, day: date, tmp_path: Path) -> None:
    book = book_of(tmp_path, [f"01/01/2020 {clock} Z"], "book.time_zone=America/New_York", "book.date_order=dmy")
    assert days_of(book) == [day]


def test_a_zone_that_is_an_offset_is_read_as_such(tmp_path: Path) -> None:
    column = pd.Series([pd.Timestamp("2020-01-01T00:30:00+05:30")])
    assert days_of(book_of(tmp_path, column, parquet=True)) == [DAY]


@pytest.mark.parametrize(
    ("column", "first", "second"),
    [
        (["01/05/2018", "25/05/2018"], date(2018, 5, 1), date(2018, 5, 25)),
        (["01/05/2018", "05/25/2018"], date(2018, 1, 5), date(2018, 5, 25)),
        (["01.05.2018", "25.05.2018 08:30"], date(2018, 5, 1), date(2018, 5, 25)),
    ],
)
def test_a_day_above_twelve_decides_for_the_column_and_is_told(
    column: list[str], first: date, second: date, tmp_path: Path
) -> None:
    book = book_of(tmp_path, column)
    assert days_of(book) == [first, second]
    assert [(notice.subject, notice.count) for notice in guesses(book)] == [("cashflows.date", 1)]


def test_what_nothing_decides_is_refused_with_the_setting(tmp_path: Path) -> None:
    with pytest.raises(AmbiguousDatesError) as caught:
        book_of(tmp_path, ["01/05/2018", "02/05/2018"])
    assert str(caught.value) == (
        "dates must be readable in one way, got cashflows.date with dates such as 01/05/2018, of which none has a day "
        "above 12 that decides: set book.date_order to dmy (day first) or mdy (month first), book.read.TABLE.dates to "
        "a pattern such as dd/mm/yyyy, or write them as YYYY-MM-DD"
    )


@pytest.mark.parametrize(("order", "day"), [("dmy", date(2018, 5, 1)), ("mdy", date(2018, 1, 5))])
def test_the_setting_decides(order: str, day: date, tmp_path: Path) -> None:
    book = book_of(tmp_path, ["01/05/2018"], f"book.date_order={order}")
    assert (days_of(book), guesses(book)) == ([day], [])


def test_days_that_read_the_same_either_way_need_no_setting(tmp_path: Path) -> None:
    assert days_of(book_of(tmp_path, ["05/05/2018"])) == [date(2018, 5, 5)]


def test_a_column_that_contradicts_itself_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AmbiguousDatesError, match="only fit day first and others that only fit month first"):
        book_of(tmp_path, ["25/05/2018", "05/25/2018"])


@pytest.mark.parametrize(
    ("value", "reported"),
    [
        ("43831", "to 'excel days' or 'sas days', as it is meant"),
        ("15074", "to 'sas days' or 'excel days', as it is meant"),
        ("43831.5", r"set book\.read\.cashflows\.dates to 'excel days' or 'sas days'"),
        ("01/05/18", "to 'dd/mm/yy' or 'mm/dd/yy', as it is meant"),
        ("06-Jul-22", r"set book\.read\.cashflows\.dates to 'dd-mmm-yy'"),
        ("1577836800", "to 'unix seconds' or 'sas seconds', as it is meant"),
    ],
)
def test_what_is_no_date_is_refused_with_what_it_may_be(value: str, reported: str, tmp_path: Path) -> None:
    with pytest.raises(QuarantineLimitError, match=reported):
        book_of(tmp_path, [value, value])


def test_serial_numbers_of_typed_columns_are_no_dates(tmp_path: Path) -> None:
    with pytest.raises(QuarantineLimitError, match=r"cashflows\.date must be a date such as 2024-12-31: 2"):
        book_of(tmp_path, pa.array([43831, 43832]).to_pandas(), parquet=True)
