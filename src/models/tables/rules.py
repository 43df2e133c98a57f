"""What a row can break, as expressions over the parsed columns of a table. Acting on it is ``quality``'s.

A parsed table has each column typed under its name, and as it stood at the source under ``raw_`` and its
name.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import ibis

from models.tables.conventions import ColumnReading, TableReading
from models.tables.parsing import TYPES, as_text
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
    ORPHANED = "orphaned"
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
    Rule.ORPHANED: "must not refer to a row that is left out",
    Rule.UNIQUE: "must be unique",
    Rule.DISTINCT: "must not repeat another row",
}
"""Each rule as the end of a sentence that begins with a column."""


def meaning(rule: Rule, column: Column | None) -> str:
    """The rule of a column as the end of a sentence, with its bounds, words or form where the column is known.

    >>> meaning(Rule.LOW, Column(name="lgd", kind=Kind.NUMBER, note="", low=0))
    'must not be below its lower bound 0'
    """
    if rule is Rule.DATE:
        return f"{MEANING[rule]} such as 2024-12-31"
    if column is not None and rule is Rule.ALLOWED:
        return f"{MEANING[rule]} ({', '.join(column.allowed)})"
    bound = None if column is None else {Rule.LOW: column.low, Rule.HIGH: column.high}.get(rule)
    return MEANING[rule] if bound is None else f"{MEANING[rule]} {bound:,.12g}"


def hint(rule: Rule, column: Column | None, value: str) -> str:
    """What may help to mend a value, as the end of an example; empty where nothing is near.

    >>> hint(Rule.ALLOWED, Column(name="kind", kind=Kind.TEXT, note="", allowed=("interest", "fee")), "intrest")
    ', did you mean interest?'
    """
    if rule in _HINTS:
        return _form_hint(_HINTS[rule], column, value.strip())
    if rule is Rule.ALLOWED and column is not None:
        near = difflib.get_close_matches(value.strip().lower().replace(" ", "_"), column.allowed, n=1)
        return f", did you mean {near[0]}?" if near else ""
    return ""


def _form_hint(forms: Sequence[tuple[str, str]], column: Column | None, text: str) -> str:
    """What a value may be by its form; a word where a number, a date or a truth may be absent may say just that."""
    said = next((said for form, said in forms if re.fullmatch(form, text)), "")
    if not said and column is not None and not column.required and not re.search(r"\d", text):
        said = "add it to book.absent_words if it says that nothing is known"
    return said and f", {said}"


_DATE_HINTS = (
    (r"\d{4,6}([.,]\d+)?", "a spreadsheet's number of days: format the column as a date before it is saved"),
    (r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2}( .*)?", "write the year with four digits"),
    (r"\d{1,2}[-/.]\w{3,9}[-/.]\d{2}( .*)?", "write the year with four digits"),
    (r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}( .*)?", "book.date_order or the rest of the column says that it stands otherwise"),
    (r"\d{9,}", "a number of seconds: save it as a date"),
)
"""Form of a value that is no date -> what it may be."""
_NUMBER_HINTS = (
    (r".*[%‰]", "write it without the sign, in the unit of the contract"),
    (r"\(.*\d.*\)|.*\d[-\u2212]|\u2212.*", "write a minus before what is negative"),
    (r"[-+]?(0|\d+|\d{1,3}([.\s'\u2019]\d{3})+),\d+", "write a point before decimals, and no sign between thousands"),
    (r"[-+]?\d{1,3}([\s'\u2019]\d{3})+(\.\d*)?", "write no sign between thousands"),
    (r"[^\d\s]+\s*[-+]?\d.*|.*\d\s*[^\d\s.,]+", "write the number alone, without a unit"),
)
"""Form of a value that is no number -> how to write it."""
_TRUTH_HINTS = ((r"\w+", "write true or false, yes or no, 1 or 0"),)
_HINTS = {
    Rule.DATE: _DATE_HINTS,
    Rule.NUMBER: _NUMBER_HINTS,
    Rule.INTEGER: _NUMBER_HINTS,
    Rule.TRUTH: _TRUTH_HINTS,
}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One rule of one column. Per row, ``broken`` says whether it is, ``value`` what stood there, as text."""

    rule: Rule
    column: str
    broken: Any
    value: Any


