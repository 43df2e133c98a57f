"""Rows that come later, with the keys of earlier rows, never change what stays among the earlier ones."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.book.columns import Kind, TableSchema
from models.book.contract import TABLES
from models.book.quarantine import Gate
from models.book.sources.crm_sales import SALES_PIPELINE
from models.book.sources.ibrd import LOANS
from models.book.sources.ifc import PROJECTS

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

CUT = date(2015, 1, 1)
KEYED = [schema for schema in (*TABLES.values(), LOANS, PROJECTS, SALES_PIPELINE) if len(schema.key) == 1]
WORDS = ("Aaron", "Mill", "Zulu", "中")


def rows_of(schema: TableSchema, first: date) -> Any:
    """Rows with few keys and free contents, known on days from ``first``."""
    free = {
        column.name: st.sampled_from(column.allowed or WORDS)
        for column in schema.columns
        if column.kind is Kind.TEXT and column.name != schema.key[0]
    }
    day = st.integers(0, 300).map(lambda days: (first + timedelta(days=days)).isoformat())
    numbers = {column.name: "1" for column in schema.columns if column.kind is Kind.NUMBER and column.required}
    return st.lists(
        st.fixed_dictionaries({schema.key[0]: st.sampled_from("abc"), schema.known_on: day, **free}), max_size=8
    ).map(lambda rows: [{**numbers, **row} for row in rows])


def kept(schema: TableSchema, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    with TemporaryDirectory() as folder:
        connection = ibis.duckdb.connect(threads=1)
        numbered = [{"source_row": place, **row} for place, row in enumerate(rows, start=1)]
        raw = connection.create_table("raw", pa.Table.from_pylist(numbered))
        gate = Gate(connection=connection, known_until=date(2024, 1, 1), folder=Path(folder))
        found: list[dict[str, Any]] = gate.check(raw, schema).rows.to_pyarrow().to_pylist()
        connection.disconnect()
    return found


@pytest.mark.parametrize("schema", KEYED, ids=lambda schema: schema.name)
def test_every_table_with_a_key_says_when_a_row_was_known(schema: TableSchema) -> None:
    assert schema.known_on is not None
    assert schema.column(schema.known_on).kind is Kind.DATE


@pytest.mark.parametrize("schema", KEYED, ids=lambda schema: schema.name)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_later_rows_change_nothing_of_what_was_known_before(schema: TableSchema, data: st.DataObject) -> None:
    earlier = data.draw(rows_of(schema, CUT - timedelta(days=301)).filter(bool))
    later = data.draw(rows_of(schema, CUT))
    alone = kept(schema, earlier)
    together = kept(schema, [*later, *earlier])
    assert [row for row in together if row[schema.known_on] < CUT] == alone
