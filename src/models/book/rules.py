"""Row rules as expressions over the parsed columns of a table.

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

from models.book.columns import Column, Kind, TableSchema
from models.book.conventions import ColumnReading, TableReading
from models.book.parsing import TYPES, as_text

RAW_PREFIX = "raw_"
_REFUSED_PREFIX = "refused "

EARLIEST_DATE = date(1800, 1, 1)
LATEST_DATE = date(9999, 12, 31)
"""Dates outside are slips of the pen, such as the year 22."""


class RowRule(StrEnum):
    """What a row can break, by the word that quarantine and messages use."""

    MAPPED = "mapped"
    CURRENCY = "currency"
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
    RowRule.MAPPED: "must be a word that book.map names",
    RowRule.CURRENCY: "must have a rate of its currency by its day",
    RowRule.REQUIRED: "must be filled",
    RowRule.NUMBER: "must be a number",
    RowRule.INTEGER: "must be a whole number",
    RowRule.DATE: "must be a date",
    RowRule.TRUTH: "must be true or false",
    RowRule.FINITE: "must be finite",
    RowRule.LOW: "must not be below its lower bound",
    RowRule.HIGH: "must not be above its upper bound",
    RowRule.ALLOWED: "must be one of the allowed words",
    RowRule.PAST: "must lie before the day until which the book is known",
    RowRule.ORDERED: "must not lie before the date that comes first",
    RowRule.REFERENCE: "must stand in the table it refers to",
    RowRule.ORPHANED: "must not refer to a row that is left out",
    RowRule.UNIQUE: "must be unique",
    RowRule.DISTINCT: "must not repeat another row",
}
"""Each rule as the end of a sentence that begins with a column."""


def meaning(rule: RowRule, column: Column | None) -> str:
    """The rule of a column as the end of a sentence, with its bounds, words or form where the column is known.

    >>> meaning(RowRule.LOW, Column(name="lgd", kind=Kind.NUMBER, note="", low=0))
    'must not be below its lower bound 0'
    """
    if rule is RowRule.DATE:
        return f"{MEANING[rule]} such as 2024-12-31"
    if column is not None and rule is RowRule.ALLOWED:
        return f"{MEANING[rule]} ({', '.join(column.allowed)})"
    bound = None if column is None else {RowRule.LOW: column.low, RowRule.HIGH: column.high}.get(rule)
    return MEANING[rule] if bound is None else f"{MEANING[rule]} {bound:,.12g}"


def hint(rule: RowRule, column: Column | None, value: str) -> str:
    """What may help to mend a value, as the end of an example; empty where nothing is near.

    >>> hint(RowRule.ALLOWED, Column(name="kind", kind=Kind.TEXT, note="", allowed=("interest", "fee")), "intrest")
    ', did you mean interest?'
    """
    if rule in _HINTS:
        return _form_hint(_HINTS[rule], column, value.strip())
    if rule is RowRule.ALLOWED and column is not None:
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
    RowRule.DATE: _DATE_HINTS,
    RowRule.NUMBER: _NUMBER_HINTS,
    RowRule.INTEGER: _NUMBER_HINTS,
    RowRule.TRUTH: _TRUTH_HINTS,
}


@dataclass(frozen=True, kw_only=True)
class RowFinding:
    """One rule of one column. Per row, ``broken`` says whether it is, ``value`` what stood there, as text."""

    rule: RowRule
    column: str
    broken: Any
    value: Any


def refused_column(rule: RowRule, column: str) -> str:
    """What the column of a raw table is called that holds what a mapping refuses about another; null where nothing is.

    >>> refused_column(RowRule.MAPPED, "kind")
    'refused mapped kind'
    """
    return f"{_REFUSED_PREFIX}{rule.value} {column}"


def refused_findings(table: Any) -> list[RowFinding]:
    """What a mapping refused before the door, by the columns of ``table`` that hold it."""
    parts = [(name, *name.removeprefix(_REFUSED_PREFIX).split(" ", 1)) for name in refused_names(table.columns)]
    return [
        RowFinding(rule=RowRule(rule), column=column, broken=table[name].notnull(), value=table[name])
        for name, rule, column in parts
    ]


def refused_names(columns: Sequence[str]) -> list[str]:
    """The columns of a raw table that hold what a mapping refuses."""
    return [name for name in columns if name.startswith(_REFUSED_PREFIX)]


def row_findings(table: Any, schema: TableSchema, reading: TableReading, known_until: date) -> list[RowFinding]:
    """What takes a row out by itself: columns in the contract's order, then pairs of dates."""
    present = [reading.columns[column.name] for column in schema.columns if column.name in reading.columns]
    by_column = [finding for column in present for finding in _column_findings(table, column, known_until)]
    return by_column + [_ordered_finding(table, first, second) for first, second in schema.ordered]


