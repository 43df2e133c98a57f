"""Absent is one thing: whatever a file writes where nothing is known, the row stays and the value is missing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest

from models.book.columns import Column, Kind, Words
from models.book.contract import CASHFLOWS, CLIENTS, FACILITIES, MACRO, TABLES
from models.book.conventions import Conventions
from models.book.quarantine import CheckedTable, Gate

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

ABSENT = [
    "",
    "   ",
    "\t",
    "\u00a0",
    "\u3000 \u2003",
    "\ufeff",
    "NA",
    "n/a",
    "N.A.",
    "#N/A",
    "NaN",
    "null",
    "None",
    "-",
    " -- ",
]
FILLED = {Kind.TEXT: "x", Kind.NUMBER: "1", Kind.INTEGER: "1", Kind.DATE: "2020-01-01", Kind.TRUTH: "yes"}


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    connection = ibis.duckdb.connect(threads=1)
    yield Gate(connection=connection, known_until=date(2024, 1, 1), folder=tmp_path)
    connection.disconnect()


def check(gate: Gate, table: str, rows: list[dict[str, Any]], **targets: Any) -> CheckedTable:
    numbered = [{"source_row": place, **row} for place, row in enumerate(rows, start=1)]
    raw = gate.connection.create_table("raw", pa.Table.from_pylist(numbered), overwrite=True)
    return gate.check(raw, TABLES[table], targets=targets)


def values(checked: CheckedTable, column: str) -> list[Any]:
    return list(checked.rows[column].to_pyarrow().to_pylist())


def valid_value(column: Column) -> str:
    return column.allowed[0] if column.allowed else FILLED[column.kind]


def test_a_client_without_a_known_capital_stays(gate: Gate) -> None:
    checked = check(
        gate, "clients", [{"client_id": str(place), "registered_capital": word} for place, word in enumerate(ABSENT)]
    )
    assert values(checked, "registered_capital") == [None] * len(ABSENT)
    assert (checked.count.rows_used, checked.count.unreadable) == (len(ABSENT), ())


@pytest.mark.parametrize("table", list(TABLES))
def test_every_optional_column_of_every_table_knows_what_is_absent(gate: Gate, table: str) -> None:
    columns = {column.name: valid_value(column) for column in TABLES[table].columns if column.required}
    optional = [column.name for column in TABLES[table].columns if not column.required]
    key = TABLES[table].key[0] if TABLES[table].key else TABLES[table].columns[0].name
    rows = [{**columns, key: f"id {place}", **dict.fromkeys(optional, word)} for place, word in enumerate(ABSENT)]
    checked = check(gate, table, rows)
    assert checked.count.rows_used == len(ABSENT)
    for name in optional:
        assert values(checked, name) == [None] * len(ABSENT), name


def test_gaps_of_typed_columns_are_absent_too(gate: Gate) -> None:
    rows = [
        {
            "client_id": "A",
            "registered_capital": math.nan,
            "employees": math.nan,
            "consent": math.nan,
            "country": math.nan,
        },
        {"client_id": "B", "registered_capital": 2.0, "employees": 3.0, "consent": 1.0, "country": 7.0},
    ]
    checked = check(gate, "clients", rows)
    found = checked.rows.to_pyarrow().to_pylist()
    assert [tuple(row[name] for name in list(rows[0])[1:]) for row in found] == [(None,) * 4, (2.0, 3, True, "7")]
    assert checked.count.unreadable == ()


def test_ids_are_ids_whatever_they_read(gate: Gate) -> None:
    checked = check(gate, "clients", [{"client_id": word} for word in ("NA", "null", "-", "00123")])
    assert sorted(values(checked, "client_id")) == ["-", "00123", "NA", "null"]
    assert check(gate, "clients", [{"client_id": "\u00a0"}]).count.reasons == {"client_id required": 1}


def test_a_word_is_the_id_that_the_other_table_has(gate: Gate) -> None:
    flow = {"client_id": "A", "date": "2020-01-01", "kind": "fee", "amount": "1"}
    facilities = gate.connection.create_table("facilities", pa.table({"facility_id": ["NA", "F1"]}))
    rows = [flow | {"facility_id": facility} for facility in ("NA", "N/A", "F1", "F9")]
    checked = check(gate, "cashflows", rows, facilities=facilities)
    assert sorted(map(str, values(checked, "facility_id"))) == ["F1", "NA", "None"]
    assert checked.count.reasons == {"facility_id reference": 1}


@pytest.mark.parametrize(("parent", "group"), [("NA", "NA"), ("B", None)])
def test_a_group_is_absent_unless_a_client_is_called_so(gate: Gate, parent: str, group: str | None) -> None:
    rows = [{"client_id": parent, "group_id": "G"}, {"client_id": "C", "group_id": "NA"}]
    checked = check(gate, "clients", rows)
    assert dict(zip(values(checked, "client_id"), values(checked, "group_id"), strict=True)) == {
        parent: "G",
        "C": group,
    }


@pytest.mark.parametrize(
    ("others", "namibia"), [(["KE", "PE", "US"], "NA"), (["Kenya", "Peru", "US"], None), (["Kenya", None, ""], None)]
)
def test_na_is_a_country_among_codes_and_nothing_among_names(
    gate: Gate, others: list[str | None], namibia: str | None
) -> None:
    rows = [{"client_id": str(place), "country": country} for place, country in enumerate(["NA", *others])]
    checked = check(gate, "clients", rows)
    assert dict(zip(values(checked, "client_id"), values(checked, "country"), strict=True))["0"] == namibia


def test_a_value_that_cannot_be_read_is_missing_and_counted(gate: Gate) -> None:
    good = {
        "client_id": "G",
        "registered_capital": "5",
        "employees": "7",
        "relationship_start": "2020-01-01",
        "consent": "no",
    }
    bad = {"registered_capital": "TBD", "employees": "six", "relationship_start": "soon", "consent": "maybe"}
    rows = [
        good,
        *({**good, name: value, "client_id": name} for name, value in bad.items()),
        {**good, "client_id": None} | bad,
    ]
    checked = check(gate, "clients", rows)
    assert (checked.count.rows_used, checked.count.reasons) == (5, {"client_id required": 1})
    assert {found.reason: (found.values, found.filled) for found in checked.count.unreadable} == {
        "registered_capital number": (1, 5),
        "employees number": (1, 5),
        "relationship_start date": (1, 5),
        "consent truth": (1, 5),
    }
    reported = "'TBD' in row 2, add it to book.absent_words if it says that nothing is known"
    assert checked.count.examples["registered_capital number"] == reported


def test_a_value_out_of_bounds_takes_its_row_out_as_before(gate: Gate) -> None:
    checked = check(gate, "clients", [{"client_id": "A", "registered_capital": "-5"}])
    assert checked.count.reasons == {"registered_capital low": 1}


def test_the_words_are_a_setting(gate: Gate, tmp_path: Path) -> None:
    own = Gate(
        connection=gate.connection,
        known_until=gate.known_until,
        folder=tmp_path,
        conventions=Conventions(absent_words=("k. A.",)),
    )
    rows = [{"client_id": "A", "industry": "K. A."}, {"client_id": "B", "industry": "N/A"}]
    assert sorted(map(str, values(check(own, "clients", rows), "industry"))) == ["N/A", "None"]


def test_columns_that_name_rows_keep_their_words() -> None:
    for schema in (CLIENTS, FACILITIES, TABLES["campaigns"], TABLES["overrides"]):
        assert schema.column(schema.key[0]).words is Words.IDS
    assert CASHFLOWS.column("client_id").words is Words.IDS
    assert MACRO.column("country").words is Words.COUNTRIES