def row_findings(table: Any, schema: TableSchema, reading: TableReading, known_until: date) -> list[Finding]:
    """What takes a row out by itself: columns in the contract's order, then pairs of dates."""
    present = [reading.columns[column.name] for column in schema.columns if column.name in reading.columns]
    by_column = [finding for column in present for finding in _column_findings(table, column, known_until)]
    return by_column + [_ordered_finding(table, first, second) for first, second in schema.ordered]


def unreadable_findings(table: Any, reading: TableReading) -> list[Finding]:
    """Optional values that cannot be read: they count as missing, and the row stays."""
    lenient = [each for each in reading.columns.values() if not (each.column.required or each.column.strict)]
    return [
        _finding(table, each.column, Rule(each.column.kind.value), _is_unreadable(table, each))
        for each in lenient
        if _may_be_unreadable(table[RAW_PREFIX + each.column.name].type(), each.column.kind)
    ]


def _may_be_unreadable(stored: Any, kind: Kind) -> bool:
    """Whether a column at the source is of another type than its contract wants."""
    is_number = kind is Kind.NUMBER and stored.is_numeric()
    is_date = kind is Kind.DATE and (stored.is_date() or stored.is_timestamp())
    return not (kind is Kind.TEXT or is_number or is_date or stored == ibis.dtype(TYPES[kind]))


def reference_findings(
    table: Any, schema: TableSchema, targets: Mapping[str, Any], left_out: Mapping[str, Any]
) -> tuple[Any, list[Finding]]:
    """``table`` with a mark beside each reference that was found, and the findings that read the marks.

    A reference to a table that is not among ``targets`` holds, and so does an empty one. ``left_out`` are the ids, as
    column ``id``, of the rows that a table lost at the door: whoever refers to them is no root of what is wrong.
    """
    links = [link for link in schema.references if link.table in targets]
    for number, link in enumerate(links):
        table = _marked(table, link.column, targets[link.table][link.target], f"found_{number}")
        if link.table in left_out:
            table = _marked(table, link.column, left_out[link.table].id, f"lost_{number}")
    return table, [each for number, link in enumerate(links) for each in _link_findings(table, link.column, number)]


def _marked(table: Any, column: str, ids: Any, mark: str) -> Any:
    """``table`` with the id that was found beside each of a column, null where there is none."""
    found = ids.name(mark).as_table()
    return table.left_join(found, table[column] == found[mark])


def _link_findings(table: Any, column: str, number: int) -> list[Finding]:
    value, lost = table[column], f"lost_{number}"
    gone = value.notnull() & table[f"found_{number}"].isnull()
    if lost not in table.columns:
        return [Finding(rule=Rule.REFERENCE, column=column, broken=gone, value=value)]
    orphaned = Finding(rule=Rule.ORPHANED, column=column, broken=gone & table[lost].notnull(), value=value)
    return [orphaned, Finding(rule=Rule.REFERENCE, column=column, broken=gone & table[lost].isnull(), value=value)]


def _column_findings(table: Any, reading: ColumnReading, known_until: date) -> list[Finding]:
    column = reading.column
    value = table[column.name]
    broken: dict[Rule, Any] = {}
    if column.required:
        is_text = column.kind is Kind.TEXT
        broken[Rule.REQUIRED] = value.isnull() if is_text else reading.is_absent(table[RAW_PREFIX + column.name])
    if column.kind is not Kind.TEXT and (column.required or column.strict):
        broken[Rule(column.kind.value)] = _is_unreadable(table, reading)
    broken |= _bounds(value, column)
    if column.past:
        broken[Rule.PAST] = value >= known_until
    if column.allowed:
        broken[Rule.ALLOWED] = value.notin(column.allowed)
    return [_finding(table, column, rule, condition) for rule, condition in broken.items()]


def _is_unreadable(table: Any, reading: ColumnReading) -> Any:
    name = reading.column.name
    return table[name].isnull() & ~reading.is_absent(table[RAW_PREFIX + name])


def _finding(table: Any, column: Column, rule: Rule, broken: Any) -> Finding:
    return Finding(rule=rule, column=column.name, broken=broken, value=as_text(table[RAW_PREFIX + column.name]))


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
