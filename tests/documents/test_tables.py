"""The tables of the contract, written out for those who deliver the data, say what the door asks for."""

from __future__ import annotations

import json
import types
from typing import Any

import duckdb
import jsonschema
import pytest

from models.book.contract import REQUIRED_TABLES, TABLES
from models.book.side_tables import SIDE_TABLES
from models.documents.tables import TablesFormat, tables_document

EVERY = {**TABLES, **SIDE_TABLES}
GOOD = {
    "clients": [{"client_id": "a"}],
    "cashflows": [{"client_id": "a", "date": "2024-01-31", "kind": "fee", "amount": 1}],
}


def changed(table: str, **values: object) -> dict[str, Any]:
    return {**GOOD, table: [{**GOOD[table][0], **values}]}


def test_the_json_schema_takes_good_rows_and_refuses_bad_ones() -> None:
    schema = json.loads(tables_document(TablesFormat.JSON))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(GOOD, schema)
    jsonschema.validate(changed("clients", employees=None), schema)
    for bad in (changed("cashflows", kind="ZINS"), changed("cashflows", amount=None), changed("clients", employees=-1)):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(bad, schema)
    assert set(schema["properties"]) == set(EVERY)
    assert schema["required"] == list(REQUIRED_TABLES)
    assert schema["properties"]["facilities"]["items"]["x-key"] == ["facility_id"]
    assert schema["properties"]["facilities"]["items"]["properties"]["spread_bp"]["x-unit"] == "basis points"


def test_the_sql_makes_tables_that_hold_the_same_rules() -> None:
    database = duckdb.connect()
    database.execute(tables_document(TablesFormat.SQL))
    assert {row[0] for row in database.execute("SELECT table_name FROM duckdb_tables()").fetchall()} == set(EVERY)
    database.execute("INSERT INTO clients (client_id, employees) VALUES ('a', 3)")
    database.execute("INSERT INTO cashflows VALUES ('a', NULL, DATE '2024-01-31', 'fee', 1.0)")
    for statement in (
        "INSERT INTO clients (client_id) VALUES ('a')",
        "INSERT INTO clients (client_id, employees) VALUES ('b', -1)",
        "INSERT INTO cashflows VALUES ('z', NULL, DATE '2024-01-31', 'fee', 1.0)",
        "INSERT INTO cashflows VALUES ('a', NULL, DATE '2024-01-31', 'ZINS', 1.0)",
        "INSERT INTO campaigns (campaign_id, start, \"end\") VALUES ('c', '2024-01-02', '2024-01-01')",
    ):
        with pytest.raises(duckdb.ConstraintException):
            database.execute(statement)


def test_the_pandera_code_names_every_column_and_compiles() -> None:
    made: dict[str, Any] = {}

    def note(kind: str) -> Any:
        return lambda *given, **named: (kind, given, named)

    check = types.SimpleNamespace(ge=note("ge"), le=note("le"), isin=note("isin"))
    pandas_api = types.SimpleNamespace(Column=note("column"), DataFrameSchema=note("schema"), Check=check)
    text = tables_document(TablesFormat.PANDERA).replace("import pandera.pandas as pa\n", "")
    text = text.replace("pa.Check(", "checked(")
    exec(compile(text, "tables.py", "exec"), {"pa": pandas_api, "checked": note("check")}, made)  # noqa: S102
    assert set(made["TABLES"]) == set(EVERY)
    for name, (_, (columns,), named) in made["TABLES"].items():
        assert list(columns) == [column.name for column in EVERY[name].columns]
        assert named.get("unique", []) == list(EVERY[name].key)
        needed = [column for column, (_, _, facts) in columns.items() if facts["required"]]
        assert needed == list(EVERY[name].required)


def test_markdown_has_a_row_per_column_with_unit_bounds_words_and_references() -> None:
    text = tables_document(TablesFormat.MARKDOWN, ["gold", "basic"])
    assert "| `csat` | number | score |  | at least 1; at most 5 | satisfaction, 1 to 5 |" in text
    assert "* `client_id` stands in `clients.client_id`" in text
    assert "* one row per `facility_id`" in text
    assert "`gold`, `basic`" in text
    for schema in EVERY.values():
        part = text.partition(f"## {schema.name}\n")[2].partition("\n## ")[0]
        assert part.count("\n| `") == len(schema.columns)
