"""What a row can break, as expressions over the parsed columns of a table. Acting on it is ``quality``'s.

A parsed table has each column typed under its name, and as it stood at the source under ``raw_`` and its
name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from models.tables.parsing import as_text, is_filled
from models.tables.schema import Column, Kind, TableSchema

RAW_PREFIX = "raw_"

EARLIEST_DATE = date(1800, 1, 1)
LATEST_DATE = date(9999, 12, 31)
"""Dates outside are slips of the pen, such as the year 22."""


class Rule(StrEnum):
    """What a row can break, by the word that quarantine and messages use."""

    REQUIRED = "required"
    NUMBER = "number"
    INTEGER = "integer"
    DATE = "date"
    TRUTH = "truth"
    FINITE = "finite"
    LOW = "low"
    HIGH = "high"
    ALLOWED = "allowed"
    PAST = "past"
    ORDERED = "ordered"
    REFERENCE = "reference"
    UNIQUE = "unique"
    DISTINCT = "distinct"


MEANING = {
    Rule.REQUIRED: "must be filled",
    Rule.NUMBER: "must be a number",
    Rule.INTEGER: "must be a whole number",
    Rule.DATE: "must be a date",
    Rule.TRUTH: "must be true or false",
    Rule.FINITE: "must be finite",
    Rule.LOW: "must not be below its lower bound",
    Rule.HIGH: "must not be above its upper bound",
    Rule.ALLOWED: "must be one of the allowed words",
    Rule.PAST: "must lie before the day until which the book is known",
    Rule.ORDERED: "must not lie before the date that comes first",
    Rule.REFERENCE: "must stand in the table it refers to",
    Rule.UNIQUE: "must be unique",
    Rule.DISTINCT: "must not repeat another row",
}
"""Each rule as the end of a sentence that begins with a column."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One rule of one column. Per row, ``broken`` says whether it is, ``value`` what stood there, as text."""

    rule: Rule
    column: str
    broken: Any
    value: Any


def row_findings(table: Any, schema: TableSchema, known_until: date) -> list[Finding]:
    """What shows in a row by itself: columns in the contract's order, then pairs of dates."""
    present = [column for column in schema.columns if RAW_PREFIX + column.name in table.columns]
    by_column = [finding for column in present for finding in _column_findings(table, column, known_until)]
    return by_column + [_ordered_finding(table, first, second) for first, second in schema.ordered]


def reference_findings(table: Any, schema: TableSchema, targets: Mapping[str, Any]) -> tuple[Any, list[Finding]]:
    """``table`` with a mark beside each reference that was found, and the findings that read the marks.

    A reference to a table that is not among ``targets`` holds, and so does an empty one.
    """
    known = [reference for reference in schema.references if reference.table in targets]
    for number, reference in enumerate(known):
        target = targets[reference.table].select(**{f"found_{number}": reference.target})
        table = table.left_join(target, table[reference.column] == target[f"found_{number}"])
    findings = [
        Finding(
            rule=Rule.REFERENCE,
            column=reference.column,
            broken=table[reference.column].notnull() & table[f"found_{number}"].isnull(),
            value=table[reference.column],
        )
        for number, reference in enumerate(known)
    ]
    return table, findings


def _column_findings(table: Any, column: Column, known_until: date) -> list[Finding]:
    raw, value = table[RAW_PREFIX + column.name], table[column.name]
    filled = is_filled(raw)
    broken: dict[Rule, Any] = {}
    if column.required:
        broken[Rule.REQUIRED] = ~filled
    if column.kind is not Kind.TEXT:
        broken[Rule(column.kind.value)] = filled & value.isnull()
    broken |= _bounds(value, column)
    if column.past:
        broken[Rule.PAST] = value >= known_until
    if column.allowed:
        broken[Rule.ALLOWED] = filled & value.notin(column.allowed)
    return [
        Finding(rule=rule, column=column.name, broken=condition, value=as_text(raw))
        for rule, condition in broken.items()
    ]


def _bounds(value: Any, column: Column) -> dict[Rule, Any]:
    broken: dict[Rule, Any] = {}
    low, high = column.low, column.high
    if column.kind is Kind.NUMBER:
        broken[Rule.FINITE] = value.isinf() | value.isnan()
    if column.kind is Kind.DATE:
        broken[Rule.LOW] = value < EARLIEST_DATE
        broken[Rule.HIGH] = value > LATEST_DATE
    if low is not None:
        broken[Rule.LOW] = value < low
    if high is not None:
        broken[Rule.HIGH] = value > high
    return broken


def _ordered_finding(table: Any, first: str, second: str) -> Finding:
    return Finding(
        rule=Rule.ORDERED,
        column=second,
        broken=table[first] > table[second],
        value=as_text(table[second]) + " before " + as_text(table[first]),
    )
