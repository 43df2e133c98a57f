"""The tables of a book as documents for the people who deliver the data: JSON schema, SQL, pandera code, Markdown.

All are made of the contract in ``book/contract``; no table is known here by its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from models.book.columns import Column, Kind, TableSchema
from models.book.contract import REQUIRED_TABLES, with_tiers
from models.book.own import contract_of
from models.book.side_tables import SIDE_TABLES
from models.codec import JsonObject, JsonValue, to_json_text
from models.config.own import OwnConfig


class TablesFormat(StrEnum):
    """How the tables are written out."""

    JSON = "json"
    SQL = "sql"
    PANDERA = "pandera"
    MARKDOWN = "markdown"


_JSON_TYPES: dict[Kind, JsonObject] = {
    Kind.TEXT: {"type": "string"},
    Kind.NUMBER: {"type": "number"},
    Kind.INTEGER: {"type": "integer"},
    Kind.DATE: {"type": "string", "format": "date"},
    Kind.TRUTH: {"type": "boolean"},
}
_SQL_TYPES = {
    Kind.TEXT: "varchar",
    Kind.NUMBER: "double precision",
    Kind.INTEGER: "bigint",
    Kind.DATE: "date",
    Kind.TRUTH: "boolean",
}
_PANDERA_TYPES = {
    Kind.TEXT: "str",
    Kind.NUMBER: "float",
    Kind.INTEGER: '"Int64"',
    Kind.DATE: '"datetime64[ns]"',
    Kind.TRUTH: '"boolean"',
}
_PANDERA_HEAD = '''"""Checks of the tables of a book: ``TABLES["clients"].validate(frame, lazy=True)``."""

import pandera.pandas as pa

TABLES = {
'''


def tables_document(form: TablesFormat, tiers: Sequence[str] = (), own: OwnConfig | None = None) -> str:
    """All tables of the contract in a format, and behind them those that say how others are read: rates and aliases.

    ``tiers`` are the words of the policy that an override may ask for, ``own`` is what the book tells beyond the
    contract.

    >>> "CREATE TABLE clients (" in tables_document(TablesFormat.SQL)
    True
    """
    schemas = [with_tiers(schema, tiers) if tiers else schema for schema in contract_of(own or OwnConfig()).values()]
    return _FORMATS[form]([*schemas, *SIDE_TABLES.values()])


def _json(schemas: Sequence[TableSchema]) -> str:
    """A JSON schema of an object with one list of rows per table; what it has no word for stands in ``x-`` keys."""
    document: JsonObject = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The tables of a book",
        "type": "object",
        "required": list(REQUIRED_TABLES),
        "properties": {schema.name: {"type": "array", "items": _row_schema(schema)} for schema in schemas},
    }
    return to_json_text(document, indent=2, ascii_only=False) + "\n"


def _row_schema(schema: TableSchema) -> JsonObject:
    links: list[JsonValue] = [
        {"column": link.column, "table": link.table, "target": link.target} for link in schema.references
    ]
    row: JsonObject = {
        "type": "object",
        "required": list(schema.required),
        "properties": {column.name: _value_schema(column) for column in schema.columns},
    }
    extras: JsonObject = {
        "x-key": list(schema.key),
        "x-references": links,
        "x-not-before": [list(pair) for pair in schema.ordered],
    }
    return row | {name: value for name, value in extras.items() if value}


def _value_schema(column: Column) -> JsonObject:
    bounds: dict[str, JsonValue] = {
        "minimum": column.low,
        "maximum": column.high,
        "enum": [*column.allowed, *([] if column.required else [None])] if column.allowed else None,
        "x-unit": None if column.unit is None else column.unit.value,
        "x-before-known-until": True if column.past else None,
    }
    kind = dict(_JSON_TYPES[column.kind])
    kind["type"] = kind["type"] if column.required else [kind["type"], "null"]
    return kind | {"description": column.note} | {name: value for name, value in bounds.items() if value is not None}


def _sql(schemas: Sequence[TableSchema]) -> str:
    keys = {schema.name: schema.key for schema in schemas}
    return "\n".join(_create_table(schema, keys) for schema in schemas)


def _create_table(schema: TableSchema, keys: Mapping[str, tuple[str, ...]]) -> str:
    parts = [*(_sql_column(column) for column in schema.columns)]
    parts += [f"PRIMARY KEY ({_names(schema.key)})"] if schema.key else []
    parts += [
        f"FOREIGN KEY ({_name(link.column)}) REFERENCES {link.table} ({_name(link.target)})"
        for link in schema.references
        if keys.get(link.table) == (link.target,)
    ]
    parts += [f"CHECK ({_name(earlier)} <= {_name(later)})" for earlier, later in schema.ordered]
    body = ",\n".join(f"    {part}" for part in parts)
    notes = "".join(f"--   {column.name}: {_in_words(column)}\n" for column in schema.columns)
    needed = "" if schema.name in REQUIRED_TABLES else " (optional)"
    return f"-- {schema.name}{needed}\n{notes}CREATE TABLE {schema.name} (\n{body}\n);\n"


def _sql_column(column: Column) -> str:
    checks = [f"{_name(column.name)} >= {column.low:.15g}"] if column.low is not None else []
    checks += [f"{_name(column.name)} <= {column.high:.15g}"] if column.high is not None else []
    if column.allowed:
        words = ", ".join("'" + word.replace("'", "''") + "'" for word in column.allowed)
        checks.append(f"{_name(column.name)} IN ({words})")
    needed = " NOT NULL" if column.required else ""
    check = f" CHECK ({' AND '.join(checks)})" if checks else ""
    return f"{_name(column.name)} {_SQL_TYPES[column.kind]}{needed}{check}"


def _name(name: str) -> str:
    """In quotes: SQL has words such as limit, date and from for itself."""
    return f'"{name}"'


def _names(names: Sequence[str]) -> str:
    return ", ".join(map(_name, names))


def _pandera(schemas: Sequence[TableSchema]) -> str:
    """Code that runs where pandera is installed: one schema per table, in a dict."""
    return _PANDERA_HEAD + "".join(_frame_schema(schema) for schema in schemas) + "}\n"


def _frame_schema(schema: TableSchema) -> str:
    columns = "".join(f"            {column.name!r}: {_pandera_column(column)},\n" for column in schema.columns)
    unique = f"        unique={list(schema.key)!r},\n" if schema.key else ""
    orders = "".join(
        f"            pa.Check(lambda rows: ~(rows[{later!r}] < rows[{earlier!r}]), "
        f"error={f'{earlier} must not lie after {later}'!r}),\n"
        for earlier, later in schema.ordered
        if {earlier, later} <= set(schema.required)
    )
    checks = f"        checks=[\n{orders}        ],\n" if orders else ""
    return (
        f"    {schema.name!r}: pa.DataFrameSchema(\n        {{\n{columns}        }},\n{unique}{checks}"
        f"        name={schema.name!r},\n    ),\n"
    )


def _pandera_column(column: Column) -> str:
    checks = [f"pa.Check.ge({column.low!r})"] if column.low is not None else []
    checks += [f"pa.Check.le({column.high!r})"] if column.high is not None else []
    checks += [f"pa.Check.isin({list(column.allowed)!r})"] if column.allowed else []
    facts = [_PANDERA_TYPES[column.kind], *([f"[{', '.join(checks)}]"] if checks else [])]
    facts += ["coerce=True", f"nullable={not column.required}", f"required={column.required}"]
    return f"pa.Column({', '.join(facts)}, description={column.note!r})"


def _markdown(schemas: Sequence[TableSchema]) -> str:
    parts = [_markdown_table(schema) for schema in schemas]
    return "# The tables of a book\n\n" + "\n".join(parts)


def _markdown_table(schema: TableSchema) -> str:
    lines = [f"## {schema.name}", "", "required" if schema.name in REQUIRED_TABLES else "optional", ""]
    lines += ["| column | type | unit | needed | bounds or words | what it is |", "|---|---|---|---|---|---|"]
    lines += [f"| {' | '.join(_cells(column))} |" for column in schema.columns]
    lines += ["", *_rules(schema)]
    return "\n".join(lines) + "\n"


def _cells(column: Column) -> Iterator[str]:
    yield f"`{column.name}`"
    yield column.kind.value
    yield "" if column.unit is None else column.unit.value
    yield "yes" if column.required else ""
    yield _bounds(column)
    yield column.note.replace("|", "\\|")


def _rules(schema: TableSchema) -> Iterator[str]:
    if schema.key:
        yield f"* one row per {' and '.join(f'`{name}`' for name in schema.key)}"
    for link in schema.references:
        yield f"* `{link.column}` stands in `{link.table}.{link.target}`"
    for earlier, later in schema.ordered:
        yield f"* `{later}` does not lie before `{earlier}`"


def _bounds(column: Column) -> str:
    words = [", ".join(f"`{word}`" for word in column.allowed)] if column.allowed else []
    words += [f"at least {column.low:,.15g}"] if column.low is not None else []
    words += [f"at most {column.high:,.15g}"] if column.high is not None else []
    words += ["before the day until which the book is known"] if column.past else []
    return "; ".join(words)


def _in_words(column: Column) -> str:
    unit = "" if column.unit is None else f" [{column.unit.value}]"
    return f"{column.note}{unit}".replace("\n", " ")


_FORMATS = {
    TablesFormat.JSON: _json,
    TablesFormat.SQL: _sql,
    TablesFormat.PANDERA: _pandera,
    TablesFormat.MARKDOWN: _markdown,
}