def unreadable_findings(table: Any, reading: TableReading) -> list[RowFinding]:
    """Optional values that cannot be read: they count as missing, and the row stays."""
    lenient = [each for each in reading.columns.values() if not (each.column.required or each.column.strict)]
    return [
        _finding(table, each.column, RowRule(each.column.kind.value), _is_unreadable(table, each))
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
) -> tuple[Any, list[RowFinding]]:
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


def _link_findings(table: Any, column: str, number: int) -> list[RowFinding]:
    value, lost = table[column], f"lost_{number}"
    gone = value.notnull() & table[f"found_{number}"].isnull()
    if lost not in table.columns:
        return [RowFinding(rule=RowRule.REFERENCE, column=column, broken=gone, value=value)]
    orphaned = RowFinding(rule=RowRule.ORPHANED, column=column, broken=gone & table[lost].notnull(), value=value)
    return [
        orphaned,
        RowFinding(rule=RowRule.REFERENCE, column=column, broken=gone & table[lost].isnull(), value=value),
    ]


def _column_findings(table: Any, reading: ColumnReading, known_until: date) -> list[RowFinding]:
    column = reading.column
    value = table[column.name]
    broken: dict[RowRule, Any] = {}
    if column.required:
        is_text = column.kind is Kind.TEXT
        broken[RowRule.REQUIRED] = value.isnull() if is_text else reading.is_absent(table[RAW_PREFIX + column.name])
    if column.kind is not Kind.TEXT and (column.required or column.strict):
        broken[RowRule(column.kind.value)] = _is_unreadable(table, reading)
    broken |= _bounds(value, column)
    if column.past:
        broken[RowRule.PAST] = value >= known_until
    if column.allowed:
        broken[RowRule.ALLOWED] = value.notin(column.allowed)
    return [_finding(table, column, rule, condition) for rule, condition in broken.items()]


def _is_unreadable(table: Any, reading: ColumnReading) -> Any:
    name = reading.column.name
    return table[name].isnull() & ~reading.is_absent(table[RAW_PREFIX + name])


def _finding(table: Any, column: Column, rule: RowRule, broken: Any) -> RowFinding:
    return RowFinding(rule=rule, column=column.name, broken=broken, value=as_text(table[RAW_PREFIX + column.name]))


def _bounds(value: Any, column: Column) -> dict[RowRule, Any]:
    broken: dict[RowRule, Any] = {}
    low, high = column.low, column.high
    if column.kind is Kind.NUMBER:
        broken[RowRule.FINITE] = value.isinf() | value.isnan()
    if column.kind is Kind.DATE:
        broken[RowRule.LOW] = value < EARLIEST_DATE
        broken[RowRule.HIGH] = value > LATEST_DATE
    if low is not None:
        broken[RowRule.LOW] = value < low
    if high is not None:
        broken[RowRule.HIGH] = value > high
    return broken


def _ordered_finding(table: Any, first: str, second: str) -> RowFinding:
    return RowFinding(
        rule=RowRule.ORDERED,
        column=second,
        broken=table[first] > table[second],
        value=as_text(table[second]) + " before " + as_text(table[first]),
    )
