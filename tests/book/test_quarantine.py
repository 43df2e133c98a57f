"""Quality: every bad row goes to quarantine once, with place, rule and value; good rows stay as they were."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest

from models.book.columns import Column, Kind, TableSchema
from models.book.contract import CASHFLOWS, CLIENTS, FACILITIES
from models.book.counts import TableCount
from models.book.parsing import typed
from models.book.quarantine import CheckedTable, Gate
from models.errors import InternalError, MissingColumnError

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

KNOWN_UNTIL = date(2024, 1, 1)
GOOD = {"client_id": "A", "date": "2023-05-01", "kind": "fee", "amount": "1,250.75"}


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    connection = ibis.duckdb.connect(threads=1)
    yield Gate(connection=connection, known_until=KNOWN_UNTIL, folder=tmp_path)
    connection.disconnect()


def raw_table(gate: Gate, rows: list[dict[str, Any]], name: str = "raw") -> Any:
    numbered = [{"source_row": place, **row} for place, row in enumerate(rows, start=1)]
    return gate.connection.create_table(name, pa.Table.from_pylist(numbered), overwrite=True)


def check(gate: Gate, schema: TableSchema, rows: list[dict[str, Any]], **targets: Any) -> CheckedTable:
    return gate.check(raw_table(gate, rows), schema, targets=targets)


def quarantined(checked: CheckedTable) -> list[tuple[int, str, str, str | None]]:
    rows = checked.quarantine.order_by("source_row").to_pyarrow().to_pylist()
    return [(row["source_row"], row["column"], row["rule"], row["value"]) for row in rows]


def used(checked: CheckedTable, column: str) -> list[Any]:
    return sorted(checked.rows[column].to_pyarrow().to_pylist(), key=str)


def test_a_lenders_bookings_are_typed_and_the_bad_ones_named(gate: Gate) -> None:
    checked = check(
        gate,
        CASHFLOWS,
        [
            GOOD,
            GOOD | {"amount": "n/a"},
            GOOD | {"date": "05/31/2023"},
            GOOD | {"kind": "gift"},
            GOOD | {"client_id": None, "amount": "inf"},
        ],
    )
    assert quarantined(checked) == [
        (2, "amount", "number", "n/a"),
        (4, "kind", "allowed", "gift"),
        (5, "client_id", "required", None),
    ]
    assert used(checked, "date") == [date(2023, 5, 1), date(2023, 5, 31)]
    assert used(checked, "amount") == [1250.75, 1250.75]
    assert checked.count.reasons == {"amount number": 1, "client_id required": 1, "kind allowed": 1}
    assert checked.count.examples["amount number"] == "'n/a' in row 2"


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("client_id", "", "required"),
        ("client_id", "  ", "required"),
        ("amount", None, "required"),
        ("amount", "twelve", "number"),
        ("amount", "1,5", "number"),
        ("amount", "0,125", "number"),
        ("amount", "-0,500", "number"),
        ("amount", "12,34,567", "number"),
        ("amount", "inf", "finite"),
        ("amount", "-Infinity", "finite"),
        ("amount", "nan", "finite"),
        ("amount", "1e400", "finite"),
        ("amount", "10000000000001", "high"),
        ("amount", "-1e14", "low"),
        ("date", "soon", "date"),
        ("date", "31/12/23", "date"),
        ("date", "45291", "date"),
        ("date", "2023-02-30", "date"),
        ("date", "0023-05-01", "low"),
        ("date", "infinity", "high"),
        ("date", "2024-01-01", "past"),
        ("date", "2031-07-01", "past"),
        ("kind", "FEE", "allowed"),
    ],
)
def test_each_rule_is_told_with_its_value(gate: Gate, column: str, value: str | None, rule: str) -> None:
    checked = check(gate, CASHFLOWS, [GOOD, GOOD | {column: value}])
    assert quarantined(checked) == [(2, column, rule, value)]
    assert (checked.count.rows_in, checked.count.rows_used, checked.count.rows_quarantined) == (2, 1, 1)


@pytest.mark.parametrize(
    ("column", "value", "reported"),
    [
        ("lgd", "45%", "write it without the sign"),
        ("lgd", "0,450", "write a point before decimals"),
        ("limit", "279.604,33", "write a point before decimals"),
        ("limit", "279\u00a0604.33", "write no sign between thousands"),
        ("limit", "(1,250)", "write a minus"),
        ("limit", "USD 5", "write the number alone"),
        ("limit", "nil", "add it to book.absent_words"),
        ("maturity", "unbefristet", "add it to book.absent_words"),
    ],
)
def test_an_optional_value_that_cannot_be_read_is_told_with_what_may_mend_it(
    gate: Gate, column: str, value: str, reported: str
) -> None:
    row = {"facility_id": "F", "client_id": "A", "signed": "2023-05-01", column: value}
    count = check(gate, FACILITIES, [row]).count
    (unreadable,) = count.unreadable
    assert (unreadable.column, unreadable.values, unreadable.filled) == (column, 1, 1)
    assert reported in count.examples[unreadable.reason]


def test_a_truth_in_other_words_is_told_with_the_words_that_are_read(gate: Gate) -> None:
    count = check(gate, CLIENTS, [{"client_id": "A", "consent": "vielleicht"}]).count
    assert "write true or false, yes or no, 1 or 0" in count.examples["consent truth"]


def test_numbers_that_are_typed_already_are_held_to_the_same_rules(gate: Gate) -> None:
    good = {"client_id": "A", "date": date(2023, 5, 1), "kind": "fee", "amount": 1.0}
    rows = [good, *(good | {"amount": amount} for amount in (float("inf"), float("nan"), 1e14))]
    checked = check(gate, CASHFLOWS, [*rows, good | {"date": date(2024, 1, 1)}])
    assert [(row, rule) for row, _, rule, _ in quarantined(checked)] == [
        (2, "finite"),
        (3, "finite"),
        (4, "high"),
        (5, "past"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2022-07-06",
        "2022-07-06T00:00:00.000",
        "2022-07-06 12:50:00",
        "07/06/2022",
        "7/6/2022",
        "07/06/2022 12:00:00 AM",
        "07/06/2022 03:15 PM",
        "July 06, 2022 03:15 AM",
        "July 6, 2022",
        "06-Jul-2022",
        "20220706",
        " 2022-07-06 ",
    ],
)
def test_dates_are_read_however_the_edition_writes_them(text: str) -> None:
    assert typed(ibis.literal(text), Kind.DATE).to_pyarrow().as_py() == date(2022, 7, 6)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234,567.5", 1234567.5),
        ("-1,000", -1000.0),
        (" 12 ", 12.0),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1,2345", None),
    ],
)
def test_commas_only_part_thousands(text: str, number: float | None) -> None:
    assert typed(ibis.literal(text), Kind.NUMBER).to_pyarrow().as_py() == number


@pytest.mark.parametrize(("text", "whole"), [("6", 6), ("-6", -6), ("6.0", 6), ("6.5", None), ("six", None)])
def test_a_fraction_is_no_whole_number(text: str, whole: int | None) -> None:
    assert typed(ibis.literal(text), Kind.INTEGER).to_pyarrow().as_py() == whole


@pytest.mark.parametrize(("text", "truth"), [("Yes", True), ("0", False), ("FALSE", False), ("maybe", None)])
def test_truth_is_read_in_words(text: str, truth: bool | None) -> None:
    assert typed(ibis.literal(text), Kind.TRUTH).to_pyarrow().as_py() is truth


def test_ids_stay_byte_for_byte(gate: Gate) -> None:
    ids = ["00123", "123", "NA", "null", "nan", "中国建设银行", 'ACME, "Ltd"', "a b", " a", "é", "e\u0301"]
    checked = check(gate, CLIENTS, [{"client_id": client} for client in ids])
    assert used(checked, "client_id") == sorted(ids)
    assert checked.count.rows_quarantined == 0


def test_a_row_is_quarantined_once_and_its_further_rules_are_counted(gate: Gate) -> None:
    checked = check(gate, CASHFLOWS, [GOOD | {"date": "soon", "kind": "gift", "amount": "none"}])
    rows = checked.quarantine.to_pyarrow().to_pylist()
    assert rows == [
        {
            "table": "cashflows",
            "source_row": 1,
            "rule": "date",
            "column": "date",
            "value": "soon",
            "further_rules": 2,
        }
    ]


def test_long_values_are_cut(gate: Gate) -> None:
    checked = check(gate, CASHFLOWS, [GOOD | {"amount": "9x" * 500}])
    assert quarantined(checked)[0][3] == "9x" * 100


def facility(number: str, signed: str, **more: Any) -> dict[str, Any]:
    return {
        "facility_id": number,
        "client_id": "A",
        "signed": signed,
        "maturity": "2040-01-01",
        "limit": "1",
    } | more


def test_of_a_facility_given_twice_the_same_row_stays_whatever_the_order(gate: Gate) -> None:
    rows = [facility("F1", "2020-01-01"), facility("F1", "2019-01-01"), facility("F2", "2021-01-01")]
    forward = check(gate, FACILITIES, rows)
    assert quarantined(forward) == [(1, "facility_id", "unique", "F1")]
    kept = forward.rows.to_pyarrow()
    backward = check(gate, FACILITIES, rows[::-1])
    assert backward.rows.to_pyarrow().equals(kept)
    assert used(forward, "signed") == [date(2019, 1, 1), date(2021, 1, 1)]


def test_a_bad_row_does_not_claim_the_key(gate: Gate) -> None:
    checked = check(gate, FACILITIES, [facility("F1", "soon"), facility("F1", "2020-01-01")])
    assert quarantined(checked) == [(1, "signed", "date", "soon")]


def test_a_loan_cannot_end_before_it_was_signed(gate: Gate) -> None:
    rows = [
        facility("F1", "2020-01-01", maturity="2019-12-31"),
        facility("F2", "2020-01-01", maturity="2020-01-01"),
    ]
    assert quarantined(check(gate, FACILITIES, rows)) == [(1, "maturity", "ordered", "2019-12-31 before 2020-01-01")]


def test_references_must_be_found_where_their_table_is_there(gate: Gate) -> None:
    clients = gate.connection.create_table("clients", pa.table({"client_id": ["A"]}))
    deal = GOOD | {"facility_id": None}
    rows = [deal, deal | {"client_id": "B"}, deal | {"facility_id": "F9"}]
    assert quarantined(check(gate, CASHFLOWS, rows, clients=clients)) == [(2, "client_id", "reference", "B")]
    facilities = gate.connection.create_table("facilities", pa.table({"facility_id": ["F1"]}))
    both = check(gate, CASHFLOWS, rows, clients=clients, facilities=facilities)
    assert quarantined(both) == [(2, "client_id", "reference", "B"), (3, "facility_id", "reference", "F9")]


def test_repeated_rows_are_bad_only_where_the_contract_says_so(gate: Gate) -> None:
    columns = (
        Column(name="invoice", kind=Kind.TEXT, note=""),
        Column(name="pieces", kind=Kind.INTEGER, note=""),
    )
    rows = [{"invoice": "1", "pieces": "2"}, {"invoice": None, "pieces": "2"}] * 2 + [{"invoice": "1", "pieces": "3"}]
    strict = check(gate, TableSchema(name="lines", columns=columns, distinct=True), rows)
    assert [(row, column, rule) for row, column, rule, _ in quarantined(strict)] == [
        (3, "row", "distinct"),
        (4, "row", "distinct"),
    ]
    assert check(gate, TableSchema(name="lines", columns=columns), rows).count.rows_used == 5


def test_what_the_source_lacks_is_null_and_typed(gate: Gate) -> None:
    rows = check(gate, CLIENTS, [{"client_id": "A"}]).rows.to_pyarrow()
    assert rows.column_names == [column.name for column in CLIENTS.columns]
    assert rows.schema.field("registered_capital").type == pa.float64()
    assert rows.schema.field("relationship_start").type == pa.date32()
    assert rows.schema.field("consent").type == pa.bool_()
    assert rows["country"].to_pylist() == [None]


def test_a_missing_column_is_told_with_those_that_are_there(gate: Gate) -> None:
    with pytest.raises(MissingColumnError) as caught:
        check(gate, CASHFLOWS, [{"client_id": "A", "date": "2023-05-01", "kind": "fee"}])
    assert caught.value.missing == ("amount",)
    assert str(caught.value) == (
        "table cashflows must have the columns amount, got only client_id, date, kind: "
        "add or rename the columns at the source"
    )


def test_counts_that_do_not_add_up_are_our_bug() -> None:
    with pytest.raises(InternalError, match="must reconcile, got 3 in, 1 used, 1 quarantined"):
        TableCount(table="clients", rows_in=3, rows_used=1, rows_quarantined=1, reasons={}, examples={})


def test_of_copies_the_one_known_first_stays_though_its_contents_come_last(gate: Gate) -> None:
    rows = [
        facility("F1", "2020-06-30", client_id="A"),
        facility("F1", "2019-03-31", client_id="Z"),
        facility("F1", "2021-09-30", client_id="B"),
    ]
    for given in (rows, rows[::-1]):
        checked = check(gate, FACILITIES, given)
        assert used(checked, "client_id") == ["Z"]
        assert [bad[1:] for bad in quarantined(checked)] == [("facility_id", "unique", "F1")] * 2


def test_of_copies_known_on_one_day_the_first_in_order_of_contents_stays(gate: Gate) -> None:
    rows = [facility("F1", "2020-06-30", client_id=client) for client in "BAC"]
    for given in (rows, rows[::-1]):
        assert used(check(gate, FACILITIES, given), "client_id") == ["A"]
